"""The shape of a store, from the first revision on."""

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from model.errors import ConfigError
from model.signal import SignalKind
from storage import kept, schema
from storage.tables import metadata
from tests.storage.filling import Filling, at

VERSIONS = sorted(p.stem for p in (Path(schema.__file__).parent / "migrations" / "versions").glob("*.py"))


def test_head_is_the_newest_revision_file():
    assert VERSIONS[-1] == schema.HEAD


def test_every_revision_stands_on_the_one_before():
    folder = Path(schema.__file__).parent / "migrations" / "versions"
    stated = [re.search(r"^down_revision = (.+)$", (folder / f"{v}.py").read_text(), re.MULTILINE)[1] for v in VERSIONS]

    assert stated == ["None", *(f'"{v}"' for v in VERSIONS[:-1])]


def test_an_empty_store_is_brought_to_head_once(open_store):
    store = open_store()

    assert not schema.is_current(store)
    assert schema.upgrade(store) is True
    assert schema.is_current(store)
    assert schema.upgrade(store) is False


def test_migrations_make_what_the_tables_say(store):
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})

        assert compare_metadata(context, metadata) == []


def width(rows):
    return len(rows[0]) if rows else None


def test_a_filled_store_at_the_first_revision_keeps_its_rows(open_store):
    store = open_store()
    schema.upgrade(store, "0001")
    with store.write() as connection:
        filling = Filling(connection)
        filling.insert("stream", id=1, source_id=filling.source(), name="apps", mode="snapshot")
        stream, app = 1, filling.app(app_id="0oa1", label="Quillfox")
        filling.record(stream, at(2026, 3, 1), identity=app, kind=SignalKind.REGISTRATION, facts={"status": "ACTIVE"})
        row = {"at": 1, "by": "user:ana", "kind": "status", "object": "tool:x", "detail": {}, "reason_hash": None}
        kept.add_decision(connection, row)
        kept_tables = inspect(connection).get_table_names()
        before = {name: filling.whole(name) for name in kept_tables if name in metadata.tables}

    assert schema.upgrade(store) is True

    with store.read() as connection:
        # What a later revision puts beside the columns of a table stands after them.
        for name, rows in before.items():
            assert [row[: width(rows)] for row in Filling(connection).whole(name)] == rows
        assert {"usage", "link", "tool"} <= set(inspect(connection).get_table_names())
    assert sum(map(len, before.values())) >= 4


def test_streams_of_the_seventh_revision_are_kept_and_are_of_no_known_system(open_store):
    store = open_store()
    schema.upgrade(store, "0007")
    with store.write() as connection:
        Filling(connection).insert("stream", source_id=1, name="apps", mode="snapshot")

    schema.upgrade(store)

    with store.read() as connection:
        assert connection.execute(text("SELECT name, mode, system FROM stream")).all() == [("apps", "snapshot", None)]


def test_findings_of_the_third_revision_are_kept_and_want_nothing_by_name(open_store):
    store = open_store()
    schema.upgrade(store, "0003")
    with store.write() as connection:
        columns = [c["name"] for c in inspect(connection).get_columns("finding") if c["name"] != "valid_to"]
        row = {name: 1 if name in {"violated_once", "queued", "watched", "evaluated"} else "x" for name in columns}
        Filling(connection).insert("finding", **row | {"valid_from": 1})

    schema.upgrade(store)

    with store.read() as connection:
        assert connection.execute(text("SELECT policy, queued, missing FROM finding")).all() == [("x", 1, None)]


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store):
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))

    with pytest.raises(ConfigError, match=r"newer version of Ostiary .schema 9001, this one knows") as told:
        schema.upgrade(store)

    assert "another database with --db" in str(told.value)
    assert not schema.is_current(store)


@pytest.mark.parametrize("revision", ["base", *VERSIONS[:-1]])
def test_a_store_can_be_taken_down_and_up_again(store, revision):
    with store.write() as connection:
        Filling(connection).source("okta:acme")
        command.downgrade(schema._config(connection), revision)
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}

    assert left <= set(metadata.tables)
    assert (left == set()) == (revision == "base")
    assert schema.upgrade(store) is True
    with store.read() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version", *metadata.tables}
        assert Filling(connection).whole("source") == ([] if revision == "base" else [(1, "okta:acme")])


def test_a_migration_that_breaks_off_leaves_nothing_behind(open_store, monkeypatch):
    store = open_store()

    class Killed(Exception):
        pass

    real = command.upgrade

    def broken(config, revision):
        real(config, "0001")
        raise Killed

    monkeypatch.setattr(command, "upgrade", broken)

    with pytest.raises(Killed):
        schema.upgrade(store)

    with store.read() as connection:
        assert inspect(connection).get_table_names() == []


def test_a_folder_with_a_percent_sign_is_no_trouble(store, tmp_path, monkeypatch):
    folder = tmp_path / "100%(x)s"
    folder.mkdir()
    monkeypatch.setattr(schema, "_FOLDER", folder)

    with store.read() as connection:
        assert schema._config(connection).get_main_option("script_location") == str(folder)
