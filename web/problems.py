"""Errors as programs read them: RFC 9457 problem documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

PROBLEM = "application/problem+json"


def problem(status: HTTPStatus, what: str, do: str = "", **more: Any) -> JSONResponse:
    """Return a problem document: `title` is what happened, `detail` what to do about it."""
    body = {"type": "about:blank", "title": what, "status": status.value, "detail": do}
    body |= {name: value for name, value in more.items() if value is not None}
    return JSONResponse(body, status, media_type=PROBLEM)
