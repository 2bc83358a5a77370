"""spend.*: what the tool costs, and who pays."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, charge_key, keys, latest, ms
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
    recent = [c for c in charges if c.seen_at > ms(world.since(90))]
    return {
        "spend.annual": _sum(subject, charges, world, 365),
        "spend.last_90d": _sum(subject, recent, world, 90),
        "spend.marketing_share": _marketing(charges, world),
        "spend.payers": _payers(charges),
        "spend.payer_left": _payer_left(charges, world),
        "spend.last_charge": _last(charges, world),
    }


def _foreign(charges: list[Any], world: World) -> Unknown | None:
    base = world.company.base_currency
    others = sorted({c.currency for c in charges} - {base})
    if not others:
        return None
    if base is None:
        return Unknown("no base currency is configured: [company] base_currency")
    return Unknown(f"an amount is in {', '.join(others)}, and there is no rate to {base}")


def _sum(subject: Subject, charges: list[Any], world: World, days: int) -> Known | Unknown:
    if (foreign := _foreign(charges, world)) is not None:
        return foreign
    if (short := world.blind(subject, "source of money", SignalKind.CHARGE, days=days)) is not None:
        return short
    total = sum(c.amount_micros for c in charges)
    return Known(total, keys(map(charge_key, charges)), latest(c.seen_at for c in charges))


def _marketing(charges: list[Any], world: World) -> Known | Unknown:
    """Return the share of money; it needs no rate and no whole year, but one currency: two are never added."""
    if len(currencies := sorted({c.currency for c in charges})) > 1:
        return Unknown(f"the money is in {' and '.join(currencies)}, which are not added")
    total = sum(c.amount_micros for c in charges)
    if total <= 0:
        return Unknown("no money went to the tool in the last 12 months")
    if not world.company.marketing_units:
        return Unknown("no marketing units are configured: [company] marketing_units")
    placed = [(c, is_it) for c in charges if (is_it := _is_marketing(c, world)) is not None]
    # A refund of the one and a charge of the other must not make up for each other.
    part = sum(abs(c.amount_micros) for c, _ in placed) / sum(abs(c.amount_micros) for c in charges)
    known = sum(c.amount_micros for c, _ in placed)
    if part < _PLACED or known <= 0:
        payers = [c.person_id for c in charges if c.person_id]
        return world.unsure(payers, f"the unit that paid is known for {part:.0%} of the money only")
    return _share([(c, is_it) for c, is_it in placed if is_it], known, placed, world)


def _share(
    marketing: list[tuple[Any, bool]], known: int, placed: list[tuple[Any, bool]], world: World
) -> Known | Unknown:
    if not marketing and not world.has_marketers and not any(world.budgets.values()):
        units = " or ".join(world.company.marketing_units[:3])
        return Unknown(f"no budget and no payer of any charge is {units}: was the unit renamed?")
    share = min(max(sum(c.amount_micros for c, _ in marketing) / known, 0.0), 1.0)
    return Known(share, keys(charge_key(c) for c, _ in marketing or placed), from_ms(placed[0][0].seen_at))


def _is_marketing(charge: Any, world: World) -> bool | None:
    """Return whether Marketing paid: the budget on the charge decides, else the unit of whoever paid."""
    stated = world.budgets.get(charge.budget) if charge.budget else None
    return stated if stated is not None else world.unit_known(charge.person_id)


def _payers(charges: list[Any]) -> Known | Unknown:
    named = [c for c in charges if c.person_id]
    if charges and not named:
        return Unknown("no source of money states the holder")
    return Known(len({c.person_id for c in named}), keys(map(charge_key, named)), latest(c.seen_at for c in named))


def _payer_left(charges: list[Any], world: World) -> Known | Unknown:
    named = [c for c in charges if c.person_id]
    if not named:
        return Unknown("no source of money states the holder")
    if (nothing := world.no_directory()) is not None:
        return nothing
    last = named[0]
    left = world.has_left(last.person_id)
    if left is None:
        return world.unsure([last.person_id], "no directory knows who paid last")
    return Known(left, (charge_key(last),), from_ms(last.seen_at))


def _last(charges: list[Any], world: World) -> Known | Unknown:
    """Return the day of a charge: kept as the company's midnight, which in UTC is the evening before."""
    if not charges:
        return Unknown("no source of money names the tool in the last 12 months")
    at = from_ms(charges[0].seen_at)
    return Known(at.astimezone(ZoneInfo(world.company.timezone)).date(), (charge_key(charges[0]),), at)
