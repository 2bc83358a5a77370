"""Aliases: which tool a person ruled a string to be. They stand before the catalogue, and name their decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from catalog.descriptors import parse_descriptor
from catalog.domains import cname_target, spf_hosts
from catalog.hosts import is_public_suffix, parse_host, scheme_of, suffixes
from catalog.normal import drop_ends, key, tokens
from catalog.txt import txt_content
from catalog.words import DECORATION
from model.match import Entry, Match, Matcher, Reading, StringKind
from model.signal import AppIdentity, fold

_LONGEST = 1024
#: A string as it is compared: what kind of thing it is, and its normal form.
Normal = tuple[StringKind, str]

_SAID = {
    StringKind.APP_NAME: "name",
    StringKind.MARKETPLACE_PRODUCT: "product",
    StringKind.DOMAIN: "domain",
    StringKind.ENTITY_ID: "entity id",
    StringKind.CARD_DESCRIPTOR: "payee",
    StringKind.DNS_SPF: "SPF host",
    StringKind.DNS_TXT: "TXT key",
    StringKind.BUNDLE_ID: "bundle id",
    StringKind.CLIENT_ID: "client id",
}
#: The lower, the stronger: an alias yields only to what is found by something stronger than itself.
_STRENGTH = {Matcher.DECISION: 0, Matcher.EXACT_ID: 0, Matcher.ENTITY_ID: 1, Matcher.DOMAIN: 2}
_OF_KIND = {
    StringKind.CLIENT_ID: 0,
    StringKind.BUNDLE_ID: 0,
    StringKind.MARKETPLACE_PRODUCT: 0,
    StringKind.DNS_TXT: 0,
    StringKind.ENTITY_ID: 1,
    StringKind.DOMAIN: 2,
    StringKind.DNS_SPF: 2,
}
_WEAKEST = 3
#: Which kind of string each field of an identity is, strongest first.
_FIELDS = (
    ("client_id", StringKind.CLIENT_ID),
    ("app_id", StringKind.CLIENT_ID),
    ("product_code", StringKind.CLIENT_ID),
    ("product_code", StringKind.MARKETPLACE_PRODUCT),
    ("bundle_id", StringKind.BUNDLE_ID),
    ("entity_id", StringKind.ENTITY_ID),
    ("domain", StringKind.DOMAIN),
    ("url", StringKind.URL),
    ("redirect_uri", StringKind.REDIRECT_URI),
    ("descriptor", StringKind.CARD_DESCRIPTOR),
    ("label", StringKind.APP_NAME),
)


_HOSTS = frozenset({StringKind.DOMAIN})
#: What a string's normal forms may be, where that is not its own kind alone.
_LEADS = {
    StringKind.URL: _HOSTS,
    StringKind.SCRIPT_HOST: _HOSTS,
    StringKind.DNS_CNAME: _HOSTS,
    StringKind.REDIRECT_URI: _HOSTS | {StringKind.BUNDLE_ID},
    StringKind.DNS_SPF: _HOSTS | {StringKind.DNS_SPF},
    StringKind.ENTITY_ID: _HOSTS | {StringKind.ENTITY_ID},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """What a person ruled: decision `number` of the time `at` (aware) says that a string so written is `entry`."""

    number: int
    at: datetime
    kind: StringKind
    value: str
    entry: Entry

    @property
    def matched(self) -> str:
        """What matched, as links keep it: `kind:value`, the decision's object without `alias:`."""
        return f"{self.kind}:{self.value}"

    @property
    def why(self) -> str:
        """One sentence that names the decision."""
        said = f"A person ruled that the {_SAID[self.kind]} “{self.value}” is {self.entry.name}"
        return f"{said} (decision {self.number}, {self.at:%d %B %Y})."


def normal(kind: StringKind, value: str) -> Normal | None:
    """Return a string as aliases are kept and found, or None where it is none of its kind.

    Whatever leads to a host is that host. A payee is what a statement's line says without processor, place and numbers.
    """
    value = value[:_LONGEST]
    if kind in {StringKind.DOMAIN, StringKind.URL, StringKind.SCRIPT_HOST}:
        return _host(parse_host(value))
    if kind is StringKind.DNS_CNAME:
        return _host(cname_target(value))
    if kind is StringKind.REDIRECT_URI:
        scheme = scheme_of(value)
        return (StringKind.BUNDLE_ID, scheme) if scheme and "." in scheme else _host(parse_host(value))
    found = _FORMS[kind](value)
    return (kind, found) if found else None


def _host(host: str | None) -> Normal | None:
    return None if host is None or is_public_suffix(host) else (StringKind.DOMAIN, host)


def _spf(value: str) -> str:
    hosts = spf_hosts(value)
    return hosts[0] if len(hosts) == 1 and not is_public_suffix(hosts[0]) else ""


def _txt(value: str) -> str:
    return txt_content(value)[1].partition("=")[0].partition(":")[0].strip().casefold()


_FORMS: Mapping[StringKind, Callable[[str], str]] = {
    StringKind.APP_NAME: key,
    StringKind.MARKETPLACE_PRODUCT: key,
    StringKind.ENTITY_ID: fold,
    StringKind.CLIENT_ID: fold,
    StringKind.BUNDLE_ID: fold,
    StringKind.CARD_DESCRIPTOR: lambda value: fold(parse_descriptor(value).payee or value),
    StringKind.DNS_SPF: _spf,
    StringKind.DNS_TXT: _txt,
}


def _forms(kind: StringKind, value: str) -> Iterable[Normal]:
    """Yield the normal forms under which a string is looked for, the closest first: a host's parents, a bare name."""
    found = normal(kind, value)
    if found is None:
        return
    yield found
    known, form = found
    if known is StringKind.APP_NAME:
        yield known, " ".join(drop_ends(tokens(form), DECORATION))
    elif known in {StringKind.DOMAIN, StringKind.DNS_SPF}:
        yield from ((of, host) for host in suffixes(form) for of in dict.fromkeys((known, StringKind.DOMAIN)))
    elif known is StringKind.ENTITY_ID:
        yield from _forms(StringKind.DOMAIN, value)


class Aliases:
    """The aliases in force, to be laid over what the catalogue says."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        """Of two about one string the later one counts."""
        self._known = {(alias.kind, alias.value): alias for alias in aliases}
        ruled = {kind for kind, _ in self._known}
        self._asked = frozenset(kind for kind in StringKind if ruled & _LEADS.get(kind, {kind}))

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._known)

    def find(self, kind: StringKind, value: str) -> Alias | None:
        """Return the alias that a string falls under."""
        if kind not in self._asked or len(value) > _LONGEST:
            return None
        return next((self._known[form] for form in _forms(kind, value) if form in self._known), None)

    def over(self, kind: StringKind, value: str, reading: Reading) -> Reading:
        """Return what a string says: what a person ruled, else what the catalogue reads in it."""
        alias = self.find(kind, value)
        return reading if alias is None else _over(alias, reading)

    def over_app(self, app: AppIdentity, reading: Reading) -> Reading:
        """Return what an identity says: its strongest field decides, and a person's word before the catalogue's."""
        for field, kind in _FIELDS if self._known else ():
            value = getattr(app, field)
            alias = None if value is None else self.find(kind, value)
            if alias is not None:
                return _over(alias, reading)
        return reading


def _over(alias: Alias, reading: Reading) -> Reading:
    strength = _OF_KIND.get(alias.kind, _WEAKEST)
    named = strength == _WEAKEST
    if (reading.imitates and named) or (reading.match and _is_closer(reading.match, alias, strength)):
        return reading
    match = Match(entry=alias.entry, matcher=Matcher.DECISION, matched=alias.matched, confidence=1.0, why=alias.why)
    return replace(reading, match=match, why=alias.why, software=True, imitates=None)


def _is_closer(match: Match, alias: Alias, strength: int) -> bool:
    """Whether the catalogue found it by something stronger, or by a longer host than a person spoke of."""
    found = _STRENGTH.get(match.matcher, _WEAKEST)
    return found < strength or match.matched.endswith(f".{alias.value}")


def aliases_of(
    rows: Iterable[Mapping[str, Any]],
    entry: Callable[[str], Entry | None],
    today: Callable[[str], str] = lambda tool: tool,
) -> Aliases:
    """Return the aliases of decisions in force (id, at in milliseconds, detail as dict or JSON), in order.

    `entry` gives a tool of the catalogue or the overlay, `today` the id that a tool has by now.
    """
    found = []
    for row in rows:
        detail = row["detail"] if isinstance(row["detail"], dict) else json.loads(row["detail"])
        tool = today(detail["tool"])
        known = entry(tool) or Entry(
            id=tool, name=detail.get("called", tool), vendor=None, category=None, marketing=None
        )
        at = datetime.fromtimestamp(row["at"] / 1000, UTC)
        kind = StringKind(detail["kind"])
        found.append(Alias(number=row["id"], at=at, kind=kind, value=detail["value"], entry=known))
    return Aliases(found)
