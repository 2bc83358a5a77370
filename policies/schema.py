"""The JSON Schema of one policy document, for editors; made from the declarations, so that both say the same.

What a schema cannot say (types in expressions, which facts a case states) `ostiary policy check` says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from model.facts import NAMES, Fact, Type
from policies.loading import FORMAT
from policies.reading import ID, REQUIRED, SIDES, references
from policies.shape import EXPECTED, GAPS, MODES, PROFILES, SEVERITIES
from policies.thresholds import LONGEST_LIST, MOST, NAME_OF, Kind

#: The file that comes with the program.
FILE = Path(__file__).parent / "policy.schema.json"
_TEXT = {"type": "string", "minLength": 1}
#: How a value is written in a case, by the type of its fact.
_WRITTEN: dict[Type, dict[str, Any]] = {
    Type.BOOL: {"type": "boolean"},
    Type.INT: {"type": "integer"},
    Type.FLOAT: {"type": "number"},
    Type.MONEY: {"type": ["integer", "string"], "pattern": r"^-?\d+ *(\* *1000000)?$"},
    Type.DATE: {"type": "string", "pattern": r"^(never|\d{4}-\d{2}-\d{2})$"},
    Type.MOMENT: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    Type.DURATION: {"type": "string", "pattern": r"^\d+h$"},
    Type.STRING: {"type": ["string", "number", "boolean"]},
    Type.ENUM: {"type": "string"},
    Type.LIST: {"type": "array", "items": {"type": "string"}},
}


def schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of one document of a pack: a policy, or the head of a file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of Ostiary",
        "oneOf": [_head(), _policy()],
    }


def text() -> str:
    """Return the schema as the file that comes with the program has it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _head() -> dict[str, Any]:
    return _closed({"format": {"const": FORMAT}}, ("format",), "The head of a file: the format of its policies.")


def _closed(properties: dict[str, Any], required: tuple[str, ...], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _policy() -> dict[str, Any]:
    side = {"enum": list(SEVERITIES)}
    properties = {
        "id": {"type": "string", "pattern": f"^{ID}$", "description": "Capitals, a hyphen and a number: SEC-03."},
        "title": _TEXT | {"description": "What is flagged, in one line."},
        "gap": {"enum": list(GAPS)},
        "severity": _closed(dict.fromkeys(SIDES, side), SIDES, "What it does to systems, and to customers."),
        "profile": {"enum": list(PROFILES), "description": "It is on in its own profile and in all stricter ones."},
        "mode": {"enum": list(MODES), "description": "watch shows findings and asks nobody; off is not judged."},
        "with": _thresholds(),
        "applies": {"type": ["string", "boolean"], "description": "To which tools: CEL over the facts."},
        "require": {"type": ["string", "boolean"], "description": "What must hold: CEL over the facts."},
        "message": _TEXT | {"description": "What is wrong; {fact.name} and {threshold} are said."},
        "why": _TEXT,
        "do": {"type": "array", "minItems": 1, "items": _TEXT},
        "refs": {"type": "array", "items": {"enum": sorted(references())}},
        "cases": {"type": "array", "minItems": 3, "items": _case()},
    }
    return _closed(properties, REQUIRED, "One rule: to which tools it applies, what must hold, why, and what to do.")


def _thresholds() -> dict[str, Any]:
    single = [{"type": ["integer", "boolean"]}, {"type": "number", "minimum": 0}, {"type": "string"}]
    listed = {"type": "array", "maxItems": LONGEST_LIST, "items": {"type": ["string", "integer"]}}
    return {
        "type": "object",
        "description": f"Thresholds by their names, for a company to change. Each is {'; '.join(Kind)}.",
        "propertyNames": {"pattern": f"^{NAME_OF}$"},
        "additionalProperties": {"anyOf": [*single, listed]},
        "minProperties": 1,
        "maxProperties": MOST,
    }


def _case() -> dict[str, Any]:
    facts = {
        "type": "object",
        "description": "What is known of a tool; a fact that is left out, or null, is unknown.",
        "properties": {name: _fact(fact) for name, fact in NAMES.items()},
        "additionalProperties": False,
    }
    properties = {"facts": facts, "expect": {"enum": list(map(str, EXPECTED))}, "note": _TEXT}
    return _closed(properties, ("facts", "expect"), "A worked example.")


def _fact(fact: Fact) -> dict[str, Any]:
    described = {"description": fact.meaning}
    if not fact.values:
        return {"anyOf": [_WRITTEN[fact.type], {"type": "null"}], **described}
    closed = {"enum": list(fact.values)}
    written = {"type": "array", "items": closed} if fact.type is Type.LIST else closed
    return {"anyOf": [written, {"type": "null"}], **described}
