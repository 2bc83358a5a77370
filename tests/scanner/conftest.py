"""A fresh company for every test, on SQLite and where it matters on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil

import pytest

from scanner.run import shipped_pack
from storage.schema import upgrade
from storage.store import Store
from tests.scanner.house import House
from tests.storage import databases


@pytest.fixture(scope="session", autouse=True)
def _databases():
    yield
    databases.stop()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A migrated, empty database: copying it is quicker than migrating one for every test."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    return path


@pytest.fixture
def pack():
    """The policies that houses are judged by: all. A module that asks nothing of findings takes `few_policies`."""
    return shipped_pack


@pytest.fixture
def make_house(tmp_path, empty_store, pack):
    """Make companies, each in a folder of its own."""
    made = []
    numbers = itertools.count(1)

    def make(**options):
        folder = tmp_path / f"house{next(numbers)}"
        folder.mkdir()
        if "url" not in options:
            shutil.copyfile(empty_store, folder / "store.db")
        made.append(House(folder, **{"pack": pack} | options))
        return made[-1]

    yield make
    for house in made:
        house.store.close()


@pytest.fixture
def house(make_house):
    """A company with an empty store."""
    return make_house()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_house(request, make_house, tmp_path):
    """The same company on SQLite, and on PostgreSQL."""
    if request.param == "sqlite":
        return make_house()
    return make_house(url=databases.url("postgresql", tmp_path))
