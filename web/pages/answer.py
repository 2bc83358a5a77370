"""A question answered by signed link: one question, one answer, no account. Opening the link uses nothing up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from gate import accounts, answers, hearing
from gate.links import LinkOver
from model.errors import Refused
from model.facts import VOCABULARY
from storage.times import from_ms
from web.access import Open, Pages
from web.controls import FIELD, UNKNOWN, WRONG, control, typed
from web.here import Here, refusal

pages = Pages("/answer")
Row = Mapping[str, Any]
#: Why a link opens nothing -> what happened, and what to do.
OVER: Mapping[str, tuple[str, str]] = {
    "broken": (
        "This link does not hold",
        "It was cut or changed on its way. Open it again as it came, whole; or ask whoever sent it for a new one.",
    ),
    "off": ("Answers by link are switched off", "Sign in and answer there, or reply to whoever sent you the link."),
    "answered": (
        "This question is answered",
        "A link answers once. If something has changed since, tell whoever sent it: they can ask again.",
    ),
    "withdrawn": ("This question was taken back", "Nothing is to be answered any more. Thank you for looking."),
    "closed": (
        "This question is over",
        "The tool was decided on without it, so nothing is to be answered any more. Thank you for looking.",
    ),
    "replaced": ("A newer link was sent", "Open the link in the latest message about this question; this one is over."),
    "ended": (
        "This link has ended",
        "Links last two weeks. Reply to whoever sent it and ask for a new one; the question is still open.",
    ),
}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LONGEST = 4_000


@pages.get("/{token}", Open.LINK)
def ask(here: Here, token: str) -> Any:
    """Show the question of a link."""
    try:
        row = hearing.asked_by_link(here.connection, here.looking, token)
    except Refused as error:
        return _over(here, error)
    return _show(here, token, row)


@pages.post("/{token}", Open.LINK)
def answer(here: Here, token: str) -> Any:
    """Answer the question of a link, once."""
    form = here.form
    try:
        row = hearing.asked_by_link(here.connection, here.looking, token)
    except Refused as error:
        return _over(here, error)
    fact = VOCABULARY[row["fact"]]
    if form.get(FIELD) == UNKNOWN:
        return here.render("answer_open.html", fact=fact, row=row, token=token, asker=_asker(here, row))
    text = typed(form, fact)
    until, document, note = _until(here), _document(here), _note(here)
    if not form.errors:
        _parse(here, row, text)
    if form.errors:
        return _show(here, token, row, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        found = here.office.requests.answer(here.gate(), token, text, until=until, document=document, note=note)
    except LinkOver as error:
        return _over(here, error)
    except Refused as error:
        return _show(here, token, row, HTTPStatus.CONFLICT, problem=refusal(error))
    said = here.office.requests.said(found.fact, found.value)
    # The next page shows it once, to this browser alone: the link itself tells nothing any more.
    return here.see(f"/answer/{token}", f"{fact.question} {said[:1].upper()}{said[1:]}.")


def _show(here: Here, token: str, row: Row, status: HTTPStatus = HTTPStatus.OK, *, problem: str | None = None) -> Any:
    fact = VOCABULARY[row["fact"]]
    terms, tool = here.snapshot.terms(row["tool_id"]), here.snapshot.tool(row["tool_id"])
    category = (tool or {}).get("category") or (terms or {}).get("category")
    today = here.at.astimezone(here.office.zone).date()
    return here.render(
        "answer.html",
        status,
        token=token,
        row=row,
        fact=fact,
        control=control(fact, here.office.company.base_currency),
        asker=_asker(here, row),
        job=here.office.inventory.jobs.get(category or ""),
        vendor=(tool or terms or {}).get("vendor"),
        year=today + answers.LASTS,
        last=today + answers.LONGEST,
        today=today,
        link_until=from_ms(row["link_until"]) if row["link_until"] else None,
        problem=problem,
    )


def _asker(here: Here, row: Row) -> str | None:
    return accounts.addresses(here.connection).get(row["asked_by"])


def _over(here: Here, error: Refused) -> Any:
    why = error.why if isinstance(error, LinkOver) else "off"
    thanked = why == "answered" and here.said is not None
    status = HTTPStatus.OK if thanked else HTTPStatus.NOT_FOUND if why == "broken" else HTTPStatus.GONE
    what, do = OVER[why]
    return here.render("answer_over.html", status, thanked=thanked, what=what, do=do)


# --- what was typed --------------------------------------------------------------------------------------------------


def _parse(here: Here, row: Row, text: str) -> None:
    """Note where an answer is none of its kind, in words for whoever fills in the form."""
    fact = VOCABULARY[row["fact"]]
    try:
        answers.parse(fact, text)
    except Refused:
        here.form.errors[FIELD] = WRONG[control(fact, None).kind]


def _until(here: Here) -> date | None:
    found = here.form.day("until", "Choose a day, such as 30 June 2027, or leave it as it is")
    today = here.at.date()
    if found is not None and not today <= found <= today + answers.LONGEST - timedelta(days=1):
        here.form.errors["until"] = "Choose a day to come, within three years: then it is asked again"
    return found


def _document(here: Here) -> str | None:
    given = here.form.get("document")
    if _ADDRESS.match(given) and not re.match(r"https?://\S+$|[^:/]+: ", given):
        here.form.errors["document"] = "Write a title, or an address that begins with https://"
    elif len(given) > _LONGEST:
        here.form.errors["document"] = f"That is longer than {_LONGEST:,} characters: the title is enough"
    return given or None


def _note(here: Here) -> str | None:
    given = here.form.get("note")
    if len(given) > _LONGEST:
        here.form.errors["note"] = f"That is longer than {_LONGEST:,} characters: name a document that says the rest"
    return given or None
