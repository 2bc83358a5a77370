"""The bands of risk as listings and pages show them."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from commands.opening import Desk
from gate.risk import Risks, by_tool, each_tool, never_judged
from policies.risk import SIDES, Rules
from reports.columns import Column

if TYPE_CHECKING:
    from reports.terminal import Screen

#: The fields that listings of tools and cases add beside the two bands: what makes each, and what is not known.
FIELDS = ("technology_findings", "customer_findings", "risk_unknown")
#: So many names stand in a line before the rest is counted.
_NAMED = 6


def listed_risks(desk: Desk, tools: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return tool -> the fields that listings show of its risks, of some tools or of all."""
    with desk.store.read() as connection:
        return {name: fields(risks) for name, risks in each_tool(connection, desk.risk_rules, tools)}


def fields(risks: Risks) -> dict[str, Any]:
    """Return both bands with what makes them, as fields of a listing."""
    bands = {f"{side}_risk": risks[side].band for side in SIDES}
    making = {f"{side}_findings": list(risks[side].findings) for side in SIDES}
    lacking = [name for side in SIDES for name in (*risks[side].unjudged, *risks[side].missing)]
    return bands | making | {"risk_unknown": list(dict.fromkeys(lacking))}


def completed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of a listing with these fields last, also where nothing was judged of its tool."""
    return row | {name: _copied(value) for name, value in _nothing().items() if name not in row}


@functools.cache
def _nothing() -> dict[str, Any]:
    return fields(never_judged(Rules(rules=())))


def _copied(value: Any) -> Any:
    return [*value] if isinstance(value, list) else value


def risks_of(desk: Desk, tool: str) -> list[dict[str, Any]]:
    """Return both risks of one tool, whole: side, band, rule, because, findings, others, unjudged, missing, waived."""
    with desk.store.read() as connection:
        found = by_tool(connection, desk.risk_rules, tool).get(tool) or never_judged(desk.risk_rules)
    return [found[side].row() for side in SIDES]


def columns(rank: int) -> tuple[Column, ...]:
    """Return the two columns of bands; they stand side by side and go one after the other."""
    return (
        Column(title="Technology", cell=lambda row, _z: row["technology_risk"], rank=rank),
        Column(title="Customer", cell=lambda row, _z: row["customer_risk"], rank=rank + 1),
    )


def draw_risks(page: Screen, risks: Sequence[Mapping[str, Any]]) -> None:
    """Draw both sides: the band, what makes it, and what is not known."""
    page.heading("Risk", "two bands, never added; `ostiary policy risk show` has the rules")
    page.facts([(f"{risk['side'].capitalize()} risk", _said(risk)) for risk in risks])


def _said(risk: Mapping[str, Any]) -> str:
    lines = [f"{risk['band']}: {risk['because']}"]
    named = (
        ("open as well", risk["others"]),
        ("waived, not counted", risk["waived"]),
        ("apply and cannot be judged", risk["unjudged"]),
        ("unknown", risk["missing"]),
    )
    return "\n".join([*lines, *(f"{about}: {_some(names)}" for about, names in named if names)])


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
