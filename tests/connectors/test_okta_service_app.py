"""Okta's service app: a key in place of a secret, a token for each scope, proofs, and one budget of tries for all."""

import json
from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connectors.live import Window
from connectors.okta_live import SOURCE, USERS
from model.errors import Transient
from tests.scanner.house import app

#: The lines around a key, put together so that no file of the repository looks as if it held one.
PEM = "-----{} PRIVATE KEY-----"

PLAIN = serialization.NoEncryption()


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def okta(live, make_fake):
    fake = make_fake("okta", live.house.clock)
    live.add("okta", fake)
    return fake


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def pages_of(live, feed):
    opened = live.opened["okta"]
    session = opened.source.connect(opened.config, live.wire(opened))
    now = live.house.clock.now()
    try:
        return [page.body for page in session.pages(feed, Window(since=now, until=now))]
    finally:
        session.close()


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, PLAIN).decode()


def jwk(key):
    found = jwt.algorithms.RSAAlgorithm.to_jwk(key)
    return json.dumps(json.loads(found) | {"alg": "RS256"})


def make_rsa():
    return rsa.generate_private_key(65537, 2048)


def make_ec():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def service_app(live, okta):
    """Let the organisation be read by a service app."""

    def given(key, text):
        okta.key = key
        live.environment["SECRET"] = text
        live.tables["okta"] = okta.table
        return live

    return given


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
@pytest.mark.parametrize(("make_key", "write"), [(make_rsa, pem), (make_rsa, jwk), (make_ec, pem)])
def test_a_service_app_signs_in_with_its_key(service_app, okta, make_key, write, dpop):
    key = make_key()
    live = service_app(key, write(key))
    okta.dpop = dpop

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    schemes = {c.headers["authorization"].split()[0] for c in okta.calls if c.path.startswith("/api")}
    assert schemes == {"DPoP" if dpop else "Bearer"}


def test_a_scope_that_was_not_granted_costs_its_own_streams_only(service_app, okta):
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.granted.discard("okta.logs.read")

    live.scan()

    row = live.coverage()["okta", "sign_ins"]
    assert (row["status"], row["reason"]) == ("refused", "okta.logs.read (OAuth consent_required)")
    assert "Grant okta.logs.read" in row["remedy"]
    assert statuses(live)["users"] == "complete"


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
def test_a_token_that_ends_before_its_time_is_renewed(service_app, okta, dpop):
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.dpop = dpop
    original = okta.route

    def forgetful(call):
        if len(okta.calls) % 12 == 0:  # rarer than the calls that run at once, which are all refused and come again
            okta.forget_tokens()
        return original(call)

    okta.route = forgetful

    live.scan()

    assert set(statuses(live).values()) == {"complete"}


def token_calls(okta):
    return [c for c in okta.calls if c.path == "/oauth2/v1/token"]


def test_calls_at_once_fetch_one_token_for_each_scope(service_app, okta):
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.apps += [app(n, f"Tool {n}") for n in range(10, 30)]

    live.scan()

    asked = [parse_qs(c.body.decode())["scope"][0] for c in token_calls(okta)]
    assert sorted(asked) == ["okta.appGrants.read", "okta.apps.read", "okta.logs.read", "okta.users.read"]


def test_a_token_endpoint_in_trouble_is_tried_six_times_a_stream_and_not_six_times_six(service_app, okta):
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.always = lambda call: "500" if call.path == "/oauth2/v1/token" else None

    live.scan()

    assert set(statuses(live).values()) == {"failed"}
    assert len(okta.calls) == len(token_calls(okta)) == 6 * len(SOURCE.feeds)


@pytest.mark.parametrize(("dpop", "asked"), [(False, 3), (True, 5)], ids=["bearer", "dpop"])
def test_signing_in_and_the_call_it_is_for_draw_on_one_budget(service_app, okta, dpop, asked):
    """Two tries go into the token (and none into the proofs that Okta asks for), which leaves three for the call."""
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.dpop = dpop
    okta.faults = {1: "500", 2: "reset"}
    okta.always = lambda call: "500" if call.path == "/api/v1/users" else None

    pages = Failing(live, USERS)

    assert "was answered with 500" in pages.error
    assert len(token_calls(okta)) == asked
    assert len(okta.calls) - asked == 4


class Failing:
    """A feed that fails, and how."""

    def __init__(self, live, feed):
        with pytest.raises(Transient) as caught:
            pages_of(live, feed)
        self.error = str(caught.value)


@pytest.mark.parametrize("hours", [-30, -2, 2, 300])
def test_a_wrong_clock_of_ours_is_made_up_for(service_app, okta, hours):
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.skew = timedelta(hours=hours)

    live.scan()

    assert statuses(live)["users"] == "complete"


def test_a_key_that_okta_does_not_know_is_told_with_what_to_check(service_app, okta):
    key = make_rsa()
    live = service_app(key, pem(key))
    okta.always = lambda call: "401" if call.path == "/oauth2/v1/token" else None

    live.scan()

    row = live.coverage()["okta", "users"]
    assert (row["status"], row["reason"]) == ("refused", "OAuth invalid_client")
    assert "client_id, private_key and key_id" in row["remedy"]


@pytest.mark.parametrize("text", ["not a key", "{}", '{"kty": "RSA"}', PEM.format("BEGIN") + "\nx"])
def test_what_is_no_key_is_told_by_its_reference_and_other_streams_are_not_tried_with_it(service_app, okta, text):
    live = service_app(make_rsa(), text)

    live.scan()

    row = live.coverage()["okta", "users"]
    assert row["status"] == "failed"
    assert "env:SECRET" in row["reason"]
    assert "no private key" in row["reason"]
    assert text not in row["reason"]
