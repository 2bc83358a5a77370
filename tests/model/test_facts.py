"""The vocabulary is closed, typed and says of every fact when it is unknown."""

from datetime import UTC, date, datetime, timedelta

import pytest

from model.facts import ATTRIBUTES, NAMES, NEVER, VOCABULARY, Fact, Type, fits

FACT = {type_: Fact("a.b", type_, "", "") for type_ in Type}


def test_the_vocabulary_holds_the_facts_that_the_first_sources_give():
    assert 40 <= len(VOCABULARY) <= 60
    assert set(NAMES) == set(VOCABULARY) | set(ATTRIBUTES)


@pytest.mark.parametrize("fact", NAMES.values(), ids=lambda fact: fact.name)
def test_a_fact_says_what_it_means_and_when_it_is_unknown(fact):
    assert fact.meaning.endswith(".")
    assert fact.unknown is None or (fact.unknown and not fact.unknown.endswith("."))
    assert fact.area == fact.name.split(".")[0]
    assert fact.own == (fact.unknown is None)
    assert bool(fact.values) or fact.type is not Type.ENUM
    assert bool(fact.unit) or fact.type not in {Type.INT, Type.MONEY, Type.FLOAT}


def test_a_fact_and_an_attribute_never_share_an_area():
    assert not {fact.area for fact in VOCABULARY.values()} & {fact.area for fact in ATTRIBUTES.values()}


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


def test_closed_values_are_closed():
    assert fits(NAMES["tool.status"], "new")
    assert not fits(NAMES["tool.status"], "New")
    assert fits(NAMES["connections.systems"], ("mail",))
    assert not fits(NAMES["connections.systems"], ("mail", "fax"))
