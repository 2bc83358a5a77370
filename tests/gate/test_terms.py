"""Terms: what is said is kept so that another can agree to exactly that."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.keys import LETS_IN, OUTCOMES, Side
from gate.reviewing import Review, words
from gate.roles import Role
from gate.terms import Condition, Terms, agreed, check, decided, read, stated
from gate.terms import words as written
from model.errors import Refused
from storage import kept
from storage.store import Store
from storage.tables import metadata
from tests.gate.gatehouse import NOW, PLAIN, add_tool, gate, know, sign, staff, terms

DAY = timedelta(days=1)
TEXTS = st.text("abc xyz", min_size=1, max_size=20).filter(str.strip)
DAYS = st.integers(1, 1000).map(lambda days: NOW.date() + days * DAY)
CONDITIONS = st.lists(st.builds(Condition, text=TEXTS, owner=st.integers(1, 99), due=DAYS), min_size=1, max_size=3)


def said(outcome, conditions, review_by, instead_of):
    held = tuple(conditions) if outcome == "approve_with_conditions" else ()
    return terms(outcome, conditions=held, review_by=review_by, instead_of=instead_of)


ANY = st.builds(
    said, st.sampled_from([*OUTCOMES]), CONDITIONS, st.none() | DAYS, st.none() | st.sampled_from(["a", "b"])
)


@given(ANY)
def test_what_was_kept_of_terms_reads_as_the_same_terms(word):
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    with store.write() as connection:
        for text in written(word).values():
            kept.keep_text(connection, f"h:{text}", text)
        hashes = {name: f"h:{text}" for name, text in written(word).items()}
        detail = {"outcome": word.outcome, "state": "d", "on": stated(word), "words": hashes}
        found = read(connection, detail, "Seen too")
    store.close()

    assert agreed(found) == agreed(word)
    assert (found.outcome, found.reason, found.seen) == (word.outcome, "Seen too", "d")


@given(ANY, ANY)
def test_other_terms_have_another_digest(one, other):
    same = (one.conditions, one.review_by, one.instead_of) == (other.conditions, other.review_by, other.instead_of)
    plain = [[(c.text.strip(), c.owner, c.due) for c in word.conditions] for word in (one, other)]

    if agreed(one) == agreed(other):
        assert plain[0] == plain[1]
        assert (one.review_by, one.instead_of) == (other.review_by, other.instead_of)
    else:
        assert not same


@given(ANY)
def test_what_is_let_in_has_a_day_and_what_is_not_has_none(word):
    found = decided(NOW, word)

    assert found["status"] == OUTCOMES[word.outcome]
    assert ("review_by" in found) == (word.outcome in LETS_IN)
    if word.outcome in LETS_IN:
        assert found["review_by"] == (word.review_by or (NOW + 365 * DAY).date()).isoformat()


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        (terms("allow"), "ends by one of"),
        (terms(reason=" "), "--reason"),
        (terms(sentence=""), "--sentence"),
        (terms(reason="x" * 100_000), "10,000 characters"),
        (terms(sentence="one\ntwo"), "one line"),
        (terms(review_by=NOW.date()), "a day to come"),
        (terms(review_by=NOW.date() + 1200 * DAY), "within three years"),
        (terms("approve_with_conditions"), "a condition at least"),
        (terms("reject", conditions=(Condition(text="x", owner=1, due=NOW.date()),)), "no conditions"),
        (
            terms("approve_with_conditions", conditions=(Condition(text="x", owner=1, due=NOW.date() - DAY),)),
            "by a day to come",
        ),
        (
            terms("approve_with_conditions", conditions=(Condition(text="x", owner=1, due=NOW.date()),) * 21),
            "20 conditions at most",
        ),
    ],
)
def test_what_is_no_word_is_refused(word, refusal):
    with pytest.raises(Refused, match=refusal):
        check(NOW, word)


# --- agreeing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def case(connection, people):
    number = add_tool(connection)
    know(connection, PLAIN | {"data.personal": None})
    return number


def agree(connection, case, by, at=NOW + DAY, reason="Seen too"):
    return Review(connection, gate(at), case, by).agree(reason)


CONDITIONED = Terms(
    outcome="approve_with_conditions",
    reason="The DPA is missing",
    sentence="You may, once it is signed.",
    conditions=(Condition(text="Sign the DPA", owner=1, due=date(2026, 9, 30)),),
    review_by=date(2027, 1, 31),
    instead_of="mailer",
)


def test_who_agrees_turns_the_other_key_on_the_same_terms(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT], CONDITIONED)

    done = agree(connection, case, people[Role.APPROVER_MARKETING])

    decision = kept.decisions(connection)[-1]
    assert done.key.side is Side.MARKETING
    assert decision["id"] == done.decision
    assert decision["detail"]["conditions"] == [{"text": "condition_1", "owner": 1, "due": "2026-09-30"}]
    assert (decision["detail"]["review_by"], decision["detail"]["instead_of"]) == ("2027-01-31", "mailer")
    assert kept.text_of(connection, decision["detail"]["words"]["condition_1"]) == "Sign the DPA"


def test_there_is_nothing_to_agree_on_before_somebody_else_has_signed(connection, people, case):
    with pytest.raises(Refused, match="nobody else has signed"):
        agree(connection, case, people[Role.APPROVER_MARKETING])

    sign(connection, case, people[Role.APPROVER_IT])
    with pytest.raises(Refused, match="nobody else has signed"):
        agree(connection, case, people[Role.APPROVER_IT])


def test_who_has_the_first_sides_right_alone_cannot_agree(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])

    with pytest.raises(Refused, match="to sign for Marketing takes the role"):
        agree(connection, case, people[Role.REVIEWER])


def test_nobody_agrees_on_a_state_that_the_first_did_not_see(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])
    know(connection, PLAIN | {"data.personal": None, "people.count": 50}, at=NOW + timedelta(hours=1))

    with pytest.raises(Refused, match="another state than the one you read"):
        agree(connection, case, people[Role.APPROVER_MARKETING])
    assert len(words(connection, case)) == 1


def test_words_that_were_erased_cannot_be_agreed_to(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT], CONDITIONED)
    kept.erase_text(connection, words(connection, case)[0]["detail"]["words"]["condition_1"])

    with pytest.raises(Refused, match="was erased"):
        agree(connection, case, people[Role.APPROVER_MARKETING])


def test_agreeing_needs_a_reason_of_ones_own(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])

    with pytest.raises(Refused, match="--reason"):
        agree(connection, case, people[Role.APPROVER_MARKETING], reason=" ")


def test_the_day_of_a_tool_that_is_retired_is_that_by_which_people_have_moved():
    day = NOW.date() + 30 * DAY

    assert decided(NOW, terms("retire", review_by=day)) == {"status": "retired", "move_by": day.isoformat()}
    assert decided(NOW, terms("reject", review_by=day)) == {"status": "rejected"}
