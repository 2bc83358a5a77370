"""people.*: who uses the tool."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
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
    recent = _people(subject, world, 90)
    count = _count(subject, world, recent)
    return {
        "people.count": count,
        "people.active_30d": _active(subject, world),
        "people.external": _external(count, recent, world),
        "people.last_used": _last_used(subject, world),
        **_marketing(subject, count, recent, world),
    }


def _people(subject: Subject, world: World, days: int) -> dict[int, list[str]]:
    """Return person -> evidence keys of those who signed in, or hold a grant, within so many days."""
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


def _last_used(subject: Subject, world: World) -> Known | Unknown:
    rows = [r for r in subject.use if r.kind != "service"]
    if (blind := world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN)) is not None:
        return blind
    if not rows:
        return Unknown("no stream of sign-ins names the tool")
    return Known(day_of(from_ms(rows[0].last_at)), (usage_key(rows[0]),), from_ms(rows[0].last_at))


def _external(count: Known | Unknown, recent: dict[int, list[str]], world: World) -> Known | Unknown:
    if isinstance(count, Unknown):
        return count
    if not world.domains and not world.tells_guests:
        return Unknown("no domain of the company is configured, and no directory tells guests from staff")
    outside = [n for n in recent if (p := world.people.get(n)) is not None and p.is_external(world.domains)]
    blinded = sorted({reason for n in recent if (reason := world.person_blind(n)) is not None})
    if blinded:
        return Unknown(blinded[0])
    return Known(len(outside), _evidence(recent[n] for n in outside), count.at)


def _marketing(
    subject: Subject, count: Known | Unknown, recent: dict[int, list[str]], world: World
) -> dict[str, Known | Unknown]:
    """Return both facts. A share is one of those who were seen: a log too short to count all of them gives it."""
    names = ("people.marketing", "people.marketing_share")
    if isinstance(count, Unknown):
        if not recent or world.blind(subject, "stream of sign-ins or grants", *USE) is not None:
            return dict.fromkeys(names, count)
        seen = Known(len(recent), _evidence(recent.values()), latest(r.last_at for r in subject.use))
        return _marketing(subject, seen, recent, world) | {names[0]: count}
    if not world.company.marketing_units:
        return dict.fromkeys(names, Unknown("no marketing units are configured: [company] marketing_units"))
    if (nothing := world.no_directory()) is not None:
        return dict.fromkeys(names, nothing)
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


def _units(world: World) -> str:
    return " or ".join(world.company.marketing_units[:3])
