"""What a run ends with: what was read, what was not, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commands.coverage import COLUMNS, problems
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


def summarize(page: Screen, rows: list[dict[str, Any]], found: Collected, tools: int, new: int) -> None:
    """Draw the summary of a run."""
    page.line()
    page.table(COLUMNS, rows)
    page.line()
    for line in problems(rows):
        page.line(line)
    for file, note in found.notes:
        page.line(f"{clean(file)}: {note}")
    _draw_bad(page, found)
    page.line(f"{plural(tools, 'tool')} known now, {new:,} of them new.")
    page.line(f"Next: {_next(rows, tools, found)}")


def _draw_bad(page: Screen, found: Collected) -> None:
    total = sum(c.quarantined for c in found.coverage.values())
    if not total:
        return
    page.line(f"{plural(total, 'record')} could not be read and {'is' if total == 1 else 'are'} quarantined:")
    for file, number, reason in found.bad[:_TOLD]:
        page.line(f"{clean(file)}, record {number}: {reason}", indent=2)
    if total > _TOLD:
        page.line(f"and {total - _TOLD:,} more: `ostiary coverage show SOURCE/STREAM`", indent=2)


def _next(rows: list[dict[str, Any]], tools: int, found: Collected) -> str:
    if found.status is not Status.COMPLETE and not any(r["read"] for r in rows):
        return "mend what is said above, and run the same command again."
    if not tools:
        return "`ostiary ingest --list`: what was read names no tool by itself; sign-ins, grants and charges do."
    if any(r["stream"] == "charges" for r in rows):
        return "`ostiary tools`, then `ostiary spend --unmatched` for the money that belongs to no tool."
    return "`ostiary tools`, then `ostiary tools show NAME`."
