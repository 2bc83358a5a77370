"""people.*: who uses the tool."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind, fold
from scanner.facts.grants import active
from scanner.facts.world import Subject, World, day_of, keys, latest, ms, record_key, usage_key
from storage.times import from_ms

USE = (SignalKind.SIGN_IN, SignalKind.GRANT)
#: Where the unit of fewer people than this part is known, nothing is said about marketing's share.
_PLACED = 0.8
_UNSEEN = Unknown(
    "nobody is seen to use it, but no connected source would show it: no identity provider knows the tool"
)


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    seen, counted = recent(subject, world, 90), count(subject, world)
    active = _active(subject, world)
    marketing = _marketing(subject, counted, seen, world)
    return {
        "people.count": counted,
        "people.active_30d": active,
        "people.growth_30d": _growth(active, subject, world),
        "people.external": _external(counted, seen, world),
        "people.teams": _teams(marketing["people.marketing"], seen, world),
        **_days(subject, world),
        **marketing,
    }


def recent(subject: Subject, world: World, days: int) -> dict[int, list[str]]:
    """Return person -> evidence keys of those who signed in, or hold a grant, within so many days."""
    return subject.once(f"recent {days}", lambda: _recent(subject, world, days))


def _recent(subject: Subject, world: World, days: int) -> dict[int, list[str]]:
    since = ms(world.since(days))
    found: dict[int, list[str]] = {}
    for row in subject.use:
        if row.last_at >= since and row.kind != "service":
            found.setdefault(row.person_id, []).append(usage_key(row))
    for grant in active(subject, world):
        number = grant["person_id"]
        if number and _is_recent(grant, since) and _is_person(world, number):
            found.setdefault(number, []).append(record_key(grant))
    return found


def _is_recent(grant: dict[str, Any], since: int) -> bool:
    """Return whether a grant counts: what a list still holds is held today, what an event tells must be recent."""
    return bool(grant["mode"] == "snapshot" or grant["seen_at"] >= since)


def _is_person(world: World, number: int) -> bool:
    person = world.people.get(number)
    return person is None or person.kind != "service"


def count(subject: Subject, world: World) -> Known | Unknown:
    """Return how many people use the tool."""
    return subject.once("people.count", lambda: _count(subject, world, recent(subject, world, 90)))


def blind(subject: Subject, world: World) -> Unknown | None:
    """Return why a stream that would show who uses the tool cannot be relied on, or None."""
    return world.blind(subject, "stream of sign-ins or grants", *USE)


def _count(subject: Subject, world: World, recent: dict[int, list[str]]) -> Known | Unknown:
    if (blind := world.blind(subject, "stream of sign-ins or grants", *USE, days=90)) is not None:
        return blind
    if not recent and not subject.of_kind(SignalKind.REGISTRATION) and not subject.use:
        return _UNSEEN
    if not recent and (unread := world.unread("stream of sign-ins or grants", USE, 90)) is not None:
        return unread
    return Known(len(recent), _evidence(recent.values()), latest(r.last_at for r in subject.use))


def _evidence(groups: Iterable[list[str]]) -> tuple[str, ...]:
    return keys(key for group in groups for key in group)


def _active(subject: Subject, world: World) -> Known | Unknown:
    if (blind := world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN, days=30)) is not None:
        return blind
    since = ms(world.since(30))
    rows = [r for r in subject.use if r.last_at >= since and r.kind != "service"]
    if not rows and not subject.of_kind(SignalKind.REGISTRATION) and not subject.use:
        return _UNSEEN
    return Known(len({r.person_id for r in rows}), keys(map(usage_key, rows)), latest(r.last_at for r in rows))


def _growth(active: Known | Unknown, subject: Subject, world: World) -> Known | Unknown:
    """Return by how many there are more than 30 days before, where every source was read over both times."""
    if isinstance(active, Unknown):
        return active
    if (uneven := world.uneven(subject, SignalKind.SIGN_IN, 60)) is not None:
        return uneven
    rows = [r for r in subject.use if r.earlier and r.kind != "service"]
    assert isinstance(active.value, int)
    return Known(active.value - len({r.person_id for r in rows}), keys([*active.evidence, *map(usage_key, rows)]))


def _days(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    names = ("people.first_used", "people.last_used")
    rows = [r for r in subject.use if r.kind != "service"]
    if (blind := world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN)) is not None:
        return dict.fromkeys(names, blind)
    if not rows:
        return dict.fromkeys(names, Unknown("no stream of sign-ins names the tool"))
    first, last = min(rows, key=lambda r: (r.first_at, r.source, r.key)), rows[0]
    return {
        names[0]: Known(day_of(from_ms(first.first_at)), (usage_key(first),), from_ms(first.first_at)),
        names[1]: Known(day_of(from_ms(last.last_at)), (usage_key(last),), from_ms(last.last_at)),
    }


def _external(count: Known | Unknown, recent: dict[int, list[str]], world: World) -> Known | Unknown:
    if isinstance(count, Unknown):
        return count
    if not world.domains and not world.tells_guests:
        return Unknown("no domain of the company is configured, and no directory tells guests from staff")
    outside = [n for n in recent if (p := world.people.get(n)) is not None and p.is_external(world.domains)]
    if (blinded := world.people_blind(recent)) is not None:
        return blinded
    return Known(len(outside), _evidence(recent[n] for n in outside), count.at)


def _marketing(
    subject: Subject, count: Known | Unknown, recent: dict[int, list[str]], world: World
) -> dict[str, Known | Unknown]:
    """Return both facts. A share is one of those who were seen: a log too short to count all of them gives it."""
    names = ("people.marketing", "people.marketing_share")
    if isinstance(count, Unknown):
        if not recent or blind(subject, world) is not None:
            return dict.fromkeys(names, count)
        seen = Known(len(recent), _evidence(recent.values()), latest(r.last_at for r in subject.use))
        return _marketing(subject, seen, recent, world) | {names[0]: count}
    if not world.company.marketing_units:
        return dict.fromkeys(names, Unknown("no marketing units are configured: [company] marketing_units"))
    if (nothing := world.no_directory()) is not None:
        return dict.fromkeys(names, nothing)
    if (blinded := world.people_blind(recent)) is not None:
        return dict.fromkeys(names, blinded)
    placed = {n: is_it for n in recent if (is_it := world.unit_known(n)) is not None}
    if len(placed) < _PLACED * len(recent):
        missing = [n for n in recent if n not in placed]
        said = f"the unit of {len(missing)} of {len(recent)} people is not known"
        return dict.fromkeys(names, world.unsure(missing, said))
    return _shares(names, placed, recent, world, count)


def _shares(
    names: tuple[str, str], placed: dict[int, bool], recent: dict[int, list[str]], world: World, count: Known
) -> dict[str, Known | Unknown]:
    """Return both facts; the evidence leads to what placed each marketer: the directory that was read last."""
    marketers = [n for n, is_marketing in placed.items() if is_marketing]
    if placed and not marketers and not world.has_marketers:
        return dict.fromkeys(names, Unknown(f"no directory has anybody in {_units(world)}: was the unit renamed?"))
    directories = [key for n in marketers if (key := world.people[n].record) is not None]
    found = Known(len(marketers), keys([*_evidence(recent[n] for n in marketers), *directories]), count.at)
    if not placed:
        return {names[0]: found, names[1]: Unknown("nobody uses the tool")}
    return {names[0]: found, names[1]: Known(len(marketers) / len(placed), found.evidence, count.at)}


def _teams(marketing: Known | Unknown, recent: dict[int, list[str]], world: World) -> Known | Unknown:
    """Return how many units there are among those whose unit is known."""
    if isinstance(marketing, Unknown):
        return marketing
    placed = {n: world.people[n] for n in recent if world.unit_known(n) is not None}
    units = {fold(p.unit) for p in placed.values() if p.unit}
    records = [p.record for p in placed.values() if p.record is not None]
    return Known(len(units), keys([*_evidence(recent[n] for n in placed), *records]), marketing.at)


def _units(world: World) -> str:
    return " or ".join(world.company.marketing_units[:3])
