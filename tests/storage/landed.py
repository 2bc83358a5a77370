"""Landing files for tests: events by hand, and what a plain reading of them gives."""

from __future__ import annotations

import calendar
from collections import defaultdict
from pathlib import Path

import duckdb

from storage import events
from storage.landing import Landing, event_id
from storage.times import from_ms

#: The columns of a landing file, an event in this order: id, seen, identity, actor, method, success, second factor.
COLUMNS = ("id", "seen", "identity", "actor", "method", "success", "second_factor")


def event(native="e1", seen=0, identity=1, actor=1, method=1, success=True, second_factor=False):
    return (event_id(native), seen, identity, actor, method, success, second_factor)


def parts(landing: Landing, found):
    """Land events: one part a month; names are their numbers, actor 0 is nobody."""
    landing.clear()
    landing.load_events(
        ("sign_ins", i, seen, str(app), str(who) if who else None, method, success, second)
        for i, seen, app, who, method, success, second in found
    )
    apps, actors = landing.new_names()
    landing.number([(name, int(name)) for name in apps], [(name, int(name)) for name in actors])
    return landing.write()


def put(landing: Landing, store, objects, stream, found, now, run_id=1):
    """Land events as one file a month, put it away and commit it; return the new files."""
    named = {}
    for part in parts(landing, found):
        name = events.object_name(stream, part.month, part.name)
        named[name] = (part, events.NewFile(name, stream, part.month, part.rows, part.bytes))
    with store.write() as connection:
        fresh = events.enter_pending(connection, [new for _, new in named.values()], run_id, now)
    for new in fresh:
        objects.put(named[new.name][0].path, new.name)
    with store.write() as connection:
        events.commit_files(connection, fresh, now)
    return fresh


def read(path: Path):
    with duckdb.connect() as con:
        sql = "SELECT id::VARCHAR, * EXCLUDE (id) FROM read_parquet(?, hive_partitioning = false)"
        return con.execute(sql, [str(path)]).fetchall()


def distinct(found):
    """One event an id: of several the least, in the order of the columns."""
    least = {}
    for one in found:
        if one[0] not in least or one[1:] < least[one[0]][1:]:
            least[one[0]] = one
    return list(least.values())


def rolled(found):
    """The roll-up of a month as a person would count it."""
    groups = defaultdict(list)
    for one in distinct(found):
        groups[one[2:5]].append(one)
    return [_row(key, group) for key, group in sorted(groups.items())]


def _row(key, group):
    good = [one for one in group if one[5]]
    times = [one[1] for one in good or group]
    days = {from_ms(one[1]).day for one in good}
    second = sum(one[6] for one in good)
    bits = sum(1 << (day - 1) for day in days)
    return (*key, len(good), len(group) - len(good), min(times), max(times), second, bits)


def edges(month):
    """The first and last milliseconds of a month, and of its last day."""
    from tests.storage.filling import ms  # noqa: PLC0415

    year, number = divmod(month, 100)
    last = calendar.monthrange(year, number)[1]
    after = ms(year + number // 12, number % 12 + 1, 1)
    return [ms(year, number, 1), ms(year, number, 1) + 1, ms(year, number, last), after - 1]
