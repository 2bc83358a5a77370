"""Records: signals that are kept one by one, in versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from model.signal import Actor, Signal, SignalKind
from storage.bulk import stage
from storage.tables import metadata
from storage.times import to_ms

_RECORD = metadata.tables["record"]
_COLUMNS = (
    "native_id",
    "kind",
    "seen_at",
    "identity_id",
    "actor_id",
    "app",
    "facts",
    "amount_micros",
    "currency",
    "budget",
    "digest",
)
_LISTED = ", ".join(_COLUMNS)
#: Kinds that the source may correct under the same id; all other events stay as first seen.
_CORRECTABLE = (SignalKind.CHARGE, SignalKind.DECLARATION)

Staged = tuple[str, str, int, int | None, int, str | None, str, int | None, str | None, str | None, int]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch of records changed."""

    added: int = 0
    changed: int = 0
    closed: int = 0


def staged(signal: Signal, identity_id: int | None, actor_id: int, *, timeless: bool) -> Staged:
    """Return a signal as the row that `apply` takes.

    `timeless` (snapshots) leaves the time of reading out of what tells two versions apart. An address inside the
    native id is replaced by the actor's number: names and addresses stand in one table only.
    """
    facts = dict(signal.facts)
    amount, currency = facts.pop("amount_micros", None), facts.pop("currency", None)
    budget = facts.get("cost_center") or facts.get("unit") if signal.kind is SignalKind.CHARGE else None
    app = json.dumps(signal.app.named(), sort_keys=True, ensure_ascii=False) if signal.app else None
    told = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    native = without_address(signal.native_id, signal.actor, actor_id)
    told_apart = (signal.kind.value, None if timeless else to_ms(signal.seen_at), actor_id, app, told, amount, currency)
    digest = hashlib.blake2b(repr(told_apart).encode(), digest_size=8).digest()
    return (
        native,
        signal.kind.value,
        to_ms(signal.seen_at),
        identity_id,
        actor_id,
        app,
        told,
        amount,  # type: ignore[return-value]
        currency,  # type: ignore[return-value]
        budget,  # type: ignore[return-value]
        int.from_bytes(digest, "big", signed=True),
    )


def without_address(native_id: str, actor: Actor | None, actor_id: int) -> str:
    """Return the id without any e-mail address in it, still unique: the actor's number, or a hash, stands instead."""
    if "@" not in native_id:
        return native_id
    for name in () if actor is None else (actor.native_id, actor.address):
        if name and "@" in name:
            native_id = native_id.replace(name, f"#{actor_id}").replace(name.casefold(), f"#{actor_id}")
    if "@" in native_id:
        return "sha256:" + hashlib.sha256(native_id.encode()).hexdigest()[:32]
    return native_id


def apply(connection: Connection, stream_id: int, run_at: int, rows: Iterable[Staged], *, events: bool) -> Applied:
    """Write a batch of records of one stream, read by the run that started at `run_at` (milliseconds).

    A record that is new is added; one that differs gets a new version from `run_at` on, and the old one ends there;
    one that is equal is left alone. Of two in one run the later one counts. The ids seen are remembered in the
    temporary table `ostiary_seen`, for `close_unseen`.
    """
    last: dict[str, Staged] = {}
    for row in rows:
        if events and row[0] in last and row[1] not in _CORRECTABLE:
            continue
        last[row[0]] = row
    stage(connection, "ostiary_records", _RECORD, _COLUMNS, sorted(last.values(), key=lambda r: r[0]))
    bound = {"stream": stream_id, "now": run_at}
    _remember(connection, stream_id)
    if events:
        kept = ", ".join(f"'{k.value}'" for k in _CORRECTABLE)
        connection.execute(
            text(
                f"DELETE FROM ostiary_records WHERE kind NOT IN ({kept}) AND native_id IN"
                " (SELECT native_id FROM record WHERE stream_id = :stream)"
            ),
            bound,
        )
    open_one = "r.stream_id = :stream AND r.valid_to IS NULL AND r.native_id = s.native_id"
    connection.execute(
        text(
            "DELETE FROM ostiary_records AS s WHERE EXISTS"
            f" (SELECT 1 FROM record r WHERE {open_one} AND r.digest = s.digest)"
        ),
        bound,
    )
    changed = _rowcount(
        connection,
        "UPDATE record AS r SET valid_to = :now WHERE r.stream_id = :stream AND r.valid_to IS NULL AND r.valid_from < :now"
        " AND EXISTS (SELECT 1 FROM ostiary_records s WHERE s.native_id = r.native_id)",
        bound,
    )
    assigned = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS[1:])
    written = _rowcount(
        connection,
        f"INSERT INTO record (stream_id, valid_from, valid_to, {_LISTED})"
        f" SELECT CAST(:stream AS INTEGER), CAST(:now AS BIGINT), CAST(NULL AS BIGINT), {_LISTED} FROM ostiary_records WHERE true ORDER BY native_id"
        f" ON CONFLICT (stream_id, native_id, valid_from) DO UPDATE SET valid_to = NULL, {assigned}",
        bound,
    )
    return Applied(added=written - changed, changed=changed)


def forget_seen(connection: Connection) -> None:
    """Begin a run's memory of seen records."""
    connection.execute(text("DROP TABLE IF EXISTS ostiary_seen"))
    connection.execute(
        text("CREATE TEMPORARY TABLE ostiary_seen (stream_id INTEGER, native_id TEXT, actor_id INTEGER)")
    )


def _remember(connection: Connection, stream_id: int) -> None:
    connection.execute(
        text("CREATE TEMPORARY TABLE IF NOT EXISTS ostiary_seen (stream_id INTEGER, native_id TEXT, actor_id INTEGER)")
    )
    connection.execute(
        text("INSERT INTO ostiary_seen SELECT :stream, native_id, actor_id FROM ostiary_records"), {"stream": stream_id}
    )


def close_unseen(connection: Connection, stream_id: int, run_at: int, *, within_actors: bool) -> int:
    """End the open records of a snapshot that this run did not see; only ever called for one read to the end.

    `within_actors`: only records of actors that the run did see. Returns how many were closed.
    """
    within = " AND r.actor_id IN (SELECT actor_id FROM ostiary_seen WHERE stream_id = :stream)" if within_actors else ""
    return _rowcount(
        connection,
        "UPDATE record AS r SET valid_to = :now WHERE r.stream_id = :stream AND r.valid_to IS NULL"
        " AND r.valid_from < :now AND NOT EXISTS"
        " (SELECT 1 FROM ostiary_seen s WHERE s.stream_id = :stream AND s.native_id = r.native_id)" + within,
        {"stream": stream_id, "now": run_at},
    )


def _rowcount(connection: Connection, sql: str, bound: dict[str, int]) -> int:
    return int(connection.execute(text(sql), bound).rowcount)


__all__: Sequence[str] = ("Applied", "Staged", "apply", "close_unseen", "forget_seen", "staged", "without_address")
