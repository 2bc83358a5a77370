"""The state that a tool is in now, who answers for it, and what is another since it was decided on."""

from __future__ import annotations

from typing import Any

from gate import evaluating, risk
from gate.acting import Gate
from gate.material import Change, Material, changes, material, read
from model.fact import encode
from model.facts import Known, Unknown
from storage import cases as stored
from storage import judged, kept
from storage.recalled import once_a_read
from storage.store import Connection

#: Kind of event that keeps the state which a decision left.
SETTLED = "settled"


def state(connection: Connection, tool: str, gate: Gate) -> Material:
    """Return the material state of a tool as it is now."""
    facts = {
        name: encode(fact.value)
        for name, fact in evaluating.known(connection, tool).items()
        if not isinstance(fact, Unknown)
    }
    both = risk.of_tool(connection, gate.risk_rules, tool)
    return material(
        facts,
        judged.findings(connection, [tool]).get(tool, ()),
        stored.rights(connection, tool),
        owners(connection, tool),
        {side: both[side].band for side in both},
    )


@once_a_read
def owners(connection: Connection, tool: str) -> list[tuple[str, int]]:
    """Return (side, person) of those who answer for a tool: what was decided stands before what lists declare."""
    found = dict(stored.declared_owners(connection, tool))
    for row in kept.standing_about(connection, f"tool:{tool}"):
        if row["kind"] == "owner":
            found[row["detail"]["side"]] = stored.person_of(connection, row["detail"]["actor"])
    return sorted(found.items())


def statuses(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return the decisions in force on a tool's status, in order."""
    return [row for row in kept.standing_about(connection, f"tool:{tool}") if row["kind"] == "status"]


def people(connection: Connection, tool: str) -> int | None:
    """Return how many people use a tool, None where that is unknown."""
    fact = evaluating.known(connection, tool).get("people.count")
    return fact.value if isinstance(fact, Known) and isinstance(fact.value, int) else None


def since_decided(connection: Connection, tool: str, gate: Gate, now: Material | None = None) -> list[Change]:
    """Return what is another now than when the tool was last decided on; nothing where that was not done here.

    `now` is its present state, where somebody has read that already.
    """
    rows = statuses(connection, tool)
    then = _settled(connection, rows[-1]) if rows else None
    if then is None:
        return []
    return changes(
        read(then),
        state(connection, tool, gate) if now is None else now,
        people_then=rows[-1]["detail"].get("people"),
        people_now=people(connection, tool),
    )


def _settled(connection: Connection, row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the state that a decision left; None of one that was not made on a case.

    Deciding settles findings and lowers bands: held against the state before it, what rises again would seem unmoved.
    """
    case, digest = row["detail"].get("case"), row["detail"].get("state")
    for event in stored.events(connection, case) if case is not None else ():
        if event["kind"] == SETTLED and event["detail"]["decision"] == row["id"]:
            digest = event["detail"]["state"]
    return None if digest is None else stored.state(connection, digest)
