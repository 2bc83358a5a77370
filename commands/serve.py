"""`ostiary serve`: the web application."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click
import structlog

from commands.acting import gate_of
from commands.opening import Desk, writing
from commands.shape import Program, command, pass_program
from model.errors import ConfigError

if TYPE_CHECKING:
    from web.office import Office, WebSettings

PORT = 8000


@command("serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65_535), metavar="P", help="The port.")
@pass_program
def serve(program: Program, *, host: str, port: int) -> None:
    """Serve the web application until it is stopped. It makes no connection of its own but those of the configuration.

    Behind a proxy that ends HTTPS, say `[web] public_url` and `behind_proxy`.
    """
    import uvicorn  # noqa: PLC0415 (the server, for those who serve)

    from web.ahead import make_ahead  # noqa: PLC0415 (the pages, for the same)
    from web.app import make_app, protected  # noqa: PLC0415
    from web.undisturbed import pages_first  # noqa: PLC0415

    with writing(program) as desk:
        web = settings_of(desk, host, port)
        office = office_of(desk, web)
        log_lines()
        pages_first()
        app = make_app(office)
        make_ahead(app)
        click.echo(f"Ostiary is at {web.public_url} (stop it with Ctrl-C)", err=True)
        uvicorn.run(
            protected(app), host=host, port=port, log_config=None, access_log=False, server_header=False, lifespan="off"
        )


def settings_of(desk: Desk, host: str, port: int) -> WebSettings:
    """Return the settings of the web; where nothing is configured, people reach it where it listens."""
    from web.office import WebSettings  # noqa: PLC0415 (loaded where somebody serves)

    if desk.settings.web is not None:
        return desk.settings.web()
    if host not in {"127.0.0.1", "::1", "localhost"}:
        raise ConfigError(
            f"--host {host} is reached by others: say under [web] public_url by which address they reach it, over HTTPS"
        )
    return replace(WebSettings(), public_url=f"http://{'[::1]' if host == '::1' else host}:{port}")


def office_of(desk: Desk, web: WebSettings) -> Office:
    """Return what the pages are handed."""
    from commands import faces  # noqa: PLC0415 (loaded where somebody serves)

    return faces.office(desk, web, lambda *, checked=True: gate_of(desk, checked=checked))


def log_lines() -> None:
    """Log one JSON line a request to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
