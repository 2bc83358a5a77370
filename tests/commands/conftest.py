"""A machine with nothing on it, and one where the example company's files were read."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import ostiary

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
#: FORMAT -> file, in the order in which they are read.
READ = {
    "people-csv": "people.csv",
    "approved-tools-csv": "approved.csv",
    "okta-apps": "okta-apps.json",
    "okta-users": "okta-users.json",
    "okta-system-log": "okta-system-log.jsonl",
    "google-users": "google-users.json",
    "google-tokens": "google-tokens.json",
    "google-activities": "google-activities.json",
    "card-csv": "card.csv",
}
CONFIG = """
[company]
name = "Example Ltd"
domains = ["example.com", "example.co.uk"]
timezone = "Europe/London"
base_currency = "GBP"
marketing_units = ["Marketing", "MKT-100"]
"""
AS_OF = "2026-04-01"


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch, cache):
    """Give the test an empty folder to stand in, a home of its own, and none of the caller's settings."""
    for name in ("OSTIARY_DB", "OSTIARY_CONFIG", "OSTIARY_AUDIT_KEY", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str, stdin: bytes | None = None):
    """Run the program; the result has exit_code, stdout and stderr."""
    return CliRunner().invoke(ostiary, [str(w) for w in words], input=stdin, prog_name="ostiary")


@pytest.fixture
def run(machine):
    return call


@pytest.fixture
def rows(machine):
    """Run a listing and return its rows."""

    def listed(*words: str):
        done = call(*words, "--format", "json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    return listed


@pytest.fixture(scope="session")
def template(tmp_path_factory, cache):
    """Read all files of the example company, once."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "ostiary.toml").write_text(CONFIG, encoding="utf-8")
    options = ["--config", folder / "ostiary.toml", "--db", f"sqlite:///{folder}/ostiary.db", "--as-of", AS_OF]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        patch.delenv("OSTIARY_AUDIT_KEY", raising=False)
        for name, file in READ.items():
            done = call(*options, "ingest", name, FIXTURES / file)
            assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture
def filled(machine, template, monkeypatch):
    """Stand in a folder with the configuration and a database of the example company; return the folder."""
    shutil.copytree(template, machine, dirs_exist_ok=True)
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/ostiary.db")
    return machine
