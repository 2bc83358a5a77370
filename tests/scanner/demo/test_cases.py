"""The demo's cases: for which tools they are open and why, until when, and whose they are."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scanner.demo import COMPANY
from storage.listings import cases as case_listing
from tests.scanner.demo.expected_findings import CASE_UNITS, CASES, NOT_MARKETINGS


def test_cases_are_open_for_the_tools_that_marketing_uses_or_bought_without_a_decision(open_cases):
    assert sorted(open_cases) == sorted(name for group in CASES.values() for name in group)


def test_no_tool_has_two_open_cases(open_cases):
    assert {name: len(rows) for name, rows in open_cases.items() if len(rows) > 1} == {}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("used", r"^\d+% of its people are in marketing$"),
        ("bought", r"^\d+% of its money comes from marketing$"),
        ("unknown", r"^it is a marketing tool, and who uses and pays it is unknown$"),
    ],
)
def test_a_case_says_what_opened_it(open_cases, reason, said):
    assert [n for n in CASES[reason] if not re.match(said, open_cases[n][0]["why"])] == []


def test_no_case_was_ever_opened_before_all_that_was_saved_on_a_day_was_read(demo):
    """A list of apps alone does not say who uses them: judged by itself it would open cases that its log closes."""
    with demo.store.read() as connection:
        rows = case_listing.cases(connection)

    assert [row["tool_id"] for row in rows if row["state"] != "open"] == []
    assert not {row["tool_id"] for row in rows} & NOT_MARKETINGS


@pytest.mark.parametrize(
    ("name", "part"),
    [("webflow", "33%"), ("chatgpt", "39%"), ("hotjar", "43%"), ("hubspot", "100%"), ("buffer", "100%")],
)
def test_a_case_says_how_much_of_the_tool_is_marketings(open_cases, name, part):
    assert open_cases[name][0]["why"].startswith(part)


def test_a_case_is_to_be_taken_up_within_two_working_days_of_the_companys(open_cases):
    """The last day of June 2026 is a Tuesday, the last of October a Saturday."""
    zone = ZoneInfo(COMPANY.timezone)
    days = {
        tuple(
            datetime.fromisoformat(c[name]).astimezone(zone).strftime("%a %-d %b") for name in ("opened_at", "due_at")
        )
        for (c,) in open_cases.values()
    }

    assert days == {("Tue 30 Jun", "Thu 2 Jul"), ("Sat 31 Oct", "Tue 3 Nov")}


def test_a_case_is_opened_in_october_where_something_new_came_or_an_approval_ran_out(open_cases):
    later = {name for name, (case,) in open_cases.items() if case["opened_at"] > "2026-10"}

    assert later == {"hubspot", "crisp", "FALSE MAILCHIMP", "ORTLER PRESS"}


def test_a_case_knows_the_team_that_most_people_are_in(demo, called, open_cases):
    units = {called[row["tool_id"]]: row["unit"] for row in demo.rows("SELECT tool_id, unit FROM review_case")}

    assert {name: units[name] for name in CASE_UNITS} == CASE_UNITS


def test_each_case_waits_for_security_from_its_opening_on_and_no_rule_has_let_anything_in(demo, open_cases):
    """What customers risk by a tool is unknown until somebody answers, so that the fast lane takes none."""
    events = demo.rows("SELECT by, kind FROM case_event")

    assert {(row["by"], row["kind"]) for row in events} == {("system", "opened")}
    assert len(events) == len(open_cases)
    assert {(c["stage"], c["waiting_for"]) for (c,) in open_cases.values()} == {("new", "security")}
