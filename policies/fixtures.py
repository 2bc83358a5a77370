"""Cases from real tools: what a policy reads of one, written so that it can be pasted, with no names of persons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from model.facts import NAMES, NEVER, Attributes, Facts, Known, Type, Value
from policies.engine import judge
from policies.shape import NOT_APPLICABLE, Policy

_ADDRESS = re.compile(r"[^\s@,;<>\"']+@[^\s@,;<>\"']+")
_PLAIN = re.compile(r"[a-z][a-z0-9_.-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
#: What stands for the name of a tool that only a person may have given.
SOME_TOOL = "Example tool"


def case_of(policy: Policy, attributes: Attributes, facts: Facts, now: datetime, *, named: bool, note: str) -> str:
    """Return a case (YAML, an entry of `cases`) of what a policy reads of a tool, and what it says of it.

    `named`: the tool's name is the catalogue's and may stand; else another one does. Addresses give way to numbered
    ones.
    """
    seen: dict[str, str] = {}
    said = {**attributes}
    if not named:
        said["tool.name"] = SOME_TOOL
    found = judge(policy, said, facts, now)
    lines = [f"  - note: {_text(note)}", "    facts:"]
    lines += [f"      {name}: {value}" for name, value in _stated(policy, said, facts, now, seen)]
    if len(lines) == 2:
        lines[-1] = "    facts: {}"
    return "\n".join([*lines, f"    expect: {NOT_APPLICABLE if found is None else found.verdict}", ""])


def _stated(
    policy: Policy, attributes: Attributes, facts: Facts, now: datetime, seen: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield what is known of the facts that decide or are named; null of what decides and is unknown."""
    for name in dict.fromkeys((*policy.reads, *policy.message.reads)):
        if name == "now":
            yield name, f"{now:%Y-%m-%d}"
            continue
        value: Value | bool | str | None = attributes.get(name)
        fact = facts.get(name)
        if isinstance(fact, Known):
            value = fact.value
        if value is not None:
            yield name, _written(name, value, seen)
        elif name in policy.reads:
            yield name, "null"


def _written(name: str, value: Value | bool | str, seen: dict[str, str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f"{value // timedelta(hours=1)}h"
    if isinstance(value, date):
        return "never" if value == NEVER else f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return f"[{', '.join(_text(_nameless(one, seen)) for one in value)}]"
    if isinstance(value, str):
        return _text(_nameless(value, seen))
    if NAMES[name].type is Type.MONEY and isinstance(value, int) and value % 1_000_000 == 0:
        return f"{value // 1_000_000} * 1000000"
    return repr(value)


def _nameless(text: str, seen: dict[str, str]) -> str:
    """Return a text with each address of a person as one of a numbered one: the same wherever it stands."""
    return _ADDRESS.sub(lambda found: seen.setdefault(found[0], f"person-{len(seen) + 1}@example.com"), text)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text not in _WORDS:
        return text
    printable = "".join(character if character.isprintable() else " " for character in text)  # YAML takes no others
    return json.dumps(printable, ensure_ascii=False)
