"""Requests: a tool that somebody wants before it is bought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, model_validator

from gate import requests
from gate.requests import Wanted
from gate.roles import Act
from model.errors import Refused
from storage import kept
from storage import requests as stored
from storage.store import Connection
from storage.times import iso
from web.api.answers import page_of
from web.api.bodies import WHOLE, Currency, Micros, Unit, said
from web.api.models import Page, Request
from web.api.models_more import Asked, RequestWhole, Withdrawn
from web.api.persons import nameless
from web.api.routing import Api, Cursor, Limit, Number, Passage, Reason, Row, Sent, limited, refused
from web.errors import Wrong
from web.here import Here
from web.pages.requests import happened, is_in, row_of, sentence_of, the_request

api = Api("Requests")
NeedOf = Literal["crm", "warehouse", "cdp", "consent", "ads", "support_desk"]
_FIELDS = tuple(Request.model_fields)


class Wish(Sent):
    """What is wanted. `tool` is an id, a name or a domain; where several tools have the name, say the id."""

    model_config = ConfigDict(
        json_schema_extra={"if": said("price_micros", "integer"), "then": said("currency", "string")}
    )

    tool: Unit
    purpose: Annotated[Passage, Field(description="The job that it is to do.")]
    category: Annotated[
        str | None, Field(pattern="^[a-z_]{1,60}$", description="Where the catalogue does not know it.")
    ] = None
    unit: Annotated[Unit | None, Field(description="The team that is to use it.")] = None
    people: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = None
    data: list[Unit] = Field(
        default_factory=list, max_length=20, description="Kinds of data of persons that it is to hold."
    )
    needs: list[NeedOf] = Field(default_factory=list, max_length=6, description="Systems to which it must be tied.")
    price_micros: Annotated[Micros | None, Field(description="What a year costs by the vendor's offer.")] = None
    currency: Currency | None = None

    @model_validator(mode="after")
    def _priced(self) -> Wish:
        if self.price_micros is not None and self.currency is None:
            raise ValueError("a price has a currency")
        return self


class Back(Sent):
    """Why a request is taken back."""

    reason: Reason


@api.get("/requests", Act.LOOK, Page[Request])
def list_requests(
    here: Here,
    *,
    state: Literal["open", "done", "withdrawn"] | None = None,
    mine: Annotated[bool, Query(description="Only my own; whoever may not read the trail sees no others.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List requests, the latest first: one's own, or all for those who look after them."""
    everybody = here.may(Act.AUDIT) and not mine
    found = stored.requests(here.connection, account=None if everybody else here.account.id)
    rows = [row_of(here, row) for row in reversed(found)]
    return page_of([row for row in rows if state is None or is_in(row, state)], "id", cursor=cursor, limit=limit)


@api.get("/requests/{number}", Act.LOOK, RequestWhole)
def get_request(here: Here, number: Number) -> Row:
    """Return a request, where it stands, and what happened since."""
    row = the_request(here, number)
    mine = row["account_id"] == here.account.id
    shown = row_of(here, row)
    more = {
        "purpose": kept.text_of(here.connection, row["purpose_hash"]),
        "sentence": sentence_of(here, row),
        "approved": list((row["answered"] or {}).get("approved") or ()),
        "happened": [{"at": iso(one.at), "said": one.said} for one in happened(here, row)],
    }
    told: dict[str, Any] = nameless(more, named=mine or here.sees_names())
    return {field: shown[field] for field in _FIELDS} | told


@api.post("/requests", Act.REQUEST, Asked, 201)
def make_request(here: Here, connection: Connection, body: Wish) -> Row:
    """Ask for a tool. The answer comes at once, the decision in days.

    `request` is null where the tool may be used already: nothing has to be asked then.
    """
    port = here.office.requests
    try:
        wanted = port.plain(requests.check(_wanted(here, body)))
        found = port.forecast(wanted)
        told = None if found is None else {"one_off": found["one_off"], "run": found["run"]}
        asked = requests.ask(connection, here.gate(), wanted, here.account, forecast=told, hub=port.hub(wanted.unit))
    except Refused as error:
        raise refused(error) from None
    return {
        "request": asked.request,
        "case": asked.case,
        "tool_id": wanted.tool.id,
        "tool": wanted.tool.name,
        "approved": [row["id"] for row in asked.approved],
        "waiting_for": asked.waiting_for,
        "due_at": iso(asked.due_at),
        "forecast": None if found is None else found["sentence"],
    }


def _wanted(here: Here, body: Wish) -> Wanted:
    port = here.office.requests
    if body.category is not None and body.category not in here.office.inventory.jobs:
        raise _strange("category", here.office.inventory.jobs)
    if not {*body.data} <= {*port.data}:
        raise _strange("data", port.data)
    if body.price_micros is not None and body.currency not in port.currencies:
        raise _strange("currency", port.currencies)
    meant = here.office.requests.meant(body.tool, body.category)
    return Wanted(
        tool=meant.tool,
        purpose=body.purpose,
        unit=body.unit or stored.unit_of(here.connection, here.account.id),
        people=body.people,
        data=tuple(body.data),
        needs=tuple(body.needs),
        price=body.price_micros,
        currency=None if body.price_micros is None else body.currency,
    )


def _strange(field: str, known: Iterable[str]) -> Wrong:
    """Return the error of a word that the company's catalogue does not have."""
    return Wrong(HTTPStatus.CONFLICT, f"{field}: nothing is called that here.", f"There are: {', '.join(known)}.")


@api.post("/requests/{number}/withdraw", Act.LOOK, Withdrawn)
def withdraw_request(here: Here, connection: Connection, number: Number, body: Back) -> Row:
    """Take a request back: one's own, or, for the desk, anybody's."""
    row: Mapping[str, Any] = the_request(here, number)
    limited(here, Act.REQUEST if row["account_id"] == here.account.id else Act.WORK)
    try:
        said = here.office.requests.masked(body.reason)
        closed = requests.withdraw(connection, here.gate(), number, said, here.account)
    except Refused as error:
        raise refused(error) from None
    return {"request": number, "case_closed": closed}
