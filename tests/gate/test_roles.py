"""Who may do what: by role, unit and time, and never by two halves of two roles."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.roles import RIGHTS, Account, Act, Role, may, require
from model.errors import Refused

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(days=30), NOW - timedelta(days=30)


def account(*roles, units=(), valid_from=BEFORE, valid_to=None):
    return Account(
        id=1,
        email="ana@example.com",
        roles=frozenset(roles),
        units=units,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def test_every_act_has_roles_and_every_role_acts():
    assert set(RIGHTS) == set(Act)
    assert frozenset().union(*(RIGHTS[act] for act in Act if act is not Act.LOOK)) == frozenset(Role)


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.ADMINISTRATOR, {Act.LOOK, Act.REQUEST, Act.ACCOUNTS, Act.AUDIT, Act.REVEAL, Act.RUN}),
        (Role.AUDITOR, {Act.LOOK, Act.AUDIT, Act.REVEAL}),
        (Role.BUSINESS_USER, {Act.LOOK, Act.REQUEST, Act.ANSWER, Act.RATE}),
        (
            Role.APPROVER_MARKETING,
            {Act.LOOK, Act.REQUEST, Act.ANSWER, Act.RATE, Act.CORRECT, Act.SIGN_MARKETING, Act.REVEAL},
        ),
        (Role.REVIEWER, set(Act) - {Act.SIGN_MARKETING, Act.REVOKE, Act.ACCOUNTS, Act.REVEAL}),
        (Role.APPROVER_IT, set(Act) - {Act.SIGN_MARKETING, Act.ACCOUNTS, Act.REVEAL}),
    ],
)
def test_a_role_allows_its_acts_and_no_others(role, acts):
    assert {act for act in Act if may(account(role), act, at=NOW)} == acts


def test_nobody_signs_for_both_sides_by_one_role():
    both = {role for role in Role if role in RIGHTS[Act.SIGN_IT] and role in RIGHTS[Act.SIGN_MARKETING]}

    assert both == set()


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds", "said"),
    [
        (BEFORE, None, True, ""),
        (NOW, SOON, True, ""),
        (SOON, None, False, "does not hold yet"),
        (BEFORE, NOW, False, "has ended"),
    ],
)
def test_an_account_acts_while_it_holds(valid_from, valid_to, holds, said):
    one = account(Role.REVIEWER, valid_from=valid_from, valid_to=valid_to)

    assert may(one, Act.WORK, at=NOW) is holds
    if not holds:
        with pytest.raises(Refused, match=said):
            require(one, Act.WORK, at=NOW)


@pytest.mark.parametrize(
    ("unit", "covered"),
    [
        ("Marketing", True),
        ("marketing/Events", True),
        ("/Marketing/", False),
        ("Marketing Operations", False),
        ("Sales", False),
        (None, False),
    ],
)
def test_a_limited_account_acts_on_its_units_and_what_is_below(unit, covered):
    one = account(Role.REVIEWER, units=("Marketing/",))

    assert may(one, Act.WORK, at=NOW, unit=unit) is covered
    if not covered:
        with pytest.raises(Refused, match="acts for Marketing/ only"):
            require(one, Act.WORK, at=NOW, unit=unit)


def test_a_refusal_says_which_role_it_takes():
    with pytest.raises(Refused, match=r"to sign for Marketing takes the role approver marketing; ana@.* has auditor"):
        require(account(Role.AUDITOR), Act.SIGN_MARKETING, at=NOW)


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Act))
def test_roles_add_up_and_an_empty_set_may_nothing(roles, act):
    expected = any(may(account(role), act, at=NOW) for role in roles)

    assert may(account(*roles), act, at=NOW) is expected
    assert not may(account(), act, at=NOW)
