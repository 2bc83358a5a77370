"""Waivers: findings that somebody accepted, with a reason, until a day; on that day they are open again.

A waiver is a decision: append-only, audited, and taken back by another one. Whether it holds follows from the decisions
and the day alone, so that `rebuild` gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gate import decisions
from gate.audit import Trail
from gate.decisions import Ruling
from gate.findings import Finding, State, of_row, reopened, row_of
from model.errors import Refused
from storage import judged
from storage.store import Connection
from storage.times import to_ms

WAIVE, UNWAIVE = "waive", "unwaive"
#: What is accepted for longer is no exception any more: it is accepted again, or the policy gets an override.
LONGEST = timedelta(days=366)
_ABOUT = "finding:"


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver in force: the first day on which the finding is open again, and the number of its decision."""

    policy: str
    tool: str
    until: date
    decision: int


def waivers(
    rows: Iterable[dict[str, Any]], day: date, today: Callable[[str], str] = lambda tool: tool
) -> dict[str, dict[str, Waiver]]:
    """Return tool id -> policy -> the waiver that holds on a day; of several about one finding the latest.

    `today` gives the id that a tool of an earlier decision has by now.
    """
    found: dict[str, dict[str, Waiver]] = {}
    for row in decisions.in_force(rows):
        if row["kind"] not in {WAIVE, UNWAIVE}:
            continue
        policy, _, tool = row["object"].removeprefix(_ABOUT).partition(":")
        tool = today(tool)
        found.setdefault(tool, {}).pop(policy, None)
        until = date.fromisoformat(row["detail"]["until"]) if row["kind"] == WAIVE else date.min
        if day < until:
            found[tool][policy] = Waiver(policy, tool, until, row["id"])
    return {tool: of for tool, of in found.items() if of}


def until_days(of: Mapping[str, Waiver]) -> dict[str, str]:
    """Return policy -> day (ISO 8601) of the waivers of one tool, as `settle` takes them."""
    return {policy: waiver.until.isoformat() for policy, waiver in of.items()}


def waive(
    connection: Connection, trail: Trail, finding: tuple[str, str], until: date, reason: str, *, by: str, at: datetime
) -> int:
    """Accept a finding (policy, tool id) until a day; return the decision's number. It is waived when this returns.

    In the caller's transaction. Raises Refused where the finding is not open, or the day is not within a year to come.
    """
    policy, tool = finding
    standing = _standing(connection, policy, tool)
    if standing is None or standing.state == State.RESOLVED:
        raise Refused(f"{policy}:{tool} does not stand: `ostiary findings --tool {tool}` lists what does")
    if not at.date() < until <= at.date() + LONGEST:
        latest = at.date() + LONGEST
        raise Refused(f"a waiver ends on a day to come, {latest} at the latest: what lasts longer is no exception")
    ruling = Ruling(kind=WAIVE, about=f"{_ABOUT}{policy}:{tool}", detail={"until": until.isoformat()}, reason=reason)
    number = decisions.decide(connection, trail, ruling, by=by, at=at)
    waived = replace(standing, state=State.WAIVED.value, queued=False, waived_until=until.isoformat())
    _keep(connection, waived, at)
    return number


def unwaive(
    connection: Connection, trail: Trail, finding: tuple[str, str], reason: str, *, by: str, at: datetime
) -> int:
    """Take the acceptance of a finding back; return the decision's number. It is open when this returns.

    In the caller's transaction. Raises Refused where the finding is not waived.
    """
    policy, tool = finding
    standing = _standing(connection, policy, tool)
    if standing is None or standing.state != State.WAIVED:
        raise Refused(f"{policy}:{tool} is not waived: `ostiary findings --state waived` lists what is")
    ruling = Ruling(kind=UNWAIVE, about=f"{_ABOUT}{policy}:{tool}", detail={}, reason=reason)
    number = decisions.decide(connection, trail, ruling, by=by, at=at)
    _keep(connection, reopened(standing), at)
    return number


def _standing(connection: Connection, policy: str, tool: str) -> Finding | None:
    rows = judged.findings(connection, [tool]).get(tool, ())
    return next((of_row(row) for row in rows if row["policy"] == policy), None)


def _keep(connection: Connection, finding: Finding, at: datetime) -> None:
    """Write one finding of a tool; the others stay as they are."""
    rows = judged.findings(connection, [finding.tool_id]).get(finding.tool_id, [])
    others = [row_of(of_row(row)) for row in rows if row["policy"] != finding.policy]
    judged.write_findings(connection, [finding.tool_id], [*others, row_of(finding)], to_ms(at))
