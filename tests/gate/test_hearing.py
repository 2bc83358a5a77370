"""An answer is a fact at once; it closes its question, and the case goes on after the last one."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from gate import evaluating, hearing, links, questions
from gate.acting import Asking
from gate.hearing import Said
from gate.roles import Role
from model.errors import Refused
from model.facts import Known
from storage import cases as stored_cases
from storage import judged, kept
from storage import questions as stored
from storage.times import to_ms
from tests.gate.asking import ASKING, LACKS, ask, asking_gate, judge, lacking, open_questions
from tests.gate.gatehouse import NOW, TOOL, know, sign, staff, terms

FACT = "data.dpa_signed"
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def reviewer(connection):
    return staff(connection)[Role.REVIEWER]


@pytest.fixture
def case(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)
    return number


def token(connection):
    (row,) = open_questions(connection)
    return questions.token_of(asking_gate(), row)


def by_link(connection, given, text="yes", at=LATER, **rest):
    return hearing.answer_by_link(connection, asking_gate(at), given, text, **rest)


def verdict(connection):
    return {row["policy"]: row["verdict"] for row in judged.findings(connection, [TOOL])[TOOL]}.get("TST-02")


def test_an_answer_by_link_is_a_fact_at_once_by_who_was_asked(connection, case):
    given = token(connection)

    found = by_link(connection, given, document="DPA of 3 March 2026", note="Signed by both")

    (row,) = stored.questions(connection)
    (decision,) = [row for row in kept.decisions(connection) if row["kind"] == "answer"]
    fact = evaluating.known(connection, TOOL)[FACT]
    assert (fact.value, fact.evidence) == (True, (f"answer:{found.decision}",))
    assert decision["by"] == f"person:{row['actor_id']}"
    assert kept.text_of(connection, decision["detail"]["words"]["document"]) == "DPA of 3 March 2026"
    assert (row["state"], row["answer"], row["closed_at"]) == ("answered", found.decision, to_ms(LATER))
    assert (found.question, found.fact, found.until) == (row["id"], FACT, date(2027, 7, 1))


def test_the_policies_see_an_answer_in_the_same_transaction(connection, case):
    assert verdict(connection) == "unknown"

    by_link(connection, token(connection), "no")

    assert verdict(connection) == "violated"


def test_the_last_answer_lets_the_case_go_back_to_its_review(connection, case):
    by_link(connection, token(connection))

    found = stored_cases.case(connection, case)
    assert (found["stage"], found["waiting_for"]) == ("review", "security")
    (event,) = [e for e in stored_cases.events(connection, case) if e["kind"] == "question_answer"]
    assert event["detail"]["question"] == 1


def test_a_link_that_was_used_opens_nothing(connection, case):
    given = token(connection)
    by_link(connection, given)

    with pytest.raises(Refused, match="a link opens once"):
        by_link(connection, given, "no")

    assert verdict(connection) is None
    assert len([row for row in kept.decisions(connection) if row["kind"] == "answer"]) == 1


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("perhaps", {}),
        ("", {}),
        ("a" * 100_000, {}),
        ("yes", {"note": "a" * 100_000}),
        ("yes", {"note": "a\0b"}),
        ("yes", {"document": "a" * (1 << 20)}),
        ("yes", {"document": "../../\x1b]0;etc\x07passwd"}),
    ],
)
def test_what_is_no_answer_leaves_the_link_unused_and_nothing_half_done(store, text, rest):
    with store.write() as connection:
        number, by = lacking(connection), staff(connection)[Role.REVIEWER]
        ask(connection, number, by)
        given, trail = token(connection), len(kept.audit_rows(connection))

    with pytest.raises(Refused), store.write() as connection:
        by_link(connection, given, text, **rest)

    with store.write() as connection:
        assert len(kept.audit_rows(connection)) == trail
        assert kept.decisions(connection) == []
        assert by_link(connection, given).question == 1


def test_a_link_is_refused_after_its_day_after_the_case_and_where_links_are_off(connection, case):
    given = token(connection)
    with pytest.raises(Refused, match="ended on"):
        by_link(connection, given, at=NOW + timedelta(days=15))
    with pytest.raises(Refused, match="with your account"):
        hearing.answer_by_link(connection, asking_gate(asking=Asking(link_key=ASKING.link_key)), given, "yes")
    with pytest.raises(Refused, match="`ostiary init` makes"):
        hearing.answer_by_link(connection, asking_gate(asking=Asking(links=True)), given, "yes")

    assert len(open_questions(connection)) == 1


def test_a_link_to_a_case_that_was_decided_is_refused(connection):
    people = staff(connection)
    number = lacking(connection)
    ask(connection, number, people[Role.REVIEWER])
    given = token(connection)
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No."))

    with pytest.raises(Refused, match="ended on 01 July 2026 with its case"):
        by_link(connection, given)


def test_an_answer_with_an_account_closes_the_question_too(connection, case, reviewer):
    found = hearing.answer(
        connection,
        asking_gate(LATER),
        TOOL,
        FACT,
        Said(text="yes", until=date(2026, 8, 1)),
        by=f"account:{reviewer.id}",
    )

    (row,) = stored.questions(connection)
    assert (found.question, row["state"]) == (row["id"], "answered")
    assert stored_cases.case(connection, case)["stage"] == "review"


def test_an_answer_that_nobody_was_asked_for_is_an_answer_all_the_same(connection):
    lacking(connection)

    found = hearing.answer(connection, asking_gate(), TOOL, FACT, Said(text="yes"), by="user:ana")

    assert found.question is None
    assert evaluating.known(connection, TOOL)[FACT].value is True


def test_what_a_source_shows_stands_before_an_answer(connection):
    lacking(connection, facts=LACKS)

    hearing.answer(connection, asking_gate(), TOOL, "data.personal", Said(text="no"), by="user:ana")

    assert evaluating.known(connection, TOOL)["data.personal"] == Known(True)


def test_a_later_answer_takes_the_place_of_an_earlier_one(connection):
    lacking(connection)
    hearing.answer(connection, asking_gate(), TOOL, FACT, Said(text="yes"), by="user:ana")

    hearing.answer(connection, asking_gate(LATER), TOOL, FACT, Said(text="no"), by="user:ana")

    assert evaluating.known(connection, TOOL)[FACT].value is False
    assert verdict(connection) == "violated"


def test_the_trail_names_numbers_and_holds_no_words(connection, case):
    by_link(connection, token(connection), note="Ask Bo about it")

    rows = kept.audit_rows(connection)
    assert "Ask Bo" not in json.dumps(rows)
    assert asking_gate().trail.verify(rows) is None


def test_one_answer_of_two_leaves_the_case_waiting(connection, case, reviewer):
    ask(connection, case, reviewer, "data.regions", to="dpo@example.com")
    judge(connection)
    know(connection, LACKS)

    hearing.answer(connection, asking_gate(), TOOL, "data.regions", Said(text="Ireland"), by="user:ana")

    assert stored_cases.case(connection, case)["stage"] == "questions"


def at_once(store, act):
    """Let two threads act at the same moment, each in a transaction of its own; return what each got."""
    both = threading.Barrier(2)

    def one():
        both.wait()
        try:
            with store.write() as connection:
                return act(connection)
        except Refused as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(one), pool.submit(one)]]


def test_of_two_who_open_a_link_at_the_same_moment_one_is_heard(store):
    with store.write() as connection:
        ask(connection, lacking(connection), staff(connection)[Role.REVIEWER])
        given = token(connection)

    found = at_once(store, lambda connection: by_link(connection, given))

    (refused,) = [one for one in found if isinstance(one, str)]
    assert "a link opens once" in refused
    with store.read() as connection:
        assert len(kept.decisions(connection)) == 1
        assert asking_gate().trail.verify(kept.audit_rows(connection)) is None


def test_of_two_who_ask_at_the_same_moment_one_asks(store):
    with store.write() as connection:
        number, by = lacking(connection), staff(connection)[Role.REVIEWER]

    found = at_once(store, lambda connection: ask(connection, number, by))

    assert sorted(len(one.made) for one in found) == [0, 1]
    with store.read() as connection:
        assert len(stored.questions(connection)) == 1


def test_looking_at_a_link_shows_its_question_and_uses_nothing_up(connection, case):
    given = token(connection)

    for _ in range(2):
        assert hearing.asked_by_link(connection, asking_gate(LATER), given)["fact"] == FACT

    assert by_link(connection, given).question is not None
    with pytest.raises(links.LinkOver, match="was answered"):
        hearing.asked_by_link(connection, asking_gate(LATER), given)


def test_an_answer_by_link_holds_until_the_day_that_is_said(connection, case):
    until = (LATER + timedelta(days=40)).date()

    assert by_link(connection, token(connection), until=until).until == until
