"""ownership.*, provenance.*, overlap.* and lifecycle.*: what our own records say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from model.facts import NEVER, Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, charge_key, day_of, keys, record_key, usage_key
from storage.times import from_ms, month_start


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of these areas."""
    return {
        **_ownership(subject, world),
        **_provenance(subject, world),
        **_overlap(subject, world),
        **_lifecycle(subject, world),
    }


def _ownership(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return who answers: the one owner of an approved list is the business's unless the list says otherwise."""
    owned = [r for r in subject.of_kind(SignalKind.DECLARATION) if r["actor_id"]]
    business = [r for r in owned if r["facts"].get("owner_side") != "technical"]
    technical = [r for r in owned if r["facts"].get("owner_side") == "technical"]
    return {
        "ownership.business_owner": Known(bool(business), keys(map(record_key, business))),
        "ownership.technical_owner": Known(bool(technical), keys(map(record_key, technical))),
        "ownership.owner_left": _owner_left(owned, world) if owned else Known(False),
    }


def _owner_left(owned: list[dict[str, Any]], world: World) -> Known | Unknown:
    if (nothing := world.no_directory()) is not None:
        return nothing
    left = {r["person_id"]: world.has_left(r["person_id"]) for r in owned}
    if gone := [r for r in owned if left[r["person_id"]]]:
        return Known(True, keys(map(record_key, gone)))
    if unsure := [number for number, has_left in left.items() if has_left is None]:
        return world.unsure(unsure, "no directory knows the recorded owner")
    unread = world.unread("directory", (SignalKind.PERSON,), None)
    return unread or Known(False, keys(map(record_key, owned)))


def _provenance(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    refused = tuple(sorted(s.name for s in world.streams if s.status == "refused"))
    last = subject.decisions[-1] if subject.decisions else None
    evidence = () if last is None else (f"decision:{last['id']}",)
    until = None if last is None else last["detail"].get("review_by")
    decided = NEVER if last is None else _decided_on(last)
    return {
        "provenance.look_alike": Known(bool(subject.imitates), keys(_imitating(subject))),
        "provenance.refused_streams": Known(refused),
        "provenance.last_decision": Known(decided, evidence),
        "provenance.review_by": Known(date.fromisoformat(until), evidence)
        if until
        else Unknown("there is no decision, or it names no day"),
    }


def _imitating(subject: Subject) -> Iterator[str]:
    """Yield the evidence of the identities that imitate another tool: what lists them, and who was there."""
    identities = {row.identity_id for row in subject.imitates}
    named = {(row.source, row.key) for row in subject.imitates}
    yield from (record_key(r) for r in subject.records if r["identity_id"] in identities)
    yield from (usage_key(u) for u in subject.use if (u.source, u.key) in named)


def _decided_on(decision: dict[str, Any]) -> date:
    stated = decision["detail"].get("decided_on")
    return date.fromisoformat(stated) if stated else day_of(from_ms(decision["at"]))


def _overlap(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    names = ("overlap.same_category", "overlap.approved_in_category")
    if not subject.category:
        return {names[0]: Unknown("nobody has said what the tool is for"), names[1]: Known(0)}
    lively, living, approved, approvals = world.others(subject)
    return {
        names[0]: Known(living, tuple(f"tool:{tool}" for tool in lively)),
        names[1]: Known(approvals, tuple(f"tool:{tool}" for tool in approved)),
    }


def _lifecycle(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    firsts = [u.first_at for u in subject.use] + [r["seen_at"] for r in subject.records]
    firsts += [c.seen_at for c in subject.charges]
    # Charges are at hand for a year; the figures know of older ones.
    firsts += [] if subject.first_seen is None else [subject.first_seen]
    live = [(u.last_at, usage_key(u)) for u in subject.use]
    live += [(c.seen_at, charge_key(c)) for c in subject.charges]
    live += [(r["seen_at"], record_key(r)) for r in subject.of_kind(SignalKind.GRANT)]
    last = max(live, default=None)
    return {
        "lifecycle.first_seen": Known(day_of(from_ms(min(firsts, default=month_start(197001))))),
        "lifecycle.last_seen": Known(day_of(from_ms(last[0])), (last[1],), from_ms(last[0]))
        if last
        else Unknown("no use, money or consent was ever seen"),
        "lifecycle.ended": Known(subject.id in world.ended)
        if subject.id in world.catalogued
        else Unknown("the tool is in no catalogue"),
    }
