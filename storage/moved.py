"""What moved since somebody looked: which acts and runs there were, and which tools the acts were about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from storage.narrowing import of_some

#: One small question: each part of it is answered by the end of a primary key.
_MARK = """
    SELECT (SELECT max(id) FROM decision) AS decision, (SELECT max(id) FROM case_event) AS event, (
        SELECT id FROM run WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1) AS run"""
_MARKED = text(_MARK)
_DECISIONS = "SELECT id, object, detail FROM decision WHERE id > :since AND id <= :until ORDER BY id"
_NAMED = "SELECT id, object, detail FROM decision WHERE 1 = 1{of_some}"
_EVENTS = """
    SELECT DISTINCT c.tool_id FROM case_event e JOIN review_case c ON c.id = e.case_id
    WHERE e.id > :since AND e.id <= :until"""
_CASES = "SELECT tool_id FROM review_case WHERE 1 = 1{of_some}"
#: All tools that an identity ever was: what is split from one leaves another row there, too.
_LINKED = """
    SELECT l.tool_id FROM identity i JOIN source s ON s.id = i.source_id JOIN link l ON l.identity_id = i.id
    WHERE i.key = :key AND s.name = :source AND l.tool_id IS NOT NULL"""
#: Fields of a decision that name another tool.
_TOOLS = ("into", "to", "tool", "instead_of")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far acts and runs had come: the last decision, the last thing that happened to a case, the last ended run."""

    decision: int
    event: int
    run: int

    def acts(self) -> tuple[int, int]:
        """Return the part that acts of people move."""
        return self.decision, self.event


def mark(connection: Connection) -> Mark:
    """Return how far acts and runs have come."""
    decision, event, run = connection.execute(_MARKED).one()
    return Mark(decision or 0, event or 0, run or 0)


def ended_at(connection: Connection, run: int) -> int | None:
    """Return when a run ended (milliseconds), None where there is no such run."""
    found = connection.scalar(text("SELECT ended_at FROM run WHERE id = :run"), {"run": run})
    return None if found is None else int(found)


def tools_moved(connection: Connection, since: Mark, until: Mark) -> set[str]:
    """Return the tools that acts between two marks were about, as they are called by these acts."""
    bound = {"since": since.event, "until": until.event}
    found = set(connection.scalars(text(_EVENTS), bound))
    rows = connection.execute(text(_DECISIONS), {"since": since.decision, "until": until.decision})
    return found | _tools_of(connection, rows)


def _tools_of(connection: Connection, rows: Iterable[Any]) -> set[str]:
    """Return the tools that decisions speak of; what is taken back speaks of its own."""
    found: set[str] = set()
    numbers: dict[str, set[int]] = {"decision": set(), "case": set()}
    for row in rows:
        kind, _, about = row.object.partition(":")
        detail = json.loads(row.detail)
        found.update(detail[name] for name in _TOOLS if isinstance(detail.get(name), str))
        if kind in numbers and about.isdecimal():
            numbers[kind].add(int(about))
        elif kind == "tool":
            found.add(about)
        elif kind == "finding":
            found.add(about.partition(":")[2])
        elif kind == "identity":
            found.update(_linked(connection, about))
    found.update(row.tool_id for row in of_some(connection, _CASES, "id", numbers["case"]))
    if numbers["decision"]:
        found |= _tools_of(connection, list(of_some(connection, _NAMED, "id", numbers["decision"])))
    return found


def _linked(connection: Connection, identity: str) -> Iterator[str]:
    source, _, key = identity.partition("/")
    yield from connection.scalars(text(_LINKED), {"source": source, "key": key})
