"""What was decided, what changed, and the trail of who did what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import Path, Query

from gate import accounts, undoing
from gate.audit import canonical
from gate.roles import Act
from model.errors import Refused
from storage import kept
from storage.listings import changes as change_rows
from storage.listings import trail_pages
from storage.store import Connection
from storage.times import iso, to_ms
from web.api.answers import packed, page_of, unpacked
from web.api.bodies import Day
from web.api.models import AuditRow, Change, Decision, Page
from web.api.models_more import ChangeWhole, Made, Verified
from web.api.persons import nameless
from web.api.routing import Api, Cursor, Filter, Limit, Number, Reason, Row, Sent, limited, refused
from web.api.twice import afterwards
from web.errors import not_found
from web.here import Here
from web.pages.case_steps import AT_ONCE

api = Api("Trail")
#: So far back changes are listed where nothing is said; so many lists of them are held.
_LATELY, _HELD = timedelta(days=30), 4


# --- decisions -------------------------------------------------------------------------------------------------------


class Undo(Sent):
    """Why a decision is taken back."""

    reason: Reason


@api.get("/decisions", Act.LOOK, Page[Decision])
def list_decisions(
    here: Here,
    *,
    kind: Annotated[Filter, Query(description="Such as `status`, `merge`, `answer`, `waive`.")] = None,
    about: Annotated[Filter, Query(description="What it is about, such as `tool:hubspot`.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List what was ruled, the latest first."""
    before = None if cursor is None else unpacked(cursor, int)[0]
    rows, total = trail_pages.decisions(here.connection, kind=kind, about=about, number=before, limit=limit + 1)
    onward = packed([rows[limit - 1]["id"]]) if len(rows) > limit else None
    return {"items": _by_address(here, rows[:limit]), "total": total, "next": onward}


@api.get("/decisions/{number}", Act.LOOK, Decision)
def get_decision(here: Here, number: Number) -> Row:
    """Return one decision."""
    rows, _ = trail_pages.decisions(here.connection, kind=None, about=None, number=number + 1, limit=1)
    if not rows or rows[0]["id"] != number:
        raise not_found(f"There is no decision {number}.", "`GET /api/v1/decisions` lists them.")
    return _by_address(here, rows)[0]


def _by_address(here: Here, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not here.sees_names():
        found: list[dict[str, Any]] = nameless(rows)
        return found
    named = accounts.addresses(here.connection)
    return [row | {"by": named.get(row["by"], row["by"])} for row in rows]


@api.post("/decisions/{number}/undo", Act.LOOK, Made)
def undo_decision(here: Here, connection: Connection, number: Number, body: Undo) -> Row:
    """Take a decision back, by one of its own. Who may follows from what was decided."""
    found = kept.numbered(connection, [number])
    if not found:
        raise not_found(f"There is no decision {number}.", "`GET /api/v1/decisions` lists them.")
    limited(here, *undoing.takes(found[0]))
    try:
        made = undoing.undo(connection, here.gate(), number, here.office.tools.masked(body.reason), here.account)
    except Refused as error:
        raise refused(error) from None
    if found[0]["kind"] not in AT_ONCE:
        afterwards(here, lambda: here.office.tools.following.ask("review undo"))
    return {"decision": made}


# --- changes ---------------------------------------------------------------------------------------------------------


@api.get("/changes", Act.LOOK, Page[Change])
def list_changes(
    here: Here,
    *,
    since: Annotated[Day | None, Query(description="From this day on; 30 days where none is named.")] = None,
    tool: Annotated[Filter, Query(description="The id of a tool.")] = None,
    kind: Annotated[Filter, Query(description="tool, link, finding, case, decision, or a kind of record.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List what became different, the latest first."""
    begin = since or (here.at - _LATELY).astimezone(here.office.zone).date()
    rows = [row for row in _changes(here, begin) if tool in {None, row["tool_id"]} and kind in {None, row["kind"]}]
    named = here.sees_names()
    return page_of(rows, "id", cursor=cursor, limit=limit, shown=lambda row: nameless(row, named=named))


def _changes(here: Here, begin: date) -> list[dict[str, Any]]:
    """Return all changes from a day on, the latest first: read once until somebody acts or a run ends."""
    held: dict[date, list[dict[str, Any]]] = here.snapshot.once("changes", dict)
    found = held.get(begin)
    if found is None:
        if len(held) >= _HELD:
            held.clear()
        rows = change_rows.changes(here.connection, since=_ms(here, begin))
        found = held[begin] = rows[::-1]
    return found


def _ms(here: Here, day: date, *, end: bool = False) -> int:
    last = timedelta(days=1) if end else timedelta(0)
    try:
        return to_ms(datetime.combine(day + last, time(), here.office.zone)) - int(end)
    except OverflowError:
        return 2**53


@api.get("/changes/{change}", Act.LOOK, ChangeWhole)
def get_change(here: Here, change: Annotated[str, Path(pattern="^[0-9a-f]{10}$")]) -> Row:
    """Return a change with what made it so, and the evidence behind both states."""
    found = change_rows.change(here.connection, change)
    if len(found) != 1:
        raise not_found("There is no such change.", "`GET /api/v1/changes` lists them.")
    shown: Row = nameless(found[0], named=here.sees_names())
    return shown


# --- the audit trail -------------------------------------------------------------------------------------------------


@api.get("/audit", Act.AUDIT, Page[AuditRow])
def list_audit(
    here: Here,
    *,
    since: Annotated[Day | None, Query(description="From this day on.")] = None,
    until: Annotated[Day | None, Query(description="Up to and with this day.")] = None,
    actor: Annotated[Filter, Query(description="Who did it: an address, or a name such as `account:3`.")] = None,
    act: Annotated[
        Filter, Query(description="An act, such as `decision.status`, or what all begin with: `account`.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List the trail of who did what, the latest first."""
    named = accounts.addresses(here.connection)
    by_address = {address: name for name, address in named.items()}
    rows, total = trail_pages.trail(
        here.connection,
        actor=None if actor is None else by_address.get(actor.strip().casefold(), actor),
        act=act,
        since=None if since is None else _ms(here, since),
        until=None if until is None else _ms(here, until, end=True),
        number=None if cursor is None else unpacked(cursor, int)[0],
        limit=limit + 1,
    )
    onward = packed([rows[limit - 1]["n"]]) if len(rows) > limit else None
    return {"items": [_audited(row, named) for row in rows[:limit]], "total": total, "next": onward}


def _audited(row: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: _text(row[name]) for name in ("act", "object", "mac")}
    by = _text(row["actor"])
    return found | {
        "n": row["n"],
        "at": _moment(row["at"]),
        "actor": named.get(by, by),
        "detail": _detail(row["detail"]),
    }


def _text(value: Any) -> str:
    """Return a text also where somebody put into the trail what is none."""
    return str(value).encode("utf-8", "replace").decode()


def _moment(at: Any) -> str | None:
    try:
        return iso(at)
    except (TypeError, ValueError, OverflowError):
        return None


def _detail(told: Any) -> Any:
    try:
        found = json.loads(told)
        return found if canonical(found) == told else _text(told)
    except (TypeError, ValueError):
        return _text(told)


@api.get("/audit/verify", Act.AUDIT, Verified)
def verify_audit(here: Here) -> Row:
    """Check every row of the trail against the one before; `broken` says which does not hold, and why."""
    rows, trail = kept.audit_rows(here.connection), here.office.trail()
    broken = trail.verify(rows)
    head = {"n": rows[-1]["n"], "mac": rows[-1]["mac"]} if rows else {"n": 0, "mac": ""}
    why = None if broken is None else _text(broken.why)
    return {"holds": broken is None, "rows": len(rows), "keyed": trail.keyed, "broken": why, "head": head}
