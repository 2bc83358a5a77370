"""Findings: the list, and one with what was read, how that is known, what the policy says, what to do, and a waiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from gate import waivers
from gate.accounts import named
from gate.roles import Act, require
from model.errors import Refused
from storage import cases
from storage.listings import finding_pages
from storage.listings.findings import SEVERITIES
from web import once
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal
from web.lists import ROWS, Page, exported, page_of
from web.snapshot import Until
from web.tool_words import evidence_path, evidence_said

pages = Pages("/findings")
Row = dict[str, Any]
FIELDS = (
    *("id", "policy", "title", "gap", "severity", "customer_severity", "verdict", "tool_id", "tool", "message"),
    *("since", "state", "watched", "queued", "evaluated", "waived_until"),
)
VERDICTS = {"violated": "wrong", "unknown": "cannot be judged"}
STATES = {"open": "open", "waived": "accepted", "resolved": "resolved"}
_WORDS: Mapping[str, Any] = {"evidence_path": evidence_path, "evidence_said": evidence_said}
#: So many rows a file has at most; what wants more filters, or uses `ostiary findings --format`.
_MOST = 10_000


@pages.get("", Act.LOOK)
def listed(here: Here) -> Any:
    """List findings, the worst first, as the address filters them."""
    wanted = _wanted(here)
    tool = here.snapshot.tool(wanted.pop("tool") or "")
    if tool is not None:
        return _of_tool(here, tool, wanted)
    if here.request.query_params.get("format"):
        rows, _ = finding_pages.page(here.connection, wanted, limit=_MOST, offset=0)
        file = exported(here, _titled(here, rows), FIELDS, "findings")
        if file is not None:
            return file
    given = here.request.query_params.get("page", "1")
    number = max(int(given), 1) if given.isdecimal() and len(given) < 7 else 1
    counted = _counted(here, wanted)
    rows, total = finding_pages.page(here.connection, wanted, limit=ROWS, offset=(number - 1) * ROWS, counted=counted)
    page = Page(
        rows=_titled(here, rows),
        total=total,
        known=total,
        number=number,
        sort=None,
        noun="finding" if total == 1 else "findings",
        formats=("csv", "json"),
    )
    return _list(here, page, wanted, None)


def _counted(here: Here, wanted: Mapping[str, str | None]) -> list[finding_pages.Group]:
    """Return how many findings there are by severity: counted once until somebody decides."""
    key = ("findings", *sorted((name, value) for name, value in wanted.items() if value is not None))
    return here.snapshot.once(key, lambda: finding_pages.groups(here.connection, wanted), Until.DECISION)


def _wanted(here: Here) -> dict[str, str | None]:
    query = here.request.query_params

    def among(name: str, known: Sequence[str] | Mapping[str, str], default: str | None = None) -> str | None:
        value = query.get(name)
        return value if value in known else default

    state = among("state", STATES, "open")
    return {
        "state": state,
        "verdict": among("verdict", VERDICTS, "violated" if state == "open" else None),
        "severity": among("severity", SEVERITIES),
        "customer_severity": among("customers", SEVERITIES),
        "gap": among("gap", here.office.cases.gaps()),
        "policy": among("policy", here.office.cases.titles()),
        "tool": query.get("tool"),
    }


def _of_tool(here: Here, tool: Mapping[str, Any], wanted: Mapping[str, str | None]) -> Any:
    rows = [
        row
        for row in here.office.cases.findings(here.connection, tool["id"])
        if all(value in {None, row[name]} for name, value in wanted.items())
    ]
    file = exported(here, rows, FIELDS, "findings")
    if file is not None:
        return file
    return _list(here, page_of(here, rows, noun="finding" if len(rows) == 1 else "findings"), wanted, tool)


def _list(here: Here, page: Page, wanted: Mapping[str, str | None], tool: Mapping[str, Any] | None) -> Any:
    titles = sorted(here.office.cases.titles().items(), key=lambda pair: pair[1])
    return here.render(
        "findings.html",
        page=page,
        wanted=wanted,
        tool=tool,
        severities=[(one, one) for one in SEVERITIES],
        gaps=[(one, one) for one in here.office.cases.gaps()],
        states=STATES,
        verdicts=VERDICTS,
        titles=titles,
        desk=here.may(Act.WORK),
    )


def _titled(here: Here, rows: Sequence[Row]) -> list[Row]:
    titles = here.office.cases.titles()
    return [row | {"title": titles.get(row["policy"], row["policy"])} for row in rows]


# --- one -------------------------------------------------------------------------------------------------------------


@pages.get("/{finding}", Act.LOOK)
def finding(here: Here, finding: str) -> Any:
    """Show a finding with all that stands behind it."""
    return _page(here, finding)


@pages.get("/{finding}/how", Act.LOOK)
def how(here: Here, finding: str) -> Any:
    """Return what stands behind a finding, as a part of another page; opened by itself it is the finding's page."""
    found = _the_finding(here, finding)
    if not here.is_partial:
        return here.see(f"/findings/{finding}")
    return here.render("finding_how.html", one=found, whole=False, desk=here.may(Act.WORK), **_WORDS)


@pages.get("/{finding}/waive", Act.WAIVE)
def waive_page(here: Here, finding: str) -> Any:
    """Ask until when a finding is accepted, and why."""
    return _page(here, finding, form=True)


@pages.post("/{finding}/waive", Act.WAIVE)
def waive(here: Here, finding: str) -> Any:
    """Accept a finding until a day."""
    found, form = _the_finding(here, finding), here.form
    until = form.day("until", "Name the day on which it is open again, such as 2027-01-31", needed=True)
    reason = form.need("reason", "Say why it may stand until then")
    if form.errors or until is None:
        return _page(here, finding, HTTPStatus.UNPROCESSABLE_ENTITY, form=True)
    named_ = (found["policy"], found["tool_id"])
    at, said = here.at.astimezone(here.office.zone), here.office.tools.masked(reason)
    try:
        with here.office.store.write() as connection:
            if (led := once.earlier(here, connection)) is not None:
                return here.see(led)
            by, trail = _by(here, found), here.office.trail()
            made = waivers.waive(connection, trail, named_, until, said, by=by, at=at)
            once.answered(here, connection, f"/findings/{finding}")
    except Refused as error:
        return _page(here, finding, HTTPStatus.CONFLICT, refusal(error), form=True)
    told = f"It is accepted until {here.locale.day(until)}, and asks nobody until then."
    return here.see(f"/findings/{finding}", told, undo=f"/decisions/{made}/undo")


@pages.post("/{finding}/unwaive", Act.WAIVE)
def unwaive(here: Here, finding: str) -> Any:
    """Open an accepted finding again before its day."""
    found = _the_finding(here, finding)
    reason = here.form.need("reason", "Say why it is open again")
    if here.form.errors:
        return _page(here, finding, HTTPStatus.UNPROCESSABLE_ENTITY)
    named_ = (found["policy"], found["tool_id"])
    try:
        with here.office.store.write() as connection:
            said, trail = here.office.tools.masked(reason), here.office.trail()
            waivers.unwaive(connection, trail, named_, said, by=_by(here, found), at=here.at)
    except Refused as error:
        return _page(here, finding, HTTPStatus.CONFLICT, refusal(error))
    return here.see(f"/findings/{finding}", "It is open again, and asks somebody to act.")


def _by(here: Here, found: Row) -> str:
    unit = cases.unit_of(here.connection, found["tool_id"])
    require(here.account, Act.WAIVE, at=here.at, unit=unit)
    return named(here.account)


def _the_finding(here: Here, finding: str) -> Row:
    found = here.office.cases.finding(here.connection, finding)
    if found is None:
        raise not_found("There is no such finding, or it ended.", "The list of findings has those in force.")
    return found


def _page(
    here: Here, finding: str, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None, *, form: bool = False
) -> Any:
    found = _the_finding(here, finding)
    unit = cases.unit_of(here.connection, found["tool_id"])
    return here.render(
        "finding.html",
        status,
        one=found,
        case=here.snapshot.open_case(found["tool_id"]),
        may_waive=here.may(Act.WAIVE) and here.account.covers(unit),
        asks=form,
        once=once.token(),
        problem=problem,
        desk=here.may(Act.WORK),
        whole=True,
        **_WORDS,
    )
