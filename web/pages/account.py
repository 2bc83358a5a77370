"""One's own account: roles, sessions that can be ended, tokens for programs."""

from __future__ import annotations

from typing import Any

from storage import sessions as stored
from storage.times import to_ms
from web.access import Open, Pages
from web.errors import not_found
from web.here import Here

pages = Pages("/account")


@pages.get("", Open.SIGNED_IN)
def account(here: Here) -> Any:
    """Show one's own account."""
    found = stored.sessions(here.connection, here.account.id)
    now = to_ms(here.at)
    listed = [row for row in found if row["ends_at"] > now]
    return here.render("account.html", sessions=listed)


@pages.post("/sessions/{number}/end", Open.SIGNED_IN)
def end(here: Here, number: int) -> Any:
    """End one of one's own sessions."""
    if all(row["id"] != number for row in stored.sessions(here.connection, here.account.id)):
        raise not_found("You have no session of that number, or it has ended.", "Look at the list again.")
    with here.office.store.write() as connection:
        stored.end_session(connection, number, to_ms(here.at))
    return here.see("/account", "That browser is signed out.")
