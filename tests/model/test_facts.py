"""The vocabulary is closed, typed and says of every fact when it is unknown."""

import pytest

from model.facts import ASKED, ATTRIBUTES, NAMES, VOCABULARY, Type, fits


def test_the_vocabulary_is_what_sources_and_people_can_tell():
    assert len(VOCABULARY) >= 230
    assert all(fact.derived or fact.question for fact in VOCABULARY.values())
    assert set(NAMES) == set(VOCABULARY) | set(ATTRIBUTES)


@pytest.mark.parametrize("fact", NAMES.values(), ids=lambda fact: fact.name)
def test_a_fact_says_what_it_means_and_when_it_is_unknown(fact):
    assert fact.meaning.endswith(".")
    assert fact.unknown is None or (fact.unknown and not fact.unknown.endswith("."))
    assert fact.area == fact.name.split(".")[0]
    assert fact.own == (fact.unknown is None)
    assert bool(fact.question) == bool(fact.asks)
    assert not fact.question or (fact.question.endswith("?") and fact.asks in ASKED)
    assert bool(fact.values) or fact.type is not Type.ENUM
    assert bool(fact.unit) or fact.type not in {Type.INT, Type.MONEY, Type.FLOAT}


def test_a_fact_and_an_attribute_never_share_an_area():
    assert not {fact.area for fact in VOCABULARY.values()} & {fact.area for fact in ATTRIBUTES.values()}


def test_closed_values_are_closed():
    assert fits(NAMES["tool.status"], "new")
    assert not fits(NAMES["tool.status"], "New")
    assert fits(NAMES["connections.systems"], ("mail",))
    assert not fits(NAMES["connections.systems"], ("mail", "fax"))
