"""spend.*: what the tool costs, and who pays."""

from __future__ import annotations

from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, charge_key, day_of, keys, latest, ms
from storage.times import from_ms

_NAMES = (
    "spend.annual",
    "spend.last_90d",
    "spend.marketing_share",
    "spend.payers",
    "spend.payer_left",
    "spend.last_charge",
)
_PLACED = 0.8


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    if (blind := world.blind(subject, "source of money", SignalKind.CHARGE)) is not None:
        return dict.fromkeys(_NAMES, blind)
    charges = subject.charges
    return {
        "spend.annual": _sum(charges, world, 365),
        "spend.last_90d": _sum([c for c in charges if c.seen_at > ms(world.since(90))], world, 90),
        "spend.marketing_share": _marketing(charges, world),
        "spend.payers": _payers(charges),
        "spend.payer_left": _payer_left(charges, world),
        "spend.last_charge": _last(charges),
    }


def _foreign(charges: list[Any], world: World) -> Unknown | None:
    base = world.company.base_currency
    others = sorted({c.currency for c in charges} - {base})
    if not others:
        return None
    if base is None:
        return Unknown("no base currency is configured: [company] base_currency")
    return Unknown(f"an amount is in {', '.join(others)}, and there is no rate to {base}")


def _sum(charges: list[Any], world: World, days: int) -> Known | Unknown:
    if (foreign := _foreign(charges, world)) is not None:
        return foreign
    streams = world.of_kinds(SignalKind.CHARGE)
    if not any(s.covers(world.since(days), world.as_of) for s in streams):
        return Unknown(f"no source of money spans the {days} days before {world.as_of:%d %B %Y}")
    total = sum(c.amount_micros for c in charges)
    return Known(total, keys(map(charge_key, charges)), latest(c.seen_at for c in charges))


def _marketing(charges: list[Any], world: World) -> Known | Unknown:
    if (foreign := _foreign(charges, world)) is not None:
        return foreign
    total = sum(c.amount_micros for c in charges)
    if total <= 0:
        return Unknown("no money went to the tool in the last 12 months")
    placed = [(c, is_it) for c in charges if (is_it := _is_marketing(c, world)) is not None]
    known = sum(c.amount_micros for c, _ in placed)
    if known < _PLACED * total:
        return Unknown(f"the unit that paid is known for {max(known, 0) / total:.0%} of the money only")
    marketing = sum(c.amount_micros for c, is_it in placed if is_it)
    share = min(max(marketing / known, 0.0), 1.0)
    return Known(share, keys(charge_key(c) for c, _ in placed), latest(c.seen_at for c in charges))


def _is_marketing(charge: Any, world: World) -> bool | None:
    """The budget on the charge decides, else the unit of whoever paid."""
    stated = world.budgets.get(charge.budget) if charge.budget else None
    if stated is not None:
        return stated
    person = world.people.get(charge.person_id)
    return None if person is None else person.marketing


def _payers(charges: list[Any]) -> Known | Unknown:
    named = [c for c in charges if c.person_id]
    if charges and not named:
        return Unknown("no source of money states the holder")
    return Known(len({c.person_id for c in named}), keys(map(charge_key, named)), latest(c.seen_at for c in named))


def _payer_left(charges: list[Any], world: World) -> Known | Unknown:
    named = [c for c in charges if c.person_id]
    if not named:
        return Unknown("no source of money states the holder")
    if (blind := world.directory_blind()) is not None:
        return blind
    last = max(named, key=lambda c: c.seen_at)
    person = world.people.get(last.person_id)
    left = person.has_left if person is not None else None
    if left is None:
        return Unknown("no directory knows who paid last")
    return Known(left, (charge_key(last),), from_ms(last.seen_at))


def _last(charges: list[Any]) -> Known | Unknown:
    if not charges:
        return Unknown("no source of money names the tool in the last 12 months")
    last = max(charges, key=lambda c: c.seen_at)
    return Known(day_of(from_ms(last.seen_at)), (charge_key(last),), from_ms(last.seen_at))
