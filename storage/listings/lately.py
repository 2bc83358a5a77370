"""What became different about one tool: its names, what sources list of it, and its findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from storage.listings import findings
from storage.statements import statement
from storage.times import iso

_LINKS = """
    SELECT l.valid_from, l.valid_to, l.tool_id, s.name AS source, i.key, b.tool_id AS before_id,
        bt.name AS before_name, n.tool_id AS next_id, nt.name AS next_name
    FROM link l JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id
    LEFT JOIN link b ON b.identity_id = l.identity_id AND b.valid_to = l.valid_from
    LEFT JOIN tool bt ON bt.id = b.tool_id
    LEFT JOIN link n ON n.identity_id = l.identity_id AND n.valid_from = l.valid_to
    LEFT JOIN tool nt ON nt.id = n.tool_id
    WHERE l.tool_id = :tool AND (l.valid_from >= :since OR l.valid_to >= :since)
    ORDER BY l.valid_from, s.name, i.key"""
#: Records of lists that were read before: what a list shows when it is first read is no change.
_RECORDS = """
    SELECT r.kind, r.valid_from, r.valid_to, s.name AS source, st.name AS stream, r.native_id, (
        SELECT max(b.valid_to) FROM record b WHERE b.stream_id = r.stream_id AND b.native_id = r.native_id
        AND b.valid_to = r.valid_from) AS replaced, (
        SELECT min(a.valid_from) FROM record a WHERE a.stream_id = r.stream_id AND a.native_id = r.native_id
        AND a.valid_from = r.valid_to) AS goes_on, (
        SELECT u.started_at FROM coverage c JOIN run u ON u.id = c.run_id WHERE c.stream_id = r.stream_id
        ORDER BY c.run_id LIMIT 1) AS first_read
    FROM link l JOIN record r ON r.identity_id = l.identity_id
    JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id
    WHERE l.tool_id = :tool AND l.valid_to IS NULL AND st.mode = 'snapshot' AND coalesce(r.kind, '') <> 'charge'
    AND (r.valid_from >= :since OR r.valid_to >= :since)
    ORDER BY r.valid_from, r.stream_id, r.native_id"""


def lately(connection: Connection, tool: str, since: int) -> list[dict[str, Any]]:
    """Return what changed about a tool since a time (milliseconds), the latest first.

    Rows have at (ISO 8601), kind (name, record or finding), what (`named`, `left`, `added`, `changed`, `removed`, or
    what became of a finding), about (SOURCE/KEY, the kind of a record, or a policy), source, message (of a finding),
    evidence (a key, of a record in force), and tool_id and tool: the other tool, where a name went from or to one.
    """
    bound = {"tool": tool, "since": since}
    rows = [*_links(connection, bound), *_records(connection, bound), *_findings(connection, tool, since)]
    rows.sort(key=lambda row: row["at"], reverse=True)
    return [row | {"at": iso(row["at"])} for row in rows]


_NOTHING = dict.fromkeys(("about", "source", "message", "evidence", "tool_id", "tool"))


def _row(at: int, kind: str, what: str, **told: Any) -> dict[str, Any]:
    return {"at": at, "kind": kind, "what": what, **_NOTHING, **told}


def _links(connection: Connection, bound: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(statement(_LINKS), bound):
        about = {"about": f"{row.source}/{row.key}", "source": row.source}
        if row.valid_from >= bound["since"] and row.before_id != bound["tool"]:
            yield _row(row.valid_from, "name", "named", **about, tool_id=row.before_id, tool=row.before_name)
        if row.valid_to is not None and row.valid_to >= bound["since"] and row.next_id != bound["tool"]:
            yield _row(row.valid_to, "name", "left", **about, tool_id=row.next_id, tool=row.next_name)


def _records(connection: Connection, bound: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(statement(_RECORDS), bound):
        key = f"signal:{row.source}/{row.stream}/{row.native_id}"
        about = {"about": row.kind, "source": row.source}
        if row.valid_from >= bound["since"] and row.valid_from > (row.first_read or 0):
            what = "added" if row.replaced is None else "changed"
            yield _row(row.valid_from, "record", what, **about, evidence=key if row.valid_to is None else None)
        if row.valid_to is not None and row.valid_to >= bound["since"] and row.goes_on is None:
            yield _row(row.valid_to, "record", "removed", **about)


def _findings(connection: Connection, tool: str, since: int) -> Iterator[dict[str, Any]]:
    for row in findings.moves(connection, since, tool):
        yield _row(row["at"], "finding", row["what"], about=row["policy"], message=row["message"] or None)
