"""Each fact is asked for once, of the person who can answer it; asking and answering move the case."""

import contextlib
import json
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from gate import hearing, links, questions
from gate.acting import Asking
from gate.hearing import Said
from gate.questions import Asking as Questions
from gate.roles import Role
from gate.undoing import undo
from gate.working_time import WorkingTime
from model.errors import Refused
from model.facts import Unknown
from storage import cases as stored_cases
from storage import kept
from storage import questions as stored
from storage.store import Store
from storage.tables import metadata
from storage.times import from_ms, to_ms
from tests.gate.asking import ASKING, LACKS, ask, asking_gate, judge, lacking, open_questions, own, person
from tests.gate.gatehouse import NOW, TOOL, gate, sign, staff, terms

DAY = timedelta(days=1)
FACT = "data.dpa_signed"


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def reviewer(people):
    return people[Role.REVIEWER]


def stage(connection, number):
    found = stored_cases.case(connection, number)
    return found["stage"], found["waiting_for"]


def listed(connection, at=NOW):
    return questions.listed(connection, asking_gate(at), stored.questions(connection))


def test_asking_makes_one_question_to_who_can_answer_and_the_case_waits_for_it(connection, reviewer):
    number = lacking(connection)

    found = ask(connection, number, reviewer)

    (row,) = open_questions(connection)
    assert found.made == (row["id"],)
    assert (row["fact"], row["asks"], row["address"], row["case_id"]) == (FACT, "privacy", "dpo@example.com", number)
    assert from_ms(row["due_at"]).date() == date(2026, 7, 8)
    assert stage(connection, number) == ("questions", "owner")


def test_asking_leaves_a_row_in_the_trail_and_on_the_case_without_words_or_addresses(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)

    (row,) = [row for row in kept.audit_rows(connection) if row["act"] == "question.ask"]
    (event,) = [event for event in stored_cases.events(connection, number) if event["kind"] == "question_ask"]
    assert (row["actor"], row["object"]) == (f"account:{reviewer.id}", f"tool:{TOOL}")
    assert json.loads(row["detail"])["fact"] == event["detail"]["fact"] == FACT
    assert "dpo@" not in row["detail"]


def test_what_is_open_is_not_asked_again(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)

    again = ask(connection, number, reviewer, at=NOW + 3 * DAY)

    assert (again.made, again.before) == ((), (FACT,))
    assert len(stored.questions(connection)) == 1
    with pytest.raises(Refused, match=r"was asked on 01 July 2026 already, of dpo@example\.com \(question 1\)"):
        ask(connection, number, reviewer, FACT)


def test_a_question_for_which_nobody_is_known_stays_with_the_reviewer_until_somebody_is(connection, reviewer):
    number = lacking(connection)
    nobody = {"asking": Asking()}

    first = ask(connection, number, reviewer, **nobody)
    assert (first.made, len(first.unaddressed)) == ((), 1)
    assert stage(connection, number)[0] == "new"
    assert ask(connection, number, reviewer, **nobody).before == (FACT,)

    second = ask(connection, number, reviewer)
    (row,) = open_questions(connection)
    assert second.made == first.unaddressed == (row["id"],)
    assert stage(connection, number)[0] == "questions"


def test_a_reviewer_says_whom_to_ask(connection, reviewer):
    number = lacking(connection)
    vera = person(connection, "vera@example.com")

    found = ask(connection, number, reviewer, FACT, to="Vera@example.com")

    (row,) = open_questions(connection)
    assert (found.made, row["actor_id"]) == ((row["id"],), vera)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (("data.dpa_sined",), "did you mean data.dpa_signed"),
        (("people.count",), "not asked of people"),
        (("data.personal",), "is known"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_asked(store, facts, said):
    with store.write() as connection:
        number, reviewer = lacking(connection), staff(connection)[Role.REVIEWER]

    with pytest.raises(Refused, match=said), store.write() as connection:
        ask(connection, number, reviewer, FACT, *facts)

    with store.read() as connection:
        assert stored.questions(connection) == []
        assert stage(connection, number)[0] == "new"


@pytest.mark.parametrize("status", ["rejected", "retired"])
def test_nothing_is_asked_about_a_tool_that_nobody_may_use(connection, reviewer, status):
    number = lacking(connection)
    connection.execute(text("UPDATE tool SET status = :status"), {"status": status})

    assert ask(connection, number, reviewer).made == ()
    with pytest.raises(Refused, match="rejected or retired"):
        ask(connection, number, reviewer, FACT)


def test_a_person_gets_so_many_a_day_and_the_rest_on_another(connection, reviewer):
    number = lacking(connection)
    own(connection, "ana@example.com")
    wanted = ("ownership.account_holder", "ownership.root_mailbox", "data.records")
    few = Asking(a_day=2)

    first = ask(connection, number, reviewer, *wanted, asking=few)
    same_day = ask(connection, number, reviewer, "data.records", at=NOW + timedelta(hours=2), asking=few)
    next_day = ask(connection, number, reviewer, "data.records", at=NOW + DAY, asking=few)

    assert (len(first.made), first.later) == (2, ("data.records",))
    assert (same_day.made, same_day.later) == ((), ("data.records",))
    assert len(next_day.made) == 1


def test_the_day_of_the_cap_is_the_companys(connection, reviewer):
    number = lacking(connection)
    own(connection, "ana@example.com")
    zone = WorkingTime(zone="Pacific/Auckland")
    late = NOW.replace(hour=11, minute=59)  # noon in UTC is midnight there
    held = {"asking": Asking(a_day=1), "time": zone}

    assert len(ask(connection, number, reviewer, "data.records", at=late, **held).made) == 1
    found = ask(connection, number, reviewer, "ownership.root_mailbox", at=late + timedelta(minutes=2), **held)
    assert len(found.made) == 1


def test_only_who_may_work_on_a_case_asks_and_only_while_it_is_open(connection, people):
    number = lacking(connection)
    with pytest.raises(Refused, match="to work takes the role"):
        ask(connection, number, people[Role.BUSINESS_USER])
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No."))
    with pytest.raises(Refused, match="is closed"):
        ask(connection, number, people[Role.REVIEWER])


# --- taking back -----------------------------------------------------------------------------------------------------


def withdraw(connection, number, by, reason="Found it in the contract", at=NOW):
    row = questions.the_question(connection, number)
    Questions(connection, asking_gate(at), row["case_id"], by).withdraw(row, reason)


def test_a_question_that_is_taken_back_lets_the_case_go_on_and_is_not_asked_by_itself(connection, reviewer):
    number = lacking(connection)
    (question,) = ask(connection, number, reviewer).made

    withdraw(connection, question, reviewer)

    assert stage(connection, number) == ("review", "security")
    assert ask(connection, number, reviewer).made == ()
    assert len(ask(connection, number, reviewer, FACT).made) == 1


@pytest.mark.parametrize("reason", ["", "  ", "a" * 100_000, "a\0b"])
def test_taking_back_takes_a_reason(connection, reviewer, reason):
    (question,) = ask(connection, lacking(connection), reviewer).made

    with pytest.raises(Refused):
        withdraw(connection, question, reviewer, reason)

    assert len(open_questions(connection)) == 1


def test_what_is_not_open_is_not_taken_back(connection, reviewer):
    (question,) = ask(connection, lacking(connection), reviewer).made
    withdraw(connection, question, reviewer)

    with pytest.raises(Refused, match="only an open one"):
        withdraw(connection, question, reviewer)
    with pytest.raises(Refused, match="there is no question 99"):
        questions.the_question(connection, 99)


def test_the_case_goes_on_only_after_the_last_question(connection, reviewer):
    number = lacking(connection)
    first, second = ask(connection, number, reviewer, FACT, "data.regions", to="dpo@example.com").made

    withdraw(connection, first, reviewer)
    assert stage(connection, number)[0] == "questions"
    withdraw(connection, second, reviewer)
    assert stage(connection, number)[0] == "review"


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_says_what_hangs_on_a_question_and_whether_it_is_late(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer, FACT, "data.regions", to="dpo@example.com")

    first, second = listed(connection)
    late = listed(connection, NOW + 30 * DAY)

    assert (first["fact"], first["findings"], first["overdue"]) == (FACT, ["TST-02:quillfox"], False)
    assert (second["fact"], second["findings"]) == ("data.regions", [])
    assert first["question"] == "Does a data processing agreement cover this tool and account?"
    assert first["expected"] == "yes or no"
    assert [row["overdue"] for row in late] == [True, True]
    assert [row["link"] for row in late] == [False, False]


def test_a_question_whose_case_was_closed_is_open_no_more(connection, people):
    number = lacking(connection)
    ask(connection, number, people[Role.REVIEWER])
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No."))

    (row,) = listed(connection)

    assert (row["state"], row["findings"], row["overdue"]) == ("expired", [], False)


def test_an_answer_that_has_ended_is_said_to_have_and_is_asked_for_again(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)
    said = Said(text="yes", until=date(2026, 7, 20))
    hearing.answer(connection, asking_gate(), TOOL, FACT, said, by=f"account:{reviewer.id}")
    then = NOW + 30 * DAY

    before, after = listed(connection)[0]["state"], listed(connection, then)[0]["state"]
    judge(connection, then, **{FACT: Unknown("the answer has ended")})
    again = ask(connection, number, reviewer, at=then)

    assert (before, after) == ("answered", "ended")
    assert len(again.made) == 1


def test_what_was_answered_and_still_holds_is_not_asked_again(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)
    hearing.answer(connection, asking_gate(), TOOL, FACT, Said(text="yes"), by="account:2")
    judge(connection)

    assert ask(connection, number, reviewer).before == (FACT,)
    with pytest.raises(Refused, match=r"and answered \(question 1\): the answer still holds"):
        ask(connection, number, reviewer, FACT)


def test_an_answer_that_was_undone_may_be_asked_for_again(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)
    made = hearing.answer(connection, asking_gate(), TOOL, FACT, Said(text="yes"), by="account:2")
    assert questions.standing(connection, asking_gate(), TOOL)
    undo(connection, asking_gate(), made.decision, "Read the wrong page", reviewer)
    judge(connection)

    assert len(ask(connection, number, reviewer).made) == 1


# --- links -----------------------------------------------------------------------------------------------------------


def test_a_link_is_made_where_the_company_lets_people_answer_by_one(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)
    (row,) = open_questions(connection)

    found = questions.token_of(asking_gate(), row)

    assert links.kept(found) == row["link_hash"]
    assert found not in repr(kept.audit_rows(connection)) + repr(stored.questions(connection))


def test_without_links_there_is_none(connection, reviewer):
    number = lacking(connection)
    off = Asking(roles=ASKING.roles)
    ask(connection, number, reviewer, asking=off)
    (row,) = open_questions(connection)

    assert (row["link_hash"], questions.token_of(asking_gate(asking=off), row)) == (None, None)
    assert questions.token_of(asking_gate(), row) is None
    with pytest.raises(Refused, match="answer_links = true"):
        Questions(connection, asking_gate(asking=off), number, reviewer).link(row)


def test_a_new_link_takes_the_place_of_the_one_before(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer)
    (row,) = open_questions(connection)
    old = questions.token_of(asking_gate(), row)
    later = asking_gate(NOW + DAY)

    new = Questions(connection, later, number, reviewer).link(row)

    assert new != old
    with pytest.raises(Refused, match="a newer link"):
        hearing.answer_by_link(connection, later, old, "yes")
    assert hearing.answer_by_link(connection, later, new, "yes").question == row["id"]
    assert [row["act"] for row in kept.audit_rows(connection)].count("question.link") == 1


def test_a_question_that_went_to_nobody_has_no_link(connection, reviewer):
    number = lacking(connection)
    ask(connection, number, reviewer, asking=Asking(links=True, link_key=b"k" * 32))
    (row,) = open_questions(connection)

    assert row["link_hash"] is None
    with pytest.raises(Refused, match="there is no link to it"):
        Questions(connection, asking_gate(), number, reviewer).link(row)


# --- once ------------------------------------------------------------------------------------------------------------

WANTED = (FACT, "data.regions", "data.records")


class AskingMachine(RuleBasedStateMachine):
    """A tool, its case, three facts, and whatever reviewers and those whom they ask do in any order."""

    store = None

    @initialize()
    def open(self):
        self.store, self.at, self.used = Store("sqlite://"), NOW, set()
        metadata.create_all(self.store.engine)
        with self.store.write() as connection:
            self.by = staff(connection)[Role.REVIEWER]
            own(connection, "ana@example.com")
            self.case = lacking(connection, facts=LACKS)

    def _act(self, act):
        self.at += timedelta(minutes=1)
        with contextlib.suppress(Refused), self.store.write() as connection:
            return act(connection)
        return None

    @rule(facts=st.lists(st.sampled_from(WANTED), max_size=3), to=st.sampled_from([None, "dpo@example.com"]))
    def ask(self, facts, to):
        self._act(lambda connection: ask(connection, self.case, self.by, *facts, to=to, at=self.at))

    @rule(at=st.integers(0, 5))
    def take_back(self, at):
        def act(connection):
            rows = stored.questions(connection)
            if rows:
                withdraw(connection, rows[at % len(rows)]["id"], self.by, at=self.at)

        self._act(act)

    @rule(fact=st.sampled_from(WANTED), days=st.integers(0, 30))
    def answer(self, fact, days):
        text_ = {"data.regions": "Ireland", "data.records": "12"}.get(fact, "yes")
        said = Said(text=text_, until=(self.at + days * DAY).date())
        self._act(lambda c: hearing.answer(c, asking_gate(self.at), TOOL, fact, said, by="account:2"))

    @rule(at=st.integers(0, 5))
    def open_a_link(self, at):
        def act(connection):
            rows = stored.questions(connection)
            if not rows or rows[at % len(rows)]["link_hash"] is None:
                return
            row = rows[at % len(rows)]
            token = links.token(links.derived_key(ASKING.link_key), row)
            text_ = {"data.regions": "Ireland", "data.records": "12"}.get(row["fact"], "yes")
            hearing.answer_by_link(connection, asking_gate(self.at), token, text_)
            assert token not in self.used
            self.used.add(token)

        self._act(act)

    @rule(days=st.integers(1, 40))
    def wait(self, days):
        self.at += days * DAY

    @invariant()
    def no_fact_has_two_questions_that_are_open_or_hold(self):
        if self.store is None:
            return
        with self.store.read() as connection:
            standing = [row["fact"] for row in questions.standing(connection, asking_gate(self.at), TOOL)]
            open_ = [row["fact"] for row in open_questions(connection)]
        assert len(open_) == len(set(open_))
        assert not [fact for fact in open_ if standing.count(fact) > 1]

    @invariant()
    def the_case_waits_exactly_while_somebody_has_a_question(self):
        if self.store is None:
            return
        with self.store.read() as connection:
            waits = any(row["actor_id"] is not None for row in open_questions(connection))
            assert (stage(connection, self.case)[0] == "questions") == waits
            assert gate().trail.verify(kept.audit_rows(connection)) is None

    @invariant()
    def nobody_gets_more_than_the_cap_a_day(self):
        if self.store is None:
            return
        with self.store.read() as connection:
            days = [(row["person"], from_ms(row["asked_at"]).date()) for row in stored.questions(connection)]
        assert all(days.count(one) <= ASKING.a_day for one in days)

    def teardown(self):
        if self.store is not None:
            self.store.close()


AskingMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
test_a_question_is_asked_once_and_a_link_opens_once = AskingMachine.TestCase


def test_the_moment_of_a_question_is_the_acts(connection, reviewer):
    ask(connection, lacking(connection), reviewer)

    assert open_questions(connection)[0]["asked_at"] == to_ms(NOW)
