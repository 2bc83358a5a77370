"""Much is made at once, and lives on: nobody looks for circles of objects in it, while it is made or afterwards.

Looking through a million objects that all live on takes the interpreter half a second, in which no page is answered.
What lists and figures are made of has no circles; what is let go of it goes at once.
"""

from __future__ import annotations

import atexit
import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: So many objects more than were let go have the young ones looked through; Python by itself says 700. With fewer what
#: a page is made of would be taken for old before it is ready. A page leaves hardly a circle (web/templating.py).
_YOUNG = 20_000
#: All objects are looked through so many times less often than those of the middle; Python by itself says 10.
_RARELY = 100
#: Seconds after which a thread that goes on is interrupted where another waits; Python by itself says 0.005.
_TURN = 0.0005
_lock = threading.Lock()
_makers = 0


@contextmanager
def undisturbed(*, much: bool) -> Iterator[None]:
    """Have no circles looked for while something is made; where it will be much, those of before are cleared first."""
    global _makers  # noqa: PLW0603 (the collector is one for the whole process, and several may make something)
    with _lock:
        if _makers == 0:
            if much:
                gc.collect()
            gc.disable()
        _makers += 1
    try:
        yield
    finally:
        with _lock:
            _makers -= 1
            if _makers == 0:
                gc.enable()


def leave_alone() -> None:
    """Let nobody look through what is held now for circles of objects: all of it lives on.

    What nobody holds any more is let go first, or it would be kept for ever: that takes a second of a million objects,
    so this is for what is made once a run.
    """
    atexit.unregister(gc.unfreeze)
    atexit.register(gc.unfreeze)
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def pages_first() -> None:
    """Have the interpreter of a server give pages their turn soon, and seldom look for circles of objects.

    A thread that counts lets another have the interpreter after a moment only; a page asks for it once for each of its
    questions to the database.
    """
    _, middle, _ = gc.get_threshold()
    gc.set_threshold(_YOUNG, middle, _RARELY)
    sys.setswitchinterval(_TURN)
