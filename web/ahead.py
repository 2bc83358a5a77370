"""What the first visitor would wait for is made when the server starts, beside whatever is asked meanwhile."""

from __future__ import annotations

import logging

from fastapi import FastAPI

from web.beside import Beside, in_thread

_log = logging.getLogger("ostiary.web")


def make_ahead(app: FastAPI, beside: Beside | None = None) -> None:
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

    (beside or in_thread("ostiary-ahead"))(make)
