"""Noise: tools that a rule, or a person, says nobody need look at. They are hidden in lists, and counted always."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from gate import decisions
from model.errors import ConfigError
from scanner.identifying import lasting
from storage import noise
from storage.store import Connection

_FILE = Path(__file__).with_name("noise.yaml")
_DAY_MS = 86_400_000
#: What stands in a tool's `noise` where a person ruled, followed by the decision's number.
RULED = "decision:"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The conditions of a rule, as `noise.yaml` explains them. None is not asked."""

    people: int | None = None
    active_days: int | None = None
    span_days: int | None = None
    quiet_days: int | None = None
    unpaid: bool | None = None
    holds_nothing: bool | None = None
    personal: bool | None = None
    tools: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; its `template` may name the rule's own conditions in braces."""

    id: str
    title: str
    template: str
    when: When

    @property
    def sentence(self) -> str:
        """Why what the rule marks is noise."""
        return re.sub(r"\{(\w+)\}", lambda at: str(getattr(self.when, at[1], at[0])), self.template)


@dataclass(slots=True, kw_only=True)
class Visits:
    """How a tool was used up to an as-of; times in milliseconds, None where unknown.

    `people` is None where somebody used it whom the source does not name. `read_until` is how far the sources that saw
    it were read to the end. `addresses` are those of everybody who used it, None standing for an unknown one.
    """

    people: set[int] | None = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    read_until: int | None = None
    addresses: set[str | None] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Which tools are paid, and which hold a right; `read` says whether any charge was read at all."""

    read: bool
    paid: frozenset[str]
    holding: frozenset[str]


CONDITIONS = tuple(f.name for f in fields(When))


@functools.cache
def _shipped() -> Mapping[str, Any]:
    import yaml  # noqa: PLC0415 (25 ms that listings need only where something is hidden)

    found: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules that come with the program."""
    return tuple(_rule(row["id"], row["title"], row["sentence"], row["when"]) for row in _shipped()["rules"])


def rules(changed: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Return the rules with what a company changed: rule id -> `off`, `title`, `sentence` or conditions.

    An id that is not known is a rule of the company's own. Raises ConfigError that names the rule.
    """
    known = {rule.id: rule for rule in shipped_rules()}
    for name, change in changed.items():
        if change.get("off"):
            known.pop(name, None)
        else:
            known[name] = _changed(name, known.get(name), change)
    return tuple(known.values())


def _changed(name: str, rule: Rule | None, change: Mapping[str, Any]) -> Rule:
    asked = {c: change[c] for c in CONDITIONS if change.get(c) is not None}
    if rule is None and (not change.get("sentence") or not asked):
        raise ConfigError(f"noise.{name}: a rule of your own needs a sentence that says why, and a condition")
    before = {} if rule is None else {c: v for c in CONDITIONS if (v := getattr(rule.when, c)) is not None}
    title = change.get("title") or (rule.title if rule else name.replace("-", " ").capitalize())
    return _rule(name, title, change.get("sentence") or (rule.template if rule else ""), before | asked)


def _rule(name: str, title: str, template: str, when: Mapping[str, Any]) -> Rule:
    asked: dict[str, Any] = {c: tuple(v) if isinstance(v, list) else v for c, v in when.items()}
    return Rule(id=name, title=title, template=template, when=When(**asked))


def marks(
    connection: Connection, rows: Iterable[Mapping[str, Any]], changed: Mapping[str, Mapping[str, Any]], as_of: int
) -> dict[str, str]:
    """Return tool id -> id of the first rule that marks it as noise, counted back from `as_of` (milliseconds).

    `rows` are tools (id, status); the figures must be those of the same as-of. What somebody decided about is no noise,
    nor what imitates another tool; what the company set up is so only where a rule names it.
    """
    known = rules(changed)
    new = {row["id"] for row in rows if row["status"] == "new"} - noise.imitating(connection)
    most = max((rule.when.people or 0 for rule in known), default=0)
    used = _visits(connection, as_of, most)
    set_up = noise.set_up(connection)
    money = Money(
        read=noise.any_charge(connection),
        paid=frozenset(noise.charged(connection, as_of)),
        holding=frozenset(noise.holding(connection, as_of)),
    )
    found = {tool: _first(tool, known, used.get(tool), money, as_of, set_up=tool in set_up) for tool in sorted(new)}
    return {tool: rule for tool, rule in found.items() if rule is not None}


def _first(
    tool: str, known: Sequence[Rule], used: Visits | None, money: Money, as_of: int, *, set_up: bool
) -> str | None:
    asked = (rule for rule in known if rule.when.tools is not None or not set_up)
    return next((rule.id for rule in asked if holds(rule.when, tool, used, money, as_of)), None)


def holds(when: When, tool: str, used: Visits | None, money: Money, as_of: int) -> bool:
    """Return whether every condition that is asked is known to hold."""
    if when.tools is not None and tool not in when.tools:
        return False
    if when.unpaid and (not money.read or tool in money.paid):
        return False
    if when.holds_nothing and tool in money.holding:
        return False
    visited = (when.people, when.active_days, when.span_days, when.quiet_days, when.personal)
    return all(asked is None for asked in visited) or (used is not None and _visited(when, used, as_of))


def _visited(when: When, used: Visits, as_of: int) -> bool:
    if not used.days or used.people is None:
        return False
    last, until = max(used.days), min(as_of, used.read_until or 0) // _DAY_MS
    private = bool(used.addresses) and all(map(_is_private, used.addresses))
    return (
        (when.people is None or 0 < len(used.people) <= when.people)
        and (when.active_days is None or len(used.days) <= when.active_days)
        and (when.span_days is None or last - min(used.days) < when.span_days)
        and (when.quiet_days is None or until - last >= when.quiet_days)
        and (not when.personal or private)
    )


def _is_private(address: str | None) -> bool:
    return address is not None and address.casefold().rpartition("@")[2] in _private_mail()


@functools.cache
def _private_mail() -> frozenset[str]:
    return frozenset(_shipped()["private_mail"])


def _visits(connection: Connection, as_of: int, most: int) -> dict[str, Visits]:
    found: dict[str, Visits] = {}
    for row in noise.visits(connection, as_of, most):
        one = found.setdefault(row.tool_id, Visits(read_until=row.read_until))
        one.days |= noise.days_of(row.month, row.days) if row.month else {row.first_at // _DAY_MS}
        one.read_until = None if None in {one.read_until, row.read_until} else min(one.read_until or 0, row.read_until)
        one.people = None if one.people is None or row.person_id is None else one.people | {row.person_id}
        one.addresses.add(row.address)
    return found


def ruled(rows: Iterable[dict[str, Any]], today: Mapping[str, str]) -> dict[str, str | None]:
    """Return tool id -> `decision:N` where a person ruled a tool to be noise, None where it is none; the later counts.

    `today` gives the ids of provisional tools by now, by the lasting part of an id.
    """
    found: dict[str, str | None] = {}
    for row in decisions.in_force(rows):
        if row["kind"] == "noise":
            about = row["object"].removeprefix("tool:")
            found[today.get(lasting(about), about)] = f"{RULED}{row['id']}" if row["detail"]["noise"] else None
    return found


def said(mark: str, known: Iterable[Rule]) -> tuple[str, str]:
    """Return the title and the sentence of what a tool's `noise` says."""
    if mark.startswith(RULED):
        number = mark.removeprefix(RULED)
        return "A person's decision", f"A person ruled that it is noise (decision {number})."
    rule = next((rule for rule in known if rule.id == mark), None)
    return (rule.title, rule.sentence) if rule else (mark, "The rule that said so is not there any more.")
