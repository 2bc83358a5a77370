"""The conditions of an approval: which were met, each by a decision of its own, so that nothing old is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gate import decisions
from gate.accounts import named
from gate.acting import Gate
from gate.decisions import Ruling
from gate.roles import Account, Act, require
from model.errors import Refused
from storage import cases as stored
from storage import kept
from storage.store import Connection

#: The kind of the decision that a condition is met.
MET = "condition_met"


def met(rows: Iterable[dict[str, Any]]) -> dict[int, dict[str, int]]:
    """Return decision -> name of its condition -> the decision in force by which that is met."""
    found: dict[int, dict[str, int]] = {}
    for row in decisions.in_force(rows):
        if row["kind"] == MET:
            found.setdefault(row["detail"]["decision"], {})[row["detail"]["condition"]] = row["id"]
    return found


def listed(connection: Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the conditions of a decision: number, text (None where erased), owner (an actor), due, met (a number)."""
    done = met(kept.standing_about(connection, row["object"])).get(row["id"], {})
    stated = row["detail"].get("conditions")
    return [
        {
            "number": number,
            "text": kept.text_of(connection, row["detail"].get("words", {}).get(c["text"])),
            "owner": c["owner"],
            "due": c["due"],
            "met": done.get(c["text"]),
        }
        for number, c in enumerate(stated if isinstance(stated, list) else [], 1)
    ]


def meet(connection: Connection, gate: Gate, condition: tuple[int, int], reason: str, by: Account) -> int:
    """Record that a condition (case, its number there) is met; return the decision's number. Raises Refused."""
    case, number = condition
    kept.lock_trail(connection)
    found = stored.case(connection, case)
    require(by, Act.WORK, at=gate.at, unit=None if found is None else found["unit"])
    row = decision_of(connection, case)
    if row is None:
        raise Refused(f"case {case} has no approval in force: `ostiary cases show {case}` tells how it stands")
    known = listed(connection, row)
    if not 1 <= number <= len(known):
        raise Refused(f"case {case} has {len(known) or 'no'} condition{'s' * (len(known) != 1)}, and none is {number}")
    if known[number - 1]["met"] is not None:
        raise Refused(f"condition {number} of case {case} is met already (decision {known[number - 1]['met']})")
    detail = {"case": case, "decision": row["id"], "condition": f"condition_{number}"}
    ruling = Ruling(kind=MET, about=row["object"], detail=detail, reason=reason)
    return decisions.decide(connection, gate.trail, ruling, by=named(by), at=gate.at)


def decision_of(connection: Connection, case: int) -> dict[str, Any] | None:
    """Return the decision in force by which a case ended, or None."""
    numbers = [event["detail"]["decision"] for event in stored.events(connection, case) if event["kind"] == "decided"]
    rows = [row for row in kept.numbered(connection, numbers) if row["kind"] == "status" and not row["undone"]]
    return rows[-1] if rows else None
