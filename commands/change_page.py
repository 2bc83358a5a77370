"""The page of one change: what it was and is, who or what made it, and how we know both."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from commands.finding_page import evidence_command
from reports.columns import said
from reports.words import clean, plain
from reports.words import moment as moment_text

if TYPE_CHECKING:
    from reports.terminal import Screen

#: So many pieces of evidence are shown of each side; programs get all that the store gives.
_SHOWN = 5


def draw_change(page: Screen, found: dict[str, Any]) -> None:
    """Draw the page of one change, as `storage.listings.changes.change` gives it."""
    page.heading(clean(found["what"]), found["id"])
    page.facts(
        [
            ("When", moment_text(found["at"], page.zone)),
            ("Kind", found["kind"].replace("_", " ")),
            ("Tool", clean(found["tool"]) if found["tool"] else "none"),
            ("Made by", _made_by(found)),
        ]
    )
    page.heading("What it was, and what it is")
    page.facts([("Before", _value(found, "before")), ("After", _value(found, "after"))])
    page.heading("How we know", "each command shows what a source or a person said")
    for side in ("before", "after"):
        _draw_side(page, found, side)
    _draw_ways(page, found)


def _made_by(found: dict[str, Any]) -> str:
    run, number = found["run"], found["decision"]
    ran = None if run is None else f"run {run['id']} (`{clean(run['command'])}`)"
    ruled = None if number is None else f"decision {number}"
    return ", after ".join(filter(None, (ran, ruled))) or "a person"


def _value(found: dict[str, Any], side: str) -> str:
    value = found[side]
    if isinstance(value, dict):
        return plain({k: v for k, v in value.items() if k != "owner_actor"}) or "nothing else is known of it"
    return "nothing" if value is None else said(value).replace("_", " ")


def _draw_side(page: Screen, found: dict[str, Any], side: str) -> None:
    why, keys = found["said"][side], found["evidence"][side]
    if why is None and not keys:
        return
    page.line(f"{side.title()}: {clean(why)}" if why else f"{side.title()}:", indent=2)
    for key in keys[:_SHOWN]:
        page.command(evidence_command(key))
    if len(keys) > _SHOWN:
        page.line(f"and {len(keys) - _SHOWN:,} more; --format json gives them", indent=4)


def _draw_ways(page: Screen, found: dict[str, Any]) -> None:
    if found["finding"] is not None:
        page.line("The finding, with what was read:", indent=2)
        page.command(f"ostiary findings show {shlex.quote(found['finding'])}")
    if found["case"] is not None:
        page.line("The case:", indent=2)
        page.command(f"ostiary cases show {found['case']}")
    if found["tool_id"] is not None:
        page.line("The tool, with all that is known of it:", indent=2)
        page.command(f"ostiary tools show {shlex.quote(found['tool_id'])}")
