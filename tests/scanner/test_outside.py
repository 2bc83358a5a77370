"""Spend outside IT by tool: the same charges and the same rule as by month."""

from dataclasses import replace

from scanner.insights import added, amounts, outside_it
from scanner.outside import outside_by_tool
from tests.scanner.facts.worlds import ACME, charge, person, tool, world

IT = replace(ACME, it_units=("IT",))
PEOPLE = (person(1, it=True), person(2, it=False))


def paid(euros, currency="EUR"):
    return [{"currency": currency, "amount_micros": euros * 1_000_000}]


def rows(*subjects, company=IT):
    return outside_by_tool(world(*subjects, company=company, people=PEOPLE))


def test_each_currency_of_a_tool_is_a_row_and_never_added():
    found = rows(tool(charge(60, number=2), charge(5, number=2, currency="USD")))

    assert [(row["currency"], row["total"], row["outside"]) for row in found] == [
        ("EUR", paid(60), paid(60)),
        ("USD", paid(5, "USD"), paid(5, "USD")),
    ]


def test_what_it_did_not_pay_comes_first():
    it = tool(charge(900, number=1), id="pike", name="Pike")
    found = rows(it, tool(charge(60, number=2), charge(40, number=1)))

    assert [(row["tool"], row["share"]) for row in found] == [("Quillfox", 0.6), ("Pike", 0.0)]


def test_where_the_payer_is_unknown_no_share_is_said():
    (row,) = rows(tool(charge(60), charge(40, number=2)))

    assert (row["share"], row["unplaced"], row["outside"]) == (None, paid(60), paid(40))


def test_without_units_of_it_nothing_is_said_to_be_outside():
    (row,) = rows(tool(charge(60, number=2)), company=ACME)

    assert (row["outside"], row["inside"], row["share"]) == (None, None, None)


def test_noise_and_what_costs_nothing_are_not_listed():
    assert rows(tool(charge(60, number=2), noise=True), tool(id="pike", name="Pike")) == []


def test_the_tools_add_up_to_the_months():
    made = world(
        tool(charge(60, 5, number=2), charge(7, 50, number=1)),
        tool(charge(11, 80, number=2), id="pike", name="Pike"),
        company=IT,
        people=PEOPLE,
    )
    by_tool = added(amounts(row["outside"] or ()) for row in outside_by_tool(made))
    by_month = added(amounts(row["outside"] or ()) for row in outside_it(made))

    assert by_tool == by_month == {"EUR": 71_000_000}
