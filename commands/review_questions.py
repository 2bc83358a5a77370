"""`ostiary review questions`, `ask`, `withdraw`, `link` and `answer-link`: what people are asked, and their answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from commands.acting import account, as_option, gate_of
from commands.deciding import derive_anew, reason_option
from commands.figures import the_tool
from commands.listing import Listing, limit_option, show, tell
from commands.opening import Desk, reading, writing
from commands.shape import Program, command, pass_program
from gate import questions as gated
from gate.accounts import folded
from gate.answers import expected
from gate.questions import Asked, Asking
from model.fact import encode
from model.facts import VOCABULARY
from policies.wording import CURRENCY, say
from reports.columns import Column, number, phrase, text, word
from reports.words import clean, plural
from reports.words import day as day_text
from scanner.answering import Sayings
from storage import queries
from storage import questions as stored
from storage.times import iso

#: The variable that stands in for a link's token, which would else stand in the shell's history.
LINK = "OSTIARY_LINK"
_FROM_VARIABLE = "-"
STATES = ("open", "answered", "ended", "withdrawn", "expired")


def _due(row: Mapping[str, Any], zone: Any) -> str:
    if row["state"] != "open" or row["due_at"] is None:
        return ""
    return day_text(row["due_at"], zone) + (" (overdue)" if row["overdue"] else "")


def _hang(row: Mapping[str, Any], _zone: object) -> str:
    return ", ".join(clean(one.partition(":")[0]) for one in row["findings"])


QUESTIONS = Listing(
    noun="question",
    fields=(
        *("id", "tool_id", "tool", "case_id", "fact", "question", "expected", "asks", "to", "state", "asked_at"),
        *("due_at", "overdue", "findings", "closed_at", "answer", "link"),
    ),
    columns=(
        number("id", "No"),
        text("tool", "Tool", least=12),
        text("question", "Question", least=28),
        Column(title="To", cell=lambda row, _z: clean(row["to"] or "nobody known"), rank=1, wraps=True, least=16),
        word("state", "State"),
        Column(title="Due", cell=_due, right=True),
        Column(title="Findings on it", cell=_hang, rank=2, wraps=True, least=8),
        number("case_id", "Case", rank=4),
        phrase("asks", "Role", rank=5),
        text("fact", "Fact", rank=3),
    ),
    covered=False,
    empty="Nobody was asked anything. `ostiary review ask CASE` asks what the findings of a case hang on.",
)


@command("review questions Quillfox", name="questions")
@click.argument("tool", metavar="[ID|NAME]", required=False)
@click.option("--to", metavar="EMAIL", help="Only those that this person was asked.")
@click.option("--case", "case", type=int, metavar="N", help="Only those of this case.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@limit_option
@pass_program
def questions(
    program: Program, *, tool: str | None, to: str | None, case: int | None, state: str | None, limit: int | None
) -> None:
    """List what people were asked, the open ones first: that on which most hangs above the others."""
    with reading(program) as desk:
        rows = _listed(desk, None if tool is None else the_tool(desk, tool), case)
        address = None if to is None else folded(to)
        found = [
            row
            for row in rows
            if state in {None, row["state"]}
            and (address is None or (row["to"] or "").casefold() == address)
            and (case is None or row["case_id"] == case)
        ]
        empty = f"None of the {plural(len(rows), 'question')} is one of these." if rows else None
        show(desk, QUESTIONS, found, limit=limit, empty=empty)


def _listed(desk: Desk, tool: str | None, case: int | None) -> list[dict[str, Any]]:
    gate = gate_of(desk, checked=False)
    with desk.store.read() as connection:
        rows = stored.questions(connection, tool=tool, case=None if tool else case)
        found = gated.listed(connection, gate, rows)
    return [row | {name: iso(row[name]) for name in ("asked_at", "due_at", "closed_at")} for row in found]


@command("review ask 3 data.dpa_signed --to dpo@example.com --as bo@example.com", name="ask")
@click.argument("case", metavar="CASE", type=int)
@click.argument("facts", metavar="[FACT]...", nargs=-1)
@click.option("--to", metavar="EMAIL", help="Whom; else who answers for it: an owner, or whom [gate.asks] names.")
@as_option
@pass_program
def ask(program: Program, *, case: int, facts: tuple[str, ...], to: str | None) -> None:
    """Ask what the findings of a case hang on, each once, in plain words; the case then waits for the answers.

    Without FACTs that is all that policies lack and a person can answer. A question goes to one person; so many go to
    one a day ([gate] questions_a_day), those on which most hangs first.
    """
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            found = Asking(connection, gate, case, account(connection, desk)).ask(facts, to)
            rows = {row["id"]: row for row in stored.questions(connection, case=case)}
        told = {name: list(getattr(found, name)) for name in ("made", "unaddressed", "before", "later")}
        tell(desk, {"case": case, **told}, *_said(case, found, rows))


def _said(case: int, found: Asked, rows: Mapping[int, Mapping[str, Any]]) -> list[str]:
    lines = [
        f"Question {number_} goes to {rows[number_]['address']}: {rows[number_]['fact']}." for number_ in found.made
    ]
    alone: dict[str, list[str]] = {}
    for number_ in found.unaddressed:
        alone.setdefault(rows[number_]["asks"].replace("_", " "), []).append(rows[number_]["fact"])
    lines += [f"Nobody is known who answers as {asks}: {', '.join(facts)}." for asks, facts in sorted(alone.items())]
    if alone:
        lines.append("Those stay with you: add --to EMAIL, record an owner, or name somebody in [gate.asks].")
    if found.before:
        lines.append(f"Asked before, and not again: {', '.join(found.before)}.")
    if found.later:
        lines.append(f"Left for another day, for who would answer has had enough today: {', '.join(found.later)}.")
    if not lines:
        lines.append("No finding of the tool hangs on anything that a person could answer.")
    return [*lines, "To see them:", f"ostiary review questions --case {case}"]


@command("""review withdraw 7 --reason "It stands in the contract" --as bo@example.com""", name="withdraw")
@click.argument("question", metavar="QUESTION", type=int)
@reason_option
@as_option
@pass_program
def withdraw(program: Program, question: int, reason: str) -> None:
    """Take a question back; the case goes on where it was the last one."""
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            row = gated.the_question(connection, question)
            Asking(connection, gate, row["case_id"], account(connection, desk)).withdraw(row, reason)
        tell(desk, {"question": question, "state": "withdrawn"}, f"Question {question} is taken back.")


@command("review link 7 --as bo@example.com", name="link")
@click.argument("question", metavar="QUESTION", type=int)
@as_option
@pass_program
def link(program: Program, question: int) -> None:
    """Make a new link to a question, to hand over where no message reaches who was asked; the trail keeps who did.

    Whoever has it answers as the person who was asked. The link before opens nothing any more.
    """
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            row = gated.the_question(connection, question)
            token = Asking(connection, gate, row["case_id"], account(connection, desk)).link(row)
            until = iso(gated.the_question(connection, question)["link_until"])
        asked = VOCABULARY[row["fact"]]
        shown = day_text(until, desk.zone)
        said = f"This answers question {question} once, until {shown}, as {row['address']}; give it to nobody else:"
        found = {"question": question, "token": token, "until": until, "to": row["address"]}
        what = f"It asks: {asked.question} The answer (VALUE) is {expected(asked)}."
        tell(desk, found, what, said, f"ostiary review answer-link {token} VALUE")


@command("review answer-link ask-7-1782000000-... yes --document DPA-2026.pdf", name="answer-link")
@click.argument("token", metavar="TOKEN")
@click.argument("value", metavar="VALUE")
@click.option("--document", metavar="TEXT", help="What says so: a title, an address. Nothing is attached.")
@click.option("--note", metavar="TEXT", help="What else is to be known.")
@pass_program
def answer_link(program: Program, token: str, value: str, *, document: str | None, note: str | None) -> None:
    """Answer the question of a signed link, once, without an account; the policies see it at once.

    With - as TOKEN it is read from OSTIARY_LINK, so that it stands in no history.
    """
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        given = os.environ.get(LINK, "") if token == _FROM_VARIABLE else token
        sayings = Sayings(desk.store, desk.trail(), desk.clock, "link", gate)
        found = sayings.answer_link(given, value, document=document, note=note)
        derive_anew(desk, "review answer-link")
        name = found.fact
        said = say(name, {name: found.value, CURRENCY: desk.company.base_currency})
        told: dict[str, Any] = {
            "question": found.question,
            "decision": found.decision,
            "tool": found.tool,
            "fact": name,
        }
        told |= {"value": encode(found.value), "until": found.until.isoformat(), "unheard": found.unheard}
        with desk.store.read() as connection:
            tool = queries.tool_name(connection, found.tool) or found.tool
        until = day_text(f"{found.until.isoformat()}T12:00:00Z", desk.zone)
        line = f"Thank you. {tool}: {VOCABULARY[name].question} {said[:1].upper()}{said[1:]}."
        tell(desk, told, line, found.unheard or f"It counts until {until}; whoever asked sees it at once.")
