"""Where things lie, and what a day is."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commands.opening import Desk, day_begin, day_end, who
from commands.settings import Settings, data_folder, database_url
from commands.shape import Program
from model.errors import ConfigError
from model.ports import SystemClock
from tests.commands.conftest import FIXTURES

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"XDG_DATA_HOME": "/x", "HOME": "/h"}, "linux", "/x/ostiary"),
        ({"HOME": "/h"}, "linux", "/h/.local/share/ostiary"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Application Support/ostiary"),
        ({"XDG_DATA_HOME": "/x", "HOME": "/h"}, "darwin", "/x/ostiary"),
    ],
)
def test_the_database_lies_in_the_users_data_directory(environment, platform, folder):
    assert data_folder(environment, platform) == Path(folder)


def test_a_database_that_is_named_is_taken():
    assert database_url(Program(db="sqlite:///x.db")) == "sqlite:///x.db"
    assert database_url(Program()).endswith("/ostiary/ostiary.db")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026-06-30", datetime(2026, 6, 29, 23, tzinfo=UTC), datetime(2026, 6, 30, 22, 59, 59, 999000, tzinfo=UTC)),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 23, 59, 59, 999000, tzinfo=UTC)),
        ("2026-06-30T12:00", datetime(2026, 6, 30, 11, tzinfo=UTC), datetime(2026, 6, 30, 11, tzinfo=UTC)),
        ("2026-06-30T12:00:00Z", datetime(2026, 6, 30, 12, tzinfo=UTC), datetime(2026, 6, 30, 12, tzinfo=UTC)),
    ],
)
def test_a_day_is_the_companys_and_a_moment_is_a_moment(text, begin, end):
    assert day_begin(text, LONDON) == begin
    assert day_end(text, LONDON) == end


def test_the_day_that_a_clock_change_makes_short_ends_at_midnight():
    assert day_end("2026-03-29", LONDON) == datetime(2026, 3, 29, 22, 59, 59, 999000, tzinfo=UTC)


def test_with_postgresql_the_landing_place_must_be_said(machine):
    class Postgres:
        path = None

    desk = Desk(Program(), Settings(folder=machine), Postgres(), empty=False, clock=SystemClock())

    with pytest.raises(ConfigError, match=r"\[landing\] path"):
        desk.objects()


def test_a_machine_without_a_name_for_its_user_still_says_who(monkeypatch):
    def nameless():
        raise OSError

    monkeypatch.setattr("getpass.getuser", nameless)

    assert who().startswith("user:")


def test_landing_files_lie_beside_the_database_or_where_it_is_said(run, machine):
    run("ingest", "okta-system-log", FIXTURES / "okta-system-log.jsonl", "--db", "sqlite:///a.db")
    (machine / "ostiary.toml").write_text('[landing]\npath = "elsewhere"\n', encoding="utf-8")
    run("ingest", "okta-system-log", FIXTURES / "okta-system-log.jsonl", "--db", "sqlite:///b.db")

    assert list((machine / "a.db.landing").rglob("*.parquet"))
    assert list((machine / "elsewhere").rglob("*.parquet"))
    assert not (machine / "b.db.landing").exists()
