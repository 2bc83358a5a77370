"""What facts are derived from: one query a kind of thing, rows by tool."""

from __future__ import annotations

import json
from collections import defaultdict, namedtuple
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, CursorResult, bindparam, text

from model.signal import METHODS, Method
from storage.times import from_ms

_LINKED = " JOIN link l ON l.identity_id = {0}.identity_id AND l.valid_to IS NULL AND l.tool_id IS NOT NULL"
_STREAM = " JOIN stream st ON st.id = {0}.stream_id JOIN source s ON s.id = st.source_id"


def tools(connection: Connection) -> list[Any]:
    """Return every tool: id, name, category, marketing, provisional, status, noise, and when it was first seen."""
    return list(
        connection.execute(
            text("SELECT t.*, f.first_seen FROM tool t LEFT JOIN figures f ON f.tool_id = t.id ORDER BY t.id")
        )
    )


def streams(connection: Connection) -> list[Any]:
    """Return every stream with its system, how its last run ended (status, reason), and the window of complete runs."""
    return list(
        connection.execute(
            text(
                "SELECT s.name AS source, st.name AS stream, st.mode, st.system, c.status, c.reason,"
                " w.first_at, w.last_at FROM stream st JOIN source s ON s.id = st.source_id"
                " JOIN coverage c ON c.stream_id = st.id"
                " AND c.run_id = (SELECT max(x.run_id) FROM coverage x WHERE x.stream_id = st.id)"
                " LEFT JOIN (SELECT stream_id, min(window_start) AS first_at, max(window_end) AS last_at FROM coverage"
                " WHERE status = 'complete' GROUP BY stream_id) w ON w.stream_id = st.id ORDER BY s.name, st.name"
            )
        )
    )


def records(connection: Connection, as_of: int) -> list[Any]:
    """Return the records in force about tools, charges left out, `facts` and `app` decoded; nothing after as-of."""
    rows = connection.execute(
        text(
            "SELECT l.tool_id, r.kind, s.name AS source, st.name AS stream, st.mode, r.native_id, r.seen_at,"
            f" r.actor_id, r.identity_id, p.person_id, r.facts FROM record r{_LINKED.format('r')}{_STREAM.format('r')}"
            " LEFT JOIN actor_person p ON p.actor_id = r.actor_id AND p.valid_to IS NULL"
            " WHERE r.valid_to IS NULL AND r.kind <> 'charge' AND r.seen_at <= :as_of"
            " ORDER BY l.tool_id, r.kind, r.seen_at, r.native_id"
        ),
        {"as_of": as_of},
    )
    return [dict(row._mapping) | {"facts": json.loads(row.facts)} for row in rows]


def first_grants(connection: Connection) -> dict[tuple[str, str, str], int]:
    """Return when each grant was first seen, over all its versions, by (source, stream, native_id)."""
    rows = connection.execute(
        text(
            "SELECT s.name AS source, st.name AS stream, r.native_id, min(r.seen_at) AS at FROM record r"
            f"{_STREAM.format('r')} WHERE r.kind = 'grant' GROUP BY s.name, st.name, r.native_id"
        )
    )
    return {(row.source, row.stream, row.native_id): int(row.at) for row in rows}


def use(connection: Connection, since: int, as_of: int, before: tuple[int, int] | None = None) -> list[Any]:
    """Return the use of each tool by each person in each stream up to as-of: month (the latest), first_at, last_at.

    `successes` and `second_factor` count since a time, and of the successes `vouched` those by SAML or OpenID Connect,
    `oauth` those by OAuth and `stated` those of which any method is known. The roll-up keeps months: of one that begins
    before the time, or ends after as-of, that part counts which its use would have there if it were even, but one
    sign-in at least. `earlier` is 1 where the person signed in between the two times of `before` (`to` left out).
    """
    at, until = before or (0, 0)
    marked, masks = _on_days(at, until)
    return _compact(
        connection.execute(
            text(
                "SELECT l.tool_id, s.name AS source, st.name AS stream, i.key, p.person_id, p.kind,"
                " max(u.month) AS month,"
                f" sum({_within('successes', 1)}) AS successes, sum({_within('second_factor', 0)}) AS second_factor,"
                f" {_by_method('vouched', Method.SAML, Method.OIDC)}, {_by_method('oauth', Method.OAUTH)},"
                f" {_by_method('stated', *(m for m in METHODS if m is not Method.UNKNOWN))},"
                f" max(CASE WHEN {marked} THEN 1 ELSE 0 END) AS earlier,"
                " min(u.first_at) AS first_at,"
                " max(CASE WHEN u.last_at <= :as_of THEN u.last_at ELSE u.first_at END) AS last_at"
                f" FROM usage u{_LINKED.format('u')}{_STREAM.format('u')}"
                " JOIN identity i ON i.id = u.identity_id"
                " JOIN actor_person p ON p.actor_id = u.actor_id AND p.valid_to IS NULL"
                " WHERE u.successes > 0 AND u.first_at <= :as_of"
                " GROUP BY l.tool_id, s.name, st.name, i.key, p.person_id, p.kind"
                " ORDER BY l.tool_id, s.name, st.name, i.key, p.person_id"
            ),
            {"since": since, "as_of": as_of, "at": at, "until": until, **masks},
        )
    )


def _compact(rows: CursorResult[Any]) -> list[Any]:
    """Return rows that share their texts: there is one for each person of each tool, and most of it is said of all."""
    use: Any = namedtuple("Use", rows.keys())  # type: ignore[misc]  # noqa: PYI024 (its fields are the query's)
    said: dict[str, str] = {}
    return [use._make([said.setdefault(v, v) if isinstance(v, str) else v for v in row]) for row in rows]


def _by_method(name: str, *methods: Method) -> str:
    numbers = ", ".join(str(METHODS.index(method)) for method in methods)
    return f"sum(CASE WHEN u.method IN ({numbers}) THEN {_within('successes', 1)} ELSE 0 END) AS {name}"


def _on_days(since: int, until: int) -> tuple[str, dict[str, int]]:
    """Return SQL for a month that has use between two times, and what it binds: whole days by the map of days.

    Of the days on which the times themselves fall, only the first and the last sign-in of a month tell the hour.
    """
    first, end = from_ms(since).date() + timedelta(days=1), from_ms(until).date()
    maps: dict[int, int] = {}
    for number in range((end - first).days):
        day: date = first + timedelta(days=number)
        month = day.year * 100 + day.month
        maps[month] = maps.get(month, 0) | 1 << (day.day - 1)
    wanted = ["u.first_at >= :at AND u.first_at < :until", "u.last_at >= :at AND u.last_at < :until"]
    wanted += [f"u.month = :month_{n} AND (u.days & :days_{n}) <> 0" for n in range(len(maps))]
    bound = {name: value for n, m in enumerate(maps) for name, value in ((f"month_{n}", m), (f"days_{n}", maps[m]))}
    return " OR ".join(f"({one})" for one in wanted), bound


def _within(count: str, sure: int) -> str:
    """Return SQL for what of a month's count falls between :since and :as_of; `sure` of it does so in any case."""
    lower = "CASE WHEN u.first_at < :since THEN :since ELSE u.first_at END"
    upper = "CASE WHEN u.last_at > :as_of THEN :as_of ELSE u.last_at END"
    return (
        "CASE WHEN u.last_at < :since THEN 0"
        f" WHEN u.first_at >= :since AND u.last_at <= :as_of THEN u.{count}"
        f" ELSE {sure} + (u.{count} - {sure}) * (({upper}) - ({lower})) / (u.last_at - u.first_at) END"
    )


def named_by(connection: Connection) -> list[Any]:
    """Return (tool_id, source, stream) of every stream that ever named a tool."""
    return list(
        connection.execute(
            text(
                "WITH said AS (SELECT DISTINCT identity_id, stream_id FROM usage UNION"
                " SELECT DISTINCT identity_id, stream_id FROM record WHERE identity_id IS NOT NULL)"
                f" SELECT DISTINCT l.tool_id, s.name AS source, st.name AS stream FROM said{_LINKED.format('said')}"
                f"{_STREAM.format('said')} ORDER BY l.tool_id, s.name, st.name"
            )
        )
    )


def charges(connection: Connection, since: int, as_of: int) -> list[Any]:
    """Return the charges of tools since a time: where each stands, when it was, how much, of which budget, by whom.

    `account` is the card or account that it is on, `reseller` who takes the money where that is not the tool's maker.
    """
    return list(
        connection.execute(
            text(
                "SELECT l.tool_id, s.name AS source, st.name AS stream, r.native_id, r.seen_at, r.amount_micros,"
                " r.currency, r.budget, r.actor_id, p.person_id, l.merchant_of_record AS reseller,"
                f" coalesce({_stated(connection, 'sub_account')}, {_stated(connection, 'account')}) AS account"
                f" FROM record r{_LINKED.format('r')}{_STREAM.format('r')}"
                " LEFT JOIN actor_person p ON p.actor_id = r.actor_id AND p.valid_to IS NULL"
                " WHERE r.kind = 'charge' AND r.valid_to IS NULL AND r.seen_at > :since AND r.seen_at <= :as_of"
                " ORDER BY l.tool_id, r.seen_at, r.native_id"
            ),
            {"since": since, "as_of": as_of},
        )
    )


def _stated(connection: Connection, fact: str) -> str:
    """Return SQL for one fact of a record, as text."""
    if connection.dialect.name == "postgresql":
        return f"(r.facts::json ->> '{fact}')"
    return f"json_extract(r.facts, '$.{fact}')"


def people(connection: Connection) -> list[Any]:
    """Return each actor (actor_id, address), its person (person_id, kind, unit, marketing), and what directories say.

    That is `facts` (decoded), source, stream and native_id, the newest first: None where none lists the actor.
    """
    # Two queries: records have no index by actor, and SQLite would read those of everybody anew for each actor.
    persons = connection.execute(
        text(
            "SELECT p.actor_id, p.person_id, p.kind, p.unit, p.marketing, a.address"
            " FROM actor_person p JOIN actor a ON a.id = p.actor_id WHERE p.valid_to IS NULL"
        )
    )
    said = _said_by_directories(connection)
    rows = [dict(row._mapping) | found for row in persons for found in said.get(row.actor_id, [_UNLISTED])]
    return sorted(rows, key=lambda r: (r["person_id"], -(r["seen_at"] or 0), r["actor_id"]))


_UNLISTED: dict[str, Any] = dict.fromkeys(("facts", "native_id", "seen_at", "source", "stream"))


def _said_by_directories(connection: Connection) -> Mapping[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = connection.execute(
        text(
            "SELECT r.actor_id, r.facts, r.native_id, r.seen_at, s.name AS source, st.name AS stream FROM record r"
            f"{_STREAM.format('r')} WHERE r.kind = 'person' AND r.valid_to IS NULL"
        )
    )
    for row in rows:
        said = {name: getattr(row, name) for name in ("native_id", "seen_at", "source", "stream")}
        found[row.actor_id].append(said | {"facts": json.loads(row.facts)})
    return found


def look_alikes(connection: Connection) -> list[Any]:
    """Return (tool_id, imitates, source, identity_id, key) of identities that imitate another tool."""
    return list(
        connection.execute(
            text(
                "SELECT l.tool_id, l.imitates, s.name AS source, l.identity_id, i.key FROM link l"
                " JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id"
                " WHERE l.valid_to IS NULL AND l.tool_id IS NOT NULL AND l.imitates IS NOT NULL"
                " ORDER BY l.tool_id, i.key"
            )
        )
    )


def matchers(connection: Connection) -> list[Any]:
    """Return (tool_id, matcher, source, identity_id, key) of each identity of a tool; no matcher: nothing names it."""
    return list(
        connection.execute(
            text(
                "SELECT l.tool_id, l.matcher, s.name AS source, l.identity_id, i.key FROM link l"
                " JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id"
                " WHERE l.valid_to IS NULL AND l.tool_id IS NOT NULL ORDER BY l.tool_id, s.name, i.key"
            )
        )
    )


#: So many tools are asked for at a time.
_ASKED = 500


def versions(connection: Connection, name: str, tools: Collection[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return tool -> the versions of one fact, oldest first: valid_from, valid_to, value (decoded; None: unknown)."""
    query = text(
        "SELECT tool_id, valid_from, valid_to, value FROM fact WHERE name = :name AND tool_id IN :tools"
        " ORDER BY tool_id, valid_from"
    ).bindparams(bindparam("tools", expanding=True))
    found: dict[str, list[Mapping[str, Any]]] = {}
    wanted = sorted(tools)
    for at in range(0, len(wanted), _ASKED):
        for row in connection.execute(query, {"name": name, "tools": wanted[at : at + _ASKED]}):
            decoded = None if row.value is None else json.loads(row.value)
            found.setdefault(row.tool_id, []).append(dict(row._mapping) | {"value": decoded})
    return found
