"""access.*: how many accounts there are, whose they are, and who may administer the tool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.assigned import Assigned, assigned
from scanner.facts.world import Subject, World, keys, latest, ms, record_key
from storage.times import from_ms

_Row = dict[str, Any]
_People = Mapping[int, tuple[_Row, ...]]
_BY_LIST = ("access.accounts", "access.dormant_accounts", "access.leaver_accounts", "access.direct_assignments")
_DAYS = 90


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return these facts."""
    found = assigned(subject, world)
    return {**_of_lists(found, subject, world), **_administrators(subject, world)}


def _of_lists(found: Assigned | Unknown, subject: Subject, world: World) -> dict[str, Known | Unknown]:
    if isinstance(found, Unknown):
        return dict.fromkeys(_BY_LIST, found)
    direct = _direct(found)
    if found.hidden is not None:
        return {**dict.fromkeys(_BY_LIST, found.hidden), _BY_LIST[3]: direct}
    return {
        _BY_LIST[0]: _people(found.people, found.people, found),
        _BY_LIST[1]: _dormant(found, subject, world),
        _BY_LIST[2]: _leavers(found, world),
        _BY_LIST[3]: direct,
    }


def _people(numbers: Iterable[int], people: _People, found: Assigned) -> Known:
    """Return how many people, with what shows them; where there is nobody, with the list that shows nobody."""
    chosen = list(numbers)
    rows = [row for number in chosen for row in people[number]] or list(found.shown)
    return Known(len(chosen), keys(map(record_key, rows)), latest(r["seen_at"] for r in rows))


def _direct(found: Assigned) -> Known | Unknown:
    rows = [r for r in found.rows if r["person_id"] and r["kind"] == SignalKind.ASSIGNMENT.value]
    if any("via" not in r["facts"] for r in rows):
        return Unknown("a list of assignments does not say which came by a group")
    one_by_one = {n for r in rows if r["facts"]["via"] == "user" and (n := r["person_id"]) in found.people}
    return _people([n for n in found.people if n in one_by_one], found.people, found)


def _dormant(found: Assigned, subject: Subject, world: World) -> Known | Unknown:
    for source in sorted({r["source"] for r in found.shown}):
        if (blind := _blind(source, world)) is not None:
            return blind
    since = world.since(_DAYS)
    active = {u.person_id for u in subject.use if u.last_at >= ms(since)}
    old = [n for n, rows in found.people.items() if n not in active and not _is_new(rows, since)]
    return _people(old, found.people, found)


def _blind(source: str, world: World) -> Unknown | None:
    """Return why the sign-ins of a provider are not known for the days, or None."""
    streams = [s for s in world.of_kinds(SignalKind.SIGN_IN) if s.source == source]
    if not streams:
        return Unknown(f"no stream of sign-ins of {source} was read")
    if (reason := next((r for s in streams if (r := s.blinded()) is not None), None)) is not None:
        return Unknown(reason)
    if any(s.covers(world.since(_DAYS), world.as_of) for s in streams):
        return None
    return Unknown(f"{streams[0].name}: what was read does not span the last {_DAYS} days")


def _is_new(rows: tuple[_Row, ...], since: datetime) -> bool:
    """Whether somebody was assigned so lately that not to have signed in says nothing."""
    return any((made := _moment(r["facts"].get("created_at"))) is not None and made > since for r in rows)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _leavers(found: Assigned, world: World) -> Known | Unknown:
    if (nothing := world.no_directory()) is not None:
        return nothing
    left = {number: world.has_left(number) for number in found.people}
    if gone := [number for number, has_left in left.items() if has_left]:
        return _people(gone, found.people, found)
    if unsure := [number for number, has_left in left.items() if has_left is None]:
        return world.unsure(unsure, f"no directory knows {len(unsure)} of the {len(left)} people")
    return _people([], found.people, found)


def _administrators(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return both facts: only the tool's own list of accounts says who administers it."""
    names = ("access.admins", "access.admins_external")
    rows = [r for r in subject.of_kind(SignalKind.ACCOUNT_ACCESS) if r["mode"] == "snapshot"]
    if (reason := next((why for r in rows if (why := world.reason_against(r)) is not None), None)) is not None:
        return dict.fromkeys(names, Unknown(reason))
    found = assigned(subject, world)
    if not any("admin" in r["facts"] for r in rows) or isinstance(found, Unknown):
        return dict.fromkeys(names, Unknown("no source states the roles in the tool"))
    listed = {
        n: own for n, given in found.people.items() if (own := tuple(r for r in given if r["facts"].get("admin")))
    }
    return {names[0]: _people(listed, listed, found), names[1]: _outside(listed, found, world)}


def _outside(people: _People, found: Assigned, world: World) -> Known | Unknown:
    if not world.domains and not world.tells_guests:
        return Unknown("no domain of the company is configured, and no directory tells guests from staff")
    if blinded := sorted({reason for n in people if (reason := world.person_blind(n)) is not None}):
        return Unknown(blinded[0])
    if strangers := [n for n in people if n not in world.people]:
        return Unknown(f"nothing is known of {len(strangers)} of the {len(people)} administrators")
    return _people([n for n in people if world.people[n].is_external(world.domains)], people, found)


def first_review(first_seen: Known | Unknown) -> Known | Unknown:
    """Return the day from which a review of the accounts is due where nobody has said that there was one."""
    if isinstance(first_seen, Unknown) or first_seen.value == from_ms(0).date():
        return Unknown("nothing was ever seen of the tool")
    return first_seen
