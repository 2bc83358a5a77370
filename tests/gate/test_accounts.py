"""Accounts: made, changed and ended under the trail's eye; a token is shown once and kept nowhere."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gate import accounts
from gate.accounts import LONGEST_DELEGATION, named
from gate.roles import Role
from model.errors import Refused
from storage import accounts as stored
from storage import kept, sessions

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def root(connection, trail):
    """Open the gate; return its first administrator."""
    return accounts.begin(connection, trail, "Root@Example.com", by="user:root", at=NOW).account


@pytest.fixture
def ana(connection, trail, root):
    return accounts.add(connection, trail, root, "ana@example.com", [Role.REVIEWER], at=NOW).account


def test_the_first_administrator_is_made_once(connection, trail):
    assert not accounts.has_any(connection)

    made = accounts.begin(connection, trail, " Root@Example.com ", by="user:root", at=NOW)

    assert accounts.has_any(connection)
    assert (made.account.email, made.account.roles) == ("root@example.com", {Role.ADMINISTRATOR})
    with pytest.raises(Refused, match="accounts already"):
        accounts.begin(connection, trail, "eve@example.com", by="user:eve", at=NOW)


def test_a_token_opens_its_account_and_stands_nowhere(connection, trail):
    made = accounts.begin(connection, trail, "root@example.com", by="user:root", at=NOW)

    assert accounts.signed_in(connection, "ROOT@example.com", made.token, at=NOW) == made.account
    (row,) = stored.accounts(connection)
    assert made.token not in str(row)
    assert made.token not in str(kept.audit_rows(connection))


@pytest.mark.parametrize("token", [None, "", "ost_wrong", "ost_" + "a" * 43])
@pytest.mark.parametrize("email", ["root@example.com", "nobody@example.com"])
def test_a_wrong_token_and_an_unknown_address_are_refused_alike(connection, root, email, token):
    with pytest.raises(Refused, match=f"that is not the token of {email}"):
        accounts.signed_in(connection, email, token, at=NOW)


def test_a_new_token_ends_the_old_one(connection, trail, root, ana):
    first = accounts.new_token(connection, trail, root, ana.email, at=NOW)
    second = accounts.new_token(connection, trail, ana, ana.email, at=NOW)

    assert accounts.signed_in(connection, ana.email, second.token, at=NOW) == ana
    with pytest.raises(Refused, match="not the token"):
        accounts.signed_in(connection, ana.email, first.token, at=NOW)


def test_an_administrator_who_lost_the_token_gets_another_from_who_runs_the_server(connection, trail):
    lost = accounts.begin(connection, trail, "root@example.com", by="user:root", at=NOW)

    made = accounts.recover(connection, trail, " Root@Example.com", by="user:ops", at=NOW + DAY)

    assert made.account == lost.account
    assert accounts.signed_in(connection, "root@example.com", made.token, at=NOW + DAY) == made.account
    with pytest.raises(Refused, match="not the token"):
        accounts.signed_in(connection, "root@example.com", lost.token, at=NOW + DAY)
    last = kept.audit_rows(connection)[-1]
    assert (last["act"], last["actor"], last["object"]) == ("account.recover", "user:ops", f"account:{made.account.id}")
    assert made.token not in str(kept.audit_rows(connection))
    assert trail.verify(kept.audit_rows(connection)) is None


def test_who_is_recovered_is_signed_out_everywhere_and_nobody_else_is(connection, trail, root, ana):
    for number, account in enumerate((root, root, ana)):
        row = {"token_hash": f"hash-{number}", "account_id": account.id, "made_at": 0, "seen_at": 0, "ends_at": 10**14}
        sessions.add_session(connection, row)

    accounts.recover(connection, trail, root.email, by="user:ops", at=NOW + DAY)

    assert sessions.sessions(connection, root.id) == []
    assert len(sessions.sessions(connection, ana.id)) == 1


@pytest.mark.parametrize("email", ["ana@example.com", "nobody@example.com", "gone@example.com"])
def test_nobody_else_is_recovered(connection, trail, root, ana, email):
    roles = [Role.ADMINISTRATOR]
    accounts.add(connection, trail, root, "gone@example.com", roles, at=NOW, valid_to=NOW + DAY)
    before = stored.accounts(connection)

    with pytest.raises(Refused, match=f"{email} is no administrator here"):
        accounts.recover(connection, trail, email, by="user:ops", at=NOW + DAY)
    assert stored.accounts(connection) == before


def test_before_there_is_an_account_there_is_none_to_recover(connection, trail):
    with pytest.raises(Refused, match="review init --email"):
        accounts.recover(connection, trail, "root@example.com", by="user:ops", at=NOW)


def test_only_an_administrator_manages_the_accounts_of_others(connection, trail, root, ana):
    for act in (
        lambda: accounts.add(connection, trail, ana, "bo@example.com", [Role.REVIEWER], at=NOW),
        lambda: accounts.change(connection, trail, ana, ana.email, roles=[Role.ADMINISTRATOR], at=NOW),
        lambda: accounts.new_token(connection, trail, ana, root.email, at=NOW),
    ):
        with pytest.raises(Refused, match="takes the role administrator"):
            act()
    assert {one.email for one in accounts.accounts(connection, NOW)} == {root.email, ana.email}


@pytest.mark.parametrize("email", ["ana", "a@", "@example.com", "a b@example.com", "a@example.", "a" * 300 + "@b.de"])
def test_what_is_no_address_gets_no_account(connection, trail, root, email):
    with pytest.raises(Refused, match="a mail address"):
        accounts.add(connection, trail, root, email, [Role.REVIEWER], at=NOW)


def test_one_address_has_one_account_and_an_account_has_a_role(connection, trail, root, ana):
    with pytest.raises(Refused, match="has an account already"):
        accounts.add(connection, trail, root, "ANA@example.com", [Role.AUDITOR], at=NOW)
    with pytest.raises(Refused, match="has a role at least"):
        accounts.add(connection, trail, root, "bo@example.com", [], at=NOW)


def test_rights_units_and_an_end_can_be_changed(connection, trail, root, ana):
    changed = accounts.change(
        connection, trail, root, ana.email, roles=[Role.APPROVER_IT], units=["Sales"], valid_to=NOW + DAY, at=NOW
    )

    assert accounts.the_account(connection, ana.email) == changed
    assert (changed.roles, changed.units, changed.valid_to) == ({Role.APPROVER_IT}, ("Sales",), NOW + DAY)
    with pytest.raises(Refused, match="ends after it begins"):
        accounts.change(connection, trail, root, ana.email, valid_to=NOW, at=NOW)


def test_an_account_that_ended_does_not_act(connection, trail, root):
    made = accounts.add(connection, trail, root, "bo@example.com", [Role.REVIEWER], valid_to=NOW + DAY, at=NOW)

    assert accounts.signed_in(connection, "bo@example.com", made.token, at=NOW).holds(NOW)
    with pytest.raises(Refused, match="does not hold today"):
        accounts.signed_in(connection, "bo@example.com", made.token, at=NOW + 2 * DAY)


@pytest.mark.parametrize("change", [{"roles": [Role.REVIEWER]}, {"valid_to": NOW + DAY}])
def test_one_administrator_stays_without_an_end(connection, trail, root, ana, change):
    with pytest.raises(Refused, match="one administrator at least"):
        accounts.change(connection, trail, root, root.email, at=NOW, **change)

    accounts.change(connection, trail, root, ana.email, roles=[Role.ADMINISTRATOR], at=NOW)
    accounts.change(connection, trail, root, root.email, at=NOW, **change)


def test_a_stand_in_is_known_while_it_lasts(connection, trail, root, ana):
    accounts.delegate(connection, trail, root, ana.email, since=NOW + DAY, until=NOW + 3 * DAY, at=NOW)

    standing = {
        days: accounts.the_account(connection, ana.email, NOW + days * DAY).delegates == (root.id,)
        for days in (0, 1, 2, 3)
    }
    assert standing == {0: False, 1: True, 2: True, 3: False}


@pytest.mark.parametrize(
    ("to", "since", "until", "said"),
    [
        ("root@example.com", NOW, NOW + DAY, "not you yourself"),
        ("nobody@example.com", NOW, NOW + DAY, "no account"),
        ("ana@example.com", NOW + DAY, NOW + DAY, "a day to come"),
        ("ana@example.com", NOW - 3 * DAY, NOW - DAY, "a day to come"),
        ("ana@example.com", NOW, NOW + LONGEST_DELEGATION + DAY, "at most"),
    ],
)
def test_what_is_no_stand_in(connection, trail, root, ana, to, since, until, said):
    with pytest.raises(Refused, match=said):
        accounts.delegate(connection, trail, root, to, since=since, until=until, at=NOW)


def test_a_stand_in_is_ended_by_those_whom_it_concerns(connection, trail, root, ana):
    bo = accounts.add(connection, trail, root, "bo@example.com", [Role.REVIEWER], at=NOW).account
    number = accounts.delegate(connection, trail, ana, bo.email, since=NOW, until=NOW + DAY, at=NOW)
    eve = accounts.add(connection, trail, root, "eve@example.com", [Role.REVIEWER], at=NOW).account

    with pytest.raises(Refused, match="takes the role"):
        accounts.end_delegation(connection, trail, eve, number, at=NOW)
    accounts.end_delegation(connection, trail, bo, number, at=NOW)

    assert accounts.the_account(connection, bo.email, NOW).delegates == ()
    with pytest.raises(Refused, match="no delegation"):
        accounts.end_delegation(connection, trail, ana, number, at=NOW)


def test_every_change_is_a_row_of_the_trail_that_names_nobody(connection, trail, root, ana):
    accounts.change(connection, trail, root, ana.email, roles=[Role.AUDITOR], at=NOW)
    accounts.new_token(connection, trail, root, ana.email, at=NOW)
    number = accounts.delegate(connection, trail, ana, root.email, since=NOW, until=NOW + DAY, at=NOW)
    accounts.end_delegation(connection, trail, ana, number, at=NOW)

    rows = kept.audit_rows(connection)
    assert [row["act"].removeprefix("account.") for row in rows] == [
        *("add", "add", "change", "token", "delegate", "delegation_end"),
    ]
    assert not any("@" in str(row) for row in rows)
    assert rows[2]["actor"] == named(root)
    assert trail.verify(rows) is None


def test_a_stand_in_has_a_reason_that_can_be_erased(connection, trail, ana, root):
    held = {"since": NOW, "until": NOW + DAY, "at": NOW}
    with pytest.raises(Refused, match="--reason"):
        accounts.delegate(connection, trail, ana, root.email, reason=" ", **held)

    accounts.delegate(connection, trail, ana, root.email, reason="On leave", **held)

    detail = json.loads(kept.audit_rows(connection)[-1]["detail"])
    assert "On leave" not in json.dumps(detail)
    assert kept.text_of(connection, detail["reason"]) == "On leave"


def test_addresses_are_known_by_the_names_of_the_trail(connection, ana, root):
    assert accounts.addresses(connection) == {accounts.named(one): one.email for one in (root, ana)}


def test_an_account_does_not_end_before_it_begins(connection, trail, root):
    with pytest.raises(Refused, match="a day to come"):
        accounts.add(connection, trail, root, "eve@example.com", [Role.AUDITOR], at=NOW, valid_to=NOW)


# --- roles that a provider's groups lead to --------------------------------------------------------------------------

ISSUER = "provider:https://acme.okta.example"
GOVERNED = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})


@pytest.fixture
def given(connection, trail, root):
    """Say which roles a provider gives an address."""

    def give(email, *roles, governed=GOVERNED, at=NOW + DAY):
        return accounts.provided(connection, trail, email, roles, governed, by=ISSUER, at=at)

    return give


def test_groups_make_an_account_and_the_trail_says_which_provider_did(connection, trail, given):
    found = given(" Ben@Example.com ", Role.REVIEWER)

    assert (found.email, found.roles, found.units) == ("ben@example.com", {Role.REVIEWER}, ())
    last = kept.audit_rows(connection)[-1]
    assert (last["act"], last["actor"], last["object"]) == ("account.add", ISSUER, f"account:{found.id}")
    assert "ben@example.com" not in str(last)
    assert trail.verify(kept.audit_rows(connection)) is None


def test_without_a_group_nobody_gets_an_account(connection, given):
    before = stored.accounts(connection)

    assert given("ben@example.com") is None
    assert stored.accounts(connection) == before


def test_an_account_that_groups_made_opens_by_no_token(connection, given):
    given("ben@example.com", Role.REVIEWER)

    with pytest.raises(Refused, match="not the token"):
        accounts.signed_in(connection, "ben@example.com", "", at=NOW + DAY)


@pytest.mark.parametrize(
    ("roles", "left"),
    [
        ((Role.REVIEWER,), {Role.REVIEWER, Role.AUDITOR}),
        ((Role.ADMINISTRATOR,), {Role.ADMINISTRATOR, Role.AUDITOR}),
        ((), {Role.AUDITOR}),
    ],
)
def test_what_groups_govern_follows_them_and_the_rest_stays(connection, trail, root, ana, given, roles, left):
    accounts.change(connection, trail, root, ana.email, at=NOW, roles=[Role.REVIEWER, Role.AUDITOR])

    assert given(ana.email, *roles).roles == left
    assert accounts.the_account(connection, ana.email).roles == left


def test_units_and_the_end_are_not_the_providers_to_change(connection, trail, root, ana, given):
    accounts.change(connection, trail, root, ana.email, at=NOW, units=["Marketing"], valid_to=NOW + 9 * DAY)
    found = given(ana.email, Role.ADMINISTRATOR)

    assert (found.units, found.valid_to) == (("Marketing",), NOW + 9 * DAY)


def test_nothing_is_written_where_nothing_changes(connection, ana, given):
    before = kept.audit_rows(connection)
    given(ana.email, Role.REVIEWER)

    assert kept.audit_rows(connection) == before


def test_the_last_administrator_stays_one_whatever_the_groups_say(connection, root, given):
    assert given(root.email, Role.REVIEWER).roles == {Role.ADMINISTRATOR, Role.REVIEWER}
    assert given(root.email).roles == {Role.ADMINISTRATOR}

    given("second@example.com", Role.ADMINISTRATOR)
    assert given(root.email).roles == set()


def test_who_lost_all_roles_may_do_nothing_and_gets_them_back_with_the_group(connection, ana, given):
    assert given(ana.email).roles == set()
    assert given(ana.email, Role.REVIEWER).roles == {Role.REVIEWER}


def test_an_account_that_was_ended_stays_ended(connection, trail, root, ana, given):
    accounts.change(connection, trail, root, ana.email, at=NOW + DAY, valid_to=NOW + DAY)
    found = given(ana.email, Role.ADMINISTRATOR, at=NOW + 2 * DAY)

    assert found.roles == {Role.REVIEWER}
    assert not found.holds(NOW + 2 * DAY)
