"""The aliases of decisions, read without the ORM."""

import json
import subprocess
import sys

import pytest

from model.errors import ConfigError
from storage import kept
from storage.aliases import standing_aliases
from storage.store import Store
from tests.storage import databases


def decided(store, kind, about, **detail):
    row = {"at": 1773500000000, "by": "user:ana", "kind": kind, "object": about, "detail": detail}
    with store.write() as connection:
        return kept.add_decision(connection, row | {"reason_hash": None, "origin": None})


@pytest.mark.parametrize("backend", databases.BACKENDS)
def test_aliases_in_force_are_read_in_order_and_undone_ones_are_not(backend, tmp_path):
    url = databases.url(backend, tmp_path)
    store = Store(url)
    first = decided(store, "alias", "alias:app_name:board", tool="canva")
    decided(store, "merge", "tool:a", into="b")
    second = decided(store, "alias", "alias:app_name:desk", tool="asana")
    third = decided(store, "alias", "alias:domain:x.com", tool="zoom")
    decided(store, "undo", f"decision:{second}")
    store.close()

    found = standing_aliases(url)

    assert [(row["id"], json.loads(row["detail"])["tool"]) for row in found] == [(first, "canva"), (third, "zoom")]
    assert {row["at"] for row in found} == {1773500000000}


@pytest.mark.parametrize("backend", databases.BACKENDS)
def test_a_database_without_tables_has_none(backend, tmp_path):
    assert standing_aliases(databases.empty_url(backend, tmp_path)) == []


def test_where_there_is_no_database_there_are_none_and_none_is_made(tmp_path):
    assert standing_aliases(f"sqlite:///{tmp_path}/none.db") == []
    assert standing_aliases("sqlite://") == []
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_a_database_that_is_still_to_be_filled(tmp_path):
    (tmp_path / "a b%20#.db").touch()

    assert standing_aliases(f"sqlite:///{tmp_path}/a b%20#.db") == []


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "x.db").write_text("words " * 1000, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"x\.db: file is not a database; restore a backup"):
        standing_aliases(f"sqlite:///{tmp_path}/x.db")


def test_a_password_is_never_told():
    with pytest.raises(ConfigError) as told:
        standing_aliases("postgresql+psycopg://me:hush-hush@127.0.0.1:1/none")

    assert "hush" not in str(told.value)
    assert told.value.__suppress_context__


def test_reading_them_loads_no_orm():
    words = "import sys, storage.aliases; print(*sorted({m.partition('.')[0] for m in sys.modules}))"

    loaded = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout.split()

    assert {"sqlalchemy", "sqlmodel", "alembic", "psycopg"} & set(loaded) == set()
