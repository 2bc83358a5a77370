"""The OpenAPI document: what the routes declare, with how one signs in, what may go wrong, and what is told."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from web.access import DECLARED, Open
from web.api.routing import OF_ACTS, PREFIX, REFUSALS, Api, Problem

VERSION = "1"
ABOUT = """Everything that the pages do, for programs: the same rows as the commands' `--format json`.

**Signing in.** A token, made at `/account`, is sent as `Authorization: Bearer TOKEN`; it does no more than it was made
for and than its account may. A page of ours uses its session's cookie instead, and sends `X-CSRF-Token` with what acts.

**Lists** come by pages: send `next` of one page as `cursor` to get the one after; what comes or goes meanwhile shifts
nothing, and no row comes twice unless its place in the order becomes another. `limit` is 500 at most.

**Unknown is not zero.** A field that nobody knows is null. What no source was read for is not seen: `GET /coverage`.

**Entity tags.** What is read has an `ETag`; send it as `If-None-Match`, and get `304` where nothing became different.

**Once.** An act that is sent with an `Idempotency-Key` of your own is done once, however often it is sent: the answer
is the same, marked `Idempotent-Replayed: true`. The same key with something else is refused (`422`). What was refused
may be corrected and sent again with its key. An answer with a secret in it is shown once, and not kept: sent again, it
is `409`.

**Problems** are documents (RFC 9457): `title` is what happened, `detail` what to do, `errors` what is wrong where.
Fields and parameters that are not known are refused, so that no slip of the pen is lost.

**People** are numbers. Their addresses are null, or `(a person)`, unless your account may see names.

Money is in millionths of the currency's major unit; moments are UTC; days are the company's,
of the years 1900 to 9998."""
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Up to 100 characters of your own: sent again, the act is not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}
_HELD = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you have.",
    "schema": {"type": "string"},
}
_ETAG = {"description": "Changes when the answer does.", "schema": {"type": "string"}}
_REPLAYED = {"description": "`true`: it was done before, and is not done again.", "schema": {"type": "string"}}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of your account, made at /account."},
    "session": {"type": "apiKey", "in": "cookie", "name": "ostiary", "description": "A browser that is signed in."},
    "form": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "The secret of the session's forms.",
    },
}
_GENERIC = re.compile(r"\bPage_([A-Za-z]+)_")
#: All groups of routes: `web.api` puts them here, for the group that shows the document is one of them.
GROUPS: list[Api] = []


@functools.cache
def document() -> dict[str, Any]:
    """Return the document, the same for all: it holds nothing of the company."""
    from web.api.webhooks import notices  # noqa: PLC0415

    routes = [route for group in GROUPS for route in group.router.routes]
    found = get_openapi(
        title="Ostiary",
        version=VERSION,
        description=ABOUT,
        routes=routes,
        webhooks=notices.routes,
        servers=[{"url": "/"}],
    )
    needs = {route.operation_id: getattr(route.endpoint, DECLARED) for route in routes if isinstance(route, APIRoute)}
    for path, method, operation in operations(found):
        _complete(path, method, operation, needs[operation["operationId"]])
    for told in found["webhooks"].values():
        told["post"]["responses"].pop("422", None)
    schemas = found["components"]["schemas"]
    schemas |= Problem.model_json_schema(ref_template="#/components/schemas/{model}").pop("$defs", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["Problem"] = {name: value for name, value in problem.items() if name != "$defs"}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    found["components"]["securitySchemes"] = _SCHEMES
    plain: dict[str, Any] = _renamed(found)
    return plain


def operations(found: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation, in the order in which they are declared."""
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(path: str, method: str, operation: dict[str, Any], needs: Any) -> None:
    """Say what every operation of its kind takes and answers beside its own."""
    del path
    reads, answers = method == "get", operation["responses"]
    operation["parameters"] = [*operation.get("parameters", ()), _HELD if reads else _KEY]
    is_open = needs is Open.ANYBODY
    operation["security"] = (
        [] if is_open else [{"token": []}, {"session": []} if reads else {"session": [], "form": []}]
    )
    for code, answer in answers.items():
        if code.startswith("2"):
            answer["description"] = "What was asked for." if reads else "It is done."
            answer["headers"] = {"ETag": _ETAG} if reads else {"Idempotent-Replayed": _REPLAYED}
    if reads:
        answers["304"] = {"description": "You have it already.", "headers": {"ETag": _ETAG}}
    for code in {**REFUSALS, **OF_ACTS}:
        if str(code) in answers:
            reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
            answers[str(code)]["content"] = {"application/problem+json": reference}
    if is_open:
        for code in ("401", "403"):
            answers.pop(code, None)


def _renamed(value: Any) -> Any:
    """Return the document with names of schemas as a reader would give them."""
    if isinstance(value, dict):
        return {_GENERIC.sub(r"\1Page", name): _renamed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    return _GENERIC.sub(r"\1Page", value) if isinstance(value, str) else value


__all__ = ["PREFIX", "document", "operations"]
