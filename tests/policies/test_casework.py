"""Cases: they state what the policy reads, and nothing else; what is left out is meant to be unknown."""

from datetime import UTC, date, datetime

import pytest

from model.facts import Known, Unknown
from policies.casework import read_case
from policies.documents import Place, documents
from policies.shape import EXPECTED, Case

READS = ("people.count", "data.personal", "now")


def read(text, reads=READS, mentions=()):
    (document,) = documents(f"- {text}")
    return read_case(document.items[0], reads, mentions, EXPECTED)


def wrong(text, **given):
    found = read(text, **given)
    assert not isinstance(found, Case)
    return found


def test_a_case_holds_what_it_states():
    found = read("{facts: {people.count: 3, data.personal: true, now: 2026-11-20}, expect: met, note: a  team}")

    assert found.facts == {"people.count": Known(3), "data.personal": Known(value=True)}
    assert (found.now, found.expect, found.note, found.line) == (datetime(2026, 11, 20, tzinfo=UTC), "met", "a team", 1)
    assert found.attributes == {}


def test_attributes_and_facts_are_told_apart():
    found = read("{facts: {tool.status: new, people.count: 3}, expect: met}", reads=("tool.status", "people.count"))

    assert found.attributes == {"tool.status": "new"}
    assert set(found.facts) == {"people.count"}


def test_a_case_may_state_what_the_message_mentions():
    text = "{facts: {people.count: 3, grants.last_used: never}, expect: violated}"

    found = read(text, reads=("people.count",), mentions=("grants.last_used",))

    assert found.facts["grants.last_used"] == Known(date(1970, 1, 1))


def test_a_case_that_does_not_read_the_day_has_one_all_the_same():
    assert read("{facts: {people.count: 3}, expect: met}", reads=("people.count",)).now.tzinfo is UTC


@pytest.mark.parametrize("left_out", ["{people.count: 3, now: 2026-11-20}", "{now: 2026-11-20}"])
def test_what_is_left_out_where_unknown_is_expected_is_unknown(left_out):
    found = read(f"{{facts: {left_out}, expect: unknown}}")

    assert "data.personal" not in found.facts


@pytest.mark.parametrize("expect", ["met", "violated", "unknown", "not_applicable"])
def test_a_null_is_an_unknown_that_is_meant_whatever_is_expected(expect):
    found = read(f"{{facts: {{people.count: null, data.personal: true, now: 2026-11-20}}, expect: {expect}}}")

    assert isinstance(found.facts["people.count"], Unknown)


def test_an_attribute_that_can_be_unknown_may_be_null_and_others_may_not():
    text = "{facts: {tool.marketing: null, tool.status: null}, expect: unknown}"

    found = wrong(text, reads=("tool.marketing", "tool.status"))

    assert [message for _, message in found if "tool.marketing" in message] == []
    assert any("tool.status is one of new, in_review" in message for _, message in found)


WRONG = [
    ("met", 3, "a case is {facts: {NAME: VALUE, ...}, expect: met}"),
    ("{expect: met}", 3, "a case is {facts:"),
    ("{facts: [people.count], expect: met}", 3, "a case is {facts:"),
    ("{facts: {}, expect: mett}", 3, "expect is one of met, violated, unknown, not_applicable"),
    ("{facts: {}}", 3, "expect is one of"),
    ("{facts: {}, expect: [met]}", 3, "expect is one of"),
    ("{facts: {}, expect: met, nte: x}", 28, "there is no key nte in a case: facts, expect, note"),
    ("{facts: {people.cuont: 3}, expect: met}", 12, "there is no fact people.cuont: did you mean people.count?"),
    ("{facts: {grants.active: 3}, expect: met}", 12, "neither the expressions nor the message read grants.active"),
    ("{facts: {people.count: many}, expect: met}", 26, "people.count is a whole number, such as 3"),
    ("{facts: {data.personal: 1}, expect: met}", 27, "data.personal is true or false"),
    ("{facts: {now: never}, expect: met}", 17, "now is a day, such as 2026-06-30"),
    ("{facts: {now: null}, expect: met}", 17, "now is a day"),
    ("{facts: {people.count: 3}, expect: unknown}", 11, "state now too: a tool's record always says it"),
    ("{facts: {now: 2026-11-20}, expect: met}", 11, "state people.count, data.personal too, or write null"),
    (
        "{facts: {now: 2026-11-20, people.count: 3, data.personal: true}, expect: unknown}",
        *(11, "a case that expects unknown leaves out at least one fact"),
    ),
]


@pytest.mark.parametrize(("text", "column", "said"), WRONG)
def test_what_is_wrong_with_a_case_is_named_at_its_place(text, column, said):
    found = wrong(text)

    assert any(place == Place(1, column) and said in message for place, message in found)


def test_everything_that_is_wrong_with_a_case_is_said_at_once():
    found = wrong("{facts: {people.cuont: 3, data.personal: 7}, expect: no, why: x}")

    assert len(found) >= 4
