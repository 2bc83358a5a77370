"""What people said and did: decisions, their words, the audit trail, the outbox. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from model.errors import Refused
from storage.narrowing import of_some
from storage.recalled import once_a_read
from storage.statements import statement
from storage.tables import metadata
from storage.words import clean

_DECISION, _TEXT = metadata.tables["decision"], metadata.tables["text"]
_AUDIT, _OUTBOX, _COMPANY = metadata.tables["audit"], metadata.tables["outbox"], metadata.tables["company"]


def lock_trail(connection: Connection) -> None:
    """Let no other transaction rule until this one ends; on SQLite a transaction that writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(statement("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))


def add_decision(connection: Connection, row: dict[str, Any]) -> int:
    """Append a decision (at, by, kind, object, detail as dict, reason_hash, origin) and return its number."""
    values = row | {"detail": clean(json.dumps(row["detail"], sort_keys=True, ensure_ascii=False))}
    key = connection.execute(insert(_DECISION).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def decisions(connection: Connection) -> list[dict[str, Any]]:
    """Return all decisions in order, `detail` as dict."""
    rows = connection.execute(select(_DECISION).order_by(_DECISION.c.id))
    return [dict(r._mapping) | {"detail": json.loads(r.detail)} for r in rows]


_FORMER = """
    SELECT DISTINCT f.tool_id AS former FROM link n JOIN link f ON f.identity_id = n.identity_id
    WHERE n.valid_to IS NULL AND n.tool_id LIKE 'new-%' AND f.tool_id LIKE 'new-%'{of_some}"""


def decisions_on(connection: Connection, tools: Collection[str]) -> list[dict[str, Any]]:
    """Return the decisions about some tools, in order, with those that took one of them back; `detail` as dict.

    A provisional tool is also found by its earlier ids.
    """
    former = {row.former for row in of_some(connection, _FORMER, "n.tool_id", tools)}
    return on_objects(connection, [f"tool:{tool}" for tool in {*tools, *former}])


def on_objects(connection: Connection, objects: Sequence[str]) -> list[dict[str, Any]]:
    """Return the decisions on some things (`tool:ID`, `finding:POLICY:ID`), in order, and those that took one back."""
    found = _by_objects(connection, objects)
    found += _by_objects(connection, [f"decision:{row['id']}" for row in found])
    return sorted(found, key=lambda row: row["id"])


def _by_objects(connection: Connection, objects: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for at in range(0, len(objects), 500):
        rows = connection.execute(select(_DECISION).where(_DECISION.c.object.in_(objects[at : at + 500])))
        found += [dict(r._mapping) | {"detail": json.loads(r.detail)} for r in rows]
    return found


def texts(connection: Connection, digests: Iterable[str]) -> dict[str, str | None]:
    """Return hash -> what a person wrote, None where it was erased."""
    found: dict[str, str | None] = {}
    wanted = sorted({*digests})
    for at in range(0, len(wanted), 500):
        rows = connection.execute(select(_TEXT).where(_TEXT.c.hash.in_(wanted[at : at + 500])))
        found.update((row.hash, row.body) for row in rows)
    return found


def decided_by_rules(connection: Connection) -> int:
    """Return how many decisions on the status of tools rules have made."""
    sql = "SELECT count(*) FROM decision WHERE kind = 'status' AND \"by\" LIKE 'rule:%'"
    return int(connection.scalar(statement(sql)) or 0)


def about(connection: Connection, what: str, kind: str) -> list[dict[str, Any]]:
    """Return id, detail (dict) and `undone` of the decisions of a kind about something, in order."""
    rows = connection.execute(
        statement(
            "SELECT d.id, d.detail, EXISTS (SELECT 1 FROM decision u WHERE u.kind = 'undo'"
            " AND u.object = 'decision:' || CAST(d.id AS TEXT)) AS undone FROM decision d"
            " WHERE d.object = :about AND d.kind = :kind ORDER BY d.id"
        ),
        {"about": what, "kind": kind},
    )
    return [{"id": row.id, "detail": json.loads(row.detail), "undone": bool(row.undone)} for row in rows]


def standing(connection: Connection, kind: str) -> dict[str, dict[str, Any]]:
    """Return object -> id and detail (dict) of the latest decision of a kind about it that no other took back."""
    rows = connection.execute(
        statement(
            "SELECT d.id, d.object, d.detail FROM decision d"
            " WHERE d.kind = :kind AND NOT EXISTS (SELECT 1 FROM decision u"
            " WHERE u.kind = 'undo' AND u.object = 'decision:' || CAST(d.id AS TEXT)) ORDER BY d.id"
        ),
        {"kind": kind},
    )
    return {row.object: {"id": row.id, "detail": json.loads(row.detail)} for row in rows}


def of_kind(connection: Connection, kind: str) -> list[dict[str, Any]]:
    """Return the decisions of a kind that no other took back, in order, `detail` as dict."""
    rows = connection.execute(
        statement(
            "SELECT d.* FROM decision d WHERE d.kind = :kind AND NOT EXISTS (SELECT 1 FROM decision u"
            " WHERE u.kind = 'undo' AND u.object = 'decision:' || CAST(d.id AS TEXT)) ORDER BY d.id"
        ),
        {"kind": kind},
    )
    return [dict(r._mapping) | {"detail": json.loads(r.detail)} for r in rows]


@once_a_read
def standing_about(connection: Connection, about: str) -> list[dict[str, Any]]:
    """Return the decisions on one thing that no other took back, in order, `detail` as dict."""
    rows = connection.execute(
        statement(
            "SELECT d.* FROM decision d WHERE d.object = :about AND d.kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM"
            " decision u WHERE u.kind = 'undo' AND u.object = 'decision:' || CAST(d.id AS TEXT)) ORDER BY d.id"
        ),
        {"about": about},
    )
    return [dict(r._mapping) | {"detail": json.loads(r.detail)} for r in rows]


def numbered(connection: Connection, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return the decisions of some numbers in order, `detail` as dict, `undone` where another one took it back."""
    wanted = sorted({*numbers})
    found: list[dict[str, Any]] = []
    for at in range(0, len(wanted), 500):
        part = wanted[at : at + 500]
        rows = connection.execute(select(_DECISION).where(_DECISION.c.id.in_(part)).order_by(_DECISION.c.id)).all()
        about = [f"decision:{number}" for number in part]
        where = (_DECISION.c.kind == "undo") & _DECISION.c.object.in_(about)
        undone = set(connection.scalars(select(_DECISION.c.object).where(where)))
        found += [
            dict(r._mapping) | {"detail": json.loads(r.detail), "undone": f"decision:{r.id}" in undone} for r in rows
        ]
    return found


def decision_of_origin(connection: Connection, origin: str) -> int | None:
    """Return the number of the decision that came from this record of a source, or None."""
    return connection.scalar(select(_DECISION.c.id).where(_DECISION.c.origin == origin))


def keep_text(connection: Connection, digest: str, body: str) -> None:
    """Keep what a person wrote, by its hash; what was erased and is written again is kept again."""
    if connection.scalar(select(_TEXT.c.hash).where(_TEXT.c.hash == digest)) is None:
        connection.execute(insert(_TEXT).values(hash=digest, body=body))
    else:
        connection.execute(update(_TEXT).where((_TEXT.c.hash == digest) & _TEXT.c.body.is_(None)).values(body=body))


def erase_text(connection: Connection, digest: str) -> bool:
    """Erase what a person wrote; its hash stays, so that the trail still verifies. Return whether it was there."""
    where = (_TEXT.c.hash == digest) & _TEXT.c.body.is_not(None)
    return connection.execute(update(_TEXT).where(where).values(body=None)).rowcount > 0


def text_of(connection: Connection, digest: str | None) -> str | None:
    """Return what a person wrote; None where nothing was, or it was erased."""
    return None if digest is None else connection.scalar(select(_TEXT.c.body).where(_TEXT.c.hash == digest))


def last_audit(connection: Connection) -> tuple[int, str]:
    """Return number and mac of the last audit row; (0, "") where there is none."""
    row = connection.execute(select(_AUDIT.c.n, _AUDIT.c.mac).order_by(_AUDIT.c.n.desc()).limit(1)).first()
    return (0, "") if row is None else (int(row.n), str(row.mac))


def add_audit(connection: Connection, row: dict[str, Any]) -> None:
    """Append an audit row (n, at, actor, act, object, detail as text, mac)."""
    connection.execute(insert(_AUDIT).values(row))


def audit_rows(connection: Connection) -> list[dict[str, Any]]:
    """Return all audit rows in order, also where somebody put into one what is no text."""
    with any_bytes(connection):
        return [dict(r._mapping) for r in connection.execute(select(_AUDIT).order_by(_AUDIT.c.n))]


@contextmanager
def any_bytes(connection: Connection) -> Iterator[None]:
    """Let SQLite give text that is no UTF-8 too: it can be stored there, and must not hide the row that it is in."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    before, raw.text_factory = raw.text_factory, lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def add_outbox(
    connection: Connection,
    at: int,
    kind: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    next_at: int | None = None,
) -> int:
    """Enter something to be sent, in the transaction that causes it; return its number.

    A `key` is entered once: where it is there already, the number of that row is returned and nothing is changed.
    `next_at` is the moment before which nothing is done with it.
    """
    body = clean(json.dumps(payload, sort_keys=True, ensure_ascii=False))
    row = {"at": at, "kind": kind, "payload": body, "attempts": 0, "next_at": next_at, "key": key}
    if key is None:
        made = connection.execute(insert(_OUTBOX).values(row)).inserted_primary_key
        assert made is not None
        return int(made[0])
    other = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(other.insert(_OUTBOX).values(row).on_conflict_do_nothing(index_elements=["key"]))
    return int(connection.execute(select(_OUTBOX.c.id).where(_OUTBOX.c.key == key)).scalar_one())


def unsent(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """Return what is still to be sent, oldest first."""
    rows = connection.execute(select(_OUTBOX).where(_OUTBOX.c.sent_at.is_(None)).order_by(_OUTBOX.c.id).limit(limit))
    return [dict(r._mapping) | {"payload": json.loads(r.payload)} for r in rows]


def mark_sent(connection: Connection, number: int, at: int) -> None:
    """Mark an outbox row as sent. Raises Refused where it was sent before."""
    where = (_OUTBOX.c.id == number) & _OUTBOX.c.sent_at.is_(None)
    if not connection.execute(update(_OUTBOX).where(where).values(sent_at=at)).rowcount:
        raise Refused(f"outbox row {number} is sent already, or there is none")


def write_company(connection: Connection, settings: dict[str, Any], at: int) -> None:
    """Keep the company's settings where they differ from those kept."""
    body = json.dumps(settings, sort_keys=True, ensure_ascii=False)
    current = connection.scalar(select(_COMPANY.c.settings))
    if current is None:
        connection.execute(insert(_COMPANY).values(id=1, settings=body, changed_at=at))
    elif current != body:
        connection.execute(update(_COMPANY).values(settings=body, changed_at=at))


def company(connection: Connection) -> dict[str, Any] | None:
    """Return the company's settings as kept by the last run, or None."""
    kept = connection.scalar(select(_COMPANY.c.settings))
    return None if kept is None else dict(json.loads(kept))


def decision_count(connection: Connection) -> int:
    """Return how many decisions there are."""
    return int(connection.scalar(select(func.count()).select_from(_DECISION)) or 0)
