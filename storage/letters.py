"""What a message needs to know beside its row: where somebody is reached, what is asked, which source refuses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, text

from storage.tables import metadata

_QUESTION, _TOOL = metadata.tables["question"], metadata.tables["tool"]
_ADDRESS = """
    SELECT a.address FROM actor a WHERE a.address IS NOT NULL AND (a.id = :actor OR a.id IN
        (SELECT p.actor_id FROM actor_person p WHERE p.person_id = :actor AND p.valid_to IS NULL))
    ORDER BY CASE WHEN a.id = :actor THEN 0 ELSE 1 END, a.id LIMIT 1"""
_REFUSED = """
    SELECT s.name AS source, max((SELECT min(y.run_id) FROM coverage y WHERE y.stream_id = c.stream_id
        AND y.run_id > coalesce((SELECT max(z.run_id) FROM coverage z
            WHERE z.stream_id = c.stream_id AND z.status <> 'refused'), 0))) AS since
    FROM coverage c JOIN stream st ON st.id = c.stream_id JOIN source s ON s.id = st.source_id
    WHERE c.status = 'refused' AND c.run_id = (SELECT max(x.run_id) FROM coverage x WHERE x.stream_id = c.stream_id)
    GROUP BY s.name ORDER BY s.name"""


def tool(connection: Connection, number: str) -> dict[str, Any] | None:
    """Return the row of a tool, or None."""
    found = connection.execute(select(_TOOL).where(_TOOL.c.id == number)).one_or_none()
    return None if found is None else dict(found._mapping)


def asked(connection: Connection, case: int) -> list[int]:
    """Return the actors whose answers to questions of a case are waited for."""
    where = (_QUESTION.c.case_id == case) & (_QUESTION.c.state == "open") & _QUESTION.c.actor_id.is_not(None)
    return sorted({*connection.scalars(select(_QUESTION.c.actor_id).where(where))})


def address_of(connection: Connection, actor: int) -> str | None:
    """Return the mail address of an actor or person, None where none is known any more."""
    found = connection.scalar(text(_ADDRESS), {"actor": actor})
    return None if found is None else str(found)


def refused_sources(connection: Connection) -> list[tuple[str, int]]:
    """Return (source, the run of the latest refusal) of sources of which a stream is refused since."""
    return [(str(row.source), int(row.since)) for row in connection.execute(text(_REFUSED))]
