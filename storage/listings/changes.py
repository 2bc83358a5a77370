"""Changes: what became different, and when; the versions read one after the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from storage.listings import findings
from storage.listings.behind import behind
from storage.times import iso

_LINKS = """
    SELECT l.valid_from AS at, l.tool_id, l.imitates, coalesce(t.name, l.tool_id) AS tool, s.name AS source,
        i.app, i.key, before.tool_id AS before_id, coalesce(bt.name, before.tool_id) AS before_tool,
        before.identity_id AS had_before
    FROM link l JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id
    LEFT JOIN tool t ON t.id = l.tool_id
    LEFT JOIN link before ON before.identity_id = l.identity_id AND before.valid_to = l.valid_from
    LEFT JOIN tool bt ON bt.id = before.tool_id
    WHERE l.valid_from >= :since ORDER BY l.valid_from, l.identity_id"""
_RECORDS = """
    SELECT r.valid_from AS at, r.kind, r.app, r.facts, s.name AS source, st.name AS stream, r.native_id,
        l.tool_id, t.name AS tool, before.app AS before_app, before.facts AS before_facts, st.id AS stream_id
    FROM record r JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id
    JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL JOIN tool t ON t.id = l.tool_id
    LEFT JOIN record before ON before.stream_id = r.stream_id AND before.native_id = r.native_id
        AND before.valid_to = r.valid_from
    WHERE st.mode = 'snapshot' AND r.kind <> 'charge' AND r.valid_from >= :since AND r.valid_from > (
        SELECT min(x.valid_from) FROM record x WHERE x.stream_id = r.stream_id)
    ORDER BY r.valid_from, r.stream_id, r.native_id"""
_CLOSED = """
    SELECT r.valid_to AS at, r.kind, r.app, r.facts, s.name AS source, st.name AS stream, r.native_id, l.tool_id,
        t.name AS tool
    FROM record r JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id
    JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL JOIN tool t ON t.id = l.tool_id
    WHERE st.mode = 'snapshot' AND r.kind <> 'charge' AND r.valid_to >= :since AND NOT EXISTS (
        SELECT 1 FROM record n
        WHERE n.stream_id = r.stream_id AND n.native_id = r.native_id AND n.valid_from = r.valid_to)
    ORDER BY r.valid_to, r.stream_id, r.native_id"""
_DECISIONS = """
    SELECT d.at, d.kind, d.object, d.detail, d.id, t.id AS tool_id, t.name AS tool
    FROM decision d LEFT JOIN tool t ON 'tool:' || t.id = d.object WHERE d.at >= :since ORDER BY d.id"""

_CASES = """
    SELECT c.id, c.opened_at, c.closed_at, c.state, c.why, c.tool_id, coalesce(t.name, c.tool_id) AS tool
    FROM review_case c LEFT JOIN tool t ON t.id = c.tool_id
    WHERE c.opened_at >= :since OR c.closed_at >= :since ORDER BY c.id"""


def changes(connection: Connection, *, since: int = 0) -> list[dict[str, Any]]:
    """Return what changed since a time (milliseconds), oldest first: id, at, kind, tool_id, tool, what, before, after.

    `id` stays: it is made of what changed and when, ten hexadecimal digits that `change` takes, too.
    `kind` is tool (appeared), link (an identity is another tool now), finding (opened, reopened, resolved, or no longer
    to be judged), case (opened, closed), decision, or the kind of a record that was added, changed or removed after its
    stream was first read. Charges are no changes: `spend` tells of money.
    """
    return [{name: row[name] for name in FIELDS} | {"at": iso(row["at"])} for row in _all_changes(connection, since)]


def change(connection: Connection, wanted: str) -> list[dict[str, Any]]:
    """Return the changes whose id begins so (one, unless it is cut short), as `changes` does, and what is behind each.

    Those are: run (id, command, started_at, as_of; None where a person's decision alone did it), decision (a number, or
    None), finding and case (the id of the one that it is about), said (why it was so before and is so now, by `before`
    and `after`), and evidence (keys, by the same names).
    """
    found = [row for row in _all_changes(connection, 0) if row["id"].startswith(wanted)]
    return [
        {name: row[name] for name in FIELDS}
        | behind(connection, row["kind"], row["at"], row["ref"])
        | {"at": iso(row["at"])}
        for row in found
    ]


#: What a listing shows of a change.
FIELDS = ("id", "at", "kind", "tool_id", "tool", "what", "before", "after")


def _all_changes(connection: Connection, since: int) -> list[dict[str, Any]]:
    bound = {"since": since}
    rows = [
        *_link_changes(connection, bound),
        *(_record_change(row) for row in connection.execute(text(_RECORDS), bound)),
        *(_closed(row) for row in connection.execute(text(_CLOSED), bound)),
        *(_decision(row) for row in connection.execute(text(_DECISIONS), bound)),
        *map(_finding, findings.moves(connection, since)),
        *_cases(connection, bound),
    ]
    rows.sort(key=lambda r: r["at"])
    return rows


def _id(kind: str, at: int, ref: tuple[object, ...]) -> str:
    return hashlib.sha256(repr((kind, at, *ref)).encode()).hexdigest()[:10]


def _change(  # noqa: PLR0917 (the columns of a row, in their order)
    at: int, kind: str, row: Any, what: str, before: object, after: object, ref: tuple[object, ...]
) -> dict[str, Any]:
    return {
        "id": _id(kind, at, ref),
        "ref": ref,
        "at": at,
        "kind": kind,
        "tool_id": row.tool_id,
        "tool": row.tool,
        "what": what,
        "before": before,
        "after": after,
    }


def _link_changes(connection: Connection, bound: dict[str, int]) -> list[dict[str, Any]]:
    """Return links that became others; a tool appears with its first one, later ones are changes of identities."""
    first = {
        row.tool_id: row.at
        for row in connection.execute(text("SELECT tool_id, min(valid_from) AS at FROM link GROUP BY tool_id"))
    }
    found, appeared = [], set()
    for row in connection.execute(text(_LINKS), bound):
        ref = (row.source, row.key)
        if row.had_before is not None and row.before_id != row.tool_id:
            what = f"{row.source} {row.key}"
            found.append(_change(row.at, "link", row, what, row.before_tool, row.tool, ref))
        if row.tool_id is not None and row.at == first[row.tool_id] and row.tool_id not in appeared:
            appeared.add(row.tool_id)
            alike = f", a look-alike of {row.imitates}" if row.imitates else ""
            found.append(_change(row.at, "tool", row, f"appeared in {row.source}{alike}", None, row.tool, ref))
    return found


def _record_change(row: Any) -> dict[str, Any]:
    what = f"{_said(row)} {'changed' if row.before_facts is not None else 'added'}"
    before, after = _differing(row)
    return _change(row.at, row.kind, row, what, before, after, _place(row))


def _differing(row: Any) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    after = _all(row.app, row.facts)
    if row.before_facts is None:
        return None, after
    before = _all(row.before_app, row.before_facts)
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    return {n: before.get(n) for n in names}, {n: after.get(n) for n in names}


def _closed(row: Any) -> dict[str, Any]:
    return _change(row.at, row.kind, row, f"{_said(row)} removed", _all(row.app, row.facts), None, _place(row))


def _place(row: Any) -> tuple[object, ...]:
    return row.source, row.stream, row.native_id


def _said(row: Any) -> str:
    return f"{row.kind} {row.source}/{row.stream}/{row.native_id}"


def _all(app: str | None, facts: str) -> dict[str, Any]:
    return {**(json.loads(app) if app else {}), **json.loads(facts)}


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    said = f": {row['message']}" if row["verdict"] == "violated" else ""
    ref = (row["policy"], row["tool_id"])
    return {
        "id": _id("finding", row["at"], ref),
        "ref": ref,
        "at": row["at"],
        "kind": "finding",
        "tool_id": row["tool_id"],
        "tool": row["tool"],
        "what": f"{row['policy']} {row['what']}{said}",
        "before": row["before"],
        "after": row["verdict"],
    }


def _cases(connection: Connection, bound: dict[str, int]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(text(_CASES), bound):
        if row.opened_at >= bound["since"]:
            yield _change(
                row.opened_at, "case", row, f"case {row.id} opened: {row.why}", None, "open", (row.id, "opened")
            )
        if row.closed_at is not None:
            yield _change(row.closed_at, "case", row, f"case {row.id} closed", "open", row.state, (row.id, "closed"))


def _decision(row: Any) -> dict[str, Any]:
    detail = {k: v for k, v in json.loads(row.detail).items() if k != "words"}
    return _change(row.at, "decision", row, f"{row.kind} {row.object} (decision {row.id})", None, detail, (row.id,))
