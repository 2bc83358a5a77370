"""Reminders by working days, escalation, conditions and approvals that end: each once, late ones not made up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import conditions
from gate.reminding import remind, reminder_number
from gate.roles import Role
from gate.terms import Condition
from gate.working_time import WorkingTime
from storage import cases as stored
from storage.times import from_ms, to_ms
from tests.gate.gatehouse import NOW, add_tool, gate, sign, staff, terms
from tests.gate.told import actor, events
from tests.storage.filling import Filling

DAY = timedelta(days=1)
#: A Wednesday; its clocks end at midnight UTC.
DUE = datetime(2026, 7, 1, 23, 59, 59, 999000, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(
    ("days", "number"),
    [(-2, None), (-1, None), (0, 0), (1, 0), (2, 0), (5, 1), (6, 1), (7, 1), (8, 2)],
)
def test_reminders_count_working_days_from_the_day_before_it_is_due(days, number):
    at = DUE + days * DAY - timedelta(hours=12)

    assert reminder_number(gate(at), DUE) == number


def test_holidays_remind_nobody():
    calendar = WorkingTime(holidays={date(2026, 7, 2), date(2026, 7, 3)})

    assert reminder_number(gate(DUE + 5 * DAY, time=calendar), DUE) == 0


@given(hours=st.lists(st.integers(0, 24 * 40), min_size=1, max_size=12))
def test_reminders_only_ever_count_up(hours):
    found = [reminder_number(gate(NOW + timedelta(hours=h)), DUE) for h in sorted(hours)]

    known = [number for number in found if number is not None]
    assert known == sorted(known)
    assert found[: len(found) - len(known)] == [None] * (len(found) - len(known))


@pytest.fixture
def case(connection):
    number = add_tool(connection)
    stored.change(connection, number, {"due_at": to_ms(DUE), "stage_at": to_ms(NOW)})
    return number


def told(connection, at, kind=None, **changed):
    remind(connection, gate(at, **changed))
    return [(row["kind"], row["payload"].get("number")) for row in events(connection, kind)]


def test_a_reminder_is_entered_once_whoever_looks_how_often(connection, case):
    for _ in range(3):
        assert told(connection, DUE - timedelta(hours=2)) == [("reminder", 0)]


def test_reminders_that_nobody_sent_in_time_are_not_made_up_for(connection, case):
    found = told(connection, DUE + 14 * DAY)

    assert found == [("reminder", 3), ("escalation", None)]


def test_administrators_hear_of_a_case_that_is_very_late_once(connection, case):
    assert told(connection, DUE + 6 * DAY, "escalation") == []
    assert told(connection, DUE + 7 * DAY, "escalation") == [("escalation", None)]
    assert told(connection, DUE + 9 * DAY, "escalation") == [("escalation", None)]


def test_a_case_without_a_clock_or_that_is_closed_reminds_nobody(connection, case):
    stored.change(connection, case, {"due_at": None})
    assert told(connection, DUE + DAY) == []

    stored.change(connection, case, {"due_at": to_ms(DUE)})
    stored.close(connection, case, "decided", to_ms(NOW))
    assert told(connection, DUE + DAY) == []


def test_a_case_of_before_the_clocks_began_counts_from_its_opening(connection, case):
    stored.change(connection, case, {"stage_at": None})

    told(connection, DUE + DAY)

    assert events(connection)[0]["payload"]["stage_at"] == stored.case(connection, case)["opened_at"]


# --- conditions and approvals ----------------------------------------------------------------------------------------


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def approved(connection, people):
    """Approve on a condition that is due on 10 July 2026, a Friday."""
    owner = actor(connection, "owner@example.com")
    condition = Condition(text="Turn SSO on", owner=owner, due=date(2026, 7, 10))
    word = terms("approve_with_conditions", conditions=(condition,), review_by=date(2026, 9, 1))
    number = add_tool(connection)
    assert sign(connection, number, people[Role.APPROVER_IT], word).decision
    return number


def conditions_told(connection, at, **changed):
    remind(connection, gate(at, **changed))
    return [row["payload"]["late"] for row in events(connection, "condition_due")]


def test_the_owner_of_a_condition_is_told_before_it_is_due_and_once_it_is_late(connection, approved):
    day = datetime(2026, 7, 10, 9, tzinfo=NOW.tzinfo)

    assert conditions_told(connection, day - DAY) == []
    assert conditions_told(connection, day) == [False]
    assert conditions_told(connection, day + timedelta(hours=14, minutes=59)) == [False]
    assert conditions_told(connection, day + DAY) == [False, True]
    assert conditions_told(connection, day + 2 * DAY) == [False, True]


def test_a_condition_is_due_in_the_companys_zone(connection, approved):
    auckland = WorkingTime(zone="Pacific/Auckland")
    begun = datetime(2026, 7, 10, 0, 30, tzinfo=ZoneInfo("Pacific/Auckland"))

    assert conditions_told(connection, begun - timedelta(hours=1), time=auckland) == []
    assert conditions_told(connection, begun, time=auckland) == [False]
    assert conditions_told(connection, begun + DAY, time=auckland) == [False, True]


def test_a_condition_that_is_met_reminds_nobody(connection, people, approved):
    conditions.meet(connection, gate(NOW), (approved, 1), "It is on", people[Role.REVIEWER])

    assert conditions_told(connection, NOW + 30 * DAY) == []


@pytest.mark.parametrize(("day", "count"), [("2026-08-17", 0), ("2026-08-18", 1), ("2026-09-01", 1), ("2026-09-02", 0)])
def test_an_approval_that_ends_is_told_two_weeks_before_and_not_once_it_has_ended(connection, approved, day, count):
    remind(connection, gate(datetime.fromisoformat(f"{day}T09:00:00+00:00")))

    assert len(events(connection, "approval_expires")) == count


def test_only_the_latest_decision_on_a_tool_is_looked_at(connection, people, approved):
    number = add_tool(connection, status="approved")
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="Not any more."), at=NOW + DAY)

    remind(connection, gate(NOW + 50 * DAY))

    assert events(connection, "approval_expires") == events(connection, "condition_due") == []


def test_a_source_that_refuses_is_told_once(connection):
    stream = Filling(connection).stream("okta:acme")
    row = {"run_id": 3, "stream_id": stream, "status": "refused", "read": 0, "stored": 0, "quarantined": 0}
    Filling(connection).insert("coverage", **row)

    for _ in range(2):
        remind(connection, gate())

    assert [row["payload"] for row in events(connection)] == [{"source": "okta:acme", "run": 3}]


def test_other_rules_remind_at_other_times(connection, case):
    early = replace(gate().rules, remind_before=3, remind_again=1, escalate=1)
    due = from_ms(to_ms(DUE))

    noon = DUE - timedelta(hours=12)
    # Due on a Wednesday: three working days before it is the Monday, and the weekend before that counts for nothing.
    assert reminder_number(gate(noon - 5 * DAY, rules=early), due) is None
    assert reminder_number(gate(noon - 2 * DAY, rules=early), due) == 0
    assert reminder_number(gate(noon, rules=early), due) == 2
    assert ("escalation", None) in told(connection, DUE + DAY, rules=early)
