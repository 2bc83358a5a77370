"""Names of people: shown for an hour to who says why; each time is in the audit trail."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Query

from gate import accounts, decisions
from gate.roles import RIGHTS, Act, require
from model.errors import Refused
from reports.words import clean
from storage import cases
from storage import sessions as stored
from storage.times import to_ms
from web.access import Open, Pages
from web.errors import not_found
from web.here import REVEALED, Here, refusal
from web.pages.entering import own_path
from web.tool_words import tool_path

pages = Pages("/reveal")
#: What stands for lists of people rather than for the people of one tool.
LISTS = "*"
_LONGEST = 2_000
_ASKED = 6


@pages.get("", Open.SIGNED_IN)
def reveal_page(here: Here, tool: str = LISTS, onward: str | None = Query(None, alias="next", max_length=2_000)) -> Any:
    """Ask why names are to be shown; say until when they are, or whom to ask."""
    return _page(here, tool, onward)


def _page(here: Here, tool: str, onward: str | None, problem: str | None = None) -> Any:
    name = None if tool == LISTS else here.office.tools.called(tool)
    if tool != LISTS and name is None:
        raise not_found("There is no tool of that name, or not any more.", "Go back, and open it from the list.")
    status = HTTPStatus.CONFLICT if problem else HTTPStatus.UNPROCESSABLE_ENTITY if here.form.errors else HTTPStatus.OK
    assert here.session is not None
    until = here.session.revealed.get(tool, 0)
    return here.render(
        "reveal.html",
        status,
        tool=tool,
        whose=name,
        onward=_onward(tool, onward),
        until=until if until > to_ms(here.at) else None,
        hour=here.at + REVEALED,
        ask=_whom(here),
        problem=problem,
    )


def _onward(tool: str, onward: str | None) -> str:
    return own_path(onward) if onward else "/insights" if tool == LISTS else tool_path(tool)


def _whom(here: Here) -> list[str]:
    """Return some who see names by their role."""
    known = accounts.accounts(here.connection, here.at)
    return [one.email for one in known if one.holds(here.at) and one.roles & RIGHTS[Act.NAMES]][:_ASKED]


@pages.post("", Act.REVEAL)
def reveal(here: Here) -> Any:
    """Show names to this session for an hour, and write in the trail who asked and why."""
    tool, onward = here.form.get("tool") or LISTS, here.form.get("next") or None
    reason = here.form.need("reason", "Say why you need to see who these people are")
    if len(reason) > _LONGEST:
        here.form.errors["reason"] = f"A reason has {_LONGEST:,} characters at most"
    if here.form.errors:
        return _page(here, tool, onward)
    name = None if tool == LISTS else here.office.tools.called(tool)
    if tool != LISTS and name is None:
        raise not_found("There is no tool of that name, or not any more.", "Go back, and open it from the list.")
    try:
        _show(here, tool, here.office.tools.masked(reason))
    except Refused as error:
        return _page(here, tool, onward, refusal(error))
    whose = "Lists show people" if name is None else f"The people of {clean(name)[:80]} are shown"
    return here.see(_onward(tool, onward), f"{whose} by name for an hour. That is in the audit trail.")


def _show(here: Here, tool: str, reason: str) -> None:
    assert here.session is not None
    until = to_ms(here.at + REVEALED)
    with here.office.store.write() as connection:
        unit = None if tool == LISTS else cases.unit_of(connection, tool)
        require(here.account, Act.REVEAL, at=here.at, unit=unit)
        digest = decisions.keep_words(connection, reason)
        here.office.trail().write(
            connection,
            at=here.at,
            actor=accounts.named(here.account),
            act="names.reveal",
            about=f"tool:{tool}",
            detail={"reason": digest, "until": until},
        )
        stored.reveal(connection, here.session.id, _kept(here, connection) | {tool: until})


def _kept(here: Here, connection: Any) -> dict[str, int]:
    """Return what the session shows at this moment, also what another tab has asked for; what is over goes."""
    token = here.request.cookies.get(here.cookie) or ""
    row = stored.session(connection, accounts.hashed(token))
    shown = {} if row is None else row["revealed"]
    return {tool: until for tool, until in shown.items() if until > to_ms(here.at)}


@pages.post("/end", Open.SIGNED_IN)
def hide(here: Here) -> Any:
    """Hide names again before the hour is over."""
    assert here.session is not None
    tool, onward = here.form.get("tool") or LISTS, here.form.get("next") or None
    with here.office.store.write() as connection:
        shown = _kept(here, connection)
        shown.pop(tool, None)
        stored.reveal(connection, here.session.id, shown)
    return here.see(_onward(tool, onward), "People are shown by number again.")
