"""What people do about a case: take it up, give it on, ask, sign, agree, meet a condition."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from gate import accounts, conditions, reviewing
from gate.keys import SIGNS, Side
from gate.questions import Asking
from gate.reviewing import Review, Signed
from gate.roles import Act
from gate.terms import Condition, Terms
from model.errors import Refused
from storage import queries
from storage.store import Connection
from web.api.bodies import Day, Email
from web.api.cases import the_case
from web.api.models_case import AskedOf, Given, SignedBy
from web.api.models_more import Made
from web.api.routing import Api, Line, Number, Reason, Row, Sent, limited, refused
from web.api.tools import the_tool
from web.casework import difference
from web.errors import Wrong
from web.here import Here

api = Api("Cases")
#: A fact of the vocabulary.
FactName = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$", max_length=100)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{8,64}$")]
Outcome = Literal["approve", "approve_with_conditions", "reject", "retire"]
_CONDITIONED: dict[str, Any] = {
    "if": {"properties": {"outcome": {"const": "approve_with_conditions"}}},
    "then": {"required": ["conditions"], "properties": {"conditions": {"minItems": 1}}},
    "else": {"properties": {"conditions": {"maxItems": 0}}},
}
_SIGN = (Act.SIGN_IT, Act.SIGN_MARKETING)


class To(Sent):
    """Who is to work on a case: the address of an account."""

    to: Email


class Owed(Sent):
    """A condition: what is done, by whom (an address), by which day."""

    text: Line
    owner: Email
    due: Day


class Sign(Sent):
    """One side's word on a case.

    `seen` is the `seen` of the case as you read it: where it is another by now, nothing is signed. `state_read` of the
    case, sent along, has the refusal say what became different. `sentence` is one plain sentence for the other side.
    `side` is needed only of who may sign for both.
    """

    model_config = ConfigDict(json_schema_extra=_CONDITIONED)

    outcome: Outcome
    reason: Reason
    sentence: Line
    seen: Digest
    state_read: Annotated[str | None, Field(max_length=200_000, pattern="^[A-Za-z0-9_=-]*$")] = None
    conditions: list[Owed] = Field(default_factory=list, max_length=20)
    review_by: Day | None = None
    instead: Annotated[Line | None, Field(description="The id of a tool to use instead.")] = None
    side: Literal["it", "marketing"] | None = None

    @model_validator(mode="after")
    def _conditioned(self) -> Sign:
        if bool(self.conditions) != (self.outcome == "approve_with_conditions"):
            raise ValueError("approve_with_conditions takes a condition at least, and nothing else takes any")
        return self


class Agree(Sent):
    """Why one's side signs what the other side has signed. `seen` as with `sign`."""

    reason: Reason
    seen: Digest | None = None
    state_read: Annotated[str | None, Field(max_length=200_000, pattern="^[A-Za-z0-9_=-]*$")] = None


class Ask(Sent):
    """What is asked: these facts, or all that policies lack and somebody can answer. `to` names who is to answer."""

    facts: list[FactName] = Field(default_factory=list, max_length=100)
    to: Email | None = None


class Met(Sent):
    """How a condition was met: what was done, or which document says so."""

    reason: Reason


# --- whose it is -----------------------------------------------------------------------------------------------------


@api.post("/cases/{number}/take", Act.WORK, Given)
def take_case(here: Here, connection: Connection, number: Number) -> Row:
    """Take a case up."""
    return _given(here, connection, number, lambda review: review.assign(here.account), here.account.email)


@api.post("/cases/{number}/assign", Act.WORK, Given)
def assign_case(here: Here, connection: Connection, number: Number, body: To) -> Row:
    """Give a case to somebody who may work on it."""

    def give(review: Review) -> None:
        review.assign(accounts.the_account(connection, body.to))

    return _given(here, connection, number, give, body.to)


@api.post("/cases/{number}/hand-back", Act.WORK, Given)
def hand_case_back(here: Here, connection: Connection, number: Number) -> Row:
    """Let a case be nobody's again, so that somebody else takes it up."""
    return _given(here, connection, number, lambda review: review.hand_back(), None)


def _given(here: Here, connection: Connection, number: int, act: Callable[[Review], None], to: str | None) -> Row:
    the_case(here, number)
    try:
        act(Review(connection, here.gate(), number, here.account))
    except Refused as error:
        raise refused(error) from None
    return {"case": number, "assignee": to}


# --- signing ---------------------------------------------------------------------------------------------------------


@api.post("/cases/{number}/sign", Act.LOOK, SignedBy)
def sign_case(here: Here, connection: Connection, number: Number, body: Sign) -> Row:
    """Sign a case for one side; it is decided once every side that must has signed the same.

    Who may follows from the case. A token signs where it is for that, and only by what its account's roles allow.
    """
    limited(here, *_SIGN)
    _refuse_other_state(here, connection, number, body.seen, body.state_read)
    masked = here.office.tools.masked
    terms = Terms(
        outcome=body.outcome,
        reason=masked(body.reason),
        sentence=masked(body.sentence),
        conditions=tuple(_condition(here, connection, at, one) for at, one in enumerate(body.conditions)),
        review_by=body.review_by,
        instead_of=None if body.instead is None else str(the_tool(here, body.instead)["id"]),
        seen=body.seen,
        side=None if body.side is None else Side(body.side),
    )
    return _signed(here, connection, number, lambda review: review.sign(terms))


@api.post("/cases/{number}/agree", Act.LOOK, SignedBy)
def agree_case(here: Here, connection: Connection, number: Number, body: Agree) -> Row:
    """Turn the second key on the terms of the first."""
    limited(here, *_SIGN)
    if body.seen is not None:
        _refuse_other_state(here, connection, number, body.seen, body.state_read)
    reason = here.office.tools.masked(body.reason)
    return _signed(here, connection, number, lambda review: review.agree(reason))


def _refuse_other_state(here: Here, connection: Connection, number: int, seen: str, read: str | None) -> None:
    """Raise Wrong where a case is another than the one that was read, with what became different."""
    case = the_case(here, number)
    now = here.office.cases.state(connection, here.looking, case["tool_id"])
    if case["state"] != "open" or now.digest.startswith(seen):
        return
    changed = [here.office.cases.plain(one.said) for one in difference(read or "", seen, now)]
    raise Wrong(
        HTTPStatus.CONFLICT,
        "This is another state than the one that you read.",
        "Nothing was signed. Look at the case again, and sign with its `seen`.",
        seen=now.digest,
        changed=changed or None,
    )


def _condition(here: Here, connection: Connection, at: int, owed: Owed) -> Condition:
    actor = queries.actor_of_address(connection, owed.owner)
    if actor is None:
        what = f"conditions.{at}.owner: nobody is known by this address."
        raise Wrong(HTTPStatus.CONFLICT, what, "Name somebody whom a source lists, or who has an account.")
    return Condition(text=here.office.tools.masked(owed.text), owner=actor, due=owed.due)


def _signed(here: Here, connection: Connection, number: int, sign: Callable[[Review], Signed]) -> Row:
    the_case(here, number)
    try:
        done = sign(Review(connection, here.gate(), number, here.account))
    except Refused as error:
        raise refused(error) from None
    limited(here, SIGNS[done.key.side])  # what it did is rolled back
    if here.token is not None and done.key.of is not None:
        raise Wrong(HTTPStatus.FORBIDDEN, "A token signs in nobody's stead.", "Sign in, and sign there.")
    return {
        "signature": done.signature,
        "side": done.key.side,
        "outcome": str(reviewing.words(connection, number)[-1]["detail"]["outcome"]),
        "missing": sorted(map(str, done.standing.missing)),
        "decision": done.decision,
    }


# --- asking, conditions ----------------------------------------------------------------------------------------------


@api.post("/cases/{number}/ask", Act.WORK, AskedOf)
def ask_case(here: Here, connection: Connection, number: Number, body: Ask) -> Row:
    """Ask people what policies lack: each thing once, of the person who can answer it."""
    the_case(here, number)
    try:
        asked = Asking(connection, here.gate(), number, here.account).ask(body.facts, body.to)
    except Refused as error:
        raise refused(error) from None
    return {name: list(getattr(asked, name)) for name in ("made", "unaddressed", "before", "later")}


@api.post("/cases/{number}/conditions/{condition}/met", Act.WORK, Made)
def meet_condition(here: Here, connection: Connection, number: Number, condition: Number, body: Met) -> Row:
    """Record that a condition of an approval is met."""
    the_case(here, number)
    said = here.office.tools.masked(body.reason)
    try:
        return {"decision": conditions.meet(connection, here.gate(), (number, condition), said, here.account)}
    except Refused as error:
        raise refused(error) from None
