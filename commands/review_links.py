"""`ostiary review account link`: a one-time link that signs somebody in to the web application."""

from __future__ import annotations

import click

from commands.acting import account, as_option
from commands.listing import tell
from commands.opening import Desk, writing
from commands.shape import Command, Program, pass_program
from gate import accounts
from gate.roles import Account, Act, require
from storage.store import Connection
from storage.times import iso, to_ms
from web import sessions
from web.office import WebSettings


@click.command(cls=Command, name="link", example="review account link bo@example.com --as ana@example.com")
@click.argument("email", metavar="EMAIL")
@as_option
@pass_program
def link(program: Program, email: str) -> None:
    """Make a link that signs an account in to the web application, once, within two days.

    One's own, or as an administrator anybody's.
    """
    with writing(program, new=False) as desk:
        now = desk.clock.now()
        with desk.store.write() as connection:
            by = account(connection, desk)
            to = accounts.the_account(connection, email, now)
            if to.id != by.id:
                require(by, Act.ACCOUNTS, at=now)
            address = entry(connection, desk, to, by=accounts.named(by))
        until = iso(to_ms(now + sessions.LINK_LASTS)) or ""
        lines = (f"This link signs {to.email} in, once, until {until[:10]}. Send it to nobody else:", address)
        tell(desk, {"email": to.email, "link": address, "until": until}, *lines, "It opens what is served by:", _SERVE)


_SERVE = "ostiary serve"


def entry(connection: Connection, desk: Desk, to: Account, *, by: str) -> str:
    """Return the address of a new link that signs an account in."""
    token = sessions.make_link(connection, desk.trail(), to, by=by, at=desk.clock.now())
    web = WebSettings() if desk.settings.web is None else desk.settings.web()
    return f"{web.public_url}/welcome/{token}"
