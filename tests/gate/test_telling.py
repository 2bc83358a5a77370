"""What causes a row of the outbox: each once, in the transaction of its cause, with numbers alone."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from gate import telling
from gate.keys import Side
from gate.opening import Due, Opening, Team
from gate.questions import Asking
from gate.reviewing import Review
from gate.roles import Role
from model.errors import Refused
from storage import cases as stored
from storage import kept, letters, outbox
from tests.gate import gatehouse
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, sign, staff, terms
from tests.gate.test_opening import SMALL, candidate
from tests.gate.told import events

RISKY = {"people.count": 30, "data.personal": None, "access.sso_registered": True, "grants.active": 0}


def kinds(connection):
    return [row["kind"] for row in events(connection)]


@pytest.fixture
def people(connection):
    return staff(connection)


def opened(connection, facts=RISKY, team=None, gate_=None):
    number = add_tool(connection, facts=facts)
    connection.execute(text("DELETE FROM review_case WHERE id = :id"), {"id": number})
    opening = Opening(gate_ or gate(), [candidate(connection)], 1)
    assert opening.open(connection, TOOL, Due("people"), team or Team())
    return max(row["id"] for row in connection.execute(text("SELECT id FROM review_case")).mappings())


def test_a_new_tool_is_told_in_the_transaction_that_opens_its_case(store):
    with pytest.raises(ZeroDivisionError), store.write() as connection:  # noqa: PT012 (what comes before is undone)
        opened(connection)
        assert kinds(connection) == ["case_opened"]
        raise ZeroDivisionError

    with store.read() as connection:
        assert (kinds(connection), stored.open_cases(connection)) == ([], [])


def test_the_hub_member_of_the_team_is_named_by_a_number_with_or_without_an_account(connection):
    opened(connection, team=Team(unit="Marketing", hub=" Hub@Example.com "))

    (row,) = events(connection)

    assert row["payload"]["unit"] == "Marketing"
    assert letters.address_of(connection, row["payload"]["hub"]) == "hub@example.com"
    assert "@" not in json.dumps(row["payload"])


def test_a_case_that_a_rule_decides_tells_of_both(connection, people):
    opened(connection, SMALL)

    assert kinds(connection)[:2] == ["case_opened", "decided"]


def test_a_case_that_a_route_gives_to_somebody_tells_that_account(connection, people):
    low = SMALL | {"people.count": 30}
    opened(connection, low, Team(hub=people[Role.REVIEWER].email))

    assert events(connection, "case_assigned")[0]["payload"]["account"] == people[Role.REVIEWER].id


def test_who_takes_a_case_alone_is_not_told_of_it_and_others_are(connection, people):
    number = add_tool(connection)

    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.REVIEWER])
    assert kinds(connection) == []

    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.APPROVER_IT])
    assert events(connection)[0]["payload"] == {
        "case": number,
        "tool": TOOL,
        "unit": None,
        "account": people[Role.APPROVER_IT].id,
    }


def test_the_side_that_has_not_signed_is_told_once_however_often_the_other_one_signs(connection, people):
    number = add_tool(connection, facts=RISKY)

    sign(connection, number, people[Role.APPROVER_IT])
    sign(connection, number, people[Role.APPROVER_IT], terms(reason="Said more clearly"))

    (row,) = events(connection)
    assert (row["kind"], row["payload"]["side"]) == ("second_key", "marketing")


def test_a_decision_is_told_with_its_number_and_without_its_words(connection, people):
    number = add_tool(connection)

    decision = sign(connection, number, people[Role.APPROVER_IT], terms(sentence="You may use it, Ana.")).decision

    (row,) = events(connection, "decided")
    assert row["payload"]["decision"] == decision
    assert "Ana" not in json.dumps(row["payload"])


def test_a_word_that_is_refused_tells_nobody(store):
    with store.write() as connection:
        people, number = staff(connection), add_tool(connection)
    with pytest.raises(Refused), store.write() as connection:
        sign(connection, number, people[Role.APPROVER_IT], terms(reason=" "))

    with store.read() as connection:
        assert kinds(connection) == []


@pytest.mark.parametrize("crash", ["kept.add_outbox", "evaluating.evaluate", "decisions.decide"])
def test_a_crash_anywhere_leaves_both_the_decision_and_its_rows_or_neither(store, monkeypatch, crash):
    with store.write() as connection:
        people, number = staff(connection), add_tool(connection)
    module, name = crash.split(".")
    owner = {"kept": kept, "evaluating": gatehouse.Review.sign.__globals__["evaluating"]}.get(module)
    owner = owner or gatehouse.Review.sign.__globals__["decisions"]

    def dies(*_given, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(owner, name, dies)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        sign(connection, number, people[Role.APPROVER_IT])
    monkeypatch.undo()

    with store.write() as connection:
        assert (kept.decisions(connection), kinds(connection)) == ([], [])
        sign(connection, number, people[Role.APPROVER_IT])
        assert [row["kind"] for row in kept.decisions(connection)] == ["signature", "status"]
        assert kinds(connection) == ["decided"]


def test_a_question_is_told_to_whom_it_went(connection, people):
    number = add_tool(connection, facts=RISKY)

    asked = Asking(connection, gate(), number, people[Role.REVIEWER])
    made = asked.ask(["data.personal"], people[Role.BUSINESS_USER].email).made

    assert events(connection, "question_asked")[0]["payload"] == {"question": made[0], "case": number, "tool": TOOL}


def test_each_thing_is_entered_once(connection):
    number = add_tool(connection)
    case = stored.case(connection, number)

    for _ in range(3):
        telling.case_opened(connection, gate(), case)
        telling.second_key(connection, gate(), case, Side.IT)
        telling.reminder(connection, gate(), case, 0)
        telling.escalation(connection, gate(), case)
        telling.source_refused(connection, gate(), "okta:acme", 4)

    assert kinds(connection) == ["case_opened", "second_key", "reminder", "escalation", "source_refused"]


def test_a_stage_that_is_entered_again_is_another_one_to_tell_of(connection):
    number = add_tool(connection)
    case = stored.case(connection, number)

    telling.reminder(connection, gate(), case | {"stage_at": 1}, 0)
    telling.reminder(connection, gate(), case | {"stage_at": 1}, 1)
    telling.reminder(connection, gate(), case | {"stage_at": 2}, 0)

    assert len(outbox.unsettled(connection)) == 3


def test_rows_are_of_the_moment_of_the_act(connection):
    telling.source_refused(connection, gate(), "okta:acme", 4)

    assert events(connection)[0]["at"] == int(NOW.timestamp() * 1000)
