"""Policies, by the functions of `ostiary policy`."""

from __future__ import annotations

import json
import re
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.categories import CATEGORIES
from commands.fact_words import meaning
from commands.opening import Desk
from commands.policy import FIELDS, mode_of, row_of, whole_of
from commands.policy_risk import rule_rows
from model.facts import VOCABULARY
from policies.engine import Bench, compiler, values_of
from policies.overrides import Choice
from policies.reading import Faulty
from policies.shape import GAPS, Expression, Policy, Verdict
from policies.testing import run_cases
from policies.thresholds import Kind, Threshold, from_settings
from scanner.replaying import last_moment, some_facts
from storage import kept, runs
from storage.listings import findings
from storage.store import Connection
from storage.times import to_ms
from web.ports.listed import Row
from web.ports.policies import Change, Counts, Fault, Faults, Tried

#: So many pairs of tool and policy are judged while a page is waited for; and one policy for so many seconds at most.
_QUICK, _LONGEST = 60_000, 5.0
#: Between two looks at the clock so many tools are judged.
_FEW = 50
_OUTCOMES = {"met": "met", "violated": "violated", "unknown": "unknown", "may_apply": "open", "not_applicable": "apart"}


class Policies:
    """Policies: what they say, their cases, and what they make of the present data."""

    fields = (*FIELDS, "file", "line")
    gaps = GAPS

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        # One trial at a time: each keeps a processor busy, and pages are to be shown meanwhile.
        self._trying = threading.Lock()

    @property
    def profile(self) -> str:
        """The company's profile."""
        return (self._desk.settings.policies or Choice()).profile

    def rows(self) -> Sequence[Row]:
        """Return the policies in the order of their files."""
        return [_listed(policy) for policy in self._desk.pack.policies]

    def refused(self) -> Sequence[Row]:
        """Return what is not evaluated: file, line, column, policy, message."""
        return [
            {
                "file": Path(one.file).name,
                "line": one.line,
                "column": one.column,
                "policy": one.policy,
                "message": one.message,
            }
            for one in self._desk.pack.refused
        ]

    def _policy(self, policy: str) -> Policy | None:
        return next((one for one in self._desk.pack.policies if one.id == policy), None)

    def whole(self, policy: str) -> Row | None:
        """Return one policy whole; None where there is none of that id."""
        found = self._policy(policy)
        if found is None:
            return None
        whole = whole_of(found)
        cases = zip(whole["cases"], run_cases([found]), strict=True)
        words = found.written or found
        return whole | {
            "file": Path(found.file).name,
            "line": found.line,
            "said": mode_of(_listed(found)),
            "cases": [case | {"got": result.got, "passed": result.passed} for case, result in cases],
            "reads": [{"fact": name, "meaning": meaning(name)} for name in found.reads],
            "thresholds": [_threshold(one, dict(found.overridden)) for one in found.thresholds],
            "written": {"applies": found.applies.written, "require": found.require.written, "title": words.title},
        }

    # --- the present data --------------------------------------------------------------------------------------------

    def counts(self, connection: Connection) -> Mapping[str, Counts]:
        """Return policy -> what it makes of the present data; `met` is -1 where there is too much to judge at once."""
        policies = [policy for policy in self._desk.pack.policies if policy.mode != "off"]
        names = {name for policy in policies for name in _needed(policy)}
        tools, now = self._present(connection, set()) if policies else ([], self._desk.clock.now())
        if len(tools) * len(policies) > _QUICK:
            kept_ = findings.by_policy(connection)
            return {name: Counts(met=-1, **found) for name, found in kept_.items()}
        tools, now = self._present(connection, names)
        said: dict[str, Counter[str]] = {policy.id: Counter() for policy in policies}
        bench = Bench(policies)
        for _, attributes, facts in tools:
            for policy, verdict in zip(bench.policies, bench.judge(values_of(attributes, facts, now)), strict=True):
                said[policy.id][_outcome(verdict)] += 1
        return {name: _counts(found) for name, found in said.items()}

    def judged(self, connection: Connection, policy: str) -> Tried:
        """Return what one policy makes of the present data as it stands."""
        found = self._policy(policy)
        assert found is not None
        return self._compared(connection, found, found)

    def tried(self, connection: Connection, policy: str, change: Change) -> Tried:
        """Judge the present data by a changed policy; nothing is kept. Raises Faults."""
        found = self._policy(policy)
        assert found is not None
        after = changed(found, change)
        return replace(self._compared(connection, found, after), keep=_kept(found, after))

    def _compared(self, connection: Connection, before: Policy, after: Policy) -> Tried:
        with self._trying:
            tools, now = self._present(connection, {*_needed(before), *_needed(after)})
            bench = Bench([replace(before, mode="on"), replace(after, mode="on")])
            until = time.monotonic() + _LONGEST
            one: Counter[str] = Counter()
            other: Counter[str] = Counter()
            rows, judged = [], 0
            for number, (tool, attributes, facts) in enumerate(tools):
                if number % _FEW == 0 and time.monotonic() > until:
                    break
                said = bench.judge(values_of(attributes, facts, now))
                was, is_ = (_outcome(verdict) for verdict in said)
                one[was], other[is_], judged = one[was] + 1, other[is_] + 1, judged + 1
                if was != is_:
                    last = said[1] or said[0]
                    message = last.message if last is not None else ""
                    rows.append({"tool_id": tool, "before": was, "after": is_, "message": message})
        return Tried(before=_counts(one), after=_counts(other), changes=rows, judged=judged, of=len(tools))

    def _present(self, connection: Connection, names: set[str]) -> tuple[list[Any], Any]:
        """Return the judged tools with some facts, and the moment from which they are looked at."""
        until = last_moment(runs.last_as_of(connection), self._desk.clock.now())
        at = to_ms(max(until, self._desk.clock.now()))
        wanted = {name for name in names if name in VOCABULARY}
        return some_facts(connection, self._desk.company, at, kept.decisions(connection), wanted), until

    # --- risk --------------------------------------------------------------------------------------------------------

    def risk_rules(self) -> tuple[Sequence[Row], Sequence[str], str | None]:
        """Return the rules of risk in force, what of them is refused, and the company's own file (None: ours)."""
        rules, own = self._desk.risk_rules, self._desk.settings.risk
        return rule_rows(rules), [str(one) for one in rules.refused], None if own is None else own.name


def _listed(policy: Policy) -> dict[str, Any]:
    row = row_of(policy) | {"overridden": policy.overridden, "why": policy.why}
    return row | {"said": mode_of(row), "file": Path(policy.file).name, "line": policy.line}


def _threshold(one: Threshold, changed_: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": one.name,
        "value": one.said,
        "typed": _typed(one),
        "kind": str(one.kind),
        "before": changed_.get(one.name),
    }


def _typed(one: Threshold) -> str:
    """Return a threshold as it is typed: entries of a list stand side by side, with commas."""
    if isinstance(one.value, tuple):
        return ", ".join(map(str, one.value))
    return str(one.value) if one.kind is Kind.COUNT else one.written


def _needed(policy: Policy) -> tuple[str, ...]:
    return (*policy.reads, *policy.message.reads)


def _outcome(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not_applicable"
    return "may_apply" if verdict.verdict == "unknown" and not verdict.queued else str(verdict.verdict)


def _counts(said: Mapping[str, int]) -> Counts:
    return Counts(**{_OUTCOMES[outcome]: number for outcome, number in said.items()})


# --- what was typed --------------------------------------------------------------------------------------------------


def changed(policy: Policy, change: Change) -> Policy:
    """Return a policy with other conditions and thresholds, checked as if they stood in its file. Raises Faults."""
    faults: list[Fault] = []
    thresholds = {one.name: one for one in policy.thresholds}
    for name, typed in change.thresholds.items():
        try:
            thresholds[name] = from_settings(thresholds[name], _value(thresholds[name].kind, typed))
        except ValueError as error:
            faults.append(Fault(field=f"with-{name}", line=1, column=1, message=str(error)))
    if faults:
        raise Faults(faults)
    compile_ = compiler(CATEGORIES)
    made: dict[str, Expression] = {}
    for name, text in (("applies", change.applies), ("require", change.require)):
        try:
            made[name] = compile_(text, thresholds)
        except Faulty as error:
            faults += _placed(name, text, error)
    if faults:
        raise Faults(faults)
    return replace(policy, applies=made["applies"], require=made["require"], thresholds=tuple(thresholds.values()))


def _placed(name: str, text: str, error: Faulty) -> Iterator[Fault]:
    for at, message in error.faults:
        before = text[:at]
        yield Fault(field=name, line=before.count("\n") + 1, column=at - before.rfind("\n"), message=message)


def _kept(before: Policy, after: Policy) -> str | None:
    """Return what the configuration says to have it so; None where more than thresholds is another."""
    if (before.applies.written, before.require.written) != (after.applies.written, after.require.written):
        return None
    pairs = zip(before.thresholds, after.thresholds, strict=True)
    other = [f"{one.name} = {_toml(one)}" for was, one in pairs if was != one]
    return f"[policies.override.{before.id}]\nwith = {{{', '.join(other)}}}" if other else None


def _toml(one: Threshold) -> str:
    if isinstance(one.value, tuple):
        return json.dumps(list(one.value), ensure_ascii=False)
    plain = one.kind in {Kind.COUNT, Kind.SHARE, Kind.NUMBER, Kind.TRUTH}
    return _typed(one) if plain else json.dumps(_typed(one), ensure_ascii=False)


def _value(kind: Kind, typed: str) -> object:
    """Return what was typed as the configuration would have it."""
    if kind in {Kind.TEXTS, Kind.COUNTS}:
        parts = [part.strip().strip("\"'") for part in typed.strip().strip("[]").split(",") if part.strip()]
        return [int(part) if part.isdecimal() and kind is Kind.COUNTS else part for part in parts]
    if kind is Kind.COUNT and (plain := re.sub(r"[\s,]", "", typed)).isdecimal():
        return int(plain)
    if kind is Kind.TEXT:
        return typed.strip().strip("\"'")
    try:
        return tomllib.loads(f"value = {typed}")["value"]
    except tomllib.TOMLDecodeError:
        return typed
