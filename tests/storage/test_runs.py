"""Runs, what they covered, the lock that lets one run at a time, and what is owed to the outside."""

import subprocess
import sys
from datetime import timedelta

import pytest

from model.errors import ConfigError, Refused, Unavailable
from model.stream import Coverage, Status
from storage import kept, runs
from storage.listings.coverage import coverage, quarantined
from storage.lock import run_lock
from tests.storage.filling import Filling, at, ms

NOW = at(2026, 3, 1, 12)
HOLD = """
import sys
from storage.lock import run_lock
from storage.store import Store
store = Store(sys.argv[1])
with run_lock(store):
    print("held", flush=True)
    sys.stdin.readline()
"""


def begin(connection, moment=NOW, as_of=NOW):
    return runs.begin_run(connection, "ingest", moment, as_of)


def end(connection, run, outcome="complete"):
    runs.end_run(connection, run, NOW, outcome=outcome, catalog_version="1", digest="d")


def test_runs_are_numbered_and_the_last_start_is_known(connection):
    assert runs.last_started(connection) == 0

    first, second = begin(connection, NOW + timedelta(hours=1)), begin(connection)

    assert second > first
    assert runs.last_started(connection) == ms(2026, 3, 1, 13)


def test_figures_are_of_the_last_run_that_ended_and_did_not_fail(connection):
    assert runs.last_as_of(connection) is None
    for day, outcome in ((1, "complete"), (2, "partial"), (3, "failed"), (4, None)):
        run = begin(connection, as_of=at(2026, 3, day))
        if outcome:
            end(connection, run, outcome)

    assert runs.last_as_of(connection) == ms(2026, 3, 2)


def test_coverage_is_that_of_the_last_run_of_each_stream(connection):
    filling = Filling(connection)
    users, sign_ins = filling.stream(name="users"), filling.stream(name="sign_ins")
    first, second = begin(connection), begin(connection, NOW + timedelta(hours=1))
    runs.write_coverage(connection, first, users, Coverage(stream="users", read=5, stored=4, quarantined=1))
    runs.write_coverage(connection, first, sign_ins, Coverage(stream="sign_ins", window_start=NOW, window_end=NOW))
    refused = Coverage(
        stream="users", status=Status.REFUSED, reason="okta.users.read", remedy="Grant it.", gap="90 days"
    )
    runs.write_coverage(connection, second, users, refused)
    runs.write_coverage(connection, second, users, refused)

    found = coverage(connection)

    fields = "source stream status window_start window_end read stored quarantined gap reason remedy"
    assert all(set(fields.split()) <= set(row) for row in found)
    assert [(r["stream"], r["status"], r["read"], r["reason"]) for r in found] == [
        ("sign_ins", "complete", 0, None),
        ("users", "refused", 0, "okta.users.read"),
    ]
    assert found[0]["window_start"] == "2026-03-01T12:00:00Z"
    assert found[1]["window_start"] is None
    every = coverage(connection, every_run=True)
    assert [(r["stream"], r["run"]) for r in every] == [("sign_ins", first), ("users", second), ("users", first)]


def test_places_that_could_not_be_read_are_those_of_the_last_run(connection):
    stream = Filling(connection).stream(name="users")
    for n, run in enumerate((begin(connection), begin(connection))):
        runs.write_coverage(connection, run, stream, Coverage(stream="users"))
        runs.quarantine(connection, run, [(stream, "\u202ea.json", number, f"why {n}") for number in range(3)])
    runs.quarantine(connection, 1, [])

    found = quarantined(connection, "okta:acme", "users", limit=2)

    assert found == [{"file": "\u202ea.json", "number": n, "reason": "why 1"} for n in range(2)]
    assert quarantined(connection, "okta:acme", "none") == []


def test_a_cursor_is_one_a_stream(connection):
    runs.move_cursor(connection, 7, "a", 1, NOW)
    runs.move_cursor(connection, 7, "b", 2, NOW)
    runs.move_cursor(connection, 8, "c", 2, NOW)

    assert Filling(connection).whole("cursor") == [(7, "b", ms(2026, 3, 1, 12), 2), (8, "c", ms(2026, 3, 1, 12), 2)]


def test_one_run_at_a_time_within_a_process(store):
    with run_lock(store), pytest.raises(Unavailable, match="another run is under way"), run_lock(store):
        pass

    with run_lock(store):
        pass


def test_one_run_at_a_time_between_processes_and_a_killed_one_holds_nothing(store):
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Unavailable, match="run the same command again"), run_lock(store):
            pass
        other.kill()
        other.wait()

    with taken(store):
        pass


def taken(store):
    """A server may notice the end of a client a moment later: ask again until it has."""
    for _ in range(1000):
        lock = run_lock(store)
        try:
            lock.__enter__()
        except Unavailable:
            continue
        return ExitOf(lock)
    raise AssertionError("the lock is held still")


class ExitOf:
    def __init__(self, lock):
        self.lock = lock

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lock.__exit__(None, None, None)


def test_the_lock_opens_no_transaction_that_stays(store):
    if store.is_sqlite:
        pytest.skip("SQLite locks a file beside it")
    with run_lock(store), store.read() as connection:
        found = Filling(connection).rows(
            "SELECT state FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
        )

    assert found == [("idle",)]


def test_a_store_in_memory_needs_no_lock(open_store):
    with run_lock(open_store("sqlite://")):
        pass


def test_a_lock_that_cannot_be_made_says_where(open_store, tmp_path):
    path = tmp_path / "store.db"
    (tmp_path / "store.db.lock").mkdir()

    with (
        pytest.raises(ConfigError, match=r"store\.db\.lock cannot be written .Is a directory"),
        run_lock(open_store(f"sqlite:///{path}")),
    ):
        pass


def test_what_is_to_be_sent_is_sent_once_and_oldest_first(connection):
    numbers = [kept.add_outbox(connection, n, "case.opened", {"case": n, "tool": "🦊"}) for n in range(3)]

    kept.mark_sent(connection, numbers[1], 9)

    assert [(r["id"], r["payload"]) for r in kept.unsent(connection)] == [
        (numbers[0], {"case": 0, "tool": "🦊"}),
        (numbers[2], {"case": 2, "tool": "🦊"}),
    ]
    assert len(kept.unsent(connection, limit=1)) == 1
    for number in (numbers[1], 99):
        with pytest.raises(Refused, match="sent already, or there is none"):
            kept.mark_sent(connection, number, 10)


def test_the_company_is_kept_as_the_last_run_knew_it(connection):
    assert kept.company(connection) is None

    kept.write_company(connection, {"name": "Acme"}, 1)
    kept.write_company(connection, {"name": "Acme"}, 2)
    assert Filling(connection).whole("company") == [(1, '{"name": "Acme"}', 1)]

    kept.write_company(connection, {"name": "Acme & Söhne"}, 3)
    assert kept.company(connection) == {"name": "Acme & Söhne"}


def test_how_long_the_last_run_of_a_command_took_is_known(connection):
    assert runs.took(connection, "scan okta") is None
    for minutes, outcome in ((3, "complete"), (9, "failed")):
        run = runs.begin_run(connection, "scan okta", NOW - timedelta(minutes=minutes), NOW)
        end(connection, run, outcome)
    runs.begin_run(connection, "scan okta", NOW, NOW)

    assert runs.took(connection, "scan okta") == 180_000
    assert runs.took(connection, "scan entra") is None
