"""Okta live: what is special beside what every source keeps (see test_conformance.py)."""

import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connectors.okta_live import FILTER, LOG, SOURCE
from connectors.source_tables import configured
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


def logs(okta, begun=0):
    return [c for c in okta.calls[begun:] if c.path == "/api/v1/logs"]


def mark(live):
    (row,) = [r for r in live.house.rows("SELECT value FROM cursor") if '"log"' in r["value"]]
    return json.loads(row["value"])["feeds"]["log"]


# --- the log -------------------------------------------------------------------------------------------------------


def test_the_log_is_polled_in_persistence_order_from_ninety_days_back(live, okta):
    live.scan()

    first, *others = logs(okta)
    assert first.query["sortOrder"] == "ASCENDING"
    assert first.query["filter"] == FILTER
    assert first.query["limit"] == "1000"
    assert "until" not in first.query
    assert first.query["since"].startswith("2025-12-15T13:00")
    assert all("after" in call.query and "since" not in call.query for call in others)


def test_how_far_back_the_first_scan_reads_can_be_said(live, okta):
    live.tables["okta"]["backfill_days"] = 7

    live.scan()

    assert logs(okta)[0].query["since"].startswith("2026-03-08T13:00")


def test_polling_ends_at_an_empty_page_although_it_names_a_next_one_and_goes_on_there(live, okta):
    live.scan()
    begun = len(okta.calls)
    okta.sign_in(3, days=0.02, person="bo")

    live.scan()

    queries = [call.query["after"] for call in logs(okta, begun)]
    assert queries == ["7", "9", "10"]
    assert live.house.one("SELECT sum(successes) FROM usage") == 10


def test_an_event_that_is_written_late_is_read_although_it_happened_before(live, okta):
    live.scan()
    okta.sign_in(1, days=15, person="late")

    live.scan()

    assert live.house.one("SELECT count(*) FROM actor WHERE native_id = '00ulate'") == 1


def test_polling_does_not_run_after_events_of_right_now_for_ever(live, okta):
    original = okta.route

    def busy(call):
        if call.path == "/api/v1/logs":
            okta.sign_in(2, days=0)
        return original(call)

    okta.route = busy
    begun = len(okta.calls)

    live.scan()

    assert len(logs(okta, begun)) <= 6
    assert statuses(live)["sign_ins"] == "complete"


def test_a_place_that_okta_no_longer_takes_is_read_again_by_time(live, okta):
    live.scan()
    begun = len(okta.calls)
    okta.sign_in(1, days=0.02)
    okta.always = lambda call: "404" if call.query.get("after") == "7" else None

    live.scan()

    assert "since" in logs(okta, begun)[1].query
    assert statuses(live)["sign_ins"] == "complete"
    assert live.house.one("SELECT sum(successes) FROM usage") == 8


def test_a_place_of_a_narrower_question_is_not_gone_on_from(live, okta):
    live.scan()
    value = live.house.one("SELECT value FROM cursor WHERE value LIKE '%log%'")
    other = json.loads(value)
    other["feeds"]["log"]["token"] = f"{okta.base}/api/v1/logs?sortOrder=ASCENDING&limit=1&filter=x&after=3"
    live.house.execute("UPDATE cursor SET value = :new WHERE value LIKE '%log%'", new=json.dumps(other))
    begun = len(okta.calls)

    live.scan()

    assert "since" in logs(okta, begun)[0].query


def test_a_log_that_names_no_next_page_is_not_taken_for_its_end(live, okta):
    original = okta.route

    def without_links(call):
        answer = original(call)
        if call.path == "/api/v1/logs":
            answer.headers.remove("Link")
        return answer

    okta.route = without_links

    live.scan()

    row = live.coverage()["okta", "sign_ins"]
    assert row["status"] == "failed"
    assert "names no next page" in row["reason"]


def test_what_lies_before_the_retention_is_a_gap_and_is_told(live, okta):
    live.scan()
    live.house.clock.at += timedelta(days=100)
    okta.sign_in(1, days=95)

    live.scan()

    row = live.coverage()["okta", "sign_ins"]
    assert row["gap"].startswith("2026-03-15T12:55:00Z/2026-03-25T14")
    assert row["status"] == "complete"
    assert mark(live)["begun"].startswith("2026-03-25")
    live.scan()
    assert live.coverage()["okta", "sign_ins"]["gap"] is None


def test_a_run_that_was_cut_off_goes_on_where_it_was(live, okta, monkeypatch):
    monkeypatch.setattr("scanner.spooling.RECORDS", 2)
    okta.always = lambda call: "500" if call.query.get("after") == "4" else None
    live.scan()
    cut = live.coverage()["okta", "sign_ins"]
    okta.always = lambda _call: None
    begun = len(okta.calls)

    live.scan()

    assert (cut["status"], cut["read"]) == ("partial", 4)
    assert logs(okta, begun)[0].query["after"] == "4"
    assert live.house.one("SELECT sum(successes) FROM usage") == 7
    assert mark(live)["begun"].startswith("2025-12-15")


# --- the parts of apps ---------------------------------------------------------------------------------------------


def test_people_and_groups_of_apps_and_rights_are_read(live, okta):
    live.scan()

    rows = live.house.rows(
        "SELECT st.name AS stream, r.native_id FROM record r JOIN stream st ON st.id = r.stream_id"
        " WHERE st.name IN ('app_users', 'app_groups', 'grants') ORDER BY 1, 2"
    )
    assert [r["native_id"] for r in rows if r["stream"] == "app_users"] == [
        *("0oa1/00uana", "0oa1/00ubo", "0oa1/00ucleo", "0oa2/00uana")
    ]
    assert [r["native_id"] for r in rows if r["stream"] == "grants"] == ["oag1", "oag2"]
    assert sum(r["stream"] == "app_groups" for r in rows) == 4
    first = [c for c in okta.calls if c.path.endswith("/groups") and "after" not in c.query]
    assert {c.query.get("expand") for c in first} == {"group"}


def test_the_last_assignment_of_all_may_end(live, okta):
    live.scan()
    okta.assigned.clear()

    live.scan()

    assert statuses(live)["app_users"] == "complete"
    rows = "SELECT count(*) FROM record r JOIN stream st ON st.id = r.stream_id WHERE st.name = 'app_users'"
    assert live.house.one(rows + " AND r.valid_to IS NULL") == 0


def test_an_organisation_that_suddenly_lists_nobody_closes_nobody(live, okta):
    live.scan()
    okta.people.clear()

    live.scan()

    rows = "SELECT count(*) FROM record r JOIN stream st ON st.id = r.stream_id WHERE st.name = 'users'"
    assert live.house.one(rows + " AND r.valid_to IS NULL") == 4


def test_an_app_that_is_deleted_while_its_parts_are_read_has_none(live, okta):
    okta.always = lambda call: "404" if call.path.startswith("/api/v1/apps/0oa1/") else None

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert live.house.one("SELECT count(*) FROM record WHERE native_id LIKE '0oa1/%'") == 0


def test_a_deleted_app_that_comes_back_is_the_same_and_two_of_one_name_are_two(live, okta):
    okta.apps.append(app(9, "HubSpot"))
    live.scan()
    gone = okta.apps.pop()
    live.scan()
    okta.apps.append(gone | {"label": "HubSpot (new)"})

    live.scan()

    rows = live.house.rows(
        "SELECT r.app, r.valid_to IS NULL AS open FROM record r JOIN stream st ON st.id = r.stream_id"
        " WHERE st.name = 'apps' AND r.native_id = '0oa9' ORDER BY r.valid_from"
    )
    assert [bool(r["open"]) for r in rows] == [False, True]
    assert "HubSpot (new)" in rows[1]["app"]
    assert live.house.one("SELECT count(*) FROM identity WHERE key = 'app_id:0oa9'") == 1


# --- signing in ----------------------------------------------------------------------------------------------------


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
        if len(okta.calls) % 5 == 0:
            okta.forget_tokens()
        return original(call)

    okta.route = forgetful

    live.scan()

    assert set(statuses(live).values()) == {"complete"}


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


# --- the configuration ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"org_url": "https://a.okta.com"}, "either token, or client_id and private_key"),
        ({"org_url": "https://a.okta.com", "client_id": "x"}, "either token, or client_id and private_key"),
        (
            {"org_url": "https://a.okta.com", "token": "env:A", "client_id": "x", "private_key": "env:B"},
            "either token, or client_id and private_key",
        ),
        ({"org_url": "http://a.okta.com", "token": "env:A"}, r"\.org_url: write the address like"),
        ({"org_url": "https://a.okta.com", "token": "00verysecret"}, r"\.token: name the secret as env:NAME"),
        ({"org_url": 7, "token": "env:A"}, r"\.org_url: Expected `str`"),
        ({"token": "env:A"}, "org_url"),
    ],
)
def test_a_wrong_table_is_told_by_its_key(keys, why):
    with pytest.raises(ValueError, match=why) as caught:
        configured(SOURCE.config, keys)

    assert "verysecret" not in str(caught.value)


def test_the_log_declares_its_ninety_days():
    assert {s.retention for s in LOG.filled} == {timedelta(days=90)}
