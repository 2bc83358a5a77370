"""Which cases a run opens, closes and brings back, who gets them, and what a rule decides by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gate import cases, decisions, evaluating, reviewing, states
from gate.acting import Gate
from gate.cases import Candidate
from gate.decisions import Ruling
from gate.material import Material, changes, read
from gate.rules import HUB, FastLane
from policies.engine import evaluate
from storage import accounts, judged, kept
from storage import cases as stored
from storage.store import Connection
from storage.times import to_ms

#: Why a case is open although a rule has approved the tool.
SAMPLED = "a rule approved it, and it was drawn for a person to look at"
_SAID = "Approved by a rule for small tools; a person may look at it again."
#: No rule decides where customers may be harmed, or nobody knows.
_KNOWN_RISKS = frozenset({"low", "medium"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The team that uses a tool most, and its hub member's address; None where nobody knows."""

    unit: str | None = None
    hub: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Why a case is to be opened, and the case whose decision comes back by it."""

    why: str
    reopens: int | None = None


class Opening:
    """What a run does with cases, in one transaction."""

    def __init__(self, connection: Connection, gate: Gate, candidates: Iterable[Candidate]) -> None:
        """`candidates` are all tools that there are."""
        self._connection, self._gate = connection, gate
        self._known = {candidate.tool_id: candidate for candidate in candidates}
        standing = decisions.in_force(kept.decisions(connection))
        self._ruled = {r["object"].removeprefix("tool:"): r for r in standing if r["kind"] == "status"}

    def settle(self, teams: Mapping[str, Team], run_id: int) -> int:
        """Close the cases that are over, open those that are due, bring approvals back; return how many were opened.

        A case that was opened because nothing was known gets its true reason once more is known, or is closed where
        the tool is not Marketing's after all; one that somebody has taken up stays.
        """
        for row in stored.open_cases(self._connection):
            self._close(row)
        open_ = judged.open_cases(self._connection)
        due = {tool: Due(why) for tool, why in cases.due(self._known.values(), open_).items()}
        due |= {tool: found for tool in sorted({*self._ruled} - open_) if (found := self._back(tool)) is not None}
        for tool, found in sorted(due.items()):
            self._open(tool, found, teams.get(tool, Team()), run_id)
        return len(due)

    def _close(self, row: dict[str, Any]) -> None:
        decision, candidate = self._ruled.get(row["tool_id"]), self._known.get(row["tool_id"])
        now = to_ms(self._gate.at)
        if candidate is None:
            stored.close(self._connection, row["id"], "gone", now)
        elif decision is not None and decision["at"] >= row["opened_at"] and row["why"] != SAMPLED:
            if cases.is_decided(candidate):
                stored.close(self._connection, row["id"], "decided", now)
        elif row["why"] == cases.UNKNOWN and row["stage"] == "new" and row["assignee"] is None:
            why = cases.why(candidate)
            if why is None:
                stored.close(self._connection, row["id"], "not_marketing", now)
            elif why != row["why"]:
                stored.change(self._connection, row["id"], {"why": why})

    # --- coming back -------------------------------------------------------------------------------------------------

    def _back(self, tool: str) -> Due | None:
        """Return why an approval comes back, or None."""
        decision = self._ruled[tool]["detail"]
        if tool not in self._known or self._known[tool].status not in cases.APPROVED:
            return None
        said = [*self._overdue(decision), *self._moved(tool, decision)]
        return Due(" ".join(said), decision.get("case")) if said else None

    def _overdue(self, decision: Mapping[str, Any]) -> list[str]:
        stated = decision.get("conditions")
        met, today = {*decision.get("met", ())}, self._gate.as_of.date().isoformat()
        listed = stated if isinstance(stated, list) else []
        late = [c["due"] for c in listed if c["text"] not in met and c["due"] < today]
        return [f"A condition of its approval was due on {min(late)} and is not met."] if late else []

    def _moved(self, tool: str, decision: Mapping[str, Any]) -> list[str]:
        then = stored.state(self._connection, decision.get("state") or "")
        if then is None:
            return []
        now = states.state(self._connection, tool, self._gate)
        people = states.people(self._connection, tool)
        found = changes(read(then), now, people_then=decision.get("people"), people_now=people)
        return [change.said for change in found if change.reopens]

    # --- opening -----------------------------------------------------------------------------------------------------

    def _open(self, tool: str, due: Due, team: Team, run_id: int) -> None:
        now = to_ms(self._gate.at)
        row = {
            "kind": "found",
            "tool_id": tool,
            "opened_at": now,
            "opened_by_run": run_id,
            "due_at": to_ms(self._gate.time.due(self._gate.at, self._gate.rules.clocks["new"])),
            "why": due.why,
            "stage_at": now,
            "unit": team.unit,
            "reopens": due.reopens,
        }
        number = judged.open_case(self._connection, row)
        self._happened(number, "opened", why=due.why, reopens=due.reopens, unit=team.unit)
        state = states.state(self._connection, tool, self._gate)
        lane = None if due.reopens is not None else fast_lane(self._connection, self._gate, tool, state)
        if lane is None:
            self._route(number, tool, state, team)
        else:
            self._decide(number, tool, lane, state)

    def _route(self, number: int, tool: str, state: Material, team: Team) -> None:
        """Give a case to whom the first route that fits names, where that is an account that holds."""
        attributes = judged.attributes(self._connection, tool) or {}
        category = str(attributes.get("tool.category") or "") or None
        for route in self._gate.rules.routes:
            if not route.fits(state.technology, state.customer, category):
                continue
            address = team.hub if route.to == HUB else route.to
            account = accounts.holding(self._connection, address, to_ms(self._gate.at)) if address else None
            if account is not None:
                stored.change(self._connection, number, {"assignee": f"account:{account}"})
                self._happened(number, "routed", to=account, route=route.to)
                return

    def _decide(self, number: int, tool: str, lane: FastLane, state: Material) -> None:
        """Approve by a rule: the decision is the rule's, with its version, and never a person's."""
        stored.keep_state(self._connection, state.digest, state.plain())
        by = f"rule:{lane.id}@{lane.version}"
        detail = {
            "status": "approved",
            "case": number,
            "rule": lane.id,
            "version": lane.version,
            "state": state.digest,
            "customer_risk": state.customer,
            "people": states.people(self._connection, tool),
            "review_by": (self._gate.at.date() + timedelta(days=lane.review_in)).isoformat(),
        }
        ruling = Ruling(
            kind="status", about=f"tool:{tool}", detail=detail, reason=lane.title, words={"sentence": _SAID}
        )
        decision = decisions.decide(self._connection, self._gate.trail, ruling, by=by, at=self._gate.at)
        self._happened(number, "decided", decision=decision, outcome="approve", rule=lane.id)
        if drawn(tool, lane):
            stored.change(self._connection, number, {"why": SAMPLED})
            self._happened(number, "sampled", decision=decision)
            reviewing.move(self._connection, self._gate, reviewing.open_case(self._connection, number), "review")
        else:
            stored.close(self._connection, number, "decided", to_ms(self._gate.at))
        reviewing.apply(self._connection, self._gate, tool)

    def _happened(self, number: int, kind: str, **detail: Any) -> None:
        reviewing.happened(self._connection, self._gate, number, kind, "system", **detail)


def fast_lane(connection: Connection, gate: Gate, tool: str, state: Material) -> FastLane | None:
    """Return the rule that lets a tool in by itself, or None: also where what it asks is unknown."""
    attributes = judged.attributes(connection, tool)
    if attributes is None or state.customer not in _KNOWN_RISKS:
        return None
    said = {**attributes, "company.currency": gate.currency or ""}
    facts = evaluating.known(connection, tool)
    for lane in gate.rules.fast_lane:
        if lane.when is None or state.technology not in lane.technology or state.customer not in lane.customer:
            continue
        if evaluate(lane.when, said, facts, gate.as_of) is True:
            return lane
    return None


def drawn(tool: str, lane: FastLane) -> bool:
    """Return whether a tool is in the sample of a rule: always the same answer for one version of the rule."""
    number = int.from_bytes(hashlib.sha256(f"{lane.version}:{tool}".encode()).digest()[:8])
    return number < lane.sample * 2**64
