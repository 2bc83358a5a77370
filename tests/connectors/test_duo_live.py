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


def records(live, stream):
    return live.house.rows(
        "SELECT r.app, r.facts, a.native_id AS actor FROM record r JOIN stream st ON st.id = r.stream_id"
        " LEFT JOIN actor a ON a.id = r.actor_id WHERE st.name = :stream ORDER BY r.seen_at",
        stream=stream,
    )


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
    assert len([c for c in vendor.calls if c.path.endswith(("authentication", "administrator"))]) < 20
    assert len([c for c in vendor.calls if c.path.endswith("activity")]) < 18


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
    assert len(records(live, "app_events")) == 5


def test_more_actions_in_one_second_than_a_page_holds_are_no_complete_log(live, vendor, monkeypatch):
    monkeypatch.setattr("connectors.duo_live._MOST", 2)
    vendor.most = 2
    for at in range(3):
        vendor.act("integration_update", f"App {at}", days=5)

    live.scan()

    assert statuses(live)["app_events"] == "partial"


def test_activities_at_an_application_and_to_one_are_read_and_others_are_not(live, vendor):
    live.scan()

    at_hubspot, to_canva = records(live, "activity")
    assert ("DIHUBSPOT" in at_hubspot["app"], "webauthncredential_create" in at_hubspot["facts"]) == (True, True)
    assert ("DICANVA" in to_canva["app"], "integration_update" in to_canva["facts"]) == (True, True)
    assert at_hubspot["actor"] == "DUANA"
    assert vendor.activities[2]["action"]["name"] not in repr(records(live, "activity"))


def test_an_activity_is_of_the_same_application_as_its_authentications(live, vendor):
    live.scan()

    names = live.house.rows("SELECT DISTINCT i.key FROM identity i JOIN record r ON r.identity_id = i.id")
    assert {"app_id:DIHUBSPOT", "app_id:DICANVA"} <= {row["key"] for row in names}
    assert vendor.calls


def test_the_activity_log_goes_on_at_the_offset_that_duo_gives_as_a_text(live, vendor):
    vendor.size = 1

    live.scan()

    offsets = [c.query["next_offset"] for c in vendor.calls if c.path.endswith("activity") and "next_offset" in c.query]
    assert [offset.count(",") for offset in offsets] == [1, 1]
    assert len(records(live, "activity")) == 2


def test_what_is_known_of_devices_and_places_is_not_kept(live, vendor):
    live.scan()

    assert "198.51.100.7" not in repr(live.house.rows("SELECT * FROM record"))
    assert "Ann Arbor" not in repr(live.house.rows("SELECT * FROM record"))
    assert vendor.activities
