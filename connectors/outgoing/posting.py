"""One call to a receiver, and what its answer means; whether it is tried again is the outbox's to say."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from connectors.http import trusted
from connectors.live import Wire
from connectors.outgoing.hush import hushed
from connectors.outgoing.shape import NotTaken
from connectors.patience import asked_rest
from model.errors import AccessDenied, RateLimited, Transient, Unreachable

#: Seconds for a connection and between pieces of an answer, and for the whole of it; the longest answer that is read.
_CONNECT, _READ, _WHOLE = 10.0, 20.0, 60.0
_BODY_LIMIT = 1 << 20
_AGENT = "ostiary"
_ELSEWHERE = "set the address to the one that answers itself"


class Poster:
    """Calls one receiver. What it raises names the receiver's kind and the status, never an address or an answer."""

    def __init__(self, wire: Wire, what: str) -> None:
        """Take how the receiver is called in errors, such as `Jira`."""
        self._wire, self._what = wire, what

    def call(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the JSON of an answer, None where it is none. A redirect is not followed.

        Raises RateLimited (429), Transient (5xx, broken off), AccessDenied (401, 403), Unreachable (no such host, a
        certificate, a redirect), NotTaken (any other refusal).
        """
        import httpx2  # noqa: PLC0415 (for those who tell somebody)

        sent = {"User-Agent": _AGENT, "Accept": "application/json", "Content-Type": "application/json"}
        timeout = httpx2.Timeout(_READ, connect=_CONNECT)
        try:
            with (
                hushed(),
                httpx2.Client(
                    verify=trusted(self._wire.certificates), timeout=timeout, follow_redirects=False
                ) as client,
                client.stream(
                    method,
                    url,
                    content=body,
                    params=dict(params) if params else None,
                    headers=sent | dict(headers or {}),
                ) as answer,
            ):
                found = self._body(answer.iter_bytes())
                self._check(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, found)
        except httpx2.TimeoutException:
            raise Transient(f"{self._what} does not answer in time") from None
        except httpx2.HTTPError as error:
            if type(error).__name__ in {"ConnectError", "ProxyError"}:
                raise Unreachable(f"{self._what} cannot be reached", "check address, network and proxy") from None
            raise Transient(f"{self._what} broke off ({type(error).__name__})") from None
        except (httpx2.InvalidURL, ValueError):
            raise NotTaken(f"the address of {self._what} is none") from None
        return _json(found)

    def post(self, url: str, document: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """Post a document as JSON."""
        return self.call("POST", url, body=encoded(document), headers=headers)

    def _body(self, pieces: Any) -> bytes:
        found, begun = bytearray(), time.monotonic()
        for piece in pieces:
            found += piece
            if len(found) > _BODY_LIMIT:
                raise Transient(f"{self._what} answers with more than 1 MB")
            if time.monotonic() - begun > _WHOLE:
                raise Transient(f"{self._what} took longer than a minute")
        return bytes(found)

    def _check(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if status < 300:
            return
        if status < 400:
            raise Unreachable(f"{self._what} sends the call elsewhere ({status})", _ELSEWHERE)
        if status == 429:
            raise RateLimited(asked_rest(headers, self._wire.now()) or 0.0)
        if status >= 500 or status in {408, 425}:
            wait = asked_rest(headers, self._wire.now())
            if wait:
                raise RateLimited(wait)
            raise Transient(f"{self._what} answered with {status}")
        if status in {401, 403}:
            raise AccessDenied(f"{self._what} answered with {status}", "renew or widen what it is called with")
        raise NotTaken(f"{self._what} answered with {status}{_fields(body)}")


def encoded(document: Mapping[str, Any]) -> bytes:
    """Return JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False).encode()


def basic(user: str, password: str) -> dict[str, str]:
    """Return the header of RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _fields(body: bytes) -> str:
    """Return the names of the fields that an answer complains of (Jira's `errors`); never what it says of them."""
    found = _json(body)
    errors = found.get("errors") if isinstance(found, dict) else None
    names = [name for name in errors if name.isidentifier() and len(name) < 64] if isinstance(errors, dict) else []
    return f" ({', '.join(sorted(names)[:5])})" if names else ""
