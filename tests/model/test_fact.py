"""A fact has a value of its very type, or none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from model.fact import NEVER, Fact, Type, fits

FACT = {type_: Fact("a.b", type_, "", "") for type_ in Type}

FITTING = [
    (Type.BOOL, True),
    (Type.INT, 0),
    (Type.INT, 2**63 - 1),
    (Type.MONEY, -(2**63)),
    (Type.FLOAT, 0.5),
    (Type.DATE, NEVER),
    (Type.MOMENT, datetime(2026, 1, 1, tzinfo=UTC)),
    (Type.DURATION, timedelta(hours=1)),
    (Type.STRING, ""),
    (Type.LIST, ()),
    (Type.LIST, ("a", "b")),
]
STRANGE = [
    (Type.BOOL, 1),
    (Type.INT, True),
    (Type.INT, 1.0),
    (Type.INT, 2**63),
    (Type.MONEY, -(2**63) - 1),
    (Type.FLOAT, 1),
    (Type.FLOAT, float("nan")),
    (Type.FLOAT, float("inf")),
    (Type.DATE, datetime(2026, 1, 1, tzinfo=UTC)),
    (Type.MOMENT, date(2026, 1, 1)),
    (Type.MOMENT, datetime(2026, 1, 1)),  # noqa: DTZ001 (a naive one is what is refused)
    (Type.STRING, None),
    (Type.LIST, ["a"]),
    (Type.LIST, ("a", 1)),
]


@pytest.mark.parametrize(("type_", "value"), FITTING)
def test_a_value_of_the_very_type_fits(type_, value):
    assert fits(FACT[type_], value)


@pytest.mark.parametrize(("type_", "value"), STRANGE)
def test_a_value_of_another_type_or_beyond_bounds_does_not_fit(type_, value):
    assert not fits(FACT[type_], value)
