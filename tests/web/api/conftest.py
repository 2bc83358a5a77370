"""Programs that ask the interface: with tokens, as each role, for some or all of its acts."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from commands.acting import gate_of
from commands.faces import office as made_office
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program as Options
from gate import accounts
from gate.roles import RIGHTS, Act, Role
from scanner.demo import COMPANY
from storage.store import Store
from tests.web.conftest import WHO, Clock
from web import tokens
from web.app import make_app, protected
from web.office import WebSettings

PREFIX = "/api/v1"


class Asking(TestClient):
    """A program with a token. Addresses count from the beginning of the interface."""

    def get(self, path, **options):
        return super().get(PREFIX + path, **options)

    def act(self, path, body=None, *, key=None, method="POST"):
        """Send an act, once or under a key."""
        headers = {} if key is None else {"idempotency-key": key}
        sent = {} if body is None else {"json": body}
        return self.request(method, PREFIX + path, headers=headers, **sent)


def token_of(office, role, acts=None):
    """Return a new token of a role's account; where nothing is said, for all that it may do."""
    at = office.clock.now()
    with office.store.write() as connection:
        account = accounts.the_account(connection, WHO[role], at)
        wanted = acts or [act for act in Act if account.roles & RIGHTS[act]]
        return tokens.make(connection, office.trail(), account, "test", wanted, until=at + timedelta(days=9), at=at)


def asking(app, office, role, acts=None):
    """Return a program that asks as a role."""
    return Asking(
        protected(app),
        headers={"authorization": f"Bearer {token_of(office, role, acts)}"},
        raise_server_exceptions=False,
    )


@pytest.fixture
def program(app, office):
    """Return a program by its role and acts: `program(Role.REVIEWER)`."""

    def made(role, acts=None):
        return asking(app, office, role, acts)

    return made


@pytest.fixture
def desk_program(program):
    return program(Role.REVIEWER)


@pytest.fixture(scope="session")
def world(demo_with_accounts, tmp_path_factory):
    """An application for those who only read: made once."""
    folder = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(demo_with_accounts, folder)
    store = Store(f"sqlite:///{folder / 'demo.db'}")
    desk = Desk(Options(format="json"), Settings(folder=folder, company=COMPANY), store, empty=False, clock=Clock())
    web = WebSettings(public_url="http://testserver")
    office = made_office(desk, web, lambda *, checked=True: gate_of(desk, checked=checked))
    yield make_app(office), office
    store.close()


@pytest.fixture(scope="session")
def reader(world):
    """A program of a reviewer that only reads."""
    return asking(*world, Role.REVIEWER)


@pytest.fixture(scope="session")
def stranger(world):
    """A program of somebody who may not see names."""
    return asking(*world, Role.APPROVER_MARKETING)
