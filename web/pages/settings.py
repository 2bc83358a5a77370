"""Settings: what is configured and where, what needs attention, what waits to be told, and who is signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gate.roles import Act
from storage import accounts as stored_accounts
from storage import outbox
from storage import sessions as stored
from storage.times import to_ms
from web.access import Pages
from web.errors import not_found
from web.here import Here

pages = Pages("/settings")
#: So many messages and sessions are listed.
_MOST = 50
_STATES = {
    "failed": "given up",
    "nobody": "nobody to tell",
    "again": "tried again later",
    "held": "held until the quiet hours end, or the next day",
    "waiting": "waits for its turn",
}
#: What a person can do something about stands first.
_ORDER = tuple(_STATES)


@pages.get("", Act.RUN)
def settings(here: Here) -> Any:
    """Show what is set."""
    port = here.office.people
    messages = sorted(map(dict, port.messages(here.connection)), key=lambda row: _ORDER.index(row["state"]))
    for row in messages[:_MOST]:
        tool = here.snapshot.tool(row["about"])
        row["about"] = row["about"] if tool is None else tool["name"]
    sessions = _sessions(here) if here.may(Act.ACCOUNTS) else []
    return here.render(
        "settings.html",
        found=port.settings(here.connection),
        messages=messages[:_MOST],
        waiting=len(messages),
        states=_STATES,
        sessions=sessions[:_MOST],
        signed_in=len(sessions),
        manages=here.may(Act.ACCOUNTS),
    )


def _sessions(here: Here) -> list[dict[str, Any]]:
    """Return the sessions that still hold, of everybody, the last used first."""
    now, idle = to_ms(here.at), here.office.web.idle / timedelta(milliseconds=1)
    named = {row["id"]: row["email"] for row in stored_accounts.accounts(here.connection)}
    rows = [
        row | {"email": named.get(row["account_id"])}
        for row in stored.sessions(here.connection)
        if row["ends_at"] > now and now - row["seen_at"] <= idle
    ]
    return sorted(rows, key=lambda row: -row["seen_at"])


@pages.post("/messages/{number}/retry", Act.RUN)
def retry(here: Here, number: int) -> Any:
    """Let a message be tried again that was given up, or that there was nobody to tell."""
    with here.office.store.write() as connection:
        found = outbox.retry(connection, number)
    if not found:
        raise not_found(f"Message {number} was not given up, or is told by now.", "Look at the list again.")
    return here.see("/settings", f"Message {number} is tried again with the next round of `ostiary work`.")


@pages.post("/sessions/{number}/end", Act.ACCOUNTS)
def end_session(here: Here, number: int) -> Any:
    """Sign one browser out, whoever's it is."""
    with here.office.store.write() as connection:
        found = stored.end_session(connection, number, to_ms(here.at))
    if not found:
        raise not_found("That session has ended already.", "Look at the list again.")
    return here.see("/settings", "That browser is signed out.")
