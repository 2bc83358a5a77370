"""From what a person says on the command line to a forecast: facts of the store, what is given, the company's table."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.categories import CATEGORIES
from commands.figures import listed_tools, the_tool
from commands.opening import Desk
from commands.shape import WrongCall
from gate.answers import parse
from gate.forecast import Forecast, forecast
from gate.points import GIVEN, MICROS, Settings, Subject
from model.errors import ConfigError, Refused
from model.fact import decode
from model.facts import VOCABULARY, Known, Value
from policies.forecast import Table, answer
from policies.needs import usual
from scanner.facts.forecast import loaded
from storage.listings import facts as stored
from storage.times import from_ms

#: What is known of a tool that is wanted: nothing of it is there yet.
_WANTED: dict[str, Value] = {
    "access.sso_registered": False,
    "access.sso_enforced": False,
    "connections.crm": False,
    "connections.crm_person_tokens": 0,
    "connections.warehouse": False,
    "integration.conversions_fed": False,
    "integration.deprovisioning_on": False,
    "integration.provisioning_on": False,
    "integration.support_handover": False,
    "integration.tag_hard_coded": False,
    "integration.tag_live": False,
    "mobile.sdk_in_app": False,
    "overlap.instances": 1,
}
_NOT_YET = "not in use yet"
#: Groups of three before the point alone: 12.000,50 is not read as twelve.
_AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}([,' ]\d{3}){1,3})(\.\d{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says with a forecast. Money is in millionths of the reporting currency."""

    quote: int | None = None
    uplift: int | None = None
    people: int | None = None
    needs: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return it as it is kept with a forecast."""
        named = {"quote": self.quote, "uplift": self.uplift, "people": self.people}
        listed = {"needs": list(self.needs), "says": list(self.says), "without": list(self.without)}
        return {name: value for name, value in (named | listed).items() if value not in (None, [])}


def micros(text: str) -> int:
    """Return an amount as millionths: 12000, 12,000.50. Raises WrongCall."""
    if not _AMOUNT.fullmatch(text.strip()):
        raise WrongCall(f"{text!r} is no amount: write 12000, 12,000 or 12000.50")
    found = Decimal(re.sub("[,' ]", "", text))
    return int(found * MICROS)


def table_of(desk: Desk) -> tuple[Table, Settings]:
    """Return the company's table and settings. Raises ConfigError with every fault and its place."""
    try:
        table, held, _ = loaded(desk.company)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if table.refused:
        raise ConfigError("\n".join(["the table of the forecast is refused:", *map(str, table.refused)]))
    return table, held


def of_tool(desk: Desk, wanted: str, said: Said) -> tuple[dict[str, Any], Forecast]:
    """Return a tool's row of the listing, and its forecast. Raises Failure, WrongCall."""
    tool = the_tool(desk, wanted)
    (row,) = listed_tools(desk, [tool])
    return row, _forecast(desk, row, said, found=True)


def of_category(desk: Desk, category: str, said: Said) -> tuple[dict[str, Any], Forecast]:
    """Return a row for a tool of a category that is wanted, and its forecast. Raises WrongCall."""
    named = CATEGORIES[category]
    row: dict[str, Any] = {"id": None, "name": f"a tool for {named.title[:1].lower()}{named.title[1:]}"}
    row |= {"category": category, "marketing": named.marketing, "status": "new", "provisional": False}
    return row, _forecast(desk, row, said, found=False)


def alternatives(desk: Desk, tool: dict[str, Any], said: Said) -> list[tuple[dict[str, Any], Forecast]]:
    """Return the approved tools of the same category with their forecasts, the cheapest first.

    A price that was quoted is the other tool's: theirs is what is paid already.
    """
    own = Said(people=said.people, needs=said.needs, says=said.says, without=said.without)
    rows = [
        row
        for row in listed_tools(desk)
        if tool["category"] and row["category"] == tool["category"] and row["id"] != tool["id"]
    ]
    approved = [row for row in rows if row["status"] in {"approved", "approved_with_conditions"}]
    found = [(row, _forecast(desk, row, own, found=True)) for row in approved]
    return sorted(found, key=lambda pair: (pair[1].one_off.likely, pair[0]["name"].casefold()))


def _forecast(desk: Desk, row: dict[str, Any], said: Said, *, found: bool) -> Forecast:
    table, held = table_of(desk)
    _check_points(table, said.without)
    facts, answers = _said(table, said.says)
    known: dict[str, Known] = _stored(desk, row["id"]) if found else _as(_WANTED, _NOT_YET)
    if "integration.needs" not in known and row["category"]:
        known |= _as(_usual_needs(desk, row["category"]), "what its category needs")
    known |= _as({} if said.people is None else {"people.count": said.people}, GIVEN)
    known |= _as({"integration.needs": said.needs} if said.needs else {}, GIVEN)
    known |= _as({} if said.quote is None else {"spend.quoted": said.quote}, GIVEN)
    known |= _as(facts, GIVEN)
    usual_answers = {n: q.found for n, q in table.questions.items() if found and q.found is not None}
    subject = Subject(
        name=row["name"],
        attributes={
            "tool.name": row["name"],
            "tool.category": row["category"] or "",
            "tool.marketing": row["marketing"],
            "tool.status": row["status"],
            "tool.provisional": row["provisional"],
            "company.currency": desk.company.base_currency or "",
        },
        facts=known,
        now=from_ms(desk.as_of_ms()),
        answers={**usual_answers, **answers},
        struck=frozenset(said.without),
        quote=said.quote,
        uplift=said.uplift,
    )
    return forecast(table, held, subject)


def _as(values: dict[str, Any], source: str) -> dict[str, Known]:
    return {name: Known(value, (source,)) for name, value in values.items()}


def _usual_needs(desk: Desk, category: str) -> dict[str, tuple[str, ...]]:
    table = desk.company.needs or usual(frozenset(CATEGORIES))
    return {"integration.needs": tuple(table[category])} if category in table else {}


def _stored(desk: Desk, tool: str) -> dict[str, Known]:
    """Return what is known of a tool by the last run."""
    with desk.store.read() as connection:
        rows = stored.facts(connection, tool)
    known = {}
    for row in rows:
        fact = VOCABULARY.get(row["fact"])
        value = None if fact is None or row["value"] is None else decode(fact, row["value"])
        if value is not None:
            known[row["fact"]] = Known(value, tuple(row["evidence"]))
    return known


def _said(table: Table, says: Sequence[str]) -> tuple[dict[str, Value], dict[str, bool | int]]:
    """Return the facts and the answers that `NAME=VALUE` texts say. Raises WrongCall."""
    facts: dict[str, Value] = {}
    answers: dict[str, bool | int] = {}
    for said in says:
        name, _, text = said.partition("=")
        name = name.strip()
        try:
            if name in table.questions:
                answers[name] = answer(table.questions[name], text)
            elif name in VOCABULARY:
                facts[name] = parse(VOCABULARY[name], text)
            else:
                raise WrongCall(f"--say {said}: there is no fact and no question {name!r}{_near(table, name)}")
        except (ValueError, Refused) as error:
            raise WrongCall(f"--say {said}: {error}") from None
    return facts, answers


def _near(table: Table, name: str) -> str:
    near = difflib.get_close_matches(name, [*table.questions, *VOCABULARY], 1, 0.5)
    return f": did you mean {near[0]!r}?" if near else f"; the questions are {', '.join(table.questions)}"


def _check_points(table: Table, points: Sequence[str]) -> None:
    for name in points:
        check_point(table, name)


def check_point(table: Table, name: str) -> str:
    """Return the id of a point. Raises WrongCall where there is none."""
    known = [point.id for point in table.points]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise WrongCall(f"there is no point {name!r}: {hint}")
    return name


__all__ = ("Said", "alternatives", "check_point", "micros", "of_category", "of_tool", "table_of")
