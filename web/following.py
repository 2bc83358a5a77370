"""What follows from a decision on which tool is which: derived anew beside the pages, which say how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from model.errors import Unavailable
from model.ports import Progress
from web.beside import Beside, in_thread

_log = logging.getLogger("ostiary.web")
#: Where a scan is under way it is tried again after so many seconds, so many times; then that scan's end has it.
_PAUSE, _TRIES = 5.0, 720


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far it is: a step in words, how much of it is done (`total` None: unknown), and what hinders it."""

    step: str = "Beginning"
    done: int = 0
    total: int | None = None
    waits: bool = False
    problem: str | None = None


class Following:
    """Derives anew, once however many decisions ask for it meanwhile; a decision made during it has it done again.

    It is a `Progress` itself. The decision stands whatever happens here: the next scan takes it up, too.
    """

    def __init__(
        self,
        derive: Callable[[Progress, str], object],
        *,
        beside: Beside | None = None,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        """`derive` is told a `Progress` and what it follows; `beside` runs a call in a thread unless said otherwise."""
        self._derive, self._beside = derive, beside or in_thread("ostiary-following")
        self._pause = pause or threading.Event().wait
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._next: str | None = None
        self._state: State | None = None

    @property
    def state(self) -> State | None:
        """How far it is; None where nothing is to do, or all is done."""
        return self._state

    def ask(self, what: str) -> None:
        """Derive anew after a decision (`review merge`), as soon as can be."""
        with self._lock:
            self._next = what
            if not self._idle.is_set():
                return
            self._idle.clear()
            self._state = State()
        self._beside(self._run)

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; return whether all is done."""
        return self._idle.wait(seconds)

    # --- told by the work --------------------------------------------------------------------------------------------

    def step(self, what: str, total: int | None = None) -> None:
        """Begin a step."""
        self._state = State(step=what, total=total)

    def advance(self, by: int = 1) -> None:
        """Tell that so much more is done."""
        state = self._state or State()
        self._state = replace(state, done=state.done + by)

    # --- the work ----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._lock:
                what, self._next = self._next, None
                if what is None:
                    if self._state is not None and self._state.problem is None:
                        self._state = None
                    self._idle.set()
                    return
            self._state = self._followed(what)

    def _followed(self, what: str) -> State | None:
        for _ in range(_TRIES):
            try:
                self._derive(self, what)
            except Unavailable:
                self._state = State(step="Waiting for the scan that is under way", waits=True)
                self._pause(_PAUSE)
            except Exception:  # noqa: BLE001 (whatever it is, the page says that the decision stands)
                _log.exception("what follows from a decision could not be derived")
                return State(
                    problem="The lists could not be made anew. The decision stands; the next scan takes it up."
                )
            else:
                return State(step="Done")
        return State(problem="A scan has been under way for long; the lists follow when it has ended.")
