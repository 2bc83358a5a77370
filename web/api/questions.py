"""Questions: what people were asked, answering one, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from gate import questions as gated
from gate.questions import Asking
from gate.roles import Act
from model.errors import Refused
from model.facts import VOCABULARY
from storage import kept
from storage import questions as stored
from storage.listings import question_pages
from storage.store import Connection
from storage.times import iso
from web.api.answers import packed, unpacked
from web.api.bodies import Day
from web.api.models import Page, Question
from web.api.models_more import Answered, Linked, QuestionWhole, WithdrawnQuestion
from web.api.persons import nameless
from web.api.routing import Api, Cursor, Limit, Number, Passage, Reason, Row, Sent, refused
from web.here import Here
from web.pages.questions import answers_as, asked_as, may_see_all, refuse_closed, the_question

api = Api("Questions")
_FIELDS = tuple(Question.model_fields)
State = Literal["open", "answered", "withdrawn", "expired"]


class Answer(Sent):
    """An answer, as `expected` of the question says it is written; it holds for a year where no day is named."""

    value: Annotated[Passage, Field(max_length=4_000)]
    until: Day | None = None
    document: Annotated[Passage | None, Field(description="Title or address of what says so.")] = None
    note: Passage | None = None


class Withdraw(Sent):
    """Why a question need not be answered."""

    reason: Reason


@api.get("/questions", Act.LOOK, Page[Question])
def list_questions(
    here: Here,
    *,
    state: State | None = None,
    mine: Annotated[
        bool, Query(description="Only what I was asked; who does not work at the desk sees no others.")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Row:
    """List what people were asked of tools, the latest first."""
    of = asked_as(here) if mine or not may_see_all(here) else None
    before = None if cursor is None else unpacked(cursor, int)[0]
    rows, total = question_pages.before(here.connection, state=state, of=of, number=before, limit=limit + 1)
    found = {row["id"]: row for row in stored.numbered(here.connection, [row["id"] for row in rows[:limit]])}
    listed = {row["id"]: row for row in gated.listed(here.connection, here.looking, found.values())}
    items = [_shown(here, listed[number]) for number in sorted(listed, reverse=True)]
    onward = packed([rows[limit - 1]["id"]]) if len(rows) > limit else None
    return {"items": items, "total": total, "next": onward}


def _shown(here: Here, row: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: iso(row[name]) for name in ("asked_at", "due_at", "closed_at")}
    named = here.sees_names(row["tool_id"]) or (row["to"] or "").casefold() == here.account.email
    return {field: {**row, **times, "to": row["to"] if named else None}[field] for field in _FIELDS}


@api.get("/questions/{number}", Act.LOOK, QuestionWhole)
def get_question(here: Here, number: Number) -> Row:
    """Return a question, and its answer where there is one. Somebody else's is not there for who may not see it."""
    row = the_question(here, number)
    (listed,) = gated.listed(here.connection, here.looking, [row])
    shown: Row = _shown(here, listed) | {"person": row["person"]} | _answer(here, row)
    return shown


def _answer(here: Here, row: Mapping[str, Any]) -> dict[str, Any]:
    found = [] if row["answer"] is None else kept.numbered(here.connection, [row["answer"]])
    if not found:
        return dict.fromkeys(("value", "said", "until", "document", "note"))
    detail = found[0]["detail"]
    words: dict[str, Any] = nameless(
        {
            "document": kept.text_of(here.connection, detail.get("words", {}).get("document")),
            "note": kept.text_of(here.connection, found[0]["reason_hash"]),
        },
        named=here.sees_names(row["tool_id"]),
    )
    said = here.office.cases.value(row["fact"], detail["value"])
    return {"value": detail["value"], "said": said, "until": detail["until"], **words}


@api.post("/questions/{number}/answer", Act.ANSWER, Answered, within=False)
def answer_question(here: Here, number: Number, body: Answer) -> Row:
    """Answer a question; the policies hear it at once, and what follows from it is derived beside."""
    row = the_question(here, number)
    if row["fact"] not in VOCABULARY:
        raise refused(Refused("Nothing asks that any more."))
    try:
        by = answers_as(here, row)
        refuse_closed(row)
        made, unheard = here.office.tools.answer(
            row["tool_id"], row["fact"], body.value, by, until=body.until, document=body.document, note=body.note
        )
    except Refused as error:
        raise refused(error) from None
    here.office.tools.following.ask("review answer")
    return {"decision": made, "unheard": unheard}


@api.post("/questions/{number}/withdraw", Act.WORK, WithdrawnQuestion)
def withdraw_question(here: Here, connection: Connection, number: Number, body: Withdraw) -> Row:
    """Take a question back; it is not asked again by itself."""
    row = the_question(here, number)
    try:
        asking = Asking(connection, here.gate(), row["case_id"], here.account)
        asking.withdraw(gated.the_question(connection, number), here.office.tools.masked(body.reason))
    except Refused as error:
        raise refused(error) from None
    return {"question": number}


@api.post("/questions/{number}/link", Act.WORK, Linked, secret=True)
def link_question(here: Here, connection: Connection, number: Number) -> Row:
    """Make a new link by which the person who was asked answers without an account; the one before opens nothing."""
    row = the_question(here, number)
    try:
        token = Asking(connection, here.gate(), row["case_id"], here.account).link(
            gated.the_question(connection, number)
        )
    except Refused as error:
        raise refused(error) from None
    return {"question": number, "link": f"{here.office.web.public_url}/answer/{token}"}
