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
from storage.store import Connection


def state(connection: Connection, tool: str, gate: Gate) -> Material:
    """Return the material state of a tool as it is now."""
    facts = {
        name: encode(fact.value)
        for name, fact in evaluating.known(connection, tool).items()
        if not isinstance(fact, Unknown)
    }
    both = risk.by_tool(connection, gate.risk_rules, tool).get(tool) or risk.never_judged(gate.risk_rules)
    return material(
        facts,
        judged.findings(connection, [tool]).get(tool, ()),
        stored.rights(connection, tool),
        owners(connection, tool),
        {side: both[side].band for side in both},
    )


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


def since_decided(connection: Connection, tool: str, gate: Gate) -> list[Change]:
    """Return what is another now than when the tool was last decided on here; nothing where it never was."""
    last = next((row for row in reversed(statuses(connection, tool)) if row["detail"].get("state")), None)
    then = None if last is None else stored.state(connection, last["detail"]["state"])
    if last is None or then is None:
        return []
    return changes(
        read(then),
        state(connection, tool, gate),
        people_then=last["detail"].get("people"),
        people_now=people(connection, tool),
    )
