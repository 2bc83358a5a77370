"""The inventory: what may be used for which job, on which terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Query

from gate.roles import Act
from storage import connections
from storage import requests as requested
from storage.times import to_ms
from web import plain_rights
from web.api.answers import page_of
from web.api.models import InventoryItem, Page
from web.api.models_more import InventoryWhole
from web.api.routing import Api, Cursor, Filter, Id, Limit, Row, Sought
from web.errors import not_found
from web.here import Here
from web.pages.inventory import Wanted, as_undecided, chosen, same_job

api = Api("Inventory")
Use = Literal["allowed", "yes", "conditions", "no", "undecided", "all"]
_FIELDS = tuple(InventoryItem.model_fields)


@api.get("/inventory", Act.LOOK, Page[InventoryItem])
def list_inventory(
    here: Here,
    *,
    search: Sought = "",
    job: Annotated[Filter, Query(description="Slug of a category.")] = None,
    owner: Annotated[Filter, Query(description="A part of an owner's name or address.")] = None,
    use: Annotated[Use, Query(description="`allowed`: yes, or on conditions.")] = "allowed",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List what may be used, by job; also what is to be left, and what nobody has decided about."""
    wanted = Wanted(search=search.strip(), job=job or "", owner=owner or "", use="" if use == "allowed" else use)
    return page_of(chosen(here, wanted), "tool_id", cursor=cursor, limit=limit, shown=_shown)


@api.get("/inventory/{tool}", Act.LOOK, InventoryWhole)
def get_inventory_item(here: Here, tool: Id) -> Row:
    """Return whether a tool may be used, on which terms, and what to use instead."""
    terms, known = here.snapshot.terms(tool), here.snapshot.tool(tool)
    if terms is None and known is None:
        raise not_found("There is no tool of this id.", "Ask for it, if it is not there: `POST /api/v1/requests`.")
    row = terms or as_undecided(known or {}, here.office.inventory.jobs)
    return _shown(row) | {
        "can": list(plain_rights.sentences(connections.held_by(here.connection, tool))),
        "units": requested.units(here.connection, tool, to_ms(here.looking.as_of)),
        "same_job": [one["tool_id"] for one in same_job(here, row)],
    }


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {field: row.get(field) for field in _FIELDS}
