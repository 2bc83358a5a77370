"""people.private_mailboxes and access.shared_accounts: whose the addresses are under which a tool is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from model.facts import Known, Unknown
from scanner.facts import people
from scanner.facts.assigned import assigned, lists, unread
from scanner.facts.mailboxes import is_public, is_role
from scanner.facts.world import Subject, World, keys, record_key

_Seen = Mapping[int, list[str]]


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return both facts."""
    seen = people.recent(subject, world, 90)
    count = people.count(subject, world)
    if isinstance(count, Unknown) and (not seen or people.blind(subject, world) is not None):
        return {"people.private_mailboxes": count, "access.shared_accounts": count}
    private = _found(seen, world, lambda address: is_public(address, world.domains))
    return {
        "people.private_mailboxes": private if isinstance(count, Known) else count,
        "access.shared_accounts": _shared(count, seen, subject, world),
    }


def _shared(count: Known | Unknown, seen: _Seen, subject: Subject, world: World) -> Known | Unknown:
    """Return the accounts of roles among those seen and those assigned; a log too short may show one, never none."""
    both = {number: list(found) for number, found in seen.items()}
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


def _found(seen: _Seen, world: World, test: Callable[[str | None], bool]) -> Known | Unknown:
    """Return how many are under such an address: none only where the address of everybody is known."""
    known = {n: p.address for n in seen if (p := world.people.get(n)) is not None and "@" in (p.address or "")}
    told = [n for n, address in known.items() if test(address)]
    if not told and len(known) < len(seen):
        return Unknown(f"no source gives the address of {len(seen) - len(known)} of the {len(seen)} people")
    return Known(len(told), keys(key for n in told or seen for key in seen[n]))
