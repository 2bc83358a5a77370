"""The page of one tool: the answer first, then how we know."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from commands import fact_words
from commands.cells import detail_text, person, title
from commands.listing import Listing
from commands.risks import draw_risks
from commands.tool_findings import case_text, draw_findings
from reports.columns import Column, day, money, number, said, text, word
from reports.words import UNKNOWN, clean, plain, plural, share, yes_no
from reports.words import day as day_text
from reports.words import money as money_text

if TYPE_CHECKING:
    from reports.terminal import Screen

_SHOWN = 20
_PEOPLE = (
    text("unit", "Unit", rank=1),
    text("address", "Person", least=18),
    number("successes", "Sign-ins"),
    day("last_at", "Last use"),
    Column(title="Marketing", cell=lambda row, _z: yes_no(_bool(row["marketing"])), rank=2),
    word("kind", "Kind", rank=3),
)
_MONTHS = (
    word("month", "Month"),
    number("people", "People"),
    number("successes", "Sign-ins"),
    number("failures", "Failed", rank=1),
    number("second_factor", "With second factor", rank=2),
)
_IDENTITIES = (
    text("source", "Source", least=8),
    text("key", "Named as", least=20),
    Column(title="Sure", cell=lambda row, _z: share(row["confidence"]), right=True, rank=2),
    text("why", "Why", rank=1, least=24),
)
CHARGES = Listing(
    noun="row",
    fields=("month", "app", "charges", "total"),
    columns=(
        word("month", "Month"),
        Column(title="Statement says", cell=lambda row, _z: _descriptor(row["app"]), wraps=True, least=18),
        number("charges", "Charges", rank=1),
        money("total", "Money"),
    ),
    empty="No charge was read.",
)
_RECORDS = (
    word("kind", "Kind"),
    text("source", "Source", rank=3, least=8),
    person(rank=1),
    day("seen_at", "Seen"),
    Column(title="What", cell=lambda row, _z: plain(row["facts"]), wraps=True, least=20),
    text("evidence", "Evidence", rank=4, least=30),
)
_DECISIONS = (
    number("id", "No"),
    day("at", "When"),
    word("kind", "Ruling"),
    text("by", "By", rank=1),
    Column(title="What", cell=lambda row, _z: detail_text(row["detail"]), wraps=True, rank=2, least=16),
    text("reason", "Reason", least=20),
)


def draw_tool(
    page: Screen,
    tool: dict[str, Any],
    found: list[dict[str, Any]],
    *,
    facts: bool = False,
    noise: tuple[str, str] | None = None,
) -> None:
    """Draw all that is known of one tool; `found` are its findings as `listed_findings` gives them.

    `noise` is the title and the sentence of what says that it is noise.
    """
    page.heading(tool["name"], tool["id"])
    page.line(_what(tool))
    if noise:
        page.line(f"Noise, and hidden in lists ({noise[0].casefold()}): {noise[1]}", style="yellow")
        page.command(f"ostiary review noise {tool['id']} --not --reason TEXT", "If it is none:")
    if tool["provisional"]:
        page.line("Provisional: the catalogue does not know it, and nobody has named it yet.", style="yellow")
        for about, command in _naming(tool):
            page.command(command, about)
        _draw_candidates(page, tool["candidates"])
    _draw_look_alikes(page, tool["look_alikes"])
    for sentence in tool["joined"]:
        page.line(sentence)
    page.line()
    page.facts(_summary(page, tool))
    if tool["findings_open"] is not None:
        draw_findings(page, found)
    draw_risks(page, tool["risks"])
    if facts:
        _draw_facts(page, tool)
    _part(page, "People", tool["persons"], _PEOPLE, "nobody is seen to use it", by_unit=True)
    _part(page, "Use by month", tool["months"], _MONTHS, "no sign-in was seen")
    _part(page, "Money", tool["charges"], CHARGES.columns, "no charge was seen")
    _part(page, "How we know that it is this tool", tool["identities"], _IDENTITIES, "")
    _part(page, "Grants, registrations and other records", tool["records"], _RECORDS, "none")
    _part(page, "Decisions", tool["decisions"], _DECISIONS, "nobody has decided about it")


def joined(tool: dict[str, Any]) -> list[str]:
    """Return why the identities of a provisional tool are one: a sentence for each thing that they share."""
    having: dict[str, list[str]] = {}
    for row in tool["identities"]:
        if row["matcher"] is None and row["matched"]:
            having.setdefault(row["matched"], []).append(clean(f"{row['source']}/{row['key']}"))
    return [_together(clean(thing), names) for thing, names in having.items()]


def _together(thing: str, names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is part of it, since it has {thing} with another name of it."
    more = f" and {len(names) - 3} more" if len(names) > 4 else ""
    listed = names[:3] if more else names
    return f"{', '.join(listed)}{more} are one tool, since they have {thing} together."


def _draw_candidates(page: Screen, candidates: list[dict[str, Any]]) -> None:
    if candidates:
        page.line()
        page.line("What it may be, the likeliest first; likeness proves nothing, so a person decides:")
    for candidate in candidates:
        page.command(candidate["accept"], candidate["why"])


def _draw_look_alikes(page: Screen, look_alikes: list[dict[str, Any]]) -> None:
    for alike in look_alikes:
        named = f"{alike['source']} {clean(alike['key'])}"
        page.line(f"Look-alike: {named} imitates {alike['imitates']}, and is not it.", style="red")


def _draw_facts(page: Screen, tool: dict[str, Any]) -> None:
    for area, rows in fact_words.by_area(tool["facts"]).items():
        known = sum(row["value"] is not None for row in rows)
        page.heading(f"Facts: {area}", f"{known} of {len(rows)} known")
        page.table(fact_words.columns(tool["currency"]), rows)


def _part(
    page: Screen,
    name: str,
    rows: list[dict[str, Any]],
    columns: tuple[Column, ...],
    none: str,
    *,
    by_unit: bool = False,
) -> None:
    if not rows:
        page.heading(name, none)
        return
    about = f"the first {_SHOWN} of {len(rows)}; --format json gives all" if len(rows) > _SHOWN else ""
    page.heading(name, about)
    if by_unit:
        rows = sorted(rows, key=lambda row: (row["unit"] is None, row["unit"] or "", -row["successes"]))
    page.table(columns, rows[:_SHOWN])


def _what(tool: dict[str, Any]) -> str:
    if tool["category"] is None:
        return "What it does is unknown."
    vendor = f", by {tool['vendor']}" if tool["vendor"] and tool["vendor"] != tool["name"] else ""
    marketing = "a marketing tool" if tool["marketing"] else "not a marketing tool by its category"
    return f"{title(tool['category'])}{vendor}; {marketing}."


def _naming(tool: dict[str, Any]) -> list[tuple[str, str]]:
    first = next(iter(tool["identities"]), None)
    named = f"{first['source']}/{first['key']}" if first else "SOURCE/KEY"
    return [
        ("If it is another tool of the list:", f"ostiary review merge {tool['id']} OTHER-ID --reason TEXT"),
        ("If it is one of its own:", f"ostiary review split {shlex.quote(named)} --name NAME --reason TEXT"),
    ]


def _summary(page: Screen, tool: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Status", tool["status"].replace("_", " ")),
        ("People", f"{tool['people']} in the last 90 days, {tool['people_ever']} ever"),
        ("Marketing", f"{share(tool['marketing_used'])} of its people, {share(tool['marketing_bought'])} of its money"),
        ("12 months", money_text(tool["spend_12m"]).replace("\n", ", ")),
        ("In all", money_text(tool["spend_total"]).replace("\n", ", ")),
        ("Seen", f"{day_text(tool['first_seen'], page.zone)} to {day_text(tool['last_seen'], page.zone)}"),
        ("By", ", ".join(map(clean, tool["sources"])) or UNKNOWN),
        ("Owners", ", ".join(map(clean, tool["owners"])) or "none known"),
        ("Risks", f"technology {tool['technology_risk']}, customer {tool['customer_risk']}"),
        ("Case", case_text(page, tool["case"])),
        ("Evidence", plural(len(tool["identities"]), "name") + f", {plural(len(tool['records']), 'record')}"),
    ]


def _descriptor(app: str) -> str:
    named = json.loads(app)
    return said(named.get("descriptor") or next(iter(named.values()), None))


def _bool(value: int | None) -> bool | None:
    return None if value is None else bool(value)
