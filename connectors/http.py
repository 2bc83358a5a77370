"""The HTTP client of all live sources: one host, patient, suspicious, and silent about secrets.

Retries are a loop of our own: the libraries for it wait by the machine's clock, and every wait here is handed in.
"""

from __future__ import annotations

import functools
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from connectors.calls import Answer, Auth, Bearer, Call, Rejected, check_new, origin
from connectors.live import Wire
from connectors.patience import Budget, Pace, Slots, asked_rest, backoff, calls_left, is_used_up, retry_after, told_time
from connectors.refusals import is_busy, refusal
from connectors.side_by_side import chained
from model.errors import AccessDenied, RateLimited, Transient, Unreachable

if TYPE_CHECKING:
    import httpx2

#: Seconds to connect and between two pieces of an answer; a whole answer has five minutes and 64 MB.
_CONNECT, _READ, _WHOLE = 10.0, 60.0, 300.0
_BODY_LIMIT = 64 << 20
#: How often a failure is tried again, how often a rest is granted, and the longest one in seconds.
_TRIES, _RESTS, _LONGEST_REST = 5, 20, 900.0
_WEB_PAGE = re.compile(rb"\s*<", re.IGNORECASE)
_AGENT = "ostiary"
#: What is left of the patience of the call that this thread is signing: signing in draws on the same.
_SIGNING: ContextVar[Budget | None] = ContextVar("signing", default=None)

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


class Http:
    """Calls one origin. Every answer it returns is a 2xx with JSON in it; all else is raised.

    Raises AccessDenied (401, 403), Rejected (400, 404 ...), Unreachable (no such host, a certificate, a web page or a
    redirect in place of JSON, a link to another host), RateLimited and Transient once patience is at its end.
    """

    def __init__(
        self,
        wire: Wire,
        base: str,
        auth: Auth | None = None,
        *,
        pace: Pace | None = None,
        width: int = 4,
        slots: Slots | None = None,
        retry: Callable[[Answer], bool] = lambda _answer: False,
    ) -> None:
        """Take the address whose host is called, and no other.

        `retry` names errors that pass by themselves although their status does not say so; `width` is how many calls
        `each` and `chains` make side by side, `slots` the calls of several clients of one source together.
        """
        self._wire, self._base, self._auth = wire, base.rstrip("/"), auth
        self._pace, self._slots, self._retry, self._width = pace, slots or Slots(width), retry, width
        self._rests: dict[str, datetime] = {}

    @functools.cached_property
    def _client(self) -> httpx2.Client:
        import httpx2  # noqa: PLC0415 (loaded with the first call: `ingest` never makes one)

        timeout = httpx2.Timeout(_READ, connect=_CONNECT)
        headers = {"User-Agent": _AGENT, "Accept": "application/json"}
        trust = trusted(self._wire.certificates)
        return httpx2.Client(verify=trust, timeout=timeout, headers=headers, follow_redirects=False)

    def close(self) -> None:
        """Let go of connections."""
        if "_client" in self.__dict__:
            self._client.close()

    def get(
        self,
        target: str,
        params: Mapping[str, str | int] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Get a path below the base, or a link that the source gave; a link to another host is never followed."""
        return self.send(Call(method="GET", url=self._address(target), params=params, headers=headers or {}))

    def post(
        self,
        target: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
    ) -> Answer:
        """Post JSON or a form; it is repeated like a get, so only what may be sent twice is posted here."""
        url = self._address(target)
        return self.send(Call(method="POST", url=url, json=json, form=form, headers=headers or {}, signed=signed))

    def follow(self, target: str, params: Mapping[str, str | int] | None = None) -> Iterator[Answer]:
        """Yield pages that name the next one in a `Link` header. Raises Unreachable where they go round in a circle."""
        answer = self.get(target, params)
        seen = {answer.url}
        while True:
            yield answer
            link = answer.link()
            if link is None:
                return
            check_new(link, seen)
            answer = self.get(link)

    def each(self, items: Iterable[_Item], call: Callable[[_Item], _Found]) -> Iterator[tuple[_Item, _Found]]:
        """Make a call for each item, some side by side, and yield the findings in the order of the items."""
        return self.chains(items, lambda item: (call(given) for given in (item,)))

    def chains(
        self, items: Iterable[_Item], calls: Callable[[_Item], Iterator[_Found]]
    ) -> Iterator[tuple[_Item, _Found]]:
        """Make calls that follow from one another for each item, such as pages, the items side by side.

        Yields what sequential reading would yield, in its order, with few findings waiting for their turn.
        """
        return chained(items, calls, self._width)

    def send(self, call: Call) -> Answer:
        """Send a call until it is answered, or patience is at its end."""
        budget = _SIGNING.get() or Budget(_TRIES, _RESTS)
        renewed = False
        while True:
            try:
                return self._once(call, budget)
            except _NotSignedIn as error:
                raise error.cause from None  # the budget is the same, and it is spent
            except RateLimited as error:
                self._slots.was_too_much()
                if error.wait > _LONGEST_REST or not budget.rest():
                    raise
                wait = error.wait
                self._let_rest(call.kind, wait)
            except Transient as error:
                failure = budget.try_again()
                if failure is None:
                    raise _given_up(error) from None
                asked = getattr(error, "wait", None)
                wait = backoff(failure, self._wire.jitter()) if asked is None else min(asked, _LONGEST_REST)
            except _Stale as error:
                if renewed or self._auth is None or not self._auth.renew(error.answer):
                    raise error.denied from None
                renewed, wait = True, 0.0
            self._wire.sleep(wait)

    def _address(self, target: str) -> str:
        if target.startswith("/") and not target.startswith("//"):
            return f"{self._base}{target}"
        if origin(target) != origin(self._base):
            raise Unreachable(
                f"the source names a page on another host ({origin(target)[1]}), which is never followed",
                f"if that host is the source's own, set its address in the configuration instead of {self._base}",
            )
        return target

    def _once(self, call: Call, budget: Budget) -> Answer:
        kind = call.kind
        with self._slots.one(self._wire.check, kind):
            self._keep_resting(kind)
            if self._pace is not None:
                self._wire.sleep(self._pace.wait(self._wire.clock.now()))
            answer = self._sent(call, budget)
            self._hear(kind, answer)
        self._check(call, answer)
        self._slots.went_well()
        return answer

    def _hear(self, kind: str, answer: Answer) -> None:
        """Take what an answer says beside what was asked: the time, and how many more calls it allows."""
        if (told := told_time(answer.headers)) is not None:
            self._wire.hear(told)
        if answer.status < 300:
            self._slots.told(kind, calls_left(answer.headers))
            if is_used_up(answer.headers):
                self._let_rest(kind, min(asked_rest(answer.headers, self._wire.now()) or 0.0, _LONGEST_REST))

    def _let_rest(self, kind: str, seconds: float) -> None:
        """Let all calls of a kind wait, also those of other threads: they would be refused as well."""
        self._rests[kind] = self._wire.clock.now() + timedelta(seconds=seconds)

    def _keep_resting(self, kind: str) -> None:
        self._wire.check()
        rested = None
        while (until := self._rests.get(kind)) is not None and until != rested:
            seconds = (until - self._wire.clock.now()).total_seconds()
            self._wire.sleep(min(max(seconds, 0.0), _LONGEST_REST))
            rested = until
        if self._rests.get(kind) == rested:
            self._rests.pop(kind, None)

    def _sent(self, call: Call, budget: Budget) -> Answer:
        import httpx2  # noqa: PLC0415 (as above)

        proof = self._proof(call, budget)
        try:
            with self._client.stream(
                call.method,
                call.url,
                params=call.params,
                json=call.json,
                data=call.form,
                headers=dict(call.headers) | dict(proof),
            ) as response:
                body = self._body(response.iter_bytes())
                return Answer(response.status_code, _joined(response.headers), body, str(response.url))
        except httpx2.TransportError as error:
            raise self._broken(call, error) from None
        except (httpx2.InvalidURL, httpx2.DecodingError) as error:
            raise Transient(f"{call.named}: the answer cannot be read ({type(error).__name__})") from None

    def _proof(self, call: Call, budget: Budget) -> Mapping[str, str]:
        if self._auth is None or not call.signed:
            return {}
        outer = _SIGNING.set(budget)
        try:
            return self._auth.headers(call.method, call.url)
        except (RateLimited, Transient) as error:
            raise _NotSignedIn(error) from None
        finally:
            _SIGNING.reset(outer)

    def _body(self, pieces: Iterator[bytes]) -> bytes:
        body, begun = bytearray(), time.monotonic()
        for piece in pieces:
            body += piece
            self._wire.check()
            if len(body) > _BODY_LIMIT:
                raise Unreachable("an answer of more than 64 MB", "check that the address is the source's")
            if time.monotonic() - begun > _WHOLE:
                raise Transient("an answer took longer than five minutes")
        return bytes(body)

    def _broken(self, call: Call, error: Exception) -> Transient | Unreachable:
        host = urlsplit(call.url).hostname
        causes = list(_causes(error))
        if any(isinstance(c, ssl.SSLCertVerificationError) for c in causes):
            return Unreachable(
                f"the certificate of {host} does not verify",
                "if a proxy of the company re-signs traffic, name its authority's file in `certificates`; else do not"
                " go on: somebody may stand in between",
                everything=True,
            )
        if type(error).__name__ in {"ConnectError", "ConnectTimeout", "ProxyError"}:
            return _Unreached(f"{host} cannot be reached")
        return Transient(f"{host} {_said(error)}")

    def _check(self, call: Call, answer: Answer) -> None:
        """Raise what the answer is, where it is not a good one."""
        status, host = answer.status, urlsplit(call.url).hostname
        if status == 429:
            raise RateLimited(self._asked(answer))
        if status >= 500 or status == 408:
            # A reset stands in every answer of some vendors, and says nothing of when a trouble of theirs ends.
            raise _Busy(f"{call.named} was answered with {status}", retry_after(answer.headers, self._wire.now()))
        if 300 <= status < 400:
            raise Unreachable(
                f"{host} sends {call.named} elsewhere ({status})", "set the address to the one that answers itself"
            )
        if status == 407 or _WEB_PAGE.match(answer.body):
            raise Unreachable(
                f"a web page answers {call.named} in place of {host} ({status})",
                "a proxy or a sign-in page stands in between: check the address, and let this machine through",
                everything=True,
            )
        if status < 300:
            _check_json(call, answer)
        elif self._retry(answer):
            raise _Busy(f"{call.named} was answered with {status} {_code(answer)}", None)
        elif status == 403 and is_busy(_code(answer)):
            raise RateLimited(self._asked(answer))
        else:
            self._refuse(call, answer)

    def _asked(self, answer: Answer) -> float:
        asked = asked_rest(answer.headers, self._wire.now())
        return backoff(4, self._wire.jitter()) if asked is None else asked

    def _refuse(self, call: Call, answer: Answer) -> None:
        code = _code(answer) or str(answer.status)
        if answer.status == 401:
            denied = AccessDenied(code, "renew the credential that the configuration names", lacking=False)
            raise _Stale(answer, denied) if call.signed else denied
        if answer.status == 403:
            raise AccessDenied(code, "grant the credential what it lacks")
        raise Rejected(
            answer,
            code,
            f"{call.named} was answered with {answer.status} {code}".strip(),
            "check the address and the keys of this source in the configuration",
        )


def trusted(certificates: str | None) -> ssl.SSLContext:
    """Return the authorities of the system, with those of a file beside them."""
    trust = ssl.create_default_context()
    if certificates:
        trust.load_verify_locations(certificates)
    return trust


class _Busy(Transient):
    def __init__(self, text: str, wait: float | None) -> None:
        super().__init__(text)
        self.wait = wait


class _Unreached(Transient):
    """No connection came about."""


def _given_up(error: Transient) -> Transient | Unreachable:
    if isinstance(error, _Unreached):
        remedy = "check the address, the network and the proxy (HTTPS_PROXY)"
        return Unreachable(str(error), remedy, everything=True)
    return error


class _NotSignedIn(Exception):
    def __init__(self, cause: RateLimited | Transient) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Stale(Exception):
    def __init__(self, answer: Answer, denied: AccessDenied) -> None:
        super().__init__(str(denied))
        self.answer, self.denied = answer, denied


def _joined(headers: httpx2.Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers.multi_items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _check_json(call: Call, answer: Answer) -> None:
    try:
        msgspec.json.decode(answer.body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Transient(f"{call.named} was answered with half an answer, or with what is no JSON") from None


def _code(answer: Answer) -> str:
    """Return the vendor's code of an error answer, as `connectors.refusals` reads it; never the message."""
    try:
        fields = msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    found = refusal(fields)
    return found.permission if found is not None else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _said(error: Exception) -> str:
    """Say what went wrong with a connection, from its class: the words of the library may hold the address."""
    name = type(error).__name__
    return "does not answer in time" if "Timeout" in name else f"broke off the answer ({name})"


__all__ = ["Answer", "Auth", "Bearer", "Call", "Http", "Rejected", "check_new", "origin"]
