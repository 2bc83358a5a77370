"""The page of one tool of the inventory: may it be used, on which terms, whom to ask, and its ids for other systems."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reports.columns import said
from reports.words import UNKNOWN, plural, yes_no
from reports.words import money as money_text

if TYPE_CHECKING:
    from reports.terminal import Screen

#: So many names of sources are shown; programs get all.
_SHOWN = 20
_Day = Callable[..., str]


def draw_page(page: Screen, row: dict[str, Any], answer: str, day: _Day) -> None:
    """Draw the page. `answer` says whether the tool may be used, `day` words a day."""
    page.heading(row["tool"], said(row["job"]))
    page.line(f"May I use it? {answer[:1].upper()}{answer[1:]}.")
    if row["sentence"]:
        page.line(said(row["sentence"]))
    if row["instead_of"]:
        why = "" if row["instead_why"] == "decided" else " (approved for the same job)"
        page.line(f"Use instead: {' or '.join(map(said, row['instead_of']))}{why}.")
    _draw_conditions(page, row, day)
    page.heading("Who and how much")
    page.facts(_terms(row, day))
    page.heading("For other systems", "these ids stay the same")
    page.facts(_ids(row))
    page.heading("Look further")
    page.command(f"ostiary tools show {shlex.quote(row['tool_id'])}", "Who uses it, and how we know:")
    if row["case"]:
        page.command(f"ostiary cases show {row['case']}", "Why it is being looked at again:")


def _draw_conditions(page: Screen, row: dict[str, Any], day: _Day) -> None:
    if not row["condition_details"]:
        return
    page.heading("On condition that")
    for one in row["condition_details"]:
        whose = f"; {said(one['owner'])} sees to it" if one["owner"] else ""
        due = f" (by {day(one['due'])}, {one['state']}{whose})" if one["due"] else ""
        page.line(f"- {said(one['text'])}{due}", indent=2)


def _terms(row: dict[str, Any], day: _Day) -> list[tuple[str, str]]:
    found = [
        ("Business owner", said(row["owner_business"])),
        ("Technical owner", said(row["owner_technical"])),
        *([("Deputy", said(row["deputy"]))] if row["deputy"] else []),
        ("People", f"{plural(row['people'], 'person', 'people')} in the last 90 days"),
        ("12 months", money_text(row["spend_12m"]).replace("\n", ", ")),
        ("Contract ends", day(row["renews_at"]) + (f", decide by {day(row['decide_by'])}" if row["decide_by"] else "")),
        ("Renews by itself", yes_no(row["auto_renews"])),
        ("Decided", f"{day(row['decided_on'])}, {said(row['decided_by'])} (decision {row['decision']})"),
    ]
    if row["review_by"]:
        found.append(("Looked at again", day(row["review_by"])))
    if row["move_by"]:
        found.append(("Move by", day(row["move_by"])))
    return found


def _ids(row: dict[str, Any]) -> list[tuple[str, str]]:
    names = [said(name) for name in row["identifiers"]]
    more = [f"and {len(names) - _SHOWN} more: --format json has all"] if len(names) > _SHOWN else []
    return [
        ("Id", said(row["stable_id"])),
        ("Catalogue id", said(row["catalogue_id"]) if row["catalogue_id"] else "none: the catalogue does not know it"),
        ("Vendor", said(row["vendor"])),
        ("Category", said(row["category"]) if row["category"] else UNKNOWN),
        ("Sources call it", "\n".join([*names[:_SHOWN], *more]) or "no source has seen it yet"),
    ]
