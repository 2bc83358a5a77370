"""Work that is done beside the pages, while they are answered."""

from __future__ import annotations

import threading
from collections.abc import Callable

#: Runs a call beside the pages.
Beside = Callable[[Callable[[], None]], None]


def in_thread(name: str) -> Beside:
    """Return what runs a call in a thread of that name, which ends with the process."""

    def run(call: Callable[[], None]) -> None:
        threading.Thread(target=call, name=name, daemon=True).start()

    return run
