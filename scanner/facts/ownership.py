"""ownership.*: who answers for the tool, by what people decided and by the list of approved tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, keys, record_key

BUSINESS, TECHNICAL, DEPUTY = "business", "technical", "deputy"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who was named, by the number of the person (None: whom no source knows), and what says so."""

    person: int | None
    evidence: str


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    business, technical, deputies = (named(side, subject, world) for side in (BUSINESS, TECHNICAL, DEPUTY))
    owners = [*business, *technical]
    return {
        "ownership.business_owner": _recorded(business),
        "ownership.technical_owner": _recorded(technical),
        "ownership.backup": _recorded(deputies),
        "ownership.owners_same": _same(business, technical),
        "ownership.owner_left": _left(owners, world) if owners else Known(False),
    }


def named(side: str, subject: Subject, world: World) -> list[Owner]:
    """Return the owner of a side: the latest decision stands, else what the approved list declares.

    The one owner of a list is the business's unless the list says otherwise.
    """
    ruled = [d for d in subject.owners if d["detail"]["side"] == side]
    if ruled:
        detail, evidence = ruled[-1]["detail"], f"decision:{ruled[-1]['id']}"
        actor, person = detail.get("actor"), detail.get("person")
        return [Owner(world.persons_of.get(actor, person), evidence)] if actor or person else []
    return [
        Owner(r["person_id"], record_key(r))
        for r in subject.of_kind(SignalKind.DECLARATION)
        if r["actor_id"] and (r["facts"].get("owner_side") or BUSINESS) == side
    ]


def _recorded(owners: Sequence[Owner]) -> Known:
    return Known(bool(owners), keys(owner.evidence for owner in owners))


def _same(business: Sequence[Owner], technical: Sequence[Owner]) -> Known | Unknown:
    if missing := [side for side, named in ((BUSINESS, business), (TECHNICAL, technical)) if not named]:
        return Unknown(f"no {' and no '.join(missing)} owner is recorded")
    people = [{owner.person for owner in named} for named in (business, technical)]
    if None in people[0] | people[1]:
        return Unknown("no source knows who one of the owners is")
    return Known(bool(people[0] & people[1]), keys(owner.evidence for owner in (*business, *technical)))


def _left(owners: Sequence[Owner], world: World) -> Known | Unknown:
    if (nothing := world.no_directory()) is not None:
        return nothing
    left = {owner: None if owner.person is None else world.has_left(owner.person) for owner in owners}
    if gone := [owner for owner, has_left in left.items() if has_left]:
        return Known(True, keys(owner.evidence for owner in gone))
    if unsure := [owner for owner, has_left in left.items() if has_left is None]:
        return world.unsure([o.person for o in unsure if o.person], "no directory knows the recorded owner")
    unread = world.unread("directory", (SignalKind.PERSON,), None)
    return unread or Known(False, keys(owner.evidence for owner in owners))
