"""How what goes on for ever is ended: by Ctrl-C, and by what service managers send."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from scanner.stopping import Stop

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Let SIGTERM do what Ctrl-C does, and yield what says when they may."""
    stop = Stop()
    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
