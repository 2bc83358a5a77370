"""What was answered last and has not ended is a fact; what a source shows stands before it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import VOCABULARY, Known, Unknown
from scanner.facts.answers import standing
from scanner.facts.derive import facts
from storage.times import from_ms
from tests.scanner.facts.worlds import AS_OF, ago, tool, world

TODAY = AS_OF.date()


def answered(number, name, value, until=TODAY + timedelta(days=90)):
    return {"id": number, "at": ago(5), "detail": {"fact": name, "value": value, "until": until.isoformat()}}


def test_the_latest_answer_holds():
    held, ended = standing([answered(1, "data.records", 10), answered(2, "data.records", 20)], AS_OF)

    assert held["data.records"].value == 20
    assert held["data.records"].evidence == ("answer:2",)
    assert ended == 0


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (1, True)])
def test_an_answer_holds_through_its_last_day(days, holds):
    held, ended = standing([answered(1, "data.records", 10, TODAY + timedelta(days=days))], AS_OF)

    assert ("data.records" in held, ended) == (holds, int(not holds))


def test_an_answer_that_ended_does_not_bring_an_older_one_back():
    rows = [answered(1, "data.records", 10), answered(2, "data.records", 20, TODAY - timedelta(days=1))]

    assert standing(rows, AS_OF) == ({}, 1)


@pytest.mark.parametrize(
    ("name", "value"), [("data.records", "many"), ("data.record", 10), ("people.count", 3), ("data.role", "owner")]
)
def test_what_the_vocabulary_no_longer_has_is_no_fact(name, value):
    assert standing([answered(1, name, value)], AS_OF) == ({}, 0)


def test_what_a_source_shows_stands_before_an_answer():
    shown = facts(tool(answers=[answered(1, "connections.crm", False)]), world())["connections.crm"]
    paid = facts(tool(answers=[answered(1, "data.personal", False)]), world())["data.personal"]

    assert not (isinstance(shown, Known) and shown.value and shown.evidence == ("answer:1",))
    assert paid == Known(False, ("answer:1",), paid.at)


def test_ended_answers_are_counted_and_the_fact_is_left_out_again():
    gone = TODAY - timedelta(days=2)
    found = facts(tool(answers=[answered(1, "data.records", 10, gone), answered(2, "ai.agent", True, gone)]), world())

    assert found["provenance.answers_expired"] == Known(2)
    assert "data.records" not in found


def test_facts_follow_from_answers():
    rows = [
        answered(1, "contract.end", "2027-02-28"),
        answered(2, "contract.notice_days", 60),
        answered(3, "ownership.importance_marketing", "high"),
        answered(4, "ownership.importance_it", "low"),
    ]
    found = facts(tool(answers=rows), world())

    assert found["contract.notice_deadline"].value == date(2026, 12, 30)
    assert set(found["contract.notice_deadline"].evidence) == {"answer:1", "answer:2"}
    assert found["ownership.rating_gap"].value == 2


def test_half_of_what_is_needed_is_unknown_and_says_which():
    found = facts(tool(answers=[answered(1, "contract.end", "2027-02-28")]), world())

    assert found["contract.notice_deadline"] == Unknown("contract.notice_days is unknown")


ASKED = sorted(name for name, fact in VOCABULARY.items() if fact.question)


@given(st.lists(st.tuples(st.sampled_from(ASKED), st.integers(-400, 400)), max_size=12))
def test_each_question_holds_has_ended_or_was_never_answered(drawn):
    rows = [answered(n, name, True, TODAY + timedelta(days=days)) for n, (name, days) in enumerate(drawn)]
    last = dict(drawn)

    held, ended = standing(rows, AS_OF)

    assert set(held) <= {name for name, days in last.items() if days >= 0}
    assert ended == sum(days < 0 for days in last.values())


def rated(number, side, importance):
    detail = {"side": side, "importance": importance, "risk": "low"}
    return {"id": number, "at": ago(3), "kind": "rating", "detail": detail}


def test_a_rating_stands_before_an_answer_whichever_came_later():
    subject = tool(
        answers=[answered(9, "ownership.importance_it", "high")],
        ratings=[rated(1, "it", "medium"), rated(2, "it", "low"), rated(3, "marketing", "high")],
    )

    found = facts(subject, world(subject))

    assert found["ownership.importance_it"] == Known("low", ("decision:2",), from_ms(ago(3)))
    assert found["ownership.importance_marketing"].value == "high"
    assert found["ownership.rating_gap"].value == 2
    assert found["ownership.rating_gap"].evidence == ("decision:3", "decision:2")
