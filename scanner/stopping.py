"""When a signal may end what runs on and on: at once, or only after a few steps that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager


class Stop:
    """What a person's Ctrl-C and a service manager's SIGTERM call, as the handler of these signals.

    It raises KeyboardInterrupt: at once where that is allowed, and where it is not, when that part is over. So a scan
    and the wait for the next one end at the keystroke, and the opening and closing of a database between them does not
    break off anywhere within a library.
    """

    def __init__(self) -> None:
        """Begin with nothing asked, and with all to be ended at once."""
        self._asked, self._at_once = False, True

    def __call__(self, *_signal: object) -> None:
        """Take a signal, with the arguments that a handler is given. The second one ends whatever hangs."""
        again, self._asked = self._asked, True
        if again or self._at_once:
            raise KeyboardInterrupt

    def later(self) -> AbstractContextManager[None]:
        """Within, a signal waits for the end of the block (not where the block ends by an error)."""
        return self._for_now(at_once=False)

    def at_once(self) -> AbstractContextManager[None]:
        """Within, a signal ends what is done; one that waited does so at the start."""
        return self._for_now(at_once=True)

    @contextmanager
    def _for_now(self, *, at_once: bool) -> Iterator[None]:
        before, self._at_once = self._at_once, at_once
        try:
            self._raise()
            yield
        finally:
            self._at_once = before
        self._raise()

    def _raise(self) -> None:
        if self._asked and self._at_once:
            raise KeyboardInterrupt
