"""The queue: worst risk first, then the day; each place with its reason in plain words."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.categories import CATEGORIES
from gate.ranking import ranked
from gate.rules import Rules, load_rules

SHIPPED = load_rules(categories=CATEGORIES)
BANDS = ("high", "unknown", "medium", "low")


def case(number, technology="low", customer="low", due="2026-07-10T00:00:00Z", state="open", **more):
    bands = {"technology_risk": technology, "customer_risk": customer}
    return {"id": number, "state": state, "due_at": due, "closed_at": None, **bands, **more}


def order(*rows, rules=SHIPPED):
    return [row["id"] for row in ranked(rows, rules)]


def why(*rows, rules=SHIPPED):
    return {row["id"]: row["rank_why"] for row in ranked(rows, rules)}


def test_the_worse_risk_comes_first_whichever_side_has_it():
    listed = order(case(1, "medium", "medium"), case(2, "low", "high"), case(3, "high", "low"), case(4, "low", "low"))

    assert listed == [2, 3, 1, 4]


def test_of_cases_of_the_same_worst_band_the_other_side_decides():
    assert order(case(1, "high", "low"), case(2, "unknown", "high"), case(3, "high", "high")) == [3, 2, 1]


def test_of_equal_risks_what_is_due_first_comes_first_and_what_has_no_day_last():
    rows = (case(1, due=None), case(2, due="2026-07-09T00:00:00Z"), case(3, due="2026-07-01T00:00:00Z"))

    assert order(*rows) == [3, 2, 1]


def test_a_worse_risk_goes_before_an_earlier_day():
    assert order(case(1, due="2026-01-01T00:00:00Z"), case(2, "high", due="2027-01-01T00:00:00Z")) == [2, 1]


def test_the_company_may_rank_otherwise():
    own = Rules(rank=("unknown", "high", "medium", "low"))

    assert order(case(1, "high"), case(2, "unknown"), rules=own) == [2, 1]
    assert order(case(1, "high"), case(2, "unknown")) == [1, 2]


def test_without_rules_of_ones_own_what_nobody_knows_is_not_last():
    assert Rules().rank == SHIPPED.rank == BANDS


def test_closed_cases_come_last_the_latest_first_and_have_no_rank():
    closed = [case(n, "high", state="closed", closed_at=f"2026-06-0{n}T00:00:00Z") for n in (1, 3, 2)]

    rows = ranked([*closed, case(9)], SHIPPED)

    assert [row["id"] for row in rows] == [9, 3, 2, 1]
    assert [(row["rank"], row["rank_why"] is None) for row in rows] == [(1, False), *[(None, True)] * 3]


def test_ranks_count_from_one_without_a_gap():
    rows = ranked([case(n, technology=band) for n, band in enumerate(BANDS)], SHIPPED)

    assert [row["rank"] for row in rows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("technology", "customer", "said"),
    [
        ("high", "high", "both risks are high"),
        ("low", "high", "customer risk is high, technology risk low"),
        ("high", "unknown", "technology risk is high, customer risk unknown"),
        ("unknown", "unknown", "both risks are unknown"),
        ("medium", "low", "technology risk is medium, customer risk low"),
    ],
)
def test_the_reason_names_the_worse_side_first(technology, customer, said):
    assert why(case(1, technology, customer)) == {1: said}


def test_of_several_with_the_same_risks_the_reason_says_that_the_day_decides():
    rows = [case(1, due="2026-07-09T00:00:00Z"), case(2, due="2026-07-01T00:00:00Z"), case(3, "high")]

    said = why(*rows)

    assert said[2] == "both risks are low; 1st of 2 such cases by the day due"
    assert said[1] == "both risks are low; 2nd of 2 such cases by the day due"
    assert said[3] == "technology risk is high, customer risk low"


def test_the_sides_count_alike_so_that_they_share_the_days():
    said = why(case(1, "high", "low", due="2026-07-09T00:00:00Z"), case(2, "low", "high", due="2026-07-01T00:00:00Z"))

    assert said == {
        1: "technology risk is high, customer risk low; 2nd of 2 such cases by the day due",
        2: "customer risk is high, technology risk low; 1st of 2 such cases by the day due",
    }


def test_of_a_case_without_a_day_the_reason_says_so():
    said = why(case(1, due=None), case(2))

    assert said[1] == "both risks are low; 2nd of 2 such cases as it has no day"


def test_ordinals_are_those_that_people_say():
    rows = [case(n, due=f"2026-07-{n:02}T00:00:00Z") for n in range(1, 25)]

    said = [row["rank_why"].rpartition("; ")[2].split()[0] for row in ranked(rows, SHIPPED)]

    assert said == [
        *("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th", "11th", "12th", "13th", "14th"),
        *("15th", "16th", "17th", "18th", "19th", "20th", "21st", "22nd", "23rd", "24th"),
    ]


DUE = st.one_of(st.none(), st.dates().map(lambda day: f"{day}T00:00:00Z"))
STATE = st.sampled_from(["open", "closed"])
CASES = st.lists(
    st.builds(case, st.integers(), st.sampled_from(BANDS), st.sampled_from(BANDS), DUE, STATE),
    max_size=12,
    unique_by=lambda row: row["id"],
)


@given(CASES, st.permutations(BANDS), st.randoms(use_true_random=False))
def test_the_queue_keeps_every_case_in_one_order_however_it_was_given(rows, bands, chance):
    rules = Rules(rank=tuple(bands))
    shuffled = random.Random(chance.random()).sample(rows, len(rows))

    listed = ranked(rows, rules)

    assert listed == ranked(shuffled, rules)
    assert sorted(row["id"] for row in listed) == sorted(row["id"] for row in rows)
    worst = [
        min(bands.index(row[f"{side}_risk"]) for side in ("technology", "customer")) for row in listed if row["rank"]
    ]
    assert all(one <= other for one, other in itertools.pairwise(worst))
    assert [row["state"] for row in listed] == sorted((row["state"] for row in rows), reverse=True)


def test_what_was_given_stays_as_it_was():
    row = case(1)

    ranked([row], SHIPPED)

    assert "rank" not in row
