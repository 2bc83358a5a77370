"""people.private_mailboxes and access.shared_accounts: whose the addresses are under which a tool is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from model.facts import Known, Unknown
from scanner.facts import people
from scanner.facts.access import SIGN_IN_SCOPES
from scanner.facts.assigned import assigned, lists, unread
from scanner.facts.grants import active
from scanner.facts.mailboxes import is_public, is_role
from scanner.facts.world import Subject, World, keys, ms, record_key, usage_key

_Seen = Mapping[int, list[str]]


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return both facts."""
    seen = people.recent(subject, world, 90)
    count = people.count(subject, world)
    if isinstance(count, Unknown) and (not seen or people.blind(subject, world) is not None):
        roles = {} if people.blind(subject, world) is not None else _roles(subject, world)
        shared = _found(roles, world, is_role) if roles else count
        return {"people.private_mailboxes": count, "access.shared_accounts": shared}
    private = _found(seen, world, lambda address: is_public(address, world.domains))
    return {
        "people.private_mailboxes": private if isinstance(count, Known) else count,
        "access.shared_accounts": _shared(count, seen, subject, world),
    }


def _shared(count: Known | Unknown, seen: _Seen, subject: Subject, world: World) -> Known | Unknown:
    """Return the accounts of roles among those seen and those assigned; a log too short may show one, never none."""
    both = {number: list(found) for number, found in (*seen.items(), *_roles(subject, world).items())}
    listed = assigned(subject, world)
    naming = any((s.source, s.stream) in subject.named_by for s in lists(world))
    if isinstance(listed, Unknown):
        if naming:
            return listed
    else:
        for number, rows in listed.people.items():
            both.setdefault(number, []).extend(map(record_key, rows))
    found = _found(both, world, is_role)
    if isinstance(found, Known) and not found.value:
        return count if isinstance(count, Unknown) else unread(world) or found
    return found


def _roles(subject: Subject, world: World) -> _Seen:
    """Return the roles' mailboxes as which people sign in, although a directory says that they are no persons.

    Access to more than who somebody is makes a mailbox the owner of a connection, and no login that people share.
    """
    found: dict[int, list[str]] = {}
    for row in subject.use:
        if row.kind == "service" and row.successes and row.last_at >= ms(world.since(90)):
            found.setdefault(row.person_id, []).append(usage_key(row))
    for grant in active(subject, world):
        person = world.people.get(grant["person_id"])
        only_signs_in = SIGN_IN_SCOPES.issuperset(grant["facts"].get("scopes") or ["unknown"])
        if person is not None and person.kind == "service" and grant["mode"] == "snapshot" and only_signs_in:
            found.setdefault(person.number, []).append(record_key(grant))
    return {n: shown for n, shown in found.items() if (p := world.people.get(n)) is not None and is_role(p.address)}


def _found(seen: _Seen, world: World, test: Callable[[str | None], bool]) -> Known | Unknown:
    """Return how many are under such an address: none only where the address of everybody is known."""
    known = {n: p.address for n in seen if (p := world.people.get(n)) is not None and "@" in (p.address or "")}
    told = [n for n, address in known.items() if test(address)]
    if not told and len(known) < len(seen):
        return Unknown(f"no source gives the address of {len(seen) - len(known)} of the {len(seen)} people")
    return Known(len(told), keys(key for n in told or seen for key in seen[n]))
