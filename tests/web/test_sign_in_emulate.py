"""Signing in against providers that nobody here wrote: npm's `emulate` as Okta and as Microsoft."""

import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from gate import accounts
from gate.roles import Role
from tests.emulating import fetched, started
from tests.web.conftest import WHO
from web.office import Provider, WebSettings
from web.sign_in import NotReached, NotTrue, OpenID

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def emulated(tmp_path_factory):
    """Return what starts a service of the emulator once and gives its address."""
    package, back = fetched(tmp_path_factory.mktemp("emulate")), ["http://testserver/sign-in/callback"]
    people = [{"login": name, "email": name, "okta_id": f"00u{name[:3]}"} for name in EMULATED]
    member = {"group_okta_id": "00greviewers", "user_okta_id": "00uana"}
    seeds = {
        "okta": {
            "users": people,
            "groups": [{"name": "Ostiary reviewers", "okta_id": "00greviewers"}],
            "group_memberships": [member],
            "oauth_clients": [
                {
                    "client_id": "okta-client",
                    "client_secret": "okta-secret",
                    "name": "Ostiary",
                    "redirect_uris": back,
                    "auth_server_id": "org",
                }
            ],
        },
        "microsoft": {
            "users": [{"email": name, "name": name} for name in EMULATED],
            "oauth_clients": [
                {
                    "client_id": "entra-client",
                    "client_secret": "entra-secret~.",
                    "name": "Ostiary",
                    "redirect_uris": back,
                }
            ],
        },
    }
    running = {}
    with ExitStack() as stack:

        def address(service):
            if service not in running:
                folder = tmp_path_factory.mktemp(service)
                running[service] = stack.enter_context(started(package, service, {service: seeds[service]}, folder))
            # It calls itself so in what it publishes, and an issuer is compared letter by letter.
            return running[service].replace("127.0.0.1", "localhost")

        yield address


#: Who is at the emulators: Ana is in a group, Ben in none, and the reviewer has an account.
EMULATED = ["ana@tarnvik.example", "ben@tarnvik.example", "reviewer@tarnvik.example"]


def roles_of(office, email):
    with office.store.read() as connection:
        return accounts.the_account(connection, email).roles


def through(client, picked):
    """Sign in at the emulator as a browser does: its page, the button of somebody, and back."""
    sent = client.get("/sign-in/start?next=/account", follow_redirects=False)
    assert sent.status_code == 303, sent.text
    with httpx2.Client(follow_redirects=False) as outside:
        page = outside.get(sent.headers["location"])
        forms = re.findall(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", page.text, re.DOTALL)
        (action, fields) = next((action, body) for action, body in forms if picked in body)
        posted = {n: v.replace("&amp;", "&") for n, v in re.findall(r'name="([^"]+)"\s+value="([^"]*)"', fields)}
        back = outside.post(str(page.url.join(action)), data=posted)
    assert back.status_code == 302, back.text
    return client.get(back.headers["location"].replace("http://testserver", ""))


class TestOktaOfTheEmulator:
    """npm's `emulate` as Okta: with `email_verified` and groups."""

    @pytest.fixture
    def clock(self, clock):
        clock.at = datetime.now(UTC)
        return clock

    @pytest.fixture
    def provided(self):
        return {
            "roles": {"Ostiary reviewers": frozenset({Role.REVIEWER})},
            "scopes": ("openid", "email", "profile", "groups"),
        }

    @pytest.fixture
    def web(self, emulated, provided):
        okta = Provider(issuer=emulated("okta"), client_id="okta-client", client_secret="okta-secret", **provided)
        return WebSettings(public_url="http://testserver", provider=okta)

    def test_who_is_in_a_group_signs_in(self, browser, office, clock):
        done = through(browser(), "ana@tarnvik.example")

        assert done.status_code == 200, done.text
        assert "ana@tarnvik.example" in done.text
        assert roles_of(office, "ana@tarnvik.example") == {Role.REVIEWER}

    def test_who_is_in_none_does_not(self, browser):
        done = through(browser(), "ben@tarnvik.example")

        assert done.status_code == 403
        assert "None of your groups" in done.text

    def test_a_code_holds_once(self, browser, web, clock):
        client = browser()
        sent = client.get("/sign-in/start", follow_redirects=False).headers["location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
        with httpx2.Client(follow_redirects=False) as outside:
            back = outside.post(
                f"{web.provider.issuer}/oauth2/v1/authorize/callback",
                data={**asked, "user_ref": "00uana"},
            ).headers["location"]  # fmt: skip
        client.get(back.replace("http://testserver", ""))
        open_id = OpenID(web.provider, clock)
        begun = replace(open_id.begin("http://testserver/sign-in/callback"), nonce=asked["nonce"])

        with pytest.raises(NotTrue, match="used before"):
            open_id.finish(begun, parse_qs(urlsplit(back).query)["code"][0], "http://testserver/sign-in/callback")

    def test_a_wrong_secret_is_told_as_such(self, web, clock):
        open_id = OpenID(replace(web.provider, client_secret="other"), clock)
        begun = open_id.begin("http://testserver/sign-in/callback")

        with pytest.raises(NotReached, match="the secret may have expired"):
            open_id.finish(begun, "code", "http://testserver/sign-in/callback")


class TestMicrosoftOfTheEmulator:
    """npm's `emulate` as Entra: tenant in the issuer, no `email_verified`, no groups."""

    @pytest.fixture
    def clock(self, clock):
        clock.at = datetime.now(UTC)
        return clock

    @pytest.fixture
    def web(self, emulated):
        tenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
        issuer = f"{emulated('microsoft')}/{tenant}/v2.0"
        entra = Provider(issuer=issuer, client_id="entra-client", client_secret="entra-secret~.")
        return WebSettings(public_url="http://testserver", provider=entra)

    def test_who_has_an_account_signs_in(self, browser):
        done = through(browser(), WHO[Role.REVIEWER])

        assert done.status_code == 200, done.text
        assert WHO[Role.REVIEWER] in done.text

    def test_who_has_none_is_told_whom_to_ask(self, browser):
        assert through(browser(), "ana@tarnvik.example").status_code == 403

    def test_signing_out_there_too_ends_at_its_own_page(self, browser, web):
        client = browser()
        through(client, WHO[Role.REVIEWER])
        client.act("/sign-out")
        gone = client.get("/sign-in/leave", follow_redirects=False)

        assert "/oauth2/v2.0/logout?" in gone.headers["location"]

    def test_a_token_of_one_tenant_is_none_of_another(self, browser, web, clock, app):
        other = replace(web.provider, issuer=web.provider.issuer.replace("9188040d", "00000000"))
        app.state.open_id = OpenID(other, clock)
        done = through(browser(), WHO[Role.REVIEWER])

        assert done.status_code == 400
        assert "does not hold: iss" in done.text
