"""Values of cases are written by the type of the fact, and what does not fit says how it is written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from model.facts import NAMES, Fact, Type
from policies.documents import documents
from policies.values import is_null, value_of


def node(text):
    (document,) = documents(f"v: {text}")
    return document.fields["v"][1]


def fact(type_, *values):
    return Fact("a.b", type_, "", "", values=values)


WRITTEN = [
    (fact(Type.BOOL), "true", True),
    (fact(Type.BOOL), "false", False),
    (fact(Type.INT), "-3", -3),
    (fact(Type.FLOAT), "1", 1.0),
    (fact(Type.MONEY), "2500 * 1000000", 2_500_000_000),
    (fact(Type.MONEY), "-7", -7),
    (fact(Type.DATE), "2026-06-30", date(2026, 6, 30)),
    (fact(Type.DATE), "never", date(1970, 1, 1)),
    (fact(Type.MOMENT), "2026-06-30", datetime(2026, 6, 30, tzinfo=UTC)),
    (fact(Type.DURATION), "48h", timedelta(hours=48)),
    (fact(Type.STRING), "'true'", "true"),
    (fact(Type.STRING), "true", "true"),
    (fact(Type.ENUM, "a", "b"), "b", "b"),
    (fact(Type.LIST), "[]", ()),
    (fact(Type.LIST), "[1, true]", ("1", "true")),
]


@pytest.mark.parametrize(("given", "text", "value"), WRITTEN)
def test_a_value_is_read_by_the_type_of_its_fact(given, text, value):
    found = value_of(given, node(text))

    assert found == value
    assert type(found) is type(value)


WRONG = [
    (fact(Type.BOOL), "yes", "true or false"),
    (fact(Type.BOOL), "[true]", "true or false"),
    (fact(Type.INT), "3.0", "a whole number, such as 3"),
    (fact(Type.FLOAT), "nan", "a number, such as 0.5"),
    (fact(Type.FLOAT), "half", "a number"),
    (fact(Type.MONEY), "25.00", "millionths as a whole number"),
    (fact(Type.DATE), "30.06.2026", "a day, such as 2026-06-30, or never"),
    (fact(Type.MOMENT), "never", "a day, such as 2026-06-30"),
    (fact(Type.DURATION), "2 days", "hours, such as 48h"),
    (fact(Type.ENUM, "a", "b"), "c", "one of a, b"),
    (fact(Type.LIST), "a", "a list, such as [a, b]"),
    (fact(Type.LIST), "{a: b}", "a list, such as [a, b]"),
    (fact(Type.LIST), "[[a]]", "a list, such as [a, b]"),
    (fact(Type.LIST, "x", "y"), "[z]", r"a list, such as \[a, b\] of x, y"),
]


@pytest.mark.parametrize(("given", "text", "said"), WRONG)
def test_a_value_that_does_not_fit_says_how_it_is_written(given, text, said):
    with pytest.raises(ValueError, match=said.replace("[a, b]", r"\[a, b\]")):
        value_of(given, node(text))


@pytest.mark.parametrize(
    ("text", "null"), [("null", True), ("~", True), ("", True), ("'null'", False), ("[]", False), ("0", False)]
)
def test_only_a_bare_null_is_null(text, null):
    assert is_null(node(text)) is null


def test_every_type_of_the_vocabulary_can_be_written():
    assert {fact.type for fact in NAMES.values()} <= {given.type for given, _, _ in WRITTEN}
