"""A company that scans, and fakes of vendors on a loopback socket."""

from __future__ import annotations

import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.serving import WSGIRequestHandler

from catalog.index import load_index
from storage.schema import upgrade
from storage.store import Store
from tests.connectors.fakes import FAKES
from tests.connectors.live import Live, Waiting
from tests.scanner.house import House


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A migrated, empty database: copying it is quicker than migrating one for every test."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    return path


@pytest.fixture(scope="session")
def index():
    """The catalogue, loaded once."""
    return load_index()


@pytest.fixture
def make_live(tmp_path, empty_store, index):
    """Make companies that scan."""
    made, numbers = [], itertools.count(1)

    def make(**options):
        folder = tmp_path / f"live{next(numbers)}"
        folder.mkdir()
        shutil.copyfile(empty_store, folder / "store.db")
        made.append(House(folder, clock=Waiting(), index=index))
        return Live(made[-1], **options)

    yield make
    for house in made:
        house.store.close()


@pytest.fixture(scope="session")
def sockets():
    """Servers that are used again: stopping one takes half a second."""
    servers = []
    # The server's own `Date` would stand beside that of the vendor's clock.
    patch = pytest.MonkeyPatch()
    patch.setattr(WSGIRequestHandler, "send_response", WSGIRequestHandler.send_response_only)
    yield servers
    patch.undo()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(HTTPServer.stop, servers))


@pytest.fixture
def make_fake(sockets):
    """Start vendors, each on a socket of its own."""
    taken = itertools.count()

    def make(kind, clock):
        at = next(taken)
        if at == len(sockets):
            sockets.append(HTTPServer(host="127.0.0.1", threaded=True))
            sockets[at].start()
        sockets[at].clear()
        return FAKES[kind](sockets[at], clock)

    yield make
    for server in sockets:
        server.clear()
