"""What programs send is JSON and nothing looser: read once, strictly, before anything else sees it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from web.access import DECLARED, Needs
from web.errors import Wrong
from web.here import Here

_decode = msgspec.json.Decoder().decode
_SENT = {"POST", "PUT", "PATCH", "DELETE"}


class _Read(Request):
    """A request whose body was read as JSON."""

    said: Any = None

    async def json(self) -> Any:
        """Return what was sent."""
        return self.said


class Strict(APIRoute):
    """A route that takes JSON alone: no NaN, no half of a character, nothing nested without end (RFC 8259)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def run(request: Request) -> Response:
            read = _Read(request.scope, request.receive)
            try:
                if request.method in _SENT and (body := await read.body()):
                    read.said = _json(request, body)
                return await handle(read)
            except (RequestValidationError, Unread):
                # Who may not ask at all is told that, and not what would be wrong with the question.
                await run_in_threadpool(_admit, read, getattr(self.endpoint, DECLARED))
                raise

        return run


class Unread(Wrong):
    """What was sent is no JSON."""


def _admit(request: Request, needs: Needs) -> None:
    with Here.of(request) as here:
        here.admit(needs)


def _json(request: Request, body: bytes) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        do = "Send it with `Content-Type: application/json`."
        raise Unread(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This takes JSON alone.", do)
    try:
        return _decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise Unread(HTTPStatus.BAD_REQUEST, "This is no JSON.", "Send one JSON document, in UTF-8.") from None
