"""The web application on a copy of the demo company, and browsers that are signed in as each role."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from commands.acting import gate_of
from commands.faces import office as made_office
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from gate import accounts, decisions, reviewing
from gate.decisions import Ruling
from gate.roles import Role
from scanner.demo import COMPANY, DemoClock
from storage.schema import upgrade
from storage.store import Store
from tests.web.provider import OwnProvider, rsa
from web import sessions
from web.app import make_app, protected
from web.office import WebSettings

#: Role -> the address of who has it in the tests. `nobody` has no account.
WHO = {role: f"{role.value.replace('_', '-')}@tarnvik.example" for role in Role}
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Clock:
    """The demo's moment, which a test may move on."""

    def __init__(self):
        self.at = DemoClock().now() + timedelta(hours=1)

    def now(self):
        return self.at


@pytest.fixture(scope="session")
def demo_with_accounts(demo_made, tmp_path_factory):
    """A folder with the demo's store and an account of each role (look, but do not write)."""
    folder = tmp_path_factory.mktemp("demo-accounts") / "home"
    store = Store(demo_made.copy_to(folder))
    upgrade(store)
    desk = Desk(Program(format="json"), Settings(folder=folder, company=COMPANY), store, empty=False, clock=Clock())
    at = desk.clock.now()
    with store.write() as connection:
        first = accounts.begin(connection, desk.trail(), WHO[Role.ADMINISTRATOR], by="user:test", at=at).account
        for role in (one for one in Role if one is not Role.ADMINISTRATOR):
            accounts.add(connection, desk.trail(), first, WHO[role], [role], at=at)
    store.close()
    return folder


@pytest.fixture
def home(demo_with_accounts, tmp_path):
    """A folder of the test's own with the demo's store (demo.db) and accounts."""
    shutil.copytree(demo_with_accounts, tmp_path / "web-home")
    return tmp_path / "web-home"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(home, clock):
    """The desk of the program that serves the demo company."""
    store = Store(f"sqlite:///{home / 'demo.db'}")
    yield Desk(Program(format="json"), Settings(folder=home, company=COMPANY), store, empty=False, clock=clock)
    store.close()


@pytest.fixture
def web():
    """What is configured of the web."""
    return WebSettings(public_url="http://testserver")


@pytest.fixture
def office(desk, web):
    return made_office(desk, web, lambda *, checked=True: gate_of(desk, checked=checked))


@pytest.fixture
def app(office):
    return make_app(office)


class Browser(TestClient):
    """A browser: follows where it is sent, keeps cookies, and fills in the form's secret as a page would have it."""

    def csrf(self) -> str:
        """Return the secret that forms of this session carry."""
        found = _CSRF.search(self.get("/account").text)
        assert found is not None
        return found[1]

    def act(self, path: str, **fields):
        """Post a form of a page of ours."""
        return self.post(path, data={"csrf": self.csrf(), **fields})


@pytest.fixture
def browser(app, office, clock):
    """Return a browser that is signed in as a role, or as nobody: `browser(Role.REVIEWER)`."""

    def opened(role: Role | None = None, **options) -> Browser:
        client = Browser(protected(app), headers={"accept-language": "en-GB"}, **options)
        if role is not None:
            with office.store.write() as connection:
                account = accounts.the_account(connection, WHO[role], clock.now())
                token = sessions.start(connection, account.id, office.web, at=clock.now(), agent="test")
            client.cookies.set("ostiary", token)
        return client

    return opened


@pytest.fixture
def reviewer(browser):
    return browser(Role.REVIEWER)


@pytest.fixture
def cmo(browser):
    return browser(Role.APPROVER_MARKETING)


@pytest.fixture
def administrator(browser):
    return browser(Role.ADMINISTRATOR)


@pytest.fixture
def lane(desk):
    """The name of a rule of the fast lane that is in force."""
    return desk.gate_rules.fast_lane[0].id


@pytest.fixture
def let_in(desk):
    """Let tools in by a rule, as its run would have: `let_in("FAST-01", "zoom")`."""

    def by(rule, *tools):
        gate = gate_of(desk)
        with desk.store.write() as connection:
            for tool in tools:
                detail = {"status": "approved", "rule": rule, "version": "v1"}
                ruling = Ruling(kind="status", about=f"tool:{tool}", detail=detail, reason="It is small.")
                decisions.decide(connection, gate.trail, ruling, by=f"rule:{rule}@v1", at=gate.at)
                reviewing.apply(connection, gate, tool)

    return by


# --- a provider that signs people in ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def provider_key():
    return rsa()


@pytest.fixture
def own(httpserver, clock, provider_key):
    """A provider of our own, over a real socket."""
    return OwnProvider(httpserver, clock, provider_key)
