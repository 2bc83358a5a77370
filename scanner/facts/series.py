"""spend.cadence, spend.change_pct and spend.subscriptions: what repeats in the charges of a tool."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, charge_key, day_of, keys
from storage.times import from_ms

NAMES = ("spend.cadence", "spend.change_pct", "spend.subscriptions")
#: How far apart charges of a rhythm lie, in days: least, usual, most. Cards and bills are days late.
_RHYTHMS = {"monthly": (24, 30, 37), "quarterly": (80, 91, 104), "annual": (340, 365, 392)}
#: Of the gaps so many must fit a rhythm, and of the amounts so many must stay alike (within a tenth) to be no usage.
_FITS, _ALIKE, _TENTH = 0.8, 0.5, 0.1
#: A charge a year before another may lie so many days beside the day.
_BESIDE = 20
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Payment:
    """What was charged on one day, in millionths, with its charges."""

    day: date
    micros: int
    charges: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Payments in one currency, oldest first, and the rhythm in which they come; None where there is none."""

    payments: tuple[Payment, ...]
    rhythm: str | None

    @property
    def recurs(self) -> bool:
        """Whether it comes again and again in like amounts."""
        return self.rhythm in _RHYTHMS

    @property
    def last(self) -> date:
        """The day of the latest payment."""
        return self.payments[-1].day

    def runs(self, day: date) -> bool:
        """Whether the next payment was not long overdue on a day."""
        return self.rhythm is not None and self.recurs and (day - self.last).days <= _RHYTHMS[self.rhythm][1] * 1.5

    @property
    def evidence(self) -> tuple[str, ...]:
        """The keys of its charges, newest first."""
        return keys(charge_key(c) for payment in reversed(self.payments) for c in payment.charges)


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the three facts; the sources of money can be relied on."""
    charges = [*subject.charges, *subject.earlier]
    zone = ZoneInfo(world.company.timezone)
    together = _series(charges, zone, lambda c: (c.currency,))
    apart = _series(charges, zone, lambda c: (c.currency, c.source, c.account or "", c.person_id or 0))
    return {
        NAMES[0]: _cadence(together, apart, subject, world),
        NAMES[1]: _change(together, apart),
        NAMES[2]: _subscriptions(apart, subject, world, zone),
    }


def _series(charges: Iterable[Any], zone: ZoneInfo, key: Any) -> list[Series]:
    """Return the payments by a key, the series with the newest payment first; days without a cost are left out."""
    groups: dict[Any, dict[date, list[Any]]] = {}
    for charge in charges:
        day = from_ms(charge.seen_at).astimezone(zone).date()
        groups.setdefault(key(charge), {}).setdefault(day, []).append(charge)
    found = []
    for named in sorted(groups):
        paid = [
            Payment(day, total, tuple(those))
            for day, those in sorted(groups[named].items())
            if (total := sum(c.amount_micros for c in those)) > 0
        ]
        if paid:
            found.append(Series(tuple(paid), rhythm(paid)))
    return sorted(found, key=lambda s: (s.last, len(s.payments)), reverse=True)


def rhythm(payments: Sequence[Payment]) -> str | None:
    """Return how often payments come: monthly, quarterly, annual or by usage; None where they follow nothing."""
    gaps = [(later.day - earlier.day).days for earlier, later in pairwise(payments)]
    if not gaps:
        return None
    alike = [abs(b.micros - a.micros) <= _TENTH * max(a.micros, b.micros) for a, b in pairwise(payments)]
    for name, (least, _, most) in _RHYTHMS.items():
        if sum(least <= gap <= most for gap in gaps) >= _FITS * len(gaps):
            varies = len(gaps) > 1 and sum(alike) < _ALIKE * len(alike)
            return "usage" if varies else name
    often = len(gaps) >= 3 and statistics.median(gaps) <= _RHYTHMS["monthly"][2]
    return "usage" if often and sum(alike) < _ALIKE * len(alike) else None


def _telling(together: Sequence[Series], apart: Sequence[Series]) -> Series | None:
    """Return the series that says most: all payments where they have a rhythm, else the best of one card or account."""
    for found in (together, apart):
        if recurring := [s for s in found if s.recurs]:
            return max(recurring, key=lambda s: (s.last, len(s.payments), s.payments[-1].micros))
    return next((s for s in (*together, *apart) if s.rhythm is not None), None)


def _cadence(together: Sequence[Series], apart: Sequence[Series], subject: Subject, world: World) -> Known | Unknown:
    if (found := _telling(together, apart)) is not None:
        assert found.rhythm is not None
        return Known(found.rhythm, found.evidence, from_ms(found.payments[-1].charges[0].seen_at))
    if [len(s.payments) for s in together] != [1]:
        return Unknown("the charges follow no rhythm" if together else "no charge was seen")
    only = together[0]
    if only.last > day_of(world.since(400)):
        return Unknown("one charge was seen, and no year has passed since")
    short = world.blind(subject, "source of money", SignalKind.CHARGE, days=365)
    return short or Known("one_off", only.evidence, from_ms(only.payments[0].charges[0].seen_at))


def _change(together: Sequence[Series], apart: Sequence[Series]) -> Known | Unknown:
    found = _telling(together, apart)
    if found is None or not found.recurs:
        return Unknown("the charges do not recur in like amounts")
    latest, wanted = found.payments[-1], found.last - _YEAR
    near = [p for p in found.payments if abs((p.day - wanted).days) <= _BESIDE]
    if not near:
        return Unknown("no charge of a year before the latest one was read")
    before = min(near, key=lambda p: (abs((p.day - wanted).days), p.day))
    shown = keys(charge_key(c) for payment in (latest, before) for c in payment.charges)
    return Known(latest.micros / before.micros - 1, shown, from_ms(latest.charges[0].seen_at))


def _subscriptions(apart: Sequence[Series], subject: Subject, world: World, zone: ZoneInfo) -> Known | Unknown:
    """Return how many series run side by side: one that went on on another card has ended where that one goes on."""
    if (short := world.blind(subject, "source of money", SignalKind.CHARGE, days=90)) is not None:
        return short
    newest = apart[0].last if apart else None
    today = world.as_of.astimezone(zone).date()
    running = [s for s in apart if newest is not None and s.runs(newest) and s.runs(today - timedelta(days=30))]
    return Known(len(running), keys(key for s in running or apart for key in s.evidence))
