"""Forecast against actual, and the company's own hours."""

from fractions import Fraction

from gate.learning import compared, inside, learned
from tests.gate.forecasts import TABLE

STOP = Fraction(3, 2)
POINTS = [{"point": "crm", "factor": "3/2"}, {"point": "tags", "factor": "1"}]


def kept(tool="quillfox", at=100, **more):
    row = {"tool_id": tool, "at": at, "currency": "EUR", "low": 1_000, "likely": 2_000, "high": 3_000, "points": POINTS}
    return row | more


def spent(point, cost=500, tool="quillfox", at=200, minutes=600, **more):
    row = {"tool_id": tool, "point": point, "cost": cost, "at": at, "minutes": minutes, "factor": "1"}
    return row | {"currency": "EUR"} | more


def test_a_case_is_closed_once_every_point_has_hours():
    (half,) = compared([kept()], [spent("crm")], STOP)
    (whole,) = compared([kept()], [spent("crm", 900), spent("tags", 400)], STOP)

    assert (half.complete, half.inside, half.missing) == (False, None, ("tags",))
    assert (whole.complete, whole.inside, whole.actual) == (True, True, 1_300)


def test_what_lies_above_or_below_the_range_is_outside_of_it():
    (above,) = compared([kept()], [spent("crm", 3_000), spent("tags", 1)], STOP)
    (below,) = compared([kept()], [spent("crm", 400), spent("tags", 1)], STOP)

    assert (above.inside, below.inside) == (False, False)


def test_the_stop_line_is_passed_before_all_points_are_closed():
    (found,) = compared([kept()], [spent("crm", 3_001)], STOP)

    assert found.over_stop
    assert not compared([kept()], [spent("crm", 3_000)], STOP)[0].over_stop


def test_a_forecast_that_was_made_afterwards_proves_nothing():
    assert compared([kept(at=201)], [spent("crm")], STOP) == []
    assert compared([], [spent("crm")], STOP) == []


def test_the_last_forecast_before_the_first_hours_counts():
    (found,) = compared([kept(at=100), kept(at=150, likely=9), kept(at=300, likely=1)], [spent("crm")], STOP)

    assert found.likely == 9


def test_money_in_two_currencies_is_not_compared():
    assert compared([kept()], [spent("crm"), spent("tags", currency="USD")], STOP) == []


def test_the_share_inside_counts_closed_cases_alone():
    rows = [spent("crm", 900), spent("tags", 400), spent("crm", tool="b"), spent("crm", 9_000, tool="c")]
    rows += [spent("tags", tool="c")]
    found = compared([kept(), kept("b"), kept("c")], rows, STOP)

    assert inside(found) == (1, 2)


def own(point, hours, factor="1"):
    return [spent(point, tool=f"t{i}", minutes=round(h * 60), factor=factor) for i, h in enumerate(hours)]


def row(actuals, point="crm"):
    return next(one for one in learned(TABLE, actuals) if one.point == point)


def test_four_closed_points_show_nothing_and_five_a_median_and_a_spread():
    assert row(own("crm", [30, 40, 50, 60])).middle is None

    five = row(own("crm", [30, 40, 50, 60, 70]))
    assert (five.closed, five.low, five.middle, five.high, five.offer) == (5, 34.0, 50.0, 66.0, None)


def test_ten_closed_points_may_replace_the_row():
    ten = row(own("crm", range(10, 110, 10)))

    assert ten.offer == "hours: [19, 55, 91]"


def test_hours_are_freed_of_the_factor_of_their_forecast():
    assert row(own("crm", [60] * 5, factor="3/2")).middle == 40


def test_every_point_of_the_table_has_a_row_with_its_estimate():
    rows = learned(TABLE, [])

    assert [one.point for one in rows] == [point.id for point in TABLE.points]
    assert tuple(map(int, rows[0].estimate)) == (4, 10, 30)
