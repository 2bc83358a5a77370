"""The cases of a policy: worked examples that state every fact which the policy reads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import cast

from model.facts import ATTRIBUTES, NAMES, VOCABULARY, Known, Unknown, Value
from policies.documents import Fields, Node, Place, Scalar
from policies.expressions import unknown_name
from policies.shape import Case, Outcome
from policies.values import is_null, value_of

KEYS = ("facts", "expect", "note")
NOW = "now"
#: The day of a case that does not care.
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)

Wrong = list[tuple[Place, str]]


def read_case(node: Node, reads: Collection[str], mentions: Collection[str], expected: Collection[str]) -> Case | Wrong:
    """Return a case, or what is wrong with it.

    It states every fact of `reads` but those that are meant to be unknown: left out where it expects unknown, written
    as null where it expects a verdict all the same. It may state what the message `mentions`, and nothing else.
    """
    if not isinstance(node, Fields) or not isinstance(node.fields.get("facts", (None, None))[1], Fields):
        return [(node.place, "a case is {facts: {NAME: VALUE, ...}, expect: met}")]
    strange = ((place, key) for key, (place, _) in node.fields.items() if key not in KEYS)
    wrong: Wrong = [(place, f"there is no key {key} in a case: {', '.join(KEYS)}") for place, key in strange]
    expect = _text(node, "expect")
    if expect not in expected:
        wrong.append((node.place, f"expect is one of {', '.join(expected)}"))
    stated = cast("Fields", node.fields["facts"][1])
    values = _values(stated, {*reads, *mentions}, wrong)
    wrong += [(stated.place, fault) for fault in _left_out(values, reads, expect)]
    if wrong:
        return wrong
    moment = values.pop(NOW, None)
    return Case(
        attributes={n: cast("bool | str | None", v) for n, v in values.items() if n in ATTRIBUTES},
        facts={n: Unknown("the case says so") if v is None else Known(v) for n, v in values.items() if n in VOCABULARY},
        now=moment if isinstance(moment, datetime) else _SOME_DAY,
        expect=expect,
        note=_text(node, "note") or None,
        line=node.place.line,
    )


def _text(node: Fields, key: str) -> str:
    found = node.fields.get(key, (None, None))[1]
    return " ".join(found.text.split()) if isinstance(found, Scalar) else ""


def _values(stated: Fields, sensible: Collection[str], wrong: Wrong) -> dict[str, Value | None]:
    found: dict[str, Value | None] = {}
    for name, (place, node) in stated.fields.items():
        if name not in NAMES:
            wrong.append((place, unknown_name(name)))
        elif name not in sensible:
            wrong.append((place, f"neither the expressions nor the message read {name}: leave it out"))
        elif is_null(node) and (name in VOCABULARY or not NAMES[name].own):
            found[name] = None
        else:
            found[name] = _value(name, node, wrong)
    return found


def _value(name: str, node: Node, wrong: Wrong) -> Value | None:
    try:
        return value_of(NAMES[name], node)
    except ValueError as error:
        wrong.append((node.place, str(error)))
        return None


def _left_out(values: dict[str, Value | None], reads: Collection[str], expect: str) -> list[str]:
    missing = [name for name in reads if name not in values]
    always = [name for name in missing if name in ATTRIBUTES]
    if always:
        return [f"state {', '.join(always)} too: a tool's record always says it"]
    if missing and expect != Outcome.UNKNOWN:
        return [f"state {', '.join(missing)} too, or write null where it is meant to be unknown"]
    if expect == Outcome.UNKNOWN and not missing and None not in (values[name] for name in reads):
        return ["a case that expects unknown leaves out at least one fact that the expressions read"]
    return []
