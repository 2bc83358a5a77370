"""Findings: the list, one with all that stands behind it, and what stands behind a key of evidence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from gate import waivers
from gate.accounts import named
from gate.roles import Act, require
from model.errors import Refused
from storage import cases as stored_cases
from storage.listings import finding_pages
from storage.listings.findings import SEVERITIES
from storage.store import Connection
from web.api.answers import no_cursor, packed, unpacked
from web.api.bodies import Day
from web.api.cases import lacks
from web.api.models import Finding, FindingLine, Page
from web.api.models_more import Evidence, FindingWhole, Made
from web.api.persons import nameless
from web.api.routing import Api, Cursor, Filter, Id, Limit, Reason, Row, Sent, refused
from web.errors import not_found
from web.here import Here
from web.snapshot import Until

api = Api("Findings")
Severity = Literal["critical", "high", "medium", "low"]
_FIELDS, _LINE = tuple(Finding.model_fields), tuple(FindingLine.model_fields)


@api.get("/findings", Act.LOOK, Page[FindingLine])
def list_findings(
    here: Here,
    *,
    state: Literal["open", "waived", "resolved"] | None = "open",
    verdict: Annotated[
        Literal["violated", "unknown", "met"] | None, Query(description="Any where none is named.")
    ] = None,
    severity: Annotated[Severity | None, Query(description="For systems, operation and money.")] = None,
    customer_severity: Annotated[Severity | None, Query(description="For persons and the brand.")] = None,
    gap: Annotated[Filter, Query(description="What the policy is about, such as `security`.")] = None,
    policy: Filter = None,
    tool: Annotated[Filter, Query(description="The id of a tool.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List findings in force, the worst first. Policies that may apply to a tool stand at the tool, not here."""
    wanted = {
        "state": state,
        "verdict": verdict,
        "severity": severity,
        "customer_severity": customer_severity,
        "gap": gap,
        "policy": policy,
        "tool_id": tool,
    }
    begin = None if cursor is None else _place(cursor)
    counted = _counted(here, wanted)
    rows, total = finding_pages.after(here.connection, wanted, begin, limit=limit + 1, counted=counted)
    titles = here.office.cases.titles()
    shown = [{**row, "title": titles.get(row["policy"], row["policy"])} for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    items = nameless([{field: row[field] for field in _LINE} for row in shown], named=here.sees_names())
    return {"items": items, "total": total, "next": None if last is None else packed(finding_pages.place(last))}


def _place(cursor: str) -> finding_pages.Place:
    one, two, watched, tool, policy = unpacked(cursor, str, str, bool, str, str)[:5]
    if not {one, two} <= {*SEVERITIES} or "\x00" in tool + policy:
        raise no_cursor()
    return finding_pages.Place(one, two, watched, tool, policy)


def _counted(here: Here, wanted: dict[str, str | None]) -> list[finding_pages.Group] | None:
    """Return how many findings there are by severity, counted once until somebody decides; None: of few tools."""
    port = here.office.cases
    known = {None, *port.titles()}, {None, *port.gaps()}
    if wanted["tool_id"] is not None or wanted["policy"] not in known[0] or wanted["gap"] not in known[1]:
        return None
    key = ("findings counted", *wanted.values())
    return here.snapshot.once(key, lambda: finding_pages.groups(here.connection, wanted), Until.DECISION)


@api.get("/findings/{finding}", Act.LOOK, FindingWhole)
def get_finding(here: Here, finding: Id) -> Row:
    """Return a finding (`POLICY:TOOL`) with what was read, how that is known, and what the policy says."""
    found = the_finding(here, finding)
    row: dict[str, Any] = {field: found[field] for field in _FIELDS if field != "missing"}
    row |= {"missing": lacks(found), "since": found["since"], "facts": found["facts"], "history": found["history"]}
    row["settles"] = [one | told for one, told in zip(row["missing"], found["missing"], strict=True)]
    rule = found["rule"]
    row["rule"] = None if rule is None else {n: rule[n] for n in ("applies", "require", "why", "do", "refs")}
    waiver = found["waiver"]
    row["waiver"] = None if waiver is None else waiver | {"until": found["waived_until"]}
    shown: Row = nameless(row, named=here.sees_names(found["tool_id"]))
    return shown


def the_finding(here: Here, finding: str) -> dict[str, Any]:
    """Return a finding with all that stands behind it. Raises Wrong where there is none."""
    found = here.office.cases.finding(here.connection, finding)
    if found is None:
        raise not_found("There is no such finding, or it ended.", "`GET /api/v1/findings` lists those in force.")
    return found


# --- accepting one ---------------------------------------------------------------------------------------------------


class Waive(Sent):
    """Until which day a finding is accepted (it is open again on that day), and why."""

    until: Day
    reason: Reason


class Unwaive(Sent):
    """Why an accepted finding is open again."""

    reason: Reason


@api.post("/findings/{finding}/waive", Act.WAIVE, Made)
def waive_finding(here: Here, connection: Connection, finding: Id, body: Waive) -> Row:
    """Accept a finding until a day, within a year: it asks nobody until then."""
    found = the_finding(here, finding)
    at, trail = here.at.astimezone(here.office.zone), here.office.trail()
    said, about = here.office.tools.masked(body.reason), (found["policy"], found["tool_id"])
    try:
        by = _by(here, connection, found)
        return {"decision": waivers.waive(connection, trail, about, body.until, said, by=by, at=at)}
    except Refused as error:
        raise refused(error) from None


@api.post("/findings/{finding}/unwaive", Act.WAIVE, Made)
def unwaive_finding(here: Here, connection: Connection, finding: Id, body: Unwaive) -> Row:
    """Open an accepted finding again before its day."""
    found = the_finding(here, finding)
    said, about = here.office.tools.masked(body.reason), (found["policy"], found["tool_id"])
    try:
        by, trail = _by(here, connection, found), here.office.trail()
        return {"decision": waivers.unwaive(connection, trail, about, said, by=by, at=here.at)}
    except Refused as error:
        raise refused(error) from None


def _by(here: Here, connection: Connection, found: Row) -> str:
    require(here.account, Act.WAIVE, at=here.at, unit=stored_cases.unit_of(connection, found["tool_id"]))
    return named(here.account)


# --- evidence --------------------------------------------------------------------------------------------------------


@api.get("/evidence", Act.LOOK, Evidence)
def get_evidence(
    here: Here,
    key: Annotated[str, Query(min_length=3, max_length=2_000, pattern=r"^[^\x00]+$", description="A key of evidence.")],
) -> Row:
    """Return what stands behind a key: the record of a source, the use of a month, a decision, an answer, a page."""
    kind, _, _ = key.partition(":")
    try:
        found = here.office.cases.evidence(here.connection, key)
    except Refused:
        raise not_found(
            "Nothing in force stands behind this.", "The source no longer gives it, or it is no key."
        ) from None
    rest = {name: value for name, value in found.items() if name not in {"evidence", "see"}}
    return {"evidence": key, "kind": kind, "found": nameless(rest, named=here.sees_names())}
