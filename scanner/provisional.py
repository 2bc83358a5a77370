"""Provisional tools: identities that nobody has named yet, and which of them are one tool.

What joins is a thing that only one tool can have: a registrable domain, the host of an entity id, an identity
provider's catalogue key, a marketplace product, a bundle id, a client id. A name never joins, nor does what many share:
a domain that anybody can put pages under, a vendor's that the catalogue knows, the company's own. Charges are also
joined by the merchant that they name, since that is all that a statement says.

The id of a tool is made of the strongest thing that its identities have, not of an identity: whoever else has it joins
under the same id, in whatever order the files come.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from catalog.descriptors import parse_descriptor
from catalog.hosts import parse_host, site_of
from catalog.ids import is_template
from catalog.shared import CARRIERS, HOSTING
from model.match import Matcher, Reading
from model.signal import AppIdentity, fold
from scanner.identifying import (
    Evidence,
    Index,
    Place,
    display_name,
    is_software,
    lasting,
    made_id,
    merchant_of,
    naming_rank,
    provisional_id,
)

#: Shorter client ids are numbers that any two sources may give out.
_CLIENT = 8
#: What the catalogue names by one of these it may know by the very domain that made a provisional tool before.
_STRONG = frozenset({Matcher.EXACT_ID, Matcher.ENTITY_ID, Matcher.DOMAIN})
_SAYS = {
    "domain": "the domain {}",
    "host": "the entity id's host {}",
    "catalog_key": "the catalogue key {}",
    "product_code": "the marketplace product {}",
    "bundle_id": "the bundle id {}",
    "client_id": "the client id {}",
    "merchant": "the merchant {}",
}
#: From the one that makes the most telling id on.
_STRENGTH = {name: at for at, name in enumerate(_SAYS)}
#: What is readable in an id by itself.
_READABLE = frozenset({"domain", "host", "bundle_id", "merchant"})


class Thing(NamedTuple):
    """Something that only one tool has: what kind of thing it is, and its value as compared."""

    field: str
    value: str

    def said(self) -> str:
        """Return it in words: `the domain zorbo.io`."""
        return _SAYS[self.field].format(self.value.partition("\n")[0])

    def rank(self) -> tuple[int, str]:
        """Return its place: the strongest first."""
        return _STRENGTH[self.field], self.value

    def id(self, name: str) -> str:
        """Return the id of the tool that has it; `name` is used where the thing cannot be read."""
        return made_id(self.value if self.field in _READABLE else name, f"{self.field}/{self.value}")


@dataclass(frozen=True)
class Member:
    """An identity that may be joined: its own id, as if it stood alone, and the things that it has."""

    evidence: Evidence
    own: frozenset[str]
    things: tuple[Thing, ...] = ()

    @cached_property
    def decided_by(self) -> frozenset[str]:
        """Return the lasting parts of all ids that speak of it: its own, and those that its things make."""
        return self.own | {lasting(thing.id("x")) for thing in self.things}

    @property
    def place(self) -> str:
        """Return how a person names it: SOURCE/KEY."""
        return f"{self.evidence.source}/{self.evidence.own_key or self.evidence.key}"

    @property
    def naming(self) -> tuple[bool, bool, str, str]:
        """Return its rank for naming the tool: a registration's label, then any label, then the rest."""
        one = self.evidence
        return (*naming_rank(one.app, registered=one.registered), one.source, one.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisional:
    """All provisional tools.

    `of` gives the place of each identity that nobody has named. `current` gives today's id of a provisional tool by the
    lasting part of every id that it had or could have had; `known` the tool of the catalogue that it turned out to be.
    `before` gives, of identities that the catalogue names by now, the lasting parts of ids that they had before.
    """

    of: dict[int, Place] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    before: dict[int, frozenset[str]] = field(default_factory=dict)


class Ruled(NamedTuple):
    """What a decision says of a provisional tool: the lasting part of its id, the kind of ruling, what it becomes."""

    about: str
    kind: str
    to: str


def provisional(
    found: Iterable[Evidence],
    readings: Mapping[int, Reading],
    index: Index,
    *,
    home: Iterable[str] = (),
    apart: Callable[[Evidence, Reading], bool] = lambda _e, _r: False,
    ruled: Sequence[Ruled] = (),
    asked: Collection[str] = (),
) -> Provisional:
    """Join the identities that nobody has named; the order in which they are given does not matter.

    `home` are the company's own domains. `apart` says of which identity a person ruled what it is: it joins nothing.
    `ruled` are the decisions about provisional tools, the latest last: what people ruled to be different is not joined.
    `asked` are the lasting parts of ids that decisions name, for which `known` and `before` are wanted.
    """
    things = Things(index, home)
    result, members = Provisional(), []
    for one in found:
        reading = readings[one.number]
        if apart(one, reading):
            continue
        if reading.match is None and is_software(one, reading):
            members.append(Member(one, _own(one, reading), things.of(one, reading)))
        elif reading.match is not None and asked:
            member = Member(one, _own(one, reading), things.of(one, reading))
            result.before[one.number] = member.decided_by.intersection(asked)
    for group in _groups(members, ruled):
        _settle(group, readings, result)
    _settle_known(readings, result)
    return result


def _own(one: Evidence, reading: Reading) -> frozenset[str]:
    own = {lasting(provisional_id(one.source, one.key, one.app, reading.counterparty))}
    if one.own_key is not None:  # what was ruled of it before it was known to be the same app
        own.add(lasting(provisional_id(one.source, one.own_key, one.app, None)))
    return frozenset(own)


def _settle_known(readings: Mapping[int, Reading], result: Provisional) -> None:
    """Lead ids that no provisional tool has any more to the tools that the catalogue knows them to be."""
    for number, hashes in result.before.items():
        gone = hashes - result.current.keys()
        result.before[number] = gone
        match = readings[number].match
        if match is not None:
            tool = match.entry.id
            result.known.update({hash_: min(result.known.get(hash_, tool), tool) for hash_ in gone})


def _settle(group: Sequence[Member], readings: Mapping[int, Reading], result: Provisional) -> None:
    """Give every member of a group its place, and lead every id that speaks of one of them to the group's."""
    first = min(group, key=lambda m: m.naming)
    reading = readings[first.evidence.number]
    best = min((thing for member in group for thing in member.things), key=Thing.rank, default=None)
    own = provisional_id(first.evidence.source, first.evidence.key, first.evidence.app, reading.counterparty)
    tool = own if best is None else best.id(display_name(first.evidence.app))
    holders: dict[Thing, list[Member]] = defaultdict(list)
    for member in sorted(group, key=lambda m: m.place):
        for thing in member.things:
            holders[thing].append(member)
    for member in group:
        result.of[member.evidence.number] = _place(tool, member, holders)
        for hash_ in member.decided_by:
            result.current[hash_] = min(result.current.get(hash_, tool), tool)


def _place(tool: str, member: Member, holders: Mapping[Thing, Sequence[Member]]) -> Place:
    for thing in sorted(member.things, key=Thing.rank):
        # Two ends of the list are enough: one of them is another one.
        other = next((m for m in (holders[thing][0], holders[thing][-1]) if m is not member), None)
        if other is not None and thing.field != "merchant":
            return Place(tool=tool, by=thing.said(), why=f"it is one tool with {other.place}: both have {thing.said()}")
    return Place(tool=tool)


# --- what an identity has --------------------------------------------------------------------------------------------


class Things:
    """Finds what of an identity only one tool can have."""

    def __init__(self, index: Index, home: Iterable[str]) -> None:
        self._index = index
        self._home = frozenset(site for domain in home if (site := _site(domain)))
        self._ours = tuple(domain.casefold() for domain in home)
        self._shared: dict[str, bool] = {}

    def of(self, one: Evidence, reading: Reading) -> tuple[Thing, ...]:
        """Return the things of an identity, the strongest first; also a domain by which the catalogue names it."""
        app, named = one.app, reading.match is not None and reading.match.matcher in _STRONG
        merchant = merchant_of(one, reading)
        found = {
            *self._domains(app, named=named),
            *self._entity(app, named=named),
            *_ids(app),
            *([Thing("merchant", merchant)] if merchant is not None else []),
        }
        return tuple(sorted(found, key=Thing.rank))

    def _domains(self, app: AppIdentity, *, named: bool) -> Iterator[Thing]:
        hosts = [parse_host(given) for given in (app.domain, app.url, app.redirect_uri, app.entity_id) if given]
        hosts += parse_descriptor(app.descriptor).domains if app.descriptor else ()
        for host in hosts:
            site = host and site_of(host)
            if site and (named or not self._is_shared(site)) and site not in self._home:
                yield Thing("domain", site)

    def _entity(self, app: AppIdentity, *, named: bool) -> Iterator[Thing]:
        """Yield the whole host of an entity id: where the domain is everybody's, the host is still one tool's."""
        host = parse_host(app.entity_id) if app.entity_id else None
        if host and site_of(host) not in self._home and host not in CARRIERS and (named or not self._is_known(host)):
            yield Thing("host", host)

    def _is_shared(self, site: str) -> bool:
        if site not in self._shared:
            self._shared[site] = site in CARRIERS or site in HOSTING or self._is_known(site)
        return self._shared[site]

    def _is_known(self, host: str) -> bool:
        return self._index.read_app(AppIdentity(domain=host)).match is not None


def _site(domain: str) -> str | None:
    host = parse_host(domain)
    return host and site_of(host)


def _ids(app: AppIdentity) -> Iterator[Thing]:
    if app.catalog_key is not None and not is_template(app.catalog_key):
        yield Thing("catalog_key", fold(app.catalog_key))
    if app.product_code is not None:  # publishers may sell different things under one word
        yield Thing("product_code", "\n".join(filter(None, (fold(app.product_code), fold(app.vendor or "")))))
    if app.bundle_id is not None:
        yield Thing("bundle_id", fold(app.bundle_id))
    if app.client_id is not None and len(app.client_id) >= _CLIENT:
        yield Thing("client_id", app.client_id)


# --- who is together -------------------------------------------------------------------------------------------------


def _groups(members: Sequence[Member], ruled: Sequence[Ruled]) -> Iterator[list[Member]]:
    """Yield the members that are one tool; what people ruled to be different stays apart."""
    waiting = list(_together(members))
    while waiting:
        group = waiting.pop()
        parts = _parted(group, ruled) if len(group) > 1 and ruled else None
        if parts is None:
            yield group
        else:
            waiting += [one for part in parts for one in _together(part)]


def _together(members: Iterable[Member]) -> list[list[Member]]:
    """Return the groups of members that are connected by things."""
    known = list(members)
    parent = list(range(len(known)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    holder: dict[Thing, int] = {}
    for at, member in enumerate(known):
        for thing in member.things:
            parent[root(at)] = root(holder.setdefault(thing, at))
    found: dict[int, list[Member]] = defaultdict(list)
    for at, member in enumerate(known):
        found[root(at)].append(member)
    return list(found.values())


def _parted(group: Sequence[Member], ruled: Sequence[Ruled]) -> tuple[list[Member], list[Member]] | None:
    """Return a group in two where an earlier decision says of a part what a later one does not; None: it is one."""
    spoken = {hash_ for member in group for hash_ in member.decided_by}
    # A merge into another one of the group says what the group says.
    said = [one for one in ruled if one.about in spoken and lasting(one.to) not in spoken]
    for early, late in combinations(said, 2):
        if early.kind != late.kind or early.to == late.to:
            continue
        part = [m for m in group if early.about in m.decided_by and late.about not in m.decided_by]
        if part:
            return _cut(part, [m for m in group if m not in part], early.about)
    return None


def _cut(part: list[Member], rest: list[Member], about: str) -> tuple[list[Member], list[Member]]:
    """Take from both sides what they share, so that they stay two; what the part was ruled by stays with it."""
    both = {thing for m in part for thing in m.things} & {thing for m in rest for thing in m.things}
    lost = {thing for thing in both if lasting(thing.id("x")) != about}
    return (
        [replace(m, things=tuple(t for t in m.things if t not in lost)) for m in part],
        [replace(m, things=tuple(t for t in m.things if t not in both)) for m in rest],
    )


# --- whose domains are the company's ---------------------------------------------------------------------------------


def home_domains(configured: Sequence[str], addresses: Iterable[str | None]) -> tuple[str, ...]:
    """Return the company's own domains: those of the configuration, else the one that most people's addresses are on.

    Without them the internal apps of a company that has not been configured would pass for one tool.
    """
    if configured:
        return tuple(configured)
    counts: dict[str, int] = defaultdict(int)
    for address in addresses:
        domain = re.fullmatch(r"[^@\s]+@([^@\s]+)", address or "")
        if domain:
            counts[domain[1].casefold()] += 1
    return (min(counts, key=lambda domain: (-counts[domain], domain)),) if counts else ()
