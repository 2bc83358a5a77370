"""Records: signals that are kept one by one, in versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from model.signal import Actor, Scalar, Signal, SignalKind
from model.stream import BILL_SUFFIX
from storage.bulk import stage
from storage.tables import metadata
from storage.times import to_ms
from storage.words import clean

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
    """What a batch of records changed, beside what batches of the same run did before: their sums are the run's."""

    added: int = 0
    changed: int = 0
    closed: int = 0


def staged(signal: Signal, identity_id: int | None, actor_id: int, *, timeless: bool) -> Staged:
    """Return a signal as the row that `apply` takes.

    `timeless` (snapshots) leaves the time of reading out of what tells two versions apart. An address inside the
    native id is replaced by the actor's number: names and addresses stand in one table only.
    """
    facts = {name: _kept(value) for name, value in signal.facts.items()}
    amount, currency = facts.pop("amount_micros", None), facts.pop("currency", None)
    budget = facts.get("cost_center") or facts.get("unit") if signal.kind is SignalKind.CHARGE else None
    app = _json({name: clean(value) for name, value in signal.app.named().items()}) if signal.app else None
    told = _json(facts)
    native = clean(without_address(signal.native_id, signal.actor, actor_id))
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
        currency,
        budget,
        int.from_bytes(digest, "big", signed=True),
    )


def _kept(value: Scalar) -> Scalar:
    if isinstance(value, tuple):
        return tuple(clean(v) for v in value)
    return clean(value) if isinstance(value, str) else value


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def without_address(native_id: str, actor: Actor | None, actor_id: int) -> str:
    """Return the id without any e-mail address in it, still unique: the actor's number, or a hash, stands instead."""
    if "@" not in native_id:
        return native_id
    for name in () if actor is None else (actor.native_id, actor.address):
        if name and "@" in name:
            native_id = native_id.replace(name, f"#{actor_id}").replace(name.casefold(), f"#{actor_id}")
    if "@" in native_id:
        return "sha256:" + hashlib.sha256(clean(native_id).encode()).hexdigest()[:32]
    return native_id


def apply(connection: Connection, stream_id: int, run_at: int, rows: Iterable[Staged], *, events: bool) -> Applied:
    """Write a batch of records of one stream, read by the run that started at `run_at` (milliseconds).

    A record that is new is added; one that differs gets a new version from `run_at` on, and the old one ends there;
    one that is equal is left alone. Of two that the run reads of one id the one with the later `seen_at` counts, then
    the one with the larger digest, in whatever order and batches they come. Of events other than charges and
    declarations the first run's stays. The ids seen are remembered in the temporary table `ostiary_seen`, for
    `close_unseen`.
    """
    best: dict[str, Staged] = {}
    for row in rows:
        if row[0] not in best or _rank(row) > _rank(best[row[0]]):
            best[row[0]] = row
    stage(connection, "ostiary_records", _RECORD, _COLUMNS, sorted(best.values(), key=lambda r: r[0]))
    _index(connection, "ostiary_records")
    bound = {"stream": stream_id, "now": run_at}
    _remember_better(connection, bound)
    if events:
        _leave_earlier_events(connection, bound)
    reopened = _leave_equal(connection, bound)
    ended = _end_others(connection, bound)
    replaced = _rowcount(
        connection,
        f"DELETE FROM record WHERE stream_id = :stream AND valid_from = :now AND {_IN_BATCH}",
        bound,
    )
    written = _rowcount(
        connection,
        f"INSERT INTO record (stream_id, valid_from, valid_to, {_LISTED})"
        " SELECT CAST(:stream AS INTEGER), CAST(:now AS BIGINT), CAST(NULL AS BIGINT),"
        f" {_LISTED} FROM ostiary_records ORDER BY native_id",
        bound,
    )
    return Applied(added=written - replaced - ended, changed=ended - reopened)


def _index(connection: Connection, table: str) -> None:
    """Let PostgreSQL, which knows nothing of a table just filled, look up ids in it whatever plan it chooses."""
    connection.execute(text(f"CREATE INDEX {table}_id ON {table} (native_id)"))


def _rank(row: Staged) -> tuple[int, int]:
    return row[2], row[-1]


def forget_seen(connection: Connection) -> None:
    """Begin a run's memory of seen records."""
    connection.execute(text("DROP TABLE IF EXISTS ostiary_seen"))
    connection.execute(text("DROP TABLE IF EXISTS ostiary_seen_actor"))
    _begin_memory(connection)


def _begin_memory(connection: Connection) -> None:
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE IF NOT EXISTS ostiary_seen (stream_id INTEGER, native_id TEXT, actor_id INTEGER,"
            " seen_at BIGINT, digest BIGINT, PRIMARY KEY (stream_id, native_id))"
        )
    )
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE IF NOT EXISTS ostiary_seen_actor (stream_id INTEGER, actor_id INTEGER,"
            " PRIMARY KEY (stream_id, actor_id))"
        )
    )


def remember_actors(connection: Connection, stream_id: int, actors: Sequence[int]) -> None:
    """Let the run have seen actors of a stream of whom the source holds nothing, for `close_unseen`."""
    _begin_memory(connection)
    for actor in actors:
        connection.execute(
            text(
                "INSERT INTO ostiary_seen_actor (stream_id, actor_id) VALUES (:stream, :actor)"
                " ON CONFLICT (stream_id, actor_id) DO NOTHING"
            ),
            {"stream": stream_id, "actor": actor},
        )


def _remember_better(connection: Connection, bound: dict[str, int]) -> None:
    """Leave out of the batch what the run has seen as well or better, and remember the rest."""
    _begin_memory(connection)
    _rowcount(
        connection,
        "DELETE FROM ostiary_records AS s WHERE EXISTS (SELECT 1 FROM ostiary_seen m WHERE m.stream_id = :stream"
        " AND m.native_id = s.native_id AND (m.seen_at > s.seen_at OR m.seen_at = s.seen_at AND m.digest >= s.digest))",
        bound,
    )
    _rowcount(
        connection,
        "INSERT INTO ostiary_seen (stream_id, native_id, actor_id, seen_at, digest)"
        " SELECT CAST(:stream AS INTEGER), native_id, actor_id, seen_at, digest FROM ostiary_records WHERE true"
        " ON CONFLICT (stream_id, native_id) DO UPDATE"
        " SET actor_id = excluded.actor_id, seen_at = excluded.seen_at, digest = excluded.digest",
        bound,
    )


def _leave_earlier_events(connection: Connection, bound: dict[str, int]) -> None:
    """Leave out what an earlier run kept: an event does not change, but for the kinds that a source may correct."""
    kept = ", ".join(f"'{k.value}'" for k in _CORRECTABLE)
    _rowcount(
        connection,
        f"DELETE FROM ostiary_records AS s WHERE s.kind NOT IN ({kept}) AND EXISTS (SELECT 1 FROM record r"
        " WHERE r.stream_id = :stream AND r.native_id = s.native_id AND r.valid_from < :now)",
        bound,
    )


#: Ids whose version in force when the run began is the batch's, whether or not the run has ended it since. The cross
#: join makes SQLite begin with the batch.
_EQUAL = """
    CREATE TEMPORARY TABLE ostiary_equal AS SELECT s.native_id FROM ostiary_records s CROSS JOIN record r
    WHERE r.stream_id = :stream AND r.native_id = s.native_id AND r.digest = s.digest AND r.valid_from < :now
    AND (r.valid_to IS NULL OR r.valid_to = :now)"""
_IN_EQUAL = "native_id IN (SELECT native_id FROM ostiary_equal)"
_IN_BATCH = "native_id IN (SELECT native_id FROM ostiary_records)"


def _leave_equal(connection: Connection, bound: dict[str, int]) -> int:
    """Leave out what was in force as it is; return how many of those the run had ended, which are in force again."""
    connection.execute(text("DROP TABLE IF EXISTS ostiary_equal"))
    _rowcount(connection, _EQUAL, bound)
    _index(connection, "ostiary_equal")
    _rowcount(connection, f"DELETE FROM ostiary_records WHERE {_IN_EQUAL}", bound)
    _rowcount(connection, f"DELETE FROM record WHERE stream_id = :stream AND valid_from = :now AND {_IN_EQUAL}", bound)
    return _rowcount(
        connection,
        "UPDATE record SET valid_to = NULL WHERE stream_id = :stream AND valid_to = :now AND valid_from < :now"
        f" AND {_IN_EQUAL}",
        bound,
    )


def _end_others(connection: Connection, bound: dict[str, int]) -> int:
    return _rowcount(
        connection,
        "UPDATE record SET valid_to = :now WHERE stream_id = :stream AND valid_to IS NULL AND valid_from < :now"
        f" AND {_IN_BATCH}",
        bound,
    )


def _bill(native_id: str) -> str:
    return f"substr({native_id}, 1, length({native_id}) - {BILL_SUFFIX})"


def open_bills(connection: Connection, stream_id: int) -> set[str]:
    """Return the bills that a stream has open records of: native ids without the last `BILL_SUFFIX` characters."""
    sql = f"SELECT DISTINCT {_bill('native_id')} FROM record WHERE stream_id = :stream AND valid_to IS NULL"
    return set(connection.scalars(text(sql), {"stream": stream_id}))


def close_unseen(
    connection: Connection, stream_id: int, run_at: int, *, within_actors: bool, within_bills: bool = False
) -> int:
    """End the open records of a snapshot that this run did not see; only ever called for one read to the end.

    `within_actors`: only records of actors that the run did see. `within_bills`: only records of bills that the run
    did see (see `Stream.closes`). Returns how many were closed.
    """
    _begin_memory(connection)
    met = (
        "SELECT actor_id FROM ostiary_seen WHERE stream_id = :stream"
        " UNION SELECT actor_id FROM ostiary_seen_actor WHERE stream_id = :stream"
    )
    within = f" AND r.actor_id IN ({met})" if within_actors else ""
    if within_bills:
        seen = f"SELECT {_bill('native_id')} FROM ostiary_seen WHERE stream_id = :stream"
        within += f" AND {_bill('r.native_id')} IN ({seen})"
    return _rowcount(
        connection,
        "UPDATE record AS r SET valid_to = :now WHERE r.stream_id = :stream AND r.valid_to IS NULL"
        " AND r.valid_from < :now AND NOT EXISTS"
        " (SELECT 1 FROM ostiary_seen s WHERE s.stream_id = :stream AND s.native_id = r.native_id)" + within,
        {"stream": stream_id, "now": run_at},
    )


def as_of(connection: Connection, at: int, stream_id: int | None = None) -> list[Any]:
    """Return the versions in force at a time (milliseconds), of one stream or of all, by stream and native id."""
    where = "" if stream_id is None else " AND stream_id = :stream"
    return list(
        connection.execute(
            text(
                "SELECT * FROM record WHERE valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)"
                f"{where} ORDER BY stream_id, native_id"
            ),
            {"at": at} | ({} if stream_id is None else {"stream": stream_id}),
        )
    )


def _rowcount(connection: Connection, sql: str, bound: dict[str, int]) -> int:
    return int(connection.execute(text(sql), {k: v for k, v in bound.items() if f":{k}" in sql}).rowcount)


__all__: Sequence[str] = (
    "Applied",
    "Staged",
    "apply",
    "as_of",
    "close_unseen",
    "forget_seen",
    "open_bills",
    "remember_actors",
    "staged",
    "without_address",
)
