"""access.accounts and what hangs on it: who is assigned, who never comes, who has left, who administers."""

import pytest

from model.signal import SignalKind
from scanner.facts import streams as known_streams
from tests.scanner.facts.worlds import (
    account,
    ago,
    app,
    assignment,
    evidence,
    known,
    person,
    reason,
    record,
    refused,
    state,
    streams,
    tool,
    use,
    world,
)

FACTS = ("access.accounts", "access.dormant_accounts", "access.leaver_accounts", "access.direct_assignments")
EVERYBODY = tuple(person(n) for n in range(1, 9))


def of(name, *rows, **changed):
    quillfox = tool(*rows)
    return known(name, quillfox, world(quillfox, people=EVERYBODY, **changed))


def why(name, *rows, **changed):
    quillfox = tool(*rows)
    return reason(name, quillfox, world(quillfox, people=EVERYBODY, **changed))


def with_list(source, stream="app_assignments", **changed):
    return [*streams(), state(source, stream, "snapshot", **changed)]


def test_each_person_who_is_assigned_counts_once():
    rows = [assignment(1), assignment(1, via="group"), assignment(2), assignment(3, status="DEPROVISIONED")]

    assert of("access.accounts", *rows) == 2
    assert len(evidence("access.accounts", tool(*rows))) == 3


def test_service_accounts_are_no_accounts_of_people():
    quillfox = tool(assignment(1), assignment(2))

    assert known("access.accounts", quillfox, world(quillfox, people=(person(1), person(2, kind="service")))) == 1


@pytest.mark.parametrize("name", FACTS)
def test_a_registration_to_which_nobody_is_assigned_has_no_account(name):
    registration = app()

    assert of(name, registration) == 0
    assert evidence(name, tool(registration)) == (f"signal:okta:acme/apps/{registration['native_id']}",)


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("rows", [[assignment(1)], [app()], [assignment(1), app()]])
def test_a_list_of_assignments_that_was_refused_tells_nothing(name, rows):
    quillfox = tool(*rows)

    found = refused(world(quillfox, people=EVERYBODY), "okta:acme/app_users")

    assert reason(name, quillfox, found) == "okta:acme/app_users refused: scope.read"


@pytest.mark.parametrize("name", FACTS)
def test_a_tool_that_no_provider_knows_may_have_any_accounts(name):
    assert why(name, use(1)) == "no list of assignments names the tool"


@pytest.mark.parametrize("name", FACTS)
def test_a_provider_whose_assignments_were_never_read_may_have_some(name):
    entra = record("registration", None, "entra:acme", "service_principals", "snapshot", 0, status="active")

    assert why(name, assignment(1), entra) == "no list of assignments of entra:acme was read"


def test_a_list_that_names_groups_leaves_their_members_open_but_for_those_named_one_by_one():
    entra = {"source": "entra:acme", "stream": "app_assignments"}
    rows = [assignment(1, **entra), assignment(None, via="group Growth", **entra)]
    listed = {"streams": [*with_list("entra:acme"), state("entra:acme", "sign_ins")]}

    assert why("access.accounts", *rows, **listed) == (
        "entra:acme/app_assignments names a group that is assigned, and not who is in it"
    )
    assert of("access.direct_assignments", *rows, **listed) == 1


def test_oktas_groups_hide_nobody_where_its_people_are_listed():
    rows = [assignment(1), assignment(None, stream="app_groups", via="group Growth")]

    assert of("access.accounts", *rows, streams=with_list("okta:acme", "app_groups")) == 1
    only = [*streams("okta:acme/app_users"), state("okta:acme", "app_groups", "snapshot")]
    assert why("access.accounts", *rows[1:], streams=only).startswith("okta:acme/app_groups names a group")


def test_those_who_were_assigned_by_no_group_are_direct():
    rows = [assignment(1), assignment(2, via="group"), assignment(2), assignment(3, via="group")]

    assert of("access.direct_assignments", *rows) == 2


def test_a_list_that_does_not_say_how_people_were_assigned_leaves_it_open():
    onelogin = assignment(2)
    del onelogin["facts"]["via"]

    assert why("access.direct_assignments", assignment(1), onelogin) == (
        "a list of assignments does not say which came by a group"
    )


# --- who never comes -------------------------------------------------------------------------------------------------


def test_who_was_assigned_long_ago_and_never_signs_in_is_dormant():
    rows = [
        assignment(1),
        assignment(2),
        assignment(3, created_at="2024-01-01T00:00:00Z"),
        assignment(4, created_at="2026-06-20T00:00:00Z"),
        assignment(5, created_at="long ago"),
        use(1, 89),
        use(2, 91),
    ]

    assert of("access.dormant_accounts", *rows) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "refused", "reason": "okta.logs.read"}, "okta:acme/sign_ins refused: okta.logs.read"),
        ({"first_at": ago(40)}, "okta:acme/sign_ins: what was read does not span the last 90 days"),
    ],
)
def test_nobody_is_dormant_by_a_log_that_does_not_tell(changed, said):
    found = [*streams("okta:acme/sign_ins"), state("okta:acme", "sign_ins", **changed)]

    assert why("access.dormant_accounts", assignment(1), streams=found) == said


def test_a_providers_own_log_tells_who_never_comes_and_no_other():
    rows = [assignment(1, source="jumpcloud:acme", stream="assignments"), use(1)]

    assert why("access.dormant_accounts", *rows, streams=with_list("jumpcloud:acme", "assignments")) == (
        "no stream of sign-ins of jumpcloud:acme was read"
    )


# --- who has left ----------------------------------------------------------------------------------------------------


def left(*gone, people=(1, 2)):
    quillfox = tool(assignment(1), assignment(2))
    everybody = tuple(person(n, directory={"status": "left" if n in gone else "active"}) for n in people)
    return quillfox, world(quillfox, people=everybody)


def test_assigned_people_who_have_left_are_counted():
    assert known("access.leaver_accounts", *left(2)) == 1
    assert known("access.leaver_accounts", *left()) == 0


def test_a_directory_without_those_who_left_cannot_say_none():
    assert reason("access.leaver_accounts", *left(people=(1,))) == "no directory knows 1 of the 2 people"
    quillfox, found = left()
    assert reason("access.leaver_accounts", quillfox, refused(found, "google:acme/users")).startswith("google:acme")
    assert known("access.leaver_accounts", quillfox, refused(left(2)[1], "google:acme/users")) == 1


def test_without_a_directory_nobody_is_known_to_have_left():
    nothing = streams("okta:acme/users", "google:acme/users")

    assert why("access.leaver_accounts", assignment(1), streams=nothing) == "no directory was read"


# --- who administers -------------------------------------------------------------------------------------------------


@pytest.fixture
def own_list(monkeypatch):
    """A stream of the tool's own accounts, as a connector to come will have one."""
    monkeypatch.setitem(known_streams.KINDS, "accounts", frozenset({SignalKind.ACCOUNT_ACCESS}))
    return with_list("crm:acme", "accounts")


def test_administrators_are_those_that_the_tools_own_list_names(own_list):
    rows = [account(1, admin=True), account(2, admin=False), account(3, admin=True, status="suspended")]

    assert of("access.admins", *rows, streams=own_list) == 1
    assert of("access.accounts", *rows, streams=own_list) == 2
    assert of("access.admins", account(2, admin=False), streams=own_list) == 0


def test_administrators_from_outside_are_told_by_directory_or_domain(own_list):
    quillfox = tool(account(1, admin=True), account(2, admin=True), account(3, admin=False))
    people = (person(1), person(2, directory={"person_type": "agency"}), person(3, address="x@else.example"))

    assert known("access.admins_external", quillfox, world(quillfox, people=people, streams=own_list)) == 1
    assert reason("access.admins_external", quillfox, world(quillfox, streams=own_list)) == (
        "nothing is known of 2 of the 2 administrators"
    )


@pytest.mark.parametrize("name", ["access.admins", "access.admins_external"])
def test_who_administers_is_unknown_where_no_role_is_stated_or_the_list_was_refused(own_list, name):
    assert why(name, account(1), streams=own_list) == "no source states the roles in the tool"
    assert why(name, assignment(1), streams=own_list) == "no source states the roles in the tool"
    broken = with_list("crm:acme", "accounts", status="refused", reason="users.read")
    assert why(name, account(1, admin=True), streams=broken) == "crm:acme/accounts refused: users.read"


# --- when it was gone through ----------------------------------------------------------------------------------------


def test_a_review_is_due_from_the_first_day_on_where_nobody_has_said_that_there_was_one():
    assert str(known("access.reviewed_on", tool(use(1, 30)))) == "2026-05-31"
    assert reason("access.reviewed_on", tool()) == "nothing was ever seen of the tool"
