"""Okta live: what is special beside what every source keeps (see test_conformance.py)."""

import json
from datetime import timedelta

import pytest

from connectors.okta_live import FILTER, LOG, SOURCE
from connectors.source_tables import configured


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
