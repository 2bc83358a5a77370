"""Insights over worlds made by hand: overlap, key people, money outside IT, cost a person, what is unused."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import Known, Unknown
from scanner import insights
from scanner.facts.derive import facts as derived
from storage.times import to_ms
from tests.scanner.facts.worlds import (
    ACME,
    account,
    app,
    charge,
    decision,
    declared,
    person,
    state,
    streams,
    token,
    tool,
    use,
    world,
)

IT = replace(ACME, it_units=("IT",))
NAMES = {1: "ana@acme.example", 2: "bo@acme.example", 3: "cy@acme.example"}


def facts(**values):
    """Known facts by name (`people__count=3`); None is unknown."""
    return {
        name.replace("__", "."): Unknown("not read") if value is None else Known(value)
        for name, value in values.items()
    }


def other(*rows, **changed):
    return tool(*rows, **({"id": "pike", "name": "Pike"} | changed))


def paid(euros, currency="EUR"):
    return [{"currency": currency, "amount_micros": round(euros * 1_000_000)}]


# --- overlap ---------------------------------------------------------------------------------------------------------


def overlapping(*subjects, known=None):
    return insights.overlap(
        world(*subjects), known or {s.id: facts(people__count=2, spend__annual=0) for s in subjects}
    )


def test_people_who_work_in_two_tools_of_a_category_are_counted_once():
    (row,) = overlapping(tool(use(1), use(2), charge(100)), other(use(2), use(3), charge(50)))

    assert (row["people"], row["shared_people"], row["shared_share"]) == (3, 1, 0.3333)
    assert row["spend_12m"] == row["spend_12m_base"] == paid(150)
    assert row["tools"] == ["Pike", "Quillfox"]


def test_money_in_two_currencies_is_never_added():
    (row,) = overlapping(tool(use(1), charge(100)), other(use(2), charge(50, currency="USD")))

    assert row["spend_12m"] == [*paid(100), *paid(50, "USD")]
    assert row["spend_12m_base"] is None


def test_one_tool_of_a_kind_noise_and_what_has_no_category_are_no_overlap():
    assert overlapping(tool(use(1)), other(use(1), category="seo")) == []
    assert overlapping(tool(use(1)), other(use(1), noise=True)) == []
    assert overlapping(tool(use(1), category=None), other(use(1), category=None)) == []
    assert overlapping(tool(use(1)), other(use(1, days=200))) == []


def test_where_the_people_of_no_tool_are_known_their_number_is_unknown_and_not_nought():
    subjects = tool(charge(100)), other(charge(50))
    known = {s.id: facts(people__count=None, spend__annual=None) for s in subjects}
    (row,) = overlapping(*subjects, known=known)

    assert (row["people"], row["shared_people"], row["shared_share"]) == (None, None, None)
    assert row["people_unknown"] == row["spend_unknown"] == ["Pike", "Quillfox"]


def test_the_approved_tools_of_a_category_are_named():
    (row,) = overlapping(tool(use(1), status="approved_with_conditions"), other(use(1)))

    assert row["approved"] == ["Quillfox"]


# --- key people ------------------------------------------------------------------------------------------------------


def alone(subject, known, people=(), **changed):
    found = world(subject, people=people, persons_of={1: 1, 2: 2, 3: 3}, **changed)
    return {(row["person"], *row["roles"]) for row in insights.key_people(found, {subject.id: known}, NAMES)}


def test_the_only_payer_is_one_on_whom_the_tool_hangs():
    known = facts(spend__payers=1)

    assert alone(tool(charge(10, number=1), charge(20, number=1)), known) == {("ana@acme.example", "pays")}
    assert alone(tool(charge(10, number=1), charge(20, number=2)), facts(spend__payers=2)) == set()


def test_one_payer_seen_proves_nothing_where_the_others_could_not_be_read():
    assert alone(tool(charge(10, number=1)), facts(spend__payers=None)) == set()


def test_the_only_one_who_gave_grants_and_the_only_owner_are_told():
    assert alone(tool(token(2, "email")), facts(grants__people=1)) == {("bo@acme.example", "gave the grants")}
    assert alone(tool(declared(3)), {}) == {("cy@acme.example", "owns")}
    assert alone(tool(declared(3), declared(2)), {}) == set()


def test_an_owner_by_decision_counts_and_roles_of_one_person_stand_together():
    subject = tool(charge(10, number=1), owners=[decision(1, "owner", side="business", actor=1)])

    assert alone(subject, facts(spend__payers=1)) == {("ana@acme.example", "pays", "owns")}


def test_two_owners_by_decision_are_two():
    owners = [decision(1, "owner", side="business", actor=1), decision(2, "owner", side="technical", actor=2)]

    assert alone(tool(owners=owners), {}) == set()
    again = [*owners, decision(3, "owner", side="business", actor=2)]
    assert alone(tool(owners=again), {}) == {("bo@acme.example", "owns")}


def test_who_has_left_is_told_and_those_with_most_tools_come_first():
    gone = person(2, directory={"status": "deprovisioned"})
    found = world(
        tool(charge(10, number=1)),
        other(charge(10, number=2)),
        other(charge(5, number=2), id="wren", name="Wren"),
        people=(person(1), gone),
    )
    known = dict.fromkeys(found.subjects, facts(spend__payers=1))

    rows = insights.key_people(found, known, NAMES)
    assert [(row["person"], row["tool"], row["left"], row["tools_alone"]) for row in rows] == [
        ("bo@acme.example", "Pike", True, 2),
        ("bo@acme.example", "Wren", True, 2),
        ("ana@acme.example", "Quillfox", False, 1),
    ]


# --- outside IT ------------------------------------------------------------------------------------------------------


def months(*rows, company=IT, people=(), **changed):
    return insights.outside_it(world(tool(*rows), company=company, people=people, **changed))


def test_the_budget_on_a_charge_decides_and_else_the_unit_of_whoever_paid():
    budgets = {"budgets_it": {"IT": True, "Marketing": False}}
    people = (person(1, it=True), person(2, it=False))
    rows = charge(60, 10, budget="IT", number=2), charge(30, 10, budget="Marketing", number=1)
    (row,) = months(*rows, charge(10, 10, number=1), people=people, **budgets)

    assert (row["inside"], row["outside"], row["unplaced"]) == (paid(70), paid(30), paid(0))
    assert (row["share"], row["total"], row["tools"]) == (0.3, paid(100), 1)


def test_without_units_of_it_nothing_is_said_to_be_outside():
    (row,) = months(charge(60, 10, budget="IT"), company=ACME)

    assert (row["outside"], row["inside"], row["share"], row["unplaced"]) == (None, None, None, paid(60))


def test_where_the_unit_is_known_for_too_little_of_the_money_no_share_is_said():
    people = (person(1, it=True),)

    assert months(charge(79, number=1), charge(21), people=people)[0]["share"] is None
    assert months(charge(80, number=1), charge(20), people=people)[0]["share"] == 0.0


def test_each_month_and_currency_is_a_row_the_latest_month_first():
    rows = months(charge(1, 5), charge(2, 5, currency="USD"), charge(3, 40), charge(4, 500))

    assert [(row["month"], row["currency"]) for row in rows] == [
        ("2026-06", "EUR"),
        ("2026-06", "USD"),
        ("2026-05", "EUR"),
        ("2025-02", "EUR"),
    ]


@pytest.mark.parametrize(("zone", "month"), [("UTC", "2026-05"), ("Europe/Berlin", "2026-06")])
def test_a_month_is_counted_as_the_company_counts_it(zone, month):
    midnight = charge(1)
    midnight.seen_at = to_ms(datetime(2026, 5, 31, 22, tzinfo=UTC))

    assert [row["month"] for row in months(midnight, company=replace(IT, timezone=zone))] == [month]


# --- cost a person ---------------------------------------------------------------------------------------------------


def cost(*rows, known, brought=None):
    subject = tool(*rows)
    (row,) = insights.costs(world(subject), {subject.id: known}, {subject.id: brought or {}})
    return row


def test_cost_is_divided_by_the_people_who_use_it():
    known = facts(people__count=9, spend__per_active_person=13_333_333)
    row = cost(charge(100), charge(20), known=known)

    assert row["per_person"] == row["per_person_base"] == [{"currency": "EUR", "amount_micros": 13_333_333}]
    assert row["why"] is None


def test_without_people_there_is_no_cost_a_person_and_it_says_why():
    nobody = cost(charge(100), known=facts(people__count=0, spend__per_active_person=None))
    unread = cost(charge(100), known=facts(people__count=None, spend__per_active_person=None))

    assert (nobody["people"], nobody["per_person"], nobody["per_person_base"]) == (0, None, None)
    assert (unread["people"], unread["per_person"], unread["why"]) == (None, None, "not read")


def test_the_cost_a_person_is_the_fact_of_the_tool():
    subject = tool(use(1), use(2), use(3), charge(100), app())
    known = derived(subject, world(subject))
    (row,) = insights.costs(world(subject), {subject.id: known}, {})

    assert row["per_person"][0]["amount_micros"] == pytest.approx(known["spend.per_active_person"].value, abs=1)
    assert row["per_person_base"] == [{"currency": "EUR", "amount_micros": known["spend.per_active_person"].value}]


def test_each_currency_is_divided_by_itself_and_the_base_stays_unknown():
    row = cost(charge(10), charge(20, currency="USD"), known=facts(people__count=2, spend__per_active_person=None))

    assert row["per_person"] == [*paid(5), *paid(10, "USD")]
    assert (row["per_person_base"], row["spend_12m_base"], row["why"]) == (None, None, "not read")


def test_what_a_tool_brought_stands_beside_its_cost():
    brought = {"leads": 40, "reach": None, "revenue": paid(900)}
    row = cost(charge(100), known=facts(people__count=1, spend__annual=100_000_000), brought=brought)

    assert (row["leads_12m"], row["reach_12m"], row["revenue_12m"]) == (40, None, paid(900))
    assert row["cost_per_lead"] == paid(2.5)


def test_the_dearest_a_person_stands_first_and_unpaid_tools_are_left_out():
    subjects = tool(charge(10)), other(charge(90)), other(use(1), id="wren")
    known = dict.fromkeys(("quillfox", "pike", "wren"), facts(people__count=2, spend__annual=1))

    assert [row["tool"] for row in insights.costs(world(*subjects), known, {})] == ["Pike", "Quillfox"]


_MONEY = st.dictionaries(st.sampled_from(["EUR", "USD", "JPY"]), st.integers(-(10**15), 10**15))


@given(_MONEY, st.integers(1, 10_000))
def test_dividing_money_gives_whole_millionths_of_each_currency_within_half_of_one(amounts, by):
    found = insights.divided(amounts, by)

    assert found.keys() == amounts.keys()
    assert all(type(part) is int and 2 * abs(part * by - amounts[c]) <= by for c, part in found.items())


@given(st.lists(_MONEY, max_size=6))
def test_adding_money_keeps_currencies_apart_and_loses_nothing(many):
    found = insights.added(many)

    assert found.keys() == {currency for amounts in many for currency in amounts}
    assert all(total == sum(amounts.get(currency, 0) for amounts in many) for currency, total in found.items())
    assert insights.amounts(insights.listed(found)) == found


# --- unused, seats, renewals -----------------------------------------------------------------------------------------


def kinds(subject, known):
    return [row["kind"] for row in insights.unused(world(subject), {subject.id: known})]


def test_paid_and_unused_needs_both_to_be_known():
    assert kinds(tool(charge(10)), facts(people__count=0, spend__annual=10_000_000)) == ["paid_unused"]
    assert kinds(tool(charge(10)), facts(people__count=None, spend__annual=10_000_000)) == []
    assert kinds(tool(charge(10)), facts(people__count=3, spend__annual=10_000_000)) == []
    assert kinds(tool(charge(10), charge(-10)), facts(people__count=0, spend__annual=0)) == []


def test_used_and_unpaid_needs_the_money_to_be_known_to_be_nought():
    assert kinds(tool(use(1)), facts(people__count=1, spend__annual=0)) == ["used_unpaid"]
    assert kinds(tool(use(1)), facts(people__count=1, spend__annual=None)) == []
    assert kinds(tool(use(1), charge(5, currency="USD")), facts(people__count=1, spend__annual=0)) == []


def test_noise_is_neither():
    assert kinds(tool(charge(10), noise=True), facts(people__count=0, spend__annual=1)) == []


def test_it_is_counted_of_how_many_tools_it_cannot_be_said():
    subjects = tool(use(1)), other(use(1)), other(use(1), id="wren")
    known = {
        "quillfox": facts(people__count=1, spend__annual=0),
        "pike": facts(people__count=1, spend__annual=None),
        "wren": {},
    }

    assert insights.undecided(world(*subjects), known) == 2


def test_unused_seats_cost_their_part_of_the_year():
    subject = tool(charge(1000))
    known = facts(spend__seats_bought=25, spend__seats_unused_share=0.44, spend__annual=1_000_000_000, people__count=14)
    (row,) = insights.seats(world(subject), {subject.id: known})

    assert (row["seats_unused"], row["unused_share"], row["unused_cost_base"]) == (11, 0.44, paid(440))


def test_where_use_is_unknown_unused_seats_are_too():
    subject = tool(charge(1000))
    known = facts(spend__seats_bought=25, spend__seats_unused_share=None, spend__annual=1)
    (row,) = insights.seats(world(subject), {subject.id: known})

    assert (row["seats_unused"], row["unused_cost_base"], row["why"]) == (None, None, "not read")
    assert insights.seats(world(subject), {subject.id: {}}) == []


def test_a_renewal_is_to_be_decided_by_the_day_of_notice():
    subjects = tool(), other()
    known = {
        "quillfox": facts(contract__end=date(2026, 12, 31), contract__notice_deadline=date(2026, 9, 30)),
        "pike": facts(contract__end=date(2026, 6, 1), contract__auto_renews=True),
    }
    rows = insights.renewals(world(*subjects), known)

    assert [(row["tool"], row["decide_by"], row["days_left"]) for row in rows] == [
        ("Pike", "2026-06-01", -29),
        ("Quillfox", "2026-09-30", 92),
    ]
    assert (rows[0]["auto_renews"], rows[1]["auto_renews"]) == (True, None)
    assert insights.renewals(world(tool()), {"quillfox": {}}) == []


def test_the_only_administrator_is_told_where_a_list_states_roles():
    streams_ = [*streams(), state("okta:acme", "app_users", "snapshot"), state("crm:acme", "accounts", "snapshot")]
    subject = tool(app(), account(1, admin=True, status="active"), account(2, admin=False, status="active"))

    told = alone(subject, facts(access__admins=1), people=(person(1), person(2)), streams=streams_)
    assert told == {("ana@acme.example", "administers")}
