"""`ostiary policy`: what must hold of every tool, and whether the policies themselves hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.categories import CATEGORIES
from commands.company_policies import company_pack
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, reading
from commands.policy_files import case, print_schema
from commands.policy_history import diff, replay
from commands.policy_risk import policy_risk
from commands.shape import Failure, Group, Program, pass_program
from model.facts import Known
from policies.engine import PACKS, load
from policies.nearest import near
from policies.overrides import Choice
from policies.reading import references
from policies.shape import GAPS, Case, Pack, Policy, Refusal
from policies.testing import Result, run_cases
from policies.wording import say
from reports import machine
from reports.columns import Column, number, text, word
from reports.words import plural

if TYPE_CHECKING:
    from reports.terminal import Screen

FIELDS = (
    *("id", "title", "gap", "severity", "customer_severity", "applies", "require", "pack", "profile", "mode"),
    "cases",
)
POLICIES = Listing(
    noun="policy",
    many="policies",
    fields=FIELDS,
    columns=(
        word("id", "Id"),
        text("title", "What is flagged", least=24),
        word("gap", "Gap", rank=2),
        word("severity", "Technology"),
        word("customer_severity", "Customer"),
        word("profile", "Profile", rank=1),
        Column(title="Mode", cell=lambda row, _z: mode_of(row)),
        number("cases", "Cases", rank=4),
    ),
    covered=False,
    empty="None of the policies is like that.",
)
RESULTS = Listing(
    noun="case",
    fields=("policy", "case", "passed", "expect", "got", "message", "note", "file", "line"),
    columns=(
        word("policy", "Policy"),
        number("case", "Case"),
        word("expect", "Expected"),
        word("got", "Came out as"),
        text("message", "What it says", rank=1, least=24),
        text("note", "Case", rank=2, least=20),
    ),
    covered=False,
    empty="Every case comes out as it says.",
)
_FILES = click.argument("files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))


@click.group(cls=Group, default="list", example="policy show SEC-02")
def policy() -> None:
    """Show what must hold of every tool, and check policies of your own."""


for _command in (policy_risk, replay, diff, case, print_schema):
    policy.add_command(_command)


@policy.command("list", example="policy list --gap security --format csv")
@click.option("--gap", type=click.Choice(GAPS), help="Only policies of this gap.")
@click.option("--in-force", is_flag=True, help="Only what is judged: neither off nor left out by the profile.")
@limit_option
@pass_program
def list_policies(program: Program, *, gap: str | None, in_force: bool, limit: int | None) -> None:
    """List the policies, with what the company's profile and overrides make of them."""
    with reading(program) as desk:
        pack = _company(desk)
        found = [p for p in pack.policies if gap in {None, p.gap} and not (in_force and p.mode == "off")]
        profile = (desk.settings.policies or Choice()).profile
        _show(desk, POLICIES, [row_of(p) | {"overridden": p.overridden} for p in found], limit)
        if desk.program.format == "table" and found:
            click.echo(_counted(found, profile), err=True)
    _tell_refused(pack)


def mode_of(row: Mapping[str, Any]) -> str:
    """Return a policy's mode, and by whom where its file says otherwise."""
    changed = dict(row.get("overridden", ()))
    if "profile" in changed:
        return "off: profile"
    return f"{row['mode']}: yours" if changed else str(row["mode"])


def _counted(found: Sequence[Policy], profile: str) -> str:
    judged = sum(policy.mode != "off" for policy in found)
    own = sum(bool(policy.overridden) and "profile" not in dict(policy.overridden) for policy in found)
    changed = f", {own} of them as [policies.override] has it" if own else ""
    return f"Profile {profile}: {judged} of {plural(len(found), 'policy', 'policies')} judged{changed}."


@policy.command("show", example="policy show SUP-04")
@click.argument("policy_id", metavar="ID")
@pass_program
def show_policy(program: Program, policy_id: str) -> None:
    """Show one policy: what it reads, why it is there, what to do, and its worked examples."""
    with reading(program) as desk:
        whole = whole_of(_named(_company(desk), policy_id))
        show_one(desk, whole, lambda page: _draw(page, whole))


@policy.command("test", example="policy test own-policies.yaml")
@_FILES
@limit_option
@pass_program
def test_policies(program: Program, files: tuple[Path, ...], limit: int | None) -> None:
    """Run the cases of the policies, or of those in files of your own. Exit status 1 where one comes out otherwise."""
    pack = _loaded(files)
    results = list(run_cases(pack.policies))
    failed = [result for result in results if not result.passed]
    with reading(program) as desk:
        _show_results(desk, results, failed, limit)
    _tell_refused(pack)
    if failed or pack.refused:
        raise Failure(f"{len(failed)} of {plural(len(results), 'case')} failed, {len(pack.refused)} faults in policies")


@policy.command("check", example="policy check own-policies.yaml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--annotate", is_flag=True, help="Tell faults as GitHub Actions shows them beside the line.")
@pass_program
def check_files(program: Program, files: tuple[Path, ...], *, annotate: bool) -> None:
    """Check files: each fault is told as FILE:LINE:COLUMN: what to do. Exit status 1 where there is one.

    With --format json, jsonl or csv each fault is a row: file, line, column, policy, message.
    """
    pack = _loaded(files)
    if program.format != "table":
        rows = [{name: getattr(refusal, name) for name in _FAULT} for refusal in pack.refused]
        machine.write(program.format, rows, _FAULT, sys.stdout)
    else:
        for refusal in pack.refused:
            click.echo(_annotation(refusal) if annotate else str(refusal))
    if pack.refused:
        raise Failure(f"{plural(len(pack.refused), 'fault')}: what has one is not evaluated, and never met")
    click.echo(f"{plural(len(pack.policies), 'policy', 'policies')} without a fault.", err=True)


_FAULT = ("file", "line", "column", "policy", "message")


def _annotation(refusal: Refusal) -> str:
    """Return a fault as a workflow command (docs.github.com/actions, "Workflow commands"), its text escaped."""
    text = refusal.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = refusal.file.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::error file={file},line={refusal.line},col={refusal.column}::{text}"


def _company(desk: Desk) -> Pack:
    """Return the policies as the company has them."""
    return company_pack(desk.settings, _loaded)


def _named(pack: Pack, policy_id: str) -> Policy:
    """Return a policy by its id. Raises Failure, which says why it is not there."""
    known = {found.id: found for found in pack.policies}
    found = known.get(policy_id.upper())
    if found is None:
        refused = [str(refusal) for refusal in pack.refused if refusal.policy == policy_id.upper()]
        meant = near(policy_id.upper(), known)
        hint = f": did you mean {meant}?" if meant else ""
        raise Failure("\n".join(["it is not evaluated:", *refused]) if refused else _unknown(policy_id) + hint)
    return found


def _unknown(policy_id: str) -> str:
    return f"there is no policy {policy_id!r}"


def _loaded(files: Sequence[Path] = ()) -> Pack:
    """Return the policies that come with the program; or those of files, which may not take an id of the former."""
    if not files:
        return load(categories=CATEGORIES)
    given = {path.resolve() for file in files for path in ([file] if file.is_file() else file.glob("*.yaml"))}
    ours = [path for path in sorted(PACKS.glob("*.yaml")) if path.resolve() not in given]
    pack = load([*ours, *files], CATEGORIES)
    theirs = tuple(found for found in pack.policies if Path(found.file) not in ours)
    return Pack(theirs, pack.refused)


def _tell_refused(pack: Pack) -> None:
    for refusal in pack.refused:
        click.echo(f"not evaluated: {refusal}", err=True)


def row_of(found: Policy) -> dict[str, Any]:
    """Return a policy as a row of the list (`FIELDS`)."""
    row = {name: getattr(found, name) for name in POLICIES.fields}
    return row | {"applies": found.applies.text, "require": found.require.text, "cases": len(found.cases)}


def whole_of(found: Policy) -> dict[str, Any]:
    """Return a policy with its words, what it reads, its thresholds and its cases."""
    return row_of(found) | {
        "reads": list(found.reads),
        "own_records": found.own_records,
        "message": found.message.text,
        "with": {one.name: one.written for one in found.thresholds},
        "overridden": dict(found.overridden),
        "why": found.why,
        "do": list(found.do),
        "refs": [{"ref": ref, "title": references()[ref]} for ref in found.refs],
        "cases": [_case(case, found.reads) for case in found.cases],
    }


def _case(case: Case, reads: Sequence[str]) -> dict[str, Any]:
    values = {name: fact.value for name, fact in case.facts.items() if isinstance(fact, Known)}
    stated = {**case.attributes, **values, **({"now": case.now} if "now" in reads else {})}
    return {"expect": case.expect, "note": case.note, "facts": {name: say(name, stated) for name in stated}}


def _draw(page: Screen, whole: dict[str, Any]) -> None:
    page.heading(whole["title"], whole["id"])
    named = ("gap", "severity", "customer_severity", "profile", "mode", "applies", "require", "message")
    page.facts([(name.replace("_", " "), whole[name]) for name in named])
    if whole["with"]:
        page.heading("Thresholds", f"to change one: with = {{...}} under [policies.override.{whole['id']}]")
        page.facts(list(whole["with"].items()))
    if whole["overridden"]:
        page.heading("What the company changed", "what the file says")
        page.facts([(name.replace("_", " "), before) for name, before in whole["overridden"].items()])
    page.heading("Why")
    page.line(whole["why"])
    page.heading("What to do")
    for count, step in enumerate(whole["do"], 1):
        page.line(f"{count}. {step}")
    page.heading("Examples", "what is not stated is unknown")
    page.facts([(case["expect"].replace("_", " "), _said(case)) for case in whole["cases"]])
    if whole["refs"]:
        page.heading("See also", "the topic is dealt with there")
        page.facts([(ref["ref"], ref["title"]) for ref in whole["refs"]])


def _said(case: dict[str, Any]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in case["facts"].items()) or "nothing is known"
    return f"{case['note']}: {facts}" if case["note"] else facts


def _show(desk: Desk, listing: Listing, rows: list[dict[str, Any]], limit: int | None) -> None:
    """Write rows; that there are none has nothing to do with the database."""
    if not rows and desk.program.format == "table":
        click.echo(listing.empty)
    else:
        show(desk, listing, rows, limit=limit)


def _show_results(desk: Desk, results: list[Result], failed: list[Result], limit: int | None) -> None:
    """Write all results for programs, and the failed ones for people."""
    table = desk.program.format == "table"
    _show(desk, RESULTS, list(_results(failed if table else results)), limit)
    click.echo(_passed(results), err=not table)


def _passed(results: list[Result]) -> str:
    passed = sum(result.passed for result in results)
    return f"{passed} of {plural(len(results), 'case')} of {len({r.policy.id for r in results})} policies passed."


def _results(results: list[Result]) -> Iterator[dict[str, Any]]:
    for result in results:
        yield {
            "policy": result.policy.id,
            "case": result.number,
            "passed": result.passed,
            "expect": result.case.expect,
            "got": result.got,
            "message": result.message,
            "note": result.case.note,
            "file": result.policy.file,
            "line": result.case.line,
        }
