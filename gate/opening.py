"""Which cases a run opens, closes and brings back, who gets them, and what a rule decides by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gate import cases, conditions, decisions, evaluating, reviewing, risk, states, telling, undoing
from gate.acting import Gate
from gate.cases import Candidate
from gate.decisions import Ruling
from gate.material import Material
from gate.rules import HUB, FastLane
from policies.engine import evaluate
from storage import accounts, judged, kept
from storage import cases as stored
from storage.store import Connection
from storage.times import to_ms

#: Why a case is open although a rule has approved the tool.
SAMPLED = "a rule approved it, and it was drawn for a person to look at"
_SAID = "Approved by a rule for small tools; a person may look at it again."
#: Decision -> its conditions that are met.
Met = Mapping[int, Collection[str]]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done with cases: those that end (number -> stage), get another reason, or are to be opened.

    `small` are open ones that nobody has taken up and that a rule lets in by now.
    """

    ended: Mapping[int, str]
    worded: Mapping[int, str]
    due: Mapping[str, Due]
    small: tuple[int, ...] = ()


class Opening:
    """What a run does with cases: planned by reading, then done in short transactions."""

    def __init__(self, gate: Gate, candidates: Iterable[Candidate], run_id: int) -> None:
        """`candidates` are all tools that there are. `approved` counts those that a rule has let in since."""
        self._gate, self._run_id = gate, run_id
        self._known = {candidate.tool_id: candidate for candidate in candidates}
        self.approved = 0

    def plan(self, connection: Connection) -> Plan:
        """Return which cases are over, which are due, and which approvals come back.

        A case that was opened because nothing was known gets its true reason once more is known, or ends where the
        tool is not Marketing's after all; one that somebody has taken up stays.
        """
        rows = kept.decisions(connection)
        standing, met = decisions.in_force(rows), conditions.met(rows)
        ruled = {r["object"].removeprefix("tool:"): r for r in standing if r["kind"] == "status"}
        ended: dict[int, str] = {}
        worded: dict[int, str] = {}
        open_, small = set(), []
        for row in stored.open_cases(connection):
            stage, why = self._fate(row, ruled.get(row["tool_id"]))
            if stage is not None:
                ended[row["id"]] = stage
                continue
            open_.add(row["tool_id"])
            if why is not None:
                worded[row["id"]] = why
            if self._lane(connection, row) is not None:
                small.append(row["id"])
        due = {tool: Due(why) for tool, why in cases.due(self._known.values(), open_).items()}
        for tool in sorted({*ruled} - open_):
            if (found := self._back(connection, tool, ruled[tool], met)) is not None:
                due[tool] = found
        return Plan(ended=ended, worded=worded, due=dict(sorted(due.items())), small=tuple(small))

    def end(self, connection: Connection, plan: Plan) -> None:
        """Close the cases that are over, and give others their true reason."""
        for number, stage in plan.ended.items():
            stored.close(connection, number, stage, to_ms(self._gate.at))
        for number, why in plan.worded.items():
            stored.change(connection, number, {"why": why})

    def open(self, connection: Connection, tool: str, due: Due, team: Team) -> bool:
        """Open a case and let it go its way; return False where somebody was quicker."""
        kept.lock_trail(connection)
        if stored.open_of(connection, tool) is not None:
            return False
        number = self._enter(connection, tool, due, team)
        telling.case_opened(connection, self._gate, reviewing.open_case(connection, number), team.hub)
        state = states.state(connection, tool, self._gate)
        lane = None if due.reopens is not None else fast_lane(connection, self._gate, tool, state)
        if lane is None:
            route(connection, self._gate, number, state, team)
        else:
            self._decide(connection, number, lane, state)
        return True

    def let_in(self, connection: Connection, number: int) -> bool:
        """Let a rule decide on a case that waits, now that it may; return False where somebody was quicker."""
        kept.lock_trail(connection)
        row = stored.case(connection, number)
        lane = None if row is None or row["state"] != "open" else self._lane(connection, row)
        if row is None or lane is None:
            return False
        self._decide(connection, number, lane, states.state(connection, str(row["tool_id"]), self._gate))
        return True

    def _lane(self, connection: Connection, row: Mapping[str, Any]) -> FastLane | None:
        """Return the rule that lets in the tool of an open case by now: answers or other rules may have come since.

        What a person took up, asks for or sees again is a person's to decide.
        """
        if row["stage"] != "new" or row["kind"] != "found" or row["reopens"] is not None:
            return None
        tool = str(row["tool_id"])
        bands = risk.by_tool(connection, self._gate.risk_rules, [tool]).get(tool)
        if not self._gate.rules.fast_lane or bands is None or bands["customer"].band not in _KNOWN_RISKS:
            return None
        return fast_lane(connection, self._gate, tool, states.state(connection, tool, self._gate))

    def _fate(self, row: dict[str, Any], decision: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
        """Return how a case ends, or its other reason; neither where it goes on as it is."""
        candidate = self._known.get(row["tool_id"])
        if candidate is None:
            return "gone", None
        if decision is not None and decision["at"] >= row["opened_at"] and row["why"] != SAMPLED:
            return ("decided" if cases.is_decided(candidate) else None), None
        if row["why"] != cases.UNKNOWN or row["stage"] != "new" or row["assignee"] is not None:
            return None, None
        why = cases.why(candidate)
        return ("not_marketing" if why is None else None), (why if why != row["why"] else None)

    # --- coming back -------------------------------------------------------------------------------------------------

    def _back(self, connection: Connection, tool: str, row: Mapping[str, Any], met: Met) -> Due | None:
        """Return why an approval comes back, or None."""
        decision = row["detail"]
        if tool not in self._known or self._known[tool].status not in cases.APPROVED:
            return None
        moved = (c.said for c in states.since_decided(connection, tool, self._gate) if c.reopens)
        said = [*self._overdue(decision, met.get(row["id"], {})), *moved]
        return Due(" ".join(said), decision.get("case")) if said else None

    def _overdue(self, decision: Mapping[str, Any], met: Collection[str]) -> list[str]:
        stated, today = decision.get("conditions"), self._gate.as_of.date().isoformat()
        listed = stated if isinstance(stated, list) else []
        late = [c["due"] for c in listed if c["text"] not in met and c["due"] < today]
        return [f"A condition of its approval was due on {min(late)} and is not met."] if late else []

    # --- opening -----------------------------------------------------------------------------------------------------

    def _enter(self, connection: Connection, tool: str, due: Due, team: Team) -> int:
        now = to_ms(self._gate.at)
        row = {
            "kind": "found",
            "tool_id": tool,
            "opened_at": now,
            "opened_by_run": self._run_id,
            "due_at": to_ms(self._gate.time.due(self._gate.at, self._gate.rules.clocks["new"])),
            "why": due.why,
            "stage_at": now,
            "unit": team.unit,
            "reopens": due.reopens,
        }
        number = judged.open_case(connection, row)
        self._happened(connection, number, "opened", why=due.why, reopens=due.reopens, unit=team.unit)
        return number

    def _decide(self, connection: Connection, number: int, lane: FastLane, state: Material) -> None:
        """Approve by a rule: the decision is the rule's, with its version, and never a person's."""
        tool = str(reviewing.open_case(connection, number)["tool_id"])
        self.approved += 1
        stored.keep_state(connection, state.digest, state.plain())
        detail = {
            "status": "approved",
            "case": number,
            "rule": lane.id,
            "version": lane.version,
            "state": state.digest,
            "customer_risk": state.customer,
            "people": states.people(connection, tool),
            "review_by": (self._gate.at.date() + timedelta(days=lane.review_in)).isoformat(),
        }
        said = {"sentence": _SAID}
        ruling = Ruling(kind="status", about=f"tool:{tool}", detail=detail, reason=lane.title, words=said)
        by = f"rule:{lane.id}@{lane.version}"
        decision = decisions.decide(connection, self._gate.trail, ruling, by=by, at=self._gate.at)
        self._happened(connection, number, "decided", decision=decision, outcome="approve", rule=lane.id)
        telling.decided(connection, self._gate, reviewing.open_case(connection, number), decision)
        if drawn(tool, lane):
            stored.change(connection, number, {"why": SAMPLED})
            self._happened(connection, number, "sampled", decision=decision)
            reviewing.move(connection, self._gate, reviewing.open_case(connection, number), "review")
        else:
            stored.close(connection, number, "decided", to_ms(self._gate.at))
        reviewing.settle(connection, self._gate, number, tool, decision)

    def _happened(self, connection: Connection, number: int, kind: str, **detail: Any) -> None:
        reviewing.happened(connection, self._gate, number, kind, "system", **detail)


def route(connection: Connection, gate: Gate, number: int, state: Material, team: Team) -> None:
    """Give an open case to whom the first route that fits names, where that is an account that holds."""
    attributes = judged.attributes(connection, reviewing.open_case(connection, number)["tool_id"]) or {}
    category = str(attributes.get("tool.category") or "") or None
    for one in gate.rules.routes:
        if not one.fits(state.technology, state.customer, category):
            continue
        address = team.hub if one.to == HUB else one.to
        account = accounts.holding(connection, address, to_ms(gate.at)) if address else None
        if account is not None:
            stored.change(connection, number, {"assignee": f"account:{account}"})
            reviewing.happened(connection, gate, number, "routed", "system", to=account, route=one.to)
            telling.case_assigned(connection, gate, reviewing.open_case(connection, number), account)
            return


def fast_lane(connection: Connection, gate: Gate, tool: str, state: Material) -> FastLane | None:
    """Return the rule that lets a tool in by itself, or None: also where what it asks is unknown.

    A rule whose approvals were taken back lets nothing in; nor does any where a decision on the tool was taken back.
    """
    attributes = judged.attributes(connection, tool)
    if attributes is None or state.customer not in _KNOWN_RISKS or undoing.taken_back(connection, tool):
        return None
    said = {**attributes, "company.currency": gate.currency or ""}
    facts = evaluating.known(connection, tool)
    for lane in gate.rules.fast_lane:
        if lane.when is None or lane.version in undoing.revoked(connection, lane.id):
            continue
        if state.technology not in lane.technology or state.customer not in lane.customer:
            continue
        if evaluate(lane.when, said, facts, gate.as_of) is True:
            return lane
    return None


def drawn(tool: str, lane: FastLane) -> bool:
    """Return whether a tool is in the sample of a rule: always the same answer for one version of the rule."""
    number = int.from_bytes(hashlib.sha256(f"{lane.version}:{tool}".encode()).digest()[:8])
    return number < lane.sample * 2**64
