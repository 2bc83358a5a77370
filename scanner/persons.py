"""Persons: which actors of different sources are one person, and which unit the person is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from model.company import Company


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorFacts:
    """What is known of one actor: how its source names it, and what a directory says of it (None: nothing)."""

    number: int
    source: str
    native_id: str
    address: str | None
    aliases: tuple[str, ...]
    kind: str
    directory: Mapping[str, object] | None
    seen_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An actor with its person: the lowest actor number among those that are one."""

    actor: int
    person: int
    how: str
    kind: str
    unit: str | None
    marketing: bool | None


#: The types that directories give to what is no person, or not one of the company's own.
_KINDS = {
    "service": "service",
    "serviceaccount": "service",
    "service account": "service",
    "bot": "service",
    "system": "service",
    "agency": "agency",
}


def resolve(actors: Iterable[ActorFacts], company: Company) -> list[Placed]:
    """Return every actor with its person, in order of their numbers.

    Two actors are one person where a mailbox that both sources vouch for is the same (case aside, the company's
    domains taken as one). A display name never joins anybody. An actor without an address stays one of its own.
    """
    known = sorted(actors, key=lambda a: a.number)
    together = _Groups(a.number for a in known)
    by_mailbox: dict[str, int] = {}
    for actor in known:
        for mailbox in sorted(_mailboxes(actor, company)):
            together.join(actor.number, by_mailbox.setdefault(mailbox, actor.number))
    groups: dict[int, list[ActorFacts]] = {}
    for actor in known:
        groups.setdefault(together.root(actor.number), []).append(actor)
    placed = [p for person, group in groups.items() for p in _placed(person, group, company)]
    return sorted(placed, key=lambda p: p.actor)


def _mailboxes(actor: ActorFacts, company: Company) -> set[str]:
    named = {actor.address, *actor.aliases, actor.native_id if "@" in actor.native_id else None}
    return {company.same_mailbox(a) for a in named if a and "@" in a}


def _placed(person: int, group: list[ActorFacts], company: Company) -> Iterable[Placed]:
    listed = [a for a in group if a.directory is not None]
    # Of two directories the one that was read last knows best.
    latest = max(listed, key=lambda a: (a.seen_at, -a.number), default=None)
    facts = latest.directory if latest is not None and latest.directory is not None else {}
    units = [_text(facts.get(name)) for name in ("department", "division", "cost_center", "unit")]
    kind = _kind(group, _text(facts.get("person_type")))
    for actor in group:
        yield Placed(
            actor=actor.number,
            person=person,
            how=_how(actor, group),
            kind=kind,
            unit=next((u for u in units if u), None),
            marketing=company.is_marketing(*units),
        )


def _kind(group: list[ActorFacts], stated: str | None) -> str:
    if stated and stated.casefold() in _KINDS:
        return _KINDS[stated.casefold()]
    given = {a.kind for a in group}
    return "person" if "person" in given else next(iter(sorted(given)))


def _how(actor: ActorFacts, group: list[ActorFacts]) -> str:
    if len(group) == 1:
        return "directory" if actor.directory is not None else "unresolved"
    return "address"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


class _Groups:
    """Sets that are joined; the lowest number stands for each."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._parent = {n: n for n in numbers}

    def root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low
