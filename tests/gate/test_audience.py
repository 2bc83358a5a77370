"""Whom an event concerns: by role, by unit, by who waits for whom; and when it concerns nobody any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate import accounts, decisions, telling
from gate.audience import Audience
from gate.decisions import Ruling
from gate.keys import Side
from gate.reviewing import Review, move, open_case
from gate.roles import Role
from storage import cases as stored
from storage import letters
from storage.times import to_ms
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, sign, staff, terms
from tests.gate.told import actor, enter, events, notify
from tests.storage.filling import Filling

RISKY = {"people.count": 30, "data.personal": None, "access.sso_registered": True, "grants.active": 0}
DAY = timedelta(days=1)


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def number(connection, people):
    return add_tool(connection, facts=RISKY)


def told(connection, row, at=NOW, **more):
    found = Audience(connection, notify(**more), at).people(row)
    return [letters.address_of(connection, one).partition("@")[0] for one in found]


def past(connection, row):
    return Audience(connection, notify(), NOW).overtaken(row)


def about(number, **more):
    return {"case": number, "tool": TOOL, "unit": None} | more


def add(connection, people, email, role, **more):
    return accounts.add(connection, gate().trail, people[Role.ADMINISTRATOR], email, [role], at=NOW, **more).account


def own(connection, side, address):
    detail = {"side": side, "actor": actor(connection, address)}
    ruling = Ruling(kind="owner", about=f"tool:{TOOL}", detail=detail, reason="Asked")
    decisions.decide(connection, gate().trail, ruling, by="user:x", at=NOW)


# --- new tools -------------------------------------------------------------------------------------------------------


def test_reviewers_hear_of_a_new_tool(connection, number):
    assert told(connection, enter(connection, "case_opened", **about(number))) == ["reviewer"]


def test_the_roles_that_are_named_hear_of_a_new_tool(connection, number):
    row = enter(connection, "case_opened", **about(number))

    assert told(connection, row, new_tools=("approver_marketing", "auditor")) == ["approver_marketing", "auditor"]
    assert told(connection, row, new_tools=()) == []


def test_the_hub_member_hears_of_a_new_tool_of_the_team_with_an_account_or_without(connection, number):
    row = enter(connection, "case_opened", **about(number, hub=actor(connection, "hub@example.com")))

    assert told(connection, row, new_tools=("hub",)) == ["hub"]
    assert told(connection, row, new_tools=("reviewer",)) == ["reviewer"]


def test_whoever_has_the_case_already_hears_of_it_too_and_only_once(connection, people, number):
    stored.change(connection, number, {"assignee": f"account:{people[Role.REVIEWER].id}"})
    row = enter(connection, "case_opened", **about(number, hub=actor(connection, "reviewer@example.com")))

    assert told(connection, row) == ["reviewer"]


def test_a_reviewer_of_a_unit_hears_of_its_tools_alone(connection, people, number):
    add(connection, people, "emea@example.com", Role.REVIEWER, units=["EMEA"])

    assert "emea" in told(connection, enter(connection, "case_opened", **about(number, unit="emea/web")))
    assert "emea" not in told(connection, enter(connection, "case_opened", **about(number, unit="APAC")))


def test_an_account_that_has_ended_hears_of_nothing(connection, people, number):
    add(connection, people, "late@example.com", Role.REVIEWER, valid_to=NOW + DAY)
    row = enter(connection, "case_opened", **about(number))

    assert told(connection, row) == ["reviewer", "late"]
    assert told(connection, row, NOW + DAY) == ["reviewer"]


@pytest.mark.parametrize(
    ("stage", "over"), [("gone", True), ("not_marketing", True), ("withdrawn", True), ("decided", False)]
)
def test_a_case_that_was_none_is_not_told_and_one_that_a_rule_decided_is(connection, number, stage, over):
    row = enter(connection, "case_opened", **about(number))
    assert not past(connection, row)

    stored.close(connection, number, stage, to_ms(NOW))

    assert past(connection, row) is over


def test_a_case_that_is_not_there_concerns_nobody(connection, number):
    assert past(connection, enter(connection, "case_opened", **about(999)))
    assert past(connection, enter(connection, "reminder", **about(999, stage_at=1)))


# --- cases under way -------------------------------------------------------------------------------------------------


def test_who_got_a_case_hears_of_it_while_it_is_theirs(connection, people, number):
    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.APPROVER_IT])
    (row,) = events(connection)
    assert (told(connection, row), past(connection, row)) == (["approver_it"], False)

    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.REVIEWER])
    assert past(connection, row)


def test_those_hear_of_the_second_key_who_may_turn_it(connection, people, number):
    add(connection, people, "apac@example.com", Role.APPROVER_MARKETING, units=["APAC"])
    sign(connection, number, people[Role.APPROVER_IT])

    assert told(connection, events(connection, "second_key")[0]) == ["approver_marketing"]


def test_who_turned_one_key_is_not_asked_for_the_other(connection, people, number):
    both = accounts.change(
        connection,
        gate().trail,
        people[Role.ADMINISTRATOR],
        "approver_it@example.com",
        at=NOW,
        roles=[Role.APPROVER_IT, Role.APPROVER_MARKETING],
    )
    sign(connection, number, both, terms(side=Side.IT))

    assert told(connection, events(connection, "second_key")[0]) == ["approver_marketing"]


def test_who_stands_in_hears_of_the_second_key_and_not_before_or_after_the_days(connection, people, number):
    since, until = NOW + timedelta(hours=1), NOW + 5 * DAY
    away, stand_in = people[Role.APPROVER_MARKETING], people[Role.BUSINESS_USER]
    accounts.delegate(connection, gate().trail, away, stand_in.email, since=since, until=until, at=NOW)
    sign(connection, number, people[Role.APPROVER_IT])
    (row,) = events(connection, "second_key")

    assert told(connection, row) == ["approver_marketing"]
    assert told(connection, row, NOW + DAY) == ["approver_marketing", "business_user"]
    assert told(connection, row, until) == ["approver_marketing"]


def test_who_stands_in_is_reminded_of_the_second_key_too(connection, people, number):
    away, stand_in = people[Role.APPROVER_MARKETING], people[Role.BUSINESS_USER]
    accounts.delegate(connection, gate().trail, away, stand_in.email, since=NOW, until=NOW + 5 * DAY, at=NOW)
    sign(connection, number, people[Role.APPROVER_IT])
    telling.reminder(connection, gate(), open_case(connection, number), 0)

    assert told(connection, events(connection, "reminder")[0]) == ["approver_marketing", "business_user"]


def test_who_signed_in_somebodys_stead_is_not_asked_for_the_other_key_nor_is_who_was_away(connection, people, number):
    away = add(connection, people, "both@example.com", Role.APPROVER_IT)
    accounts.change(
        connection,
        gate().trail,
        people[Role.ADMINISTRATOR],
        away.email,
        at=NOW,
        roles=[Role.APPROVER_IT, Role.APPROVER_MARKETING],
    )
    stand_in = people[Role.BUSINESS_USER]
    accounts.delegate(connection, gate().trail, away, stand_in.email, since=NOW, until=NOW + 5 * DAY, at=NOW)
    sign(connection, number, stand_in, terms(side=Side.IT))

    assert told(connection, events(connection, "second_key")[0]) == ["approver_marketing"]


def test_who_would_stand_in_for_whoever_asked_for_the_tool_is_not_asked_to_sign(connection, people, number):
    away, stand_in = people[Role.APPROVER_MARKETING], people[Role.BUSINESS_USER]
    accounts.delegate(connection, gate().trail, away, stand_in.email, since=NOW, until=NOW + 5 * DAY, at=NOW)
    ask_for(connection, number, away)
    sign(connection, number, people[Role.APPROVER_IT])

    assert told(connection, events(connection, "second_key")[0]) == []


def test_who_stands_in_for_an_account_that_has_ended_or_acts_for_another_team_hears_nothing(connection, people, number):
    gone = add(connection, people, "gone@example.com", Role.APPROVER_MARKETING, valid_to=NOW + DAY)
    apac = add(connection, people, "apac@example.com", Role.APPROVER_MARKETING, units=["APAC"])
    for away, to in ((gone, Role.AUDITOR), (apac, Role.BUSINESS_USER)):
        accounts.delegate(connection, gate().trail, away, people[to].email, since=NOW, until=NOW + 5 * DAY, at=NOW)
    sign(connection, number, people[Role.APPROVER_IT])

    assert told(connection, events(connection, "second_key")[0], NOW + DAY) == ["approver_marketing"]


def ask_for(connection, number, account):
    row = {"at": to_ms(NOW), "data": "[]", "needs": "[]", "purpose_hash": "x", "answered": "{}"}
    Filling(connection).insert("request", case_id=number, tool_id=TOOL, name="Q", account_id=account.id, **row)


def test_whoever_asked_for_a_tool_is_not_asked_to_sign_and_hears_of_the_decision(connection, people, number):
    ask_for(connection, number, people[Role.APPROVER_MARKETING])
    sign(connection, number, people[Role.APPROVER_IT])
    assert told(connection, events(connection, "second_key")[0]) == []

    decision = sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No.")).decision
    assert decision is not None
    assert told(connection, events(connection, "decided")[0]) == ["approver_marketing"]


def test_the_second_key_is_wanted_until_the_case_goes_on(connection, people, number):
    sign(connection, number, people[Role.APPROVER_IT])
    (row,) = events(connection, "second_key")
    assert not past(connection, row)

    move(connection, gate(NOW + DAY), open_case(connection, number), "review")
    assert past(connection, row)


def test_the_business_owner_hears_of_a_decision(connection, people, number):
    own(connection, "business", "owner@example.com")
    own(connection, "technical", "admin@example.com")
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No."))

    assert told(connection, events(connection, "decided")[0]) == ["owner"]


def test_a_decision_that_was_undone_or_followed_by_another_is_not_told_any_more(connection, people, number):
    first = sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No.")).decision
    (row,) = events(connection, "decided")
    assert not past(connection, row)

    undo = Ruling(kind="undo", about=f"decision:{first}", detail={}, reason="A slip")
    decisions.decide(connection, gate().trail, undo, by="account:1", at=NOW)
    assert past(connection, row)

    again = add_tool(connection, facts=RISKY)
    sign(connection, again, people[Role.APPROVER_IT], terms("reject", sentence="No."))
    newer = events(connection, "decided")[-1]
    assert not past(connection, newer)
    ruling = Ruling(kind="status", about=f"tool:{TOOL}", detail={"status": "retired"}, reason="Old")
    decisions.decide(connection, gate().trail, ruling, by="account:1", at=NOW)
    assert past(connection, newer)


# --- reminders -------------------------------------------------------------------------------------------------------


def reminder(connection, number):
    case = stored.case(connection, number)
    telling.reminder(connection, gate(), case | {"stage_at": case["stage_at"] or case["opened_at"]}, 0)
    return events(connection, "reminder")[-1]


def test_the_reviewers_are_reminded_of_a_case_that_nobody_has(connection, number):
    row = reminder(connection, number)

    assert (told(connection, row), past(connection, row)) == (["reviewer"], False)


def test_whoever_has_a_case_is_reminded_of_it_alone(connection, people, number):
    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.APPROVER_IT])

    assert told(connection, reminder(connection, number)) == ["approver_it"]


def test_who_was_asked_is_reminded_of_questions_and_without_any_the_business_owner(connection, number):
    own(connection, "business", "owner@example.com")
    move(connection, gate(), open_case(connection, number), "questions")
    row = reminder(connection, number)
    assert told(connection, row) == ["owner"]

    question = {"tool_id": TOOL, "case_id": number, "fact": "data.personal", "asks": "owner", "asked_by": "account:1"}
    asked = actor(connection, "asked@example.com")
    Filling(connection).insert("question", id=1, asked_at=1, state="open", actor_id=asked, **question)
    assert told(connection, row) == ["asked"]


def test_the_side_that_has_not_signed_is_reminded(connection, people, number):
    sign(connection, number, people[Role.APPROVER_IT])

    assert told(connection, reminder(connection, number)) == ["approver_marketing"]


def test_administrators_hear_what_is_very_late_and_what_is_refused(connection, number):
    telling.escalation(connection, gate(), stored.case(connection, number))
    telling.source_refused(connection, gate(), "okta:acme", 3)

    assert [told(connection, row) for row in events(connection)] == [["root"], ["root"]]


def test_a_source_that_refuses_no_more_concerns_nobody(connection):
    row = enter(connection, "source_refused", source="okta:acme", run=3)
    assert past(connection, row)

    stream = Filling(connection).stream("okta:acme")
    coverage = {"run_id": 3, "stream_id": stream, "read": 0, "stored": 0, "quarantined": 0}
    Filling(connection).insert("coverage", status="refused", **coverage)
    assert not past(connection, row)


def test_owners_hear_that_an_approval_ends_and_reviewers_where_there_are_none(connection, people, number):
    decision = sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No.")).decision
    row = enter(connection, "approval_expires", decision=decision, tool=TOOL, due="2026-09-01")
    assert told(connection, row) == ["reviewer"]

    own(connection, "business", "owner@example.com")
    own(connection, "technical", "admin@example.com")
    assert told(connection, row) == ["owner", "admin"]


def test_the_owner_of_a_condition_hears_of_it(connection, number):
    row = enter(connection, "condition_due", actor=actor(connection, "c@example.com"), decision=1, tool=TOOL)

    assert told(connection, row) == ["c"]


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "over"), [("open", False), ("answered", True), ("withdrawn", True)])
def test_a_question_concerns_who_was_asked_until_it_is_closed(connection, number, state, over):
    row = {"tool_id": TOOL, "case_id": number, "fact": "data.personal", "asks": "owner", "asked_by": "account:1"}
    asked = actor(connection, "asked@example.com")
    Filling(connection).insert("question", id=1, asked_at=1, state=state, actor_id=asked, **row)
    event = enter(connection, "question_asked", question=1, case=number, tool=TOOL)

    assert (told(connection, event), past(connection, event)) == (["asked"], over)


def test_a_question_that_is_not_there_or_nobodys_concerns_nobody(connection, number):
    row = {"tool_id": TOOL, "case_id": number, "fact": "data.personal", "asks": "owner", "asked_by": "account:1"}
    Filling(connection).insert("question", id=1, asked_at=1, state="open", **row)
    nobodys = enter(connection, "question_asked", question=1, case=number, tool=TOOL)
    gone = enter(connection, "question_asked", question=9, case=number, tool=TOOL)

    assert (told(connection, nobodys), told(connection, gone)) == ([], [])
    assert past(connection, gone)


def test_somebody_whose_address_was_erased_is_told_nothing(connection, number):
    nobody = Filling(connection).actor("gone", "ostiary")

    assert told(connection, enter(connection, "condition_due", actor=nobody, decision=1, tool=TOOL)) == []
