"""Questions that people were asked of tools: one row a question, whom it went to, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update

from storage.statements import statement
from storage.tables import metadata

_QUESTION = metadata.tables["question"]
#: A question of a case that is closed is open no more, whatever closed the case.
_FOUND = """
    SELECT q.id, q.tool_id, q.case_id, q.fact, q.asks, q.actor_id, q.asked_by, q.asked_at, q.due_at, q.link_hash,
        q.link_until, q.answer, coalesce(q.closed_at, c.closed_at) AS closed_at,
        CASE WHEN q.state = 'open' AND c.state = 'closed' THEN 'expired' ELSE q.state END AS state,
        coalesce(t.name, q.tool_id) AS tool, coalesce(a.address, a.name, a.native_id) AS address,
        coalesce(p.person_id, q.actor_id) AS person
    FROM question q LEFT JOIN review_case c ON c.id = q.case_id LEFT JOIN actor a ON a.id = q.actor_id
    LEFT JOIN actor_person p ON p.actor_id = q.actor_id AND p.valid_to IS NULL
    LEFT JOIN tool t ON t.id = q.tool_id{where} ORDER BY q.id"""

_PERSON = """(
    SELECT coalesce(op.person_id, o.actor_id) FROM account o
    LEFT JOIN actor_person op ON op.actor_id = o.actor_id AND op.valid_to IS NULL WHERE o.id = :account)"""
#: The addresses of the person are named first: of those who were asked, the person is not looked for then.
_OPEN_FOR = text(
    _FOUND.format(
        where=f"""
    WHERE q.state = 'open' AND (c.state IS NULL OR c.state <> 'closed') AND q.actor_id IN (
        SELECT y.actor_id FROM actor_person y WHERE y.valid_to IS NULL AND y.person_id = {_PERSON}
        UNION ALL SELECT {_PERSON}) AND coalesce(p.person_id, q.actor_id) = {_PERSON}"""
    )
)


def add(connection: Connection, row: Mapping[str, Any]) -> int:
    """Enter a question (tool_id, case_id, fact, asks, actor_id, asked_by, asked_at, due_at); return its number."""
    key = connection.execute(insert(_QUESTION).values(dict(row) | {"state": "open"})).inserted_primary_key
    assert key is not None
    return int(key[0])


def change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Give a question other values."""
    connection.execute(update(_QUESTION).where(_QUESTION.c.id == number).values(dict(values)))


def close(connection: Connection, number: int, state: str, at: int, answer: int | None = None) -> bool:
    """Close a question that is open, with the decision that answered it; return whether it was open."""
    where = (_QUESTION.c.id == number) & (_QUESTION.c.state == "open")
    values = {"state": state, "closed_at": at, "answer": answer}
    return connection.execute(update(_QUESTION).where(where).values(values)).rowcount > 0


def question(connection: Connection, number: int) -> dict[str, Any] | None:
    """Return a question as `questions` does, or None."""
    rows = connection.execute(statement(_FOUND.format(where=" WHERE q.id = :id")), {"id": number})
    return next((dict(row._mapping) for row in rows), None)


def numbered(connection: Connection, numbers: Collection[int]) -> list[dict[str, Any]]:
    """Return the questions of some numbers (a few hundred) as `questions` does."""
    wanted = text(_FOUND.format(where=" WHERE q.id IN :numbers")).bindparams(bindparam("numbers", expanding=True))
    return [dict(row._mapping) for row in connection.execute(wanted, {"numbers": [*numbers]})]


def questions(connection: Connection, *, tool: str | None = None, case: int | None = None) -> list[dict[str, Any]]:
    """Return questions in the order in which they were asked: all, or those of a tool or of a case.

    A row has the columns of the table, and: tool (its name), address (of whom was asked), person (who that is by now).
    """
    wanted: dict[str, Any] = {"tool": tool} if tool is not None else {} if case is None else {"case": case}
    where = "".join(f" WHERE q.{name}_id = :{name}" for name in wanted)
    return [dict(row._mapping) for row in connection.execute(statement(_FOUND.format(where=where)), wanted)]


def asked_since(connection: Connection, person: int, since: int) -> int:
    """Return how many questions went to a person since a moment (milliseconds)."""
    sql = (
        "SELECT count(*) FROM question q LEFT JOIN actor_person p ON p.actor_id = q.actor_id AND p.valid_to IS NULL"
        " WHERE coalesce(p.person_id, q.actor_id) = :person AND q.asked_at >= :since"
    )
    return int(connection.scalar(statement(sql), {"person": person, "since": since}) or 0)


def open_for(connection: Connection, account: int) -> list[dict[str, Any]]:
    """Return the open questions that went to the person of an account, under whichever address, the due ones first."""
    rows = connection.execute(_OPEN_FOR, {"account": account})
    return sorted(
        (dict(row._mapping) for row in rows), key=lambda row: (row["due_at"] is None, row["due_at"], row["id"])
    )
