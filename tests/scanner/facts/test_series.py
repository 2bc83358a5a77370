"""spend.cadence, spend.change_pct and spend.subscriptions: what repeats in the charges of a tool."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.series import Payment, rhythm
from tests.scanner.facts.worlds import ago, charge, evidence, known, reason, refused, state, streams, tool, world

CADENCE, CHANGE, SUBSCRIPTIONS = "spend.cadence", "spend.change_pct", "spend.subscriptions"


def every(days, count, euros=50, *, first=5, **changed):
    amounts = euros if isinstance(euros, list) else [euros] * count
    return [charge(amount, first + n * days, **changed) for n, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("rows", "cadence"),
    [
        (every(30, 2), "monthly"),
        (every(30.4, 14), "monthly"),
        (every(31, 6, [60, 60, 60, 50, 50, 50]), "monthly"),
        (every(91, 4), "quarterly"),
        (every(365, 2), "annual"),
        (every(30, 6, [10, 90, 35, 70, 20, 55]), "usage"),
        (every(9, 8, [10, 90, 35, 70, 20, 55, 18, 77]), "usage"),
        ([charge(500, 420)], "one_off"),
        ([*every(30, 4, first=5, account="1111"), *every(30, 4, first=19, account="2222")], "monthly"),
        ([*every(30, 3, first=5, account="2222"), *every(30, 5, first=95, account="1111")], "monthly"),
    ],
)
def test_how_often_it_is_charged_follows_from_days_and_amounts(rows, cadence):
    assert known(CADENCE, tool(*rows)) == cadence


def test_lines_of_one_day_are_one_payment_and_a_refund_takes_its_charge_away():
    rows = [*every(30, 4, 20), *every(30, 4, 30), charge(70, 50), charge(-70, 50)]

    assert known(CADENCE, tool(*rows)) == "monthly"
    assert len(evidence(CADENCE, tool(*rows))) == 8


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no charge was seen"),
        ([charge(-9)], "no charge was seen"),
        ([charge(9)], "one charge was seen, and no year has passed since"),
        ([charge(9, 399)], "one charge was seen, and no year has passed since"),
        ([charge(9, 5), charge(9, 60)], "the charges follow no rhythm"),
        ([charge(9, 5), charge(9, 35, currency="USD")], "the charges follow no rhythm"),
    ],
)
def test_without_a_rhythm_the_cadence_is_unknown(rows, said):
    assert reason(CADENCE, tool(*rows)) == said


def test_that_a_charge_stays_the_only_one_needs_the_year_after_it():
    short = [*streams("card:acme/charges"), state("card:acme", "charges", first_at=ago(100))]

    assert "does not span the last 365 days" in reason(CADENCE, tool(charge(9, 420)), world(streams=short))


def test_the_price_is_compared_with_that_of_a_year_before():
    rows = every(30, 14, [60, *[56] * 11, 50, 50])

    assert known(CHANGE, tool(*rows)) == pytest.approx(60 / 50 - 1)
    assert len(evidence(CHANGE, tool(*rows))) == 2
    assert known(CHANGE, tool(*every(365, 2, [112, 100]))) == pytest.approx(0.12)
    assert known(CHANGE, tool(*every(30, 14))) == 0.0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (every(30, 11), "no charge of a year before the latest one was read"),
        (every(30, 14, [10, 90, 35, 70, 20, 55, 18, 77, 31, 62, 12, 80, 44, 9]), "the charges do not recur"),
        ([charge(5)], "the charges do not recur"),
        ([], "the charges do not recur"),
        ([charge(5, 5), charge(4, 370, currency="USD")], "the charges do not recur"),
    ],
)
def test_without_a_like_charge_of_a_year_before_there_is_no_change(rows, said):
    assert reason(CHANGE, tool(*rows)).startswith(said)


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([], 0),
        ([charge(5)], 0),
        (every(30, 4), 1),
        ([*every(30, 4, account="1111"), *every(30, 4, 50, first=9, account="2222")], 2),
        ([*every(30, 4, number=1), *every(30, 4, number=2)], 2),
        ([*every(30, 4, account="1111"), *every(365, 2, first=200, account="2222")], 2),
        ([*every(30, 3, first=5, account="2222"), *every(30, 5, first=95, account="1111")], 1),
        (every(30, 4, first=120), 0),
        (every(365, 2, first=150), 1),
    ],
)
def test_series_that_run_side_by_side_are_subscriptions(rows, count):
    assert known(SUBSCRIPTIONS, tool(*rows)) == count


@pytest.mark.parametrize("name", [CADENCE, CHANGE, SUBSCRIPTIONS])
def test_a_refused_source_of_money_tells_nothing_of_what_repeats(name):
    quillfox = tool(*every(30, 14))

    assert reason(name, quillfox, refused(world(quillfox), "card:acme/charges")).startswith("card:acme/charges refused")


def test_subscriptions_need_the_last_ninety_days():
    short = [*streams("card:acme/charges"), state("card:acme", "charges", first_at=ago(20))]

    assert "does not span the last 90 days" in reason(SUBSCRIPTIONS, tool(*every(30, 4)), world(streams=short))


@given(st.lists(st.tuples(st.integers(0, 760), st.integers(1, 10**12)), max_size=20, unique_by=lambda pair: pair[0]))
def test_any_payments_have_a_rhythm_or_none(given_payments):
    start = date(2024, 1, 1)
    paid = [Payment(start + timedelta(days=day), micros, ()) for day, micros in sorted(given_payments)]

    assert rhythm(paid) in {None, "monthly", "quarterly", "annual", "usage"}
    assert rhythm(paid[:1]) is None
