"""people.*: who uses the tool."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import GUESTS, Person, Subject, World, day_of, keys, latest, ms, record_key, usage_key
from storage.times import from_ms

_USE = (SignalKind.SIGN_IN, SignalKind.GRANT)
#: Above this part of people without a unit nothing is said about marketing's share.
_PLACED = 0.8


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    recent = _people(subject, world, 90)
    count = _count(subject, world, recent)
    return {
        "people.count": count,
        "people.active_30d": _active(subject, world),
        "people.external": _external(count, recent, world),
        "people.last_used": _last_used(subject, world),
        **_marketing(count, recent, world),
    }


def _people(subject: Subject, world: World, days: int) -> dict[int, list[str]]:
    """Return person -> evidence keys of those who signed in, or hold a grant, within so many days."""
    since = ms(world.since(days))
    found: dict[int, list[str]] = {}
    for row in subject.use:
        if row.last_at >= since and row.kind != "service":
            found.setdefault(row.person_id, []).append(usage_key(row))
    for record in subject.of_kind(SignalKind.GRANT):
        if record["person_id"] and _holds(record, since) and _is_person(world, record["person_id"]):
            found.setdefault(record["person_id"], []).append(record_key(record))
    return found


def _holds(record: dict[str, Any], since: int) -> bool:
    if record["facts"].get("state") == "revoked":
        return False
    return bool(record["mode"] == "snapshot" or record["seen_at"] >= since)


def _is_person(world: World, number: int) -> bool:
    person = world.people.get(number)
    return person is None or person.kind != "service"


def _count(subject: Subject, world: World, recent: dict[int, list[str]]) -> Known | Unknown:
    if (blind := world.blind(subject, "stream of sign-ins or grants", *_USE, days=90)) is not None:
        return blind
    if not recent and not subject.of_kind(SignalKind.REGISTRATION) and not subject.use:
        return Unknown(
            "nobody is seen to use it, but no connected source would show it: no identity provider knows the tool"
        )
    return Known(len(recent), _evidence(recent.values()), latest(r.last_at for r in subject.use))


def _evidence(groups: Iterable[list[str]]) -> tuple[str, ...]:
    return keys(key for group in groups for key in group)


def _active(subject: Subject, world: World) -> Known | Unknown:
    if (blind := world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN, days=30)) is not None:
        return blind
    since = ms(world.since(30))
    rows = [r for r in subject.use if r.last_at >= since and r.kind != "service"]
    return Known(len({r.person_id for r in rows}), keys(map(usage_key, rows)), latest(r.last_at for r in rows))


def _last_used(subject: Subject, world: World) -> Known | Unknown:
    rows = [r for r in subject.use if r.kind != "service"]
    if not rows:
        blind = world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN)
        return blind or Unknown("no stream of sign-ins names the tool")
    last = max(rows, key=lambda r: r.last_at)
    moment = min(from_ms(last.last_at), world.as_of)
    return Known(day_of(moment), (usage_key(last),), moment)


def _external(count: Known | Unknown, recent: dict[int, list[str]], world: World) -> Known | Unknown:
    if isinstance(count, Unknown):
        return count
    directories = any(p.directory is not None and "person_type" in p.directory for p in world.people.values())
    if not world.company.domains and not directories:
        return Unknown("no domain of the company is configured, and no directory tells guests from staff")
    outside = [n for n in recent if (p := world.people.get(n)) is not None and _is_external(p, world)]
    return Known(len(outside), _evidence(recent[n] for n in outside), count.at)


def _is_external(person: Person, world: World) -> bool:
    if person.kind == "agency":
        return True
    stated = str((person.directory or {}).get("person_type", "")).casefold()
    if stated:
        return stated in GUESTS
    domains = {d.casefold() for d in world.company.domains}
    address = person.address or ""
    return bool(domains) and "@" in address and address.rpartition("@")[2].casefold() not in domains


def _marketing(count: Known | Unknown, recent: dict[int, list[str]], world: World) -> dict[str, Known | Unknown]:
    names = ("people.marketing", "people.marketing_share")
    if isinstance(count, Unknown):
        return dict.fromkeys(names, count)
    if not world.company.marketing_units:
        return dict.fromkeys(names, Unknown("no marketing units are configured: [company] marketing_units"))
    if (blind := world.directory_blind()) is not None:
        return dict.fromkeys(names, blind)
    placed = {n: p.marketing for n in recent if (p := world.people.get(n)) is not None and p.marketing is not None}
    if len(placed) < _PLACED * len(recent):
        return dict.fromkeys(
            names, Unknown(f"the unit of {len(recent) - len(placed)} of {len(recent)} people is not known")
        )
    marketers = [n for n, is_marketing in placed.items() if is_marketing]
    found = Known(len(marketers), _evidence(recent[n] for n in marketers), count.at)
    if not placed:
        return {names[0]: found, names[1]: Unknown("nobody uses the tool")}
    return {names[0]: found, names[1]: Known(len(marketers) / len(placed), found.evidence, count.at)}
