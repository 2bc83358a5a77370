"""The first page of insights: a figure for each list, and what is unknown is never nought."""

from datetime import date

import pytest

from scanner.headline import headline
from tests.scanner.facts.worlds import ACME, charge, person, tool, use, world
from tests.scanner.test_insights import IT, NAMES, facts, other, paid


def page(*subjects, known=None, company=IT, **changed):
    found = world(*subjects, company=company, **changed)
    return {row["figure"]: row for row in headline(found, known or {key: {} for key in found.subjects}, NAMES, 2)}


def test_the_first_page_has_a_figure_for_every_list_with_its_command():
    rows = page(tool(use(1)))

    assert list(rows) == [
        *("overlap", "key_people", "outside_it", "paid_unused", "used_unpaid", "unused_seats", "renewals", "outcomes"),
    ]
    assert all(row["see"].startswith("ostiary insights ") for row in rows.values())
    assert rows["outcomes"]["count"] == 2


@pytest.mark.parametrize("figure", ["outside_it", "unused_seats", "renewals"])
def test_a_figure_that_nobody_knows_is_unknown_with_the_reason(figure):
    row = page(tool(use(1)))[figure]

    assert (row["count"], row["money"], row["share"]) == (None, None, None)
    assert row["about"].startswith("unknown: ")


def test_without_units_of_it_the_page_says_what_to_configure():
    assert "it_units" in page(tool(charge(5)), company=ACME)["outside_it"]["about"]


def test_spend_outside_it_is_a_figure_for_each_currency():
    found = world(
        tool(charge(75, number=2), charge(25, number=1), charge(9, currency="USD")),
        company=IT,
        people=(person(1, it=True), person(2, it=False)),
    )
    rows = [r for r in headline(found, {"quillfox": {}}, NAMES, 0) if r["figure"] == "outside_it"]

    assert [(row["share"], row["money"]) for row in rows] == [(0.75, paid(75)), (None, None)]
    assert "USD" in rows[1]["about"]


def test_the_page_counts_what_the_lists_show():
    subjects = tool(use(1), charge(100, number=1)), other(use(1))
    known = {
        "quillfox": facts(
            people__count=0,
            spend__annual=100_000_000,
            spend__payers=1,
            spend__seats_bought=10,
            spend__seats_unused_share=0.5,
            contract__end=date(2026, 7, 31),
        ),
        "pike": facts(people__count=1, spend__annual=0),
    }
    rows = page(*subjects, known=known, people=(person(1, directory={"status": "left"}),))

    assert rows["overlap"]["count"] == 1
    assert "1 people work in two of one kind" in rows["overlap"]["about"]
    assert rows["key_people"]["count"] == 1
    assert "of 1 that person has left" in rows["key_people"]["about"]
    assert (rows["paid_unused"]["count"], rows["paid_unused"]["money"]) == (1, paid(100))
    assert (rows["used_unpaid"]["count"], rows["used_unpaid"]["money"]) == (1, None)
    assert (rows["unused_seats"]["count"], rows["unused_seats"]["money"]) == (5, paid(50))
    assert rows["renewals"]["count"] == 1
