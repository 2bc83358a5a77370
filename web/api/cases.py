"""Cases: the queue, and one with all that a decision on it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Query

from gate.roles import Act
from storage import cases as stored
from storage.times import iso
from web.api.answers import page_of
from web.api.models import Case, Finding, Page, Question
from web.api.models_case import CaseWhole
from web.api.persons import nameless, person
from web.api.routing import Api, Cursor, Filter, Limit, Number, Row, Sought
from web.casework import packed, powers
from web.errors import not_found
from web.here import Here
from web.lists import ordered
from web.queueing import SORTS, Queue, Wanted

api = Api("Cases")
Waits = Literal["me", "side", "security", "owner", "marketing", "it"]
_By = Literal[
    "rank", "tool", "-tool", "technology", "-technology", "customer", "-customer", "findings", "-findings",
    "due", "-due", "opened", "-opened", "closed", "-closed", "with", "-with",
]  # fmt: skip
_FIELDS, _FINDING, _QUESTION = tuple(Case.model_fields), tuple(Finding.model_fields), tuple(Question.model_fields)


@api.get("/cases", Act.LOOK, Page[Case])
def list_cases(
    here: Here,
    *,
    state: Literal["open", "closed", "all"] = "open",
    waits: Annotated[
        Waits | None, Query(description="For whom it waits; `me`: a side of mine, and nobody else.")
    ] = None,
    assignee: Annotated[Filter, Query(description="An address, `me` or `nobody`.")] = None,
    risk: Literal["high", "medium", "low", "unknown"] | None = None,
    category: Filter = None,
    unit: Filter = None,
    stage: Literal["new", "questions", "review", "second_key"] | None = None,
    overdue: Annotated[bool, Query(description="Only those that are late.")] = False,
    search: Sought = "",
    sort: Annotated[_By, Query(description="`rank` is the order in which they are to be looked at.")] = "rank",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List cases in the order of the queue: the one to look at next is first."""
    wanted = Wanted(
        state=state,
        waits=waits or "",
        person=assignee or "",
        risk=risk or "",
        category=category or "",
        unit=unit or "",
        stage=stage or "",
        overdue=overdue,
        words=search.strip(),
    )
    rows = Queue(here).rows(wanted)
    if sort != "rank":
        rows = ordered(rows, SORTS[sort.removeprefix("-")], down=sort.startswith("-"))
    return page_of(rows, "id", cursor=cursor, limit=limit)


@api.get("/cases/{number}", Act.LOOK, CaseWhole)
def get_case(here: Here, number: Number) -> Row:
    """Return all that a decision rests on. Sign with `seen`, so that you sign what you have read."""
    case = here.office.cases.case(here.connection, here.looking, number)
    if case is None:
        raise not_found(f"There is no case {number}.", "`GET /api/v1/cases?state=all` lists them.")
    tool, review = case["tool_id"], case["review"]
    named = here.sees_names(tool)
    may = powers(here, case) if case["state"] == "open" else None
    return (
        case_row(here, case)
        | nameless(
            {
                "changed": review["changed"],
                "risks": [_risk(one) for one in case["risks"]],
                "findings": _findings(here, tool),
                "needs": [_need(one) for one in case["needs"]],
                "lacks": case["lacks"],
                "connections": here.office.connections.of_tool(tool, named=named),
                "questions": [{field: one[field] for field in _QUESTION} for one in case["questions"]],
            },
            named=named,
        )
        | {
            "seen": review["digest"],
            "state_read": packed(case["state_now"]),
            "signatures": review["signatures"],
            "decided": review["decision"],
            "people": [person(one, named=named) for one in case["people"]],
            "events": case["events"],
            "ratings": [{name: value for name, value in one.items() if name not in _WORDS} for one in case["ratings"]],
            "may_sign": [side for side, _ in may.sides] if may else [],
            "may_not": may.refused if may else "It is decided.",
        }
    )


#: What only a page shows of a rating.
_WORDS = frozenset({"called", "steps"})


def case_row(here: Here, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a case, also of one whose tool stands in no list any more."""
    row = here.snapshot.case(case["id"])
    if row is not None:
        return {field: row[field] for field in _FIELDS}
    times = {name: iso(case[name]) for name in ("opened_at", "due_at", "closed_at")}
    none: dict[str, Any] = {name: [] for name in ("technology_findings", "customer_findings", "risk_unknown")}
    none |= {"tool": case["tool_id"], "findings_open": 0, "overdue": False, "rank": None, "rank_why": None}
    bands = {f"{risk['side']}_risk": risk["band"] for risk in case["risks"]}
    return {field: ({**case, **none, **bands, **times})[field] for field in _FIELDS}


def the_case(here: Here, number: int) -> Mapping[str, Any]:
    """Return the stored row of a case. Raises Wrong where there is none."""
    found = stored.case(here.connection, number)
    if found is None:
        raise not_found(f"There is no case {number}.", "`GET /api/v1/cases?state=all` lists them.")
    return found


def _findings(here: Here, tool: str) -> list[dict[str, Any]]:
    rows = here.office.cases.findings(here.connection, tool)
    return [
        {field: one[field] for field in _FINDING if field != "missing"} | {"missing": lacks(one)}
        for one in rows
        if one["state"] != "resolved"
    ]


def lacks(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what nobody knows that a finding reads, each with the reason."""
    reasons = {read["fact"]: read.get("reason") for read in row["reading"]}
    return [one if isinstance(one, dict) else {"fact": one, "reason": reasons.get(one)} for one in row["missing"]]


def _risk(one: Mapping[str, Any]) -> dict[str, Any]:
    ids = {name: [found["id"] for found in one[name]] for name in ("findings", "others", "waived")}
    return {**one, **ids}


def _need(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("fact", "question", "asks", "policies")} | {"person": one["address"]}
