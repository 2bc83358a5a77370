"""Who answers for a tool, as the lists say that a company keeps itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection

from storage.narrowing import of_some, unindexed

_SQL = """
    SELECT l.tool_id, r.facts, r.actor_id, coalesce(a.address, a.native_id) AS owner,
        coalesce(p.person_id, r.actor_id) AS person FROM record r
    JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL JOIN actor a ON a.id = r.actor_id
    LEFT JOIN actor_person p ON p.actor_id = r.actor_id AND p.valid_to IS NULL
    WHERE {kind} = 'declaration' AND r.valid_to IS NULL AND l.tool_id IS NOT NULL{{of_some}}
    ORDER BY r.seen_at, r.native_id"""


def owners(connection: Connection, wanted: Collection[str] | None = None) -> Iterator[Any]:
    """Yield tool_id, facts (JSON, `owner_side` among them), actor_id, owner (as listings name the actor) and person.

    They are the declarations in force, the latest last, of all tools or of some.
    """
    return of_some(connection, _SQL.format(kind=unindexed("r.kind", wanted)), "l.tool_id", wanted)
