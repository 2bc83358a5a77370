"""spend.*: what the tool costs, and who pays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts import series
from scanner.facts.world import Subject, World, charge_key, keys, latest, ms
from storage.times import from_ms

_NAMES = (
    "spend.annual",
    "spend.last_90d",
    "spend.paid",
    "spend.none_seen",
    "spend.free_plan",
    "spend.reseller",
    "spend.marketing_share",
    "spend.outside_it_share",
    "spend.payers",
    "spend.payer_left",
    "spend.last_charge",
)
_PLACED = 0.8


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    if (hidden := blind(subject, world)) is not None:
        return dict.fromkeys((*_NAMES, *series.NAMES), hidden)
    charges = subject.charges
    recent = [c for c in charges if c.seen_at > ms(world.since(90))]
    return {
        "spend.annual": annual(subject, world),
        "spend.last_90d": _sum(subject, recent, world, 90),
        **_paid(charges, world),
        "spend.reseller": _reseller(charges),
        "spend.marketing_share": _marketing(charges, world),
        "spend.outside_it_share": _outside_it(charges, world),
        "spend.payers": _payers(charges),
        "spend.payer_left": _payer_left(charges, world),
        "spend.last_charge": _last(charges, world),
        **series.derive(subject, world),
    }


def blind(subject: Subject, world: World) -> Unknown | None:
    """Return why a source of money that could name the tool cannot be relied on, or None."""
    return world.blind(subject, "source of money", SignalKind.CHARGE)


def annual(subject: Subject, world: World) -> Known | Unknown:
    """Return the money of the last 12 months; only where the sources of money can be relied on."""
    return subject.once("spend.annual", lambda: _sum(subject, subject.charges, world, 365))


def _paid(charges: list[Any], world: World) -> dict[str, Known | Unknown]:
    """Return what charges alone show: that none is seen says nothing of who else pays."""
    evidence, at = keys(map(charge_key, charges)), latest(c.seen_at for c in charges)
    net: dict[str, int] = {}
    for charge in charges:
        net[charge.currency] = net.get(charge.currency, 0) + charge.amount_micros
    paid = any(amount > 0 for amount in net.values())
    unseen = Unknown("no money is seen to go to the tool, and nobody has answered")
    return {
        "spend.paid": Known(True, evidence, at) if paid else unseen,
        "spend.free_plan": Known(False, evidence, at) if paid else unseen,
        "spend.none_seen": Known(False, evidence, at) if charges else _none_seen(world),
    }


def _none_seen(world: World) -> Known | Unknown:
    """Return that no charge is seen, where every source of money was read for the whole year."""
    if (unread := world.unread("source of money", (SignalKind.CHARGE,), 365)) is not None:
        return unread
    short = [s for s in world.of_kinds(SignalKind.CHARGE) if not s.covers(world.since(365), world.as_of)]
    if short:
        return Unknown(f"{short[0].name}: what was read does not span the last 365 days")
    return Known(value=True)


def _reseller(charges: list[Any]) -> Known | Unknown:
    if not charges:
        return Unknown("no charge was seen")
    shown = [c for c in charges if c.reseller] or charges
    return Known(bool(shown[0].reseller), keys(map(charge_key, shown)), latest(c.seen_at for c in shown))


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
    if not world.company.marketing_units:
        configured: Unknown | None = Unknown("no marketing units are configured: [company] marketing_units")
    else:
        configured = None
    found = _placed(charges, world, configured, lambda charge: _is_marketing(charge, world))
    if isinstance(found, Unknown):
        return found
    if not any(found.theirs) and not world.has_marketers and not any(world.budgets.values()):
        return Unknown(f"no budget and no payer of any charge is {_any_of(world.company.marketing_units)}")
    return found.share(theirs=True)


def _outside_it(charges: list[Any], world: World) -> Known | Unknown:
    configured = None if world.company.it_units else Unknown("no units of IT are configured: [company] it_units")
    found = _placed(charges, world, configured, lambda charge: is_it(charge, world))
    if isinstance(found, Unknown):
        return found
    if not any(found.theirs) and not world.has_it:
        return Unknown(f"no budget and nobody in any directory is {_any_of(world.company.it_units)}")
    return found.share(theirs=False)


def _any_of(units: Sequence[str]) -> str:
    return f"{' or '.join(units[:3])}: was the unit renamed?"


@dataclass(frozen=True, slots=True)
class _Placed:
    """Charges of which it is known whether they are a unit's, and which are; `known` is their sum, above 0."""

    charges: list[Any]
    theirs: list[bool]
    known: int

    def share(self, *, theirs: bool) -> Known:
        """Return the part of the money that is theirs, or is not."""
        chosen = [c for c, its in zip(self.charges, self.theirs, strict=True) if its is theirs]
        part = min(max(sum(c.amount_micros for c in chosen) / self.known, 0.0), 1.0)
        return Known(part, keys(charge_key(c) for c in chosen or self.charges), from_ms(self.charges[0].seen_at))


def _placed(
    charges: list[Any], world: World, unconfigured: Unknown | None, is_theirs: Callable[[Any], bool | None]
) -> _Placed | Unknown:
    """Return whose the money is; it needs no rate and no whole year, but one currency: two are never added."""
    if len(currencies := sorted({c.currency for c in charges})) > 1:
        return Unknown(f"the money is in {' and '.join(currencies)}, which are not added")
    total = sum(c.amount_micros for c in charges)
    if total <= 0:
        return Unknown("no money went to the tool in the last 12 months")
    if unconfigured is not None:
        return unconfigured
    whose = [(c, is_theirs(c)) for c in charges]
    if (blinded := world.people_blind(c.person_id for c, its in whose if its is None)) is not None:
        return blinded
    placed = [(c, its) for c, its in whose if its is not None]
    # A refund of the one and a charge of the other must not make up for each other.
    part = sum(abs(c.amount_micros) for c, _ in placed) / sum(abs(c.amount_micros) for c in charges)
    known = sum(c.amount_micros for c, _ in placed)
    if part < _PLACED or known <= 0:
        payers = [c.person_id for c in charges if c.person_id]
        return world.unsure(payers, f"the unit that paid is known for {part:.0%} of the money only")
    return _Placed([c for c, _ in placed], [its for _, its in placed], known)


def _is_marketing(charge: Any, world: World) -> bool | None:
    """Return whether Marketing paid: the budget on the charge decides, else the unit of whoever paid."""
    stated = world.budgets.get(charge.budget) if charge.budget else None
    return stated if stated is not None else world.unit_known(charge.person_id)


def is_it(charge: Any, world: World) -> bool | None:
    """Return whether IT paid, by the budget on the charge, else by the unit of whoever paid."""
    stated = world.budgets_it.get(charge.budget) if charge.budget else None
    return stated if stated is not None else world.it_known(charge.person_id)


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
