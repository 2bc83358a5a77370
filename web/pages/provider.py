"""Signing in with the company's own account: to the provider and back, and out of it again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import Query
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from gate import accounts
from gate.roles import Role
from storage import accounts as stored_accounts
from storage import sessions as stored
from storage.times import to_ms
from web import sessions
from web.access import Open, Pages
from web.errors import not_found
from web.here import Here
from web.identity import NotKnown, address_of, groups_of
from web.office import Provider
from web.pages.entering import HINT, begin, own_path

if TYPE_CHECKING:
    from web.sign_in import Begun, OpenID

pages = Pages("/sign-in")
log = structlog.get_logger("web")
#: So long somebody may take at the provider.
_LASTS = timedelta(minutes=10)
#: A cookie holds 4 kB; an ID token that is longer is not kept to sign out with.
_LONGEST_HINT = 3_000
_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
#: Errors of the provider (OpenID Connect Core 1.0, 3.1.2.6; RFC 6749, 4.1.2.1) -> what they mean to who reads.
_SAID = {
    "access_denied": "It does not let you use Ostiary, or you did not go on there.",
    "login_required": "You were not signed in there.",
    "interaction_required": "It wanted something of you before it let you go on.",
    "consent_required": "You have not agreed there that Ostiary may know who you are.",
    "temporarily_unavailable": "It is busy just now.",
    "server_error": "Something went wrong there.",
}


@pages.get("/start", Open.ANYBODY)
def start(here: Here, onward: str | None = Query(None, alias="next", max_length=2_000)) -> Any:
    """Send somebody to the provider."""
    from web.sign_in import NotReached  # noqa: PLC0415 (the client, for those who have a provider)

    try:
        begun = _client(here).begin(_back(here))
    except NotReached as error:
        return _failed(here, error)
    response = RedirectResponse(begun.url, HTTPStatus.SEE_OTHER)
    until = to_ms(here.at + _LASTS)
    value = _sealed(_provider(here), [begun.state, begun.nonce, begun.verifier, own_path(onward), until])
    _set(here, response, _cookie(here, begun.state), value, _LASTS)
    return response


@pages.get("/callback", Open.ANYBODY)
def callback(
    here: Here,
    code: str | None = Query(None, max_length=4_000),
    state: str | None = Query(None, max_length=200),
    error: str | None = Query(None, max_length=200),
    iss: str | None = Query(None, max_length=500),
) -> Any:
    """Take somebody back from the provider, once."""
    from web.sign_in import NotReached, NotTrue  # noqa: PLC0415 (the client, for those who have a provider)

    begun, onward = _begun(here, state)
    try:
        told = _told(here, begun, code, error, iss)
        claims, token = _client(here).finish(*told, _back(here))
        account = _account(here, claims)
    except (NotReached, NotTrue, NotKnown) as wrong:
        response = _failed(here, wrong, told=error)
    else:
        agent = here.request.headers.get("user-agent")
        with here.office.store.write() as connection:
            if here.session is not None:
                stored.end_session(connection, here.session.id, to_ms(here.at))
            cookie = sessions.start(connection, account, here.office.web, at=here.at, agent=agent)
        response = begin(here, cookie, onward)
        if len(token) <= _LONGEST_HINT:
            _set(here, response, HINT, token, here.office.web.longest, path="/sign-in")
    if state is not None and _STATE.fullmatch(state):
        response.delete_cookie(_cookie(here, state), path="/", secure=here.office.web.is_secure, httponly=True)
    return response


def _told(here: Here, begun: Begun | None, code: str | None, error: str | None, iss: str | None) -> tuple[Begun, str]:
    """Return the sign-in that was begun, and its code. Raises NotTrue, NotKnown."""
    from web.sign_in import NotTrue  # noqa: PLC0415 (the client, for those who have a provider)

    if begun is None:
        raise NotTrue("it was begun in another browser, has been used, or is older than ten minutes")
    if error is not None:
        raise NotKnown(_SAID.get(error, "It could not sign you in."), "Try again, or ask whoever runs it.")
    if code is None or (iss is not None and iss.rstrip("/") != _provider(here).issuer.rstrip("/")):
        raise NotTrue("the answer is not one of the provider")
    return begun, code


@pages.get("/leave", Open.ANYBODY)
def leave(here: Here) -> Any:
    """Sign out of the provider too, where it can be asked to."""
    from web.sign_in import NotReached  # noqa: PLC0415 (the client, for those who have a provider)

    hint = here.request.cookies.get(HINT)
    try:
        url = _client(here).ending(hint, f"{here.office.web.public_url}/sign-in")
    except NotReached as error:
        return _failed(here, error)
    response = here.see("/sign-in", "Sign out there by hand: it offers no way.") if url is None else (
        RedirectResponse(url, HTTPStatus.SEE_OTHER)
    )  # fmt: skip
    response.delete_cookie(HINT, path="/sign-in", secure=here.office.web.is_secure, httponly=True)
    return response


# --- who it is -------------------------------------------------------------------------------------------------------


def _account(here: Here, claims: dict[str, Any]) -> int:
    """Return the account of who signed in; with roles by groups it is made and changed now. Raises NotKnown."""
    provider = _provider(here)
    email = address_of(claims, provider.issuer)
    governed = frozenset(role for roles in provider.roles.values() for role in roles)
    if provider.roles:
        groups = groups_of(claims, provider.groups_claim)
        granted = frozenset(role for group, roles in provider.roles.items() if group in groups for role in roles)
        with here.office.store.write() as connection:
            trail, by = here.office.trail(), f"provider:{provider.issuer}"
            found = accounts.provided(connection, trail, email, granted, governed, by=by, at=here.at)
            if found is not None and not found.roles:
                stored.end_sessions(connection, found.id, to_ms(here.at))
        here.renew()
        if found is not None and found.holds(here.at) and found.roles:
            return found.id
        if found is None or not found.roles:
            raise NotKnown(f"None of your groups there opens Ostiary to {email}.", _ask(here, email))
    number = stored_accounts.holding(here.connection, email, to_ms(here.at))
    if number is None:
        raise NotKnown(f"Nobody has given {email} an account here.", _ask(here, email))
    return number


def _ask(here: Here, email: str) -> str:
    """Say whom to ask: by name only to people of the same company, for the provider may know others too."""
    domain = email.rpartition("@")[2]
    known = [
        one.email for one in accounts.accounts(here.connection, here.at)
        if Role.ADMINISTRATOR in one.roles and one.holds(here.at) and one.email.endswith(f"@{domain}")
    ]  # fmt: skip
    return f"Ask {_listed(known)}." if known else "Ask whoever runs Ostiary in your company."


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names[:3])


# --- to the provider and back ----------------------------------------------------------------------------------------


def _provider(here: Here) -> Provider:
    found = here.office.web.provider
    if found is None:
        raise not_found("Nobody signs in that way here.", "Open the link that an administrator sent you.")
    return found


def _client(here: Here) -> OpenID:
    """Return the one client of the program: it keeps what the provider publishes."""
    from web.sign_in import OpenID  # noqa: PLC0415 (the client, for those who have a provider)

    state = here.request.app.state
    found: OpenID | None = getattr(state, "open_id", None)
    if found is None:
        found = state.open_id = OpenID(_provider(here), here.office.clock)
    return found


def _back(here: Here) -> str:
    return f"{here.office.web.public_url}/sign-in/callback"


def _failed(here: Here, error: Exception, *, told: str | None = None) -> Any:
    from web.sign_in import NotReached  # noqa: PLC0415 (the client, for those who have a provider)

    provider = _provider(here)
    # What is said of somebody who is not known has their address, and no log has addresses.
    why = None if isinstance(error, NotKnown) else str(error)
    log.warning("sign_in_failed", kind=type(error).__name__, said=why, error=told if told in _SAID else None)
    if isinstance(error, NotKnown):
        what, do, status = error.what, error.do, error.status
    elif isinstance(error, NotReached):
        what, status = f"You cannot be signed in with {provider.name} just now.", error.status
        do = f"Try again in a minute. If it stays so, tell whoever runs Ostiary: {error}."
    else:
        what, status = "This sign-in does not hold.", HTTPStatus.BAD_REQUEST
        do = f"Sign in again. (What is wrong with it: {error}.)"
    return here.render("sign_in_failed.html", status, what=what, do=do, provider=provider.name)


# --- the cookie ------------------------------------------------------------------------------------------------------


def _cookie(here: Here, state: str) -> str:
    """Return the cookie's name: one a sign-in, so that two tabs do not disturb one another."""
    return f"{'__Host-' if here.office.web.is_secure else ''}ostiary-in-{state[:12]}"


def _set(here: Here, response: Response, name: str, value: str, lasts: timedelta, *, path: str = "/") -> None:
    secure, seconds = here.office.web.is_secure, int(lasts.total_seconds())
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def _sealed(provider: Provider, told: list[Any]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    return f"{body}.{_seal(provider, body)}"


def _seal(provider: Provider, body: str) -> str:
    """Return what proves that a cookie is ours; the key follows from what only we and the provider have."""
    key = hashlib.sha256(b"ostiary sign-in\0" + provider.client_secret.encode()).digest()
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def _begun(here: Here, state: str | None) -> tuple[Begun | None, str]:
    """Return the sign-in that this browser began and where to go on, (None, "/") where it did not, or too long ago."""
    from web.sign_in import Begun  # noqa: PLC0415 (the client, for those who have a provider)

    provider = _provider(here)
    if state is None or not _STATE.fullmatch(state):
        return None, "/"
    body, _, seal = here.request.cookies.get(_cookie(here, state), "").partition(".")
    if not hmac.compare_digest(seal.encode(), _seal(provider, body).encode()):
        return None, "/"
    try:
        known, nonce, verifier, onward, until = json.loads(base64.urlsafe_b64decode(body))
    except (binascii.Error, ValueError, TypeError):
        return None, "/"
    if not hmac.compare_digest(str(known), state) or until <= to_ms(here.at):
        return None, "/"
    return Begun(url="", state=state, nonce=nonce, verifier=verifier), own_path(onward)
