"""A company that scans, and fakes of vendors on a loopback socket."""

from __future__ import annotations

import functools
import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor

import botocore.loaders
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pytest_httpserver import HTTPServer
from werkzeug.serving import WSGIRequestHandler

import connectors.http
from storage.schema import upgrade
from storage.store import Store
from tests.connectors.fakes import FAKES
from tests.connectors.live import FirstScan, Live, Waiting
from tests.scanner.house import House, few_policies
from tests.shipped import catalogue


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
    return catalogue()


_TRUSTED = functools.cache(connectors.http.trusted)
_KEY = functools.cache(load_pem_private_key)
_MODEL = functools.cache(botocore.loaders.JSONFileLoader().load_file)


@pytest.fixture(scope="module", autouse=True)
def _loaded_once():
    """Read once what is the same for every session: authorities (17 ms), a private key (25 ms), AWS's models."""
    patch = pytest.MonkeyPatch()
    patch.setattr(connectors.http, "trusted", _TRUSTED)
    patch.setattr("jwt.algorithms.load_pem_private_key", _KEY)
    patch.setattr(botocore.loaders.JSONFileLoader, "load_file", lambda _self, path: _MODEL(path))
    yield
    patch.undo()


@pytest.fixture
def make_live(tmp_path, empty_store, index):
    """Make companies that scan."""
    made, numbers = [], itertools.count(1)

    def make(**options):
        folder = tmp_path / f"live{next(numbers)}"
        folder.mkdir()
        shutil.copyfile(empty_store, folder / "store.db")
        made.append(House(folder, clock=Waiting(), index=index, pack=few_policies))
        return Live(made[-1], **options)

    yield make
    for house in made:
        house.store.close()


@pytest.fixture(scope="session")
def sockets():
    """Servers that are used again: stopping one takes half a second."""
    servers = []
    patch = pytest.MonkeyPatch()
    # The server's own `Date` would stand beside that of the vendor's clock.
    patch.setattr(WSGIRequestHandler, "send_response", WSGIRequestHandler.send_response_only)
    # Vendors keep connections open, and a new one for each call takes as long as the call.
    patch.setattr(WSGIRequestHandler, "protocol_version", "HTTP/1.1")
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


@pytest.fixture
def make(make_live, make_fake):
    """Make a company with one source of a kind; return it and the vendor."""

    def made(kind):
        live = make_live()
        fake = make_fake(kind, live.house.clock)
        live.add(kind, fake)
        return live, fake

    return made


@pytest.fixture(scope="session")
def first_scans():
    """What a first scan of each kind left, by kind and address: cursors may name the vendor's address."""
    return {}


@pytest.fixture
def make_scanned(make, first_scans, tmp_path_factory):
    """Make a company as `make` does, whose source was read once; the first of a kind is read, the others are copies."""

    def made(kind):
        live, fake = make(kind)
        if (kind, fake.base) not in first_scans:
            live.scan()
            first_scans[kind, fake.base] = FirstScan.of(live, fake, tmp_path_factory.mktemp("scanned"))
        else:
            first_scans[kind, fake.base].repeat(live, fake)
        return live, fake

    return made
