"""`ostiary policy risk`: the rules by which findings make a band of risk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.listing import Listing, show
from commands.opening import reading
from commands.shape import Failure, Group, Program, pass_program
from policies.risk import RULES, Rule, Rules, load_rules
from reports.columns import number, text, word
from reports.words import plural

RISK_RULES = Listing(
    noun="rule",
    fields=("side", "number", "band", "severity", "findings", "gaps", "known", "unjudged", "rule", "file", "line"),
    columns=(
        word("side", "Side"),
        number("number", "No"),
        word("band", "Band"),
        text("rule", "Holds where there is", least=30),
    ),
    covered=False,
    stored=False,
    empty="There is no rule: every band is unknown.",
)


@click.group("risk", cls=Group, default="show", example="policy risk show")
def policy_risk() -> None:
    """Show and check the rules by which findings make the technology and the customer risk of a tool."""


@policy_risk.command("show", example="policy risk show --format json")
@pass_program
def show_rules(program: Program) -> None:
    """Print the rules in force, in the order in which they are read: the first of a side that holds says the band."""
    with reading(program, database=False) as desk:
        rules = load_rules(desk.settings.risk or RULES)
        if rules.refused:
            raise Failure("\n".join(["every band is unknown, for the rules are refused:", *map(str, rules.refused)]))
        rows = rule_rows(rules)
        show(desk, RISK_RULES, rows, limit=0, notes=lambda: _notes(own=desk.settings.risk is not None))


@policy_risk.command("check", example="policy risk check risk.yaml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def check_rules(files: tuple[Path, ...]) -> None:
    """Check files of rules: each fault is told as FILE:LINE:COLUMN: what to do. Exit status 1 where there is one."""
    refused = [refusal for file in files for refusal in load_rules(file).refused]
    for refusal in refused:
        click.echo(str(refusal))
    if refused:
        raise Failure(f"{plural(len(refused), 'fault')}: with one, every band is unknown")
    click.echo(f"{plural(len(files), 'file')} without a fault.", err=True)


def rule_rows(rules: Rules) -> list[dict[str, Any]]:
    """Return the rules as rows, in the order in which they are read."""
    return [_row(rule, rules.of(rule.side), rules.file) for rule in rules.rules]


def _row(rule: Rule, of_side: tuple[Rule, ...], file: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(rule, name) for name in ("side", "band", "severity", "line")}
    row |= {"gaps": list(rule.gaps), "known": list(rule.known), "rule": rule.said(), "file": Path(file).name}
    counts = rule.findings or None
    return row | {
        "number": of_side.index(rule) + 1,
        "findings": counts,
        "unjudged": None if counts else rule.unjudged,
    }


def _notes(*, own: bool) -> list[str]:
    where = "the file that [risk] file names" if own else "the program; [risk] file in the configuration names your own"
    return [
        "The first rule of a side that holds says the band; where none does, it is unknown.",
        "Waived and watched findings are not counted.",
        f"The rules are those of {where}.",
    ]
