"""Google's own description of its interfaces, as google-api-python-client ships it: what calls and answers may hold."""

from __future__ import annotations

import functools
import json
import re
from datetime import datetime
from importlib import resources
from typing import Any, NamedTuple


class Method(NamedTuple):
    """One call of an interface, and what its path names."""

    id: str
    parameters: dict[str, Any]
    scopes: list[str]
    response: str
    named: dict[str, str]


class Discovery:
    """One interface."""

    def __init__(self, name: str) -> None:
        path = resources.files("googleapiclient") / "discovery_cache" / "documents" / f"{name}.json"
        self.document = json.loads(path.read_text())
        self._schemas = self.document["schemas"]
        self._methods = list(_methods(self.document))

    def find(self, verb: str, path: str) -> Method | None:
        """Return the method that a call is."""
        for found in self._methods:
            if verb == found["httpMethod"] and (match := re.fullmatch(_pattern(found), path.strip("/"))):
                return Method(
                    found["id"],
                    self.document["parameters"] | found["parameters"],
                    found["scopes"],
                    found["response"]["$ref"],
                    match.groupdict(),
                )
        return None

    def wrong_call(self, method: Method, query: dict[str, str]) -> list[str]:
        """Return what of a call the interface does not know."""
        given = query | method.named
        wrong = [f"{name} is no parameter" for name in given if name not in method.parameters]
        for name, spec in method.parameters.items():
            if name in given:
                wrong += [f"{name}: {why}" for why in _wrong_parameter(spec, given[name])]
            elif spec.get("required"):
                wrong.append(f"{name} is missing")
        if "fields" in query:
            wrong += self._wrong_mask(method.response, parsed(query["fields"]), "fields")
        return wrong

    def wrong_answer(self, method: Method, answer: Any) -> list[str]:
        """Return what of an answer the interface would never say."""
        return list(self._wrong({"$ref": method.response}, answer, "$"))

    def _wrong(self, schema: dict[str, Any], value: Any, where: str) -> Any:
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"]]
        kind = schema["type"]
        if kind == "any":
            return
        if kind == "object":
            yield from self._wrong_object(schema, value, where)
        elif kind == "array":
            if not isinstance(value, list):
                yield f"{where} is no list"
                return
            for at, item in enumerate(value):
                yield from self._wrong(schema["items"], item, f"{where}[{at}]")
        elif not isinstance(value, {"string": str, "boolean": bool, "integer": int, "number": float}[kind]):
            yield f"{where} is no {kind}"
        elif not _fits(schema, value):
            yield f"{where} is not {schema.get('format') or schema.get('enum')}"

    def _wrong_object(self, schema: dict[str, Any], value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            yield f"{where} is no object"
            return
        for name, held in value.items():
            inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if inner is None:
                yield f"{where}.{name} is not known"
            else:
                yield from self._wrong(inner, held, f"{where}.{name}")

    def _wrong_mask(self, schema: str | dict[str, Any], mask: dict[str, Any], where: str) -> list[str]:
        found = self._resolved(schema)
        if found["type"] == "any":
            return []
        known, wrong = found.get("properties", {}), []
        for name, inner in mask.items():
            if name not in known:
                wrong.append(f"{where}: {name} is not known")
            elif inner:
                wrong += self._wrong_mask(known[name], inner, f"{where}.{name}")
        return wrong

    def _resolved(self, schema: str | dict[str, Any]) -> dict[str, Any]:
        found = self._schemas[schema] if isinstance(schema, str) else schema
        if found.get("type") == "array":
            return self._resolved(found["items"])
        return self._resolved(found["$ref"]) if "$ref" in found else found


@functools.cache
def discovery(name: str) -> Discovery:
    """Return an interface's description, read once."""
    return Discovery(name)


def parsed(mask: str) -> dict[str, Any]:
    """Return a `fields` mask as nested names: `a,b(c/d,e)` is {a: {}, b: {c: {d: {}}, e: {}}}."""
    found, rest = _parsed(re.findall(r"[\w]+|[(),/]", mask))
    assert not rest, mask
    return found


def _parsed(tokens: list[str]) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    while tokens and tokens[0] != ")":
        name, tokens = tokens[0], tokens[1:]
        inner = found.setdefault(name, {})
        while tokens and tokens[0] == "/":
            inner = inner.setdefault(tokens[1], {})
            tokens = tokens[2:]
        if tokens and tokens[0] == "(":
            deeper, tokens = _parsed(tokens[1:])
            inner |= deeper
            tokens = tokens[1:]
        if tokens and tokens[0] == ",":
            tokens = tokens[1:]
    return found, tokens


def masked(value: Any, mask: dict[str, Any]) -> Any:
    """Return what a mask leaves of an answer; a field that is not there stays away, and an empty mask takes all."""
    if isinstance(value, list):
        return [masked(item, mask) for item in value]
    if not mask or not isinstance(value, dict):
        return value
    return {name: masked(held, mask[name]) for name, held in value.items() if name in mask}


def _methods(resource: dict[str, Any]) -> Any:
    yield from (m for m in resource.get("methods", {}).values() if "response" in m)
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def _pattern(method: dict[str, Any]) -> str:
    """Return what a call's path looks like; `{+name}` stands for several words, as the parameter's pattern says."""
    if "{+" not in method["path"]:
        return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(method["flatPath"]))
    words = method["parameters"]
    return re.sub(
        r"\\\{\\\+(\w+)\\\}",
        lambda named: f"(?P<{named[1]}>{words[named[1]]['pattern'].strip('^$')})",
        re.escape(method["path"]),
    )


def _wrong_parameter(spec: dict[str, Any], value: str) -> list[str]:
    if spec["type"] == "integer":
        low, high = int(spec.get("minimum", -(2**31))), int(spec.get("maximum", 2**31 - 1))
        return [] if value.lstrip("-").isdecimal() and low <= int(value) <= high else [f"not of {low} to {high}"]
    if "enum" in spec and value not in spec["enum"]:
        return [f"none of {spec['enum']}"]
    return [] if re.fullmatch(spec.get("pattern", ".*"), value, re.DOTALL) else ["not of its pattern"]


def _fits(schema: dict[str, Any], value: Any) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if schema.get("format") in {"int64", "uint64"}:
        return bool(re.fullmatch(r"-?\d{1,19}", value))
    if schema.get("format") in {"date-time", "google-datetime"}:
        try:
            return datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False
    return not isinstance(value, bool) or schema["type"] == "boolean"
