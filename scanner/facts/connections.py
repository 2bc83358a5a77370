"""connections.*: which right a tool holds on which system of the company, who gave it, and whether it is still used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.scopes import Scope
from model.facts import Known, Unknown, Value
from model.signal import SignalKind
from model.systems import OF_CLASS, SYSTEMS
from scanner.facts.grants import ADMIN, Held, active, firsts, held_by, lasts, whose_is
from scanner.facts.world import Subject, World, keys, latest, record_key
from storage.times import from_ms

_Grant = dict[str, Any]
#: A right that nobody used for so many days is stale.
STALE_DAYS = 90
#: From the least to the most that a scope lets its holder do.
RIGHTS = ("read", "send", "write", "manage", "full")
CLASSES = ("low", "medium", "unrated", "high", "critical")
_REACH = ("self", "user", "workspace")
UNKNOWN, SIGN_IN, UNRATED = "unknown", "sign_in", "unrated"
#: Platforms whose log of sign-ins tells each time that an app is let in with what it was granted (Graph, signIn: the
#: client that got a token). Google's and Okta's logs tell of consents and of people, not of what apps do with them.
_TELLS_USE = frozenset({"entra"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One grant behind a connection, and what is known of it. `last_used` None: never seen, or nothing shows it."""

    grant: _Grant
    since: datetime
    last_used: datetime | None
    stale: bool | None
    left: bool | None

    @property
    def key(self) -> str:
        """The key of its evidence."""
        return record_key(self.grant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One connection: a tool's right on a system, with the scopes that give it and the grants that hold them.

    A scope that is in no table opens nobody knows what: system and right are `unknown` then, its class `unrated`.
    """

    system: str
    right: str
    held: tuple[Held, ...]
    given: tuple[Given, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes, as the platform names them."""
        return tuple(sorted({h.name for h in self.held}))

    @property
    def rated(self) -> dict[str, Scope]:
        """What the scopes mean, by name."""
        return {h.name: h.rating for h in self.held if h.rating is not None}

    @property
    def scope_class(self) -> str:
        """The gravest rating of the scopes."""
        return max(
            (h.rating.sensitivity if h.rating else UNRATED for h in self.held), key=CLASSES.index, default=UNRATED
        )

    @property
    def reach(self) -> str | None:
        """How far the widest of them reaches; None where nobody has rated them."""
        return max((s.reach for s in self.rated.values()), key=_REACH.index, default=None)

    @property
    def limit(self) -> str | None:
        """What every one of them is held to: metadata, or selected items; None where one is not."""
        limits = {s.limit for s in self.rated.values()} or {""}
        return None if "" in limits else min(limits)

    @property
    def consent(self) -> str | None:
        """Who let it in: admin, user or both; None where no list says it."""
        said = {"admin" if c in ADMIN else "user" for g in self.given if (c := g.grant["facts"].get("consent"))}
        return "both" if len(said) > 1 else next(iter(said), None)

    @property
    def people(self) -> tuple[int, ...]:
        """The persons who granted it, by number; nobody where it is everybody's."""
        return tuple(sorted({g.grant["person_id"] for g in self.given if g.grant["person_id"]}))

    @property
    def first_seen(self) -> datetime:
        """When the first of the grants was seen."""
        return min(g.since for g in self.given)

    @property
    def last_used(self) -> datetime | None:
        """When any of them was used last."""
        return max((g.last_used for g in self.given if g.last_used), default=None)

    @property
    def stale(self) -> bool | None:
        """Whether none of them was used for `STALE_DAYS`; None where nothing shows their use."""
        found = {g.stale for g in self.given}
        return False if False in found else None if None in found else True

    @property
    def orphaned(self) -> bool | None:
        """Whether somebody who granted it has left; None where no directory tells."""
        found = {g.left for g in self.given}
        return True if True in found else None if None in found else False

    @property
    def over_broad(self) -> bool | None:
        """Whether it is a right to more than most tools need: one rated critical. None where it is not rated."""
        return None if self.scope_class == UNRATED else self.scope_class == "critical"


def edges(subject: Subject, world: World) -> list[Edge]:
    """Return the connections of a tool, by system and right; a scope that opens nothing by itself makes none.

    A grant whose list states no scopes opens nobody knows what, as one of scopes that are in no table.
    """
    groups: dict[tuple[str, str], tuple[list[Held], dict[str, Given]]] = {}
    told = _Told.of(subject, world)
    for grant in active(subject, world):
        given = _given(grant, told, world)
        for place, held in _opened(grant, world):
            group = groups.setdefault(place, ([], {}))
            group[0].extend(held)
            group[1][given.key] = given
    return [
        Edge(system=place[0], right=place[1], held=tuple(held), given=tuple(given.values()))
        for place, (held, given) in sorted(groups.items(), key=lambda group: _order(group[0]))
    ]


def _order(place: tuple[str, str]) -> tuple[int, int]:
    system, right = place
    return SYSTEMS.index(system), RIGHTS.index(right) if right in RIGHTS else 0


def _opened(grant: _Grant, world: World) -> Iterator[tuple[tuple[str, str], list[Held]]]:
    found = held_by([grant], world)
    if not found:
        yield (UNKNOWN, UNKNOWN), []
    for held in found:
        if (place := _place(held)) is not None:
            yield place, [held]


def _place(held: Held) -> tuple[str, str] | None:
    if held.rating is None:
        return UNKNOWN, UNKNOWN
    return None if held.rating.access == "none" else (OF_CLASS[held.rating.data_class], held.rating.access)


# --- one grant -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """What a tool's rows tell of its grants: when each was first seen, and when it was used last.

    `first` is by source, identity and person; `used` by source and person, and by source alone. Milliseconds.
    """

    first: Mapping[tuple[object, ...], int]
    used: Mapping[tuple[str, int | None], int]

    @classmethod
    def of(cls, subject: Subject, world: World) -> _Told:
        used: dict[tuple[str, int | None], int] = {}
        for use in subject.use:
            if world.system(use.source, use.stream) in _TELLS_USE:
                for key in ((use.source, use.person_id), (use.source, None)):
                    used[key] = max(used.get(key, use.last_at), use.last_at)
        return cls(firsts(subject), used)


def _given(grant: _Grant, told: _Told, world: World) -> Given:
    person = grant["person_id"] or None
    since = from_ms(told.first[whose_is(grant)])
    last = told.used.get((grant["source"], person))
    used = None if last is None else from_ms(last)
    nobody = world.no_directory() is not None
    return Given(
        grant=grant,
        since=since,
        last_used=used,
        stale=_stale(grant, since, used, world),
        # What holds for everybody hangs on nobody.
        left=False if person is None else None if nobody else world.has_left(person),
    )


def _stale(grant: _Grant, since: datetime, used: datetime | None, world: World) -> bool | None:
    """Return whether it was not used for long; None where the log that would show it does not go back that far."""
    limit = world.since(STALE_DAYS)
    if used is not None and used >= limit:
        return False
    logs = [
        s
        for s in world.of_kinds(SignalKind.SIGN_IN)
        if s.source == grant["source"] and world.system(s.source, s.stream) in _TELLS_USE
    ]
    if not any(s.blinded() is None and s.covers(limit, world.as_of) for s in logs):
        return None
    return since < limit


# --- facts -----------------------------------------------------------------------------------------------------------

_NAMES = ("connections.over_broad", "connections.orphaned", "connections.stale")
_NO_FEEDS = Unknown("no list of the warehouse's feeds was read")
_NO_SCOPES = "the list of grants states no scopes"
_UNSEEN = Unknown("no log that shows the use of these grants was read for the 90 days")


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return how many systems are opened too far, by somebody who has left, and for nothing; and stated connections."""
    return {**_of_grants(subject, world), **_stated(subject, world)}


def _stated(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return what lists of connections show of the CRM and the warehouse; what they show of none is left to others."""
    rows = subject.of_kind(SignalKind.CONNECTION)
    good = [r for r in rows if world.reason_against(r) is None]
    feeds, crm = ([r for r in good if r["facts"].get("system") == system] for system in ("warehouse", "crm"))
    writing = [r for r in crm if r["facts"].get("right") in {"write", "manage", "full"}]
    refused = next((Unknown(why) for r in rows if (why := world.reason_against(r)) is not None), None)
    found: dict[str, Known | Unknown] = {"connections.warehouse": refused or _NO_FEEDS}
    for name, shown in (("connections.warehouse", feeds), ("connections.crm", crm), ("grants.crm_write", writing)):
        if shown:
            found[name] = Known(True, keys(map(record_key, shown)), latest(r["seen_at"] for r in shown))
    return found


def _of_grants(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    if (blind := world.blind(subject, "list of grants", SignalKind.GRANT)) is not None:
        return dict.fromkeys((*_NAMES, "integration.api_available"), blind)
    found = edges(subject, world)
    opening = [edge for edge in found if edge.system != SIGN_IN]
    return {
        "integration.api_available": _by_use(found, world),
        _NAMES[0]: _count(opening, [e.over_broad for e in opening], _unrated(opening)),
        _NAMES[1]: _orphaned(opening, world),
        _NAMES[2]: _count(opening, [e.stale for e in opening], _UNSEEN),
    }


def _by_use(found: Sequence[Edge], world: World) -> Known | Unknown:
    """Return that data goes over an interface: by a grant that lasts while nobody is there, and that is used."""
    limit = world.since(STALE_DAYS)
    used = [g for edge in found for g in edge.given if g.last_used is not None and g.last_used >= limit]
    if lasting := [g for g in used if lasts(g.grant)]:
        return Known("yes", keys(g.key for g in lasting), max(g.last_used for g in lasting if g.last_used))
    return Unknown("no use of a grant shows it, and nobody has answered")


def _count(found: Sequence[Edge], marks: Sequence[bool | None], why: Unknown) -> Known | Unknown:
    """Return of how many systems it is so; where it is so of none, that must be known of all."""
    marked = [edge for edge, mark in zip(found, marks, strict=True) if mark]
    if not marked and None in marks:
        return why
    shown = marked or found
    value: Value = len({edge.system for edge in marked})
    grants = list(_grants(shown))
    return Known(value, keys(map(record_key, grants)), latest(g["seen_at"] for g in grants))


def _grants(found: Iterable[Edge]) -> Iterator[_Grant]:
    return (given.grant for edge in found for given in edge.given)


def _unrated(found: Sequence[Edge]) -> Unknown:
    names = [name for edge in found if edge.system == UNKNOWN for name in edge.scopes]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Unknown(f"the scope {names[0]}{more} is in no table of scopes" if names else _NO_SCOPES)


def _orphaned(found: Sequence[Edge], world: World) -> Known | Unknown:
    """Return how many systems somebody who has left opened; fewer are not said while a directory is refused."""
    untold = (g.grant["person_id"] for edge in found if edge.orphaned is None for g in edge.given if g.left is None)
    blinded = world.people_blind(untold)
    return blinded or _count(found, [e.orphaned for e in found], _unsure(found, world))


def _unsure(found: Sequence[Edge], world: World) -> Unknown:
    if (nothing := world.no_directory()) is not None:
        return nothing
    unsure = sorted({g.grant["person_id"] for edge in found for g in edge.given if g.left is None})
    return world.unsure(unsure, f"no directory knows {len(unsure)} of the people who granted them")
