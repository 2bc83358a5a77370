"""What a program sends twice is done once: the key that it names is kept beside the act, with what was answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel

from storage import once
from storage.store import Connection
from storage.times import to_ms
from web.api.answers import encode
from web.errors import Wrong
from web.here import Here

#: What stands in the place of an answer that holds a secret: that is shown once and kept nowhere.
_SECRET = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The key that a program named, and the digest of what it asks by it."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How an act answers: with which status, and whether its answer is kept (one with a secret is not)."""

    status: int
    is_secret: bool = False

    def answer(self, found: Any) -> Response:
        """Return what an act found as it is sent."""
        return found if isinstance(found, Response) else Response(encode(found), self.status, media_type=_JSON)

    def text(self, response: Response) -> str:
        """Return what is kept of an answer."""
        return _SECRET if self.is_secret else bytes(response.body).decode()


_JSON = "application/json"


def asked(here: Here, given: Mapping[str, Any]) -> Asked | None:
    """Return the key of a request, None where it has none. Raises Wrong where it is none."""
    key = here.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= 100 or not all("!" <= one <= "~" for one in key):
        what = "The Idempotency-Key is too long, or not plain."
        raise Wrong(HTTPStatus.BAD_REQUEST, what, "Send up to 100 characters that can be printed, without blanks.")
    plain = {name: one.model_dump(mode="json") if isinstance(one, BaseModel) else one for name, one in given.items()}
    said = json.dumps([here.request.method, here.request.url.path, plain], sort_keys=True, default=str)
    return Asked(f"account:{here.account.id}/{key}", hashlib.sha256(said.encode()).hexdigest())


def within(here: Here, wanted: Asked | None, kept: Kept, act: Callable[[Connection], Any]) -> Response:
    """Act in one transaction with the key: both are kept, or neither."""
    with here.office.store.write() as connection:
        if wanted is not None and not once.take(connection, wanted.key, wanted.digest, to_ms(here.at)):
            return _before(once.done(connection, wanted.key), wanted)
        response = kept.answer(act(connection))
        if wanted is not None:
            once.answer(connection, wanted.key, response.status_code, kept.text(response))
    for call in getattr(here.request.state, _AFTERWARDS, ()):
        call()
    return response


def afterwards(here: Here, call: Callable[[], object]) -> None:
    """Have something done once what an act did is kept."""
    state = here.request.state
    setattr(state, _AFTERWARDS, [*getattr(state, _AFTERWARDS, ()), call])


_AFTERWARDS = "afterwards"


def alone(here: Here, wanted: Asked | None, kept: Kept, act: Callable[[], Any]) -> Response:
    """Act in transactions of its own, between taking the key and keeping the answer."""
    if wanted is None:
        return kept.answer(act())
    with here.office.store.write() as connection:
        if not once.take(connection, wanted.key, wanted.digest, to_ms(here.at)):
            return _before(once.done(connection, wanted.key), wanted)
    try:
        response = kept.answer(act())
    except Exception:
        with here.office.store.write() as connection:
            once.forget(connection, wanted.key)  # refused and corrected, it may be sent again
        raise
    with here.office.store.write() as connection:
        once.answer(connection, wanted.key, response.status_code, kept.text(response))
    return response


def _before(row: Mapping[str, Any] | None, wanted: Asked) -> Response:
    if row is not None and row["digest"] != wanted.digest:
        what = "This Idempotency-Key was sent with something else."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, what, "Make a new key for each act.")
    if row is None or row["status"] == 0:
        do = "Ask again in a moment; if it stays so, look whether it was done."
        raise Wrong(HTTPStatus.CONFLICT, "This is being done just now.", do)
    if row["answer"] == _SECRET:
        do = "What it answered was shown that once, and is kept nowhere."
        raise Wrong(HTTPStatus.CONFLICT, "This was done by this Idempotency-Key already.", do)
    return Response(row["answer"], row["status"], media_type=_JSON, headers={"idempotent-replayed": "true"})
