"""What people do about a case: take it up, give it on, ask, sign, agree, rate; each by the gate, told and undoable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from gate import accounts, ratings, reviewing
from gate.acting import Gate
from gate.keys import OUTCOMES, Side
from gate.questions import Asked, Asking
from gate.reviewing import Review, Signed
from gate.roles import Account, Act
from gate.terms import Condition, Terms
from gate.views import STEPS, called
from model.errors import Refused
from model.signal import fold
from reports.words import clean, plural
from storage import cases as stored
from storage import queries
from storage.store import Connection
from web import once
from web.access import Pages
from web.casework import show
from web.errors import not_found
from web.here import Here, refusal
from web.pages.entering import own_path
from web.queueing import Queue

pages = Pages("/cases")
#: Outcome -> what was done, and what it means for who uses the tool.
_DONE = {
    "approve": "You approved {tool}: {people} may use it.",
    "approve_with_conditions": "You approved {tool} with conditions: {people} may use it while they are met.",
    "reject": "You rejected {tool}: {people} keep access until it is taken away.",
    "retire": "You retired {tool}: {people} move to something else.",
}
_SAID = {"approve": "approve it", "approve_with_conditions": "approve it with conditions"}


# --- whose it is -----------------------------------------------------------------------------------------------------


@pages.post("/{number:int}/take", Act.WORK)
def take(here: Here, number: int) -> Any:
    """Take a case up."""
    return _given(here, number, lambda review, _: review.assign(here.account), "{tool} is with you now.")


@pages.post("/{number:int}/assign", Act.WORK)
def assign(here: Here, number: int) -> Any:
    """Give a case to somebody who may work on it."""
    email = here.form.need("to", "Say to whom: the address of somebody who reviews or approves")
    if here.form.errors:
        return show(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)

    def give(review: Review, connection: Connection) -> None:
        review.assign(accounts.the_account(connection, email))

    return _given(here, number, give, f"{{tool}} is with {clean(email)[:254]} now.")


@pages.post("/{number:int}/hand-back", Act.WORK)
def hand_back(here: Here, number: int) -> Any:
    """Let a case be nobody's again."""
    return _given(here, number, lambda review, _: review.hand_back(), "{tool} is with nobody now: anybody may take it.")


def _given(here: Here, number: int, do: Callable[[Review, Connection], None], told: str) -> Any:
    try:
        with here.office.store.write() as connection:
            do(Review(connection, here.gate(), number, here.account), connection)
    except Refused as error:
        return show_refused(here, number, error)
    return here.see(_back(here, number), told.format(tool=_name(here, number)))


def _back(here: Here, number: int) -> str:
    """Return where an act leads back to: the queue as it was, at the same case, or the case."""
    path = own_path(here.form.get("back"))
    return (
        f"{path}#case-{number}" if path.startswith(("/cases?", "/cases")) and here.form.get("back") else _case(number)
    )


def _case(number: int) -> str:
    return f"/cases/{number}"


def show_refused(here: Here, number: int, error: Refused) -> Any:
    """Answer with the page of a case, the refusal on top, and what was typed kept."""
    return show(here, number, HTTPStatus.CONFLICT, refusal(error))


# --- signing ---------------------------------------------------------------------------------------------------------


@pages.post("/{number:int}/decide", Act.LOOK)  # who may sign follows from the case, and from for whom they stand in
def decide(here: Here, number: int) -> Any:
    """Sign a case for one side; it is decided once every side that must has signed the same."""
    if here.form.get("more"):
        return show(here, number, rows=min(int(here.form.whole("rows", "", most=20) or 0) + 2, 20))
    with here.office.store.read() as connection:
        say = _terms(here, connection)
    if say is None:
        return show(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _signed(here, number, lambda review: review.sign(say))


@pages.post("/{number:int}/agree", Act.LOOK)
def agree(here: Here, number: int) -> Any:
    """Turn the second key on the terms of the first."""
    reason = here.form.need("agree_reason", "Say why you agree: one sentence is enough")
    if here.form.errors:
        return show(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _signed(here, number, lambda review: review.agree(here.office.tools.masked(reason)))


def _signed(here: Here, number: int, sign: Callable[[Review], Signed]) -> Any:
    following = Queue(here).after(number) if here.form.get("then") == "next" else None
    path = _case(number) if following is None else _case(following["id"])
    try:
        with here.office.store.write() as connection:
            if (led := once.earlier(here, connection)) is not None:
                return here.see(led)
            done = sign(Review(connection, here.gate(), number, here.account))
            outcome = str(reviewing.words(connection, number)[-1]["detail"]["outcome"])
            once.answered(here, connection, path)
    except Refused as error:
        return show_refused(here, number, error)
    undo = f"/decisions/{done.decision or done.signature}/undo"
    return here.see(path, _told(here, number, done, outcome), undo=undo)


def _told(here: Here, number: int, done: Signed, outcome: str) -> str:
    tool = _name(here, number)
    if done.decision is None:
        missing = " and ".join(called(side) for side in sorted(done.standing.missing))
        said = _SAID.get(outcome, f"{outcome} it")
        return f"You signed for {called(done.key.side)} to {said}: {tool} waits for {missing} to sign the same."
    row = here.snapshot.case(number)
    found = here.snapshot.tool(row["tool_id"]) if row else None
    count = found["people"] if found else 0
    return _DONE[outcome].format(tool=tool, people=plural(count, "person", "people") if count else "nobody is seen to")


def _terms(here: Here, connection: Connection) -> Terms | None:
    """Return what was typed as one side's word; None where something of it is wrong, which the form then says."""
    form, masked = here.form, here.office.tools.masked
    outcome = form.choice("outcome", tuple(OUTCOMES), "Say what you decide")
    reason = form.need("reason", "Say why: it is kept with the decision")
    sentence = form.need("sentence", "Write one plain sentence for the other side")
    if "\n" in sentence or len(sentence) > 300:
        form.errors["sentence"] = "One line of 300 characters at most"
    conditions = _conditions(here, connection) if outcome == "approve_with_conditions" else ()
    if outcome == "approve_with_conditions" and not conditions and not form.errors:
        form.errors["condition_text_1"] = "Name a condition at least: what is done, by whom, until when"
    review_by = form.day("review_by")
    if review_by is not None and review_by <= here.at.astimezone(here.office.zone).date():
        form.errors["review_by"] = "Name a day to come"
    instead = _instead(here)
    side = form.get("side")
    if form.errors:
        return None
    return Terms(
        outcome=outcome,
        reason=masked(reason),
        sentence=masked(sentence),
        conditions=conditions,
        review_by=review_by,
        instead_of=instead,
        seen=form.get("seen") or None,
        side=Side(side) if side in {*map(str, Side)} else None,
    )


def _conditions(here: Here, connection: Connection) -> tuple[Condition, ...]:
    form, found = here.form, []
    for at in range(1, 21):
        text, owner = form.get(f"condition_text_{at}"), form.get(f"condition_owner_{at}")
        if not text and not owner:
            continue
        if not text:
            form.errors[f"condition_text_{at}"] = "Say what is to be done"
        due: date | None = form.day(f"condition_due_{at}", "Say until which day, such as 2027-01-31", needed=True)
        actor = queries.actor_of_address(connection, owner) if owner else None
        if actor is None:
            said = "Nobody is known by this address" if owner else "Say who does it: their address"
            form.errors[f"condition_owner_{at}"] = said
        if text and actor is not None and due is not None:
            found.append(Condition(text=here.office.tools.masked(text), owner=actor, due=due))
    return tuple(found)


def _instead(here: Here) -> str | None:
    """Return the tool that is named in the form, by its id or name; None where none is."""
    text = here.form.get("instead")
    if not text:
        return None
    tools = here.snapshot.tools
    row = tools.get(text)
    if row is not None:
        return str(row["id"])
    found = tools.search(text)
    exact = [row for row in found if fold(row["name"]) == fold(text)]
    if len(exact) == 1:
        return str(exact[0]["id"])
    if not found:
        here.form.errors["instead"] = "No tool is called that: write its name as the list of tools has it"
    elif len(found) == 1:
        return str(found[0]["id"])
    else:
        near = ", ".join(f"{clean(row['name'])} ({row['id']})" for row in (exact or found)[:5])
        here.form.errors["instead"] = f"{len(exact or found):,} tools are like that: {near}. Write the one in brackets"
    return None


# --- asking, rating --------------------------------------------------------------------------------------------------


@pages.post("/{number:int}/ask", Act.WORK)
def ask(here: Here, number: int) -> Any:
    """Ask people what policies lack: what is ticked, or all that somebody can answer."""
    facts, to = here.form.all("fact"), here.form.get("ask_to") or None
    if not facts and not here.form.get("all"):
        here.form.errors["fact"] = "Tick what to ask, or ask all"
        return show(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with here.office.store.write() as connection:
            asked = Asking(connection, here.gate(), number, here.account).ask(facts, to)
    except Refused as error:
        return show_refused(here, number, error)
    return here.see(f"{_case(number)}#questions", _asked(asked))


def _asked(asked: Asked) -> str:
    found = [f"{plural(len(asked.made), 'question')} went out." if asked.made else "No question went out."]
    if asked.unaddressed:
        found.append(f"For {len(asked.unaddressed)} nobody is known who could answer: name somebody.")
    if asked.before:
        found.append(f"{len(asked.before)} had been asked before.")
    if asked.later:
        found.append(f"{len(asked.later)} wait for another day: who would answer has had enough today.")
    return " ".join(found)


@pages.post("/{number:int}/rate", Act.RATE)
def rate(here: Here, number: int) -> Any:
    """Say how important and how risky one's side thinks the tool is."""
    form = here.form
    importance = form.choice("importance", STEPS, "Say how important it is")
    risk = form.choice("risk", STEPS, "Say how risky it is")
    reason = form.need("rate_reason", "Say why you see it so")
    side = form.get("rate_side")
    if form.errors:
        return show(here, number, HTTPStatus.UNPROCESSABLE_ENTITY)

    def do(connection: Connection, gate: Gate, by: Account, tool: str) -> int:
        return ratings.rate(
            connection,
            gate,
            by,
            tool,
            importance=importance,
            risk=risk,
            reason=here.office.tools.masked(reason),
            side=Side(side) if side in {*map(str, Side)} else None,
        )

    try:
        with here.office.store.write() as connection:
            row = stored.case(connection, number)
            if row is None:
                raise not_found(f"There is no case {number}.", "The queue lists those that are open.")
            if (led := once.earlier(here, connection)) is not None:
                return here.see(led)
            made = do(connection, here.gate(), here.account, row["tool_id"])
            once.answered(here, connection, f"{_case(number)}#views")
    except Refused as error:
        return show_refused(here, number, error)
    told = f"Your side rates {_name(here, number)}: importance {importance}, risk {risk}."
    return here.see(f"{_case(number)}#views", told, undo=f"/decisions/{made}/undo")


def _name(here: Here, number: int) -> str:
    row = here.snapshot.case(number)
    return f"Case {number}" if row is None else clean(row["tool"])[:80]
