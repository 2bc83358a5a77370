"""The findings of one tool, as they stand on its page and on its case's."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from commands.standing import short, stands
from reports.columns import Column, day, said, text, word
from reports.words import clean, plural
from reports.words import day as day_text

if TYPE_CHECKING:
    from reports.terminal import Screen

_COLUMNS = (
    word("severity", "Technology"),
    word("customer_severity", "Customers", rank=1),
    word("policy", "Policy"),
    Column(title="What is wrong", cell=lambda row, _z: short(said(row["message"])), wraps=True, least=24),
    text("title", "In general", rank=2, least=24),
    day("since", "Since", rank=3),
    Column(title="Id", cell=lambda row, _z: said(row["id"]), rank=4),
)
#: So many facts are named that are wanting; the findings name all of them.
_NAMED = 6


def draw_findings(page: Screen, rows: Sequence[dict[str, Any]]) -> None:
    """Draw what is violated, and how many policies cannot be judged or may apply."""
    violated = [row for row in rows if stands(row)]
    lacking = [row for row in rows if row["verdict"] == "unknown" and row["state"] == "open"]
    if violated:
        page.heading("Findings", f"{plural(len(violated), 'policy', 'policies')} violated")
        page.table(_COLUMNS, violated)
    else:
        page.heading("Findings", _nothing(lacking))
    if lacking:
        page.line()
        page.line(_unknown(lacking))
        page.command(f"ostiary findings --tool {shlex.quote(lacking[0]['tool_id'])} --verdict all")


def case_text(page: Screen, case: dict[str, Any] | None) -> str:
    """Return the open case of a tool in one line: until when, for whom, and why it was opened."""
    if case is None:
        return "none is open"
    waiting = f", waiting for {case['waiting_for']}" if case["waiting_for"] else ""
    return f"{case['id']}, due {day_text(case['due_at'], page.zone)}{waiting}: {clean(case['why'])}"


def _nothing(lacking: Sequence[dict[str, Any]]) -> str:
    return "nothing is violated by what is known" if lacking else "none"


def _unknown(lacking: Sequence[dict[str, Any]]) -> str:
    stuck = sum(row["queued"] for row in lacking)
    parts = []
    if stuck:
        parts.append(f"{plural(stuck, 'policy', 'policies')} cannot be judged")
    if len(lacking) > stuck:
        may = len(lacking) - stuck
        parts.append(f"{plural(may, 'policy', 'policies')} may apply")
    facts = list(dict.fromkeys(want["fact"] for row in lacking for want in row["missing"]))
    more = f" and {plural(len(facts) - _NAMED, 'more fact')}" if len(facts) > _NAMED else ""
    return f"{', '.join(parts).capitalize()}, for want of {', '.join(facts[:_NAMED])}{more}:"
