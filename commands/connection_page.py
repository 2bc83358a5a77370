"""The page of what one tool is connected to: each right, what its scopes mean, who granted it, and how we know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from commands.finding_page import evidence_command
from model.systems import title
from reports.columns import Column, day, said, text, word
from reports.words import UNKNOWN, clean, plural
from reports.words import day as day_text

if TYPE_CHECKING:
    from reports.terminal import Screen

_SHOWN = 20
_GRAVITY = ("critical", "high", "unrated", "medium", "low")
_REACH = {
    "self": "the person's own, or what is handed over",
    "user": "all that the person can open",
    "workspace": "the whole company",
}
_SCOPES = (
    text("scope", "Scope", least=24),
    word("class", "Class"),
    Column(title="What it lets the tool do", cell=lambda row, _z: said(row["meaning"]), wraps=True, least=30),
)
_GRANTS = (
    Column(title="Granted by", cell=lambda row, _z: said(row["person"] or "for everybody"), wraps=True, least=18),
    Column(title="Left", cell=lambda row, _z: _left(row), rank=1),
    word("consent", "Consent", rank=2),
    day("since", "Since"),
    Column(title="Last used", cell=lambda row, z: day_text(row["last_used"], z) if row["last_used"] else "not seen"),
)
#: What a mark means, and what it is where nobody knows.
_MARKS = (
    ("over_broad", "Over-broad: a scope of it is rated critical, which is more than most tools need."),
    ("orphaned", "Orphaned: somebody who granted it has left, and it still works."),
    ("stale", "Stale: nobody was seen to use it for 90 days."),
)


def draw_connections(page: Screen, found: dict[str, Any]) -> None:
    """Draw the connections of a tool: tool_id, tool, connections (as `of_tool` gives them), not_seen (sentences)."""
    page.heading(found["tool"], found["tool_id"])
    rows = found["connections"]
    page.line(f"{plural(len(rows), 'connection')} to the company's systems." if rows else "No connection is known.")
    for sentence in found["not_seen"]:
        page.line(sentence, style="yellow")
    for row in rows:
        _draw(page, row)
    page.line()
    page.command(f"ostiary tools show {found['tool_id']}", "All else that is known of the tool:")


def _draw(page: Screen, row: dict[str, Any]) -> None:
    system = UNKNOWN if row["system"] is None else title(row["system"])
    page.heading(f"{system}: {row['right'] or UNKNOWN}", row["scope_class"])
    page.facts(_summary(page, row))
    for field, sentence in _MARKS:
        if row[field]:
            page.line(sentence, style="yellow")
    _part(page, _SCOPES, sorted(row["rated"], key=lambda scope: _GRAVITY.index(scope["class"])))
    _part(page, _GRANTS, row["grants"])
    page.line()
    page.command(evidence_command(row["grants"][0]["evidence"]), "How we know:")


def _part(page: Screen, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    page.line()
    page.table(columns, rows[:_SHOWN])
    if len(rows) > _SHOWN:
        page.line(f"and {len(rows) - _SHOWN:,} more; --format json gives them")


def _summary(page: Screen, row: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Reaches", UNKNOWN if row["reach"] is None else _REACH[row["reach"]] + _held_to(row)),
        ("Granted by", plural(len(row["granted_by"]), "person", "persons") if row["granted_by"] else "for everybody"),
        ("Owner", clean(row["owner"]) if row["owner"] else "none known"),
        ("Since", day_text(row["first_seen"], page.zone)),
        ("Last used", day_text(row["last_used"], page.zone) if row["last_used"] else _unseen(row)),
        ("Listed by", ", ".join(map(clean, row["sources"]))),
    ]


def _held_to(row: dict[str, Any]) -> str:
    return f"; {row['limit']} only" if row["limit"] else ""


def _unseen(row: dict[str, Any]) -> str:
    return "not seen" if row["stale"] is not None else "not seen: no log that shows it goes back 90 days"


def _left(row: Mapping[str, Any]) -> str:
    if row["person"] is None:
        return ""
    return UNKNOWN if row["left"] is None else "yes" if row["left"] else "no"
