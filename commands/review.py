"""`ostiary review`: corrections of which tool is which, each with its reason, each to be undone."""

from __future__ import annotations

from typing import Any

import click

from commands import rating, review_accounts, review_cases, review_questions, review_rules, saying
from commands.acting import as_option, by_address, gate_of, signed_in
from commands.cells import detail_text
from commands.deciding import correct, reason_option, record, settle
from commands.figures import known_tool, the_tool
from commands.listing import Listing, limit_option, show
from commands.opening import Desk, reading, who, writing
from commands.shape import Group, Program, pass_program
from commands.waiving import unwaive, waive
from gate import undoing
from gate.decisions import in_force
from reports.columns import Column, moment, number, said, text, word
from scanner.corrections import all_decisions
from storage import kept, queries
from storage.cases import status_of_tool
from storage.times import iso

DECISIONS = Listing(
    noun="decision",
    fields=("id", "at", "by", "kind", "object", "detail", "reason", "in_force"),
    columns=(
        number("id", "No"),
        moment("at", "When", rank=2),
        word("kind", "Ruling"),
        text("object", "About", least=20),
        Column(title="What", cell=lambda row, _z: detail_text(row["detail"]), wraps=True, rank=3, least=16),
        text("reason", "Reason", least=20),
        text("by", "By", rank=1),
        Column(title="In force", cell=lambda row, _z: "yes" if row["in_force"] else "undone"),
    ),
    covered=False,
    empty="Nobody has decided anything yet. `ostiary tools --new` lists what waits for it.",
)


@click.group(cls=Group, example="""review merge hubspot-crm hubspot --reason "One contract covers both" """.strip())
def review() -> None:
    """Correct which tool is which, answer what no source shows, name owners. All is kept, and can be undone."""


review.add_command(waive)
review.add_command(unwaive)
review.add_command(rating.rate)
review.add_command(rating.differences)


for _saying in (saying.answer, saying.answers, saying.question, saying.own):
    review.add_command(_saying)


for _question in (
    review_questions.questions,
    review_questions.ask,
    review_questions.withdraw,
    review_questions.link,
    review_questions.answer_link,
):
    review.add_command(_question)


for _account in (
    review_accounts.init,
    review_accounts.account_group,
    review_accounts.delegate,
    review_accounts.delegations,
):
    review.add_command(_account)


for _case in (
    review_cases.take,
    review_cases.assign,
    review_cases.decide,
    review_cases.agree,
    review_cases.condition,
    review_cases.revoke_rule,
    review_rules.rules,
):
    review.add_command(_case)


@review.command("merge", example="""review merge new-mail-chimp-3fa9c1 mailchimp --reason "Same account" """.strip())
@click.argument("tool", metavar="ID|NAME")
@click.argument("into", metavar="ID|NAME")
@reason_option
@as_option
@pass_program
def merge(program: Program, tool: str, into: str, reason: str) -> None:
    """Rule that the first tool is the second one, which may be one of the catalogue that was not seen before."""
    with writing(program, new=False) as desk:
        one, other = the_tool(desk, tool), known_tool(desk, into)
        said_ = f"{_called(desk, one)} is {_called(desk, other)} from now on"
        correct(desk, "review merge", lambda c: c.merge(one, other, reason), said_, tool=one, into=other)


@review.command(
    "split", example="""review split okta/app_id:0oa1example --name "Agency portal" --reason "Not the same" """.strip()
)
@click.argument("identity", metavar="SOURCE/KEY")
@click.option("--to", metavar="ID|NAME", help="The tool that it is.")
@click.option("--name", metavar="NAME", help="What it is called, where it is a tool that is not listed yet.")
@reason_option
@as_option
@pass_program
def split(program: Program, identity: str, to: str | None, name: str | None, reason: str) -> None:
    """Rule that a source's name for an app is another tool; `ostiary tools show` lists these names."""
    with writing(program, new=False) as desk:
        known = None if to is None else known_tool(desk, to)
        correct(
            desk,
            "review split",
            lambda c: c.split(identity, known, name, reason),
            f"{said(identity)} is {known or name} from now on",
            identity=identity,
            to=known,
            name=name,
        )


@review.command("noise", example="""review noise Crisp --reason "The agency tried it once" """.strip())
@click.argument("tool", metavar="ID|NAME")
@click.option("--not", "not_noise", is_flag=True, help="Rule that it is none, whatever the rules say.")
@reason_option
@as_option
@pass_program
def noise(program: Program, tool: str, reason: str, *, not_noise: bool) -> None:
    """Rule that a tool is noise, such as personal use: lists hide it. `ostiary tools --noise` shows what is hidden."""
    with writing(program, new=False) as desk:
        known = the_tool(desk, tool)
        said_ = f"{known} is {'no ' if not_noise else ''}noise from now on"
        correct(
            desk,
            "review noise",
            lambda c: c.noise(known, noise=not not_noise, reason=reason),
            said_,
            tool=known,
            noise=not not_noise,
        )


@review.command("undo", example="""review undo 7 --reason "Two contracts after all" """.strip())
@click.argument("number", type=int, metavar="DECISION")
@reason_option
@as_option
@pass_program
def undo(program: Program, number: int, reason: str) -> None:
    """Take a decision back. That is a decision too: nothing is erased."""
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            made = undoing.undo(connection, gate, number, reason, signed_in(connection, desk) or who())
        row = next(row for row in all_decisions(desk.store) if row["id"] == number)
        said_ = f"Decision {number} is undone{_again(desk, row)}"
        (settle if row["kind"] in _OF_NAMES else record)(desk, "review undo", made, said_, undone=number)


def _called(desk: Desk, tool: str) -> str:
    """Return a tool's name, with its id where the name does not tell it."""
    entry = desk.index.entry(tool)
    with desk.store.read() as connection:
        name = queries.tool_name(connection, tool) or (entry.name if entry else tool)
    return said(name) if name.casefold() == tool else f"{said(name)} ({tool})"


def _again(desk: Desk, row: dict[str, Any]) -> str:
    """Return what a tool is again by the undo of a decision on its status; nothing of other decisions."""
    if row["kind"] != "status":
        return ""
    tool = row["object"].removeprefix("tool:")
    with desk.store.read() as connection:
        found = status_of_tool(connection, tool)
        return "" if found is None else f": {queries.tool_name(connection, tool)} is {found.replace('_', ' ')} again"


#: Kinds of decisions on which tool is which.
_OF_NAMES = frozenset({"merge", "split", "merchant", "alias", "noise"})


@review.command("decisions", example="review decisions --format jsonl")
@limit_option
@pass_program
def decisions(program: Program, limit: int | None) -> None:
    """List what was decided, the latest first."""
    with reading(program) as desk:
        rows = all_decisions(desk.store)
        standing = {row["id"] for row in in_force(rows)}
        with desk.store.read() as connection:
            shown = [
                {name: row[name] for name in ("id", "by", "kind", "object", "detail")}
                | {"at": iso(row["at"]), "reason": kept.text_of(connection, row["reason_hash"])}
                | {"in_force": row["id"] in standing or row["kind"] == "undo"}
                for row in reversed(rows)
            ]
        show(desk, DECISIONS, by_address(desk, shown), limit=limit)
