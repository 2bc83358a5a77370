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
    audience = Audience(connection, notify, at)
    found = [row for row in outbox.due(connection, to_ms(at), "%") if row["kind"] in EVENTS]
    for row in found:
        if audience.overtaken(row):
            outbox.settle(connection, row, to_ms(at), OVERTAKEN)
            continue
        parts = [*_parts(row, notify, audience)]
        for one, to in parts:
            _hold(connection, notify, row, one, to, at)
        if parts:
            outbox.settle(connection, row, to_ms(at))
        else:
            outbox.give_up(connection, row, NOBODY)
    return len(found)


def _parts(row: _Row, notify: Notify, audience: Audience) -> Iterator[tuple[Recipient, int | None]]:
    wanting = [one for one in notify.recipients if one.wants(row["kind"], row["payload"].get("unit"))]
    people = audience.people(row) if any(one.reach is Reach.PERSON for one in wanting) else []
    for one in wanting:
        yield from ((one, to) for to in (people if one.reach is Reach.PERSON else [None]))


def _hold(connection: Connection, notify: Notify, row: _Row, one: Recipient, to: int | None, at: datetime) -> None:
    """Enter that somebody is to be told: programs at once, people when they may be disturbed."""
    key = f"{row['key']}>{one.name}>{'' if to is None else to}"
    kind, quiet = "send", None
    if one.reach is not Reach.MACHINE:
        kind, quiet = "hold", notify.quiet_until(at)
    payload = {"to": to, "events": [row["id"]]}
    next_at = None if quiet is None else to_ms(quiet)
    kept.add_outbox(connection, to_ms(at), f"{kind}:{one.name}", payload, key=key, next_at=next_at)


def gather(connection: Connection, notify: Notify, at: datetime) -> int:
    """Make messages of what is held, in the caller's transaction; return how many were made.

    All that is known of one case at this moment is one message. Nobody gets more than `per_day`: the last one of a day
    is a digest of the rest, and what comes after it waits for the next day.
    """
    outbox.lock(connection)
    known = {one.name for one in notify.recipients}
    groups: dict[tuple[str, int | None], list[_Row]] = {}
    for row in outbox.due(connection, to_ms(at), "hold:%"):
        name = row["kind"].partition(":")[2]
        if name in known:
            groups.setdefault((name, row["payload"]["to"]), []).append(row)
        else:
            outbox.give_up(connection, row, _GONE)
    return sum(_message(connection, notify, name, to, rows, at) for (name, to), rows in groups.items())


def _message(
    connection: Connection, notify: Notify, name: str, to: int | None, rows: Sequence[_Row], at: datetime
) -> int:
    left = notify.per_day - _told(connection, notify, name, to, at)
    if left <= 0:
        outbox.postpone(connection, [row["id"] for row in rows], to_ms(notify.next_digest(at)))
        return 0
    messages = _by_case(connection, rows)
    if len(messages) > left:
        messages = [*messages[: left - 1], [row for rest in messages[left - 1 :] for row in rest]]
    for held in messages:
        events = sorted({number for row in held for number in row["payload"]["events"]})
        payload = {"to": to, "events": events, "day": notify.day(at).isoformat()}
        kept.add_outbox(connection, to_ms(at), f"send:{name}", payload, key=f"{held[0]['key']}>{len(held)}")
        for row in held:
            outbox.settle(connection, row, to_ms(at))
    return len(messages)


def _by_case(connection: Connection, rows: Sequence[_Row]) -> list[list[_Row]]:
    numbers = [number for row in rows for number in row["payload"]["events"]]
    events = {row["id"]: row for row in outbox.rows(connection, numbers)}
    found: dict[object, list[_Row]] = {}
    for row in rows:
        found.setdefault(about(events[row["payload"]["events"][0]]), []).append(row)
    return list(found.values())


def _told(connection: Connection, notify: Notify, name: str, to: int | None, at: datetime) -> int:
    """Return how many messages somebody was given this day: a person's count over all receivers."""
    day = notify.day(at).isoformat()
    kind = f"send:{name}" if to is None else "send:%"
    recent = outbox.since(connection, to_ms(at - _RECENT), kind)
    return sum(row["payload"].get("day") == day and row["payload"]["to"] == to for row in recent)
