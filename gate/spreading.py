"""Events become messages: to whom each goes, no more a day than anybody reads, the rest as one digest.

Three kinds of rows follow one another, each entered once: the event itself, `hold:RECEIVER` for each whom it concerns,
and `send:RECEIVER` for each message. A step that is cut off leaves what it began undone, and is done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from gate.audience import Audience
from gate.letters import about
from gate.notify import EVENTS, Notify, Reach, Recipient
from storage import kept, outbox
from storage.store import Connection
from storage.times import to_ms

#: Why a row is not sent that nobody waits for.
NOBODY = "nobody to tell"
#: What a row is settled with that is true no more.
OVERTAKEN = "overtaken"
_GONE = "the configuration has no receiver of this name any more"
#: A message of this day was entered at most so long ago: quiet hours hold it no longer.
_RECENT = timedelta(days=2)
_Row = dict[str, Any]


def spread(connection: Connection, notify: Notify, at: datetime) -> int:
    """Share out the events that wait, in the caller's transaction; return how many there were."""
    outbox.lock(connection)
    return _Spreading(connection, notify, at).spread()


def gather(connection: Connection, notify: Notify, at: datetime) -> int:
    """Make messages of what is held, in the caller's transaction; return how many were made.

    All that is known of one case at this moment is one message. Nobody gets more than `per_day`: the last one of a day
    is a digest of the rest, and what comes after it waits for the next day.
    """
    outbox.lock(connection)
    return _Spreading(connection, notify, at).gather()


class _Spreading:
    def __init__(self, connection: Connection, notify: Notify, at: datetime) -> None:
        self._connection, self._notify, self._at, self._now = connection, notify, at, to_ms(at)
        self._day = notify.day(at).isoformat()

    def spread(self) -> int:
        audience = Audience(self._connection, self._notify, self._at)
        found = outbox.due(self._connection, self._now, EVENTS.keys())
        for row in found:
            if audience.overtaken(row):
                outbox.settle(self._connection, row, self._now, OVERTAKEN)
                continue
            parts = [*self._parts(row, audience)]
            for one, to in parts:
                self._hold(row, one, to)
            if parts:
                outbox.settle(self._connection, row, self._now)
            else:
                outbox.give_up(self._connection, row, NOBODY)
        return len(found)

    def _parts(self, row: _Row, audience: Audience) -> Iterator[tuple[Recipient, int | None]]:
        unit = row["payload"].get("unit")
        wanting = [one for one in self._notify.recipients if one.wants(row["kind"], unit)]
        people = audience.people(row) if any(one.reach is Reach.PERSON for one in wanting) else []
        if (heard := audience.heard(row)) is not None:
            wanting = [one for one in wanting if one.reach is Reach.PERSON or (one.name, None) in heard]
        for one in wanting:
            yield from ((one, to) for to in (people if one.reach is Reach.PERSON else [None]))

    def _hold(self, row: _Row, one: Recipient, to: int | None) -> None:
        """Enter that somebody is to be told: programs at once, people when they may be disturbed."""
        key = f"{row['key']}>{one.name}>{'' if to is None else to}"
        payload = {"to": to, "events": [row["id"]]}
        if one.reach is Reach.MACHINE:
            kept.add_outbox(self._connection, self._now, f"send:{one.name}", payload, key=key)
            return
        quiet = self._notify.quiet_until(self._at)
        next_at = None if quiet is None else to_ms(quiet)
        kept.add_outbox(self._connection, self._now, f"hold:{one.name}", payload, key=key, next_at=next_at)

    def gather(self) -> int:
        known = {one.name for one in self._notify.recipients}
        groups: dict[tuple[str, int | None], list[_Row]] = {}
        for row in outbox.due(self._connection, self._now, "hold:%"):
            name = row["kind"].partition(":")[2]
            if name in known:
                groups.setdefault((name, row["payload"]["to"]), []).append(row)
            else:
                outbox.give_up(self._connection, row, _GONE)
        return sum(self._messages(name, to, rows) for (name, to), rows in groups.items())

    def _messages(self, name: str, to: int | None, rows: Sequence[_Row]) -> int:
        left = self._notify.per_day - self._told(name, to)
        if left <= 0:
            waits = to_ms(self._notify.next_digest(self._at))
            outbox.postpone(self._connection, [row["id"] for row in rows], waits)
            return 0
        messages = self._by_case(rows)
        if len(messages) > left:
            messages = [*messages[: left - 1], [row for rest in messages[left - 1 :] for row in rest]]
        for held in messages:
            events = sorted({number for row in held for number in row["payload"]["events"]})
            payload = {"to": to, "events": events, "day": self._day}
            key = f"{held[0]['key']}>{len(held)}"
            kept.add_outbox(self._connection, self._now, f"send:{name}", payload, key=key)
            for row in held:
                outbox.settle(self._connection, row, self._now)
        return len(messages)

    def _by_case(self, rows: Sequence[_Row]) -> list[list[_Row]]:
        numbers = [number for row in rows for number in row["payload"]["events"]]
        events = {row["id"]: row for row in outbox.rows(self._connection, numbers)}
        found: dict[object, list[_Row]] = {}
        for row in rows:
            found.setdefault(about(events[row["payload"]["events"][0]]), []).append(row)
        return list(found.values())

    def _told(self, name: str, to: int | None) -> int:
        """Return how many messages somebody was given this day: a person's count over all receivers."""
        kind = f"send:{name}" if to is None else "send:%"
        recent = outbox.since(self._connection, to_ms(self._at - _RECENT), kind)
        return sum(row["payload"].get("day") == self._day and row["payload"]["to"] == to for row in recent)
