"""OneLogin live: what is special beside what every source keeps (see test_conformance.py)."""

from datetime import datetime, timedelta

import pytest

from connectors.onelogin import EVENT_TYPES
from scanner.doctor import examine


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


def test_a_token_endpoint_in_trouble_is_tried_six_times_a_feed_and_not_six_times_six(live, vendor):
    vendor.always = lambda call: "500" if call.path == "/auth/oauth2/v2/token" else None

    live.scan()

    assert len(vendor.calls) == len(called(vendor, "/auth/oauth2/v2/token")) == 6 * len(live.opened["onelogin"].feeds)


def test_signing_in_and_the_call_it_is_for_draw_on_one_budget(live, vendor):
    vendor.faults = {1: "500", 2: "reset"}
    vendor.always = lambda call: "500" if call.path == "/api/2/users" else None

    live.scan()

    assert statuses(live)["users"] == "failed"
    tokens, users = called(vendor, "/auth/oauth2/v2/token"), called(vendor, "/api/2/users")
    assert (len(tokens), len(users)) == (3, 4)


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


def holders(live):
    return {
        row["native_id"]
        for row in live.house.rows(
            "SELECT r.native_id FROM record r JOIN stream st ON st.id = r.stream_id"
            " WHERE st.name = 'assignments' AND r.valid_to IS NULL"
        )
    }


def test_who_is_given_an_app_is_read_app_by_app_to_the_last_page(live, vendor):
    live.scan()

    assert holders(live) == {"442:90", "443:90", "443:91", "444:90", "444:91", "444:92"}
    assert len(called(vendor, "/api/2/apps/444/users")) == 2


def test_whoever_is_given_an_app_no_longer_is_closed(live, vendor):
    live.scan()
    vendor.given[444] = []

    live.scan()

    assert holders(live) == {"442:90", "443:90", "443:91"}


def test_an_app_that_is_deleted_while_the_others_are_read_is_nobodys(live, vendor):
    def gone(call):
        return "404" if call.path == "/api/2/apps/443/users" else None

    vendor.always = gone

    live.scan()

    assert holders(live) == {"442:90", "444:90", "444:91", "444:92"}
    assert statuses(live)["assignments"] == "complete"


def test_where_one_app_is_refused_nothing_is_closed(live, vendor):
    live.scan()
    before = holders(live)
    vendor.given[442] = []
    vendor.always = lambda call: "403" if call.path == "/api/2/apps/443/users" else None

    live.scan()

    assert statuses(live)["assignments"] == "refused"
    assert holders(live) == before


def test_the_doctor_asks_for_one_app_and_one_of_its_people(live, vendor):
    found = {e.feed.name: e for e in examine(live.opened["onelogin"], live.wire(live.opened["onelogin"]))}

    assert found["assignments"].coverage[0].status.value == "complete"
    (asked,) = [c for c in vendor.calls if c.path.endswith("/users") and c.path != "/api/2/users"]
    assert asked.query == {"limit": "1"}


@pytest.mark.parametrize("app_id", ["../users", "442?x=1", None, -7])
def test_an_id_that_would_lead_elsewhere_is_not_asked_for(live, vendor, app_id):
    vendor.apps = [{"id": app_id, "name": "x", "connector_id": 1}]

    live.scan()

    assert [c.path for c in vendor.calls if c.path.startswith("/api/2/apps/")] == []
