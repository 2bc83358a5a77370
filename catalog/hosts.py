"""Hosts: from a URL, an e-mail address or a bare host to its name, and what a name belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

#: Longest text that is looked at for a host (a URL's path may be long, a host stands within its first characters).
_LONGEST_URL = 4096
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = frozenset({"http", "https", "ws", "wss", "ftp", "mailto"})
#: What most texts are: a lower-case host by itself or behind a web scheme. Everything else is looked at more closely.
_USUAL = re.compile(
    r"(?:https?://)?((?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.){1,126}[a-z][a-z0-9_-]{0,62}(?<!-))\.?(?=[/?#]|\Z)", re.ASCII
)
_PATH = re.compile(r"[/?#]")
_PORT = re.compile(r":\d{0,5}$")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: Names that mean something inside one network only (RFC 6761, 6762, 8375, and the habits of companies).
_INTERNAL = frozenset(
    {
        *("local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "private"),
        *("test", "example", "invalid", "onion", "arpa", "workgroup"),
    }
)


def scheme_of(text: str) -> str | None:
    """Return the URL scheme in lower case, or None where the text has none (`host:443` has none)."""
    found = _SCHEME.match(text[:160])
    if found is None:
        return None
    rest = text[found.end() : found.end() + 6]
    return None if rest[:1].isdigit() or ("." in found[1] and not rest.startswith("/")) else found[1].lower()


def parse_host(text: str) -> str | None:
    """Return the public DNS name that a URL, `host:port`, e-mail address or bare host leads to, in lower case.

    Internationalised names come as punycode. None for what has no public name: addresses, internal names, one label,
    schemes other than the web's, percent-encoded or disguised hosts, and everything that is no host at all.
    """
    usual = _USUAL.match(text)
    if usual is not None:
        host = usual[1]
        return host if len(host) <= 253 and host.rpartition(".")[2] not in _INTERNAL else None
    if "." not in text:
        return None
    text = text[:_LONGEST_URL].strip().replace("\\", "/")
    scheme = scheme_of(text)
    if scheme is not None:
        if scheme not in _WEB:
            return None
        text = text[len(scheme) + 1 :]
    authority = _PATH.split(text.removeprefix("//"), maxsplit=1)[0]
    host = _PORT.sub("", authority.rpartition("@")[2])
    return _public_name(host.removeprefix("*.").removesuffix("."))


def is_internal(host: str) -> bool:
    """Return whether a host ends as names do that mean something inside one network only (`.local`, `.example`)."""
    return host.rpartition(".")[2] in _INTERNAL


def path_of(url: str) -> str:
    """Return what follows the host in a URL, from its first `/` on, in lower case; empty where nothing does."""
    text = url[:_LONGEST_URL].strip()
    at = text.find("/", text.find("//") + 2 if "//" in text else 0)
    return text[at:].casefold() if at >= 0 else ""


def _public_name(host: str) -> str | None:
    if len(host) > 253 or "." not in host:
        return None
    if not host.isascii():
        return _from_unicode(host)
    host = host.lower()
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return None
    if labels[-1].isdigit() or not labels[-1][0].isalpha() or labels[-1] in _INTERNAL:
        return None
    return host


def _from_unicode(host: str) -> str | None:
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    # A name that becomes plain ASCII was written in disguise (full-width letters, odd dots).
    return _public_name(ascii_host) if "xn--" in ascii_host else None


def suffixes(host: str) -> Iterator[str]:
    """Yield the host and its parents, longest first, down to two labels."""
    yield host
    for _ in range(host.count(".") - 1):
        host = host.partition(".")[2]
        yield host


@lru_cache(maxsize=1)
def _suffix_list() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 (28 ms that most calls do not need)

    return PublicSuffixList(only_icann=True, accept_unknown=False)


def registrable(host: str) -> str | None:
    """Return the registrable domain (public suffix and one label, ICANN section), or None where there is none."""
    rest, _, ending = host.rpartition(".")
    if ending not in _plain_endings():
        return _suffix_list().privatesuffix(host)
    label = rest.rpartition(".")[2]
    return f"{label}.{ending}" if label else None


@lru_cache(maxsize=1)
def _plain_endings() -> frozenset[str]:
    """Return the endings below which the list knows no suffix of more labels, so that it need not be asked there.

    The list walks over a host's labels in six times the time. Where it should keep its rules otherwise one day, there
    are none of these endings, and all is asked of it.
    """
    rules: frozenset[str] = vars(_suffix_list()).get("_publicsuffix", frozenset())
    longer = {rule.rpartition(".")[2] for rule in rules if "." in rule}
    return frozenset(rule for rule in rules if "." not in rule) - longer


@lru_cache(maxsize=1)
def _whole_suffix_list() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 (only a run that joins identities needs it)

    return PublicSuffixList(accept_unknown=False)


def site_of(host: str) -> str | None:
    """Return the domain under which all is one owner's, or None where there is none.

    That is the registrable domain; under a suffix where a company lets anybody have a name (`herokuapp.com`, the
    private section of the public suffix list) the name and the suffix.
    """
    return _whole_suffix_list().privatesuffix(host)


def is_public_suffix(host: str) -> bool:
    """Return whether anybody can register names under this host, as under `co.uk`."""
    return registrable(host) is None


def decode_idn(host: str) -> str:
    """Return the host as people read it: punycode labels decoded where they can be."""
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
