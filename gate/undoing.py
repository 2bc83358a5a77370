"""Taking back: one decision, or all approvals of one rule; a tool is judged anew in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gate import conditions, decisions, reviewing, states, telling
from gate.accounts import named
from gate.acting import Gate
from gate.decisions import Ruling
from gate.roles import Account, Act, require
from gate.standing_in import Place, key_for, keys_of
from model.errors import Refused
from storage import cases as stored
from storage import kept
from storage.store import Connection

#: The kind of the decision by which a rule lets nothing in any more.
REVOKE = "revoke"
#: Kind of a decision -> the act that its undo is; of the others it is a correction.
_ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "waive": Act.WAIVE,
        "unwaive": Act.WAIVE,
        "answer": Act.ANSWER,
        "condition_met": Act.WORK,
        REVOKE: Act.REVOKE,
    }
)


def undo(connection: Connection, gate: Gate, number: int, reason: str, by: Account | str) -> int:
    """Take a decision back, by one of its own; return that one's number.

    A tool whose status it gave is judged anew at once. `by` is an account, or the login name where nobody has one yet.
    Raises Refused.
    """
    kept.lock_trail(connection)
    row = next(iter(kept.numbered(connection, [number])), None)
    if row is not None and isinstance(by, Account):
        _require(connection, gate, row, by)
    held = _holds(connection, row)
    ruling = Ruling(kind="undo", about=f"decision:{number}", detail={}, reason=reason)
    actor = named(by) if isinstance(by, Account) else by
    made = decisions.decide(connection, gate.trail, ruling, by=actor, at=gate.at)
    if row is not None and row["kind"] == "status":
        reviewing.apply(connection, gate, row["object"].removeprefix("tool:"))
        if held:
            _tell(connection, gate, row, made)
    elif row is not None and row["kind"] == "signature":
        _unsigned(connection, gate, row)
    return made


def takes(row: Mapping[str, Any]) -> frozenset[Act]:
    """Return the acts of which one is needed to take a decision back: what a token must be for, beside its account."""
    if row["kind"] in {"status", "signature"}:
        return frozenset({Act.SIGN_IT, Act.SIGN_MARKETING})
    return frozenset({_ACTS.get(row["kind"], Act.CORRECT)})


def revoke(connection: Connection, gate: Gate, rule: str, reason: str, by: Account) -> list[str]:
    """Take back all approvals of a rule, which lets nothing in any more as it is; return the tools that lost theirs.

    A rule that says something else later is another one. Raises Refused.
    """
    kept.lock_trail(connection)
    require(by, Act.REVOKE, at=gate.at)
    standing = decisions.in_force(kept.decisions(connection))
    rows = by_rule(standing, rule)
    versions = {lane.version for lane in gate.rules.fast_lane if lane.id == rule}
    if not rows and not versions - revoked(connection, rule):
        raise Refused(f"no approval by a rule {rule!r} is in force: `ostiary review rules` lists the rules")
    versions |= {row["detail"]["version"] for row in rows}
    ruling = Ruling(kind=REVOKE, about=f"rule:{rule}", detail={"versions": sorted(versions)}, reason=reason)
    decisions.decide(connection, gate.trail, ruling, by=named(by), at=gate.at)
    made = {}
    for row in rows:
        back = Ruling(kind="undo", about=f"decision:{row['id']}", detail={"rule": rule}, reason=reason)
        made[row["id"]] = decisions.decide(connection, gate.trail, back, by=named(by), at=gate.at)
    latest = {row["object"]: row for row in standing if row["kind"] == "status"}
    lost = {about.removeprefix("tool:"): row for about, row in sorted(latest.items()) if row["id"] in made}
    for tool, row in lost.items():
        reviewing.apply(connection, gate, tool)
        _tell(connection, gate, row, made[row["id"]])
    return [*lost]


def by_rule(standing: Iterable[dict[str, Any]], rule: str) -> list[dict[str, Any]]:
    """Return those of the decisions in force by which a rule let a tool in."""
    return [row for row in standing if row["kind"] == "status" and row["detail"].get("rule") == rule]


def revoked(connection: Connection, rule: str) -> frozenset[str]:
    """Return the versions of a rule that let nothing in any more."""
    rows = kept.about(connection, f"rule:{rule}", REVOKE)
    return frozenset(version for row in rows if not row["undone"] for version in row["detail"]["versions"])


def taken_back(connection: Connection, tool: str) -> bool:
    """Return whether somebody took a decision on a tool's status back: a person decides again, and no rule."""
    return any(row["undone"] for row in kept.about(connection, f"tool:{tool}", "status"))


def _holds(connection: Connection, row: dict[str, Any] | None) -> bool:
    """Return whether a decision gives a tool the status that it has: of what another followed nobody need hear."""
    if row is None or row["kind"] != "status":
        return False
    return [r["id"] for r in states.statuses(connection, row["object"].removeprefix("tool:"))][-1:] == [row["id"]]


def _tell(connection: Connection, gate: Gate, row: dict[str, Any], undo: int) -> None:
    """Tell those who were told of a decision on a case that it was taken back."""
    number = row["detail"].get("case")
    case = None if number is None else stored.case(connection, number)
    if case is not None:
        telling.undone(connection, gate, case, row, undo)


def _require(connection: Connection, gate: Gate, row: dict[str, Any], by: Account) -> None:
    """Raise Refused where somebody may not take this decision back."""
    kind, _, about = row["object"].partition(":")
    if row["kind"] == "signature":
        _require_own(connection, gate, row, by)
        return
    tool = about.partition(":")[2] if kind == "finding" else about
    unit = stored.unit_of(connection, tool) if kind in {"tool", "finding"} else None
    if row["kind"] != "status":
        require(by, _ACTS.get(row["kind"], Act.CORRECT), at=gate.at, unit=unit)
        return
    case = row["detail"].get("case")
    asked = frozenset[int]() if case is None else frozenset(stored.requesters(connection, case, tool))
    place = Place(at=gate.at, unit=unit, requesters=asked)
    if not keys_of(connection, by, place):
        key_for(connection, by, place)  # says what would be needed


def _require_own(connection: Connection, gate: Gate, row: dict[str, Any], by: Account) -> None:
    """Raise Refused unless it is one's own word on an open case: afterwards the decision is what is undone."""
    if not by.holds(gate.at):
        require(by, Act.LOOK, at=gate.at)
    if row["detail"]["account"] != by.id:
        raise Refused("a signature is taken back by whoever gave it; sign otherwise to say no")
    number = row["detail"]["case"]
    case = stored.case(connection, number)
    made = None if case is None or case["state"] == "open" else conditions.decision_of(connection, number)
    if made is not None:
        raise Refused(f"case {number} is decided: what is undone is decision {made['id']}, not a word on the way")
    reviewing.open_case(connection, number)


def _unsigned(connection: Connection, gate: Gate, row: dict[str, Any]) -> None:
    """Let a case that nobody has signed any more be reviewed again."""
    number = row["detail"]["case"]
    if not reviewing.words(connection, number):
        reviewing.move(connection, gate, reviewing.open_case(connection, number), "review")
