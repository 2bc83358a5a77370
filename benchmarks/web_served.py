"""Serve a store, or a bare page beside it, on one core: the process that `bench_web.py` measures.

python benchmarks/web_served.py PORT CORE PATH|URL|bare
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from benchmarks.web_store import opened
from commands.opening import Desk
from commands.serve import log_lines, office_of
from commands.settings import Settings
from commands.shape import Program
from model.ports import SystemClock
from web import protect
from web.ahead import make_ahead
from web.app import make_app, protected
from web.office import WebSettings
from web.undisturbed import pages_first


def bare() -> Any:
    """Return an application with one small page, from a plain function in a thread as ours are."""
    page = "<!doctype html><title>bare</title>" + "<p>row</p>" * 400

    def home(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    return Starlette(routes=[Route("/", home)])


def served(place: str, port: int) -> Any:
    """Return the application on a store."""
    log_lines()
    pages_first()
    store = opened(place)
    desk = Desk(Program(format="json"), Settings(folder=Path.cwd()), store, empty=False, clock=SystemClock())
    web = WebSettings(public_url=f"http://127.0.0.1:{port}", idle=timedelta(hours=3))
    app = make_app(office_of(desk, web))
    make_ahead(app)
    return protected(app)


def main() -> None:
    port, core, place = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    # All the load comes from one address; that nobody may ask so often is measured elsewhere.
    protect.READS = protect.ACTS = protect.GUESSES = 1_000_000_000
    app = bare() if place == "bare" else served(place, port)
    uvicorn.run(app, port=port, log_level="critical", access_log=False, lifespan="off")


if __name__ == "__main__":
    main()
