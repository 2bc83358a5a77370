"""The runner of live sources: spools, cursors, windows, coverage; with a source that does whatever it likes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sql_event

from connectors.formats import Format
from connectors.live import Feed, Page, Source
from connectors.okta import FORMATS
from connectors.source_tables import Secret
from model.errors import AccessDenied, ConfigError, Interrupted, Malformed, RateLimited, Transient, Unreachable
from scanner.spooling import lines_of
from scanner.windows import marks
from storage import events as landing_files
from tests.connectors.conftest import empty_store, index, make_live  # noqa: F401 (fixtures)
from tests.scanner.house import app, event, user

LOG_FORMAT, APPS_FORMAT, USERS_FORMAT = FORMATS
LOG = Feed(name="log", format=LOG_FORMAT, calls=("GET /log",), blinds="sign-ins")
USERS = Feed(name="users", format=USERS_FORMAT, calls=("GET /users",), blinds="people")
APPS = Feed(name="apps", format=APPS_FORMAT, calls=("GET /apps",), blinds="apps")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Config:
    """Keys of the toy."""

    org: str = "acme"
    token: Secret | None = None


class Toy:
    """A source whose pages a test scripts: what is an error is raised, what is callable is called."""

    def __init__(self, *feeds):
        self.script = {}
        self.windows, self.closed, self.connected = [], 0, 0
        self.source = Source(
            kind="toy",
            about="a toy",
            config=Config,
            tenant=lambda config: config.org,
            connect=self._connect,
            feeds=feeds or (USERS, APPS, LOG),
            example="",
            limits="none",
        )

    def _connect(self, _config, wire):
        self.connected += 1
        self.wire = wire
        return self

    def pages(self, feed, window):
        self.windows.append((feed.name, window))
        found = self.script.get(feed.name, [])
        for item in found(window) if callable(found) else found:
            if isinstance(item, BaseException):
                raise item
            yield item() if callable(item) else item

    def close(self):
        self.closed += 1


@pytest.fixture
def toy():
    return Toy()


@pytest.fixture
def live(make_live, toy):  # noqa: F811
    made = make_live(known={"toy": toy.source})
    made.tables["toy"] = {"kind": "toy"}
    made.environment["SECRET"] = "hush-hush"
    return made


def page(*found, **given):
    return Page(body=json.dumps(list(found)).encode(), **given)


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def mark_of(live, stream="sign_ins"):
    sql = "SELECT c.value FROM cursor c JOIN stream st ON st.id = c.stream_id WHERE st.name = :name"
    rows = live.house.rows(sql, name=stream)
    return marks(rows[0]["value"]) if rows else None


def count(live, what="record"):
    return live.house.one(f"SELECT count(*) FROM {what}")


# --- cursors -------------------------------------------------------------------------------------------------------


def test_a_window_ends_before_the_lag_and_the_next_one_begins_before_its_end(live, toy):
    toy.script["log"] = [page(event(1))]
    live.scan()
    live.scan()

    (_, first), (_, second) = (w for w in toy.windows if w[0] == "log")
    assert first.until - first.since == timedelta(days=90) - timedelta(minutes=5)
    assert second.since == first.until - timedelta(hours=1)
    assert mark_of(live).feeds["log"].begun == first.since


def test_the_cursor_stays_where_a_run_was_cut_off(live, toy):
    toy.script["log"] = [page(event(1), cursor="one"), page(event(2), cursor="two"), Transient("it broke")]

    live.scan()

    found = mark_of(live).feeds["log"]
    assert found.token == "two"
    assert live.house.one("SELECT sum(successes) FROM usage") == 2
    row = live.coverage()["toy", "sign_ins"]
    assert (row["status"], row["reason"]) == ("partial", "toy: log: it broke")
    assert "goes on where this one stopped" in row["remedy"]
    live.scan()
    assert toy.windows[-1][1].cursor == "two"


def test_slices_move_the_cursor_as_they_are_kept(live, toy, monkeypatch):
    monkeypatch.setattr("scanner.spooling.RECORDS", 1)
    half = live.house.clock.at - timedelta(days=40)
    toy.script["log"] = [page(event(1), until=half), Interrupted("cut")]

    live.scan()

    assert mark_of(live).feeds["log"].until == half
    live.scan()
    assert toy.windows[-1][1].since == half - timedelta(hours=1)


def test_newest_first_moves_nothing_before_all_was_read(make_live):  # noqa: F811
    toy = Toy(replace(LOG, newest_first=True))
    live = make_live(known={"toy": toy.source})
    live.tables["toy"] = {"kind": "toy"}
    toy.script["log"] = [page(event(2), cursor="x"), Transient("cut")]

    live.scan()

    assert mark_of(live) is None
    toy.script["log"] = [page(event(2)), page(event(1))]
    live.scan()
    assert toy.windows[-1][1].cursor is None
    assert mark_of(live).feeds["log"].until == toy.windows[-1][1].until


def test_the_cursor_and_the_landing_files_are_committed_at_once(live, toy, monkeypatch):
    toy.script["log"] = [page(event(1), cursor="one")]
    seen = []
    original = landing_files.commit_files

    def watched(connection, *rest):
        original(connection, *rest)
        sql_event.listen(connection, "commit", lambda c: seen.append(c.exec_driver_sql(_BOTH).fetchone()), once=True)

    monkeypatch.setattr("scanner.scan.events.commit_files", watched)

    live.scan()

    assert seen == [(1, 1)]


_BOTH = (
    "SELECT (SELECT count(*) FROM landing_file WHERE state = 'committed'),"
    " (SELECT count(*) FROM cursor WHERE value LIKE '%\"one\"%')"
)


def test_a_clock_of_ours_that_runs_ahead_skips_nothing(live, toy):
    def pages(_window):
        toy.wire.hear(live.house.clock.at - timedelta(hours=6))
        return [page(event(1))]

    toy.script["log"] = pages

    live.scan()

    found, (_, window) = mark_of(live).feeds["log"], toy.windows[-1]
    assert abs(window.until - found.until - timedelta(hours=6)) < timedelta(seconds=5)


def test_events_that_our_slow_clock_takes_for_the_future_are_kept(live, toy):
    def pages(_window):
        toy.wire.hear(live.house.clock.at + timedelta(days=30))
        return [page(event(1, published="2026-04-10T00:00:00.000Z"))]

    toy.script["log"] = pages

    live.scan()

    assert live.coverage()["toy", "sign_ins"]["quarantined"] == 0
    assert live.house.one("SELECT sum(successes) FROM usage") == 1


def test_a_cursor_that_cannot_be_read_is_as_good_as_none(live, toy):
    toy.script["log"] = [page(event(1), cursor="one")]
    live.scan()
    live.house.execute("UPDATE cursor SET value = 'garbled'")

    live.scan()

    assert toy.windows[-1][1].cursor is None
    assert statuses(live)["sign_ins"] == "complete"


# --- snapshots -----------------------------------------------------------------------------------------------------


def test_a_snapshot_closes_what_is_gone_only_when_it_was_read_to_its_end(live, toy):
    toy.script["users"] = [page(user("ana"), user("bo"))]
    live.scan()
    open_ones = "SELECT count(*) FROM record WHERE valid_to IS NULL"
    for error in (Transient("x"), AccessDenied("x", "y"), Unreachable("x", "y"), KeyError("x"), RateLimited(7)):
        toy.script["users"] = [page(user("ana")), error]
        live.scan()
        assert live.house.one(open_ones) == 2

    toy.script["users"] = [page(user("ana"))]
    live.scan()

    assert live.house.one(open_ones) == 1


def test_a_snapshot_of_many_spools_is_one(live, toy, monkeypatch):
    monkeypatch.setattr("scanner.spooling.RECORDS", 1)
    toy.script["users"] = [page(user(f"p{n}")) for n in range(5)]

    live.scan()
    live.scan()

    assert live.house.one("SELECT count(*) FROM record WHERE valid_to IS NULL") == 5
    assert count(live) == 5


def test_a_feed_left_out_is_not_read_and_what_it_would_fill_is_not_closed(live, toy):
    live.tables["toy"]["skip"] = ["users"]

    live.scan()

    assert [name for name, _ in toy.windows] == ["apps", "log"]
    assert ("toy", "users") not in live.coverage()


def test_a_stream_of_two_feeds_is_whole_only_with_both(make_live):  # noqa: F811
    toy = Toy(USERS, replace(USERS, name="more_users"))
    live = make_live(known={"toy": toy.source})
    live.tables["toy"] = {"kind": "toy"}
    toy.script = {"users": [page(user("ana"))], "more_users": [page(user("bo"))]}
    live.scan()
    live.tables["toy"]["skip"] = ["more_users"]

    live.scan()

    row = live.coverage()["toy", "users"]
    assert (row["status"], row["reason"]) == ("partial", "the configuration leaves out more_users")
    assert live.house.one("SELECT count(*) FROM record WHERE valid_to IS NULL") == 2


# --- tenants -------------------------------------------------------------------------------------------------------


def test_a_source_that_is_pointed_at_another_tenant_is_not_mistaken_for_the_same(live, toy):
    toy.script["users"] = [page(user("ana"), user("bo"))]
    live.scan()
    live.tables["toy"]["org"] = "other"
    toy.script["users"] = [page(user("zoe"))]

    live.scan()

    row = live.coverage()["toy", "users"]
    assert row["status"] == "failed"
    assert row["reason"] == "toy was read from acme before, and is now set to other"
    assert live.house.one("SELECT count(*) FROM record WHERE valid_to IS NULL") == 2
    live.scan(same_tenant=True)
    assert statuses(live)["users"] == "complete"
    live.scan()
    assert statuses(live)["users"] == "complete"


# --- what goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (AccessDenied("Okta E0000006", "grant"), "refused", "okta.users.read (Okta E0000006)"),
        (AccessDenied("Okta E0000011", "renew it", lacking=False), "refused", "Okta E0000011"),
        (Unreachable("nobody there", "look"), "failed", "nobody there"),
        (RateLimited(3600), "failed", "toy: users: rate limited for 3600 s"),
        (ConfigError("env:SECRET is not set"), "failed", "env:SECRET is not set"),
        (Malformed("odd"), "failed", "toy: users: odd"),
        (KeyError("hush-hush"), "failed", "toy: users: KeyError"),
        (RuntimeError("hush-hush"), "failed", "toy: users: RuntimeError"),
        (RecursionError(), "failed", "toy: users: RecursionError"),
        (OSError(28, "No space left on device"), "failed", "toy: users: No space left on device"),
    ],
)
def test_an_error_ends_its_own_stream_and_says_what_to_do(live, toy, error, status, reason):
    toy.script = {"users": [error], "apps": [page(app(1))]}

    live.scan()

    row = live.coverage()["toy", "users"]
    assert (row["status"], row["reason"]) == (status, reason)
    assert row["remedy"]
    assert "hush" not in repr(live.coverage())
    assert statuses(live)["apps"] == "complete"


def test_what_no_stream_of_a_source_survives_is_not_tried_with_each(live, toy):
    toy.script["users"] = [Unreachable("no such host", "look", everything=True)]

    live.scan()

    assert [name for name, _ in toy.windows] == ["users"]
    assert set(statuses(live).values()) == {"failed"}


def test_a_source_that_cannot_even_begin_does_not_stop_the_others(live, toy):
    def broken(_config, _wire):
        raise ConfigError("env:SECRET is not set")

    live.known = {"toy": toy.source, "broken": replace(toy.source, kind="broken", connect=broken)}
    live.tables["broken"] = {"kind": "broken"}
    toy.script["users"] = [page(user("ana"))]

    live.scan()

    assert live.coverage()["broken", "users"]["status"] == "failed"
    assert live.coverage()["toy", "users"]["status"] == "complete"


@pytest.mark.parametrize("body", [b"{}", b'{"users": []}', b"null", b"7", b"[", b"", b'"x"', b"<html>", b"\xff\xfe"])
def test_what_is_no_page_is_never_nothing_there(live, toy, body):
    toy.script["users"] = [page(user("ana"))]
    live.scan()
    toy.script["users"] = [Page(body=body)]

    live.scan()

    assert live.coverage()["toy", "users"]["status"] == "failed"
    assert live.house.one("SELECT count(*) FROM record WHERE valid_to IS NULL") == 1


def test_one_record_that_is_none_is_quarantined_and_the_cursor_goes_on(live, toy):
    toy.script["log"] = [page({"uuid": None, "eventType": "user.authentication.sso"}, cursor="one")]

    live.scan()

    assert live.coverage()["toy", "sign_ins"]["quarantined"] == 1
    assert mark_of(live).feeds["log"].token == "one"


def test_a_translator_that_breaks_down_moves_no_cursor(live, toy, monkeypatch):
    def broken(_raw, _context):
        raise RuntimeError("hush-hush")

    broken_format = Format(
        name="okta-system-log",
        about="",
        system="okta",
        streams=LOG_FORMAT.streams,
        read=LOG_FORMAT.read,
        translate=broken,
    )
    monkeypatch.setitem(sys.modules["scanner.reading"].FORMATS, "okta-system-log", broken_format)
    toy.script["log"] = [page(event(1), cursor="one"), page(event(2), cursor="two")]

    live.scan()

    assert mark_of(live) is None
    assert live.coverage()["toy", "sign_ins"]["status"] == "failed"


_HOSTILE = st.one_of(
    st.binary(max_size=40).map(lambda body: Page(body=body)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3)
    ).map(lambda x: Page(body=json.dumps(x).encode())),
    st.lists(st.sampled_from(["ana", "bo", "ana"]).map(user), max_size=4).map(lambda found: page(*found)),
    st.builds(
        lambda name, token: page(user("odd", profile={"displayName": name, "department": name}), cursor=token),
        st.text(max_size=20),
        st.none() | st.text(max_size=9),
    ),
    st.sampled_from(
        [
            *(Transient("x"), RateLimited(1e9), AccessDenied("p", "r"), Unreachable("x", "y"), Interrupted("x")),
            *(KeyError("hush-hush"), ValueError("hush-hush"), MemoryError(), StopIteration(), GeneratorExit()),
        ]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(script=st.lists(_HOSTILE, max_size=6))
def test_a_hostile_source_breaks_nothing_closes_nothing_and_does_not_stop_a_good_one(make_live, script):  # noqa: F811
    bad, good = Toy(USERS), Toy(USERS)
    live = make_live(known={"bad": replace(bad.source, kind="bad"), "good": replace(good.source, kind="good")})
    live.tables = {"bad": {"kind": "bad"}, "good": {"kind": "good"}}
    good.script["users"] = bad.script["users"] = [page(user("ana"), user("bo"))]
    live.scan()
    bad.script["users"] = script

    live.scan()

    found = live.coverage()
    assert found["good", "users"]["status"] == "complete"
    assert "hush" not in repr(found)
    if found["bad", "users"]["status"] != "complete":
        still = "SELECT count(*) FROM record WHERE native_id IN ('00uana', '00ubo') AND valid_to IS NULL"
        assert live.house.one(still) == 4


# --- side by side, and stopped -------------------------------------------------------------------------------------


def test_several_sources_are_read_side_by_side(make_live):  # noqa: F811
    meeting = threading.Barrier(3, timeout=60)
    toys = {f"toy{n}": Toy(USERS) for n in range(3)}
    live = make_live(known={name: replace(toy.source, kind=name) for name, toy in toys.items()})
    for name, toy in toys.items():
        live.tables[name] = {"kind": name}
        toy.script["users"] = [lambda: (meeting.wait(), page(user("ana")))[1]]

    live.scan()

    assert {row["status"] for row in live.coverage().values()} == {"complete"}
    assert [toy.closed for toy in toys.values()] == [1, 1, 1]


def test_ctrl_c_leaves_a_partial_run_and_the_same_call_completes_it(live, toy, monkeypatch):
    monkeypatch.setattr("scanner.spooling.RECORDS", 1)
    asked = threading.Event()

    def interrupt():
        asked.set()
        os.kill(os.getpid(), signal.SIGINT)
        toy.wire.stop.wait(10)
        return page(user("bo"))

    toy.script["users"] = [page(user("ana")), interrupt, page(user("cleo"))]

    with pytest.raises(KeyboardInterrupt):
        live.scan()

    assert asked.is_set()
    assert toy.wire.stop.is_set()
    assert statuses(live)["users"] == "partial"
    toy.script["users"] = [page(user("ana"), user("bo"), user("cleo"))]
    live.scan()
    assert statuses(live)["users"] == "complete"
    assert live.house.one("SELECT count(*) FROM record WHERE valid_to IS NULL") == 3


def test_progress_names_what_is_read(live, toy):
    toy.script = {"users": [page(user("ana"))], "log": [page(event(1))]}

    live.scan()

    steps = live.house.progress.steps
    assert steps[:3] == ["Reading toy", "Reading toy: users", "Reading toy: log"]


def test_lines_of_a_page_hold_no_line_breaks():
    body = b'[\r\n{"a":\n 1},\n{"b": "\\n"}]'

    assert lines_of(USERS, body) == [b'{"a":  1}', b'{"b": "\\n"}']
    assert lines_of(replace(USERS, whole=True), body) == [b'[  {"a":  1}, {"b": "\\n"}]']


@pytest.mark.parametrize(
    ("body", "found"),
    [(b'{"kind": "k"}', []), (b'{"items": [{}], "kind": "k"}', [b"{}"]), (b'{"items": []}', [])],
)
def test_a_page_with_its_list_in_a_field_is_empty_only_where_it_says_what_it_is(body, found):
    assert lines_of(replace(USERS, lists=("items",), kind="k"), body) == found


@pytest.mark.parametrize("body", [b"{}", b'{"kind": "other"}', b"[]", b'{"items": {}}', b'{"error": "x"}'])
def test_a_page_of_something_else_is_refused(body):
    with pytest.raises(Unreachable, match="no page of this listing"):
        lines_of(replace(USERS, lists=("items",), kind="k"), body)


# --- killed --------------------------------------------------------------------------------------------------------

_CHILD = """
import json, os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from dataclasses import replace
from tests.connectors.live import Live, Waiting
from tests.scanner.house import House, event, user
from tests.scanner.test_scan import Toy, page
import scanner.spooling
scanner.spooling.RECORDS = 2
at = int(sys.argv[2])
toy = Toy()
made = 0
def counted(found):
    def give(window):
        global made
        begin = int(window.cursor or 0)
        for n, one in enumerate(found[begin:], begin + 1):
            made += 1
            if made == at:
                os.kill(os.getpid(), signal.SIGKILL)
            yield page(one, cursor=str(n))
    return give
toy.script = {{"users": counted([user(f"p{{n}}") for n in range(5)]), "log": counted([event(n) for n in range(9)])}}
live = Live(House(Path(sys.argv[1]), clock=Waiting()), known={{"toy": toy.source}})
live.tables["toy"] = {{"kind": "toy"}}
live.scan()
print(json.dumps(live.picture()))
"""


@pytest.mark.slow
def test_killed_between_any_two_pages_the_same_call_ends_with_the_signals_of_an_undisturbed_one(tmp_path):
    def run(folder, at):
        folder.mkdir(exist_ok=True)
        code = _CHILD.format(root=str(ROOT))
        return subprocess.run(
            [sys.executable, "-c", code, str(folder), str(at)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=ROOT,
            check=False,
        )

    undisturbed = json.loads(run(tmp_path / "calm", 0).stdout)
    for at in range(1, 15):
        killed = run(tmp_path / f"at{at}", at)
        done = run(tmp_path / f"at{at}", 0)

        assert killed.returncode == -signal.SIGKILL
        assert json.loads(done.stdout)["records"] == undisturbed["records"]
        assert json.loads(done.stdout)["usage"] == undisturbed["usage"]
