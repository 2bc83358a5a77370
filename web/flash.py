"""What an act says on the page after it: carried by a cookie of one use, so that reloading says it no more."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from reports.words import clean

_COOKIE = "ostiary-said"
_LONGEST = 600
_LASTS = 60
#: The pages that undo something are paths of ours, and plain ones.
_OURS = re.compile(r"/[A-Za-z0-9][A-Za-z0-9/?&=%._~:#+-]*")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the page that takes back what it tells of; the reader's own browser carries both."""

    text: str
    undo: str | None


def say(response: Response, text: str, undo: str | None, *, secure: bool) -> None:
    """Let the next page say something."""
    packed = json.dumps([text[:_LONGEST], undo]).encode()
    value = base64.urlsafe_b64encode(packed).decode()
    response.set_cookie(_COOKIE, value, max_age=_LASTS, httponly=True, samesite="lax", secure=secure)


def read(request: Request) -> Said | None:
    """Return what is to be said; what is not as we wrote it is passed over."""
    value = request.cookies.get(_COOKIE)
    if not value:
        return None
    try:
        text, undo = json.loads(base64.urlsafe_b64decode(value))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    if not isinstance(text, str) or not (undo is None or isinstance(undo, str)):
        return None
    return Said(clean(text[:_LONGEST]), undo if undo and _OURS.fullmatch(undo) else None)


def forget(request: Request, response: Response) -> None:
    """Say it once."""
    if _COOKIE in request.cookies:
        response.delete_cookie(_COOKIE)
