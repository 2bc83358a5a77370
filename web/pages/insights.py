"""Insights: what the tools come to, one question a page, with the list behind each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gate.measures import unapproved
from gate.roles import Act
from model.signal import fold
from web.access import Pages
from web.charts import Chart
from web.errors import not_found
from web.here import Here
from web.insights import charts
from web.insights.front import sections
from web.insights.said import SIDES, STAGES, Row, tool_path
from web.insights.shape import View
from web.insights.views import BY_NAME
from web.lists import exported, page_of
from web.ports.insights import WINDOWS, Decided, Figures

pages = Pages("/insights")
_WINDOWS = {365: "the last 12 months", 90: "the last 90 days", 1095: "the last 3 years"}


@pages.get("", Act.LOOK)
def page(here: Here) -> Any:
    """Show the figures, each with the list behind it."""
    counted = here.office.insights.current()
    if counted is None:
        return _being_counted(here)
    figures = counted.value
    file = exported(here, figures.headline, here.office.insights.fields["page"], "insights")
    if file is not None:
        return file
    decided = figures.decided[WINDOWS[0]]
    return here.render(
        "insights.html", sections=sections(here, figures, decided) if figures.headline else [], counted=counted
    )


@pages.get("/{name}", Act.LOOK)
def one(here: Here, name: str) -> Any:
    """Answer one question, with the list behind the answer."""
    view = BY_NAME.get(name)
    if view is None:
        raise not_found("There is no such page of insights.", "Go to insights, and choose one from there.")
    counted = here.office.insights.current()
    if counted is None:
        return _being_counted(here)
    figures, window = counted.value, _window(here)
    known = rows_of(here, view, figures, window)
    rows = _kept(here, view, known)
    file = exported(here, [shown_as(here, row) for row in rows], _fields(here, view), f"insights-{name}")
    if file is not None:
        return file
    sorts = {column.field: column.sort for column in view.columns if column.sort is not None}
    noun = view.noun[len(rows) != 1]
    return here.render(
        "insight.html",
        view=view,
        counted=counted,
        page=page_of(here, rows, noun=noun, known=len(known), sorts=sorts),
        charts=_charts(here, view, figures, rows, figures.decided[window]),
        filters=[(one, one.options(here, known)) for one in view.filters],
        query=here.request.query_params,
        narrowed=len(rows) != len(known),
        window=window,
        windows=_WINDOWS,
        figures=figures,
        see=[(f"/insights/{other}", words) for other, words in view.see],
        tool_path=lambda tool: tool_path(here, tool),
        stages=STAGES,
        sides=SIDES,
    )


def _being_counted(here: Here) -> Any:
    return here.render("insights_counting.html", failed=here.office.insights.failed)


def _window(here: Here) -> int:
    given = here.request.query_params.get("days", "")
    return int(given) if given in map(str, WINDOWS) else WINDOWS[0]


# --- rows ------------------------------------------------------------------------------------------------------------


def rows_of(here: Here, view: View, figures: Figures, window: int) -> Sequence[Row]:
    """Return the rows of a page of insights, all of them; what is counted back so many days by `window`."""
    decided = figures.decided[window]
    if view.name == "decisions":
        return [row for row in decided.rows if row["n"]]
    if view.name == "waiting":
        return decided.waiting
    if view.name == "answers":
        return _answers(here, decided)
    return figures.lists[view.name]


def _answers(here: Here, decided: Decided) -> list[Row]:
    told: list[tuple[Mapping[str, Any], str, str]] = [
        (decided.fast_lane, "answers that a rule gave at once", "/insights/decisions"),
        (decided.overturned, "decisions that were overturned within 90 days", "/cases?state=closed"),
        (decided.requested_before, "new tools that were asked for before anybody used or bought them", "/cases"),
        (decided.backlog, "tools that wait now, longer than was promised", "/cases?overdue=1"),
        (unapproved(here.snapshot.tools), "tools in use or paid for that are not approved", tool_list(here)),
    ]
    return [
        {"about": about[:1].upper() + about[1:], "href": path}
        | {name: found[name] for name in ("count", "n", "share")}
        for found, about, path in told
    ]  # fmt: skip


def tool_list(here: Here) -> str:
    """Return where tools that nobody decided on are listed for who reads."""
    return "/tools?status=new" if tool_path(here, "x").startswith("/tools") else "/inventory?use=undecided"


def _kept(here: Here, view: View, rows: Sequence[Row]) -> Sequence[Row]:
    query = here.request.query_params
    for one_ in view.filters:
        value = query.get(one_.name, "")
        if value:
            rows = [row for row in rows if one_.keep(row, value)]
    words = fold(query.get("q", "")[:200])
    return [row for row in rows if all(word in _text(row) for word in words.split())] if words else rows


def _text(row: Row) -> str:
    named = [row.get("tool") or "", *(row.get("tools") or ()), (row.get("category") or "").replace("_", " ")]
    return fold(" ".join(one for one in named if isinstance(one, str)))


# --- what programs get -----------------------------------------------------------------------------------------------


def _fields(here: Here, view: View) -> Sequence[str]:
    return here.office.insights.fields.get(view.name, ("about", "count", "n", "share"))


def shown_as(here: Here, row: Row) -> Row:
    """Return a row as who exports it may see it: persons by number unless names may be seen."""
    if "person" in row:
        named = row["address"] if here.sees_names("*") else None
        return {**row, "person": named or f"person {row['person']}"}
    return {**row, "said_by": None} if "said_by" in row and not here.sees_names("*") else row


def _charts(here: Here, view: View, figures: Figures, rows: Sequence[Row], decided: Decided) -> list[Chart]:
    if view.name == "decisions":
        return charts.decisions(decided) if decided.days or decided.backlog["n"] else []
    if view.name in {"waiting", "answers"}:
        return charts.waiting(rows) if view.name == "waiting" else charts.answers(rows)
    if view.name == "forecasts":
        return charts.forecasts(here, rows) if rows else []
    draw = charts.DRAWN.get(view.name)
    return [] if draw is None else draw(here, figures, rows)
