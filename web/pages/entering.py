"""Signing in and out: by the company's provider, or by a one-time link."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Query

from gate import accounts
from model.errors import Refused
from storage import sessions as stored
from storage.times import to_ms
from web import sessions
from web.access import Open, Pages
from web.here import Here, refusal

pages = Pages()
#: The cookie with what the provider said of who signed in, by which its own session ends too.
HINT = "ostiary-hint"
#: The longest address to go on to after signing in; who came by a longer one goes home.
LONGEST_ONWARD = 2_000


def own_path(path: str | None) -> str:
    """Return a path of ours to go on to; home where somebody wants to send people elsewhere."""
    plain = path or "/"
    bad = not plain.startswith("/") or plain.startswith(("//", "/\\")) or any(ord(c) < 32 or c == "\\" for c in plain)
    return "/" if bad else plain


@pages.get("/sign-in", Open.ANYBODY)
def sign_in(here: Here, onward: str | None = Query(None, alias="next", max_length=LONGEST_ONWARD)) -> Any:
    """Say how to sign in."""
    if here.session is not None:
        return here.see(own_path(onward))
    left = here.office.web.provider is not None and HINT in here.request.cookies
    return here.render("sign_in.html", onward=own_path(onward), problem=None, left=left)


@pages.get("/welcome/{token}", Open.LINK)
def welcome(here: Here, token: str) -> Any:
    """Show whom a link signs in. Opening it uses nothing up: mail programs open links to look at them."""
    row = stored.link(here.connection, accounts.hashed(token))
    holds = row is not None and row["used_at"] is None and row["until"] > to_ms(here.at)
    if row is None or not holds:
        used = row is not None and row["used_at"] is not None
        return here.render("link_over.html", HTTPStatus.GONE, used=used)
    account = accounts.by_number(here.connection, row["account_id"], here.at)
    return here.render("welcome.html", token=token, account=account)


@pages.post("/welcome/{token}", Open.LINK)
def enter(here: Here, token: str) -> Any:
    """Sign in by a one-time link."""
    try:
        with here.office.store.write() as connection:
            account = sessions.use_link(connection, token, at=here.at)
            if here.session is not None:
                stored.end_session(connection, here.session.id, to_ms(here.at))
            agent = here.request.headers.get("user-agent")
            cookie = sessions.start(connection, account, here.office.web, at=here.at, agent=agent)
    except Refused as error:
        return here.render("sign_in.html", HTTPStatus.GONE, onward="/", problem=refusal(error), left=False)
    return begin(here, cookie, "/")


def begin(here: Here, token: str, onward: str) -> Any:
    """Answer with the cookie of a session that has just begun, and go on."""
    response = here.see(own_path(onward))
    # Lax, so that a link in a message leads to where it points; acts carry the form's own secret besides.
    response.set_cookie(
        here.cookie,
        token,
        max_age=int(here.office.web.longest.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=here.office.web.is_secure,
    )
    return response


@pages.post("/sign-out", Open.SIGNED_IN)
def sign_out(here: Here) -> Any:
    """End the session; its token opens nothing any more."""
    assert here.session is not None
    with here.office.store.write() as connection:
        stored.end_session(connection, here.session.id, to_ms(here.at))
    response = here.see("/sign-in")
    response.delete_cookie(here.cookie, path="/", secure=here.office.web.is_secure, httponly=True, samesite="lax")
    return response
