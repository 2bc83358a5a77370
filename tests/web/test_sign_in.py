"""Signing in by OpenID Connect: against a provider of our own, bent in every way, and against one that we did not write."""

import base64
import hmac
import json
import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug import Response

from gate import accounts
from gate.roles import Role
from storage import kept
from storage import sessions as stored
from tests.emulating import fetched, started
from tests.web.conftest import WHO
from tests.web.provider import CLIENT, OwnProvider, elliptic, minutes, rsa
from web.office import WebSettings
from web.sign_in import NotReached, NotTrue, OpenID, challenge, is_safe

ROLES = {"Ostiary reviewers": frozenset({Role.REVIEWER}), "Ostiary admins": frozenset({Role.ADMINISTRATOR})}


@pytest.fixture(scope="module")
def key():
    return rsa()


@pytest.fixture
def own(httpserver, clock, key):
    return OwnProvider(httpserver, clock, key)


@pytest.fixture
def provided():
    """What is configured of the provider beyond where it is."""
    return {}


@pytest.fixture
def web(own, provided):
    return WebSettings(public_url="http://testserver", provider=own.settings(**provided))


@pytest.fixture
def open_id(own, provided, clock):
    return OpenID(own.settings(**provided), clock)


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
    def own(self, httpserver, clock, key):
        made = OwnProvider(httpserver, clock, key)
        made.issuer += "/t1/v2.0"
        for name in ("keys", "token", "userinfo"):
            handler = getattr(made, f"_{name}")
            httpserver.expect_request(f"/tenant/t1/v2.0/{name}").respond_with_handler(handler)
        httpserver.expect_request("/tenant/t1/v2.0/.well-known/openid-configuration").respond_with_handler(
            made._document  # noqa: SLF001 (it answers at another path)
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
    from web.identity import NotKnown, address_of  # noqa: PLC0415

    said = {"email": "Ana@Example.com", "email_verified": True}
    with pytest.raises(NotKnown, match="not an account of your company"):
        address_of(said, "https://accounts.google.com")
    with pytest.raises(NotKnown):
        address_of(said | {"hd": "example.com", "email_verified": False}, "https://accounts.google.com")

    assert address_of(said | {"hd": "example.com"}, "https://accounts.google.com") == "ana@example.com"


# --- whether a token is true -----------------------------------------------------------------------------------------


def test_a_token_that_holds_is_taken(open_id, own):
    assert open_id.verified(own.signed(own.usual("n")), "n")["sub"] == "00u1"


def wrong_claims():
    far = 10**7
    return {
        "another issuer": {"iss": "https://evil.example"},
        "an issuer in a list": {"iss": ["https://evil.example"]},
        "no issuer": {"iss": ...},
        "another client": {"aud": "other"},
        "no audience": {"aud": ...},
        "an empty audience": {"aud": []},
        "several audiences and nobody named": {"aud": [CLIENT, "other"]},
        "several audiences and another named": {"aud": [CLIENT, "other"], "azp": "other"},
        "made for another": {"azp": "other"},
        "another nonce": {"nonce": "m"},
        "no nonce": {"nonce": ...},
        "a nonce that is none": {"nonce": None},
        "a nonce in a list": {"nonce": ["n"]},
        "over": {"exp": -far},
        "over by more than clocks differ": {"exp": -61},
        "no end": {"exp": ...},
        "an end in words": {"exp": "never"},
        "an end that is true": {"exp": True},
        "an end that is no number": {"exp": float("nan")},
        "an end without end": {"exp": float("inf")},
        "of the future": {"iat": far},
        "no beginning": {"iat": ...},
        "not yet": {"nbf": far},
        "nobody": {"sub": ...},
        "an empty person": {"sub": ""},
        "a person that is a number": {"sub": 7},
        "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        "an access token that is a number": {"at_hash": 7},
    }


@pytest.mark.parametrize("what", wrong_claims())
def test_a_token_that_does_not_hold_is_refused(open_id, own, what):
    now = int(own.clock.now().timestamp())
    changed = {
        name: now + value if name in {"exp", "iat", "nbf"} and type(value) is int else value
        for name, value in wrong_claims()[what].items()
    }
    token = own.signed(own.usual("n") | changed)

    with pytest.raises(NotTrue) as raised:
        open_id.verified(token, "n", "access")
    assert "evil" not in str(raised.value)


@pytest.mark.parametrize("claims", [{"exp": -59}, {"iat": 59}, {"nbf": 59}, {"aud": [CLIENT]}, {"azp": CLIENT}])
def test_clocks_may_differ_by_a_minute_and_an_audience_may_be_a_list(open_id, own, claims):
    now = int(own.clock.now().timestamp())
    changed = {name: now + value if type(value) is int else value for name, value in claims.items()}

    assert open_id.verified(own.signed(own.usual("n") | changed), "n")


def test_an_access_token_that_belongs_to_it_is_taken(open_id, own):
    # OpenID Connect Core 1.0, 3.1.3.6: the left half of the SHA-256, of this access token.
    own_hash = challenge("access")
    half = base64.urlsafe_b64encode(base64.urlsafe_b64decode(own_hash + "=")[:16]).rstrip(b"=").decode()

    assert open_id.verified(own.signed(own.usual("n") | {"at_hash": half}), "n", "access")


def test_a_key_of_somebody_else_signs_nothing(open_id, own):
    with pytest.raises(NotTrue, match="not signed by a key of the provider"):
        open_id.verified(own.signed(own.usual("n"), rsa("key-1")), "n")


def test_a_token_without_a_signature_is_refused(open_id, own):
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    body = own.signed(own.usual("n")).split(".")[1]

    with pytest.raises(NotTrue):
        open_id.verified(f"{head}.{body}.", "n")


@pytest.mark.parametrize("alg", ["HS256", "HS384"])
def test_a_public_key_is_no_shared_secret(open_id, own, alg):
    """The oldest forgery of them all: the public key, which all know, as the secret of an HMAC."""
    parts = ({"alg": alg, "kid": "key-1"}, own.usual("n"))
    told = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    seal = hmac.digest(own.key.as_pem(private=False), told.encode(), alg.replace("HS", "sha"))
    token = f"{told}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"

    with pytest.raises(NotTrue, match="algorithm"):
        open_id.verified(token, "n")


def test_a_key_for_encryption_signs_nothing(open_id, own):
    sealing = rsa("sealing")
    own.keys = [own.key]
    own.keys.append(type(sealing).import_key(sealing.as_dict(private=False) | {"use": "enc"}))

    with pytest.raises(NotTrue):
        open_id.verified(own.signed(own.usual("n"), sealing), "n")


def test_a_curve_signs_too(open_id, own):
    curve = elliptic()
    own.keys = [own.key, curve]

    assert open_id.verified(own.signed(own.usual("n"), curve), "n")


def test_a_new_key_is_asked_for_when_it_first_signs(open_id, own, clock):
    open_id.verified(own.signed(own.usual("n")), "n")
    own.key = rsa("key-2")
    own.keys = [own.key]
    clock.at += minutes(1)

    assert open_id.verified(own.signed(own.usual("n")), "n")
    assert own.calls.count("keys") == 2


def test_a_key_that_changed_under_its_old_name_is_asked_for_too(open_id, own, clock):
    open_id.verified(own.signed(own.usual("n")), "n")
    own.key = rsa("key-1")
    own.keys = [own.key]
    clock.at += minutes(1)

    assert open_id.verified(own.signed(own.usual("n")), "n")


def test_a_key_without_a_name_serves(open_id, own):
    plain = rsa("key-9")
    own.keys = [type(plain).import_key({k: v for k, v in plain.as_dict(private=False).items() if k != "kid"})]

    assert open_id.verified(own.signed(own.usual("n"), plain), "n")


def test_unknown_keys_do_not_make_us_ask_without_end(open_id, own):
    stranger = rsa("stranger")
    for _ in range(5):
        with pytest.raises(NotTrue):
            open_id.verified(own.signed(own.usual("n"), stranger), "n")

    assert own.calls.count("keys") == 1


def test_documents_are_kept_for_an_hour_and_while_the_provider_is_away(open_id, own, clock):
    token = own.signed(own.usual("n") | {"exp": int(clock.now().timestamp()) + 10**6})
    open_id.verified(token, "n")
    clock.at += minutes(59)
    open_id.verified(token, "n")
    assert own.calls == ["document", "keys"]
    own.server.clear()
    clock.at += minutes(2)

    assert open_id.verified(token, "n")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), byte=st.integers(0, 127))
def test_a_token_that_was_changed_anywhere_is_never_taken_for_another(open_id, own, at, byte):
    token = own.signed(own.usual("n"))
    place = at % len(token)
    changed = token[:place] + chr(byte) + token[place + 1 :]

    try:
        found = open_id.verified(changed, "n")
    except NotTrue:
        return
    # The last character of a part has bits that no byte needs: another text, the same token.
    assert {k: found[k] for k in ("sub", "email", "aud")} == {k: own.usual("n")[k] for k in ("sub", "email", "aud")}
    assert place in {token.index(".") - 1, token.rindex(".") - 1, len(token) - 1} or chr(byte) == token[place]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{1,60}\.[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}"))
def test_what_is_no_token_is_refused_and_never_breaks_anything(open_id, text):
    with pytest.raises(NotTrue):
        open_id.verified(text, "n")


# --- what a provider publishes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"issuer": 7}, "another issuer"),
        ({"authorization_endpoint": "http://evil.example/a"}, "authorization_endpoint over HTTPS"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"token_endpoint": "javascript:alert(1)"}, "token_endpoint"),
        ({"jwks_uri": "http://evil.example/keys"}, "jwks_uri"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "no algorithm"),
    ],
)
def test_a_document_that_would_lead_astray_is_refused(open_id, own, more, said):
    own.document_more = more

    with pytest.raises(NotReached, match=re.escape(said)):
        open_id.examine()


@pytest.mark.parametrize("answer", [Response("<html>", 200), Response("[]", 200), Response("x", 503), Response("", 302)])
def test_what_is_no_document_is_said_to_be_none(open_id, own, httpserver, answer):
    httpserver.clear()
    httpserver.expect_request("/tenant/.well-known/openid-configuration").respond_with_response(answer)

    with pytest.raises(NotReached):
        open_id.examine()


def test_an_endless_document_is_not_read(open_id, httpserver):
    httpserver.clear()
    body = Response(json.dumps({"issuer": "x" * 1_000_001}), 200)
    httpserver.expect_request("/tenant/.well-known/openid-configuration").respond_with_response(body)

    with pytest.raises(NotReached, match="no document"):
        open_id.examine()


def test_nobody_answers(clock, own):
    with pytest.raises(NotReached, match="cannot be reached"):
        OpenID(replace(own.settings(), issuer="http://127.0.0.1:1"), clock).examine()


def test_a_provider_without_a_key_is_told_before_anybody_signs_in(open_id, own):
    own.keys = []

    with pytest.raises(NotReached, match="no key"):
        open_id.examine()


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x", True),
        ("http://127.0.0.1:8/x", True),
        ("http://localhost/x", True),
        ("http://[::1]/x", True),
        ("http://a.example/x", False),
        ("http://127.0.0.1.evil.example/", False),
        ("ftp://a.example", False),
        ("https://", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_secrets_go_over_https_or_stay_on_this_machine(url, safe):
    assert is_safe(url) is safe


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


# --- against a provider that we did not write ------------------------------------------------------------------------


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
                    **{"client_id": "okta-client", "client_secret": "okta-secret", "name": "Ostiary"},
                    **{"redirect_uris": back, "auth_server_id": "org"},
                }
            ],
        },
        "microsoft": {
            "users": [{"email": name, "name": name} for name in EMULATED],
            "oauth_clients": [
                {
                    **{"client_id": "entra-client", "client_secret": "entra-secret~.", "name": "Ostiary"},
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


@pytest.mark.slow
class TestOktaOfTheEmulator:
    """npm's `emulate` as Okta: with `email_verified` and groups."""

    @pytest.fixture
    def clock(self, clock):
        clock.at = datetime.now(UTC)
        return clock

    @pytest.fixture
    def provided(self):
        return {"roles": ROLES, "scopes": ("openid", "email", "profile", "groups")}

    @pytest.fixture
    def web(self, emulated, provided):
        from web.office import Provider  # noqa: PLC0415

        okta = Provider(issuer=emulated("okta"), client_id="okta-client", client_secret="okta-secret", **provided)
        return WebSettings(public_url="http://testserver", provider=okta)

    def test_who_is_in_a_group_signs_in(self, browser, office, clock):
        done = through(browser(), "ana@tarnvik.example")

        assert done.status_code == 200, done.text
        assert "ana@tarnvik.example" in done.text
        assert account_of(office, "ana@tarnvik.example", clock.now()).roles == {Role.REVIEWER}

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


@pytest.mark.slow
class TestMicrosoftOfTheEmulator:
    """npm's `emulate` as Entra: tenant in the issuer, no `email_verified`, no groups."""

    @pytest.fixture
    def clock(self, clock):
        clock.at = datetime.now(UTC)
        return clock

    @pytest.fixture
    def web(self, emulated):
        from web.office import Provider  # noqa: PLC0415

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
