"""`ostiary review rate` and `differences`: how each side sees a tool, and what the next joint meeting talks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from commands.acting import account, as_option, gate_of
from commands.deciding import reason_option
from commands.figures import listed_tools, the_tool
from commands.listing import Listing, limit_option, show, tell
from commands.opening import Desk, reading, writing
from commands.shape import Group, Program, command, pass_program
from connectors.masking import mask_cards
from gate import ratings, views
from gate.keys import Side
from gate.views import STEPS, Views
from reports.columns import Column, day, number, said, text
from reports.words import plural
from scanner.corrections import today
from scanner.identifying import lasting
from storage import kept, queries
from storage import measures as stored
from storage.times import from_ms

_STEP = click.Choice(STEPS)


def _view(row: Mapping[str, Any], side: str) -> str:
    importance, risk = row[f"importance_{side}"], row[f"risk_{side}"]
    if importance is None:
        return "not rated yet"
    return f"importance {importance}\nrisk {risk or 'not rated yet'}"


DIFFERENCES = Listing(
    noun="difference",
    fields=(
        *("tool_id", "tool", "category", "status", "importance_marketing", "importance_it", "importance_apart"),
        *("risk_marketing", "risk_it", "risk_apart", "apart", "reason_marketing", "reason_it", "rated_marketing"),
        *("rated_it", "dissent", "noted_at", "note"),
    ),
    columns=(
        text("tool", "Tool", least=12),
        number("apart", "Steps apart"),
        Column(title="Marketing", cell=lambda row, _z: _view(row, "marketing"), wraps=True, least=14),
        Column(title="IT", cell=lambda row, _z: _view(row, "it"), wraps=True, least=14),
        Column(title="Why, says Marketing", cell=lambda row, _z: _why(row, "marketing"), wraps=True, rank=2, least=18),
        Column(title="Why, says IT", cell=lambda row, _z: _why(row, "it"), wraps=True, rank=1, least=18),
        Column(
            title="Said otherwise", cell=lambda row, _z: "\n".join(map(said, row["dissent"])) or "-", wraps=True, rank=3
        ),
        Column(
            title="Last meeting", cell=lambda row, _z: said(row["note"]) if row["note"] else "-", wraps=True, rank=5
        ),
        day("noted_at", "Met", rank=6),
    ),
    covered=False,
    empty=(
        "The two sides see no tool differently, by what was rated. `ostiary review rate TOOL --importance high "
        "--risk low --reason TEXT --as EMAIL` says how one side sees a tool."
    ),
)


def _why(row: Mapping[str, Any], side: str) -> str:
    return said(row[f"reason_{side}"]) if row[f"reason_{side}"] else "-"


@command(
    "review rate Mailchimp --importance high --risk low --reason 'All our leads come by it' --as ana@example.com",
    name="rate",
)
@click.argument("tool", metavar="ID|NAME")
@click.option("--importance", type=_STEP, required=True, help="How important the tool is for the work of your side.")
@click.option("--risk", type=_STEP, required=True, help="How much can go wrong by it, as your side sees it.")
@click.option(
    "--side", type=click.Choice([*map(str, Side)]), help="For which side; needed only of who may speak for both."
)
@reason_option
@as_option
@pass_program
def rate(program: Program, tool: str, *, importance: str, risk: str, side: str | None, reason: str) -> None:
    """Say how important and how risky your side thinks a tool is; the policies see it at once.

    A later rating of a side takes the place of its earlier one.
    """
    with writing(program, new=False) as desk:
        known, gate = the_tool(desk, tool), gate_of(desk)
        with desk.store.write() as connection:
            by = account(connection, desk)
            number_ = ratings.rate(
                connection,
                gate,
                by,
                known,
                importance=importance,
                risk=risk,
                reason=mask_cards(reason),
                side=None if side is None else Side(side),
            )
        spoke = ratings.side_of(by, None if side is None else Side(side))
        told = f"{views.called(spoke)} rates {known}: importance {importance}, risk {risk} (decision {number_})."
        detail = {"decision": number_, "kind": "review rate", "tool": known, "side": spoke.value}
        _tell(desk, detail | {"importance": importance, "risk": risk}, told)


def _tell(desk: Desk, detail: dict[str, Any], told: str) -> None:
    undo = f"ostiary review undo {detail['decision']} --reason TEXT"
    tell(desk, detail | {"undo": undo}, told, "To undo it:", undo)


@click.group("differences", cls=Group, default="list", example="review differences")
def differences() -> None:
    """Show what the two sides see differently, the largest difference first; for the next joint meeting."""


@differences.command("list", example="review differences list --format csv")
@click.option("--not-noted", is_flag=True, help="Only those of which no meeting has left a note yet.")
@limit_option
@pass_program
def list_differences(program: Program, *, not_noted: bool, limit: int | None) -> None:
    """List the tools that Marketing and IT rate differently, or on which they signed differently."""
    with reading(program) as desk:
        found, rows = difference_rows(desk, {row["id"]: row for row in listed_tools(desk)})
        chosen = [row for row in rows if not (not_noted and row["noted_at"])]
        show(desk, DIFFERENCES, chosen, limit=limit, notes=lambda: _notes(found, chosen))


@differences.command(
    "note", example="review differences note Mailchimp --reason 'IT looks at the backup' --as ana@example.com"
)
@click.argument("tool", metavar="ID|NAME")
@reason_option
@as_option
@pass_program
def note(program: Program, tool: str, *, reason: str) -> None:
    """Keep what the joint meeting said of a tool. It changes no rating: each side rates anew where it sees it anew."""
    with writing(program, new=False) as desk:
        known, gate = the_tool(desk, tool), gate_of(desk)
        with desk.store.write() as connection:
            made = ratings.note(connection, gate, account(connection, desk), known, mask_cards(reason))
        detail = {"decision": made, "kind": "review differences note", "tool": known}
        _tell(desk, detail, f"The note on {known} is kept (decision {made}).")


def difference_rows(
    desk: Desk, tools: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Views], list[dict[str, Any]]]:
    """Return what each side rated, and the rows of what they see differently; `tools` have category and status."""
    current = {lasting(tool): tool for tool in tools}
    day_ = from_ms(desk.as_of_ms()).astimezone(desk.zone).date()
    with desk.store.read() as connection:
        found = views.views(
            kept.decisions(connection), stored.tools_of_cases(connection), day_, lambda tool: today(tool, current)
        )
        rows = views.differences(found, lambda digest: kept.text_of(connection, digest))
        return found, [_named(row, tools, queries.tool_name(connection, row["tool_id"])) for row in rows]


def _named(row: dict[str, Any], tools: Mapping[str, Mapping[str, Any]], name: str | None) -> dict[str, Any]:
    tool = tools.get(row["tool_id"], {})
    whole = row | {"tool": name or row["tool_id"], "category": tool.get("category"), "status": tool.get("status")}
    return {field: whole[field] for field in DIFFERENCES.fields}


def _notes(found: Mapping[str, Views], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    alone = [of for of in found.values() if len(of.ratings) == 1]
    agreed = sum(len(of.ratings) == len(Side) for of in found.values())
    told = [f"{plural(agreed, 'tool')} rated by both sides, {plural(len(alone), 'tool')} by one alone."]
    return [*told, "To keep what a meeting says of one:", f"ostiary review differences note {rows[0]['tool_id']}"]
