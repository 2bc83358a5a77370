"""The closed form: the worked example to its printed figures, against a simulation, and what widens and narrows."""

import math
from dataclasses import replace
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.forecast import Range, assumed, combine, forecast, weight
from gate.forecast_words import year_shown
from gate.points import ASSUMED, MICROS, NEEDED, STRUCK, UNNEEDED, Line, settings
from policies.forecast import Table
from policies.shape import Refusal
from tests.gate.forecasts import ANSWERS, ATTRIBUTES, TABLE, known, line, made, subject

#: Point -> hours and money as the page prints them: low, likely, high, rate, mean, spread.
PRINTED = {
    "identity": (4, 10, 30, 80, 987, 347),
    "crm": (24, 60, 251, 110, 9_441, 4_161),
    "warehouse": (8, 24, 92, 95, 3_103, 1_330),
    "tags": (3, 8, 24, 80, 787, 280),
    "consent": (6, 16, 44, 95, 1_805, 602),
    "mail": (3, 8, 24, 80, 787, 280),
    "forms": (6, 15, 45, 80, 1_480, 520),
    "migration": (15, 45, 158, 80, 4_708, 1_908),
}


def units(micros, to=1):
    return round(micros / MICROS / to) * to


# --- the worked example ----------------------------------------------------------------------------------------------


def test_every_point_of_the_worked_example_has_its_printed_hours_and_money():
    found = made()

    shown = {
        one.point.id: (
            *(round(float(hours)) for hours in (one.low, one.likely, one.high)),
            units(one.rate),
            units(one.mean),
            units(one.spread),
        )
        for one in found.costed
    }

    assert shown == PRINTED


def test_the_sums_and_the_root_of_the_worked_example_are_the_printed_ones():
    found = made()

    assert (units(found.mean), units(found.spread), units(found.root, 100)) == (23_097, 9_427, 7_500)
    assert sum(round(float(one.low)) for one in found.costed) == 69
    assert round(sum(float(one.likely) for one in found.costed)) == 186
    assert round(sum(float(one.high) for one in found.costed)) == 668


def test_the_ranges_of_the_worked_example_are_the_printed_ones():
    found = made()

    def ends(of):
        return tuple(units(end, 100) for end in (of.low, of.likely, of.high))

    assert ends(found.one_off) == (16_200, 27_700, 39_200)
    assert ends(found.run) == (2_900, 4_800, 7_200)
    assert ends(year_shown(found)) == (31_100, 44_500, 58_400)
    assert found.first_year == (found.one_off + found.run).plus(12_000 * MICROS)
    assert units(found.run.likely) == 4_810


def test_the_question_of_the_worked_example_is_the_crm_feed_and_is_worth_about_four_thousand():
    asked = made().question

    assert asked.point == "crm"
    assert asked.whom == ("vendor",)
    assert asked.what == ("the CRM connector", "field limit", "key")
    assert units(asked.lowers, 1_000) == 4_000
    assert not asked.needed


def test_points_that_do_not_apply_and_points_struck_out_cost_nothing():
    found = made()

    assert line(found, "way_out").state == STRUCK
    assert {line(found, name).state for name in ("provisioning", "conversions", "mobile", "support")} == {UNNEEDED}
    assert {one.run for one in found.lines if not one.costs} == {0}


def test_the_stop_line_stands_at_one_and_a_half_times_the_likely_cost():
    found = made()

    assert found.stop == round(found.one_off.likely * 1.5)


# --- against a simulation --------------------------------------------------------------------------------------------


def beta(draws, low, likely, high):
    """Return PERT-beta values of correlated uniform draws (Clark's parameters: mean (a + 4m + b) / 6)."""
    alpha, bravo = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    grid = np.linspace(0, 1, 4_001)[1:-1]
    density = grid ** (alpha - 1) * (1 - grid) ** (bravo - 1)
    cumulative = np.cumsum(density)
    return low + np.interp(draws, cumulative / cumulative[-1], grid) * (high - low)


def simulated(lines, correlation, draws=200_000):
    """Return the 10th and 90th percentile of the sum of points, each PERT-beta, joined by a Gaussian copula."""
    source = np.random.default_rng(20261122)
    shared = source.standard_normal(draws)
    total = np.zeros(draws)
    normal = np.vectorize(NormalDist().cdf, otypes=[float])
    steps = np.linspace(-6, 6, 2_001)
    table = normal(steps)
    for one in lines:
        own = source.standard_normal(draws)
        mixed = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own
        uniform = np.interp(mixed, steps, table)
        hours = beta(uniform, float(one.low), float(one.likely), float(one.high))
        total += hours * float(one.rate) / MICROS
    return np.quantile(total, [0.1, 0.9])


@pytest.mark.parametrize("correlation", [0.3, 0.5, 0.7])
def test_the_closed_form_stays_within_five_per_cent_of_a_simulation_at_both_ends(correlation):
    found = made(given={"correlation": correlation})
    low, high = simulated(found.costed, correlation) * 1.2

    assert found.one_off.low / MICROS == pytest.approx(low, rel=0.05)
    assert found.one_off.high / MICROS == pytest.approx(high, rel=0.05)


def test_the_first_year_stays_within_five_per_cent_of_a_simulation_at_both_ends():
    found = made()
    low, high = simulated(found.costed, 0.5) * 1.2

    assert found.first_year.low / MICROS == pytest.approx(12_000 + low + 2_886, rel=0.05)
    assert found.first_year.high / MICROS == pytest.approx(12_000 + high + 7_215, rel=0.05)


def test_without_a_correlation_the_range_is_falsely_narrow():
    free, held = made(given={"correlation": 0}), made()

    assert free.one_off.low > held.one_off.low
    assert free.one_off.high < held.one_off.high


# --- what is not known -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "point"),
    [
        ("integration.sso_available", "identity"),
        ("connections.cdp", "warehouse"),
        ("integration.tag_hard_coded", "tags"),
        ("consent.suppression_shared", "consent"),
        ("integration.spf_lookups", "mail"),
        ("data.records", "migration"),
    ],
)
def test_an_unknown_fact_widens_its_point_by_fifteen_per_cent_at_the_high_end_alone(fact, point):
    before, after = made(), made(known(**{fact.replace(".", "__"): None}))
    old, new = line(before, point), line(after, point)

    assert len(new.open) == len(old.open) + 1
    assert new.high / new.point.high / new.factor == old.high / old.point.high / old.factor * Fraction(23, 20)
    assert (new.low / new.factor, new.likely / new.factor) == (new.point.low, new.point.likely)
    assert after.spread > before.spread or fact == "data.records"


def test_a_point_whose_condition_is_unknown_is_assumed_and_costs():
    found = made(known(people__count=None))

    assert line(found, "identity").state == ASSUMED
    assert line(found, "identity").mean > 0
    assert "people.count" in line(found, "identity").unknown


def test_an_answer_takes_the_widening_away():
    open_, closed = made(), made(answers=ANSWERS | {"crm_connector": True})

    assert closed.one_off.high < open_.one_off.high
    assert len(line(closed, "crm").open) == 2


def test_a_tool_of_which_nothing_is_known_has_the_widest_range_and_only_assumed_points():
    nothing = dict.fromkeys(ATTRIBUTES) | {"tool.category": "", "company.currency": "EUR"}
    found = made({}, answers={}, struck=frozenset(), quote=None, attributes=nothing)

    assert {one.state for one in found.costed} == {ASSUMED}
    assert found.question.needed
    assert found.first_year is None
    assert assumed(TABLE, found.settings, found.subject) == tuple(
        one.point.title for one in found.lines if one.state == ASSUMED
    )


def test_the_question_of_an_assumed_point_says_what_leaving_it_out_takes_off():
    found = made(known(integration__needs=None, connections__crm=None), answers=ANSWERS | {"crm_connector": True})
    asked = found.question

    without = [one for one in found.lines if one.point.id != asked.point]
    *_, one_off, run = combine(without, found.settings)
    assert asked.needed
    assert asked.lowers == found.one_off.high + found.run.high - one_off.high - run.high


def test_where_all_is_answered_there_is_no_question():
    all_known = known(integration__customised="light", integration__shared_key=True, integration__api_available="yes")
    found = made(all_known, answers=ANSWERS | {"crm_connector": True, "own_fields": 12, "history": False})

    assert found.question is None
    assert {one.state for one in found.costed} == {NEEDED}


# --- the pieces ------------------------------------------------------------------------------------------------------


def test_the_uplift_of_the_plan_is_in_the_first_year_where_it_is_known():
    assert made(uplift=500 * MICROS).first_year.low == made().first_year.low + 500 * MICROS


def test_a_refused_table_forecasts_nothing():
    table = Table(refused=(Refusal("own.yaml", 3, 5, "hours are three numbers"),))

    with pytest.raises(ValueError, match=r"own.yaml:3:5: hours"):
        forecast(table, settings(TABLE, {}, "EUR"), subject())


def test_the_lower_end_is_never_below_the_sum_of_the_low_values():
    found = made(given={"range": 0.99, "correlation": 1})

    least = sum(one.least for one in found.costed)
    assert found.one_off.low == round(least * Fraction(6, 5))


def test_ranges_are_added_end_by_end():
    assert Range(1, 2, 3) + Range(10, 20, 30) == Range(11, 22, 33)
    assert Range(1, 2, 3).plus(5) == Range(6, 7, 8)


def test_the_parts_of_the_variance_add_up_to_all_of_it():
    found = made()

    assert sum(weight(one, found.lines, found.settings) for one in found.costed) == 1
    assert weight(replace(found.costed[0], high=found.costed[0].low), [], found.settings) == 0


_HOURS = st.fractions(min_value=0, max_value=500, max_denominator=100)


@st.composite
def lines(draw):
    count = draw(st.integers(1, 8))
    made_ = []
    for _ in range(count):
        low, likely, high = sorted(draw(st.tuples(_HOURS, _HOURS, _HOURS)))
        rate = Fraction(draw(st.integers(1, 500 * MICROS)))
        point = TABLE.points[0]
        made_.append(Line(point=point, state=NEEDED, because="", low=low, likely=likely, high=high, rate=rate))
    return made_


@given(lines(), st.integers(0, 100))
def test_money_is_whole_millionths_and_in_order_whatever_the_hours(of, correlation):
    held = settings(TABLE, {"correlation": correlation / 100}, "EUR")
    mean, spread, root, one_off, run = combine(of, held)

    assert all(type(value) is int for value in (mean, spread, root, one_off.low, one_off.likely, one_off.high))
    assert 0 <= one_off.low <= one_off.likely + 1 <= one_off.high + 2
    assert 0 <= run.low <= run.likely <= run.high
    assert root <= spread + 1
    assert mean == sum(one.mean for one in of)


@given(lines())
def test_a_point_more_never_makes_it_cheaper(of):
    held = settings(TABLE, {}, "EUR")
    *_, fewer, run = combine(of[:-1], held)
    *_, more, more_run = combine(of, held)

    assert fewer.likely <= more.likely
    assert fewer.high <= more.high + 1
    assert run.high <= more_run.high
