"""The reference: the OpenAPI document for programs, and as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.access import Open, Pages
from web.api.document import document, operations
from web.api.models_more import OpenApi
from web.api.routing import PREFIX, Api, Row
from web.here import Here

api = Api("Reference")
pages = Pages(PREFIX)


@api.get("/openapi.json", Open.ANYBODY, OpenApi)
def get_openapi(here: Here) -> Row:
    """Return this document."""
    del here
    return document()


@pages.get("/reference", Open.ANYBODY)
def reference(here: Here) -> Any:
    """Show the document as a page."""
    here.know()
    found = document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in operations(found):
        one = {"path": path, "method": method.upper(), "id": operation["operationId"], "operation": operation}
        one |= {"takes": list(_parameters(operation)), "body": _body(found, operation), "gives": _gives(operation)}
        groups.setdefault(operation["tags"][0], []).append(one)
    schemas = [(name, schema, list(_fields(schema))) for name, schema in sorted(found["components"]["schemas"].items())]
    return here.render("api_reference.html", document=found, groups=groups, schemas=schemas)


def _parameters(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": one["name"], "in": one["in"], "type": type_of(one["schema"]), "about": one.get("description", "")}
        | {"required": one.get("required", False), "default": one["schema"].get("default")}
        for one in operation.get("parameters", ())
        if one["name"] not in {"If-None-Match", "Idempotency-Key"}
    ]


def _body(found: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any] | None:
    if "requestBody" not in operation:
        return None
    name = type_of(operation["requestBody"]["content"]["application/json"]["schema"])
    schema = found["components"]["schemas"][name]
    return {"name": name, "about": schema.get("description", ""), "fields": _fields(schema)}


def _gives(operation: Mapping[str, Any]) -> tuple[str, str]:
    """Return the status and the name of what is answered."""
    code, answer = next((c, a) for c, a in operation["responses"].items() if c.startswith("2"))
    return code, type_of(answer["content"]["application/json"]["schema"])


def _fields(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {"name": name, "type": type_of(one), "about": one.get("description", ""), "required": name in required}
        for name, one in schema.get("properties", {}).items()
    ]


def type_of(schema: Mapping[str, Any]) -> str:
    """Return a schema in a word or two: `string`, `Tool`, `list of Money or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(map(type_of, schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
