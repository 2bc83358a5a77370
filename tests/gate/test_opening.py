"""What a run does with cases: opens, routes, lets small ones in by a rule, and brings approvals back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from gate import accounts, evaluating, states
from gate.cases import Candidate
from gate.opening import SAMPLED, Opening, Team, drawn
from gate.reviewing import Review
from gate.roles import Role
from gate.rules import Route
from gate.terms import Condition
from storage import cases as stored
from storage import judged, kept
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, know, sign, staff, terms

DAY = timedelta(days=1)
#: What the rule of the fast lane asks: few people, no rights, little money, nothing imitated.
SMALL = {
    "people.count": 3,
    "access.sso_registered": True,
    "grants.active": 0,
    "grants.sensitive": 0,
    "connections.count": 0,
    "spend.annual": 400_000_000,
    "data.personal": False,
    "provenance.look_alike": False,
}


@pytest.fixture
def people(connection):
    return staff(connection)


def candidate(connection, **changed):
    held = {"tool_id": TOOL, "status": status(connection), "marketing": True, "marketing_used": 0.9}
    return Candidate(**(held | {"marketing_bought": None} | changed))


def status(connection):
    return connection.scalar(text("SELECT status FROM tool WHERE id = :tool"), {"tool": TOOL})


def run(connection, opening, team=None):
    plan = opening.plan(connection)
    opening.end(connection, plan)
    for number in plan.small:
        opening.let_in(connection, number)
    for tool_, due in plan.due.items():
        opening.open(connection, tool_, due, team or Team())


def settle(connection, at=NOW, team=None, gate_=None, **changed):
    """Settle the cases of the one tool; return its open case, or None."""
    run(connection, Opening(gate_ or gate(at), [candidate(connection, **changed)], 1), team)
    return stored.open_of(connection, TOOL)


def tool(connection, facts):
    """Enter the tool without a case."""
    number = add_tool(connection, facts=facts)
    connection.execute(text("DELETE FROM review_case WHERE id = :id"), {"id": number})


def rules(**changed):
    return replace(gate().rules, **changed)


def never_drawn():
    (lane,) = gate().rules.fast_lane
    return rules(fast_lane=(replace(lane, sample=1e-12),))


def test_a_tool_that_is_due_gets_one_case_with_its_clock(connection, people):
    tool(connection, SMALL | {"people.count": 30})

    first, second = settle(connection, team=Team(unit="Marketing")), settle(connection, NOW + DAY)

    assert second == first
    assert (first["stage"], first["unit"], first["why"]) == ("new", "Marketing", "90% of its people are in marketing")
    assert first["due_at"] > first["opened_at"]
    assert [event["kind"] for event in stored.events(connection, first["id"])] == ["opened"]


def test_a_small_tool_is_let_in_by_the_rule_and_never_by_a_person(connection, people):
    tool(connection, SMALL)

    assert settle(connection, gate_=gate(rules=never_drawn())) is None

    (row,) = kept.decisions(connection)
    assert status(connection) == "approved"
    assert row["by"] == f"rule:FAST-01@{row['detail']['version']}"
    assert (row["detail"]["rule"], row["detail"]["customer_risk"]) == ("FAST-01", "low")
    assert row["detail"]["review_by"] == "2027-07-01"


@pytest.mark.parametrize("name", [name for name in SMALL if name not in {"access.sso_registered", "grants.active"}])
def test_what_the_rule_asks_and_nobody_knows_is_decided_by_a_person(connection, people, name):
    tool(connection, SMALL | {name: None})

    assert settle(connection) is not None
    assert (status(connection), kept.decisions(connection)) == ("new", [])


@pytest.mark.parametrize(
    "changed",
    [{"people.count": 6}, {"spend.annual": 1_000_000_001}, {"grants.sensitive": 1}, {"provenance.look_alike": True}],
)
def test_what_is_not_small_is_decided_by_a_person(connection, people, changed):
    tool(connection, SMALL | changed)

    assert settle(connection) is not None
    assert status(connection) == "new"


def test_a_tool_of_another_risk_than_the_rule_names_is_decided_by_a_person(connection, people):
    tool(connection, SMALL)
    (lane,) = gate().rules.fast_lane
    other = gate(rules=rules(fast_lane=(replace(lane, technology=("medium",)), replace(lane, customer=("medium",)))))

    assert settle(connection, gate_=other) is not None
    assert status(connection) == "new"


def test_a_tool_that_turned_out_to_be_small_is_let_in_while_nobody_has_taken_it_up(connection, people):
    tool(connection, SMALL | {"data.personal": None})
    number = settle(connection)["id"]
    know(connection, SMALL, at=NOW + DAY)

    assert settle(connection, gate_=gate(NOW + DAY, rules=never_drawn())) is None

    (row,) = kept.decisions(connection)
    assert (status(connection), row["by"].partition("@")[0]) == ("approved", "rule:FAST-01")
    assert stored.case(connection, number)["stage"] == "decided"
    assert settle(connection, gate_=gate(NOW + 2 * DAY, rules=never_drawn())) is None
    assert len(kept.decisions(connection)) == 1


@pytest.mark.parametrize("by", [Role.REVIEWER, Role.APPROVER_IT])
def test_what_a_person_has_taken_up_is_a_persons_to_decide(connection, people, by):
    tool(connection, SMALL | {"data.personal": None})
    number = settle(connection)["id"]
    Review(connection, gate(), number, people[by]).assign(people[by])
    know(connection, SMALL, at=NOW + DAY)

    assert settle(connection, gate_=gate(NOW + DAY, rules=never_drawn()))["id"] == number
    assert kept.decisions(connection) == []


@pytest.mark.parametrize("changed", [{"kind": "requested"}, {"reopens": 1}, {"stage": "questions"}])
def test_what_is_asked_for_or_comes_back_waits_for_a_person(connection, people, changed):
    tool(connection, SMALL | {"data.personal": None})
    stored.change(connection, settle(connection)["id"], changed)
    know(connection, SMALL, at=NOW + DAY)

    assert settle(connection, gate_=gate(NOW + DAY, rules=never_drawn())) is not None
    assert status(connection) == "new"


def test_a_case_that_somebody_took_up_after_the_plan_is_left_to_that_person(connection, people):
    tool(connection, SMALL | {"data.personal": None})
    number = settle(connection)["id"]
    know(connection, SMALL, at=NOW + DAY)
    opening = Opening(gate(NOW + DAY, rules=never_drawn()), [candidate(connection)], 1)
    plan = opening.plan(connection)
    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.REVIEWER])

    assert plan.small == (number,)
    assert not opening.let_in(connection, number)
    assert not opening.let_in(connection, 999)
    assert status(connection) == "new"


def test_a_sample_of_what_the_rule_let_in_is_looked_at_by_a_person(connection, people):
    tool(connection, SMALL)
    (lane,) = gate().rules.fast_lane
    every = gate(rules=rules(fast_lane=(replace(lane, sample=1.0),)))

    found = settle(connection, gate_=every)

    assert (status(connection), found["stage"], found["why"]) == ("approved", "review", SAMPLED)
    assert settle(connection, NOW + DAY, gate_=replace(every, at=NOW + DAY, as_of=NOW + DAY)) is not None
    sign(connection, found["id"], people[Role.APPROVER_IT], terms("reject", sentence="Not after all."))
    assert status(connection) == "rejected"


def test_the_sample_is_the_same_whenever_it_is_drawn():
    (lane,) = gate().rules.fast_lane
    tools = [f"tool-{number}" for number in range(2_000)]

    found = [drawn(tool, lane) for tool in tools]

    assert found == [drawn(tool, lane) for tool in tools]
    assert 0.07 < sum(found) / len(found) < 0.13
    assert not any(drawn(tool, replace(lane, sample=0.0)) for tool in tools)
    assert all(drawn(tool, replace(lane, sample=1.0)) for tool in tools)


def test_a_case_goes_to_whom_the_first_route_names(connection, people):
    hub = accounts.add(
        connection, gate().trail, people[Role.ADMINISTRATOR], "hub@example.com", [Role.REVIEWER], at=NOW
    ).account
    tool(connection, SMALL | {"people.count": 30})

    found = settle(connection, team=Team(unit="Marketing", hub="HUB@example.com"))

    assert found["assignee"] == f"account:{hub.id}"
    assert stored.events(connection, found["id"])[-1]["detail"] == {"to": hub.id, "route": "hub"}


@pytest.mark.parametrize(
    "route",
    [None, Route(to="gone@example.com"), Route(to="hub"), Route(to="reviewer@example.com", categories=("seo",))],
)
def test_where_no_route_leads_to_an_account_anybody_may_take_it(connection, people, route):
    tool(connection, SMALL | {"people.count": 30})
    routes = () if route is None else (route,)

    assert settle(connection, gate_=gate(rules=rules(routes=routes)))["assignee"] is None


def approved(connection, people, **changed):
    tool(connection, SMALL | {"people.count": 30})
    number = settle(connection)["id"]
    assert sign(connection, number, people[Role.APPROVER_IT], terms(**changed)).decision is not None
    assert settle(connection, NOW + DAY) is None
    return number


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"lifecycle.end_of_life": "2027-06-30"}, "Its end is announced for 2027-06-30."),
        ({"people.count": 150}, "150 people use it now, 30 then."),
        ({"spend.annual": 4_000_000_000}, "A year costs up to 5,000 now, up to 1,000 then."),
        ({"lifecycle.vendor_changed": "2026-08-01"}, "sold, merged or closed on 2026-08-01"),
    ],
)
def test_an_approval_comes_back_with_the_difference_when_the_world_changes(connection, people, facts, said):
    number = approved(connection, people)
    know(connection, SMALL | {"people.count": 30} | facts, at=NOW + 2 * DAY)

    found = settle(connection, NOW + 3 * DAY)

    assert said in found["why"]
    assert (found["reopens"], status(connection)) == (number, "approved")


def test_a_token_to_the_crm_brings_an_approval_back(connection, people):
    approved(connection, people)
    row = {
        "tool_id": TOOL,
        "system": "crm",
        "held": "read",
        "scopes": "[]",
        "scope_class": "high",
        "people": "[]",
        "sources": "[]",
        "grants": "[]",
        "first_seen": 0,
    }
    columns = ", ".join(row)
    connection.execute(text(f"INSERT INTO connection ({columns}) VALUES ({', '.join(f':{c}' for c in row)})"), row)

    assert "It can read crm now" in settle(connection, NOW + 2 * DAY)["why"]


def test_a_risk_that_fell_by_approving_and_rises_again_brings_it_back(connection, people):
    risky = SMALL | {"people.count": 30, "grants.mail_read": True, "grants.files_read_all": True}
    tool(connection, risky)
    evaluating.evaluate(connection, gate(), TOOL, {})
    assert states.state(connection, TOOL, gate()).technology == "high"
    sign(connection, settle(connection)["id"], people[Role.APPROVER_IT])
    assert states.state(connection, TOOL, gate()).technology != "high"
    assert settle(connection, NOW + DAY) is None

    know(connection, risky | {"grants.domain_wide": True, "access.sso_registered": False}, at=NOW + 2 * DAY)
    evaluating.evaluate(connection, gate(NOW + 2 * DAY), TOOL, {})

    assert "The technology risk is high now" in settle(connection, NOW + 3 * DAY)["why"]


def test_more_use_and_a_refused_stream_bring_nothing_back(connection, people):
    approved(connection, people)
    know(connection, SMALL | {"people.count": 40, "spend.annual": None}, at=NOW + 2 * DAY)

    assert settle(connection, NOW + 3 * DAY) is None


def test_a_condition_that_is_overdue_brings_an_approval_back(connection, people):
    condition = Condition(text="Sign the agreement", owner=1, due=date(2026, 9, 1))
    approved(connection, people, outcome="approve_with_conditions", conditions=(condition,))

    assert settle(connection, NOW + 62 * DAY) is None
    assert "was due on 2026-09-01 and is not met" in settle(connection, NOW + 63 * DAY)["why"]


def test_an_approval_that_ended_opens_a_case_of_its_own(connection, people):
    approved(connection, people, review_by=date(2026, 12, 31))

    assert settle(connection, NOW + 400 * DAY, status="in_review", expired=True) is not None


def test_a_case_of_a_tool_that_is_gone_is_closed(connection, people):
    tool(connection, SMALL | {"people.count": 30})
    number = settle(connection)["id"]

    run(connection, Opening(gate(NOW + DAY), [], 2))

    assert (stored.case(connection, number)["state"], stored.case(connection, number)["stage"]) == ("closed", "gone")


def test_what_is_open_for_want_of_knowledge_gets_its_reason_or_ends(connection, people):
    tool(connection, SMALL | {"people.count": 30})
    number = settle(connection, marketing_used=None)["id"]

    assert settle(connection, marketing_used=0.5)["why"] == "50% of its people are in marketing"
    connection.execute(text("DELETE FROM review_case WHERE id = :id"), {"id": number})
    settle(connection, marketing_used=None)
    assert settle(connection, marketing_used=0.0) is None


def test_a_decision_from_a_list_closes_the_case_it_came_after(connection, people):
    tool(connection, SMALL | {"people.count": 30})
    number = settle(connection)["id"]
    sign(connection, number, people[Role.APPROVER_IT], at=NOW + DAY)

    assert stored.case(connection, number)["stage"] == "decided"
    assert judged.open_cases(connection) == set()
    assert states.people(connection, TOOL) == 30
