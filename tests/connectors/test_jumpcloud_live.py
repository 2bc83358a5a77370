"""JumpCloud live: what is special beside what every source keeps (see test_conformance.py)."""

import json
from datetime import datetime, timedelta

import pytest

from connectors.jumpcloud import APP_EVENT_TYPES


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def vendor(live, make_fake):
    fake = make_fake("jumpcloud", live.house.clock)
    live.add("jumpcloud", fake)
    return fake


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def insights(vendor, service):
    bodies = [json.loads(c.body) for c in vendor.calls if c.path.startswith("/insights")]
    return [body for body in bodies if body["service"] == [service]]


def test_sign_ins_are_asked_for_whole_and_of_the_directory_what_concerns_apps(live, vendor):
    live.scan()

    assert all("search_term" not in body and body["sort"] == "ASC" for body in insights(vendor, "sso"))
    terms = insights(vendor, "directory")[0]["search_term"]["or"]
    assert [term["event_type"] for term in terms] == list(APP_EVENT_TYPES)


def test_pages_go_on_where_the_header_says(live, vendor):
    vendor.size = 1
    live.scan()

    assert any(body.get("search_after") for body in insights(vendor, "sso"))
    (row,) = live.house.rows("SELECT sum(successes) AS good, sum(failures) AS bad FROM usage")
    assert (row["good"], row["bad"]) == (4, 1)


def test_slices_of_a_week_read_the_oldest_first(live, vendor):
    live.scan()

    begins = [datetime.fromisoformat(b["start_time"]) for b in insights(vendor, "sso") if "search_after" not in b]
    assert begins == sorted(begins)
    assert begins[1] - begins[0] == timedelta(days=7)


def test_an_organisation_of_several_is_named_in_each_call(live, vendor):
    vendor.org = "5f00a1"
    live.add("jumpcloud", vendor)

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert {c.headers.get("x-org-id") for c in vendor.calls} == {"5f00a1"}


def test_who_has_an_app_is_read_from_each_app(live, vendor):
    live.scan()

    rows = live.house.rows("SELECT native_id FROM record WHERE kind = 'assignment' AND native_id LIKE '5f%'")
    assert sorted(row["native_id"] for row in rows) == ["5f00:60a0", "5f00:60a1", "5f00:60a2", "5f01:60a0"]


def test_an_app_that_is_deleted_while_it_is_read_costs_only_itself(live, vendor):
    gone = "/api/v2/applications/5f01/users"
    vendor.always = lambda call: "404" if call.path == gone else None

    live.scan()

    assert statuses(live)["assignments"] == "complete"


def test_a_list_that_changes_while_it_is_read_closes_nobody(live, vendor):
    live.scan()
    before = live.picture()["records"]
    leaver = vendor.people[0]

    def leave(call):
        if call.path == "/api/systemusers" and call.query["skip"] != "0" and leaver in vendor.people:
            vendor.people.remove(leaver)

    vendor.always = leave
    live.scan()

    assert statuses(live)["users"] == "partial"
    assert live.picture()["records"] == before


def test_people_come_without_what_nobody_asked_for(live, vendor):
    live.scan()

    (first, *_) = [c for c in vendor.calls if c.path == "/api/systemusers"]
    assert "ssh_keys" not in first.query["fields"]
    assert {"department", "costCenter"} <= set(first.query["fields"].split())
