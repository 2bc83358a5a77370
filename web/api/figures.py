"""What tools hold and come to: connections, insights, money without a tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Query

from gate.accounts import named
from gate.roles import Act, require
from model.errors import Refused
from model.signal import fold
from storage import cases
from web.api.answers import page_of
from web.api.bodies import Unit
from web.api.models import Connection, Merchant, Page
from web.api.models_more import ConnectionsOfTool, Counted, Insights, MadeBeside
from web.api.models_rules import NoiseRules
from web.api.persons import nameless
from web.api.routing import Api, Cursor, Filter, Id, Limit, Passage, Reason, Row, Sent, Sought, refused
from web.api.tools import the_tool
from web.charts.map_layout import level as level_of
from web.errors import Wrong, not_found
from web.here import Here
from web.insights.views import BY_NAME
from web.lists import ordered
from web.pages.insights import rows_of, shown_as
from web.unmatched import BY_HAND, Rulings, hidden, sought

api = Api("Figures")
_FIELDS = tuple(Connection.model_fields)
Mark = Literal["over_broad", "orphaned", "stale"]
View = Literal[
    "outside", "months", "overlap", "people", "cost", "unused", "seats", "renewals",
    "decisions", "waiting", "answers", "outcomes", "forecasts", "differences",
]  # fmt: skip


# --- connections -----------------------------------------------------------------------------------------------------


@api.get("/connections", Act.LOOK, Page[Connection])
def list_connections(
    here: Here,
    *,
    system: Annotated[
        Filter, Query(description="What it holds a right on; `unknown`: a right that is in no table.")
    ] = None,
    level: Literal["admin", "write", "read", "unknown"] | None = None,
    mark: Annotated[Mark | None, Query(description="Only those of which this is known.")] = None,
    tool: Annotated[Filter, Query(description="The id of a tool.")] = None,
    search: Sought = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List what tools hold on the company's systems, the gravest first; persons are `person N`."""
    rows: Sequence[Mapping[str, Any]] = here.office.connections.rows(here.snapshot.version.mark.run).rows
    tests: list[Callable[[Mapping[str, Any]], bool]] = []
    if system is not None:
        wanted = None if system == "unknown" else system
        tests.append(lambda row: row["system"] == wanted)
    if level is not None:
        tests.append(lambda row: level_of(row["right"]) == level)
    if mark is not None:
        tests.append(lambda row: bool(row[mark]))
    if tool is not None:
        tests.append(lambda row: row["tool_id"] == tool)
    if words := fold(search):
        tests.append(lambda row: words in fold(row["tool"]))
    if tests:
        rows = [row for row in rows if all(test(row) for test in tests)]
    places = _Places(rows)
    return page_of(
        places, "key", cursor=cursor, limit=limit, shown=lambda row: nameless(row["row"], named=here.sees_names())
    )


class _Places(Sequence[Mapping[str, Any]]):
    """Connections, each with what names it: no two are of the same tool, system and right."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [_placed(row) for row in self._rows[at]]
        return _placed(self._rows[at])


def _placed(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {field: row[field] for field in _FIELDS}
    return {"key": (row["tool_id"], row["system"], row["right"], row["consent"]), "row": kept}


@api.get("/connections/{tool}", Act.LOOK, ConnectionsOfTool)
def get_connections(here: Here, tool: Id) -> Row:
    """Return all that one tool holds: each scope rated, and the newest 50 grants of each right."""
    name = the_tool(here, tool)["id"]
    may = here.sees_names(name)
    return {"items": nameless(here.office.connections.of_tool(name, named=may), named=may)}


# --- insights --------------------------------------------------------------------------------------------------------


@api.get("/insights", Act.LOOK, Insights)
def list_insights(here: Here) -> Row:
    """Return the headline figures, and the names of the lists behind them."""
    figures = _figures(here)
    lists = [
        {
            "name": view.name,
            "question": view.title,
            "fields": list(here.office.insights.fields.get(view.name, _ANSWERS)),
        }
        for view in BY_NAME.values()
    ]
    return {"as_of": figures.as_of, "currency": figures.currency, "headline": list(figures.headline), "lists": lists}


_ANSWERS = ("about", "count", "n", "share")


def _figures(here: Here) -> Any:
    counted = here.office.insights.current()
    if counted is None:
        raise _being_counted()
    return counted.value


def _being_counted() -> Wrong:
    do = "Ask again in a moment; with many tools it takes a minute."
    return Wrong(HTTPStatus.SERVICE_UNAVAILABLE, "These figures are being counted.", do)


@api.get("/insights/{name}", Act.LOOK, Counted)
def get_insight(
    here: Here,
    *,
    name: View,
    days: Annotated[Literal["365", "90", "1095"], Query(description="How far back decisions are counted.")] = "365",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """Return the list behind one question; `GET /insights` names its fields."""
    view = BY_NAME.get(name)
    if view is None:
        raise not_found("There is no such list.", "`GET /api/v1/insights` names them.")
    fields = here.office.insights.fields.get(name, _ANSWERS)
    rows = rows_of(here, view, _figures(here), int(days))

    def shown(row: Mapping[str, Any]) -> dict[str, Any]:
        told = shown_as(here, row["row"])
        return nameless({field: told.get(field) for field in fields}, named=here.sees_names("*"))

    return page_of(
        [{"at": at, "row": row} for at, row in enumerate(rows)], "at", cursor=cursor, limit=limit, shown=shown
    )


# --- money without a tool --------------------------------------------------------------------------------------------


class Ruling(Sent):
    """What a merchant is: `tool` (say which: its id, or the name of a new one), `not-a-tool`, or `later`."""

    merchant: Passage
    ruling: Literal["tool", "not-a-tool", "later"]
    tool: Unit | None = None
    reason: Reason


@api.get("/money", Act.LOOK, Page[Merchant])
def list_money(
    here: Here,
    *,
    show: Annotated[
        Literal["open", "ruled", "all"], Query(description="Those still to be ruled, or ruled already.")
    ] = "open",
    search: Sought = "",
    sort: Annotated[Literal["-total", "merchant", "-charges"], Query()] = "-total",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List merchants of money that nothing says is software, the largest first."""
    counted = here.office.money.current()
    if counted is None:
        raise _being_counted()
    rulings = Rulings(here.connection, here.at)
    open_, ruled = rulings.split(counted.value)
    rows: Sequence[Mapping[str, Any]] = {"open": open_, "ruled": ruled, "all": counted.value.rows}[show]
    rows = sought(rows, search)
    if sort != "-total":
        key = sort.removeprefix("-")
        rows = ordered(rows, lambda row: row[key], down=sort.startswith("-"))
    return page_of(rows, "merchant", cursor=cursor, limit=limit, shown=lambda row: _ruled(row, rulings))


def _ruled(row: Mapping[str, Any], rulings: Rulings) -> dict[str, Any]:
    found = rulings.of(row["merchant"])
    ruling = {"ruling": None, "decision": None}
    if found is not None:
        ruling = {"ruling": found["detail"]["ruling"], "decision": found["id"]}
    return {**row, **ruling}


@api.post("/money/rule", Act.CORRECT, MadeBeside, within=False)
def rule_merchant(here: Here, body: Ruling) -> Row:
    """Rule what a merchant is; its charges follow, also those to come."""
    counted = here.office.money.current()
    merchant = fold(body.merchant)
    if counted is not None and merchant not in counted.value.by_merchant:
        raise not_found("No money without a tool went to a merchant of this name.", "`GET /api/v1/money` lists them.")
    if (body.tool is None) == (body.ruling == "tool"):
        do = "Say `tool` with the ruling `tool`, and with no other."
        raise Wrong(HTTPStatus.CONFLICT, "Which tool it is goes with the ruling that it is one.", do)
    try:
        unit = None if body.tool is None else cases.unit_of(here.connection, body.tool)
        require(here.account, Act.CORRECT, at=here.at, unit=unit)
        made = here.office.money.rule(merchant, body.ruling, body.tool, body.reason, named(here.account))
    except Refused as error:
        raise refused(error) from None
    here.office.tools.following.ask("spend rule")
    return {"decisions": [made]}


@api.get("/money/noise", Act.LOOK, NoiseRules)
def list_noise(here: Here) -> Row:
    """Return the rules that hide tools as noise, and how many each hides; `decision`: those that a person hid.

    `GET /tools?noise=only` lists the tools.
    """
    counted = {rule: len(rows) for rule, rows in hidden(here).items()}
    rules = [*here.office.money.noise_rules(), (BY_HAND, "By a person", "Somebody ruled that it is noise.")]
    return {
        "items": [{"id": id_, "title": title, "why": why, "tools": counted.get(id_, 0)} for id_, title, why in rules]
    }
