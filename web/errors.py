"""What goes wrong, as pages and problem documents say it: what happened, and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from model.errors import OstiaryError


class Wrong(OstiaryError):
    """Ends a request with a status; `what` happened in one sentence, `do` is what to do about it."""

    def __init__(self, status: HTTPStatus, what: str, do: str = "", **more: Any) -> None:
        super().__init__(f"{what} {do}".strip())
        self.status, self.what, self.do, self.more = status, what, do, more


def not_found(what: str, do: str = "Go back, or search for it.") -> Wrong:
    """Return the error of an address that leads nowhere; also of what somebody may not know to be there."""
    return Wrong(HTTPStatus.NOT_FOUND, what, do)


def forbidden(what: str, do: str = "Ask an administrator for that right.") -> Wrong:
    """Return the error of somebody who is signed in and may not do it."""
    return Wrong(HTTPStatus.FORBIDDEN, what, do)


class SignInFirst(OstiaryError):
    """Nobody is signed in, or not any more; what was typed is kept."""


class NotOurs(OstiaryError):
    """A form that does not come from a page of the session that sends it."""
