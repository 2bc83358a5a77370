"""Opening a store: what goes wrong says what to do, and never a password."""

import os
import re
import stat
import tempfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from model.errors import ConfigError, Unavailable
from storage.store import Store
from tests.storage import databases
from tests.storage.filling import Filling

SECRET = "hunter2secret"
BAD_URLS = [
    f"postgresql//ana:{SECRET}@host/db",
    f"ana:{SECRET}",
    f"postgresql://ana@host:{SECRET}/db",
    f"mysql://ana:{SECRET}@host/db",
    f"nonsense+{SECRET}://ana:{SECRET}@host/db".replace(f"+{SECRET}", ""),
    "",
    "store.db",
    "sqlite://store.db",
]


@pytest.fixture
def powerless():
    """A folder, and file rights that count: root may write everywhere, so it steps down for the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        yield folder
        if root:
            os.seteuid(0)


def told_by(url, use=lambda connection: connection.execute(text("SELECT 1")), *, error=ConfigError):
    with pytest.raises(error) as told:
        opened(url, use)
    return str(told.value)


def opened(url, use):
    store = Store(url)
    try:
        with store.write() as connection:
            use(connection)
    finally:
        store.close()


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_no_database_url_is_refused_without_quoting_it(url):
    told = told_by(url)

    assert SECRET not in told
    assert "sqlite:///PATH" in told


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+asyncpg"])
def test_a_server_that_is_not_there_is_named_without_the_password(scheme):
    told = told_by(f"{scheme}://ana:{SECRET}@127.0.0.1:1/acme?connect_timeout=2")

    assert told.startswith("127.0.0.1/acme: ")
    assert SECRET not in told
    assert "check --db" in told


@pytest.mark.parametrize("query", [f"bogus={SECRET}x", f"password={SECRET}&host=/nowhere&sslmode=odd"])
def test_an_option_that_is_none_is_told_without_the_password(query):
    told = told_by(f"postgresql:///acme?{query}")

    assert re.search(rf"{SECRET}(?!x)", told) is None
    assert "check --db" in told


def test_a_database_that_is_not_there_is_named():
    url = databases.postgres().empty_database().replace("/test", "/none")

    assert "make it (createdb)" in told_by(url)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes. " * 100)

    told = told_by(f"sqlite:///{path}")

    assert told.startswith(f"{path}: file is not a database; restore a backup")
    assert path.read_text().startswith("These are my notes. ")


def test_a_folder_is_no_database(tmp_path):
    assert "choose another with --db" in told_by(f"sqlite:///{tmp_path}")


def test_a_folder_that_may_not_be_written_is_named(powerless):
    (powerless / "closed").mkdir(mode=0o500)

    told = told_by(f"sqlite:///{powerless}/closed/store.db")

    assert told.startswith(f"the database {powerless}/closed/store.db cannot be opened (Permission denied)")
    assert "--db" in told


def test_a_file_that_may_not_be_written_is_named(powerless):
    path = powerless / "store.db"
    opened(f"sqlite:///{path}", lambda c: c.execute(text("CREATE TABLE t (n INTEGER)")))
    path.chmod(0o400)

    assert "cannot be opened (Permission denied)" in told_by(f"sqlite:///{path}")


def test_a_folder_that_is_closed_later_is_told_with_what_to_do(powerless):
    path = powerless / "inner" / "store.db"
    opened(f"sqlite:///{path}", lambda c: c.execute(text("CREATE TABLE t (n INTEGER)")))
    path.parent.chmod(0o500)
    try:
        told = told_by(f"sqlite:///{path}", lambda c: c.execute(text("INSERT INTO t VALUES (1)")))
    finally:
        path.parent.chmod(0o700)

    assert told.startswith(f"{path}: ")
    assert "make the file and its folder writable" in told


def test_a_full_disk_is_told_with_what_to_do(tmp_path):
    def fill(connection):
        connection.execute(text("CREATE TABLE t (body TEXT)"))
        connection.execute(text("PRAGMA max_page_count = 10"))
        connection.execute(text("INSERT INTO t VALUES (:b)"), {"b": "x" * 200_000})

    assert "free some space and run the same command again" in told_by(
        f"sqlite:///{tmp_path}/store.db", fill, error=Unavailable
    )


def test_a_writer_that_another_one_holds_up_says_so(tmp_path):
    store, other = (Store(f"sqlite:///{tmp_path}/store.db") for _ in range(2))
    try:
        with store.read() as connection:
            connection.execute(text("PRAGMA busy_timeout = 10"))
        with other.write(), pytest.raises(Unavailable, match="another command writes to it"), store.write():
            pass
    finally:
        store.close()
        other.close()


def test_only_the_owner_may_read_a_store_that_is_made(tmp_path):
    path = tmp_path / "new" / "folder" / "store.db"

    opened(f"sqlite:///{path}", lambda c: c.execute(text("CREATE TABLE t (n INTEGER)")))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_store_knows_its_file(tmp_path):
    paths = []
    for url in (f"sqlite:///{tmp_path}/store.db", "sqlite://", "sqlite:///:memory:", "postgresql://host/db"):
        store = Store(url)
        paths.append(store.path)
        store.close()

    assert paths == [tmp_path / "store.db", None, None, None]


def test_a_store_in_memory_can_be_written_and_read():
    store = Store("sqlite://")
    with store.write() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0
    store.close()


def test_an_error_takes_the_whole_transaction_back(store):
    def broken():
        with store.write() as connection:
            Filling(connection).source("okta:acme")
            raise KeyError

    with pytest.raises(KeyError):
        broken()

    with store.read() as connection:
        assert Filling(connection).whole("source") == []


def test_what_is_our_own_fault_is_no_matter_of_configuration(store):
    twice = text("INSERT INTO source (id, name) VALUES (1, 'x'), (1, 'y')")

    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(twice)


def test_a_reader_sees_one_state_from_beginning_to_end(store):
    with store.read() as reader:
        before = Filling(reader).whole("source")
        with store.write() as connection:
            Filling(connection).source("okta:acme")

        assert Filling(reader).whole("source") == before == []
    with store.read() as reader:
        assert len(Filling(reader).whole("source")) == 1


def test_a_writer_makes_many_short_transactions_and_others_see_each(store):
    with store.writer() as writer:
        for n in range(1, 3):
            with writer.transaction() as connection:
                Filling(connection).source(f"s{n}")
            with store.read() as reader:
                assert len(Filling(reader).whole("source")) == n


def test_a_writer_tells_what_is_wrong_and_can_go_on(store):
    with store.writer() as writer:
        with pytest.raises(ConfigError if store.is_sqlite else Exception), writer.transaction() as connection:
            connection.execute(text("SELECT * FROM no_such_table"))
        with writer.transaction() as connection:
            Filling(connection).source("okta:acme")

    with store.read() as reader:
        assert len(Filling(reader).whole("source")) == 1


def test_writers_wait_for_one_another(store):
    numbers = []

    def write(n):
        with store.write() as connection:
            numbers.append(Filling(connection).source(f"s{n}"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(numbers)) == 8


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("database or disk is full", Unavailable),
        ("could not extend file: No space left on device", Unavailable),
        ("database is locked", Unavailable),
        ("database disk image is malformed", ConfigError),
        ("unable to open database file", ConfigError),
        ("something new", ConfigError),
    ],
)
def test_what_passes_by_itself_is_told_from_a_wrong_call(store, said, kind):
    error = OperationalError("SELECT 1", {}, store.engine.dialect.loaded_dbapi.OperationalError(said))

    with pytest.raises(kind, match=said), store.read():
        raise error


def test_a_stop_while_a_connection_is_closed_passes_on_without_a_traceback(tmp_path, caplog, monkeypatch):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.read() as connection:
        connection.execute(text("SELECT 1"))

    def stopped(_connection):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store.engine.dialect, "do_close", stopped)
        with pytest.raises(KeyboardInterrupt):
            store.close()

    assert caplog.records == []


def test_another_error_while_a_connection_is_closed_is_still_logged(tmp_path, caplog, monkeypatch):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.read() as connection:
        connection.execute(text("SELECT 1"))

    def broken(_connection):
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(store.engine.dialect, "do_close", broken)
        store.close()

    assert len(caplog.records) == 1
