"""Requests: what was asked for, where each stands, what was answered at once, and taking one back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from gate import conditions, requests
from gate.acting import Gate
from gate.cases import APPROVED
from gate.requests import Target, Wanted
from gate.roles import Act
from model.errors import Refused
from storage import cases, kept
from storage import requests as stored
from storage.times import to_ms
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal
from web.lists import exported, page_of
from web.may_use import may_use
from web.pages.asking import NEEDS

pages = Pages("/requests")
Row = Mapping[str, Any]
STATES: Mapping[str, str] = {"": "All", "open": "Waiting for an answer", "done": "Answered", "withdrawn": "Taken back"}
#: For whom a case waits -> what comes next, to who asked.
NEXT: Mapping[str, str] = {
    "security": "A reviewer takes it up",
    "owner": "Somebody who knows it answers questions",
    "marketing": "Marketing gives its word",
    "it": "IT gives its word",
}
_SIDES = {"marketing": "Marketing", "it": "IT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A moment in the life of a request: when (milliseconds), and what, in a sentence."""

    at: int
    said: str


@pages.get("", Act.LOOK)
def listed(here: Here) -> Any:
    """List requests: one's own, or all for those who look after them."""
    everybody = here.may(Act.AUDIT) and here.request.query_params.get("mine") is None
    found = stored.requests(here.connection, account=None if everybody else here.account.id)
    known = [row_of(here, row) for row in reversed(found)]
    state = here.request.query_params.get("state", "")
    rows = [row for row in known if state not in STATES or is_in(row, state)]
    if (answer := exported(here, rows, here.office.requests.fields, "requests")) is not None:
        return answer
    page = page_of(here, rows, noun="request" if len(rows) == 1 else "requests", known=len(known))
    return here.render("requests.html", page=page, state=state, states=list(STATES.items()), everybody=everybody)


def row_of(here: Here, request: Row) -> dict[str, Any]:
    """Return a request as lists have it; who asked is said to those who may see names."""
    row = here.office.requests.row(request)
    return row if here.sees_names() or request["account_id"] == here.account.id else row | {"by": None}


def is_in(row: Row, state: str) -> bool:
    """Return whether a request is in a state (a key of STATES)."""
    where = {"open": "open", "withdrawn": "withdrawn"}.get(row["where"], "done")
    return state in {"", where}


@pages.get("/{number}", Act.LOOK)
def one(here: Here, number: int) -> Any:
    """Show one request: where it stands, and what was answered at once."""
    return _show(here, the_request(here, number))


@pages.post("/{number}/withdraw", Act.LOOK)
def withdraw(here: Here, number: int) -> Any:
    """Take a request back."""
    row = the_request(here, number)
    reason = here.form.need("reason", "Say in a few words why, so that nobody goes on with it")
    if here.form.errors:
        return _show(here, row, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        gate = here.gate()
        with here.office.store.write() as connection:
            requests.withdraw(connection, gate, number, here.office.requests.masked(reason), here.account)
    except Refused as error:
        return _show(here, row, HTTPStatus.CONFLICT, problem=refusal(error))
    return here.see(f"/requests/{number}", "It is taken back.")


def the_request(here: Here, number: int) -> Row:
    """Return a request that who is signed in may see: their own, or any for the desk. Raises Wrong."""
    found = stored.requests(here.connection, number=number) if number < 2**63 else []
    if not found or not (found[0]["account_id"] == here.account.id or here.may(Act.AUDIT)):
        raise not_found("There is no such request, or it is not yours.", "Your requests are on one page: /requests.")
    return found[0]


def _show(here: Here, row: Row, status: HTTPStatus = HTTPStatus.OK, *, problem: str | None = None) -> Any:
    told = row["answered"] or {}
    terms = here.snapshot.terms(row["tool_id"])
    mine = row["account_id"] == here.account.id
    return here.render(
        "request.html",
        status,
        row=row,
        standing=row_of(here, row),
        terms=terms,
        use=may_use(terms),
        sentence=sentence_of(here, row),
        happened=list(happened(here, row)),
        next=NEXT,
        approved=list(_approved(here, told)),
        forecast=_forecast(here, row) if row["state"] == "open" else None,
        unpriced=row["price"] is not None and row["currency"] != here.office.company.base_currency,
        took=told.get("took"),
        jobs=here.office.inventory.jobs,
        purpose=kept.text_of(here.connection, row["purpose_hash"]),
        kinds=here.office.requests.data,
        needs=NEEDS,
        mine=mine,
        may_withdraw=row["state"] == "open" and row["withdrawn_at"] is None and (mine or here.may(Act.WORK)),
        problem=problem,
    )


def sentence_of(here: Here, row: Row) -> str | None:
    """Return the plain sentence of the decision by which its case ended."""
    decided = conditions.decision_of(here.connection, row["case_id"]) if row["state"] != "open" else None
    words = {} if decided is None else decided["detail"].get("words", {})
    return kept.text_of(here.connection, words.get("sentence"))


def happened(here: Here, row: Row) -> Iterator[Happened]:
    """Yield what happened to a request since it was made, without names and without what one side alone has said."""
    yield Happened(at=row["at"], said="The request was made")
    for event in cases.events(here.connection, row["case_id"]):
        said = _event(event, row) if event["at"] >= row["at"] else None
        if said is not None:
            yield Happened(at=event["at"], said=said)


def _event(event: Row, row: Row) -> str | None:
    kind, detail = event["kind"], event["detail"]
    if kind == "stage" and detail.get("to") == "questions":
        return "People who know more were asked questions"
    if kind == "stage" and detail.get("from") == "questions":
        return "The questions were answered"
    if kind == "signed":
        return f"{_SIDES.get(str(detail.get('side')), 'One side')} gave its word"
    if kind == stored.WITHDRAWN:
        return "The request was taken back" if detail.get("request") == row["id"] else None
    return {"assigned": "A reviewer took it up", "decided": "It was decided"}.get(kind)


# --- what was answered at once ---------------------------------------------------------------------------------------


def _approved(here: Here, told: Row) -> Iterator[Row]:
    """Yield the tools of the same job that were named, and may still be used, with who uses them."""
    gate: Gate = here.looking
    for tool in told.get("approved") or ():
        row = here.snapshot.terms(tool)
        if row is not None and row["status"] in APPROVED:
            yield {**row, "units": stored.units(here.connection, tool, to_ms(gate.as_of))}


def _forecast(here: Here, row: Row) -> Row | None:
    """Return what connecting it comes to by what is known now, in whole hundreds, with the sentence that says why."""
    target = Target(id=row["tool_id"], name=row["name"], category=row["category"])
    wanted = Wanted(
        tool=target,
        purpose="",
        people=row["people"],
        needs=tuple(row["needs"]),
        price=row["price"],
        currency=row["currency"],
    )
    found = here.office.requests.forecast(wanted)
    if found is None or not found["currency"]:
        return None
    paid = (row["price"] or 0) if found["priced"] else None
    both = [found["one_off"][end] + found["run"][end] for end in ("low_micros", "high_micros")]
    return {
        "sentence": found["sentence"],
        "once": _said(here, found, "one_off"),
        "yearly": _said(here, found, "run"),
        "first_year": None if paid is None else _ends(here, [end + paid for end in both], found["currency"]),
        "nothing": not any(both),
    }


def _said(here: Here, found: Row, part: str) -> str:
    return _ends(here, [found[part]["low_micros"], found[part]["high_micros"]], found["currency"])


def _ends(here: Here, ends: list[int], currency: str) -> str:
    low, high = (here.locale.money(round(end, -8), currency, cents=False) for end in ends)
    return low if low == high else f"{low} to {high}"
