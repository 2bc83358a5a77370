"""`ostiary schedule`, with the configuration that a person writes, over a socket, at times that the test says."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.schedule import SCHEDULES
from storage.lock import run_lock
from storage.store import Store
from tests.connectors.conftest import make_fake, sockets  # noqa: F401 (fixtures)

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s3cr3t-of-the-fake"
DB = ("--db", "sqlite:///x.db")
OTHER = '[sources.other]\nkind = "okta"\norg_url = "https://b.okta.com"\ntoken = "env:SECRET"\n'


class Clock:
    """The clock of the program and of the vendor."""

    def __init__(self):
        self.at = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0)

    def on(self, **by):
        self.at += timedelta(**by)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("model.ports.SystemClock.now", lambda _self: made.at)
    return made


@pytest.fixture
def configured(machine):
    """Write a configuration whose source has the given keys."""

    def write(*keys, base="https://acme.okta.com", more=""):
        table = ["[sources.okta]", 'kind = "okta"', f'org_url = "{base}"', 'token = "env:SECRET"', *keys]
        text = '[company]\ntimezone = "Europe/London"\n' + "\n".join(table) + f"\n{more}"
        (machine / "ostiary.toml").write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def okta(make_fake, configured, clock, monkeypatch):  # noqa: F811
    fake = make_fake("okta", clock)
    monkeypatch.setenv("SECRET", SECRET)
    configured('schedule = "every: 6h"', 'jitter = "1m"', base=fake.base)
    return fake


def listed(run, *words):
    done = run("schedule", "list", *DB, "--format", "json", *words)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_a_source_is_scanned_when_it_is_due_and_the_list_shows_it(run, okta, clock):
    assert run("schedule", "run", "--once", *DB).exit_code == 0
    assert okta.calls == []
    clock.on(hours=3)

    done = run("schedule", "run", "--once", *DB)

    assert done.exit_code == 0, done.stderr
    assert "okta: complete" in done.stderr
    (row,) = listed(run)
    assert (row["outcome"], row["coverage"], row["reason"], row["overdue"]) == ("complete", "complete", None, False)
    assert (row["schedule"], row["jitter_seconds"], row["timezone"]) == ("every: 6h", 60, "Europe/London")
    assert row["due_at"] == clock.at.strftime("%Y-%m-%dT12:00:00Z")
    assert clock.at.strftime("%Y-%m-%dT18:0") in row["next_at"]
    assert json.loads(run("tools", *DB, "--format", "json").stdout)
    calls = len(okta.calls)
    assert run("schedule", "run", "--once", *DB).exit_code == 0
    assert len(okta.calls) == calls


def test_a_refused_stream_is_a_partial_run_and_the_status_is_3(run, okta, clock):
    okta.always = lambda call: "403" if call.path == "/api/v1/logs" else None
    run("schedule", "run", "--once", *DB)
    clock.on(hours=3)

    assert run("schedule", "run", "--once", *DB).exit_code == 3
    (row,) = listed(run)
    assert (row["outcome"], row["coverage"]) == ("partial", "refused")


def test_a_source_of_which_nothing_could_be_read_has_failed_and_the_status_is_1(run, okta, clock):
    okta.always = lambda _call: "401"
    run("schedule", "run", "--once", *DB)
    clock.on(hours=3)

    done = run("schedule", "run", "--once", *DB)

    assert done.exit_code == 1
    assert listed(run)[0]["outcome"] == "failed"
    assert SECRET not in done.stdout + done.stderr


def test_a_source_that_was_taken_out_meanwhile_fails_with_a_reason(run, okta, clock, configured, monkeypatch):
    run("schedule", "run", "--once", *DB)
    clock.on(hours=3)

    def gone(_desk, _names):
        raise sys.modules["click"].UsageError("the configuration has no source 'okta'")

    monkeypatch.setattr("commands.schedule.chosen", gone)

    assert run("schedule", "run", "--once", *DB).exit_code == 1
    assert listed(run)[0]["reason"] == "the configuration has no source 'okta'"
    assert "okta failed: the configuration has no source 'okta'" in run("schedule", *DB).stdout


def test_a_signal_in_a_scan_leaves_it_resumable_and_the_next_start_completes_it(run, okta, clock):
    run("schedule", "run", "--once", *DB)
    clock.on(hours=3)
    okta.always = lambda _call: os.kill(os.getpid(), signal.SIGTERM)

    stopped = run("schedule", "run", *DB)

    assert stopped.exit_code == 0
    assert stopped.stderr.splitlines()[-1] == "stopped; what was under way is taken up at the next start"
    (row,) = listed(run)
    assert (row["outcome"], row["overdue"]) == ("interrupted", True)
    okta.always = lambda _call: None
    assert run("schedule", "run", "--once", *DB).exit_code == 0
    (row,) = listed(run)
    assert (row["outcome"], row["coverage"], row["overdue"]) == ("complete", "complete", False)


def test_while_another_command_runs_it_waits_and_is_overdue(run, okta, clock, machine):
    run("schedule", "run", "--once", *DB)
    clock.on(hours=3)
    store = Store(f"sqlite:///{machine}/x.db")

    with run_lock(store):
        done = run("schedule", "run", "--once", *DB)

    store.close()
    assert (done.exit_code, okta.calls) == (0, [])
    assert "another run is under way" in done.stderr
    assert listed(run)[0]["overdue"] is True
    shown = run("schedule", *DB).stdout
    assert "(overdue)" in shown
    assert "is `ostiary schedule run` at work?" in shown


# --- the list ------------------------------------------------------------------------------------------------------


def test_without_a_schedule_it_says_how_to_set_one(run, configured):
    configured()

    shown = run("schedule")

    assert shown.exit_code == 0
    assert 'schedule = "cron: 0 3 * * *"' in " ".join(shown.stdout.split())
    assert listed(run) == []
    refused = run("schedule", "run", *DB)
    assert refused.exit_code == 2
    assert "No source has a schedule" in refused.stderr


def test_before_the_first_run_the_next_one_is_shown_and_no_database_is_made(run, configured, clock, machine):
    configured('schedule = "cron: 0 3 * * *"', more=OTHER)

    shown = run("schedule").stdout

    assert "not yet" in shown
    assert "Without a schedule: other." in shown
    assert not (machine / "data").exists()
    (row,) = listed(run)
    assert (row["outcome"], row["run"], row["overdue"]) == (None, None, False)
    assert row["next_at"] > clock.at.isoformat()


def test_every_format_names_the_same_fields(run, configured):
    configured('schedule = "every: 1d"')

    cells = list(csv.DictReader(io.StringIO(run("schedule", *DB, "--format", "csv").stdout)))
    lines = run("schedule", *DB, "--format", "jsonl").stdout.splitlines()

    assert tuple(cells[0]) == SCHEDULES.fields == tuple(listed(run)[0])
    assert [json.loads(line)["source"] for line in lines] == ["okta"]


def test_columns_that_go_have_an_order_of_their_own():
    ranks = [column.rank for column in SCHEDULES.columns if column.rank]

    assert len(ranks) == len(set(ranks))


# --- the configuration ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (['schedule = "daily"'], "sources.okta.schedule: write"),
        (["schedule = 6"], "sources.okta.schedule: a text is wanted"),
        (['schedule = "cron: 0 25 * * *"'], "sources.okta.schedule: "),
        (['schedule = "every: 1m"'], "sources.okta.schedule: from 5m to 31d"),
        (['schedule = "every: 1d"', 'jitter = "2d"'], "sources.okta.jitter: from 1m to 12h"),
        (['jitter = "5m"'], "sources.okta.jitter: there is no schedule to delay"),
    ],
)
def test_a_wrong_schedule_names_file_and_key(run, configured, keys, why):
    configured(*keys)

    for words in (("schedule",), ("tools",)):
        done = run(*words)
        assert done.exit_code == 2
        assert f"ostiary.toml: {why}" in done.stderr


def test_init_says_how_a_schedule_is_written(run, machine):
    run("init")

    assert 'schedule = "cron: 0 3 * * *"' in (machine / "ostiary.toml").read_text(encoding="utf-8")


# --- the end -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_one_line_and_well(configured, machine, number):
    configured('schedule = "cron: 0 3 * * *"')
    words = [sys.executable, "-W", "ignore", str(ROOT / "cli.py"), "schedule", "run", *DB]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    first = process.stderr.readline()
    process.send_signal(number)
    _, rest = process.communicate(timeout=60)

    assert first.startswith("okta: cron: 0 3 * * *, next at ")
    assert "(Europe/London)" in first
    assert rest.splitlines() == ["stopped; what was under way is taken up at the next start"]
    assert process.returncode == 0
