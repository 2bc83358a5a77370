"""Insights: what the tools come to, one question a page, with the list behind each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gate.roles import Act
from model.signal import fold
from web.access import Pages
from web.charts import Chart
from web.counting import Counted
from web.errors import not_found
from web.here import Here
from web.insights import charts
from web.insights.front import sections
from web.insights.said import SIDES, STAGES, Row, at_desk, category_path, tool_path, unapproved_tools
from web.insights.shape import Filter, View
from web.insights.views import BY_NAME
from web.lists import exported, ordered, page_of
from web.made_once import MadeLately
from web.ports.insights import WINDOWS, Decided, Figures
from web.snapshot import Until

pages = Pages("/insights")
#: So many kinds of readers the first page is kept for.
_LOCALES = 20
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
    said = here.snapshot.once("insights", lambda: MadeLately(_LOCALES), Until.TOOLS)
    reader = (here.locale.name, counted.version)
    told = said.get(reader, lambda: sections(here, figures, figures.decided[WINDOWS[0]]))
    return here.render("insights.html", sections=told if figures.headline else [], counted=counted)


@pages.get("/{name}", Act.LOOK)
def one(here: Here, name: str) -> Any:
    """Answer one question, with the list behind the answer."""
    view = BY_NAME.get(name)
    if view is None:
        raise not_found("There is no such page of insights.", "Go to insights, and choose one from there.")
    counted = here.office.insights.current()
    if counted is None:
        return _being_counted(here)
    asked = Asked(here, view, counted, _window(here))
    figures, window = counted.value, asked.window
    known, rows = asked.known(), asked.rows()
    file = exported(here, [shown_as(here, row) for row in rows], _fields(here, view), f"insights-{name}")
    if file is not None:
        return file
    noun = view.noun[len(rows) != 1]
    return here.render(
        "insight.html",
        view=view,
        counted=counted,
        page=replace(page_of(here, asked.ordered(), noun=noun, known=len(known)), sort=asked.sort),
        charts=asked.charts(),
        filters=asked.options(),
        query=here.request.query_params,
        narrowed=len(rows) != len(known),
        window=window,
        windows=_WINDOWS,
        figures=figures,
        see=[(f"/insights/{other}", words) for other, words in view.see],
        tool_path=lambda tool: tool_path(here, tool),
        category_path=lambda slug: category_path(here, slug),
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
        (unapproved_tools(here), "tools in use or paid for that are not approved", tool_list(here)),
    ]
    return [
        {"about": about[:1].upper() + about[1:], "href": path}
        | {name: found[name] for name in ("count", "n", "share")}
        for found, about, path in told
    ]  # fmt: skip


def tool_list(here: Here) -> str:
    """Return where tools that nobody decided on are listed for who reads."""
    return "/tools?status=new" if tool_path(here, "x").startswith("/tools") else "/inventory?use=undecided"


class Asked:
    """What an address asks of a page of insights; what was made of the figures once is held beside them."""

    def __init__(self, here: Here, view: View, counted: Counted[Figures], window: int) -> None:
        """Read the address."""
        self._here, self._view, self._counted, self.window = here, view, counted, window
        query = here.request.query_params
        self._chosen = tuple((one.name, query.get(one.name, "")[:100]) for one in view.filters)
        self._words = fold(query.get("q", "")[:200]) if view.sought else ""
        sorts = {column.field: column.sort for column in view.columns if column.sort is not None}
        sort = query.get("sort", "")
        self._key = sorts.get(sort.removeprefix("-"))
        self.sort = sort if self._key is not None else None
        self._rows = ("rows", view.name, window, self._chosen, self._words)
        self._reader = (here.locale.name, here.sees_names("*"), at_desk(here))

    def known(self) -> Sequence[Row]:
        """Return all rows of the page."""
        return rows_of(self._here, self._view, self._counted.value, self.window)

    def rows(self) -> Sequence[Row]:
        """Return the rows that the address asks for, in their own order."""
        if self._view.name == "answers" or not (self._words or any(value for _, value in self._chosen)):
            return self.known()
        return self._counted.kept.get(self._rows, self._narrowed)

    def _narrowed(self) -> Sequence[Row]:
        rows, wanted = self.known(), dict(self._chosen)
        for one_ in self._view.filters:
            if value := wanted[one_.name]:
                rows = [row for row in rows if one_.keep(row, value)]
        words = self._words.split()
        return [row for row in rows if all(word in _text(row) for word in words)] if words else rows

    def ordered(self) -> Sequence[Row]:
        """Return the rows in the order that the address asks for."""
        key, sort = self._key, self.sort
        if key is None or sort is None:
            return self.rows()
        return self._counted.kept.get((*self._rows, sort), lambda: ordered(self.rows(), key, down=sort.startswith("-")))

    def charts(self) -> list[Chart]:
        """Return the charts of the rows that are asked for."""
        if self._view.name == "answers":
            return charts.answers(self.rows())
        return self._counted.kept.get(("charts", self._rows, self._reader), self._drawn)

    def _drawn(self) -> list[Chart]:
        figures = self._counted.value
        return _charts(self._here, self._view, figures, self.rows(), figures.decided[self.window])

    def options(self) -> list[tuple[Filter, list[tuple[str, str]]]]:
        """Return what each filter offers."""
        return self._counted.kept.get(
            ("options", self._view.name, self._reader),
            lambda: [(one_, one_.options(self._here, self.known())) for one_ in self._view.filters],
        )


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
    if view.name == "waiting":
        return charts.waiting(rows)
    if view.name == "forecasts":
        return charts.forecasts(here, rows) if rows else []
    draw = charts.DRAWN.get(view.name)
    return [] if draw is None else draw(here, figures, rows)
