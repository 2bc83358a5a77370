"""Duo live: what is special beside what every source keeps (see test_conformance.py)."""

from datetime import timedelta

import pytest


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def vendor(live, make_fake):
    fake = make_fake("duo", live.house.clock)
    live.add("duo", fake)
    return fake


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def sums(live):
    (row,) = live.house.rows("SELECT sum(successes) AS good, sum(failures) AS bad FROM usage")
    return row["good"], row["bad"]


def test_every_call_is_signed_with_its_date_and_parameters(live, vendor):
    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert sums(live) == (5, 0)


def test_pages_go_on_at_the_time_and_transaction_that_duo_names(live, vendor):
    vendor.size = 1

    live.scan()

    offsets = [c.query["next_offset"] for c in vendor.calls if "next_offset" in c.query]
    assert offsets
    assert all(offset.count(",") == 1 for offset in offsets)
    assert sums(live) == (5, 0)


def test_a_clock_that_is_wrong_is_set_by_duos_own(live, vendor):
    vendor.skew = timedelta(hours=2)

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert len([c for c in vendor.calls if c.path.startswith("/admin")]) < 20


def test_a_wrong_secret_key_is_a_refusal_that_asks_for_a_new_one(live, vendor):
    live.environment["SECRET"] = "another"

    live.scan()

    assert {row["reason"] for row in live.coverage().values()} == {"Duo 40103"}
    assert {row["status"] for row in live.coverage().values()} == {"refused"}


def test_a_full_page_of_actions_is_followed_by_those_since_its_last_second(live, vendor, monkeypatch):
    monkeypatch.setattr("connectors.duo_live._MOST", 2)
    vendor.most = 2
    for at in range(4):
        vendor.act("integration_update", f"App {at}", days=20 - at)

    live.scan()

    asked = [int(c.query["mintime"]) for c in vendor.calls if c.path.endswith("administrator")]
    assert asked == sorted(set(asked))
    labels = live.house.rows("SELECT app FROM record WHERE kind = 'audit_event'")
    assert len(labels) == 5


def test_more_actions_in_one_second_than_a_page_holds_are_no_complete_log(live, vendor, monkeypatch):
    monkeypatch.setattr("connectors.duo_live._MOST", 2)
    vendor.most = 2
    for at in range(3):
        vendor.act("integration_update", f"App {at}", days=5)

    live.scan()

    assert statuses(live)["app_events"] == "partial"
