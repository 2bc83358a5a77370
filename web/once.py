"""Forms that are sent twice are done once: by a double click, by going back, by a connection that broke off.

A page puts `token()` into the hidden field `once`. The act asks `earlier` inside the transaction that does it, and says
there with `answered` where it led; whoever sends the same form again is led to the same place.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from http import HTTPStatus

from storage import once as stored
from storage.store import Connection
from storage.times import to_ms
from web.here import Here

#: The hidden field of a form that must not be done twice.
FIELD = "once"
_LONGEST = 100


def token() -> str:
    """Return what tells one form from all others."""
    return secrets.token_urlsafe(16)


def earlier(here: Here, connection: Connection) -> str | None:
    """Return where this very form led when it was sent before, None where it was not: then it is taken for the caller.

    Raises nothing: a form without a key is one that nobody sent before. What was changed since is another form.
    """
    key, digest = _key(here), _digest(here)
    if key is None or stored.take(connection, key, digest, to_ms(here.at)):
        return None
    found = stored.done(connection, key)
    return "/" if found is None or found["answer"] is None else str(found["answer"])


def answered(here: Here, connection: Connection, path: str) -> None:
    """Keep where a form led, beside what it did."""
    key = _key(here)
    if key is not None:
        stored.answer(connection, key, HTTPStatus.SEE_OTHER, path)


def _key(here: Here) -> str | None:
    given = here.form.get(FIELD)
    if not given or len(given) > _LONGEST:
        return None
    who = here.session.account.id if here.session is not None else 0
    told = json.dumps([who, here.request.url.path, given, _digest(here)])
    return f"form:{hashlib.sha256(told.encode()).hexdigest()}"


def _digest(here: Here) -> str:
    typed = sorted((name, value) for name, value in here.form.kept() if name != FIELD)
    return hashlib.sha256(json.dumps(typed).encode()).hexdigest()
