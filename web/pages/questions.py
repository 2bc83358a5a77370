"""Questions: those that somebody was asked, and answering one; for the desk all of them, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from gate import questions as gated
from gate.accounts import named
from gate.answers import expected, parse
from gate.questions import Asking
from gate.roles import Act, require
from model.errors import Refused
from model.fact import encode
from model.facts import VOCABULARY, Fact, Type
from storage import accounts as stored_accounts
from storage import cases, kept
from storage import questions as stored
from storage.listings import question_pages
from storage.times import iso
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal
from web.lists import ROWS, Page

pages = Pages("/questions")
Row = dict[str, Any]
STATES = ("open", "answered", "withdrawn", "expired")
#: What somebody chooses who does not know: nothing is recorded, and the question stays open.
UNKNOWN = "unknown"


@pages.get("", Act.LOOK)
def listed(here: Here) -> Any:
    """List what was asked of who is signed in; for the desk, what was asked of anybody."""
    query = here.request.query_params
    sees_all = may_see_all(here)
    mine = not sees_all or query.get("of") == "me"
    asked = query.get("state", "open")
    state = asked if asked in STATES else None
    given = query.get("page", "1")
    number = max(int(given), 1) if given.isdecimal() and len(given) < 7 else 1
    rows, counts = question_pages.page(
        here.connection, state=state, of=asked_as(here) if mine else None, limit=ROWS, offset=(number - 1) * ROWS
    )
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    page = Page(
        rows=[_told(here, row) for row in rows],
        total=total,
        known=sum(counts.values()),
        number=number,
        sort=None,
        noun="question" if total == 1 else "questions",
    )
    _, own = question_pages.page(here.connection, state="open", of=asked_as(here), limit=0, offset=0)
    return here.render(
        "questions.html",
        page=page,
        state=state,
        mine=mine,
        sees_all=sees_all,
        counts=counts,
        waiting=own.get("open", 0),
        states=STATES,
    )


def may_see_all(here: Here) -> bool:
    """Return whether who is signed in sees what anybody was asked."""
    return here.may(Act.WORK) or here.may(Act.AUDIT)


def asked_as(here: Here) -> tuple[int, str]:
    """Return the person who is signed in, and their address."""
    row = stored_accounts.accounts(here.connection, number=here.account.id)[0]
    return int(row["person_id"] or row["actor_id"]), here.account.email


def _told(here: Here, row: Mapping[str, Any]) -> Row:
    fact = VOCABULARY.get(row["fact"])
    late = row["state"] == "open" and row["due_at"] is not None and row["due_at"] < here.at.timestamp() * 1000
    found = dict(row) | {"question": row["fact"] if fact is None else fact.question, "overdue": late}
    return found | {name: iso(row[name]) for name in ("asked_at", "due_at", "closed_at")}


# --- one -------------------------------------------------------------------------------------------------------------


@pages.get("/{number:int}", Act.LOOK)
def question(here: Here, number: int) -> Any:
    """Show a question, what it is for, and the form that answers it."""
    return _page(here, number)


@pages.post("/{number:int}", Act.ANSWER)
def answer(here: Here, number: int) -> Any:
    """Record an answer; the policies hear it at once."""
    row = the_question(here, number)
    fact = VOCABULARY.get(row["fact"])
    if fact is None:
        raise not_found("Nothing asks that any more.", "The question was about something that no policy reads now.")
    text = _typed(here, fact)
    if text == UNKNOWN and not here.form.errors:
        return here.see("/questions", "It stays open: nothing was recorded. Tell whoever asked who would know.")
    until = here.form.day("until")
    if here.form.errors:
        return _page(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)
    document, note = here.form.get("document") or None, here.form.get("note") or None
    onward = f"/questions/{number}"
    try:
        by = answers_as(here, row)
        if _said_so(here, row, by, text):
            return here.see(onward)
        refuse_closed(row)
        made, unheard = here.office.tools.answer(
            row["tool_id"], fact.name, text, by, until=until, document=document, note=note
        )
    except Refused as error:
        return _page(here, number, HTTPStatus.CONFLICT, _plainly(error, fact))
    here.office.tools.following.ask("review answer")
    said = unheard or "Thank you. Whoever asked sees your answer at once."
    return here.see(onward, said, undo=f"/decisions/{made}/undo")


def _said_so(here: Here, row: Mapping[str, Any], by: str, text: str) -> bool:
    """Return whether this very answer was given before: by a double click, or by going back."""
    found = kept.numbered(here.connection, [row["answer"]] if row["answer"] is not None else [])
    fact = VOCABULARY[row["fact"]]
    return any(
        one["by"] == by and not one["undone"] and one["detail"]["value"] == encode(parse(fact, text)) for one in found
    )


def refuse_closed(row: Mapping[str, Any]) -> None:
    """Raise Refused where a question is open no more."""
    if row["state"] != "open":
        raise Refused(f"This question is {row['state']} by now; nothing was recorded.")


def answers_as(here: Here, row: Mapping[str, Any]) -> str:
    """Return how decisions name who answers: whoever was asked may, and whoever acts for the tool's unit."""
    unit = None if is_mine(here, row) else cases.unit_of(here.connection, row["tool_id"])
    if not (is_mine(here, row) and here.may(Act.ANSWER)):
        require(here.account, Act.ANSWER, at=here.at, unit=unit)
    return named(here.account)


def is_mine(here: Here, row: Mapping[str, Any]) -> bool:
    """Return whether it was who is signed in that was asked."""
    person, address = asked_as(here)
    return row["actor_id"] is not None and (row["person"] == person or (row["address"] or "").casefold() == address)


def _typed(here: Here, fact: Fact) -> str:
    """Return what was answered, as the gate reads it; note in the form what is missing."""
    form, what = here.form, "Choose or write an answer"
    if fact.type is Type.LIST and fact.values:
        ticked = form.all("value")
        if not ticked:
            form.errors["value"] = "Tick one at least, or say that you do not know"
        return UNKNOWN if UNKNOWN in ticked else ", ".join(ticked)
    if fact.type is Type.DATE and form.get("never"):
        return "never"
    if form.get("do_not_know"):
        return UNKNOWN
    return form.need("value", what)


def _plainly(error: Refused, fact: Fact) -> str:
    return refusal(error).replace(fact.name, "The answer", 1)


@pages.post("/{number:int}/withdraw", Act.WORK)
def withdraw(here: Here, number: int) -> Any:
    """Take a question back."""
    row = the_question(here, number)
    reason = here.form.need("withdraw_reason", "Say why it need not be answered")
    if here.form.errors:
        return _page(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with here.office.store.write() as connection:
            Asking(connection, here.gate(), row["case_id"], here.account).withdraw(
                gated.the_question(connection, number), here.office.tools.masked(reason)
            )
    except Refused as error:
        return _page(here, number, HTTPStatus.CONFLICT, refusal(error))
    return here.see(f"/cases/{row['case_id']}#questions", "The question is taken back.")


def the_question(here: Here, number: int) -> Row:
    """Return a question that who is signed in may see. Raises Wrong."""
    row = stored.question(here.connection, number)
    if row is None or not (may_see_all(here) or here.may(Act.CORRECT) or is_mine(here, row)):
        raise not_found(f"You were asked no question {number}.", "The list of questions has yours.")
    return row


def _page(here: Here, number: int, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None) -> Any:
    row = the_question(here, number)
    fact = VOCABULARY.get(row["fact"])
    (told,) = gated.listed(here.connection, here.looking, [row])
    titles = here.office.cases.titles()
    hang = [{"id": one, "title": titles.get(one.partition(":")[0], one)} for one in told["findings"]]
    mine = is_mine(here, row)
    unit = None if mine else cases.unit_of(here.connection, row["tool_id"])
    return here.render(
        "question.html",
        status,
        row=_told(here, row) | {"state": told["state"]},
        fact=fact,
        kind=None if fact is None else _control(fact),
        expected=None if fact is None else expected(fact),
        hang=hang,
        tool=here.snapshot.tool(row["tool_id"]),
        answered=_answered(here, row),
        may_answer=here.may(Act.ANSWER) and (mine or here.account.covers(unit)),
        desk=here.may(Act.WORK),
        mine=mine,
        currency=here.office.cases.currency(),
        problem=problem,
        choices=[(one, one.replace("_", " ")) for one in (fact.values if fact else ())],
        UNKNOWN=UNKNOWN,
    )


def _control(fact: Fact) -> str:
    """Return which control answers a fact: yes, choice, several, day, money, number or text."""
    if fact.type is Type.BOOL:
        return "yes"
    if fact.values:
        return "several" if fact.type is Type.LIST else "choice"
    kinds = {Type.DATE: "day", Type.MONEY: "money", Type.INT: "number", Type.FLOAT: "number"}
    return kinds.get(fact.type, "text")


def _answered(here: Here, row: Mapping[str, Any]) -> Row | None:
    if row["answer"] is None:
        return None
    found = kept.numbered(here.connection, [row["answer"]])
    if not found:
        return None
    one, words = found[0], found[0]["detail"].get("words", {})
    return {
        "decision": one["id"],
        "at": one["at"],
        "said": here.office.cases.value(row["fact"], one["detail"]["value"]),
        "until": one["detail"]["until"],
        "document": kept.text_of(here.connection, words.get("document")),
        "note": kept.text_of(here.connection, one["reason_hash"]),
        "undone": one["undone"],
    }
