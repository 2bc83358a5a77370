"""OneLogin live: what is special beside what every source keeps (see test_conformance.py)."""

from datetime import datetime, timedelta

import pytest

from connectors.onelogin import EVENT_TYPES


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def vendor(live, make_fake):
    fake = make_fake("onelogin", live.house.clock)
    live.add("onelogin", fake)
    return fake


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def called(vendor, path, begun=0):
    return [call for call in vendor.calls[begun:] if call.path == path]


def test_one_token_serves_a_whole_run(live, vendor):
    live.scan()

    assert len(called(vendor, "/auth/oauth2/v2/token")) == 1
    assert {c.headers["authorization"][:7] for c in called(vendor, "/api/1/events")} == {"bearer:"}


def test_a_token_that_ends_before_its_time_is_fetched_again_in_the_midst_of_it(live, vendor):
    vendor.faults[4] = "401"

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert len(called(vendor, "/auth/oauth2/v2/token")) == 2


def test_a_wrong_client_secret_is_a_refusal_that_says_so(live, vendor):
    live.environment["SECRET"] = "another"

    live.scan()

    assert set(statuses(live).values()) == {"refused"}
    assert {row["reason"] for row in live.coverage().values()} == {"OneLogin 401 Unauthorized"}


def test_only_events_that_are_understood_are_asked_for_in_slices_of_a_week(live, vendor):
    live.scan()

    firsts = [c.query for c in called(vendor, "/api/1/events") if "after_cursor" not in c.query]
    assert {int(kind) for kind in firsts[0]["event_type_id"].split(",")} == set(EVENT_TYPES)
    spans = [datetime.fromisoformat(q["until"]) - datetime.fromisoformat(q["since"]) for q in firsts]
    assert max(spans) == timedelta(days=7, milliseconds=1)
    assert len(firsts) == 13


def test_people_come_with_departments_and_without_what_nobody_asked_for(live, vendor):
    live.scan()

    (first, *_) = called(vendor, "/api/2/users")
    assert "department" in first.query["fields"].split(",")
    assert "phone" not in first.query["fields"]
    facts = live.house.rows("SELECT facts FROM record WHERE kind = 'person'")
    assert all("Marketing" in row["facts"] for row in facts)


def test_sign_ins_are_counted_with_their_failures_apart(live, vendor):
    vendor.event(5, days=2)

    live.scan()

    (row,) = live.house.rows("SELECT sum(successes) AS good, sum(failures) AS bad FROM usage")
    assert (row["good"], row["bad"]) == (2, 1)


def test_what_happens_between_two_runs_is_read_by_the_second(live, vendor):
    live.scan()
    begun = len(vendor.calls)
    live.house.clock.at += timedelta(days=1)
    vendor.event(8, days=0.5)

    live.scan()

    assert len([c for c in called(vendor, "/api/1/events", begun) if "after_cursor" not in c.query]) == 1
    (row,) = live.house.rows("SELECT sum(successes) AS good FROM usage")
    assert row["good"] == 3


def test_a_run_that_is_cut_off_goes_on_where_the_last_whole_slice_ended(live, vendor):
    slices = 0

    def stop(call):
        nonlocal slices
        slices += call.path == "/api/1/events"
        return "403" if slices > 12 else None

    vendor.always = stop
    live.scan()
    assert statuses(live)["sign_ins"] == "refused"
    vendor.always = lambda _call: None
    begun = len(vendor.calls)

    live.scan()

    again = [c for c in called(vendor, "/api/1/events", begun) if "after_cursor" not in c.query]
    assert len(again) < 13
    assert set(statuses(live).values()) == {"complete"}
