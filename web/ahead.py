"""What the first visitor would wait for is made when the server starts, beside whatever is asked meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from fastapi import FastAPI

_log = logging.getLogger("ostiary.web")


def make_ahead(app: FastAPI, beside: Callable[[Callable[[], None]], None] | None = None) -> None:
    """Have the lists made of the store, and figures counted; `beside` runs a call beside pages (default: a thread).

    Where that fails, it is logged, and the page that needs it says what is wrong.
    """
    office, snapshots = app.state.office, app.state.snapshots
    wanted = (
        snapshots.current,
        office.insights.current,
        office.money.current,
        lambda: office.connections.rows(snapshots.current().version.mark.run),
    )

    def make() -> None:
        for one in wanted:
            try:
                one()
            except Exception:  # noqa: BLE001 (whatever it is: the server serves what it can)
                _log.exception("what pages need could not be made ahead")

    (beside or _in_thread)(make)


def _in_thread(call: Callable[[], None]) -> None:
    threading.Thread(target=call, name="ostiary-ahead", daemon=True).start()
