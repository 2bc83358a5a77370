"""Requests: a tool that somebody wants before it is bought gets a case, and an answer at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate import answers, decisions, evaluating, job_answers, opening, reviewing, states, telling
from gate.accounts import named
from gate.acting import Gate
from gate.cases import APPROVED, REQUESTED
from gate.plain_words import LONGEST_NAME, name, passage
from gate.roles import Account, Act, may, require
from model.errors import Refused
from model.facts import VOCABULARY, Known, Value
from storage import cases as stored_cases
from storage import judged, kept
from storage import requests as stored
from storage.store import Connection
from storage.times import to_ms

#: Why a case is open that nobody's use opened.
WHY = "somebody asks for it before it is bought"
NEEDS = VOCABULARY["integration.needs"].values
_MOST_PEOPLE, _MOST_KINDS = 1_000_000, 20
_SAID = "Said with the request for the tool."
#: What a request can find out about the tool: nothing of ours is in it.
Forecast = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The tool that is meant: of the list, of the catalogue, or one that nobody knows yet (`provisional`)."""

    id: str
    name: str
    vendor: str | None = None
    category: str | None = None
    marketing: bool | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted: what for, in which unit, for how many people, with which data, tied to what, at which price.

    `data` are kinds of data of persons, `needs` systems of `NEEDS`; `price` is millionths of `currency` for a year.
    """

    tool: Target
    purpose: str
    unit: str | None = None
    people: int | None = None
    data: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    price: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is answered at once.

    `request` and `case` are None where the tool is approved already: then `known` says all that there is to wait for.
    `first` is the earlier request for the same tool, `known` what is known of a tool in use, `approved` those of the
    same job, `took` how long such requests took, `due_at` until when somebody takes it up.
    """

    request: int | None
    case: int | None
    first: Mapping[str, Any] | None
    known: Mapping[str, Any] | None
    approved: tuple[Mapping[str, Any], ...]
    took: job_answers.Took | None
    due_at: int | None = None
    waiting_for: str | None = None
    forecast: Forecast | None = field(default=None)


def check(wanted: Wanted) -> Wanted:
    """Return a request as it is kept. Raises Refused where anything of it is none: nothing is done then."""
    tool = name(wanted.tool.name, "the tool's name")
    unit = None if wanted.unit is None else name(wanted.unit, "the unit")
    if wanted.people is not None and not 1 <= wanted.people <= _MOST_PEOPLE:
        raise Refused(f"a tool is for 1 to {_MOST_PEOPLE:,} people")
    if strange := [need for need in wanted.needs if need not in NEEDS]:
        raise Refused(f"{name(strange[0], 'a need')!r} is nothing that a tool is tied to: {', '.join(NEEDS)}")
    if len(wanted.data) > _MOST_KINDS or any(len(kind) > LONGEST_NAME for kind in wanted.data):
        raise Refused(f"{_MOST_KINDS} kinds of data at most, each by its short name")
    if (wanted.price is None) != (wanted.currency is None):
        raise Refused("a price has a currency: --price 12000 --currency EUR")
    if wanted.price is not None and wanted.price < 0:
        raise Refused("a price is not below 0")
    return Wanted(
        tool=Target(
            id=wanted.tool.id,
            name=tool,
            vendor=wanted.tool.vendor,
            category=wanted.tool.category,
            marketing=wanted.tool.marketing,
            provisional=wanted.tool.provisional,
        ),
        purpose=passage(wanted.purpose, "what it is for", "--for"),
        unit=unit,
        people=wanted.people,
        data=tuple(dict.fromkeys(name(kind, "a kind of data") for kind in wanted.data)),
        needs=tuple(dict.fromkeys(wanted.needs)),
        price=wanted.price,
        currency=wanted.currency,
    )


def ask(
    connection: Connection,
    gate: Gate,
    wanted: Wanted,
    by: Account,
    *,
    forecast: Forecast | None = None,
    hub: str | None = None,
) -> Asked:
    """Enter a request in the caller's transaction, and answer it at once. Raises Refused.

    A tool that is in use, or wanted already, gets no second case: the request joins the open one. One that is approved
    needs none. What was said with it is an answer where nothing else is known, so that the policies see it.
    """
    kept.lock_trail(connection)
    wanted = check(wanted)
    require(by, Act.REQUEST, at=gate.at, unit=wanted.unit)
    tool, known = wanted.tool.id, job_answers.in_use(connection, gate, wanted.tool.id)
    category = wanted.tool.category or (known or {}).get("category")
    approved = tuple(job_answers.same_job(connection, gate, category, tool))
    took = job_answers.took(connection, gate, category)
    if known is not None and known["status"] in APPROVED and known["case"] is None:
        return Asked(request=None, case=None, first=None, known=known, approved=approved, took=took, forecast=forecast)
    stored.add_tool(connection, _tool_row(wanted.tool))
    case = stored_cases.open_of(connection, tool)
    before = [] if case is None else stored.standing(connection, case=case["id"])
    _refuse_twice(before, by)
    number = case["id"] if case is not None else _open(connection, gate, wanted, hub)
    made = _enter(connection, gate, wanted, by, number, told=_told(approved, took, forecast))
    _say(connection, gate, wanted, by, made)
    found = reviewing.open_case(connection, number)
    return Asked(
        request=made,
        case=number,
        first=job_answers.earlier(before),
        known=known,
        approved=approved,
        took=took,
        due_at=found["due_at"],
        waiting_for=found["waiting_for"],
        forecast=forecast,
    )


def withdraw(connection: Connection, gate: Gate, number: int, reason: str, by: Account) -> int | None:
    """Take a request back; return the case that is closed by it, None where others want the tool or it is in use.

    Raises Refused of somebody else's, of what is decided, and of what was taken back already.
    """
    kept.lock_trail(connection)
    row = the_request(connection, number)
    if row["account_id"] != by.id:
        require(by, Act.WORK, at=gate.at, unit=row["unit"])
    elif not by.holds(gate.at):
        require(by, Act.REQUEST, at=gate.at)
    said = passage(reason, "the reason", "--reason")
    if row["withdrawn_at"] is not None:
        raise Refused(f"request {number} was withdrawn already")
    case = reviewing.open_case(connection, row["case_id"])
    digest = decisions.keep_words(connection, said)
    reviewing.happened(connection, gate, case["id"], stored.WITHDRAWN, named(by), request=number)
    detail = {"request": number, "case": case["id"], "reason": digest}
    _write(connection, gate, by, f"withdraw tool:{row['tool_id']}", detail)
    if case["kind"] != REQUESTED or stored.standing(connection, case=case["id"]):
        return None
    stored_cases.close(connection, case["id"], "withdrawn", to_ms(gate.at))
    return int(case["id"])


def the_request(connection: Connection, number: int) -> dict[str, Any]:
    """Return a request. Raises Refused where there is none."""
    found = stored.requests(connection, number=number)
    if not found:
        raise Refused(f"there is no request {number}: `ostiary request list` lists them")
    return found[0]


# --- inside ----------------------------------------------------------------------------------------------------------


def _refuse_twice(before: list[dict[str, Any]], by: Account) -> None:
    own = next((row for row in before if row["account_id"] == by.id), None)
    if own is not None:
        raise Refused(f"you asked for it already: `ostiary request show {own['id']}` says where it stands")


def _tool_row(tool: Target) -> dict[str, Any]:
    marketing = None if tool.marketing is None else int(tool.marketing)
    named_ = {"id": tool.id, "name": tool.name, "vendor": tool.vendor, "category": tool.category}
    return named_ | {"marketing": marketing, "provisional": int(tool.provisional)}


def _open(connection: Connection, gate: Gate, wanted: Wanted, hub: str | None) -> int:
    now = to_ms(gate.at)
    row = {
        "kind": REQUESTED,
        "tool_id": wanted.tool.id,
        "opened_at": now,
        "opened_by_run": 0,
        "due_at": to_ms(gate.time.due(gate.at, gate.rules.clocks["new"])),
        "why": WHY,
        "stage_at": now,
        "unit": wanted.unit,
    }
    number = judged.open_case(connection, row)
    reviewing.happened(connection, gate, number, "opened", "system", why=WHY, reopens=None, unit=wanted.unit)
    telling.case_opened(connection, gate, reviewing.open_case(connection, number), hub)
    state = states.state(connection, wanted.tool.id, gate)
    opening.route(connection, gate, number, state, opening.Team(unit=wanted.unit, hub=hub))
    return number


def _enter(
    connection: Connection, gate: Gate, wanted: Wanted, by: Account, case: int, *, told: Mapping[str, Any]
) -> int:
    purpose = decisions.keep_words(connection, wanted.purpose)
    row = {
        "case_id": case,
        "tool_id": wanted.tool.id,
        "name": wanted.tool.name,
        "account_id": by.id,
        "at": to_ms(gate.at),
        "category": wanted.tool.category,
        "unit": wanted.unit,
        "people": wanted.people,
        "data": list(wanted.data),
        "needs": list(wanted.needs),
        "price": wanted.price,
        "currency": wanted.currency,
        "purpose_hash": purpose,
        "answered": told,
    }
    number = stored.add(connection, row)
    reviewing.happened(connection, gate, case, REQUESTED, named(by), request=number)
    detail = {"request": number, "case": case, "purpose": purpose}
    _write(connection, gate, by, f"ask tool:{wanted.tool.id}", detail)
    return number


def _told(
    approved: tuple[Mapping[str, Any], ...], took: job_answers.Took | None, forecast: Forecast | None
) -> dict[str, Any]:
    """Return what was answered at once, as it is kept with the request: ids and numbers, no words of people."""
    return {
        "approved": [row["id"] for row in approved],
        "took": None if took is None else took.row(),
        "forecast": None if forecast is None else dict(forecast),
    }


def _say(connection: Connection, gate: Gate, wanted: Wanted, by: Account, number: int) -> None:
    """Let the policies see what a request says, where nothing is known of it; as answers, which people may correct."""
    said: dict[str, Value] = {}
    if wanted.data:
        said["data.personal"] = True
    if wanted.price is not None and wanted.currency == gate.currency:
        said["spend.quoted"] = wanted.price
    known = evaluating.known(connection, wanted.tool.id)
    if not may(by, Act.ANSWER, at=gate.at, unit=wanted.unit):
        said = {}
    found: dict[str, Known] = {}
    for fact, value in said.items():
        if isinstance(known.get(fact), Known):
            continue
        decision = answers.answer(
            connection,
            gate.trail,
            tool=wanted.tool.id,
            name=fact,
            value=value,
            until=(gate.at + answers.LASTS).date(),
            by=named(by),
            at=gate.at,
            document=f"Request {number}",
            note=_SAID,
        )
        found[fact] = Known(value, (f"answer:{decision}",), gate.at)
    evaluating.evaluate(connection, gate, wanted.tool.id, found)


def _write(connection: Connection, gate: Gate, by: Account, what: str, detail: dict[str, Any]) -> None:
    act, _, about = what.partition(" ")
    gate.trail.write(connection, at=gate.at, actor=named(by), act=f"request.{act}", about=about, detail=detail)
