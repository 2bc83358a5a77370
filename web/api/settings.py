"""What is read and judged by: coverage, sources and scans; policies."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from gate.accounts import named
from gate.roles import Act
from storage.listings.coverage import coverage
from storage.times import iso, to_ms
from web.api.answers import page_of
from web.api.models import Page, Policy, Stream
from web.api.models_more import PolicyWhole, Refusals, Scan, Source
from web.api.models_rules import Trial
from web.api.routing import Api, Cursor, Filter, Id, Limit, Line, Number, Passage, Row, Sent
from web.errors import Wrong, not_found
from web.here import Here
from web.ports.policies import Change, Counts, Fault, Faults
from web.scanning import Scan as Begun

api = Api("Sources and policies")
_POLICY = tuple(Policy.model_fields)


class Try(Sent):
    """A policy as it would stand: what is not said stays as it is. Thresholds are typed as on its page."""

    applies: Passage | None = None
    require: Passage | None = None
    thresholds: dict[Line, Line] = Field(default_factory=dict, max_length=50)


class Start(Sent):
    """Which sources are read; none named: all that can be read now."""

    sources: list[Line] = Field(default_factory=list, max_length=100)


# --- sources ---------------------------------------------------------------------------------------------------------


@api.get("/coverage", Act.LOOK, Page[Stream])
def list_coverage(
    here: Here,
    *,
    source: Annotated[Filter, Query(description="The name of a source.")] = None,
    status: Literal["complete", "partial", "refused", "failed"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List what was really read of each list of each source. What is not complete is not seen, and is not zero."""
    rows = [
        {"key": (row["source"], row["stream"]), "row": row}
        for row in coverage(here.connection)
        if source in {None, row["source"]} and status in {None, row["status"]}
    ]
    return page_of(rows, "key", cursor=cursor, limit=limit, shown=lambda row: row["row"])


@api.get("/sources", Act.LOOK, Page[Source])
def list_sources(here: Here, cursor: Cursor = None, limit: Limit = 50) -> Row:
    """List the sources, and when each is read next."""
    rows = [
        {
            **{name: getattr(one, name) for name in ("name", "kind", "is_live", "schedule", "next_at", "overdue")},
            "streams": [stream.name for stream in one.streams],
            "lacking": [stream.name for stream in one.lacking],
        }
        for one in here.office.sources.sources(here.connection)
    ]
    return page_of(rows, "name", cursor=cursor, limit=limit)


@api.get("/scans", Act.RUN, Page[Scan])
def list_scans(here: Here, cursor: Cursor = None, limit: Limit = 50) -> Row:
    """List the last scans that were begun from the web, the latest first."""
    rows = [_scan(one) for one in here.office.sources.scans.lately()]
    return page_of(rows, "id", cursor=cursor, limit=limit)


@api.get("/scans/{number}", Act.RUN, Scan)
def get_scan(here: Here, number: Number) -> Row:
    """Return how far a scan is, or what came of it."""
    found = here.office.sources.scans.get(number)
    if found is None:
        raise not_found(f"No scan {number} is remembered.", "`GET /api/v1/scans` lists the last ones.")
    return _scan(found)


@api.post("/scans", Act.RUN, Scan, 202, within=False)
def start_scan(here: Here, body: Start) -> Row:
    """Read sources now; it goes on beside. While one is under way no other one begins."""
    port = here.office.sources
    live = port.live()
    strange = [name for name in body.sources if name not in live]
    if strange:
        raise not_found("There is no such source that can be read now.", "`GET /api/v1/sources` lists them.")
    names = list(dict.fromkeys(body.sources)) or live
    if not names:
        raise Wrong(
            HTTPStatus.CONFLICT, "No source can be read from here.", "Name one under [sources] of the configuration."
        )
    begun, is_new = port.scans.start(names, named(here.account), port.took(here.connection, names))
    if not is_new:
        do = "Begin again when it has ended."
        raise Wrong(HTTPStatus.CONFLICT, f"Scan {begun.id} is under way.", do)
    return _scan(begun)


def _scan(one: Begun) -> dict[str, Any]:
    read = one.read
    return {
        **{name: getattr(one, name) for name in ("id", "by", "outcome", "problem")},
        "sources": list(one.sources),
        "at": iso(to_ms(one.at)),
        "ended_at": None if one.ended_at is None else iso(to_ms(one.ended_at)),
        "run": None if read is None else read.run,
        "steps": [
            {"what": step.what, "at": iso(to_ms(step.at)), "done": step.done, "total": step.total} for step in one.steps
        ],
        **{name: None if read is None else getattr(read, name) for name in ("opened", "approved", "changed")},
        "notes": [] if read is None else list(read.notes),
    }


# --- policies --------------------------------------------------------------------------------------------------------


@api.get("/policies", Act.LOOK, Page[Policy])
def list_policies(
    here: Here,
    *,
    gap: Annotated[Filter, Query(description="What it is about, such as `security`.")] = None,
    mode: Literal["on", "watch", "off"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List the policies as the company has them."""
    rows = [row for row in here.office.policies.rows() if gap in {None, row["gap"]} and mode in {None, row["mode"]}]
    return page_of(rows, "id", cursor=cursor, limit=limit, shown=_policy)


def _policy(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _POLICY}


@api.get("/policies/refused", Act.LOOK, Refusals)
def list_refused_policies(here: Here) -> Row:
    """Return what is not evaluated because it is no policy, with the place and what to do."""
    return {
        "items": [
            {n: row[n] for n in ("line", "column", "policy", "message")} for row in here.office.policies.refused()
        ]
    }


@api.get("/policies/{policy}", Act.LOOK, PolicyWhole)
def get_policy(here: Here, policy: Id) -> Row:
    """Return a policy whole: what it reads, why it is there, what to do, and its worked examples."""
    found = here.office.policies.whole(policy)
    if found is None:
        raise not_found("There is no policy of this id.", "`GET /api/v1/policies` lists them.")
    row = {name: found[name] for name in _POLICY if name != "cases"}
    return row | {
        **{name: found[name] for name in ("own_records", "message", "why", "do", "refs")},
        "reads": [one["fact"] for one in found["reads"]],
        "cases": len(found["cases"]),
        "thresholds": found["with"],
        "overridden": dict(found["overridden"]),
        "examples": [{name: one[name] for name in ("expect", "note", "facts")} for one in found["cases"]],
    }


@api.post("/policies/{policy}/try", Act.RUN, Trial, within=False)
def try_policy(here: Here, policy: Id, body: Try) -> Row:
    """Judge the present data by a changed policy, beside what it makes as it stands; nothing is kept."""
    found = here.office.policies.whole(policy)
    if found is None:
        raise not_found("There is no policy of this id.", "`GET /api/v1/policies` lists them.")
    known = {one["name"]: one["typed"] for one in found["thresholds"]}
    strange = sorted({*body.thresholds} - {*known})
    if strange:
        what = f"{policy} has no threshold {strange[0][:60]!r}."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, what, f"It has: {', '.join(known) or 'none'}.")
    change = Change(
        applies=body.applies or found["written"]["applies"],
        require=body.require or found["written"]["require"],
        thresholds={**known, **body.thresholds},
    )
    try:
        tried = here.office.policies.tried(here.connection, found["id"], change)
    except Faults as error:
        faults = [{"where": _where(one), "what": one.message} for one in error.faults]
        do = "Correct it: `errors` says where."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, "That is no policy.", do, errors=faults) from None
    counts = {name: _counted(getattr(tried, name)) for name in ("before", "after")}
    more = {"changes": list(tried.changes), "judged": tried.judged, "of": tried.of, "keep": tried.keep}
    return {"policy": found["id"], **counts, **more}


def _where(one: Fault) -> str:
    """Return where a fault is: a threshold, or a condition with line and column."""
    if one.field.startswith("with-"):
        return f"thresholds.{one.field.removeprefix('with-')}"
    return f"{one.field}:{one.line}:{one.column}"


def _counted(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("met", "violated", "unknown", "open", "apart")}
