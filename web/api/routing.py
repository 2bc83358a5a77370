"""Routes for programs: permission, query and body checked, problems as documents, entity tags, acts done once."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from model.errors import Refused
from storage import once
from storage.store import Connection
from storage.times import to_ms
from web.access import DECLARED, Endpoint, Needs
from web.errors import NotOurs, Wrong
from web.here import Here, refusal

#: So many rows a page has where nothing is said, and at most.
ROWS, MOST = 50, 500
PREFIX = "/api/v1"
Row = Mapping[str, Any]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many rows at most.")]
Cursor = Annotated[str | None, Query(max_length=400, description="Where to go on: `next` of the page before.")]
_encode = msgspec.json.Encoder().encode


class Sent(BaseModel):
    """What is sent: a field that we do not know is refused, so that nothing is lost by a slip of the pen."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=20_000)


class Problem(BaseModel):
    """What went wrong (RFC 9457): `title` is what happened, `detail` what to do about it."""

    type: str
    title: str
    status: int
    detail: str


_PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: _PROBLEM | {"description": "What was sent cannot be read."},
    401: _PROBLEM | {"description": "Nobody is signed in."},
    403: _PROBLEM | {"description": "The account, or the token, may not do this."},
    404: _PROBLEM | {"description": "There is no such thing."},
    422: _PROBLEM | {"description": "What was sent is not what is expected here."},
    429: _PROBLEM | {"description": "That was too often."},
}
_OF_ACTS: dict[int | str, dict[str, Any]] = {
    409: _PROBLEM | {"description": "Refused: it was decided meanwhile, or is not allowed. Nothing was changed."},
    413: _PROBLEM | {"description": "That was too much at once."},
}


class Api:
    """Routes for programs. An endpoint is a plain function `(here, ...)` that returns rows, a mapping or a Response."""

    def __init__(self, tag: str) -> None:
        """Begin a group of routes under a heading of the reference."""
        self.router = APIRouter(prefix=PREFIX, tags=[tag])

    def get(self, path: str, needs: Needs, model: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that reads; `model` is what it answers with."""
        return self._route("GET", path, needs, model)

    def post(
        self, path: str, needs: Needs, model: Any, status: int = 200, *, within: bool = True
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that acts: `(here, connection, ...)`, in one transaction with the key that makes it once.

        Not `within`, the act has transactions of its own and is called without a connection; if the program dies in
        the midst of it, the key stays taken, and whoever sends it again is told to look.
        """
        return self._route("POST", path, needs, model, status, within=within)

    def delete(self, path: str, needs: Needs, model: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that ends something, as `post` does."""
        return self._route("DELETE", path, needs, model)

    def _route(
        self, method: str, path: str, needs: Needs, model: Any, status: int = 200, *, within: bool = True
    ) -> Callable[[Endpoint], Endpoint]:
        def declare(endpoint: Endpoint) -> Endpoint:
            run = _reading(endpoint, needs) if method == "GET" else _acting(endpoint, needs, status, within=within)
            self.router.add_api_route(
                path,
                run,
                methods=[method],
                name=endpoint.__name__,
                operation_id=endpoint.__name__,
                response_model=None,
                status_code=status,
                responses={status: {"model": model}, **_REFUSALS, **({} if method == "GET" else _OF_ACTS)},
                openapi_extra={"x-needs": str(needs), **(_KEYED if method != "GET" else {})},
            )
            return endpoint

        return declare


_KEYED: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Up to 100 characters of your own: sent again, the act is not done again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
        }
    ]
}


def _reading(endpoint: Endpoint, needs: Needs) -> Endpoint:
    known = {name for name in inspect.signature(endpoint).parameters if name != "here"}

    def run(ostiary_request: Request, **given: Any) -> Any:
        with Here.of(ostiary_request) as here:
            here.admit(needs)
            _only_known(ostiary_request, known)
            return tagged(here, endpoint(here, **given))

    return _declared(run, endpoint, needs)


def _acting(endpoint: Endpoint, needs: Needs, status: int, *, within: bool) -> Endpoint:
    known = {name for name in inspect.signature(endpoint).parameters if name not in {"here", "connection"}}

    def run(ostiary_request: Request, **given: Any) -> Any:
        with Here.of(ostiary_request) as here:
            here.admit(needs)
            if here.session is not None and ostiary_request.headers.get("x-csrf-token") != here.session.csrf:
                raise NotOurs
            _only_known(ostiary_request, known)
            asked = _asked(here, given)
            if within:
                return _within(here, asked, status, lambda connection: endpoint(here, connection, **given))
            return _alone(here, asked, status, lambda: endpoint(here, **given))

    return _declared(run, endpoint, needs)


def _declared(run: Endpoint, endpoint: Endpoint, needs: Needs) -> Endpoint:
    taken = inspect.signature(endpoint, eval_str=True).parameters.values()
    asked = [p for p in taken if p.name not in {"here", "connection"}]
    request = inspect.Parameter("ostiary_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    shown = [request, *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in asked)]
    functools.update_wrapper(run, endpoint, assigned=("__name__", "__doc__", "__module__", "__qualname__"), updated=())
    del run.__wrapped__  # type: ignore[attr-defined]  # else FastAPI would read the signature of what is wrapped
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in shown}
    setattr(run, DECLARED, needs)
    return run


def _only_known(request: Request, known: set[str]) -> None:
    strange = sorted(set(request.query_params) - known)
    if strange:
        what = f"This takes no {strange[0][:60]!r}."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, what, f"It takes: {', '.join(sorted(known)) or 'nothing'}.")


# --- answers ---------------------------------------------------------------------------------------------------------


def tagged(here: Here, found: Any) -> Response:
    """Return what was found as JSON with an entity tag; 304 without a body where the program has it already."""
    if isinstance(found, Response):
        return found
    body = _encode(found)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    held = {one.strip().removeprefix("W/") for one in here.request.headers.get("if-none-match", "").split(",")}
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if tag in held or "*" in held:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def page_of(rows: Sequence[Row], key: str, *, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return a page of rows: `items`, `total`, and `next`, the cursor of the page after it (None: this is the last).

    A cursor names the last row that was given, so that rows that come or go before it move no page's edge.
    """
    begin = 0 if cursor is None else _after(rows, key, cursor)
    items = rows[begin : begin + limit]
    more = begin + limit < len(rows)
    onward = _cursor(begin + limit - 1, items[-1][key]) if more and items else None
    return {"items": list(items), "total": len(rows), "next": onward}


def _cursor(place: int, last: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, last]).encode()).decode().rstrip("=")


def _after(rows: Sequence[Row], key: str, cursor: str) -> int:
    try:
        place, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = int(place)
    except (binascii.Error, ValueError, TypeError):
        raise Wrong(
            HTTPStatus.UNPROCESSABLE_ENTITY, "This cursor is none of ours.", "Send `next` of a page as it came."
        ) from None
    if 0 <= place < len(rows) and rows[place][key] == last:
        return place + 1
    return next((at + 1 for at, row in enumerate(rows) if row[key] == last), max(0, min(place, len(rows))))


# --- once ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    key: str
    digest: str


def _asked(here: Here, given: Mapping[str, Any]) -> _Asked | None:
    key = here.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= 100 or not key.isascii() or not key.isprintable():
        what = "The Idempotency-Key is too long, or not plain."
        raise Wrong(HTTPStatus.BAD_REQUEST, what, "Send up to 100 characters that can be printed.")
    plain = {name: one.model_dump(mode="json") if isinstance(one, BaseModel) else one for name, one in given.items()}
    said = json.dumps([here.request.method, here.request.url.path, plain], sort_keys=True, default=str)
    return _Asked(f"account:{here.account.id}/{key}", hashlib.sha256(said.encode()).hexdigest())


def _within(here: Here, asked: _Asked | None, status: int, act: Callable[[Connection], Any]) -> Response:
    """Act in one transaction with the key: both are kept, or neither."""
    with here.office.store.write() as connection:
        if asked is not None and not once.take(connection, asked.key, asked.digest, to_ms(here.at)):
            return _before(once.done(connection, asked.key), asked)
        response = _answer(act(connection), status)
        if asked is not None:
            once.answer(connection, asked.key, response.status_code, bytes(response.body).decode())
    return response


def _alone(here: Here, asked: _Asked | None, status: int, act: Callable[[], Any]) -> Response:
    """Act in transactions of its own, between taking the key and keeping the answer."""
    if asked is None:
        return _answer(act(), status)
    with here.office.store.write() as connection:
        if not once.take(connection, asked.key, asked.digest, to_ms(here.at)):
            return _before(once.done(connection, asked.key), asked)
    try:
        response = _answer(act(), status)
    except Exception:
        with here.office.store.write() as connection:
            once.forget(connection, asked.key)  # refused and corrected, it may be sent again
        raise
    with here.office.store.write() as connection:
        once.answer(connection, asked.key, response.status_code, bytes(response.body).decode())
    return response


def _answer(found: Any, status: int) -> Response:
    return found if isinstance(found, Response) else Response(_encode(found), status, media_type="application/json")


def _before(row: Mapping[str, Any] | None, asked: _Asked) -> Response:
    if row is not None and row["digest"] != asked.digest:
        what = "This Idempotency-Key was sent with something else."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, what, "Make a new key for each act.")
    if row is None or row["status"] == 0:
        do = "Ask again in a moment; if it stays so, look whether it was done."
        raise Wrong(HTTPStatus.CONFLICT, "This is being done just now.", do)
    headers = {"idempotent-replayed": "true"}
    return Response(row["answer"], row["status"], media_type="application/json", headers=headers)


def refused(error: Refused) -> Wrong:
    """Return a refusal of the gate as an error of the interface."""
    return Wrong(HTTPStatus.CONFLICT, refusal(error), "Nothing was changed.")
