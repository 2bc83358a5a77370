"""What a run ends with: what was read, what was not, and the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commands.coverage import COLUMNS, problems
from commands.standing import counted, stands
from model.stream import Status
from reports.words import clean, plural
from scanner.collect import Collected

if TYPE_CHECKING:
    from reports.terminal import Screen

_TOLD = 5


def status_of(found: Collected, *, strict: bool = False) -> int:
    """Return the exit status: 0; 1 where nothing was read; 3 where something was not, or (strict) was quarantined."""
    if found.status is not Status.COMPLETE:
        return 3 if any(c.read for c in found.coverage.values()) else 1
    return 3 if strict and any(c.quarantined for c in found.coverage.values()) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known after a run: how many tools, how many of them new, open findings, which moved, cases opened.

    `approved` are the tools that a rule of the gate let in, `refused` the lines of what was not evaluated.
    """

    tools: int
    new: int
    findings: Sequence[Mapping[str, Any]]
    moved: Sequence[Mapping[str, Any]]
    cases: int
    approved: int = 0
    refused: Sequence[str] = ()


def summarize(page: Screen, rows: list[dict[str, Any]], found: Collected, told: Told) -> None:
    """Draw the summary of a run."""
    page.line()
    page.table(COLUMNS, rows)
    page.line()
    for line in problems(rows):
        page.line(line)
    for file, note in found.notes:
        page.line(f"{clean(file)}: {note}")
    _draw_bad(page, found)
    page.line(f"{plural(told.tools, 'tool')} known now, {told.new:,} of them new.")
    for line in judged_lines(told):
        page.line(line)
    page.line(f"Next: {_next(rows, told, found)}")


def judged_lines(told: Told) -> list[str]:
    """Return what was found: findings that stand, what this run moved, cases opened, and policies not evaluated."""
    violated = [row for row in told.findings if stands(row)]
    stuck = sum(row["verdict"] == "unknown" and row["queued"] for row in told.findings)
    lines = [f"{plural(len(violated), 'finding')} open now: {counted(violated)}."] if violated else []
    if stuck:
        lines.append(f"{stuck:,} more cannot be judged: `ostiary findings` says what is missing.")
    moved = [f"{count:,} {what}" for what, count in Counter(row["what"] for row in told.moved).items()]
    if moved:
        lines.append(f"By this run: {', '.join(moved)}.")
    if told.cases:
        lines.append(f"{plural(told.cases, 'case')} opened, for tools that nobody has decided about.")
    return [*lines, *approved_lines(told.approved), *told.refused]


def approved_lines(count: int) -> list[str]:
    """Return what is said of tools that rules of the gate let in: nobody else tells of them."""
    if not count:
        return []
    return [f"{plural(count, 'tool was', 'tools were')} approved by a rule: `ostiary review decisions` shows which."]


def _draw_bad(page: Screen, found: Collected) -> None:
    total = sum(c.quarantined for c in found.coverage.values())
    if not total:
        return
    page.line(f"{plural(total, 'record')} could not be read and {'is' if total == 1 else 'are'} quarantined:")
    for file, number, reason in found.bad[:_TOLD]:
        page.line(f"{clean(file)}, record {number}: {reason}", indent=2)
    if total > _TOLD:
        page.line(f"and {total - _TOLD:,} more: `ostiary coverage show SOURCE/STREAM`", indent=2)


def _next(rows: list[dict[str, Any]], told: Told, found: Collected) -> str:
    if found.status is not Status.COMPLETE and not any(r["read"] for r in rows):
        return "mend what is said above, and run the same command again."
    if not told.tools:
        return "`ostiary ingest --list`: what was read names no tool by itself; sign-ins, grants and charges do."
    if any(stands(row) for row in told.findings):
        return "`ostiary findings`, then `ostiary cases` for the tools that wait for a decision."
    if any(r["stream"] == "charges" for r in rows):
        return "`ostiary tools`, then `ostiary spend --unmatched` for the money that belongs to no tool."
    return "`ostiary tools`, then `ostiary tools show NAME`."
