"""Every test of the storage runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from connectors.objects import Folder
from storage.store import Store
from tests.storage import databases
from tests.storage.filling import Filling


@pytest.fixture(scope="session", autouse=True)
def _databases():
    yield
    databases.stop()


@pytest.fixture(params=databases.BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def open_store(backend, tmp_path):
    """Open stores by URL, of a new empty database where none is given; they are closed at the end."""
    opened = []

    def make(url=None):
        opened.append(Store(url or databases.empty_url(backend, tmp_path)))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(backend, open_store, tmp_path):
    """A store with tables and no rows."""
    return open_store(databases.url(backend, tmp_path))


@pytest.fixture
def connection(store):
    """A connection inside one transaction of a fresh store."""
    with store.write() as connection:
        yield connection


@pytest.fixture
def filling(connection):
    """Fills the store of `connection`."""
    return Filling(connection)


@pytest.fixture
def objects(tmp_path):
    return Folder(tmp_path / "landing")
