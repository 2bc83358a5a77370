"""`ostiary review answer`, `answers` and `own`: what people say of a tool where no source shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from commands.acting import acting, as_option, by_address, gate_of
from commands.deciding import reason_option, record
from commands.figures import the_tool
from commands.listing import Listing, limit_option, show
from commands.opening import Desk, reading, writing
from commands.shape import Program, check_date, command, pass_program
from gate.answers import askable, expected
from gate.decisions import in_force
from gate.roles import Act
from model.fact import decode, encode
from model.facts import VOCABULARY
from policies.wording import CURRENCY, say
from reports.columns import Column, moment, number, text, word
from scanner.answering import SIDES, Sayings
from scanner.corrections import all_decisions
from storage import kept, queries
from storage.times import from_ms, iso

ANSWERS = Listing(
    noun="answer",
    fields=(
        *("decision", "tool_id", "tool", "fact", "question", "value", "said", "state", "until", "at", "by"),
        *("document", "note"),
    ),
    columns=(
        number("decision", "No"),
        text("tool", "Tool", least=12),
        text("question", "Question", least=24, rank=1),
        text("said", "Answer", least=8),
        word("state", "State"),
        Column(title="Until", cell=lambda row, _z: row["until"]),
        text("by", "By", rank=2),
        moment("at", "When", rank=3),
        text("document", "Document", least=12, rank=4),
    ),
    covered=False,
    empty="Nobody has answered anything yet. `ostiary findings --verdict unknown` shows which questions are open.",
)


@command("""review answer Quillfox data.dpa_signed yes --document "DPA of 3 March 2026" """.strip(), name="answer")
@click.argument("tool", metavar="ID|NAME")
@click.argument("fact", metavar="FACT")
@click.argument("value", metavar="VALUE")
@click.option("--until", callback=check_date, metavar="DATE", help="Last day on which it holds; a year where not said.")
@click.option("--document", metavar="TEXT", help="What says so: a title, an address, a page.")
@click.option("--note", metavar="TEXT", help="What else is to be known.")
@as_option
@pass_program
def answer(
    program: Program, tool: str, fact: str, value: str, *, until: str | None, document: str | None, note: str | None
) -> None:
    """Answer a question on a tool, such as whether an agreement is signed; the policies see it at once.

    docs/reference/facts.md lists FACTs with their questions. A later answer takes the place of an earlier one.
    """
    with writing(program, new=False) as desk:
        known = the_tool(desk, tool)
        by = acting(desk, Act.ANSWER, tool=known)
        sayings = Sayings(desk.store, desk.trail(), desk.clock, by, gate_of(desk))
        ends = None if until is None else date.fromisoformat(until[:10])
        found = sayings.answer(known, fact, value, until=ends, document=document, note=note)
        said = say(fact, {fact: found.value, CURRENCY: desk.company.base_currency})
        recorded = f"{fact} of {known} is {said} until {found.until}"
        record(
            desk,
            "review answer",
            found.decision,
            recorded if found.unheard is None else f"Recorded that {recorded}",
            tool=known,
            fact=fact,
            value=encode(found.value),
            until=found.until.isoformat(),
            question=found.question,
            unheard=found.unheard,
        )


@command("review answers Quillfox", name="answers")
@click.argument("tool", metavar="[ID|NAME]", required=False)
@click.option("--fact", metavar="FACT", help="Only answers to this fact's question.")
@click.option("--all", "every", is_flag=True, help="Ended, replaced and undone ones too.")
@limit_option
@pass_program
def answers(program: Program, tool: str | None, fact: str | None, *, every: bool, limit: int | None) -> None:
    """List what was answered, the latest first."""
    with reading(program) as desk:
        known = None if tool is None else the_tool(desk, tool)
        rows = [
            row
            for row in _answers(desk)
            if (known is None or row["tool_id"] == known)
            and (fact is None or row["fact"] == fact)
            and (every or row["state"] == "holds")
        ]
        show(desk, ANSWERS, by_address(desk, rows), limit=limit)


@command("review question data.dpa_signed", name="question")
@click.argument("fact", metavar="FACT")
def question(fact: str) -> None:
    """Show the question of a fact, who can answer it, and how the answer is written."""
    found = askable(fact)
    click.echo(f"{found.question}\nTo: {found.asks.replace('_', ' ')}. The answer is {expected(found)}.")


@command("""review own Quillfox ana@example.com --side business --reason "Runs the newsletter" """.strip(), name="own")
@click.argument("tool", metavar="ID|NAME")
@click.argument("address", metavar="EMAIL")
@click.option("--side", type=click.Choice(SIDES), default="business", show_default=True, help="What for.")
@reason_option
@as_option
@pass_program
def own(program: Program, tool: str, address: str, side: str, reason: str) -> None:
    """Record who answers for a tool: its business owner, its technical owner, or a deputy."""
    with writing(program, new=False) as desk:
        known = the_tool(desk, tool)
        by = acting(desk, Act.CORRECT, tool=known)
        made = Sayings(desk.store, desk.trail(), desk.clock, by).own(known, side, address, reason)
        said = f"{address} is {'deputy' if side == 'deputy' else f'{side} owner'} of {known} from now on"
        record(desk, "review own", made, said, tool=known, side=side)


def _answers(desk: Desk) -> Iterator[dict[str, Any]]:
    rows = all_decisions(desk.store)
    standing = {row["id"] for row in in_force(rows)}
    replaced: set[tuple[str, str]] = set()
    today = from_ms(desk.as_of_ms()).date().isoformat()
    with desk.store.read() as connection:
        for row in reversed(rows):
            if row["kind"] != "answer":
                continue
            detail, tool = row["detail"], row["object"].removeprefix("tool:")
            key = (tool, detail["fact"])
            state = _state(row["id"] in standing, key in replaced, detail["until"] < today)
            if row["id"] in standing:
                replaced.add(key)
            yield {
                "decision": row["id"],
                "tool_id": tool,
                "tool": queries.tool_name(connection, tool) or tool,
                **_worded(detail, desk.company.base_currency),
                "state": state,
                "until": detail["until"],
                "at": iso(row["at"]),
                "by": row["by"],
                "document": kept.text_of(connection, detail.get("words", {}).get("document")),
                "note": kept.text_of(connection, row["reason_hash"]),
            }


def _state(stands: bool, is_replaced: bool, is_over: bool) -> str:
    return "undone" if not stands else "replaced" if is_replaced else "ended" if is_over else "holds"


def _worded(detail: dict[str, Any], currency: str | None) -> dict[str, Any]:
    fact = VOCABULARY.get(detail["fact"])
    value = None if fact is None else decode(fact, detail["value"])
    said = str(detail["value"]) if fact is None else say(fact.name, {fact.name: value, CURRENCY: currency})
    return {
        "fact": detail["fact"],
        "question": "" if fact is None else fact.question,
        "value": detail["value"],
        "said": said,
    }
