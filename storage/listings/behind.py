"""What is behind a change: the run or decision that made it, why it was so before and is so now, the evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from storage.times import iso, month_text

#: So many keys of evidence are given of each side, the newest.
_EVIDENCE = 20
_RUN = """
    SELECT id, command, started_at, as_of FROM run
    WHERE started_at <= :at AND (started_at = :at OR ended_at IS NULL OR ended_at >= :at)
    ORDER BY started_at DESC, id DESC LIMIT 1"""
_LINKS = """
    SELECT l.valid_from, l.valid_to, l.why, l.identity_id FROM link l JOIN identity i ON i.id = l.identity_id
    JOIN source s ON s.id = i.source_id WHERE s.name = :source AND i.key = :key
    AND (l.valid_from = :at OR l.valid_to = :at)"""
_SIGNALS = """
    SELECT s.name || '/' || st.name || '/' || r.native_id AS key FROM record r
    JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id
    WHERE r.identity_id = :identity AND r.valid_to IS NULL ORDER BY r.seen_at DESC, r.native_id LIMIT :most"""
_USAGE = """
    SELECT s.name AS source, i.key, u.month FROM usage u JOIN identity i ON i.id = u.identity_id
    JOIN source s ON s.id = i.source_id WHERE u.identity_id = :identity
    GROUP BY s.name, i.key, u.month ORDER BY u.month DESC LIMIT :most"""
_VERSIONS = """
    SELECT r.valid_from, r.valid_to FROM record r JOIN stream st ON st.id = r.stream_id
    JOIN source s ON s.id = st.source_id WHERE s.name = :source AND st.name = :stream AND r.native_id = :native
    AND (r.valid_from = :at OR r.valid_to = :at)"""
_FINDING = """
    SELECT valid_from, message, reading FROM finding WHERE policy = :policy AND tool_id = :tool
    AND (valid_from = :at OR valid_to = :at)"""
_SIDES = ("before", "after")

_Behind = dict[str, Any]


def behind(connection: Connection, kind: str, at: int, ref: tuple[Any, ...]) -> _Behind:
    """Return what `changes.change` adds to a change of a kind at a time (milliseconds); `ref` names what changed."""
    find: Callable[[Connection, int, tuple[Any, ...]], _Behind] = {
        "link": _link,
        "tool": _link,
        "finding": _finding,
        "case": _case,
        "decision": _decision,
    }.get(kind, _record)
    found = find(connection, at, ref)
    said, evidence = found.get("said", {}), found.get("evidence", {})
    return {
        "run": None if kind == "decision" else _run(connection, at),
        "decision": found.get("decision"),
        "finding": f"{ref[0]}:{ref[1]}" if kind == "finding" else None,
        "case": ref[0] if kind == "case" else None,
        "said": {side: said.get(side) for side in _SIDES},
        "evidence": {side: evidence.get(side, []) for side in _SIDES},
    }


def _run(connection: Connection, at: int) -> dict[str, Any] | None:
    row = connection.execute(text(_RUN), {"at": at}).first()
    if row is None:
        return None
    return {"id": row.id, "command": row.command, "started_at": iso(row.started_at), "as_of": iso(row.as_of)}


def _link(connection: Connection, at: int, ref: tuple[Any, ...]) -> _Behind:
    source, key = ref
    said, evidence = {}, {}
    for row in connection.execute(text(_LINKS), {"source": source, "key": key, "at": at}):
        side = "after" if row.valid_from == at else "before"
        said[side] = row.why
        evidence[side] = _of_identity(connection, row.identity_id)
    ruled = re.search(r"\(decision (\d+), [^)]*\)\.$", said.get("after", ""))
    number = int(ruled[1]) if ruled else None
    if number is not None:
        evidence["after"] = [f"decision:{number}", *evidence["after"]]
    return {"said": said, "evidence": evidence, "decision": number}


def _of_identity(connection: Connection, identity: int) -> list[str]:
    bound = {"identity": identity, "most": _EVIDENCE}
    signals = [f"signal:{key}" for key in connection.scalars(text(_SIGNALS), bound)]
    usage = [f"usage:{r.source}/{r.key}/{month_text(r.month)}" for r in connection.execute(text(_USAGE), bound)]
    return [*signals, *usage][:_EVIDENCE]


def _record(connection: Connection, at: int, ref: tuple[Any, ...]) -> _Behind:
    """Say which run read each version; a key of evidence leads to what is in force, so to the newest one alone."""
    source, stream, native = ref
    said, evidence = {}, {}
    bound = {"source": source, "stream": stream, "native": native, "at": at}
    for row in connection.execute(text(_VERSIONS), bound):
        side = "after" if row.valid_from == at else "before"
        run = _run(connection, row.valid_from)
        read = "" if run is None else f", as run {run['id']} read it ({run['started_at']})"
        said[side] = f"{source} stated it in {stream}{read}."
        evidence[side] = [f"signal:{source}/{stream}/{native}"] if row.valid_to is None else []
    return {"said": said, "evidence": evidence}


def _finding(connection: Connection, at: int, ref: tuple[Any, ...]) -> _Behind:
    policy, tool = ref
    said, evidence = {}, {}
    for row in connection.execute(text(_FINDING), {"policy": policy, "tool": tool, "at": at}):
        side = "after" if row.valid_from == at else "before"
        said[side] = row.message
        keys = [key for read in json.loads(row.reading) for key in read.get("evidence", ())]
        evidence[side] = list(dict.fromkeys(keys))[:_EVIDENCE]
    return {"said": said, "evidence": evidence}


def _case(connection: Connection, _at: int, ref: tuple[Any, ...]) -> _Behind:
    why = connection.scalar(text("SELECT why FROM review_case WHERE id = :id"), {"id": ref[0]})
    return {"said": {"after" if ref[1] == "opened" else "before": why}}


def _decision(connection: Connection, _at: int, ref: tuple[Any, ...]) -> _Behind:
    (number,) = ref
    sql = "SELECT t.body FROM decision d LEFT JOIN text t ON t.hash = d.reason_hash WHERE d.id = :id"
    reason = connection.scalar(text(sql), {"id": number})
    return {"decision": number, "said": {"after": reason}, "evidence": {"after": [f"decision:{number}"]}}
