"""`ostiary policy replay` and `diff`: what policies would have flagged, and what a change of them changes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from catalog.categories import CATEGORIES
from commands.company_policies import company_pack
from commands.listing import Listing, limit_option, show
from commands.opening import Desk, reading
from commands.shape import Command, Failure, Program, pass_program
from policies.differing import differences
from policies.engine import compiler, load
from policies.overrides import Choice, Override, chosen
from policies.shape import MODES, SEVERITIES, Pack, Policy
from reports.columns import Column, day, number, said, text, word
from reports.words import plural
from scanner.replaying import Change, Flag, Moment, changes, flagged, history, last_moment, moments
from scanner.run import shipped_pack
from storage import runs
from storage.times import iso, to_ms

REPLAY = Listing(
    noun="finding",
    fields=(
        *("policy", "tool_id", "tool", "change", "first", "last", "now", "moments", "of", "severity", "message"),
        "title",
    ),
    columns=(
        word("change", "Change"),
        word("policy", "Policy"),
        text("tool", "Tool", least=12),
        day("first", "First"),
        day("last", "Last"),
        Column(title="Still", cell=lambda row, _z: "yes" if row["now"] else "no"),
        number("moments", "Times", rank=1),
        text("message", "What it said", least=24),
        text("title", "In general", rank=2, least=24),
    ),
    covered=False,
    empty="Nothing would have been flagged, and nothing becomes different.",
)
DIFF = Listing(
    noun="difference",
    fields=("kind", "policy", "field", "before", "after", "tool_id", "tool"),
    columns=(
        word("kind", "What"),
        word("policy", "Policy"),
        word("field", "Field", rank=1),
        text("before", "Before", least=20),
        text("after", "After", least=20),
        Column(title="Tool", cell=lambda row, _z: said(row["tool"] or ""), rank=2),
    ),
    covered=False,
    stored=False,
    empty="Both say the same, and flag the same.",
)
_YEARS = 5


@click.command("replay", cls=Command, example="policy replay --since 2026-01-01 --with SEC-20.admins=6")
@click.option("--since", required=True, metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--file", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="A changed pack.")
@click.option(
    "--with",
    "overrides",
    multiple=True,
    metavar="ID.KEY=VALUE",
    help="A change, such as SEC-20.admins=6 or SEC-20.mode=off.",
)
@click.option("--policy", "only", metavar="ID", help="Only this policy.")
@limit_option
@pass_program
def replay(
    program: Program,
    *,
    since: datetime,
    files: tuple[Path, ...],
    overrides: tuple[str, ...],
    only: str | None,
    limit: int | None,
) -> None:
    """Say what the policies would have flagged since a day; with a change, what it would have added and removed."""
    with reading(program) as desk:
        pack = company_pack(desk.settings, shipped_pack)
        other = _changed(desk, pack, files, overrides)
        past = _past(desk, since)
        before = _only(flagged(pack.policies, past), only)
        names = _names(desk)
        if other is None:
            rows = [_flag(flag, "", names, pack) for flag in before.values()]
        else:
            after = _only(flagged(other.policies, past), only)
            rows = [_change(change, names, pack, other) for change in changes(before, after)]
        spans = len(past)
        rows = [row | {"of": spans} for row in sorted(rows, key=_order)]
        show(desk, REPLAY, rows, limit=limit, notes=lambda: [_looked(past, before, other is not None)])


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["change"], SEVERITIES.index(row["severity"]), row["policy"], row["tool"].casefold(), row["tool_id"])


def _looked(past: Sequence[Moment], before: Mapping[tuple[str, str], Flag], compared: bool) -> str:
    span = f"{plural(len(past), 'moment')} from {past[0].at:%Y-%m-%d} to {past[-1].at:%Y-%m-%d}"
    what = f"{plural(len(before), 'finding')} as the policies are now" if compared else "weeks, or months, apart"
    return f"Looked at {span}: {what}."


def _past(desk: Desk, since: datetime) -> list[Moment]:
    company, zone = desk.company, desk.zone  # each may read the store by itself
    with desk.store.read() as connection:
        until = last_moment(runs.last_as_of(connection), desk.clock.now())
        if since.date() >= until.astimezone(zone).date():
            raise Failure(f"--since: what was read ends on {until:%Y-%m-%d}: name an earlier day")
        if until.year - since.year > _YEARS:
            raise Failure(f"--since: at most {_YEARS} years before {until:%Y-%m-%d}")
        at = moments(since.date(), until, zone)
        past = list(history(connection, company, desk.index, at[:-1]))
    return [*past, present(desk)]


def present(desk: Desk) -> Moment:
    """Return the tools as the last run knew them."""
    company = desk.company
    with desk.store.read() as connection:
        until = last_moment(runs.last_as_of(connection), desk.clock.now())
        at = max(until, desk.clock.now())
        (found,) = history(connection, company, desk.index, [at])
    return Moment(until, found.tools)


def _names(desk: Desk) -> dict[str, str]:
    from commands.figures import listed_tools  # noqa: PLC0415 (the figures of all tools)

    return {row["id"]: row["name"] for row in listed_tools(desk)}


def _only(found: Mapping[tuple[str, str], Flag], policy: str | None) -> dict[tuple[str, str], Flag]:
    return {key: flag for key, flag in found.items() if policy is None or key[0] == policy.upper()}


def _flag(flag: Flag, change: str, names: Mapping[str, str], *packs: Pack) -> dict[str, Any]:
    policy = next(p for pack in packs for p in pack.policies if p.id == flag.policy)
    return {
        "policy": flag.policy,
        "tool_id": flag.tool,
        "tool": names.get(flag.tool, flag.tool),
        "change": change,
        "first": iso(to_ms(flag.first)),
        "last": iso(to_ms(flag.last)),
        "now": flag.now,
        "moments": flag.moments,
        "severity": policy.severity,
        "message": flag.message,
        "title": policy.title,
    }


def _change(change: Change, names: Mapping[str, str], before: Pack, after: Pack) -> dict[str, Any]:
    flag = change.after or change.before
    assert flag is not None
    return _flag(flag, change.change, names, after if change.after else before)


# --- the change ------------------------------------------------------------------------------------------------------


def _changed(desk: Desk, pack: Pack, files: Sequence[Path], overrides: Sequence[str]) -> Pack | None:
    """Return the policies with a change, None where none is asked for. Raises Failure where it is refused."""
    if not files and not overrides:
        return None
    choice = desk.settings.policies or Choice()
    found = pack
    if files:
        own = load(files, CATEGORIES)
        _refuse(own)
        replaced = {policy.id for policy in own.policies}
        mine = chosen(own, replace(choice, overrides=_known(choice.overrides, replaced)), compiler(CATEGORIES))
        _refuse(mine)
        found = Pack((*(policy for policy in pack.policies if policy.id not in replaced), *mine.policies))
    if overrides:
        strict = Choice(profile="strict", overrides=_overrides(overrides), file="--with")
        found = chosen(Pack(found.policies), strict, compiler(CATEGORIES))
        _refuse(found)
    return found


def _known(overrides: Mapping[str, Override], names: Iterable[str]) -> dict[str, Override]:
    return {name: overrides[name] for name in names if name in overrides}


def _refuse(pack: Pack) -> None:
    if pack.refused:
        raise Failure("\n".join(map(str, pack.refused)))


def _overrides(given: Sequence[str]) -> dict[str, Override]:
    """Return what `ID.KEY=VALUE` says: a mode, a severity (technology), customer_severity, or a threshold."""
    found: dict[str, Override] = {}
    for one in given:
        name, equals, value = one.partition("=")
        policy, dot, key = name.strip().partition(".")
        if not equals or not dot or not key:
            raise click.UsageError(f"--with {one}: write ID.KEY=VALUE, such as SEC-20.admins=6 or SEC-20.mode=watch")
        before = found.get(policy.upper(), Override())
        found[policy.upper()] = _with(before, key.strip(), value.strip(), one)
    return found


def _with(before: Override, key: str, value: str, whole: str) -> Override:
    closed = {"mode": MODES, "severity": SEVERITIES, "customer_severity": SEVERITIES}
    if key not in closed:
        return replace(before, thresholds={**before.thresholds, key: _value(value)})
    if value not in closed[key]:
        raise click.UsageError(f"--with {whole}: {key} is one of {', '.join(closed[key])}")
    if key == "mode":
        return replace(before, mode=value)
    return replace(before, severity=value) if key == "severity" else replace(before, customer_severity=value)


def _value(text_: str) -> object:
    try:
        return tomllib.loads(f"value = {text_}")["value"]
    except tomllib.TOMLDecodeError:
        return text_


# --- two versions ----------------------------------------------------------------------------------------------------


@click.command("diff", cls=Command, example="policy diff own-policies.yaml changed.yaml")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@limit_option
@pass_program
def diff(program: Program, old: Path, new: Path, limit: int | None) -> None:
    """Compare two files or folders of policies: what differs, and which findings that adds and removes today."""
    packs = [load([path], CATEGORIES) for path in (old, new)]
    for pack in packs:
        for refusal in pack.refused:
            click.echo(f"not evaluated: {refusal}", err=True)
    with reading(program) as desk:
        rows = [_text(one) for one in differences(packs[0].policies, packs[1].policies)]
        rows += _today(desk, packs[0].policies, packs[1].policies)
        show(desk, DIFF, rows, limit=limit)
    if any(pack.refused for pack in packs):
        raise Failure("what is refused is compared with nothing: `ostiary policy check FILE` says what to do")


def _text(one: tuple[str, str, str, str, str]) -> dict[str, Any]:
    kind, policy, field, before, after = one
    named = {"kind": kind, "policy": policy, "field": field, "before": before, "after": after}
    return named | {"tool_id": None, "tool": None}


def _today(desk: Desk, before: Sequence[Policy], after: Sequence[Policy]) -> list[dict[str, Any]]:
    now = [present(desk)]
    one, other, names = flagged(before, now), flagged(after, now), _names(desk)
    rows = []
    for change in changes(one, other):
        flag = change.after or change.before
        assert flag is not None
        said_ = {
            "before": change.before.message if change.before else "",
            "after": change.after.message if change.after else "",
        }
        named = {"kind": f"finding {change.change}", "policy": flag.policy, "field": "", **said_}
        rows.append(named | {"tool_id": flag.tool, "tool": names.get(flag.tool, flag.tool)})
    return rows
