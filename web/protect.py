"""What stands around every request: its number, size and frequency, the headers of its answer, its line in the log."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.limiter import Limiter

log = structlog.get_logger("web")
#: So many pages are made at a time: on one core more of them make each other wait, and none is ready sooner.
AT_ONCE = 8
#: The largest body of a request, in bytes.
LARGEST = 1_000_000
#: Requests a minute: wrong secrets of one address, acts of one browser or token, readings of one.
GUESSES, ACTS, READS = 20, 240, 3_000
#: Of one address together so many times as much: a company, or a proxy, has one address for all of its people.
_TOGETHER = 10
_GUESSABLE = ("/sign-in/", "/answer/", "/welcome/")
#: What guesses at a secret in an address meets.
_WRONG = frozenset({400, 404, 410})
#: No address of ours is longer, in characters; no number of a length has more digits.
_LONGEST_PATH, _DIGITS = 4_000, 12
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    b"content-security-policy": CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"x-frame-options": b"DENY",
}
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_SESSION = re.compile(rb"(?:^|;)\s*(?:__Host-)?ostiary=([^;]+)")
_OWN_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
Told = Callable[[Scope, HTTPStatus], tuple[bytes, bytes]]


class Protected:
    """Wraps the application. `told` gives content type and body of a refusal that is made before any route is asked."""

    def __init__(self, app: ASGIApp, *, secure: bool, behind_proxy: bool, told: Told) -> None:
        """Wrap an application."""
        self._app, self._secure, self._proxied, self._told = app, secure, behind_proxy, told
        self._limiter = Limiter()
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._begun:  # of the event loop, which is there now
            to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
            self._begun = True
        seen = _Seen(scope, send, secure=self._secure)
        refused = self._refused(scope)
        if refused is not None:
            await self._refuse(scope, seen, refused)
            seen.tell()
            return
        try:
            await self._app(scope, _bounded(receive), seen)
        finally:
            if seen.status in _WRONG and scope["path"].startswith(_GUESSABLE):
                self._limiter.hit(GUESSES, "guess", _address(scope, proxied=self._proxied))
            seen.tell()

    def _refused(self, scope: Scope) -> HTTPStatus | None:
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > _DIGITS or int(length) > LARGEST:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if len(scope["path"]) > _LONGEST_PATH:
            return HTTPStatus.NOT_FOUND
        if scope["path"].startswith("/static/"):
            return None
        return None if self._within(scope, headers) else HTTPStatus.TOO_MANY_REQUESTS

    def _within(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        # Who is signed in is counted alone, so that nobody uses up what others behind the same address have. Only what
        # proves to be wrong counts as a guess: people who sign in at nine in the morning are none.
        address = _address(scope, proxied=self._proxied)
        if scope["path"].startswith(_GUESSABLE) and not self._limiter.test(GUESSES, "guess", address):
            return False
        about, count = ("read", READS) if scope["method"] in {"GET", "HEAD"} else ("act", ACTS)
        who = _shown(headers)
        if who is None:
            return self._limiter.hit(count, about, address)
        return self._limiter.hit(count, about, address, who) and self._limiter.hit(
            count * _TOGETHER, f"{about} together", address
        )

    async def _refuse(self, scope: Scope, seen: _Seen, status: HTTPStatus) -> None:
        kind, body = self._told(scope, status)
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            headers.append((b"retry-after", b"60"))
        await seen({"type": "http.response.start", "status": status.value, "headers": headers})
        await seen({"type": "http.response.body", "body": body})


def _shown(headers: dict[bytes, bytes]) -> str | None:
    """Return a digest of the session or token that is shown, whether it holds or not; None where none is."""
    found = _SESSION.search(headers.get(b"cookie", b""))
    given = found[1] if found else headers.get(b"authorization", b"")
    return hashlib.sha256(given).hexdigest()[:16] if given else None


def _address(scope: Scope, *, proxied: bool) -> str:
    """Return the address of who asks: the last that a trusted proxy noted, else that of the connection."""
    if proxied:
        noted = dict(scope["headers"]).get(b"x-forwarded-for", b"").rpartition(b",")[2].strip()
        if noted:
            return str(noted, "latin-1")[:64]
    client = scope.get("client")
    return client[0] if client else "unknown"


def _bounded(receive: Receive) -> Receive:
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return bounded


class _Seen:
    """Sends the answer with our headers, and tells the log: the route, never the address, which may hold a secret."""

    def __init__(self, scope: Scope, send: Send, *, secure: bool) -> None:
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        self.id = str(given, "ascii") if _OWN_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = self.id
        self._scope, self._send, self._secure = scope, send, secure
        self._began, self.status = time.perf_counter(), 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            known = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value in _HEADERS.items() if name not in known]
            headers.append((b"x-request-id", self.id.encode()))
            if self._secure:
                headers.append(_HSTS)
            if b"cache-control" not in known:
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await self._send(message)

    def tell(self) -> None:
        """Write the line of the log."""
        route: Any = self._scope.get("route")
        log.info(
            "request",
            id=self.id,
            method=self._scope["method"],
            route=getattr(route, "path", None),
            status=int(self.status),
            ms=round((time.perf_counter() - self._began) * 1000, 1),
            account=self._scope.get("state", {}).get("account"),
        )
