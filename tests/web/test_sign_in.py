"""Signing in by OpenID Connect: there and back, who may come in, and everything that goes wrong on the way."""

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug import Response

from gate import accounts
from gate.roles import Role
from storage import kept
from storage import sessions as stored
from tests.web.conftest import WHO
from tests.web.provider import CLIENT, OwnProvider, minutes
from web.identity import NotKnown, address_of
from web.office import WebSettings

ROLES = {"Ostiary reviewers": frozenset({Role.REVIEWER}), "Ostiary admins": frozenset({Role.ADMINISTRATOR})}


@pytest.fixture
def provided():
    """What is configured of the provider beyond where it is."""
    return {}


@pytest.fixture
def web(own, provided):
    return WebSettings(public_url="http://testserver", provider=own.settings(**provided))


def sign_in(client, own, path="/sign-in/start", **claims):
    """Go to the provider and back; return the last answer."""
    sent = client.get(path, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    code, asked = own.approve(sent.headers["location"], **claims)
    return client.get("/sign-in/callback", params={"code": code, "state": asked["state"]})


def rows_of(office, act=None):
    with office.store.read() as connection:
        return [row for row in kept.audit_rows(connection) if act in {None, row["act"]}]


def account_of(office, email, at):
    with office.store.read() as connection:
        return next((one for one in accounts.accounts(connection, at) if one.email == email), None)


def end(office, clock, email):
    """End an account, as an administrator does."""
    clock.at += minutes(1)
    with office.store.write() as connection:
        first = accounts.the_account(connection, WHO[Role.ADMINISTRATOR])
        accounts.change(connection, office.trail(), first, email, at=clock.now(), valid_to=clock.now())


# --- the way there and back ------------------------------------------------------------------------------------------


def test_the_page_to_sign_in_offers_the_provider_by_its_name(browser):
    page = browser().get("/sign-in?next=/cases").text

    assert "Continue with Acme sign-on" in page
    assert 'href="/sign-in/start?next=/cases"' in page


def test_who_has_an_account_is_signed_in_and_goes_on_to_the_page_that_was_asked_for(browser, own):
    client = browser()
    done = sign_in(client, own, "/sign-in/start?next=%2Faccount")

    assert done.status_code == 200
    assert done.url.path == "/account"
    assert WHO[Role.REVIEWER] in done.text


def test_the_question_has_state_nonce_and_a_challenge_and_asks_for_no_more_than_is_configured(browser, own):
    sent = browser().get("/sign-in/start", follow_redirects=False).headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}

    assert sent.startswith(f"{own.issuer}/authorize?")
    assert (asked["response_type"], asked["scope"]) == ("code", "openid email profile")
    assert asked["redirect_uri"] == "http://testserver/sign-in/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) == 43 for name in ("state", "nonce", "code_challenge"))


def test_the_provider_is_sent_the_code_and_its_verifier_and_nothing_of_ours(browser, own):
    sign_in(browser(), own)

    assert set(own.sent) == {"grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"}
    assert own.calls == ["document", "token", "keys"]


def test_the_session_cannot_be_read_by_scripts_and_is_of_this_site_alone(browser, own):
    client = browser()
    sent = client.get("/sign-in/start", follow_redirects=False)
    code, asked = own.approve(sent.headers["location"])
    done = client.get("/sign-in/callback", params={"code": code, "state": asked["state"]}, follow_redirects=False)

    given = [value for name, value in done.headers.multi_items() if name == "set-cookie"]
    (session,) = [one for one in given if one.startswith("ostiary=")]
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert any(one.startswith("ostiary-in-") and "Max-Age=0" in one for one in given)


def test_nobody_is_sent_elsewhere_after_signing_in(browser, own):
    done = sign_in(browser(), own, "/sign-in/start?next=%2F%2Fevil.example")

    assert (done.url.host, done.url.path) == ("testserver", "/")


def test_two_tabs_do_not_disturb_one_another(browser, own):
    client = browser()
    first = client.get("/sign-in/start?next=/account", follow_redirects=False).headers["location"]
    sign_in(client, own)
    code, asked = own.approve(first)

    assert client.get("/sign-in/callback", params={"code": code, "state": asked["state"]}).url.path == "/account"


def test_who_was_signed_in_as_somebody_else_is_so_no_more(cmo, own, office, clock):
    sign_in(cmo, own)

    with office.store.read() as connection:
        number = accounts.the_account(connection, WHO[Role.APPROVER_MARKETING]).id
        assert stored.sessions(connection, number) == []
    assert WHO[Role.REVIEWER] in cmo.get("/account").text


# --- what goes wrong on the way --------------------------------------------------------------------------------------


def test_an_answer_holds_once(browser, own):
    client = browser()
    sent = client.get("/sign-in/start", follow_redirects=False)
    code, asked = own.approve(sent.headers["location"])
    answer = {"code": code, "state": asked["state"]}
    assert client.get("/sign-in/callback", params=answer).status_code == 200
    again = client.get("/sign-in/callback", params=answer)

    assert again.status_code == 400
    assert "does not hold" in again.text


def test_an_answer_of_another_browser_signs_nobody_in(browser, own):
    sent = browser().get("/sign-in/start", follow_redirects=False)
    code, asked = own.approve(sent.headers["location"])
    victim = browser()

    assert victim.get("/sign-in/callback", params={"code": code, "state": asked["state"]}).status_code == 400
    assert victim.get("/", follow_redirects=False).status_code == 303
    assert code in own.codes, "a code that is not of this browser is not even used"


@pytest.mark.parametrize("state", [None, "", "x", "a" * 43, "../" * 14 + "a", "ä" * 43, "a" * 199])
def test_a_state_that_was_never_given_is_refused(browser, state):
    client = browser()
    client.get("/sign-in/start", follow_redirects=False)
    done = client.get("/sign-in/callback", params={"code": "c", **({} if state is None else {"state": state})})

    assert done.status_code == 400
    assert "Sign in again" in done.text


def test_a_sign_in_that_took_too_long_is_begun_again(browser, own, clock):
    client = browser()
    sent = client.get("/sign-in/start", follow_redirects=False)
    clock.at += minutes(11)
    code, asked = own.approve(sent.headers["location"])

    assert client.get("/sign-in/callback", params={"code": code, "state": asked["state"]}).status_code == 400


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4])
def test_a_cookie_that_somebody_changed_is_not_ours(browser, own, part):
    client = browser()
    sent = client.get("/sign-in/start", follow_redirects=False)
    code, asked = own.approve(sent.headers["location"])
    (name,) = [name for name in client.cookies if name.startswith("ostiary-in-")]
    body, _, seal = client.cookies[name].strip('"').partition(".")
    told = json.loads(base64.urlsafe_b64decode(body))
    told[part] = told[part] * 2 if part == 4 else f"{told[part]}x"
    client.cookies.clear()
    client.cookies.set(name, f"{base64.urlsafe_b64encode(json.dumps(told).encode()).decode()}.{seal}")

    assert client.get("/sign-in/callback", params={"code": code, "state": asked["state"]}).status_code == 400


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("access_denied", "does not let you use Ostiary"),
        ("login_required", "not signed in there"),
        ("server_error", "Something went wrong there"),
        ("<script>alert(1)</script>", "could not sign you in"),
    ],
)
def test_what_the_provider_refuses_is_said_in_words(browser, own, error, said):
    client = browser()
    sent = client.get("/sign-in/start", follow_redirects=False)
    _, asked = own.approve(sent.headers["location"])
    done = client.get(
        "/sign-in/callback", params={"error": error, "state": asked["state"], "error_description": "<b>bold</b>"}
    )

    assert done.status_code == 403
    assert said in done.text
    assert "<script>alert" not in done.text
    assert "bold" not in done.text


def test_the_answer_of_another_provider_is_refused(browser, own):
    client = browser()
    sent = client.get("/sign-in/start", follow_redirects=False)
    code, asked = own.approve(sent.headers["location"])
    answer = {"code": code, "state": asked["state"], "iss": "https://other.example"}

    assert client.get("/sign-in/callback", params=answer).status_code == 400
    assert "token" not in own.calls


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (Response('{"error": "invalid_grant"}', 400), 400, "used before, or waited for too long"),
        (Response('{"error": "invalid_client"}', 401), 502, "the secret may have expired"),
        (Response('{"error": "unsupported"}', 400), 502, "refuses to say"),
        (Response("<html>busy</html>", 200), 502, "no token"),
        (Response("boom", 500), 502, "token endpoint"),
        (Response('{"access_token": "a", "token_type": "Bearer"}', 200), 400, "no ID token"),
        (Response('{"access_token": "a", "id_token": 7}', 200), 400, "no ID token"),
        (Response('{"access_token": "a", "id_token": "a.b.c"}', 200), 400, "is none"),
    ],
)
def test_a_token_endpoint_that_misbehaves_has_a_page(browser, own, answer, status, said):
    own.token_answer = answer
    done = sign_in(browser(), own)

    assert done.status_code == status
    assert said in done.text


def test_a_provider_that_cannot_be_reached_has_a_page_and_is_asked_again_later(browser, own):
    own.document_more = {"issuer": None}
    client = browser()
    first = client.get("/sign-in/start")
    own.document_more = {}

    assert first.status_code == 502
    assert "Try again in a minute" in first.text
    assert client.get("/sign-in/start", follow_redirects=False).status_code == 303


def test_without_a_provider_nobody_is_sent_anywhere(browser, app):
    app.state.office = replace(app.state.office, web=WebSettings(public_url="http://testserver"))

    assert browser().get("/sign-in/start").status_code == 404
    assert "Open the one-time link" in browser().get("/sign-in").text


# --- who may come in -------------------------------------------------------------------------------------------------


def test_who_has_no_account_is_told_whom_to_ask(browser, own, office):
    done = sign_in(browser(), own, email="new@tarnvik.example")

    assert done.status_code == 403
    assert "Nobody has given new@tarnvik.example an account here" in done.text
    assert f"Ask {WHO[Role.ADMINISTRATOR]}" in done.text
    assert rows_of(office)[-1]["actor"] != f"provider:{own.issuer}"


def test_strangers_do_not_learn_who_runs_it(browser, own):
    done = sign_in(browser(), own, email="somebody@elsewhere.example")

    assert done.status_code == 403
    assert WHO[Role.ADMINISTRATOR] not in done.text


def test_an_address_is_found_however_it_is_written(browser, own):
    assert sign_in(browser(), own, email=" Reviewer@Tarnvik.Example ").status_code == 200


@pytest.mark.parametrize("verified", [False, "false", None, 0, "no"])
def test_an_address_that_nobody_verified_is_nobodys(browser, own, verified):
    done = sign_in(browser(), own, email_verified=verified)

    assert done.status_code == 403
    assert "not verified" in done.text


@pytest.mark.parametrize("email", [..., "", 7, ["reviewer@tarnvik.example"], "no address", "a" * 300 + "@x.example"])
def test_who_has_no_address_is_nobody(browser, own, email):
    done = sign_in(browser(), own, email=email)

    assert done.status_code == 403
    assert "does not say your mail address" in done.text


def test_an_account_that_ended_opens_nothing(browser, own, office, clock):
    end(office, clock, WHO[Role.REVIEWER])

    assert sign_in(browser(), own).status_code == 403


def test_what_the_id_token_leaves_out_is_asked_of_the_userinfo(browser, own):
    own.userinfo = {"sub": "00u1", "email": WHO[Role.REVIEWER], "email_verified": True}

    assert sign_in(browser(), own, email=..., email_verified=...).status_code == 200
    assert own.calls[-1] == "userinfo"


def test_a_userinfo_of_somebody_else_is_refused(browser, own):
    own.userinfo = {"sub": "00u2", "email": WHO[Role.REVIEWER], "email_verified": True}

    assert sign_in(browser(), own, email=...).status_code == 400


def test_a_userinfo_changes_nothing_that_was_signed(browser, own):
    own.userinfo = {"sub": "00u1", "email": WHO[Role.REVIEWER], "email_verified": True}

    assert sign_in(browser(), own, email=..., email_verified=False).status_code == 403


# --- roles by groups -------------------------------------------------------------------------------------------------


class TestRolesFromGroups:
    @pytest.fixture
    def provided(self):
        return {"roles": ROLES}

    def test_who_is_new_gets_an_account_by_groups_and_the_trail_says_by_whom(self, browser, own, office, clock):
        done = sign_in(browser(), own, email="new@tarnvik.example", groups=["Everyone", "Ostiary reviewers"])

        assert done.status_code == 200
        assert account_of(office, "new@tarnvik.example", clock.now()).roles == {Role.REVIEWER}
        (row,) = [one for one in rows_of(office, "account.add") if one["actor"] == f"provider:{own.issuer}"]
        assert json.loads(row["detail"])["roles"] == ["reviewer"]
        assert office.trail().verify(rows_of(office)) is None

    def test_signing_in_again_changes_nothing(self, browser, own, office):
        for _ in range(2):
            sign_in(browser(), own, email="new@tarnvik.example", groups=["Ostiary reviewers"])

        assert len([one for one in rows_of(office) if one["actor"].startswith("provider:")]) == 1

    def test_who_is_in_no_group_gets_no_account(self, browser, own, office, clock):
        done = sign_in(browser(), own, email="new@tarnvik.example", groups=["Everyone"])

        assert done.status_code == 403
        assert "None of your groups" in done.text
        assert account_of(office, "new@tarnvik.example", clock.now()) is None

    def test_roles_go_with_the_groups_and_so_do_the_sessions(self, browser, reviewer, own, office, clock):
        assert reviewer.get("/", follow_redirects=False).status_code == 200
        done = sign_in(browser(), own, groups=[])

        assert done.status_code == 403
        assert account_of(office, WHO[Role.REVIEWER], clock.now()).roles == frozenset()
        assert reviewer.get("/", follow_redirects=False).status_code == 303

    def test_who_comes_back_into_a_group_has_the_role_again(self, browser, own):
        sign_in(browser(), own, groups=[])

        assert sign_in(browser(), own, groups=["Ostiary reviewers"]).status_code == 200

    def test_roles_that_no_group_leads_to_stay_as_they_were_given_by_hand(self, browser, own, office, clock):
        email = WHO[Role.APPROVER_MARKETING]
        sign_in(browser(), own, email=email, groups=["Ostiary reviewers"])
        assert account_of(office, email, clock.now()).roles == {Role.REVIEWER, Role.APPROVER_MARKETING}

        assert sign_in(browser(), own, email=email, groups=[]).status_code == 200
        assert account_of(office, email, clock.now()).roles == {Role.APPROVER_MARKETING}

    def test_the_last_administrator_stays_one(self, browser, own, office, clock):
        done = sign_in(browser(), own, email=WHO[Role.ADMINISTRATOR], groups=[])

        assert done.status_code == 200
        assert account_of(office, WHO[Role.ADMINISTRATOR], clock.now()).roles == {Role.ADMINISTRATOR}

    def test_one_of_two_administrators_may_lose_it(self, browser, own, office, clock):
        sign_in(browser(), own, email="second@tarnvik.example", groups=["Ostiary admins"])
        sign_in(browser(), own, email=WHO[Role.ADMINISTRATOR], groups=["Ostiary reviewers"])

        assert account_of(office, WHO[Role.ADMINISTRATOR], clock.now()).roles == {Role.REVIEWER}

    def test_groups_do_not_bring_back_an_account_that_was_ended(self, browser, own, office, clock):
        end(office, clock, WHO[Role.REVIEWER])

        assert sign_in(browser(), own, groups=["Ostiary reviewers"]).status_code == 403
        assert not account_of(office, WHO[Role.REVIEWER], clock.now()).holds(clock.now())

    @pytest.mark.parametrize(
        "overage", [{"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {}}}, {"hasgroups": True}]
    )
    def test_too_many_groups_to_be_told_are_unknown_and_not_none(self, browser, own, office, clock, overage):
        done = sign_in(browser(), own, **overage)

        assert done.status_code == 403
        assert "more groups than it can tell" in done.text
        assert account_of(office, WHO[Role.REVIEWER], clock.now()).roles == {Role.REVIEWER}

    def test_groups_that_the_id_token_leaves_out_are_asked_of_the_userinfo(self, browser, own):
        own.userinfo = {"sub": "00u1", "groups": ["Ostiary reviewers"]}

        assert sign_in(browser(), own).status_code == 200

    @pytest.mark.parametrize("groups", ["Ostiary reviewers", [7, None, "Ostiary reviewers"]])
    def test_groups_are_read_as_providers_write_them(self, browser, own, groups):
        assert sign_in(browser(), own, email="new@tarnvik.example", groups=groups).status_code == 200

    @pytest.mark.parametrize("groups", [7, {"Ostiary reviewers": 1}, True, ["ostiary reviewers"], [["Ostiary admins"]]])
    def test_what_is_no_such_group_opens_nothing(self, browser, own, groups):
        assert sign_in(browser(), own, email="new@tarnvik.example", groups=groups).status_code == 403


# --- Microsoft and Google --------------------------------------------------------------------------------------------


def entra(own, **claims):
    own.issuer = f"{own.issuer}"
    return {"tid": "t1", "ver": "2.0", "email_verified": ..., **claims}


class TestEntra:
    @pytest.fixture
    def own(self, httpserver, clock, provider_key):
        made = OwnProvider(httpserver, clock, provider_key)
        made.issuer += "/t1/v2.0"
        for name in ("keys", "token", "userinfo"):
            handler = getattr(made, f"_{name}")
            httpserver.expect_request(f"/tenant/t1/v2.0/{name}").respond_with_handler(handler)
        httpserver.expect_request("/tenant/t1/v2.0/.well-known/openid-configuration").respond_with_handler(
            made._document
        )
        return made

    def test_people_are_known_by_the_name_they_sign_in_with(self, browser, own):
        said = entra(own, email="ceo@tarnvik.example", preferred_username=WHO[Role.REVIEWER])

        assert WHO[Role.REVIEWER] in sign_in(browser(), own, "/sign-in/start?next=/account", **said).text

    def test_an_address_that_anybody_may_write_into_a_profile_is_not_believed(self, browser, own):
        said = entra(own, email=WHO[Role.REVIEWER], preferred_username="evil@elsewhere.example")
        done = sign_in(browser(), own, **said)

        assert done.status_code == 403
        assert "evil@elsewhere.example" in done.text

    @pytest.mark.parametrize("proved", [True, 1, "1", "true"])
    def test_an_address_whose_domain_is_proved_is(self, browser, own, proved):
        said = entra(own, email=WHO[Role.REVIEWER], preferred_username="r@tarnvik.onmicrosoft.example", xms_edov=proved)

        assert sign_in(browser(), own, **said).status_code == 200

    def test_a_tenant_is_not_any_other(self, browser, own):
        assert sign_in(browser(), own, **entra(own), iss=own.issuer.replace("t1", "t2")).status_code == 400


def test_google_answers_for_accounts_of_a_company_alone():
    said = {"email": "Ana@Example.com", "email_verified": True}
    with pytest.raises(NotKnown, match="not an account of your company"):
        address_of(said, "https://accounts.google.com")
    with pytest.raises(NotKnown):
        address_of(said | {"hd": "example.com", "email_verified": False}, "https://accounts.google.com")

    assert address_of(said | {"hd": "example.com"}, "https://accounts.google.com") == "ana@example.com"


# --- signing out -----------------------------------------------------------------------------------------------------


def test_who_signs_out_is_offered_to_sign_out_there_too(browser, own):
    client = browser()
    sign_in(client, own)
    page = client.act("/sign-out")
    gone = client.get("/sign-in/leave", follow_redirects=False)
    asked = parse_qs(urlsplit(gone.headers["location"]).query)

    assert "Sign out there too" in page.text
    assert gone.headers["location"].startswith(f"{own.issuer}/logout?")
    assert (asked["client_id"], asked["keep"]) == ([CLIENT], ["1"])
    assert asked["post_logout_redirect_uri"] == ["http://testserver/sign-in"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert "Sign out there too" not in client.get("/sign-in").text


@pytest.mark.parametrize("end", [None, "http://evil.example/out", 7])
def test_where_it_offers_no_way_out_that_is_said(browser, own, end):
    own.document_more = {"end_session_endpoint": end}
    client = browser()
    sign_in(client, own)
    client.act("/sign-out")
    gone = client.get("/sign-in/leave")

    assert gone.url.path == "/sign-in"
    assert "by hand" in gone.text
