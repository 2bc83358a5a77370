"""Acts on a page of their own: a condition is met, a decision is taken back; each says what it will do first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from gate import conditions, undoing
from gate.accounts import addresses
from gate.roles import Act
from gate.views import called
from model.errors import Refused
from reports.words import clean
from storage import cases as stored
from storage import kept, queries
from storage.store import Connection
from web import once
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal
from web.pages.correcting import PATIENCE
from web.tool_words import who

pages = Pages()
#: Kinds of decisions that the gate judges anew at once: nothing else follows from them.
AT_ONCE = frozenset({"status", "signature", "waive", "unwaive", "condition_met", "undo", "revoke", "rating_note"})
Row = dict[str, Any]


# --- conditions ------------------------------------------------------------------------------------------------------


@pages.get("/cases/{number:int}/conditions/{condition:int}", Act.WORK)
def condition(here: Here, number: int, condition: int) -> Any:
    """Ask how a condition was met."""
    return _condition(here, number, condition)


@pages.post("/cases/{number:int}/conditions/{condition:int}", Act.WORK)
def meet(here: Here, number: int, condition: int) -> Any:
    """Record that a condition is met."""
    reason = here.form.need("reason", "Say how it was met: what was done, or which document says so")
    if here.form.errors:
        return _condition(here, number, condition, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = here.office.tools.masked(reason)
    try:
        with here.office.store.write() as connection:
            made = conditions.meet(connection, here.gate(), (number, condition), said, here.account)
    except Refused as error:
        return _condition(here, number, condition, HTTPStatus.CONFLICT, refusal(error))
    return here.see(f"/cases/{number}", f"Condition {condition} is met.", undo=f"/decisions/{made}/undo")


def _condition(
    here: Here, case: int, number: int, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None
) -> Any:
    row = conditions.decision_of(here.connection, case)
    known = [] if row is None else conditions.listed(here.connection, row)
    if not 1 <= number <= len(known):
        raise not_found(f"Case {case} has no condition {number} in force.", "Its page lists those that it has.")
    found = known[number - 1]
    owner = queries.actor_name(here.connection, found["owner"])
    listed = here.snapshot.case(case)
    tool = listed["tool"] if listed else f"Case {case}"
    return here.render(
        "condition.html", status, case=case, tool=tool, one=found | {"owner": owner}, problem=problem, number=number
    )


# --- taking back -----------------------------------------------------------------------------------------------------


@pages.get("/decisions/{number:int}/undo", Act.LOOK)
def undo(here: Here, number: int) -> Any:
    """Say what taking a decision back will do, and ask why."""
    return _undo(here, number)


@pages.post("/decisions/{number:int}/undo", Act.LOOK)  # who may follows from what was decided: the gate says it
def take_back(here: Here, number: int) -> Any:
    """Take a decision back, by one of its own."""
    row = _decision(here.connection, number)
    reason = here.form.need("reason", "Say why you take it back: it is kept")
    if here.form.errors:
        return _undo(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = here.office.tools.masked(reason)
    try:
        with here.office.store.write() as connection:
            if (led := once.earlier(here, connection)) is not None:
                return here.see(led)
            undoing.undo(connection, here.gate(), number, said, here.account)
            once.answered(here, connection, _back(row))
    except Refused as error:
        return _undo(here, number, HTTPStatus.CONFLICT, refusal(error))
    return _followed(here, row)


def _followed(here: Here, row: Row) -> Any:
    """Let what follows be derived where that is more than the gate judged at once; show it, or how far it is."""
    if row["kind"] in AT_ONCE:
        return here.see(_back(row), "It is taken back.")
    following = here.office.tools.following
    following.ask("review undo")
    if following.wait(PATIENCE):
        return here.see(_back(row), "It is taken back, and the lists follow it.")
    return here.see("/following", "It is taken back.", next=_back(row))


def _decision(connection: Connection, number: int) -> Row:
    found = kept.numbered(connection, [number])
    if not found:
        raise not_found(f"There is no decision {number}.")
    return found[0]


def _undo(here: Here, number: int, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None) -> Any:
    row = _decision(here.connection, number)
    named = addresses(here.connection)
    kind, about = _about(row)
    tool = _tool(here, row)
    return here.render(
        "undo.html",
        status,
        row=row | {"by": who(row["by"], named, named=here.sees_names())},
        reason=kept.text_of(here.connection, row["reason_hash"]),
        what=_what(row, tool),
        does=_does(here.connection, row, tool),
        tool=tool,
        back=_back(row),
        known=kind == "tool" and about is not None,
        once=once.token(),
        problem=problem,
    )


def _about(row: Row) -> tuple[str, str]:
    kind, _, about = row["object"].partition(":")
    return kind, about


def _tool(here: Here, row: Row) -> str:
    """Return the name of what a decision is about."""
    kind, about = _about(row)
    if kind == "case" and about.isdecimal():
        found = stored.case(here.connection, int(about))
        about = str(found["tool_id"]) if found else about
    elif kind == "finding":
        about = about.partition(":")[2]
    elif kind == "decision":
        return f"decision {about}"
    return clean(queries.tool_name(here.connection, about) or about)[:120]


def _back(row: Row) -> str:
    """Return the page to which taking back leads: the case, the tool, or the finding."""
    kind, about = _about(row)
    if row["detail"].get("case") is not None:
        return f"/cases/{row['detail']['case']}"
    if kind == "finding":
        return f"/findings/{about}"
    return {"tool": f"/tools/{about}", "merchant": "/money"}.get(kind, "/")


_KINDS = {
    "waive": "{tool}: a finding was accepted",
    "unwaive": "{tool}: an accepted finding was opened again",
    "answer": "{tool}: a question was answered",
    "rating": "{tool}: a side said how it sees it",
    "rating_note": "{tool}: what a meeting said was kept",
    "condition_met": "{tool}: a condition was met",
    "merge": "{tool} was made one with another tool",
    "split": "A name was split off: {tool}",
    "owner": "{tool}: somebody was named to answer for it",
    "noise": "{tool}: it was ruled to be noise, or none",
    "merchant": "A merchant was ruled on: {tool}",
    "alias": "A name was taught: {tool}",
    "undo": "A decision was taken back: {tool}",
    "revoke": "A rule was stopped: {tool}",
}


def _what(row: Row, tool: str) -> str:
    detail = row["detail"]
    if row["kind"] == "status":
        return f"{tool} was {str(detail['status']).replace('_', ' ')}"
    if row["kind"] == "signature":
        return f"{called(detail['side'])} signed for {tool}: {str(detail['outcome']).replace('_', ' ')}"
    return _KINDS.get(row["kind"], "{tool}").format(tool=tool)


def _does(connection: Connection, row: Row, tool: str) -> str:
    """Return what taking it back will do."""
    if row["kind"] == "status":
        about = row["object"]
        before = [one for one in kept.standing_about(connection, about) if one["kind"] == "status"]
        if not before or before[-1]["id"] != row["id"]:
            return f"A later decision stands, so {tool} stays as it is."
        status = str(before[-2]["detail"]["status"]).replace("_", " ") if len(before) > 1 else "new"
        again = f"{tool} is {status} again and judged by that at once."
        return again if len(before) > 1 else f"{again} The next scan opens a case where Marketing uses or pays it."
    if row["kind"] == "signature":
        return "Your word counts no more. The case waits for it again."
    if row["kind"] in {"waive", "condition_met", "answer", "rating"}:
        return {
            "waive": "The finding is open again, and asks somebody to act.",
            "condition_met": "The condition is open again. Once it is late, the case comes back.",
            "answer": "What was answered is unknown again. It may be asked anew.",
            "rating": "The rating before it stands again, if there was one.",
        }[row["kind"]]
    return "It holds no more, as if it had not been said. That it was said stays in the trail."
