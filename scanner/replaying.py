"""What policies would have said in the past: by facts as they were kept, and before that as signals tell them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gate import decisions
from model.company import Company
from model.fact import decode
from model.facts import VOCABULARY, Attributes, Facts, Known, Unknown
from policies.parallel import Tool, judge_tools
from policies.shape import Outcome, Policy
from scanner.facts.derive import attributes, facts, world
from scanner.identifying import Index
from storage import kept, replaying
from storage.store import Connection
from storage.times import from_ms, to_ms

#: So many moments of the past are looked at at most.
MOST = 60
#: Up to so many days every week is looked at, and beyond that every month.
_WEEKLY = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """All tools as they were: ids, what their records said, and what was known of them."""

    at: datetime
    tools: Sequence[Tool]


@dataclass(frozen=True, slots=True)
class Flag:
    """When a policy was violated by a tool: the first and the last moment that was looked at, how many, and the words.

    `now`: it is so at the last moment of all.
    """

    policy: str
    tool: str
    first: datetime
    last: datetime
    moments: int
    now: bool
    message: str


def moments(since: date, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the moments to look at: the ends of weeks or months since a day, in a time zone, and `until` itself."""
    found: list[datetime] = []
    day = since
    weekly = (until.astimezone(zone).date() - since).days <= _WEEKLY
    while (end := datetime.combine(day, time(), zone)) < until:
        found.append(end)
        day = day + timedelta(days=7) if weekly else _next_month(day)
    return [*found[:: len(found) // MOST + 1], until]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def history(connection: Connection, company: Company, index: Index, at: Iterable[datetime]) -> Iterator[Moment]:
    """Yield the tools as they were at each moment."""
    first, ruled = replaying.first_facts(connection), kept.decisions(connection)
    for moment in at:
        known = [row for row in ruled if row["at"] <= to_ms(moment)]
        if first is not None and to_ms(moment) >= first:
            yield Moment(moment, stored(connection, company, to_ms(moment), known))
        else:
            found = world(connection, company, to_ms(moment), known, index)
            statuses = decisions.statuses(known)
            tools = [
                (tool, {**attributes(one, company), "tool.status": statuses.get(tool, "new")}, facts(one, found))
                for tool, one in found.subjects.items()
                if one.first_seen is None or one.first_seen <= to_ms(moment)
            ]
            yield Moment(moment, tools)


def stored(connection: Connection, company: Company, at: int, ruled: Sequence[dict[str, Any]]) -> list[Tool]:
    """Return the tools with their facts as they were kept at a moment (milliseconds)."""
    rows, statuses = replaying.tools(connection), decisions.statuses(ruled)
    return [
        (tool, _attributes(rows[tool], company, statuses), _facts(known))
        for tool, known in sorted(replaying.facts_at(connection, at).items())
        if tool in rows
    ]


def some_facts(
    connection: Connection, company: Company, at: int, ruled: Sequence[dict[str, Any]], names: Collection[str]
) -> list[Tool]:
    """Return the judged tools with some of their facts as they were kept at a moment (milliseconds): a quick look."""
    rows, statuses = replaying.tools(connection), decisions.statuses(ruled)
    known = replaying.named_facts(connection, names, at) if names else {}
    return [
        (tool, _attributes(rows[tool], company, statuses), _facts(known.get(tool, {})))
        for tool in sorted(replaying.judged(connection))
        if tool in rows
    ]


def _attributes(row: Any, company: Company, statuses: Mapping[str, str]) -> Attributes:
    return {
        "tool.name": row.name,
        "tool.category": row.category or "",
        "tool.marketing": None if row.marketing is None else bool(row.marketing),
        "tool.status": statuses.get(row.id, "new"),
        "tool.provisional": bool(row.provisional),
        "company.currency": company.base_currency or "",
    }


def _facts(known: Mapping[str, tuple[Any, str | None, list[str]]]) -> Facts:
    found: dict[str, Known | Unknown] = {}
    for name, (value, reason, evidence) in known.items():
        if name not in VOCABULARY:
            continue  # an earlier version's word
        read = None if reason is not None else decode(VOCABULARY[name], value)
        found[name] = (
            Unknown(reason or "it was kept by another version") if read is None else Known(read, tuple(evidence))
        )
    return found


def flagged(policies: Sequence[Policy], past: Sequence[Moment]) -> dict[tuple[str, str], Flag]:
    """Return what was violated, by policy and tool; policies that are off are left out."""
    found: dict[tuple[str, str], Flag] = {}
    for moment in past:
        for tool, verdicts in judge_tools(policies, moment.tools, moment.at):
            for policy, verdict in verdicts.items():
                if verdict.verdict is Outcome.VIOLATED:
                    before = found.get((policy, tool))
                    found[policy, tool] = Flag(
                        policy=policy,
                        tool=tool,
                        first=moment.at if before is None else before.first,
                        last=moment.at,
                        moments=1 if before is None else before.moments + 1,
                        now=moment is past[-1],
                        message=verdict.message,
                    )
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What another version of the policies changes of one flag: `added`, `removed`, or `moved` (other moments)."""

    change: str
    before: Flag | None
    after: Flag | None


def changes(before: Mapping[tuple[str, str], Flag], after: Mapping[tuple[str, str], Flag]) -> list[Change]:
    """Return what differs between what two versions of the policies flag, by policy and tool."""
    found = []
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            found.append(Change("added" if one is None else "removed", one, other))
        elif (one.first, one.last, one.moments) != (other.first, other.last, other.moments):
            found.append(Change("moved", one, other))
    return found


def last_moment(as_of: int | None, now: datetime) -> datetime:
    """Return the last moment to look at: the as-of of the last run, else now."""
    return now if as_of is None else from_ms(as_of)
