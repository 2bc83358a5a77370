"""What is told because time passed: reminders, escalations, conditions, approvals that end, sources that refuse."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gate import conditions, decisions, telling
from gate.cases import APPROVED
from gate.telling import Now
from storage import cases as stored
from storage import kept, letters
from storage.store import Connection
from storage.times import from_ms

#: An approval that ends is told so long before: its review takes as long as a case may.
AHEAD = timedelta(days=14)


def remind(connection: Connection, gate: Now) -> None:
    """Enter what is due to be told by now, each once; run by the worker and at the end of each scan."""
    for case in stored.open_cases(connection):
        if case["due_at"] is not None:
            _case(connection, gate, {**case, "stage_at": case["stage_at"] or case["opened_at"]})
    rows = kept.decisions(connection)
    met = conditions.met(rows)
    for row in _approvals(rows).values():
        _approval(connection, gate, row, met.get(row["id"], {}))
    for source, run in letters.refused_sources(connection):
        telling.source_refused(connection, gate, source, run)


def reminder_number(gate: Now, due: datetime) -> int | None:
    """Return which reminder is due by now, from 0; None before the first. Those that were missed are not caught up."""
    rules = gate.rules
    gone = rules.remind_before - gate.time.passed(gate.at, due) + gate.time.passed(due, gate.at)
    return None if gone < 0 else gone // rules.remind_again


def _case(connection: Connection, gate: Now, case: dict[str, Any]) -> None:
    due = from_ms(case["due_at"])
    number = reminder_number(gate, due)
    if number is not None:
        telling.reminder(connection, gate, case, number)
    if gate.time.passed(due, gate.at) >= gate.rules.escalate:
        telling.escalation(connection, gate, case)


def _approvals(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return tool -> the decision in force by which it is approved."""
    latest = {row["object"]: row for row in decisions.in_force(rows) if row["kind"] == "status"}
    return {about: row for about, row in latest.items() if row["detail"]["status"] in APPROVED}


def _approval(connection: Connection, gate: Now, row: dict[str, Any], met: Collection[str]) -> None:
    detail, today = row["detail"], gate.at.astimezone(ZoneInfo(gate.time.zone)).date()
    stated = detail.get("conditions")
    for condition in stated if isinstance(stated, list) else []:
        if condition["text"] not in met:
            _condition(connection, gate, row, condition)
    until = detail.get("review_by")
    if until is not None and today <= date.fromisoformat(until) <= today + AHEAD:
        telling.approval_expires(connection, gate, row)


def _condition(connection: Connection, gate: Now, row: dict[str, Any], condition: dict[str, Any]) -> None:
    end = datetime.combine(date.fromisoformat(condition["due"]), time.max, ZoneInfo(gate.time.zone)).astimezone(UTC)
    if gate.at > end:
        telling.condition_due(connection, gate, row, condition, late=True)
    elif gate.time.passed(gate.at, end + timedelta(milliseconds=1)) <= gate.rules.remind_before:
        telling.condition_due(connection, gate, row, condition, late=False)
