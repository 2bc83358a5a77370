"""Whether an ID token is true, and whether what a provider publishes can be trusted: own keys, bent in every way."""

import base64
import hmac
import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug import Response

from tests.web.provider import CLIENT, elliptic, minutes, rsa
from web.sign_in import NotReached, NotTrue, OpenID, challenge, is_safe


@pytest.fixture
def open_id(own, clock):
    return OpenID(own.settings(), clock)


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


@pytest.mark.parametrize(
    "answer", [Response("<html>", 200), Response("[]", 200), Response("x", 503), Response("", 302)]
)
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
