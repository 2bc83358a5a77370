"""Coverage in one line: what the lists below it rest on, and what they cannot show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.words import clean, plural

_TOLD = 2


def coverage_line(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return one line over the rows of the coverage listing, one a stream; the worst streams are named first."""
    if not rows:
        return "Coverage: nothing has been read yet."
    lacking = sorted((r for r in rows if r["status"] != "complete"), key=lambda r: _WORST.index(r["status"]))
    bad = sum(r["quarantined"] for r in rows)
    parts = [_complete(len(rows), len(rows) - len(lacking)), *map(_lacking, lacking[:_TOLD])]
    if len(lacking) > _TOLD:
        parts.append(f"{len(lacking) - _TOLD} more not complete")
    if bad:
        parts.append(f"{plural(bad, 'record')} quarantined")
    return f"Coverage: {'; '.join(parts)}."


def is_whole(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether every stream was read to its end and no record was left out."""
    return bool(rows) and all(r["status"] == "complete" and not r["quarantined"] for r in rows)


_WORST = ("failed", "refused", "partial")


def _complete(all_of: int, complete: int) -> str:
    if complete == all_of:
        return f"{plural(all_of, 'stream')} complete" if all_of == 1 else f"all {all_of} streams complete"
    return f"{complete} of {plural(all_of, 'stream')} complete"


def _lacking(row: Mapping[str, Any]) -> str:
    name = f"{clean(row['source'])}/{clean(row['stream'])} {row['status']}"
    # Only a refused stream's reason is short by nature: the permission. The others are told by `ostiary coverage`.
    return f"{name}: {clean(row['reason'])}" if row["status"] == "refused" and row["reason"] else name
