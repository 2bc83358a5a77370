"""Counting in a process of its own: pages go on meanwhile, and what it held of memory goes with it.

Figures of 20,000 tools take seconds of the interpreter, which runs one thread at a time, and a gigabyte, of which a
process that goes on gives little back.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import TypeVar

from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from model.ports import Clock
from storage import queries
from storage.store import Store

T = TypeVar("T")
#: From so many tools on it pays: with fewer a process takes longer to begin than the figures take.
MANY = 3_000
#: By so much it stands back behind those who wait for a page.
_NICE = 10


@dataclass(frozen=True, slots=True)
class _Told:
    """What the other process opens its desk by. `url` may hold a password: it goes through a pipe, never on a line."""

    program: Program
    settings: Settings
    url: str
    clock: Clock


def is_large(desk: Desk) -> bool:
    """Return whether the store holds so much that counting is for a process of its own."""
    if desk.store.is_sqlite and desk.store.path is None:
        return False
    with desk.store.read() as connection:
        return queries.tool_count(connection) >= MANY


def counted_apart(make: Callable[[Desk], T], desk: Desk) -> T:
    """Return what `make`, a function of a module, returns of a desk in a process of its own.

    Raises RuntimeError with what went wrong there.
    """
    settings = replace(desk.settings, sources={}, web=None, notify=None)
    told = _Told(desk.program, settings, desk.store.url.render_as_string(hide_password=False), desk.clock)
    # Spawned: a process with threads may not be forked. A daemon: it ends with this one.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_count, args=(theirs, make, told), name="ostiary-counting", daemon=True)
    process.start()
    theirs.close()
    try:
        found, problem = ours.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"the process that counted ended with status {process.exitcode}") from None
    finally:
        ours.close()
    process.join()
    if problem is not None:
        raise RuntimeError(problem)
    result: T = found
    return result


def _count(answer: Connection, make: Callable[[Desk], T], told: _Told) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it, too, without a word
    if hasattr(os, "nice"):
        os.nice(_NICE)
    store = Store(told.url)
    # Who waited may have ended meanwhile; then nobody is to be told.
    with contextlib.suppress(BrokenPipeError), contextlib.closing(store):
        answer.send(_answer(make, store, told))


def _answer(make: Callable[[Desk], T], store: Store, told: _Told) -> tuple[T | None, str | None]:
    try:
        return make(Desk(told.program, told.settings, store, empty=False, clock=told.clock)), None
    except Exception:  # noqa: BLE001 (whatever it is, it is told to who waits)
        return None, traceback.format_exc()
