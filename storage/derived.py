"""What is derived: reading what it rests on, and writing only what differs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, update

from storage.tables import metadata

_LINK, _PLACE = metadata.tables["link"], metadata.tables["actor_person"]
_TOOL, _FIGURES = metadata.tables["tool"], metadata.tables["figures"]
#: Kinds of record that show that software exists; a charge alone does not.
SOFTWARE_KINDS = (
    "registration",
    "sign_in",
    "grant",
    "assignment",
    "installation",
    "connection",
    "declaration",
    "sender",
    "site_tag",
    "app_sdk",
    "device_app",
    "account_access",
    "audit_event",
)


def known_actors(connection: Connection) -> list[dict[str, Any]]:
    """Return id, source, native_id, address, aliases (JSON), kind, facts (JSON or None), seen_at of every actor.

    `facts` are what the directory that was read last says of the actor.
    """
    # Joined here: no index leads from an actor to its records, and one would cost every other kind of record.
    said = connection.execute(
        text(
            "SELECT actor_id, facts, seen_at FROM record WHERE kind = 'person' AND valid_to IS NULL"
            " ORDER BY seen_at, native_id DESC"
        )
    )
    latest = {row.actor_id: {"facts": row.facts, "seen_at": row.seen_at} for row in said}
    rows = connection.execute(
        text(
            "SELECT a.id, s.name AS source, a.native_id, a.address, a.aliases, a.kind"
            " FROM actor a JOIN source s ON s.id = a.source_id ORDER BY a.id"
        )
    )
    nothing = {"facts": None, "seen_at": None}
    return [dict(row._mapping) | latest.get(row.id, nothing) for row in rows]


def evidence(connection: Connection) -> list[Any]:
    """Return every identity that anything speaks of.

    A row has id, source, key, app (JSON), registered (0/1), first_seen_at, software (0/1) and mcc.
    """
    kinds = ", ".join(f"'{k}'" for k in SOFTWARE_KINDS)
    mcc = "facts::json ->> 'mcc'" if connection.dialect.name == "postgresql" else "json_extract(facts, '$.mcc')"
    return list(
        connection.execute(
            text(
                "WITH seen AS ("
                f" SELECT identity_id, max(CASE WHEN kind IN ({kinds}) THEN 1 ELSE 0 END) AS software,"
                f" max({mcc}) AS mcc"
                " FROM record WHERE identity_id IS NOT NULL GROUP BY identity_id"
                " UNION ALL SELECT identity_id, 1, NULL FROM (SELECT DISTINCT identity_id FROM usage) u)"
                " SELECT i.id, s.name AS source, i.key, i.app, i.registered, i.first_seen_at,"
                " max(e.software) AS software, max(e.mcc) AS mcc"
                " FROM seen e JOIN identity i ON i.id = e.identity_id JOIN source s ON s.id = i.source_id"
                " GROUP BY i.id, s.name, i.key, i.app, i.registered, i.first_seen_at ORDER BY i.id"
            )
        )
    )


LINK_COLUMNS = ("tool_id", "matcher", "matched", "confidence", "why", "counterparty", "merchant_of_record", "imitates")


def write_links(
    connection: Connection, rows: Mapping[int, Mapping[str, Any]], births: Mapping[int, int], now: int
) -> list[int]:
    """Write identity -> link (`LINK_COLUMNS` and catalog_version); return the identities whose tool changed.

    A first link is valid from the identity's birth, a later version from `now`. The same tool found by the same matcher
    is no new version, whatever the catalogue's version: what else is said of it is then written in place.
    """
    return _versioned(
        connection, _LINK, "identity_id", rows, births, now=now, told_apart=("tool_id", "matcher", "matched")
    )


def write_places(
    connection: Connection, rows: Mapping[int, Mapping[str, Any]], births: Mapping[int, int], now: int
) -> list[int]:
    """Write actor -> person, in versions; return the actors whose person or unit changed."""
    told_apart = ("person_id", "how", "kind", "unit", "marketing")
    return _versioned(connection, _PLACE, "actor_id", rows, births, now=now, told_apart=told_apart)


def _versioned(
    connection: Connection,
    table: Table,
    key: str,
    rows: Mapping[int, Mapping[str, Any]],
    births: Mapping[int, int],
    *,
    now: int,
    told_apart: Sequence[str],
) -> list[int]:
    current = {
        row._mapping[key]: row._mapping for row in connection.execute(select(table).where(table.c.valid_to.is_(None)))
    }
    ended = _last_ends(connection, table, key)
    changed, same, fresh = [], [], []
    for number, row in sorted(rows.items()):
        old = current.get(number)
        if old is None:
            since = ended.get(number, births.get(number, now))
            fresh.append({key: number, "valid_from": since, "valid_to": None, **row})
        elif any(old[c] != row[c] for c in told_apart):
            changed.append(number)
            fresh.append({key: number, "valid_from": now, "valid_to": None, **row})
        elif any(old[c] != value for c, value in row.items()):
            same.append((number, row))
    where = table.c.valid_to.is_(None)
    for number in changed:
        one = (table.c[key] == number) & where
        # Two changes within one millisecond (a decision right after a run) leave the later one.
        connection.execute(delete(table).where(one & (table.c.valid_from >= now)))
        connection.execute(update(table).where(one).values(valid_to=now))
    gone = sorted(set(current) - set(rows))
    for number in gone:
        connection.execute(delete(table).where((table.c[key] == number) & where))
    _write_in_place(connection, table, key, same)
    if fresh:
        connection.execute(insert(table), fresh)
    return changed


def _last_ends(connection: Connection, table: Table, key: str) -> dict[int, int]:
    """Return where each number's history ends: the version in force begins there, also when `rebuild` makes it anew."""
    ended = select(table.c[key], func.max(table.c.valid_to)).group_by(table.c[key])
    return {row[0]: row[1] for row in connection.execute(ended.where(table.c.valid_to.is_not(None)))}


def _write_in_place(
    connection: Connection, table: Table, key: str, rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """Write what is said anew of versions that stay, so that deriving and `rebuild` leave the same rows."""
    if rows:
        where = (table.c[key] == bindparam("the_key")) & table.c.valid_to.is_(None)
        keep: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0][1]}
        values = [{"the_key": number} | {f"new_{name}": row[name] for name in keep} for number, row in rows]
        connection.execute(update(table).where(where).values(keep), values)


def links(connection: Connection) -> list[Any]:
    """Return the links in force, with the identity's app (JSON), key and source."""
    return list(
        connection.execute(
            text(
                "SELECT l.*, i.app, i.key, i.registered, s.name AS source FROM link l"
                " JOIN identity i ON i.id = l.identity_id"
                " JOIN source s ON s.id = i.source_id WHERE l.valid_to IS NULL ORDER BY l.identity_id"
            )
        )
    )


def former_ids(connection: Connection) -> list[Any]:
    """Return (tool_id, identity_id) of every provisional tool that an identity ever was, in order of identities."""
    sql = "SELECT DISTINCT tool_id, identity_id FROM link WHERE tool_id LIKE 'new-%' ORDER BY identity_id, tool_id"
    return list(connection.execute(text(sql)))


def addresses(connection: Connection) -> list[str]:
    """Return the addresses of all actors that have one."""
    return list(connection.scalars(text("SELECT address FROM actor WHERE address IS NOT NULL ORDER BY id")))


def replace_tools(connection: Connection, tools: Sequence[Mapping[str, Any]]) -> int:
    """Make the table of tools equal to `tools`; return how many rows were written or removed."""
    return _replace(connection, _TOOL, "id", tools)


def replace_figures(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Make the table of figures equal to `rows`; return how many rows were written or removed."""
    return _replace(connection, _FIGURES, "tool_id", rows)


def _replace(connection: Connection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> int:
    current = {row._mapping[key]: dict(row._mapping) for row in connection.execute(select(table))}
    wanted = {row[key]: dict(row) for row in rows}
    stale = [k for k in current if wanted.get(k) != current[k]]
    fresh = [row for k, row in wanted.items() if current.get(k) != row]
    for at in range(0, len(stale), 500):
        connection.execute(delete(table).where(table.c[key].in_(stale[at : at + 500])))
    if fresh:
        connection.execute(insert(table), fresh)
    return len(set(stale) | {row[key] for row in fresh})


def births(connection: Connection, table: str) -> dict[int, int]:
    """Return the birth (milliseconds) of every identity, or 0 for every actor: it has no history before its row."""
    if table == "identity":
        rows = connection.execute(text("SELECT id, first_seen_at FROM identity"))
        return {row[0]: row[1] for row in rows}
    return {row[0]: 0 for row in connection.execute(text("SELECT id FROM actor"))}


def clear(connection: Connection) -> None:
    """Remove all that is derived in force, for `rebuild`; ended versions stay, as sealed months, which are input."""
    connection.execute(delete(_TOOL))
    connection.execute(delete(_FIGURES))
    connection.execute(delete(metadata.tables["connection"]))
    for table in (_LINK, _PLACE):
        connection.execute(delete(table).where(table.c.valid_to.is_(None)))
    connection.execute(
        text(
            "DELETE FROM usage WHERE NOT EXISTS (SELECT 1 FROM landing_month m WHERE m.stream_id = usage.stream_id"
            " AND m.month = usage.month AND m.state = 'sealed')"
        )
    )


def facts(found: str | None) -> dict[str, Any]:
    """Return a JSON column as a dict."""
    return {} if not found else dict(json.loads(found))


def iterate(rows: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """Return rows as dicts."""
    return (dict(row._mapping) for row in rows)
