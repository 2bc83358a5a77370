"""What the company has set of telling people: who receives, which events, how much a day, and the quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from gate.roles import Role
from gate.rules import HUB

#: Event -> what it is, in the words of the docs. The order is that in which events of one case stand in a message.
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "case_opened": "a new marketing tool was found",
        "case_assigned": "a case was given to somebody",
        "second_key": "the other side has to sign",
        "decided": "a decision was made",
        "question_asked": "somebody was asked what no source shows",
        "reminder": "a case is due, or late",
        "escalation": "a case is late by so much that the administrators hear of it",
        "condition_due": "a condition of an approval is due, or late",
        "approval_expires": "an approval ends soon",
        "source_refused": "a source refuses what it is asked for",
    }
)
#: Who may be named to be told of new tools.
FOUND_BY = (*Role, HUB)
_DAY = timedelta(days=1)


class Reach(StrEnum):
    """Whom a receiver reaches: each person by address, everybody in a channel, or another program."""

    PERSON = "person"
    CHANNEL = "channel"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A receiver as the gate knows it. `units` limit it to cases of these teams; none of them means all."""

    name: str
    reach: Reach
    events: frozenset[str]
    units: tuple[str, ...] = ()

    def wants(self, event: str, unit: str | None) -> bool:
        """Whether it is told of an event that belongs to a unit (None: nobody knows to which)."""
        folded = (unit or "").strip().casefold().rstrip("/")
        own = [name.strip().casefold().rstrip("/") for name in self.units]
        return event in self.events and (not own or any(folded == o or folded.startswith(o + "/") for o in own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """`per_day` messages reach a person or channel a day, digests included; `quiet` begins and ends in the zone's time.

    `new_tools` names the roles that are told of new tools, and `hub`, the hub member of the team that uses them.
    """

    recipients: tuple[Recipient, ...] = ()
    per_day: int = 5
    quiet: tuple[time, time] | None = None
    digest_at: time = time(8)
    zone: str = "UTC"
    new_tools: Collection[str] = field(default=(Role.REVIEWER, HUB))
    base_url: str | None = None

    def day(self, at: datetime) -> date:
        """Return the company's day of a moment."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def quiet_until(self, at: datetime) -> datetime | None:
        """Return when the quiet hours end in which a moment lies, in UTC; None where it lies in none."""
        if self.quiet is None:
            return None
        begin, end = self.quiet
        now = at.astimezone(ZoneInfo(self.zone))
        clock = now.time()
        inside = begin <= clock < end if begin < end else clock >= begin or clock < end
        if not inside:
            return None
        return self._on(now.date() + (_DAY if clock >= end else timedelta(0)), end)

    def next_digest(self, at: datetime) -> datetime:
        """Return when what is too much for this day is told: the next day, in UTC, past the quiet hours."""
        found = self._on(self.day(at) + _DAY, self.digest_at)
        return self.quiet_until(found) or found

    def _on(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)
