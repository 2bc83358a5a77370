"""`[sources.NAME]` of the configuration: typed keys of each kind, secrets by reference only."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from connectors.live import Feed, Source
from connectors.secrets import REFERENCE
from model.errors import ConfigError
from model.ports import Secrets

#: Keys that a table of every kind may have, beside the kind's own.
COMMON = ("kind", "backfill_days", "skip", "certificates")
_BACKFILL_DAYS = 90

_Config = TypeVar("_Config")


class Secret:
    """A reference to a secret, as a key of a configuration; what it stands for is read late and kept nowhere."""

    __slots__ = ("reference",)

    def __init__(self, reference: str) -> None:
        """Check the text. Raises ValueError that does not repeat it: what stands there may be the secret itself."""
        if not re.fullmatch(REFERENCE, reference):
            raise ValueError("name the secret as env:NAME, file:PATH or aws-sm:NAME; it is never written here itself")
        self.reference = reference

    def read(self, secrets: Secrets) -> str:
        """Return the secret. Raises ConfigError that names the reference only."""
        return secrets.resolve(self.reference)

    def __repr__(self) -> str:
        """Show the reference."""
        return f"Secret({self.reference!r})"

    def __eq__(self, other: object) -> bool:
        """Compare the references."""
        return isinstance(other, Secret) and self.reference == other.reference

    def __hash__(self) -> int:
        """Hash the reference."""
        return hash(self.reference)


class Address(str):
    """An https address without a path's end, query or password; http is taken for this very machine only (tests)."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text. Raises ValueError that says how it is written."""
        parts = urlsplit(text.strip())
        try:
            _ = parts.port
        except ValueError:
            raise ValueError("the port of the address is no number") from None
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("an address here has no password, no question mark and no #")
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))):
            raise ValueError("write the address like https://acme.okta.com")
        return super().__new__(cls, text.strip().rstrip("/"))

    @property
    def host(self) -> str:
        """The host's name, in lower case."""
        return (urlsplit(self).hostname or "").lower()


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One `[sources.NAME]`, checked: what it is, its own keys, how far back to read at first, what to leave out.

    `certificates` is a file of authorities to trust beside the system's, from the configuration's folder.
    """

    name: str
    source: Source
    config: Any
    backfill_days: int = _BACKFILL_DAYS
    skip: tuple[str, ...] = ()
    certificates: str | None = None

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds to read, in their order."""
        return tuple(feed for feed in self.source.feeds if feed.name not in self.skip)

    @property
    def tenant(self) -> str:
        """Which of the vendor's tenants is meant."""
        return self.source.tenant(self.config)


def opened(tables: Mapping[str, Mapping[str, Any]], known: Mapping[str, Source]) -> dict[str, Opened]:
    """Return the configured sources by name. Raises ConfigError that names every wrong key, and never a value."""
    found: dict[str, Opened] = {}
    wrong: list[str] = []
    for name, table in tables.items():
        try:
            found[name] = _one(name, table, known)
        except ValueError as error:
            wrong.append(f"sources.{name}{error}")
    if wrong:
        raise ConfigError("; ".join(wrong))
    return found


def _one(name: str, table: Mapping[str, Any], known: Mapping[str, Source]) -> Opened:
    if not name.strip() or "/" in name or not name.isprintable():
        raise ValueError(": a source's name is of printable characters without /, such as okta")
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in known:
        near = difflib.get_close_matches(kind, known, 1, 0.5) if isinstance(kind, str) else []
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
        raise ValueError(f".kind: {'missing' if kind is None else 'unknown'}; {hint}")
    source = known[kind]
    own = {key: value for key, value in table.items() if key not in COMMON}
    names = [feed.name for feed in source.feeds]
    skip = _convert(table.get("skip", ()), tuple[str, ...], ".skip")
    if unknown := [s for s in skip if s not in names]:
        raise ValueError(f".skip: {source.kind} has no {unknown[0]!r}; it has: {', '.join(names)}")
    return Opened(
        name=name,
        source=source,
        config=configured(source.config, own),
        backfill_days=_days(table.get("backfill_days", _BACKFILL_DAYS)),
        skip=skip,
        certificates=_convert(table.get("certificates"), str | None, ".certificates"),
    )


def _days(given: Any) -> int:
    days: int = _convert(given, int, ".backfill_days")
    if not 1 <= days <= 3650:
        raise ValueError(".backfill_days: a number of days from 1 on")
    return days


def configured(kind: type[_Config], own: Mapping[str, Any]) -> _Config:
    """Return a kind's own keys as its dataclass. Raises ValueError that begins with the key: `.token: ...`."""
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    for key in own:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1, 0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
            raise ValueError(f".{key}: unknown key; {hint}")
    found: _Config = _convert(dict(own), kind, "")
    return found


def _convert(given: Any, kind: Any, where: str) -> Any:
    try:
        return msgspec.convert(given, kind, dec_hook=_hook)
    except msgspec.ValidationError as error:
        said = str(error)
        place = re.search(r" - at `\$([^`]*)`$", said)
        text = said[: place.start()] if place else said
        raise ValueError(f"{where}{place[1] if place else ''}: {text}") from None


def _hook(kind: type[Any], given: Any) -> Any:
    if kind in {Secret, Address}:
        if not isinstance(given, str):
            raise ValueError("Expected `str`")
        return kind(given)
    raise NotImplementedError
