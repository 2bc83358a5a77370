"""What goes over the wire and comes back: calls, answers, credentials; and what may be followed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import msgspec

from model.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers by lower-case name (repeated ones joined by a comma), and the body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)

    def json(self) -> Any:
        """Return the body as JSON; a body that is none was refused before."""
        return msgspec.json.decode(self.body)

    def link(self, rel: str = "next") -> str | None:
        """Return a link of the `Link` headers (RFC 8288), absolute."""
        for target, parameters in _LINKS.findall(self.headers.get("link", "")):
            if re.search(rf';\s*rel="?(?:[^"]*\s)?{re.escape(rel)}(?:\s[^"]*)?"?\s*(?:;|$)', parameters):
                return str(urljoin(self.url, target))
        return None


_LINKS = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;=]+(?:=(?:\"[^\"]*\"|[^,;]*))?)*)")


class Rejected(Unreachable):
    """The source does not take the call as it is: 400, 404 and the like, with the `answer` and the vendor's `code`."""

    def __init__(self, answer: Answer, code: str, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)
        self.answer, self.code = answer, code

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status


class Auth(Protocol):
    """Makes the headers that prove who calls."""

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """Return the headers for one call. Raises AccessDenied, ConfigError."""
        ...

    def renew(self, answer: Answer) -> bool:
        """Take note that an answer refused the credential; tell whether a second try may do better."""
        ...


class Bearer:
    """A fixed token in the `Authorization` header."""

    def __init__(self, secret: Callable[[], str], scheme: str = "Bearer", header: str = "Authorization") -> None:
        """`secret` is called late, each time, and its answer kept nowhere."""
        self._secret, self._scheme, self._header = secret, scheme, header

    def headers(self, _method: str, _url: str) -> Mapping[str, str]:
        """Return the header."""
        return {self._header: f"{self._scheme} {self._secret()}".strip()}

    def renew(self, _answer: Answer) -> bool:
        """Tell that nothing is to be renewed."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, free of secrets: those are added when it is sent."""

    method: str
    url: str
    params: Mapping[str, str | int] | None = None
    json: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    signed: bool = True

    @property
    def named(self) -> str:
        """How it is called in messages: method and the first words of the path, which hold nobody's name."""
        return f"{self.method} /{'/'.join(self._parts[:3])}"

    @property
    def kind(self) -> str:
        """What vendors are taken to count together: calls of one name and as many words, whatever ids stand in them."""
        return f"{self.named} {len(self._parts)}"

    @property
    def _parts(self) -> list[str]:
        return [part for part in urlsplit(self.url).path.split("/") if part]


def check_new(link: str, seen: set[str]) -> None:
    """Remember a link. Raises Unreachable where it was followed before: pages that lead to themselves never end."""
    if link in seen:
        raise Unreachable(
            "a page names one as the next that was read before",
            "run it again later; what was read is kept, and nothing is closed",
        )
    seen.add(link)


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address. An address that is none has an origin of its own."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return ("", url, 0)
    return parts.scheme.lower(), (parts.hostname or "").lower(), port
