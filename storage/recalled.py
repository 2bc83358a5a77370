"""What a connection that only reads was asked once: it sees one state all the while, so the answer stays the same."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

P = ParamSpec("P")
T = TypeVar("T")
#: The option of a connection that only reads: what it was asked, and what the answers were.
OPTION = "ostiary_recalled"


def forget(connection: Connection) -> None:
    """Forget what was asked before: another state begins."""
    known = connection.get_execution_options().get(OPTION)
    if known:
        known.clear()


def once_a_read(ask: Callable[Concatenate[Connection, P], T]) -> Callable[Concatenate[Connection, P], T]:
    """Have a question asked once of each connection that only reads; one that writes is asked each time.

    Nobody changes an answer. A list among the arguments counts by what is in it.
    """

    @functools.wraps(ask)
    def recalled(connection: Connection, /, *args: P.args, **named: P.kwargs) -> T:
        known: dict[Hashable, Any] | None = connection.get_execution_options().get(OPTION)
        if known is None or not connection.in_transaction():
            return ask(connection, *args, **named)
        key = (ask, tuple(map(_told, args)), tuple((name, _told(value)) for name, value in named.items()))
        if key not in known:
            known[key] = ask(connection, *args, **named)
        found: T = known[key]
        return found

    return recalled


def _told(value: Any) -> Any:
    return (list, *value) if isinstance(value, list) else value
