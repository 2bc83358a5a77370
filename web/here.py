"""One request: who asks, what they may, what the store says, and the page that answers."""

from __future__ import annotations

import functools
import hmac
import re
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from gate.acting import Gate
from gate.roles import RIGHTS, Account, Act, Role, may
from model.errors import Refused
from storage import sessions as stored
from storage.store import Connection
from storage.times import to_ms
from web import flash, sessions, tokens
from web.errors import NotOurs, SignInFirst, forbidden
from web.forms import Form
from web.locale import Locale, locale_of
from web.needs import Needs, Open
from web.office import Office
from web.sessions import Session
from web.tokens import Token

if TYPE_CHECKING:
    from web.snapshot import Snapshot

#: Names of the cookie of the session; the first is kept to HTTPS by browsers themselves.
SECURE_COOKIE, PLAIN_COOKIE = "__Host-ostiary", "ostiary"
#: So long names that were revealed stay so.
REVEALED = timedelta(hours=1)


class Here:
    """The request at hand. A context: the connection that pages read by is opened when first needed, closed at the end.

    `account` is None on routes for anybody. All times that pages show are in the company's zone.
    """

    def __init__(self, request: Request, form: FormData | None = None) -> None:
        """Take a request, and what it posted."""
        self.request, self.form = request, Form(form)
        self.office: Office = request.app.state.office
        self.at: datetime = self.office.clock.now()
        self.session: Session | None = None
        self.token: Token | None = None
        self._stack = ExitStack()

    @classmethod
    def of(cls, request: Request, form: FormData | None = None) -> Self:
        """Return the request at hand."""
        return cls(request, form)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what was opened."""
        self._stack.close()

    # --- who ---------------------------------------------------------------------------------------------------------

    def know(self) -> None:
        """Find out who is signed in, if anybody is: a browser by its cookie, a program by its token."""
        given = self.request.headers.get("authorization")
        if given is not None and self.request.url.path.startswith("/api/"):
            kind, _, secret = given.partition(" ")
            if kind.casefold() == "bearer" and self.token is None:
                self.token = tokens.find(self.connection, secret.strip(), at=self.at)
            return
        token = self.request.cookies.get(self.cookie)
        if token and self.session is None:
            self.session = sessions.find(self.connection, token, self.office.web, at=self.at)

    def admit(self, needs: Needs) -> None:
        """Raise SignInFirst where somebody must be signed in, Wrong where the account may not."""
        self.know()
        if isinstance(needs, Act):
            if not self.may(needs):
                raise forbidden(*_lacking(self.account, needs, limited=self.token is not None))
        elif needs is Open.SIGNED_IN and not self.is_known:
            raise SignInFirst
        if self.is_known:
            self.request.state.account = self.account.id
            self._touch()

    def _touch(self) -> None:
        now = to_ms(self.at)
        if self.session is not None and self.session.touch:
            with self.office.store.write() as connection:
                stored.touch(connection, self.session.id, now)
        if self.token is not None and self.token.touch:
            with self.office.store.write() as connection:
                stored.used_token(connection, self.token.id, now)

    def check_form(self) -> None:
        """Raise NotOurs where a form was not made for this session."""
        given = self.form.fields.get("csrf")
        if self.session is not None and not (isinstance(given, str) and _same(given, self.session.csrf)):
            raise NotOurs

    def check_origin(self) -> None:
        """Raise NotOurs where a browser says that a form was sent by a page of somebody else.

        Forms that need no session carry no secret of one: only this keeps others from signing people in as themselves.
        `Sec-Fetch-Site` comes with HTTPS alone, `Origin` with every form; a program that says neither is no browser.
        """
        headers = self.request.headers
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            ours = site in {"same-origin", "none"}
        elif origin is not None:
            ours = origin == self.office.web.public_url.rstrip("/") or urlsplit(origin).netloc == headers.get("host")
        else:
            ours = True
        if not ours:
            raise NotOurs

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return SECURE_COOKIE if self.office.web.is_secure else PLAIN_COOKIE

    @property
    def is_known(self) -> bool:
        """Whether somebody is signed in."""
        return self.session is not None or self.token is not None

    @property
    def account(self) -> Account:
        """Who is signed in, by browser or token. Raises SignInFirst."""
        if self.session is not None:
            return self.session.account
        if self.token is not None:
            return self.token.account
        raise SignInFirst

    def may(self, act: Act, unit: str | None = None, *, anywhere: bool = True) -> bool:
        """Return whether who is signed in may do something: to what belongs to a unit, or to anything at all.

        Raises SignInFirst where nobody is signed in.
        """
        account = self.account
        if self.token is not None and act not in self.token.acts:
            return False
        if anywhere and unit is None:
            return account.holds(self.at) and bool(account.roles & RIGHTS[act])
        return may(account, act, at=self.at, unit=unit)

    def sees_names(self, tool: str | None = None) -> bool:
        """Return whether people are shown by name: by role, or because it was asked for with a reason lately."""
        if self.is_known and self.may(Act.NAMES):
            return True
        until = self.session.revealed.get(tool or "*", 0) if self.session else 0
        return until > to_ms(self.at)

    # --- what is known -----------------------------------------------------------------------------------------------

    @functools.cached_property
    def connection(self) -> Connection:
        """A connection for reading, which sees one consistent state for the whole request."""
        return self._stack.enter_context(self.office.store.read(recalls=True))

    def renew(self) -> None:
        """Read anew from here on: a page that shows what its own request has just done."""
        self._stack.close()
        self.__dict__.pop("connection", None)

    @functools.cached_property
    def snapshot(self) -> Snapshot:
        """The great lists as they are now."""
        # A request that acts moves what the lists follow from: only one that reads looks by what it saw first.
        own = self.connection if self.request.method in {"GET", "HEAD"} else None
        found: Snapshot = self.request.app.state.snapshots.current(own)
        return found

    def gate(self) -> Gate:
        """Return the gate, to act by. Raises ConfigError where its rules are refused."""
        return self.office.gate()

    @functools.cached_property
    def looking(self) -> Gate:
        """The gate, to look by: no policies are loaded."""
        return self.office.gate(checked=False)

    @functools.cached_property
    def locale(self) -> Locale:
        """How who reads writes days, numbers and money."""
        return locale_of(self.request.headers.get("accept-language"))

    # --- answering ---------------------------------------------------------------------------------------------------

    def render(self, name: str, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HTMLResponse:
        """Return a page. Every template has `here` beside its own context."""
        pages = self.request.app.state.templates
        page = shown(pages.page(name, here=self, **context))
        response = HTMLResponse(page, status_code=status)
        flash.forget(self.request, response)
        return response

    def see(self, path: str, said: str | None = None, *, undo: str | None = None, **query: Any) -> RedirectResponse:
        """Send the reader to a page of ours after an act: `said` tells what was done, `undo` is the page to undo it."""
        if not path.startswith("/") or path.startswith(("//", "/\\")):
            raise ValueError(path)
        wanted = {name: value for name, value in query.items() if value is not None}
        response = RedirectResponse(path + (f"?{urlencode(wanted)}" if wanted else ""), HTTPStatus.SEE_OTHER)
        if said is not None:
            flash.say(response, said, undo, secure=self.office.web.is_secure)
        return response

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of a page."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-boosted") != "true"

    @functools.cached_property
    def said(self) -> flash.Said | None:
        """What the act before this page said."""
        return flash.read(self.request)

    def path(self, **changed: Any) -> str:
        """Return the address of this page with some of its query changed; None takes a key away."""
        query = dict(self.request.query_params.multi_items()) | changed
        kept: Mapping[str, Any] = {k: v for k, v in query.items() if v not in {None, ""}}
        return self.request.url.path + (f"?{urlencode(kept)}" if kept else "")


_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})


def shown(page: str) -> bytes:
    """Return a page as it is sent: whatever it shows, nothing turns the direction of what follows, or controls it."""
    for one in _TURNING:
        if one in page:
            page = page.replace(one, "")
    return page.encode(errors="replace").translate(None, _CONTROLS)


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), known.encode())


def _lacking(account: Account, act: Act, *, limited: bool) -> tuple[str, str]:
    if limited and account.roles & RIGHTS[act]:
        return f"This token may not {act}.", "Make one that may, at /account."
    needed = " or ".join(sorted(role.replace("_", " ") for role in RIGHTS[act]))
    held = ", ".join(sorted(role.replace("_", " ") for role in account.roles)) or "no role"
    return (
        f"To {act} takes the role {needed}; you are signed in as {account.email}, with {held}.",
        "Ask an administrator if you should have it.",
    )


#: What a refusal says to who types commands, and no page can do.
_FOR_TERMINALS = re.compile(r"[:,;] (?:`ostiary|add --|set OSTIARY|say --|with --).*", re.DOTALL)


def refusal(error: Refused) -> str:
    """Return what a refusal says as a sentence of a page, without the words that are for a terminal."""
    said = _FOR_TERMINALS.sub("", str(error)).strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "?", "!")) else ".")


__all__ = ["Here", "Role", "refusal"]
