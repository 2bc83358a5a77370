"""ownership.*, provenance.*, overlap.* and lifecycle.*: what our own records say."""

from __future__ import annotations

from datetime import date

from model.facts import NEVER, Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, day_of, keys, ms, record_key, usage_key
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
    """An approved list names one owner: the business's. A technical one is only ever recorded by a decision."""
    owned = [r for r in subject.of_kind(SignalKind.DECLARATION) if r["actor_id"]]
    business = [r for r in owned if r["facts"].get("owner_side") != "technical"]
    technical = [r for r in owned if r["facts"].get("owner_side") == "technical"]
    left: Known | Unknown = Known(False, keys(map(record_key, owned)))
    if owned:
        gone = [r for r in owned if (p := world.people.get(r["person_id"])) is not None and p.has_left]
        blind = world.directory_blind()
        left = blind if blind is not None else Known(bool(gone), keys(map(record_key, gone or owned)))
    return {
        "ownership.business_owner": Known(bool(business), keys(map(record_key, business))),
        "ownership.technical_owner": Known(bool(technical), keys(map(record_key, technical))),
        "ownership.owner_left": left,
    }


def _provenance(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    refused = tuple(s.name for s in world.streams if s.status == "refused")
    imitating = [f"signal:{r.source}/{r.key}" for r in subject.imitates]
    last = max(subject.decisions, key=lambda d: d["at"], default=None)
    evidence = () if last is None else (f"decision:{last['id']}",)
    until = None if last is None else last["detail"].get("review_by")
    decided = NEVER if last is None else _decided_on(last)
    return {
        "provenance.look_alike": Known(bool(imitating), keys(imitating)),
        "provenance.refused_streams": Known(refused),
        "provenance.last_decision": Known(decided, evidence),
        "provenance.review_by": Known(date.fromisoformat(until), evidence)
        if until
        else Unknown("there is no decision, or it names no day"),
    }


def _decided_on(decision: dict[str, object]) -> date:
    detail = decision["detail"]
    stated = detail.get("decided_on") if isinstance(detail, dict) else None
    return date.fromisoformat(stated) if stated else day_of(from_ms(int(str(decision["at"]))))


def _overlap(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    if not subject.category:
        none = Known(0)
        return {
            "overlap.same_category": Unknown("nobody has said what the tool is for"),
            "overlap.approved_in_category": none,
        }
    since = ms(world.since(90))
    others = [s for s in world.subjects.values() if s.category == subject.category and s.id != subject.id]
    lively = [s for s in others if any(u.last_at >= since for u in s.use) or any(c.seen_at > since for c in s.charges)]
    approved = [s for s in others if s.status in {"approved", "approved_with_conditions"}]
    return {
        "overlap.same_category": Known(len(lively), tuple(f"tool:{s.id}" for s in lively)),
        "overlap.approved_in_category": Known(len(approved), tuple(f"tool:{s.id}" for s in approved)),
    }


def _lifecycle(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    firsts = (
        [u.first_at for u in subject.use]
        + [r["seen_at"] for r in subject.records]
        + [c.seen_at for c in subject.charges]
    )
    live = [(min(u.last_at, ms(world.as_of)), usage_key(u)) for u in subject.use]
    live += [(c.seen_at, f"signal:{c.source}/{c.stream}/{c.native_id}") for c in subject.charges]
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
