"""The gate works on a store: on SQLite, and where it matters on PostgreSQL."""

from __future__ import annotations

import pytest

from gate.audit import Trail
from storage.store import Store
from tests.storage import databases


@pytest.fixture(scope="session", autouse=True)
def _databases():
    yield
    databases.stop()


@pytest.fixture(params=databases.BACKENDS)
def store(request, tmp_path):
    store = Store(databases.url(request.param, tmp_path))
    yield store
    store.close()


@pytest.fixture
def connection(store):
    with store.write() as connection:
        yield connection


@pytest.fixture(params=[None, b"k" * 32], ids=["plain", "keyed"])
def trail(request):
    return Trail(request.param)
