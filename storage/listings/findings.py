"""Findings: what a policy says of a tool, since when, and what became of it."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from model.facts import UNANSWERED, VOCABULARY
from storage import may_apply
from storage.narrowing import of_some, unindexed
from storage.statements import statement
from storage.times import iso

#: From the worst on.
SEVERITIES = ("critical", "high", "medium", "low")
#: What can be asked for by its very value.
FILTERS = ("policy", "tool_id", "gap", "severity", "verdict", "state")
_IN_FORCE = """
    SELECT f.*, t.name AS tool, coalesce(g.people, 0) AS people, b.first_at
    FROM finding f JOIN tool t ON t.id = f.tool_id LEFT JOIN figures g ON g.tool_id = f.tool_id
    JOIN (SELECT policy, tool_id, min(valid_from) AS first_at FROM finding{of_tool} GROUP BY policy, tool_id) b
        ON b.policy = f.policy AND b.tool_id = f.tool_id
    WHERE f.valid_to IS NULL{where}"""
_NAMED = "SELECT t.id, t.name, coalesce(g.people, 0) AS people FROM tool t LEFT JOIN figures g ON g.tool_id = t.id"
#: When findings were judged last: a run that failed judged nothing.
_LAST_RUN = "SELECT max(started_at) FROM run WHERE ended_at IS NOT NULL AND coalesce(outcome, '') <> 'failed'"
_JUDGED = "SELECT DISTINCT tool_id FROM fact WHERE valid_to IS NULL{of_some}"
_OPEN = """
    SELECT tool_id FROM finding
    WHERE valid_to IS NULL AND verdict = 'violated' AND {state} = 'open' AND queued = 1{{of_some}}"""
_BY_POLICY = """
    SELECT policy, sum(CASE WHEN verdict = 'violated' THEN 1 ELSE 0 END) AS violated,
        sum(CASE WHEN verdict = 'unknown' THEN 1 ELSE 0 END) AS unknown
    FROM finding WHERE valid_to IS NULL AND evaluated = 1 GROUP BY policy"""
_VERSIONS = """
    SELECT f.valid_from AS at, f.valid_to, f.policy, f.tool_id, coalesce(t.name, f.tool_id) AS tool, f.verdict, f.state,
        f.severity, f.customer_severity, f.message, f.queued, f.evaluated, b.verdict AS before_verdict,
        b.state AS before_state, b.violated_once AS before_violated, b.evaluated AS before_evaluated
    FROM finding f LEFT JOIN tool t ON t.id = f.tool_id
    LEFT JOIN finding b ON b.policy = f.policy AND b.tool_id = f.tool_id AND b.valid_to = f.valid_from
    WHERE {where} ORDER BY f.valid_from, f.policy, f.tool_id"""


def findings(connection: Connection, *, day: str | None = None, **wanted: str | None) -> list[dict[str, Any]]:
    """Return the findings in force, the worst first: the contract's fields but for the policy's title.

    A waiver that has ended by the `day` (ISO 8601) is over, whether or not a run has said so; None looks at no day.

    `wanted` names fields of FILTERS with their values; None stands for any. `reading` holds the facts that were read,
    `missing` the names of those that would settle an unknown verdict; `was_violated` says whether it was ever violated.
    `last_seen` is the start of the last run while a finding stands,
    else when it ended, or when its policy was no longer evaluated.
    """
    asked = {name: value for name, value in wanted.items() if value is not None}
    state = asked.pop("state", None)
    where = "".join(f" AND f.{name} = :{name}" for name in FILTERS if name in asked)
    last = connection.scalar(statement(_LAST_RUN))
    # Of one tool, the beginnings of the others' findings are not looked for: there are hundreds of thousands.
    of_tool = " WHERE tool_id = :tool_id" if "tool_id" in asked else ""
    rows = connection.execute(statement(_IN_FORCE.format(where=where, of_tool=of_tool)), asked)
    kept = [_on(dict(row._mapping), day) for row in rows]
    found = sorted([*kept, *_that_may_apply(connection, asked)], key=_worst_first)
    return [_row(row, last) for row in found if state in {None, row["state"]}]


def _that_may_apply(connection: Connection, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the findings whose policies may apply, as rows of findings that read only what is missing."""
    if asked.get("verdict", "unknown") != "unknown":
        return
    tool = asked.get("tool_id")
    of, bound = ("", {}) if tool is None else (" WHERE t.id = :tool", {"tool": tool})
    tools = {row.id: row for row in connection.execute(statement(_NAMED + of), bound)}
    reasons = _reasons(connection, tool)
    for name, rows in may_apply.findings(connection, None if tool is None else [tool]).items():
        for row in rows:
            if name in tools and all(row[field] == value for field, value in asked.items()):
                lacking = [_lacking(fact, reasons.get((name, fact))) for fact in row["missing"]]
                more = {"tool": tools[name].name, "people": tools[name].people, "first_at": None, "valid_from": None}
                yield row | more | {"reading": json.dumps(lacking), "missing": json.dumps(row["missing"])}


def _reasons(connection: Connection, tool: str | None) -> dict[tuple[str, str], str]:
    """Return (tool, fact) -> why it is unknown, of those that sources could show."""
    of, bound = ("", {}) if tool is None else (" AND tool_id = :tool", {"tool": tool})
    sql = f"SELECT tool_id, name, reason FROM fact WHERE valid_to IS NULL AND value IS NULL{of}"
    return {(row.tool_id, row.name): row.reason for row in connection.execute(statement(sql), bound)}


def _lacking(fact: str, reason: str | None) -> dict[str, Any]:
    said = reason or (UNANSWERED if fact in VOCABULARY and not VOCABULARY[fact].derived else None)
    return {"fact": fact, "value": None, "said": "unknown", "reason": said, "evidence": []}


def _on(row: dict[str, Any], day: str | None) -> dict[str, Any]:
    """Return a finding as it is on a day: one whose waiver has ended is open, and asks whoever it would have asked."""
    until = row["waived_until"]
    if row["state"] != "waived" or day is None or until is None or day < until:
        return row
    asks = row["verdict"] == "violated" or row["violated_once"] or row["missing"]
    return row | {"state": "open", "queued": int(bool(asks) and not row["watched"]), "waived_until": None}


def _worst_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return where a row stands; what asks nobody to act comes after what does, where both are as severe."""
    sides = (SEVERITIES.index(row["severity"]), bool(row["watched"]), SEVERITIES.index(row["customer_severity"]))
    return (row["verdict"] == "unknown", *sides, -row["people"], row["tool"].casefold(), row["tool_id"], row["policy"])


def _row(row: Mapping[str, Any], last_run: int | None) -> dict[str, Any]:
    reading = json.loads(row["reading"])
    seen = row["state"] != "resolved" and row["evaluated"]
    return {
        "id": f"{row['policy']}:{row['tool_id']}",
        "policy": row["policy"],
        "gap": row["gap"],
        "severity": row["severity"],
        "customer_severity": row["customer_severity"],
        "verdict": row["verdict"],
        "tool_id": row["tool_id"],
        "tool": row["tool"],
        "message": row["message"],
        "evidence": list(dict.fromkeys(key for read in reading for key in read.get("evidence", ()))),
        "first_seen": iso(row["first_at"]),
        "last_seen": iso(max(last_run or 0, row["valid_from"] or 0) if seen else row["valid_from"]),
        "state": row["state"],
        "watched": bool(row["watched"]),
        "queued": bool(row["queued"]),
        "evaluated": bool(row["evaluated"]),
        "was_violated": bool(row["violated_once"]),
        "since": iso(row["valid_from"]),
        "missing": json.loads(row["missing"] or "[]"),
        "waived_until": row["waived_until"],
        "reading": reading,
    }


def history(connection: Connection, policy: str, tool: str) -> list[dict[str, Any]]:
    """Return what became of one finding, oldest first: at, what, verdict, state, severity, message."""
    rows = list(
        connection.execute(
            statement(_VERSIONS.format(where="f.policy = :policy AND f.tool_id = :tool")),
            {"policy": policy, "tool": tool},
        )
    )
    found = []
    for row, after in itertools.zip_longest(rows, rows[1:]):
        told = {name: getattr(row, name) for name in ("verdict", "state", "severity", "customer_severity", "message")}
        found.append({"at": iso(row.at), "what": _became(row), **told})
        if row.valid_to is not None and (after is None or after.at != row.valid_to):
            found.append({"at": iso(row.valid_to), "what": "ended", **dict.fromkeys(told)})
    return found


def moves(connection: Connection, since: int, tool: str | None = None) -> list[dict[str, Any]]:
    """Return which findings opened, reopened, were resolved or could no longer be judged since a time, oldest first.

    They are those of one tool, or of all.

    Rows have at (milliseconds), policy, tool_id, tool, what, verdict, before (a verdict, None where there was none),
    severity and message.
    """
    found = []
    where = "f.valid_from >= :since" + ("" if tool is None else " AND f.tool_id = :tool")
    for row in connection.execute(statement(_VERSIONS.format(where=where)), {"since": since, "tool": tool}):
        what = _became(row)
        if what in {"opened", "reopened", "resolved", "can no longer be judged"}:
            named = {n: getattr(row, n) for n in ("at", "policy", "tool_id", "tool", "verdict", "severity", "message")}
            found.append(named | {"what": what, "before": row.before_verdict})
    return found


def lately(connection: Connection, policy: str, most: int) -> list[dict[str, Any]]:
    """Return what became lately of the findings of one policy that were ever violated, the newest first."""
    newest = "(SELECT * FROM finding WHERE policy = :policy AND violated_once = 1"
    newest += " ORDER BY valid_from DESC, tool_id LIMIT :most) f"
    sql = _VERSIONS.replace("finding f", newest, 1).format(where="1 = 1")
    rows = connection.execute(statement(sql), {"policy": policy, "most": most})
    named = ("at", "policy", "tool_id", "tool", "verdict", "severity", "message")
    found = [{n: getattr(row, n) for n in named} | {"what": _became(row)} for row in rows]
    return found[::-1]


def by_policy(connection: Connection) -> dict[str, dict[str, int]]:
    """Return policy -> how many tools violate it, and of how many it cannot be judged although it applies."""
    rows = connection.execute(statement(_BY_POLICY))
    return {row.policy: {"violated": row.violated, "unknown": row.unknown} for row in rows}


def moves_of_run(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """Return what a run moved, as `moves` does."""
    started = connection.scalar(statement("SELECT started_at FROM run WHERE id = :run"), {"run": run_id})
    return [] if started is None else [row for row in moves(connection, started) if row["at"] == started]


def _became(row: Any) -> str:
    if row.before_evaluated is not None and row.evaluated != row.before_evaluated and row.verdict == row.before_verdict:
        return "evaluated again" if row.evaluated else "no longer evaluated"
    if row.state == "resolved":
        return "resolved"
    if row.verdict == row.before_verdict and (row.state == "waived") != (row.before_state == "waived"):
        return "waived" if row.state == "waived" else "no longer waived"
    if row.verdict == "violated":
        if row.before_state == "resolved":
            return "reopened"
        if row.before_verdict == "violated":
            return "changed"
        # What could not be judged for a while stayed open, where it was violated before.
        return "still violated" if row.before_verdict == "unknown" and row.before_violated else "opened"
    if row.before_verdict == "violated":
        return "can no longer be judged"
    return "applies, cannot be judged" if row.queued else "may apply"


def open_by_tool(connection: Connection, wanted: Collection[str] | None = None) -> dict[str, int]:
    """Return tool id -> violated findings that are open and queued; a tool that was never judged is left out.

    `wanted` names the tools that are asked of; None: all.
    """
    found = dict.fromkeys((row.tool_id for row in of_some(connection, _JUDGED, "tool_id", wanted)), 0)
    sql = _OPEN.format(state=unindexed("state", wanted))
    return found | Counter(row.tool_id for row in of_some(connection, sql, "tool_id", wanted))
