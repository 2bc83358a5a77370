"""Messages: facts in braces, and their values as people say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import NAMES, Type
from policies.wording import Message, placeholders, say

NOW = datetime(2026, 11, 20, tzinfo=UTC)

SAID = [
    ("data.personal", True, "yes"),
    ("data.personal", False, "no"),
    ("people.count", 0, "0"),
    ("people.count", 12_345, "12,345"),
    ("access.mfa_share", 0.5, "50 %"),
    ("grants.last_used", date(2026, 11, 2), "2026-11-02"),
    ("grants.last_used", date(1970, 1, 1), "never"),
    ("grants.scopes", (), "none"),
    ("grants.scopes", ("a", "b"), "a, b"),
    ("tool.status", "in_review", "in review"),
    ("tool.name", "my_tool", "my_tool"),
    ("spend.annual", 1_240_500_000, "1,240.50"),
    ("spend.annual", -5_000_000, "-5"),
    ("people.count", None, "unknown"),
    ("now", NOW, "2026-11-20"),
]


@pytest.mark.parametrize(("name", "given_", "said"), SAID)
def test_a_value_is_said_as_people_say_it(name, given_, said):
    assert say(name, {name: given_}) == said


def test_a_duration_and_a_measure_are_said_in_hours_and_digits(monkeypatch):
    assert say("people.count", {"people.count": timedelta(hours=36)}) == "36 h"
    assert say("people.count", {"people.count": 99.95}) == "99.95"


@pytest.mark.parametrize(
    ("name", "measured", "said"),
    [
        ("spend.change_pct", 0.1796875, "18 %"),
        ("spend.change_pct", -0.05, "-5 %"),
        ("spend.per_active_vs_category", 3.4880581343022383, "3.488"),
        ("spend.per_active_vs_category", 3.0, "3"),
        ("support.uptime_promised", 99.995, "99.995"),
    ],
)
def test_a_measure_has_no_more_digits_than_it_says_something_by(name, measured, said):
    assert say(name, {name: measured}) == said


def test_money_has_its_currency_where_that_is_known():
    message = Message("{spend.annual} a year", ("spend.annual",))

    assert message.reads == ("spend.annual", "company.currency")
    assert message.said({"spend.annual": 12_000_000, "company.currency": "EUR"}) == "EUR 12 a year"
    assert message.said({"spend.annual": 12_000_000, "company.currency": ""}) == "12 a year"
    assert message.said({}) == "unknown a year"


@given(st.text(alphabet="ab {}", max_size=12))
def test_the_places_of_braces_are_those_in_the_text(text):
    try:
        places, whole = [at for at, _ in placeholders(text)], True
    except ValueError as stray:
        places, whole = [stray.args[0]], False

    assert all(text[at] in "{}" for at in places)
    assert not whole or text.count("{") == text.count("}") == len(places)


def test_a_message_is_a_sentence_with_its_facts_put_in():
    message = Message(
        "{people.count} people, {grants.active} grants; {people.count} again", ("people.count", "grants.active")
    )

    assert message.reads == ("people.count", "grants.active")
    assert message.said({"people.count": 3, "grants.active": 0}) == "3 people, 0 grants; 3 again"


def test_a_message_without_facts_is_said_as_it_is():
    assert Message("No owner.", ()).said({}) == "No owner."
    assert Message("", ()).said({}) == ""


def test_blanks_within_braces_do_not_matter():
    assert Message("{ people.count } people", ("people.count",)).said({"people.count": 1}) == "1 people"


@pytest.mark.parametrize(("text", "at"), [("a } b", 2), ("{people.count} {", 15), ("}{", 0), ("{{people.count}}", 0)])
def test_a_brace_without_its_other_half_is_found(text, at):
    with pytest.raises(ValueError) as stray:
        placeholders(text)

    assert stray.value.args == (at,)


def test_places_and_names_of_facts_are_found_in_order():
    found = placeholders("{people.count} of { grants.active }, {}")

    assert found == [(0, "people.count"), (18, "grants.active"), (37, "")]


@pytest.mark.parametrize("share", [0.0, 0.004, 0.5, 0.996, 1.0])
def test_a_share_is_said_in_whole_per_cent(share):
    assert say("access.mfa_share", {"access.mfa_share": share}) == f"{round(share * 100)} %"


MONEY = [name for name, fact in NAMES.items() if fact.type is Type.MONEY]


@given(st.sampled_from(MONEY), st.integers(-(2**53), 2**53))
def test_money_is_said_to_the_cent_and_never_as_millionths(name, micros):
    said = say(name, {name: micros}).replace(",", "")

    assert abs(float(said) - micros / 1_000_000) <= 0.0051


@given(st.sampled_from(sorted(NAMES)))
def test_what_is_not_known_is_said_to_be_unknown_whatever_it_is(name):
    assert say(name, {}) == say(name, {name: None}) == "unknown"
