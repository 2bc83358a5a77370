"""Fill a store with an invented large company, for the measurements of the web application.

20,000 tools with 500,000 findings in force (a good half in the table of findings, the others of policies that may
apply), 5,000 cases of which 3,000 are open, 8,000 persons, a year of decisions. It is written straight into the tables,
without a run, and is valid for every listing. The same sizes give the same rows. Beside a store that is a file lies
STORE.json with the addresses and tokens of its accounts.

    python benchmarks/web_store.py PATH|URL [--tools N] [--findings N] [--cases N] [--open N] [--persons N]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file

from sqlalchemy import func, select

from benchmarks.web_company import DAY, NOW, STREAMS, Invented, Size
from benchmarks.web_gate import Gate
from catalog.index import load_index
from policies.engine import load
from storage import bulk
from storage.schema import upgrade
from storage.store import Connection, Store
from storage.tables import metadata
from storage.times import to_ms

_NOW = to_ms(NOW)
#: Runs, one a day; each reads all streams.
_RUNS = 90
_COMPANY = {
    "name": "Norrvik Group",
    "base_currency": "EUR",
    "timezone": "Europe/Copenhagen",
    "domains": ["norrvik.example"],
    "marketing_units": ["Marketing"],
    "it_units": ["Division 1"],
    "fiscal_year_start": 1,
    "forecast": {},
    "needs": {},
    "noise": {},
}


def fill(store: Store, size: Size) -> Gate:
    """Fill an empty store; return what happened at the gate, which holds the tokens of the accounts."""
    known = [
        (tool.id, tool.name, tool.vendor, tool.category)
        for tool in load_index().tables.tools.values()
        if tool.ended is None and tool.now is None and not tool.goods
    ]
    company = Invented(size, known, load().in_force())
    gate = Gate(company)
    with store.write() as connection:
        _world(connection, company, gate)
        _records(connection, company)
        _judged(connection, company)
        for name, rows in gate.rows.items():
            if rows and name != "actor":
                _put(connection, name, list(rows[0]), ([*row.values()] for row in rows))
    return gate


def _put(connection: Connection, name: str, columns: Iterable[str] | None, rows: Iterable[Any]) -> None:
    table = metadata.tables[name]
    plain = (tuple(int(value) if isinstance(value, bool) else value for value in row) for row in rows)
    bulk.insert(connection, table, [*columns] if columns else [column.name for column in table.columns], plain)


def _world(connection: Connection, company: Invented, gate: Gate) -> None:
    """Write who and what there is, and what was read when."""
    sources = {name: number for number, name in enumerate(STREAMS, 1)}
    _put(connection, "source", None, ((number, name) for name, number in sources.items()))
    _put(connection, "stream", None, _streams(company, sources))
    _put(connection, "actor", None, (*company.actors(), *([*_actor(row).values()] for row in gate.rows["actor"])))
    _put(connection, "actor_person", None, company.persons())
    _put(connection, "company", None, [(1, json.dumps(_COMPANY, sort_keys=True), _NOW - 400 * DAY)])
    runs = [(n, "scan", *_run(n), "complete", "bench", "0" * 64) for n in range(1, _RUNS + 1)]
    _put(connection, "run", None, runs)
    _put(connection, "coverage", None, _coverage(company))
    _put(connection, "identity", None, _identities(company))
    _put(connection, "link", None, _links(company))
    _put(connection, "usage", None, company.usage())
    status = gate.statuses
    _put(
        connection,
        "tool",
        None,
        (
            (t.id, t.name, t.vendor, t.category, t.marketing, int(t.provisional), t.noise, status.get(t.id, "new"))
            for t in company.tools
        ),
    )
    _put(connection, "figures", None, map(company.figures, company.tools))


def _actor(row: dict[str, Any]) -> dict[str, Any]:
    return {c.name: row[c.name] for c in metadata.tables["actor"].columns}


def _run(number: int) -> tuple[int, int, int]:
    """Return started_at, ended_at and as_of of a run."""
    at = _NOW - (_RUNS - number) * DAY
    return at, at + 600_000, at


def _streams(company: Invented, sources: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for (source, stream), number in company.stream_numbers.items():
        yield number, sources[source], stream, STREAMS[source][stream], source.partition(":")[0]


def _coverage(company: Invented) -> Iterator[tuple[Any, ...]]:
    for run in range(1, _RUNS + 1):
        at = _run(run)[0]
        for (source, stream), number in company.stream_numbers.items():
            if (source, stream) == ("google:main", "tokens"):
                why = ("https://www.googleapis.com/auth/admin.directory.user.security", "Grant the scope")
                yield run, number, "refused", at - DAY, at, 0, 0, 0, None, *why
            else:
                yield run, number, "complete", at - DAY, at, 1_000, 1_000, 0, None, None, None


def _identities(company: Invented) -> Iterator[tuple[Any, ...]]:
    for number, source, key, app, _ in company.identities():
        yield number, source, key, json.dumps(app, sort_keys=True), 1, _NOW - 300 * DAY


def _links(company: Invented) -> Iterator[tuple[Any, ...]]:
    """Yield what each identity is; every fifteenth was a provisional tool before."""
    since = _NOW - 300 * DAY
    for number, _, key, _, tool in company.identities():
        rest = ("bench", f"The name {key} is {tool.name}.", None, None)
        if number % 15 == 0:
            former = f"new-former-{number}-{number:08x}"
            yield number, since, since + 50 * DAY, former, None, None, None, *rest, None
            yield number, since + 50 * DAY, None, tool.id, "name", tool.name, 0.95, *rest, None
        else:
            imitates = "mailchimp" if number % 5_001 == 0 else None
            yield number, since, None, tool.id, "name", tool.name, 0.95, *rest, imitates


# --- records, connections --------------------------------------------------------------------------------------------


def _records(connection: Connection, company: Invented) -> None:
    rows = [*_people(company), *_registrations(company), *_grants(company), *_declarations(company), *_charges(company)]
    _put(connection, "record", None, sorted(rows, key=lambda row: row[:3]))
    _put(connection, "connection", None, sorted(_connections(company)))


def _record(
    key: tuple[int, str], kind: str, at: int, about: tuple[int | None, int], facts: dict[str, Any]
) -> list[Any]:
    said = json.dumps(facts, sort_keys=True)
    return [*key, _NOW - 300 * DAY, None, kind, at, *about, None, said, None, None, None, hash((key, kind)) % 2**62]


def _people(company: Invented) -> Iterator[list[Any]]:
    stream = company.stream_numbers["people", "people"]
    for n in range(company.size.persons):
        facts = {"unit": f"unit {n % 40}", "title": "Manager" if n % 9 == 0 else "Specialist"}
        yield _record((stream, f"P-{n:05d}"), "person", _NOW - 200 * DAY, (None, n + 1), facts)


def _registrations(company: Invented) -> Iterator[list[Any]]:
    stream = company.stream_numbers["okta:main", "apps"]
    for tool in company.tools:
        facts = {"status": "ACTIVE", "sign_on": "SAML_2_0" if tool.number % 3 else "BOOKMARK"}
        yield _record(
            (stream, f"0oa{tool.number:08d}"), "registration", _NOW - 300 * DAY, (3 * tool.number + 1, 0), facts
        )


def _grants(company: Invented) -> Iterator[list[Any]]:
    stream, persons = company.stream_numbers["google:main", "tokens"], company.size.persons
    for tool in company.tools:
        for n in range(min(tool.people, 6) if tool.number % 2 else 0):
            person = (tool.number * 13 + n * 7) % persons
            facts = {"scopes": ["openid", "email"], "consent": "user"}
            key = (stream, f"G-{person:05d}:{tool.number:09d}")
            yield _record(
                key, "grant", _NOW - (n * 20 + 5) * DAY, (3 * tool.number + 2, 2 * persons + person + 1), facts
            )


def _declarations(company: Invented) -> Iterator[list[Any]]:
    stream = company.stream_numbers["approved:it", "decisions"]
    for tool in company.tools[::5]:
        facts = {"status": "approved", "owner_side": "technical" if tool.number % 3 == 0 else "business"}
        person = tool.number * 3 % company.size.persons + 1
        yield _record(
            (stream, f"row-{tool.number}"), "declaration", _NOW - 400 * DAY, (3 * tool.number + 1, person), facts
        )


def _charges(company: Invented) -> Iterator[list[Any]]:
    stream, persons = company.stream_numbers["card:company", "charges"], company.size.persons
    for tool in company.tools[::3]:
        for n in range(12):
            row = _record(
                (stream, f"C-{tool.number}-{n}"),
                "charge",
                _NOW - n * 30 * DAY,
                (3 * tool.number + 3, 0),
                {"mcc": "5734"},
            )
            row[7] = tool.number % persons + 1
            row[10:13] = [(tool.people * 90 + 120) * 1_000_000 // 12, "EUR", f"CC-{tool.number % 40}"]
            yield row


def _connections(company: Invented) -> Iterator[tuple[Any, ...]]:
    systems = (("crm", "read"), ("mail", "send"), ("drive", "read"), ("calendar", "manage"), ("sign_in", "read"))
    for tool in company.tools[::2]:
        for n, (system, held) in enumerate(systems[: 1 + tool.number % 3]):
            grade = ("low", "medium", "high")[(tool.number + n) % 3]
            people = [(tool.number * 7 + k) % company.size.persons + 1 for k in range(min(tool.people, 5))]
            scopes = [
                {"scope": f"{system}.{held}", "class": grade, "meaning": f"Can {held} your {system}", "limit": None}
            ]
            grants = [
                {
                    "evidence": f"signal:google:main/tokens/G-{p:05d}",
                    "person": p,
                    "since": _NOW - 90 * DAY,
                    "last_used": None,
                }
                | {"stale": None, "left": False, "consent": "user"}
                for p in people
            ]
            rest = ("user", None, "user", json.dumps(people), '["google:main"]', json.dumps(grants), _NOW - 90 * DAY)
            yield tool.id, system, held, json.dumps(scopes), grade, *rest, None, None, int(tool.number % 17 == 0), 0


# --- judged ----------------------------------------------------------------------------------------------------------


def _judged(connection: Connection, company: Invented) -> None:
    _put(connection, "fact", None, company.facts())
    _put(connection, "finding", None, company.findings())
    _put(connection, "may_apply", None, company.may_apply())
    _put(connection, "judged_mark", None, ((tool.id, "bench") for tool in company.tools))


def opened(place: str) -> Store:
    """Return the store at a path, or at the URL of a database."""
    return Store(place if "://" in place else f"sqlite:///{place}")


def _emptied(place: str) -> Store:
    """Return a new store that waits for no disk while it is filled; a file that is there is replaced."""
    if "://" not in place:
        for end in ("", "-wal", "-shm"):
            Path(place + end).unlink(missing_ok=True)
    store = opened(place)
    upgrade(store)
    if store.is_sqlite:
        raw = store.engine.raw_connection()
        for pragma in ("synchronous=OFF", "cache_size=-400000"):
            raw.cursor().execute(f"PRAGMA {pragma}")
        raw.close()
    return store


def _counted_on(store: Store) -> None:
    """Let PostgreSQL count on from the numbers that were given here, and know what the tables hold."""
    with store.write() as connection:
        for table in metadata.tables.values():
            key = table.autoincrement_column
            if key is None:
                continue
            sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, key.name))).scalar()
            last = connection.execute(select(func.max(key))).scalar()
            if sequence and last:
                connection.execute(select(func.setval(sequence, last)))
        connection.exec_driver_sql("ANALYZE")


def main() -> int:
    """Fill the store and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", help="the database file to make (one that is there is replaced), or an empty database")
    size = Size()
    for name, given in (
        *(("tools", size.tools), ("findings", size.findings), ("cases", size.cases)),
        *(("open", size.open_cases), ("persons", size.persons)),
    ):
        parser.add_argument(f"--{name}", type=int, default=given, help="how many (default %(default)s)")
    args = parser.parse_args()
    began = time.perf_counter()
    store = _emptied(args.place)
    chosen = Size(
        tools=args.tools, findings=args.findings, cases=args.cases, open_cases=args.open, persons=args.persons
    )
    gate = fill(store, chosen)
    if not store.is_sqlite:
        _counted_on(store)
    store.close()
    if store.path:
        store.path.with_suffix(".json").write_text(json.dumps(gate.tokens, indent=1) + "\n", encoding="utf-8")
    held = f": {store.path.stat().st_size / 1e6:,.0f} MB" if store.path else ""
    print(f"filled{held} in {time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
