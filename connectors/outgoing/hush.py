"""Libraries log addresses, and an address may be a secret as a whole: here they are heard by nobody else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

#: The loggers of the HTTP libraries here; what is below them has no level of its own.
_HTTP = ("httpx2", "httpcore2", "httpx", "httpcore", "urllib3", "requests")
_NOTHING = logging.CRITICAL + 1


@contextmanager
def hushed(*names: str) -> Iterator[list[str]]:
    """Keep HTTP libraries silent, and hear what the named loggers warn of instead of everybody else."""
    said: list[str] = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    heard = [logging.getLogger(name) for name in names]
    silent = [logging.getLogger(name) for name in _HTTP]
    before = [(log, log.handlers, log.level, log.propagate) for log in (*heard, *silent)]
    for log in silent:
        log.setLevel(_NOTHING)
    for log in heard:
        log.handlers, log.propagate = [listener], False
        log.setLevel(logging.WARNING)
    try:
        yield said
    finally:
        for log, handlers, level, propagate in before:
            log.handlers, log.propagate = handlers, propagate
            log.setLevel(level)
