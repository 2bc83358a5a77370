"""Who stands in signs by the right of who is away: noted, never twice, never by the right of who asked."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from gate import accounts
from gate.keys import Side
from gate.roles import Role
from gate.standing_in import Key, Place, hands, key_for, keys_of, principals
from model.errors import Refused
from storage import kept
from storage.tables import metadata
from storage.times import to_ms
from tests.gate.gatehouse import NOW, PLAIN, add_tool, gate, know, sign, staff, terms

DAY = timedelta(days=1)
RISKY = PLAIN | {"data.personal": None}


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def case(connection, people):
    return add_tool(connection)


def delegate(connection, away, to, since=NOW, until=NOW + 30 * DAY):
    return accounts.delegate(connection, gate().trail, away, to.email, since=since, until=until, at=NOW)


def add(connection, people, email, *roles, units=()):
    root = people[Role.ADMINISTRATOR]
    return accounts.add(connection, gate().trail, root, email, roles, at=NOW, units=units).account


def request(connection, case, account):
    row = {"case_id": case, "tool_id": "quillfox", "name": "Quillfox", "account_id": account.id, "at": to_ms(NOW)}
    lists = {"data": "[]", "needs": "[]", "purpose_hash": "", "answered": "{}"}
    connection.execute(insert(metadata.tables["request"]).values(row | lists))


def one_person(connection, *people):
    """Let accounts be one person's, as the directory knows it."""
    for one in people:
        actor = connection.scalar(text("SELECT actor_id FROM account WHERE id = :id"), {"id": one.id})
        row = {"actor_id": actor, "person_id": 1, "valid_from": 0, "why": "same person"}
        table = metadata.tables["actor_person"]
        known = {name: value for name, value in row.items() if name in table.c}
        required = {c.name: "" for c in table.c if not c.nullable and c.name not in known and not c.primary_key}
        connection.execute(insert(table).values(required | known))


def test_a_stand_in_signs_by_the_right_of_who_is_away_and_the_signature_says_for_whom(connection, people, case):
    away, stand_in = people[Role.APPROVER_IT], people[Role.BUSINESS_USER]
    delegate(connection, away, stand_in)

    done = sign(connection, case, stand_in)

    (signature, _) = kept.decisions(connection)
    assert done.decision is not None
    assert done.key == Key(side=Side.IT, of=done.key.of)
    assert done.key.of.id == away.id
    assert (signature["by"], signature["detail"]["account"]) == (f"account:{stand_in.id}", stand_in.id)
    assert signature["detail"]["for"] == away.id


@pytest.mark.parametrize("at", [NOW - DAY, NOW + 31 * DAY], ids=["before", "after"])
def test_it_holds_in_its_days_only(connection, people, at):
    away, stand_in = people[Role.APPROVER_IT], people[Role.BUSINESS_USER]
    delegate(connection, away, stand_in, since=NOW + timedelta(hours=1))

    assert principals(connection, stand_in, at) == []
    assert [one.id for one in principals(connection, stand_in, NOW + DAY)] == [away.id]


def test_it_ends_when_it_is_ended_or_the_account_is(connection, people):
    away, stand_in = people[Role.APPROVER_IT], people[Role.BUSINESS_USER]
    number = delegate(connection, away, stand_in)
    trail, root = gate().trail, people[Role.ADMINISTRATOR]

    accounts.change(connection, trail, root, away.email, at=NOW, valid_to=NOW + DAY)
    assert principals(connection, stand_in, NOW + 2 * DAY) == []

    accounts.end_delegation(connection, trail, stand_in, number, at=NOW)
    assert principals(connection, stand_in, NOW) == []


def test_nobody_hands_on_what_was_handed_to_them(connection, people, case):
    away, first, second = people[Role.APPROVER_IT], people[Role.BUSINESS_USER], people[Role.AUDITOR]
    delegate(connection, away, first)
    delegate(connection, first, second)

    with pytest.raises(Refused, match="takes the role"):
        sign(connection, case, second)


def test_one_person_does_not_turn_both_keys_by_standing_in(connection, people, case):
    know(connection, RISKY)
    marketing = people[Role.APPROVER_MARKETING]
    delegate(connection, people[Role.APPROVER_IT], marketing)

    sign(connection, case, marketing, terms(side=Side.MARKETING))
    done = sign(connection, case, marketing, terms(side=Side.IT), at=NOW + DAY)

    assert done.decision is None
    assert sign(connection, case, people[Role.REVIEWER], at=NOW + 2 * DAY).decision is not None


def test_who_is_away_and_the_stand_in_do_not_turn_both_keys_either(connection, people, case):
    know(connection, RISKY)
    both = add(connection, people, "both@example.com", Role.APPROVER_IT, Role.APPROVER_MARKETING)
    delegate(connection, both, people[Role.BUSINESS_USER])

    sign(connection, case, both, terms(side=Side.IT))
    done = sign(connection, case, people[Role.BUSINESS_USER], terms(side=Side.MARKETING), at=NOW + DAY)

    assert done.decision is None


def test_two_stand_ins_of_one_do_not_turn_both_keys(connection, people, case):
    know(connection, RISKY)
    both = add(connection, people, "both@example.com", Role.APPROVER_IT, Role.APPROVER_MARKETING)
    for role in (Role.BUSINESS_USER, Role.AUDITOR):
        delegate(connection, both, people[role])

    sign(connection, case, people[Role.BUSINESS_USER], terms(side=Side.IT))
    done = sign(connection, case, people[Role.AUDITOR], terms(side=Side.MARKETING), at=NOW + DAY)

    assert done.decision is None


def test_two_accounts_of_one_person_are_one_hand(connection, people, case):
    know(connection, RISKY)
    it, marketing = people[Role.APPROVER_IT], people[Role.APPROVER_MARKETING]
    one_person(connection, it, marketing)

    sign(connection, case, it)
    done = sign(connection, case, marketing, at=NOW + DAY)

    assert hands(connection, it.id) == {it.id, marketing.id}
    assert done.decision is None


def test_who_asked_does_not_sign_in_anybodys_stead(connection, people, case):
    asked = people[Role.BUSINESS_USER]
    request(connection, case, asked)
    delegate(connection, people[Role.APPROVER_IT], asked)

    with pytest.raises(Refused, match="whoever asked"):
        sign(connection, case, asked)


def test_who_stands_in_for_who_asked_does_not_sign_by_that_right_but_by_another(connection, people, case):
    asked, stand_in = people[Role.APPROVER_IT], people[Role.BUSINESS_USER]
    request(connection, case, asked)
    delegate(connection, asked, stand_in)

    with pytest.raises(Refused, match="nor does who stands in"):
        sign(connection, case, stand_in)
    delegate(connection, people[Role.REVIEWER], stand_in)
    assert sign(connection, case, stand_in).key.of.id == people[Role.REVIEWER].id


def test_a_second_account_of_who_asked_does_not_sign(connection, people, case):
    request(connection, case, people[Role.BUSINESS_USER])
    one_person(connection, people[Role.BUSINESS_USER], people[Role.APPROVER_IT])

    with pytest.raises(Refused, match="whoever asked"):
        sign(connection, case, people[Role.APPROVER_IT])


def test_ones_own_key_goes_before_anothers(connection, people):
    reviewer = people[Role.REVIEWER]
    delegate(connection, people[Role.APPROVER_IT], reviewer)
    delegate(connection, people[Role.APPROVER_MARKETING], reviewer)

    found = keys_of(connection, reviewer, Place(at=NOW))

    assert [(key.side, key.of and key.of.id) for key in found] == [
        (Side.IT, None),
        (Side.IT, people[Role.APPROVER_IT].id),
        (Side.MARKETING, people[Role.APPROVER_MARKETING].id),
    ]
    assert key_for(connection, reviewer, Place(at=NOW)) == Key(side=Side.IT)
    assert key_for(connection, reviewer, Place(at=NOW), Side.MARKETING).of.id == people[Role.APPROVER_MARKETING].id


def test_who_stands_in_for_both_sides_says_for_which(connection, people):
    stand_in = people[Role.BUSINESS_USER]
    delegate(connection, people[Role.APPROVER_IT], stand_in)
    delegate(connection, people[Role.APPROVER_MARKETING], stand_in)

    with pytest.raises(Refused, match="say for which"):
        key_for(connection, stand_in, Place(at=NOW))


def test_the_units_are_those_of_who_is_away(connection, people):
    away = add(connection, people, "mail@example.com", Role.APPROVER_IT, units=["Marketing/Email"])
    delegate(connection, away, people[Role.BUSINESS_USER])

    assert key_for(connection, people[Role.BUSINESS_USER], Place(at=NOW, unit="Marketing/Email")).of.id == away.id
    with pytest.raises(Refused, match="takes the role"):
        key_for(connection, people[Role.BUSINESS_USER], Place(at=NOW, unit="Sales"))


def test_an_account_that_has_ended_turns_no_key(connection, people):
    root = people[Role.ADMINISTRATOR]
    ended = accounts.change(
        connection, gate().trail, root, people[Role.BUSINESS_USER].email, at=NOW, valid_to=NOW + DAY
    )
    delegate(connection, people[Role.APPROVER_IT], ended)

    with pytest.raises(Refused, match="has ended"):
        keys_of(connection, ended, Place(at=NOW + 2 * DAY))
