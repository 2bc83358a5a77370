"""The pages of a request: what is answered at once, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from commands.cells import title
from reports.words import UNKNOWN, amount, clean, plural
from reports.words import day as day_text

if TYPE_CHECKING:
    from reports.terminal import Screen

#: For whom a case waits -> what comes next.
_NEXT = {
    "security": "A reviewer takes it up",
    "owner": "Whoever was asked about the tool answers",
    "marketing": "Marketing signs its side of the decision",
    "it": "IT signs its side of the decision",
}
_WAITS = {
    "security": "a reviewer",
    "owner": "answers to questions",
    "marketing": "Marketing's signature",
    "it": "IT's signature",
}


def draw_asked(page: Screen, row: Mapping[str, Any]) -> None:
    """Draw what is answered at once to who asks for a tool."""
    about = f"request {row['request']}, case {row['case']}" if row["request"] else "approved already"
    page.heading(row["tool"], about)
    if row["imitates"]:
        page.line(f"Take care: that looks like {clean(row['imitates'])}, and is not it.")
    if row["first"]:
        first = row["first"]
        unit = f" for {clean(first['unit'])}" if first["unit"] else ""
        day = day_text(first["at"], page.zone)
        page.line(f"It was asked for on {day}{unit} already (request {first['id']}); yours joins that case.")
    _draw_known(page, row)
    _draw_approved(page, row)
    if row["request"]:
        _draw_forecast(page, row)
    _draw_next(page, row)


def _draw_known(page: Screen, row: Mapping[str, Any]) -> None:
    known = row["known"]
    if not known:
        return
    status = known["status"].replace("_", " ")
    page.line(f"{clean(known['name'])} is known here: {status}. {_users(known)}")
    if known["sentence"]:
        page.line(f"What was decided: {clean(known['sentence'])}")
    for condition in known["conditions"]:
        page.line(f"Condition: {clean(condition)}", indent=2)


def _users(tool: Mapping[str, Any]) -> str:
    units: Sequence[Mapping[str, Any]] = tool["units"]
    if not units:
        return "Nobody was seen using it in the last 90 days."
    told = ", ".join(f"{clean(u['unit'] or 'unit unknown')} ({u['people']:,})" for u in units)
    return f"Used by {told}."


def _draw_approved(page: Screen, row: Mapping[str, Any]) -> None:
    page.heading("What does the job already")
    if row["category"] is None:
        page.line("Nobody knows what kind of tool it is: --category SLUG finds the approved ones of the same job.")
        return
    if not row["approved"]:
        page.line(f"No other tool for {title(row['category']).lower()} is approved.")
    for tool in row["approved"]:
        page.line(f"{clean(tool['name'])} ({tool['status'].replace('_', ' ')}). {_users(tool)}")
        for condition in tool["conditions"]:
            page.line(f"Condition: {clean(condition)}", indent=2)


def _draw_forecast(page: Screen, row: Mapping[str, Any]) -> None:
    page.heading("What it comes to")
    forecast = row["forecast"]
    page.line(forecast["sentence"] if forecast else "Without a category nothing can be forecast.")
    if row["unpriced"]:
        page.line("The price is in another currency than the company's, so it is not in the forecast.")


def _draw_next(page: Screen, row: Mapping[str, Any]) -> None:
    page.heading("What happens next")
    if row["request"] is None:
        page.line("Nothing: it may be used. Its business owner gives you access; no request was entered.")
        page.command(f"ostiary tools show {row['tool_id']}", "Who answers for it:")
        return
    page.line(f"{_NEXT.get(row['waiting_for'], 'It goes on')}, by {day_text(row['due_at'], page.zone)} at the latest.")
    page.line(_took(row["took"]))
    page.command(f"ostiary request show {row['request']}", "Where it stands:")


def _took(took: Mapping[str, Any] | None) -> str:
    if took is None:
        return "No request was decided here yet, so nobody can say how long one takes."
    days = f"{took['median_days']:g} working {'day' if took['median_days'] == 1 else 'days'}"
    kind = f" for {title(took['category']).lower()}" if took["category"] else ""
    if took["requests"] == 1:
        return f"The one request{kind} that was decided took {days}."
    last = plural(took["requests"], "request")
    return f"The last {last}{kind} took {days} in the middle, {took['least_days']} to {took['most_days']}."


def draw_request(page: Screen, row: Mapping[str, Any]) -> None:
    """Draw where a request stands."""
    page.heading(row["tool"], f"request {row['id']}, case {row['case_id']}")
    page.facts(_standing(page, row))
    page.heading("What was asked")
    page.facts(_asked(page, row))
    page.heading("Look further")
    page.command(f"ostiary cases show {row['case_id']}", "The case, with what was found:")


def _standing(page: Screen, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    if row["where"] != "open":
        told = [("Decided", clean(row["sentence"]))] if row["sentence"] else []
        return [("Where", row["where"].replace("_", " ")), ("Since", day_text(row["since"], page.zone)), *told]
    late = " (overdue)" if row["overdue"] else ""
    return [
        ("Where", f"{row['stage'].replace('_', ' ')}"),
        ("Waits for", _WAITS.get(row["waiting_for"], clean(row["waiting_for"]))),
        ("Since", day_text(row["since"], page.zone)),
        ("Due", day_text(row["due_at"], page.zone) + late),
    ]


def _asked(page: Screen, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    price = UNKNOWN if row["price_micros"] is None else amount(row["price_micros"], row["currency"])
    return [
        ("For", clean(row["purpose"] or "erased")),
        ("Asked by", clean(row["by"] or UNKNOWN)),
        ("On", day_text(row["at"], page.zone)),
        ("Unit", clean(row["unit"] or UNKNOWN)),
        ("People", UNKNOWN if row["people"] is None else f"{row['people']:,}"),
        ("Data of persons", ", ".join(map(clean, row["data"])) or "none said"),
        ("Tied to", ", ".join(row["needs"]) or "nothing said"),
        ("Price a year", price),
    ]
