"""What is answered at once to who wants a tool: what does the job already, how long an answer took, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from gate import conditions, states
from gate.acting import Gate
from gate.cases import APPROVED
from gate.stages import WAITS
from storage import cases, kept
from storage import requests as stored
from storage.store import Connection
from storage.times import from_ms, to_ms

#: So many requests tell how long one takes; of the same category where there are so many of them.
LAST, ENOUGH = 10, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long the last decided requests took, in working days; `category` None: those of all categories count."""

    count: int
    median: float
    least: int
    most: int
    category: str | None = None

    def row(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        days = {"median_days": self.median, "least_days": self.least, "most_days": self.most}
        return {"requests": self.count, **days, "category": self.category}


def took(connection: Connection, gate: Gate, category: str | None) -> Took | None:
    """Return how long the last ten requests took from being asked to being decided; None where none was decided."""
    rows = stored.decided(connection)
    alike = [row for row in rows if category is not None and row["category"] == category]
    chosen = alike[:LAST] if len(alike) >= ENOUGH else rows[:LAST]
    if not chosen:
        return None
    days = [gate.time.passed(from_ms(row["asked_at"]), from_ms(row["closed_at"])) for row in chosen]
    named = category if len(alike) >= ENOUGH else None
    return Took(count=len(days), median=float(median(days)), least=min(days), most=max(days), category=named)


def same_job(connection: Connection, gate: Gate, category: str | None, tool: str) -> list[dict[str, Any]]:
    """Return the approved tools of a category, this one left out, with their units and counts, nobody's name."""
    if category is None:
        return []
    return [_approved(connection, gate, row) for row in stored.approved(connection, category) if row["id"] != tool]


def _approved(connection: Connection, gate: Gate, row: Mapping[str, Any]) -> dict[str, Any]:
    units = stored.units(connection, row["id"], to_ms(gate.as_of))
    return {**row, "units": units, "conditions": _conditions(connection, row["id"]), **_said(connection, row["id"])}


def in_use(connection: Connection, gate: Gate, tool: str) -> dict[str, Any] | None:
    """Return what is known of a tool that is there: status, who uses it, the last decision; None of a new one."""
    row = stored.tool(connection, tool)
    if row is None:
        return None
    units = stored.units(connection, tool, to_ms(gate.as_of))
    case = cases.open_of(connection, tool)
    return {
        **{name: row[name] for name in ("id", "name", "status", "category")},
        "people": states.people(connection, tool),
        "units": units,
        "case": None if case is None else case["id"],
        "conditions": _conditions(connection, tool) if row["status"] in APPROVED else [],
        **_said(connection, tool),
    }


def _conditions(connection: Connection, tool: str) -> list[str]:
    rows = states.statuses(connection, tool)
    return [c["text"] for c in conditions.listed(connection, rows[-1]) if c["text"]] if rows else []


def _said(connection: Connection, tool: str) -> dict[str, Any]:
    """Return the plain sentence of the last decision, and its day; None where there is none."""
    rows = states.statuses(connection, tool)
    if not rows:
        return {"sentence": None, "decided_at": None}
    sentence = kept.text_of(connection, rows[-1]["detail"].get("words", {}).get("sentence"))
    return {"sentence": sentence, "decided_at": rows[-1]["at"]}


#: Outcome of a request's case -> what it says of the request.
ENDS = {"decided": "decided", "withdrawn": "withdrawn", "gone": "the tool is gone", "joined": "joined another case"}


def stands(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a request (as `storage.requests` reads it) stands: state, stage, for whom it waits, since when."""
    if row["withdrawn_at"] is not None:
        return {"where": "withdrawn", "stage": None, "waiting_for": None, "since": row["withdrawn_at"], "due_at": None}
    if row["state"] != "open":
        where = str(row["status"]) if row["stage"] == "decided" and row["status"] else ENDS.get(row["stage"], "closed")
        return {"where": where, "stage": None, "waiting_for": None, "since": row["closed_at"], "due_at": None}
    waits = row["waiting_for"] or WAITS.get(row["stage"], "security")
    since = row["stage_at"] or row["opened_at"]
    return {"where": "open", "stage": row["stage"], "waiting_for": waits, "since": since, "due_at": row["due_at"]}


def earlier(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the first of the requests that stand already: its number, when, and of which unit; nobody's name."""
    return {name: rows[0][name] for name in ("id", "at", "unit")} if rows else None
