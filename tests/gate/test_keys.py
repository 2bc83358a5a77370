"""Two keys, in either order, by two people, on one state and the same terms; a no takes one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.keys import LETS_IN, OUTCOMES, Side, Signature, needed, sides, standing
from gate.roles import Account, Role
from model.facts import STATUSES

NOW = datetime(2026, 7, 1, tzinfo=UTC)
IT, MARKETING = Side.IT, Side.MARKETING


def word(side, outcome="approve", *, account=None, terms="none", state="s", hours=0):
    who = {IT: 1, MARKETING: 2}[side] if account is None else account
    at = NOW + timedelta(hours=hours)
    return Signature(account=who, side=side, outcome=outcome, terms=terms, state=state, at=at)


def test_every_outcome_is_a_status():
    assert set(OUTCOMES.values()) <= set(STATUSES)
    assert set(OUTCOMES) >= LETS_IN


@pytest.mark.parametrize(
    ("outcome", "risk", "wanted"),
    [
        ("approve", "low", {IT}),
        ("approve", "medium", {IT}),
        ("approve", "high", {IT, MARKETING}),
        ("approve_with_conditions", "high", {IT, MARKETING}),
        ("approve", "unknown", {IT, MARKETING}),
        ("reject", "high", set()),
        ("retire", "unknown", set()),
    ],
)
def test_which_sides_must_sign(outcome, risk, wanted):
    assert needed(outcome, risk) == wanted


@pytest.mark.parametrize("order", [(IT, MARKETING), (MARKETING, IT)])
def test_the_keys_turn_in_either_order(order):
    first, second = word(order[0]), word(order[1], hours=1)

    assert standing([first], "high", "s").missing == {order[1]}
    assert standing([first], "high", "s").outcome is None
    assert standing([first, second], "high", "s").outcome == "approve"


def test_one_person_turns_one_key():
    both = [word(IT, account=7), word(MARKETING, account=7, hours=1)]

    assert standing(both, "high", "s").missing == {MARKETING}
    assert standing([*both, word(MARKETING, account=8, hours=2)], "high", "s").outcome == "approve"


def test_a_word_on_another_state_does_not_count_and_is_told():
    found = standing([word(IT, state="old"), word(MARKETING, hours=1)], "high", "s")

    assert (found.outcome, found.missing, found.stale) == (None, {IT}, {IT})


def test_keys_on_other_terms_open_nothing():
    found = standing([word(IT, terms="a"), word(MARKETING, terms="b", hours=1)], "high", "s")

    assert (found.outcome, found.missing) == (None, {IT})


def test_a_no_takes_one_side_and_the_other_ones_word_is_kept_as_dissent():
    yes = word(MARKETING)
    found = standing([yes, word(IT, "reject", hours=1)], "high", "s")

    assert found.outcome == "reject"
    assert found.dissent == (yes,)


def test_the_latest_word_of_a_side_counts():
    rows = [word(IT, "reject"), word(IT, hours=1), word(MARKETING, hours=2)]

    assert standing(rows, "high", "s").outcome == "approve"


def test_marketing_alone_lets_nothing_in():
    assert standing([word(MARKETING)], "low", "s").missing == {IT}


def test_nobody_has_spoken():
    assert standing([], "high", "s").outcome is None


@pytest.mark.parametrize(
    ("role", "signs"),
    [
        (Role.APPROVER_IT, {IT}),
        (Role.REVIEWER, {IT}),
        (Role.APPROVER_MARKETING, {MARKETING}),
        (Role.ADMINISTRATOR, set()),
        (Role.BUSINESS_USER, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_for_which_side_a_role_signs(role, signs):
    assert sides(Account(id=1, email="a@b.example", roles=frozenset({role}), valid_from=NOW)) == signs


WORDS = st.lists(
    st.builds(
        word,
        st.sampled_from(Side),
        st.sampled_from([*OUTCOMES]),
        account=st.integers(1, 3),
        terms=st.sampled_from("ab"),
        state=st.sampled_from(["s", "old"]),
    ),
    max_size=8,
)


@given(WORDS, st.sampled_from(["low", "medium", "high", "unknown"]))
def test_nothing_is_let_in_without_the_keys_of_two_people_where_two_are_needed(drawn, risk):
    words = [replace(one, at=NOW + timedelta(days=number)) for number, one in enumerate(drawn)]

    found = standing(words, risk, "s")

    if found.outcome in LETS_IN:
        behind = [w for w in words if w.outcome == found.outcome and w.state == "s"]
        assert needed(found.outcome, risk) <= {w.side for w in behind}
        assert len({w.account for w in behind}) >= len(needed(found.outcome, risk))
    if found.outcome is not None:
        assert not found.missing
        assert any(w.outcome == found.outcome and w.state == "s" for w in words)


def test_a_word_in_somebodys_stead_turns_their_key_too():
    first = word(IT, account=1)

    assert standing([first, replace(word(MARKETING, account=2, hours=1), beside=frozenset({1}))], "high", "s").missing
    found = standing([first, replace(word(MARKETING, account=2, hours=1), beside=frozenset({3}))], "high", "s")
    assert found.outcome == "approve"


@given(
    st.lists(
        st.builds(
            lambda side, account, beside, hours: replace(word(side, account=account, hours=hours), beside=beside),
            st.sampled_from(Side),
            st.integers(1, 4),
            st.frozensets(st.integers(1, 4), max_size=2),
            st.integers(0, 3),
        ),
        max_size=5,
    )
)
def test_two_keys_are_never_turned_by_one_hand(words):
    found = standing(words, "high", "s")

    if found.outcome is not None:
        latest = {one.side: one for one in words}
        assert not latest[IT].hands & latest[MARKETING].hands
