"""The reference: the OpenAPI document for programs, and as a page for people."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.responses import Response
from markupsafe import Markup, escape

from web.access import Open, Pages
from web.api.answers import encode, tagged_bytes
from web.api.document import document, operations
from web.api.models_more import OpenApi
from web.api.routing import PREFIX, Api
from web.api.webhooks import HOW
from web.here import Here

api = Api("Reference")
pages = Pages(PREFIX)
#: What all operations take, and the text above them describes.
_OF_ALL = frozenset({"If-None-Match", "Idempotency-Key"})
_CODE, _BOLD = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)")


@api.get("/openapi.json", Open.ANYBODY, OpenApi)
def get_openapi(here: Here) -> Response:
    """Return this document."""
    return tagged_bytes(here, _written())


@functools.cache
def _written() -> bytes:
    return encode(document())


@pages.get("/reference", Open.ANYBODY)
def reference(here: Here) -> Any:
    """Show the document as a page."""
    here.know()
    shown: dict[str, Any] = {"how": HOW, "said": said, "slug": slug, "prefix": PREFIX}
    return here.render("api_reference.html", document=document(), groups=groups(), schemas=schemas(), **shown)


# --- the document in parts -------------------------------------------------------------------------------------------


@functools.cache
def groups() -> Mapping[str, list[dict[str, Any]]]:
    """Return the operations by the heading under which they stand."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in operations(document()):
        one = {"path": path, "method": method.upper(), "id": operation["operationId"], "operation": operation}
        one["does"] = operation["description"].partition(". ")[0].partition(".\n")[0].rstrip(".").replace("`", "")
        one |= {"takes": list(_parameters(operation)), "body": _body(operation), "gives": _gives(operation)}
        found.setdefault(operation["tags"][0], []).append(one)
    return found


@functools.cache
def schemas() -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Return what is sent and answered: name, schema and fields."""
    found = document()["components"]["schemas"]
    return [(name, schema, _fields(schema)) for name, schema in sorted(found.items())]


def _parameters(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in operation.get("parameters", ()):
        if one["name"] not in _OF_ALL:
            kind, about = type_of(one["schema"]), one.get("description", "")
            yield {
                "name": one["name"],
                "in": one["in"],
                "type": kind,
                "about": about,
                "default": one["schema"].get("default"),
            }


def _body(operation: Mapping[str, Any]) -> str | None:
    """Return the name of what is sent, None where nothing is."""
    if "requestBody" not in operation:
        return None
    return type_of(operation["requestBody"]["content"]["application/json"]["schema"])


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


# --- words -----------------------------------------------------------------------------------------------------------


def said(text: str | None) -> Markup:
    """Return a text of the document as HTML: paragraphs, lists, `code`, bold words and links are all that it has."""
    blocks = [block.strip() for block in (text or "").split("\n\n") if block.strip()]
    return Markup("").join(_list(block) if block.startswith("- ") else _paragraph(block) for block in blocks)


def _paragraph(block: str) -> Markup:
    return Markup("<p>{}</p>").format(_inline(block))


def _list(block: str) -> Markup:
    items = re.split(r"\n?^- ", block, flags=re.MULTILINE)[1:]
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(_inline(one)) for one in items))


def _inline(text: str) -> Markup:
    plain = str(escape(" ".join(text.split())))
    linked = _LINK.sub(r'<a href="\2" rel="noreferrer">\1</a>', plain)
    return Markup(_BOLD.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", linked)))  # noqa: S704 (escaped above)


def slug(words: str) -> str:
    """Return what a heading is called in an address."""
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")
