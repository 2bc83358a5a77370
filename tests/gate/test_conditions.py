"""Conditions: met by decisions of their own; one that is late and not met brings the approval back."""

from datetime import timedelta

import pytest

from gate import conditions, decisions
from gate.decisions import Ruling
from gate.roles import Role
from gate.terms import Condition
from model.errors import Refused
from storage import kept
from tests.gate.gatehouse import NOW, add_tool, gate, sign, staff, terms

DAY = timedelta(days=1)


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def case(connection, people):
    number = add_tool(connection)
    stated = tuple(
        Condition(text=text, owner=1, due=NOW.date() + days * DAY) for text, days in (("Sign it", 5), ("Use SSO", 50))
    )
    sign(connection, number, people[Role.APPROVER_IT], terms("approve_with_conditions", conditions=stated))
    return number


def meet(connection, case, number, by, reason="It is signed"):
    return conditions.meet(connection, gate(NOW + DAY), (case, number), reason, by)


def listed(connection, case):
    return conditions.listed(connection, conditions.decision_of(connection, case))


def test_conditions_are_numbered_as_they_were_said(connection, case):
    assert [(c["number"], c["text"], c["owner"], c["met"]) for c in listed(connection, case)] == [
        (1, "Sign it", 1, None),
        (2, "Use SSO", 1, None),
    ]


def test_one_that_is_met_is_so_by_a_decision_and_the_approval_stays_as_it_was(connection, people, case):
    before = conditions.decision_of(connection, case)

    made = meet(connection, case, 1, people[Role.REVIEWER])

    assert [c["met"] for c in listed(connection, case)] == [made, None]
    assert conditions.decision_of(connection, case) == before
    assert kept.decisions(connection)[-1]["kind"] == conditions.MET


def test_that_can_be_taken_back(connection, people, case):
    made = meet(connection, case, 1, people[Role.REVIEWER])
    back = Ruling(kind="undo", about=f"decision:{made}", detail={}, reason="It was not")

    decisions.decide(connection, gate().trail, back, by="account:1", at=NOW)

    assert [c["met"] for c in listed(connection, case)] == [None, None]
    assert meet(connection, case, 1, people[Role.REVIEWER]) > made


@pytest.mark.parametrize(
    ("number", "role", "reason", "refusal"),
    [
        (0, Role.REVIEWER, "x", "has 2 conditions, and none is 0"),
        (3, Role.REVIEWER, "x", "has 2 conditions, and none is 3"),
        (1, Role.BUSINESS_USER, "x", "takes the role"),
        (1, Role.REVIEWER, " ", "--reason"),
    ],
)
def test_what_cannot_be_is_refused(connection, people, case, number, role, reason, refusal):
    with pytest.raises(Refused, match=refusal):
        meet(connection, case, number, people[role], reason)


def test_none_is_met_twice(connection, people, case):
    made = meet(connection, case, 2, people[Role.REVIEWER])

    with pytest.raises(Refused, match=rf"condition 2 of case {case} is met already \(decision {made}\)"):
        meet(connection, case, 2, people[Role.REVIEWER])


def test_a_case_without_an_approval_has_none(connection, people):
    number = add_tool(connection, "other")

    with pytest.raises(Refused, match="no approval in force"):
        meet(connection, number, 1, people[Role.REVIEWER])
    with pytest.raises(Refused, match="no approval in force"):
        meet(connection, 999, 1, people[Role.REVIEWER])


def test_words_that_were_erased_leave_the_condition(connection, case):
    row = conditions.decision_of(connection, case)
    kept.erase_text(connection, row["detail"]["words"]["condition_1"])

    assert [c["text"] for c in listed(connection, case)] == [None, "Use SSO"]
