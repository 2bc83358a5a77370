"""Tools: the list, one with all that is known of it, and its people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Query

from gate import accounts, decisions
from gate.roles import Act, require
from model.errors import Refused
from storage import cases
from storage.store import Connection
from storage.times import to_ms
from web.api.answers import page_of
from web.api.models import Finding, Page, Tool
from web.api.models_tool import Person, Revealed, ToolWhole
from web.api.persons import nameless, person
from web.api.routing import Api, Cursor, Filter, Id, Limit, Reason, Row, Sent, Sought, refused
from web.errors import not_found
from web.here import Here
from web.listing_tools import Wanted, find

api = Api("Tools")
Status = Literal["new", "in_review", "approved", "approved_with_conditions", "rejected", "retired"]
Known = Literal["yes", "no", "unknown"]
_By = Literal[
    "name", "-name", "status", "-status", "people", "-people",
    "findings", "-findings", "spend", "-spend", "first_seen", "-first_seen",
    "last_seen", "-last_seen", "technology", "-technology", "customers", "-customers",
]  # fmt: skip
_FIELDS, _FINDING = tuple(Tool.model_fields), tuple(Finding.model_fields)


class Asked(Sent):
    """Why people are to be seen by name."""

    reason: Reason


@api.get("/tools", Act.LOOK, Page[Tool])
def list_tools(
    here: Here,
    *,
    search: Sought = "",
    category: Annotated[Filter, Query(description="Slug of a category; `unknown`: nobody knows it.")] = None,
    marketing: Annotated[Known | None, Query(description="Whether Marketing uses or pays it.")] = None,
    status: Status | None = None,
    source: Annotated[Filter, Query(description="A source that shows it.")] = None,
    noise: Annotated[Literal["hidden", "shown", "only"], Query(description="What lists hide.")] = "hidden",
    provisional: Annotated[bool, Query(description="Only those that the catalogue does not know.")] = False,
    sort: Annotated[_By, Query(description="Unknown values come last either way.")] = "-people",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List the tools that are in use, those with most people first."""
    wanted = Wanted(
        search=search,
        category=category or "",
        marketing=marketing or "",
        status=status or "",
        source=source or "",
        noise="" if noise == "hidden" else noise,
        provisional="1" if provisional else "",
        sort="" if sort == "-people" else sort,
    )
    return page_of(find(here.snapshot, wanted).rows, "id", cursor=cursor, limit=limit)


def the_tool(here: Here, wanted: str) -> Mapping[str, Any]:
    """Return the row of a tool by its id, or by one that it had. Raises Wrong where there is none."""
    row = here.snapshot.tool(wanted)
    if row is None:
        found = here.office.tools.find(wanted)
        now = found[0] if len(found) == 1 else wanted
        row = here.snapshot.tool(now) or next(iter(here.office.listed.lists([now]).tools), None)
    if row is None:
        raise not_found("There is no tool of this id, or not any more.", "Look for it: `GET /api/v1/tools?search=`.")
    return row


@api.get("/tools/{tool}", Act.LOOK, ToolWhole)
def get_tool(here: Here, tool: Id) -> Row:
    """Return all that is known of a tool, each value with the evidence behind it. A former id leads to it, too."""
    row = the_tool(here, tool)
    name = row["id"]
    named, known, case = here.sees_names(name), here.office.tools.known(name), here.snapshot.open_case(name)
    addresses = accounts.addresses(here.connection) if named else {}
    return {field: row[field] for field in _FIELDS} | nameless(
        {
            "open_case": None if case is None else case["id"],
            "facts": [{"area": area, **fact} for area, facts in known["areas"].items() for fact in facts],
            "identities": known["identities"],
            "joined": known["joined"],
            "months": known["months"],
            "charges": [{n: one[n] for n in ("month", "charges", "total", "named")} for one in known["charges"]],
            "records": known["records"],
            "connections": here.office.connections.of_tool(name, named=named),
            "findings": [{field: one[field] for field in _FINDING} for one in known["findings"]],
            "decisions": [decision(one, addresses) for one in known["decisions"]],
        },
        named=named,
    )


def decision(row: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Return a decision as lists have it."""
    kept = {name: row[name] for name in ("id", "at", "kind", "object", "reason", "in_force")}
    detail = {name: value for name, value in row["detail"].items() if name != "words"}
    return kept | {"by": named.get(row["by"], row["by"]), "detail": detail}


# --- its people ------------------------------------------------------------------------------------------------------


@api.get("/tools/{tool}/people", Act.LOOK, Page[Person])
def list_people(here: Here, *, tool: Id, cursor: Cursor = None, limit: Limit = 50) -> Row:
    """List who uses a tool, who does most first: by number; by address too where the account may see names."""
    name = the_tool(here, tool)["id"]
    named = here.sees_names(name)
    rows = here.office.tools.people(name)
    return page_of(rows, "person", cursor=cursor, limit=limit, shown=lambda row: person(row, named=named))


@api.post("/tools/{tool}/people/reveal", Act.REVEAL, Revealed, secret=True)
def reveal_people(here: Here, connection: Connection, tool: Id, body: Asked) -> Row:
    """Return the people of a tool by name, once. Who asked for them, and why, is written into the trail."""
    name = the_tool(here, tool)["id"]
    try:
        require(here.account, Act.REVEAL, at=here.at, unit=cases.unit_of(connection, name))
    except Refused as error:
        raise refused(error) from None
    note_reveal(here, connection, name, here.office.tools.masked(body.reason))
    return {"items": [person(row, named=True) for row in here.office.tools.people(name)]}


def note_reveal(here: Here, connection: Connection, tool: str, reason: str) -> None:
    """Write into the trail that names were shown, to whom, and why."""
    digest = decisions.keep_words(connection, reason)
    here.office.trail().write(
        connection,
        at=here.at,
        actor=accounts.named(here.account),
        act="names.reveal",
        about=f"tool:{tool}",
        detail={"reason": digest, "until": to_ms(here.at)},
    )
