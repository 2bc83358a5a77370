"""What the areas derive from: the store's rows, by tool, and what the streams behind them really covered."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from model.company import Company
from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.directory import Person
from scanner.facts.streams import KINDS, SYSTEMS_OF, StreamState
from storage.times import from_ms, month_text, to_ms

_T = TypeVar("_T")
DAY = timedelta(days=1)
#: So many tools of a category are named as evidence.
NAMED = 50


@dataclass(slots=True, kw_only=True)
class Subject:
    """All rows about one tool.

    `decisions`, `answers`, `owners` and `ratings` are decisions in force of those kinds; `answered` is what of the
    answers holds, and the ratings, which stand before them.
    `charges` are those of the last 365 days, `earlier` those of the year before; `links` say what names the tool.
    """

    id: str
    name: str
    category: str | None
    marketing: bool | None
    provisional: bool
    status: str
    noise: bool = False
    first_seen: int | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    use: list[Any] = field(default_factory=list)
    charges: list[Any] = field(default_factory=list)
    earlier: list[Any] = field(default_factory=list)
    links: list[Any] = field(default_factory=list)
    named_by: set[tuple[str, str]] = field(default_factory=set)
    imitates: list[Any] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    owners: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    answered: Mapping[str, Known] = field(default_factory=dict)
    kept: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    def remembering(self) -> Subject:
        """Return a copy that keeps what it is asked for `once`: for one world, and rows that do not change any more."""
        return replace(self, kept={})

    def once(self, key: str, make: Callable[[], _T]) -> _T:
        """Return what `make` gives; several areas need it, so a subject that is `remembering` asks for it once."""
        if self.kept is None:
            return make()
        if key not in self.kept:
            self.kept[key] = make()
        found: _T = self.kept[key]
        return found

    def of_kind(self, kind: SignalKind) -> list[dict[str, Any]]:
        """Return the records of a kind."""
        return [r for r in self.records if r["kind"] == kind.value]

    def in_order(self) -> Subject:
        """Return it with its rows newest first: what is named as evidence does not hang on how rows came."""
        return replace(
            self,
            kept=None,
            records=sorted(self.records, key=lambda r: (-r["seen_at"], r["source"], r["stream"], r["native_id"])),
            use=sorted(self.use, key=lambda u: (-u.last_at, u.source, u.stream, u.key, u.person_id)),
            charges=sorted(self.charges, key=lambda c: (-c.seen_at, c.source, c.stream, c.native_id)),
            earlier=sorted(self.earlier, key=lambda c: (-c.seen_at, c.source, c.stream, c.native_id)),
            links=sorted(self.links, key=lambda one: (one.source, one.key)),
            decisions=sorted(self.decisions, key=lambda d: d["id"]),
            owners=sorted(self.owners, key=lambda d: d["id"]),
        )

    def lively(self, since: int) -> bool:
        """Whether people used it, or money went to it, since a time in milliseconds."""
        return any(u.last_at >= since for u in self.use) or any(c.seen_at > since for c in self.charges)


@dataclass(kw_only=True)  # no slots: what follows from the fields is kept beside them
class World:
    """What is the same for all tools.

    `personal` are those that hold data of persons, by the overlay. `listed` holds (source, person) of everybody whose
    grants a list names. `budgets` says of each budget whether it is Marketing's, `budgets_it` whether IT's.
    `persons_of` leads from an actor to the person. `notices` are the days on which products end, with the page that
    says so; `scopes_then` the scopes that a tool held when it was decided on, None where they were not known.
    """

    company: Company
    as_of: datetime
    streams: list[StreamState]
    people: Mapping[int, Person]
    subjects: Mapping[str, Subject]
    budgets: Mapping[str, bool | None]
    ended: frozenset[str] = frozenset()
    catalogued: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    listed: frozenset[tuple[str, int]] = frozenset()
    budgets_it: Mapping[str, bool | None] = field(default_factory=dict)
    persons_of: Mapping[int, int] = field(default_factory=dict)
    notices: Mapping[str, tuple[date, str]] = field(default_factory=dict)
    scopes_then: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make room for what is asked of every tool again."""
        self._of_kinds: dict[tuple[SignalKind, ...], list[StreamState]] = {}
        self._unread: dict[tuple[object, ...], Unknown | None] = {}
        self._system: dict[tuple[str, str], str] = {}
        self._once: dict[str, Any] = {}

    def once(self, key: str, make: Callable[[], _T]) -> _T:
        """Return what `make` gives, asked for once: what is the same for many tools."""
        if key not in self._once:
            self._once[key] = make()
        found: _T = self._once[key]
        return found

    def since(self, days: int) -> datetime:
        """Return the moment so many days before as-of."""
        return self.as_of - days * DAY

    def of_kinds(self, *kinds: SignalKind) -> list[StreamState]:
        """Return the streams that give signals of any of the kinds."""
        if kinds not in self._of_kinds:
            self._of_kinds[kinds] = [s for s in self.streams if KINDS.get(s.stream, frozenset()) & {*kinds}]
        return self._of_kinds[kinds]

    def relevant(self, subject: Subject, *kinds: SignalKind) -> list[StreamState]:
        """Return the streams that could name the tool: those that have, or all of the kinds where none has."""
        streams = self.of_kinds(*kinds)
        return [s for s in streams if (s.source, s.stream) in subject.named_by] or streams

    def blind(self, subject: Subject, what: str, *kinds: SignalKind, days: int | None = None) -> Unknown | None:
        """Return why what streams of these kinds show of a tool cannot be relied on, or None.

        `days`: so many days before as-of must be spanned as well, by a stream of a source that names the tool.
        """
        streams = self.relevant(subject, *kinds)
        if not streams:
            return Unknown(f"no {what} was read")
        for stream in streams:
            if (reason := stream.blinded()) is not None:
                return Unknown(reason)
        if days is None:
            return None
        sources = {s.source for s in streams}
        beside = [s for s in self.of_kinds(*kinds) if s.source in sources and s.blinded() is None]
        return None if any(s.covers(self.since(days), self.as_of) for s in beside) else _short(streams, days)

    def uneven(self, subject: Subject, kind: SignalKind, days: int) -> Unknown | None:
        """Return that a source which names the tool was not read for so many days, so that two times do not compare."""
        streams = self.relevant(subject, kind)
        good = [s for s in self.of_kinds(kind) if s.blinded() is None and s.covers(self.since(days), self.as_of)]
        missing = {s.source for s in streams} - {s.source for s in good}
        return _short([s for s in streams if s.source in missing], days) if missing else None

    def unread(self, what: str, kinds: tuple[SignalKind, ...], days: int | None) -> Unknown | None:
        """Return why *none* cannot be said, or None: each stream that could show one must have been read to its end.

        One at least must span the days: of a quiet stream the last record's time does not tell how far it was read.
        """
        key = (what, kinds, days)
        if key not in self._unread:
            self._unread[key] = self._find_unread(what, kinds, days)
        return self._unread[key]

    def _find_unread(self, what: str, kinds: tuple[SignalKind, ...], days: int | None) -> Unknown | None:
        streams = self.of_kinds(*kinds)
        if not streams:
            return Unknown(f"no {what} was read")
        for stream in streams:
            if (reason := stream.blinded()) is not None:
                return Unknown(reason)
        if days is None or any(s.covers(self.since(days), self.as_of) for s in streams):
            return None
        return _short(streams, days)

    def reason_against(self, row: Mapping[str, Any]) -> str | None:
        """Return why a record's stream cannot be relied on, or None."""
        return self._reasons.get((row["source"], row["stream"]))

    @functools.cached_property
    def _reasons(self) -> Mapping[tuple[str, str], str]:
        return {(s.source, s.stream): reason for s in self.streams if (reason := s.blinded()) is not None}

    def system(self, source: str, stream: str) -> str:
        """Return which system a stream is of (`okta`), as it was read; "" where that is not known."""
        key = (source, stream)
        if key not in self._system:
            self._system[key] = self._read_as.get(key) or self._guessed(source, stream)
        return self._system[key]

    @functools.cached_property
    def _read_as(self) -> Mapping[tuple[str, str], str]:
        return {(s.source, s.stream): s.system for s in self.streams if s.system is not None}

    def _guessed(self, source: str, stream: str) -> str:
        """Return the system of a stream last read before the store kept it: as others of its source, or by names."""
        known = SYSTEMS_OF.get(stream, frozenset())
        beside = [s for s in self.streams if s.source == source]
        told = known & {s.system for s in beside if s.system is not None}
        named = known & {source.partition(":")[0]}
        others = [SYSTEMS_OF.get(s.stream, frozenset()) for s in beside]
        found = told or named or known.intersection(*(o for o in others if o & known))
        return next(iter(found)) if len(found) == 1 else ""

    # --- people ------------------------------------------------------------------------------------------------------

    def person_blind(self, number: int) -> str | None:
        """Return why what the directory says of a person cannot be relied on, or None."""
        person = self.people.get(number)
        return None if person is None or person.listed_in is None else self._reasons.get(person.listed_in)

    def people_blind(self, numbers: Iterable[int]) -> Unknown | None:
        """Return why what directories say of some people cannot be relied on, or None.

        A part of them, taken for the whole, would be another number: it may be a better one.
        """
        reasons = sorted({reason for n in numbers if (reason := self.person_blind(n)) is not None})
        return Unknown(reasons[0]) if reasons else None

    def unit_known(self, number: int) -> bool | None:
        """Return whether a person is in a marketing unit; None where no directory that was read says so."""
        person = self.people.get(number)
        return None if person is None or self.person_blind(number) is not None else person.marketing

    def it_known(self, number: int) -> bool | None:
        """Return whether a person is in a unit of IT; None where no directory that was read says so."""
        person = self.people.get(number)
        return None if person is None or self.person_blind(number) is not None else person.it

    def has_left(self, number: int) -> bool | None:
        """Return whether a person has left; None where no directory that was read knows the person.

        Services never leave, nor does who was never with the company by the mail domain.
        """
        person = self.people.get(number)
        if person is None or self.person_blind(number) is not None:
            return None
        if person.left is None and (person.kind == "service" or person.is_outside(self.domains)):
            return False
        return person.left

    def no_directory(self) -> Unknown | None:
        """Return that no directory was read at all, or None."""
        return None if self.of_kinds(SignalKind.PERSON) else Unknown("no directory was read")

    def unsure(self, numbers: Collection[int], what: str) -> Unknown:
        """Return why nothing is known of some people: a directory that could not be read, or that none lists them."""
        reasons = sorted({reason for n in numbers if (reason := self.person_blind(n)) is not None})
        everywhere = [r for s in self.of_kinds(SignalKind.PERSON) if (r := s.blinded()) is not None]
        return Unknown(next(iter([*reasons, *everywhere]), what))

    @functools.cached_property
    def domains(self) -> frozenset[str]:
        """The company's mail domains, as they are compared."""
        return frozenset(d.casefold() for d in self.company.domains)

    @functools.cached_property
    def tells_guests(self) -> bool:
        """Whether any directory says what kind of person somebody is."""
        return any(p.directory is not None and "person_type" in p.directory for p in self.people.values())

    @functools.cached_property
    def has_marketers(self) -> bool:
        """Whether anybody at all is in a marketing unit: else a unit was renamed, or never spelt like this."""
        return any(p.marketing for p in self.people.values())

    @functools.cached_property
    def has_it(self) -> bool:
        """Whether any person or budget at all is IT's."""
        return any(p.it for p in self.people.values()) or any(self.budgets_it.values())

    # --- other tools -------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _by_category(self) -> Mapping[str, tuple[list[str], list[str]]]:
        since = to_ms(self.since(90))
        found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for tool, subject in sorted(self.subjects.items()):
            lively, approved = found[subject.category or ""]
            if subject.lively(since):
                lively.append(tool)
            if subject.status in {"approved", "approved_with_conditions"}:
                approved.append(tool)
        return dict(found)

    def others(self, subject: Subject) -> tuple[list[str], int, list[str], int]:
        """Return lively and approved tools of the same category, as some of their ids and how many there are."""
        lively, approved = self._by_category.get(subject.category or "", ([], []))
        return *_without(subject.id, lively), *_without(subject.id, approved)


def _without(tool: str, found: list[str]) -> tuple[list[str], int]:
    return [t for t in found[: NAMED + 1] if t != tool][:NAMED], len(found) - (tool in found)


def _short(streams: Iterable[StreamState], days: int) -> Unknown:
    # No date here: the reason would be another one every day, and so a new version of the fact.
    names = ", ".join([s.name for s in streams][:3])
    return Unknown(f"{names}: what was read does not span the last {days} days")


def usage_key(row: Any) -> str:
    """Return the evidence key of a row of use: its latest month."""
    return f"usage:{row.source}/{row.key}/{month_text(row.month)}"


def record_key(row: Mapping[str, Any]) -> str:
    """Return the evidence key of a record."""
    return f"signal:{row['source']}/{row['stream']}/{row['native_id']}"


def charge_key(row: Any) -> str:
    """Return the evidence key of a charge."""
    return f"signal:{row.source}/{row.stream}/{row.native_id}"


def keys(found: Iterable[str]) -> tuple[str, ...]:
    """Return evidence keys, each once, in order."""
    return tuple(dict.fromkeys(found))


def latest(times: Iterable[int]) -> datetime | None:
    """Return the latest of some times in milliseconds, or None."""
    last = max(times, default=None)
    return None if last is None else from_ms(last)


def day_of(moment: datetime) -> date:
    """Return the UTC day of a moment."""
    return moment.date()


def ms(moment: datetime) -> int:
    """Return milliseconds since 1970 UTC."""
    return to_ms(moment)
