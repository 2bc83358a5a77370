"""`ostiary findings`: which tools violate which policies, and all that stands behind one of them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import click

from commands.figures import the_tool
from commands.finding_page import draw_finding, whole
from commands.listing import limit_option, show, show_one
from commands.opening import Desk, reading
from commands.settling import Want
from commands.shape import Failure, Group, Program, pass_program
from commands.standing import (
    FINDINGS,
    fail_option,
    fails,
    first_to_see,
    listed_findings,
    policies,
    refused_lines,
    shown,
    unjudged,
)
from policies.shape import GAPS, SEVERITIES
from reports.words import plural
from storage.listings import findings as listings

VERDICTS = ("violated", "unknown", "met", "all")
STATES = ("open", "waived", "resolved", "all")
#: So many reasons are told below the table.
_TOLD = 3


@click.group(cls=Group, default="list", example="findings --severity high")
def findings() -> None:
    """Show which tools violate which policies, the worst first; or all that stands behind one finding."""


@findings.command("list", example="findings list --gap security --format csv")
@click.option("--policy", metavar="ID", help="Only findings of this policy, such as SEC-02.")
@click.option("--tool", metavar="ID|NAME", help="Only findings of this tool.")
@click.option("--gap", type=click.Choice(GAPS), help="Only findings of this gap.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only findings of this technology severity.")
@click.option(
    "--state", type=click.Choice(STATES), default="open", help="Only findings in this state; open by default."
)
@click.option("--verdict", type=click.Choice(VERDICTS), help="By default what is violated; all: what is unknown too.")
@fail_option
@limit_option
@pass_program
@click.pass_context
def list_findings(
    context: click.Context,
    program: Program,
    *,
    policy: str | None,
    tool: str | None,
    gap: str | None,
    severity: str | None,
    state: str,
    verdict: str | None,
    fail_on: str | None,
    limit: int | None,
) -> None:
    """List findings, the worst first: what is violated and open, where nothing else is asked for."""
    with reading(program) as desk:
        named = None if policy is None else _policy(desk, policy)
        of_tool = None if tool is None else the_tool(desk, tool)
        known = listed_findings(desk, policy=named, tool_id=of_tool, gap=gap)
        rows = [row for row in known if severity in {None, row["severity"]} and state in {"all", row["state"]}]
        lacking = [row for row in rows if row["verdict"] == "unknown" and row["state"] == "open"]
        rows = [row for row in rows if _asked(row["verdict"], verdict, state)]
        narrowed = any((policy, tool, gap, severity, verdict, state != "open"))
        empty = _why_empty(desk, lacking, narrowed=narrowed)
        told = lacking if verdict in {None, "all", "unknown"} else []
        show(
            desk,
            FINDINGS,
            shown(rows),
            limit=limit,
            empty=empty,
            notes=lambda: _notes(desk, rows, told, whole=verdict is not None),
        )
        for line in refused_lines(desk=desk):
            click.echo(line, err=True)
    context.exit(4 if fails(known, fail_on) else 0)


def _asked(found: str, verdict: str | None, state: str) -> bool:
    """Whether a verdict is asked for: what is resolved was met, so that a state alone asks for all of it."""
    if verdict is None:
        return found == "violated" if state == "open" else True
    return verdict in {"all", found}


def _policy(desk: Desk, wanted: str) -> str:
    known = policies(desk)
    if wanted.upper() not in known:
        near = difflib.get_close_matches(wanted.upper(), known, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else "`ostiary policy list` lists them"
        raise click.UsageError(f"--policy: there is no {wanted!r}: {hint}")
    return wanted.upper()


def _why_empty(desk: Desk, lacking: Sequence[dict[str, Any]], *, narrowed: bool) -> str | None:
    """Return why there is nothing to list: nothing was judged, nothing is like that, or nothing could be judged."""
    with desk.store.read() as connection:
        judged = listings.open_by_tool(connection)
    if not judged:
        return (
            "Nothing has been judged yet: `ostiary ingest FORMAT PATH` reads what your systems export, and judges it."
        )
    if lacking:
        count = plural(len(lacking), "finding")
        return f"Nothing is violated by what is known, but {count} cannot be judged: add --verdict all."
    if narrowed:
        return "No finding is like that. `ostiary findings` lists what is violated."
    rules = sum(policy.mode != "off" for policy in policies(desk).values())
    return f"Nothing is violated: {plural(len(judged), 'tool')} judged by {plural(rules, 'policy', 'policies')}."


def _told(what: str, wanted: Sequence[Want], *, whole: bool) -> list[str]:
    found = [f"{what}: {want.told()}" for want in (wanted if whole else wanted[:_TOLD])]
    if len(wanted) > len(found):
        found.append(f"{what}, for {len(wanted) - len(found)} more reasons: --verdict all tells all.")
    return found


def _notes(desk: Desk, rows: Sequence[dict[str, Any]], lacking: Sequence[dict[str, Any]], *, whole: bool) -> list[str]:
    stuck, may = ([row for row in lacking if row["queued"] is queued] for queued in (True, False))
    found = _told("Cannot be judged", unjudged(desk, stuck), whole=whole)
    if whole:
        found += _told("May apply", unjudged(desk, may), whole=True)
    elif may:
        found.append(f"{len(may):,} more may apply, which is not known: --verdict all lists them, and why.")
    blind = sum(row["was_violated"] for row in lacking)
    if blind:
        found.append(f"{plural(blind, 'finding')} of these stood before, and stay open until they can be judged again.")
    if (first := first_to_see(rows)) is not None:
        found += ["To see one with its evidence, and what to do:", f"ostiary findings show {first['id']}"]
    return found


@findings.command("show", example="findings show SEC-11:zapier")
@click.argument("finding", metavar="POLICY:TOOL")
@pass_program
def show_finding(program: Program, finding: str) -> None:
    """Show one finding: what was read, how we know it, the policy's text, what to do, and what became of it."""
    with reading(program) as desk:
        row = the_finding(desk, finding)
        page = whole(desk, row)
        show_one(desk, page, lambda screen: draw_finding(screen, page))


def the_finding(desk: Desk, wanted: str) -> dict[str, Any]:
    """Return a finding as the listing has it, by its id. Raises UsageError and Failure, which say what there is."""
    policy, colon, tool = wanted.strip().partition(":")
    if not colon or not tool:
        raise click.UsageError(f"{wanted!r} is no finding: write POLICY:TOOL, such as SEC-11:zapier")
    of_tool = the_tool(desk, tool)
    known = listed_findings(desk, tool_id=of_tool)
    found = next((row for row in known if row["policy"] == policy.upper()), None)
    if found is None:
        have = ", ".join(row["id"] for row in known)
        said = f"it has {have}" if have else "the tool has none"
        raise Failure(f"there is no finding {policy.upper()}:{of_tool}; {said}")
    return found
