"""people.private_mailboxes and access.shared_accounts, and what addresses are a role's or a public provider's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.company import Company
from model.facts import Known
from scanner.facts.derive import facts
from scanner.facts.mailboxes import PUBLIC, ROLES, is_public, is_role
from tests.scanner.facts.worlds import (
    DRIVE,
    ago,
    app,
    assignment,
    evidence,
    known,
    person,
    reason,
    refused,
    state,
    streams,
    token,
    tool,
    use,
    world,
)

PRIVATE, SHARED = "people.private_mailboxes", "access.shared_accounts"


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("marketing@acme.example", True),
        ("Marketing@ACME.example", True),
        ("marketing+crm@acme.example", True),
        ("social-media@acme.example", True),
        ("info.de@acme.example", True),
        ("the.events.team2@acme.example", False),
        ("events-2@acme.example", True),
        ("ana@acme.example", False),
        ("anna.sales@acme.example", False),
        ("information@acme.example", False),
        ("de@acme.example", False),
        ("marketing", False),
        ("", False),
        (None, False),
    ],
)
def test_a_role_is_told_by_every_word_before_the_at(address, role):
    assert is_role(address) is role


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("ana@gmail.com", True),
        ("ana@GMX.de", True),
        ("ana@mail.gmail.com", False),
        ("ana@gmail.com.example", False),
        ("gmail.com", True),
        (None, False),
    ],
)
def test_a_public_mailbox_is_told_by_the_whole_domain(address, public):
    assert is_public(address, ()) is public


def test_the_companys_own_domain_is_never_public():
    assert not is_public("ana@web.de", ("web.de",))


@given(st.text(), st.sampled_from(sorted(PUBLIC)))
def test_any_text_is_read_without_a_fault(text, domain):
    assert is_role(text) in {True, False}
    assert is_public(f"{text}@{domain}", ())


def test_the_lists_are_written_as_addresses_are_compared():
    assert all(word == word.strip().casefold() and "@" not in word for word in PUBLIC | ROLES)
    assert all("." in domain for domain in PUBLIC)


def people(**addresses):
    return tuple(person(int(n[1:]), address=address) for n, address in addresses.items())


def test_people_under_an_address_of_a_public_provider_are_counted():
    quillfox = tool(use(1), use(2), token(3), use(4, 91))
    everybody = people(p1="a@gmail.com", p2="b@acme.example", p3="c@web.de", p4="d@gmx.de")

    assert known(PRIVATE, quillfox, world(quillfox, people=everybody)) == 2
    assert len(evidence(PRIVATE, quillfox, world(quillfox, people=everybody))) == 2


def test_nobody_is_private_only_where_every_address_is_known():
    quillfox = tool(use(1), use(2))

    assert known(PRIVATE, quillfox, world(quillfox, people=people(p1="a@acme.example", p2="b@acme.example"))) == 0
    assert reason(PRIVATE, quillfox, world(quillfox, people=people(p1="a@acme.example"))) == (
        "no source gives the address of 1 of the 2 people"
    )
    assert known(PRIVATE, quillfox, world(quillfox, people=people(p1="a@gmail.com"))) == 1


@pytest.mark.parametrize("name", [PRIVATE, SHARED])
def test_a_refused_stream_hides_whose_the_addresses_are(name):
    quillfox = tool(use(1))
    found = world(quillfox, people=people(p1="marketing@gmail.com"))

    assert known(name, quillfox, found) == 1
    assert reason(name, quillfox, refused(found, "okta:acme/sign_ins")).startswith("okta:acme/sign_ins refused")


@pytest.mark.parametrize("name", [PRIVATE, SHARED])
def test_that_nobody_has_such_an_address_needs_every_stream(name):
    quillfox = tool(use(1))
    found = world(quillfox, people=people(p1="ana@acme.example"))

    assert known(name, quillfox, found) == 0
    assert reason(name, quillfox, refused(found, "google:acme/tokens")).startswith("google:acme/tokens refused")


def test_accounts_of_roles_are_those_seen_and_those_assigned():
    quillfox = tool(use(1), assignment(2), assignment(3))
    everybody = people(p1="marketing@acme.example", p2="info@acme.example", p3="cy@acme.example")

    assert known(SHARED, quillfox, world(quillfox, people=everybody)) == 2


@pytest.mark.parametrize(
    ("row", "stream"),
    [
        (token(1, "openid", "email"), "google:acme/tokens"),
        (use(1, kind="service"), "okta:acme/sign_ins"),
    ],
)
def test_a_mailbox_that_the_directory_calls_no_person_is_shared_where_somebody_signs_in_as_it(row, stream):
    quillfox = tool(row)
    found = world(quillfox, people=(person(1, kind="service", address="social@acme.example"),))

    assert known(SHARED, quillfox, found) == 1
    assert len(evidence(SHARED, quillfox, found)) == 1
    assert "refused" in reason(SHARED, quillfox, refused(found, stream))


@pytest.mark.parametrize(
    ("row", "address"),
    [
        (token(1, "openid", "email"), "svc-17@acme.example"),
        (token(1, "openid", DRIVE), "social@acme.example"),
        (token(1), "social@acme.example"),
        (use(1, 120, kind="service"), "social@acme.example"),
    ],
)
def test_a_service_and_the_owner_of_a_connection_are_no_shared_login(row, address):
    """A role's mailbox that holds access to files is better there than a person who will leave."""
    quillfox = tool(row)
    found = world(quillfox, people=(person(1, kind="service", address=address),))

    assert facts(quillfox, found)[SHARED] in (facts(quillfox, found)["people.count"], Known(0))


def test_a_list_of_assignments_that_was_refused_may_hold_a_roles_account():
    quillfox = tool(use(1), app())
    found = world(quillfox, people=people(p1="ana@acme.example"))

    assert known(SHARED, quillfox, found) == 0
    assert reason(SHARED, quillfox, refused(found, "okta:acme/app_users")).startswith("okta:acme/app_users")
    named = tool(use(1), assignment(1))
    marked = world(named, people=people(p1="info@acme.example"))
    assert reason(SHARED, named, refused(marked, "okta:acme/app_users")).startswith("okta:acme/app_users")


def test_a_log_that_is_too_short_shows_a_roles_account_and_never_none():
    logs = ("sign_ins", "app_events")
    short = [*streams(*(f"okta:acme/{n}" for n in logs)), *(state("okta:acme", n, first_at=ago(30)) for n in logs)]
    quillfox = tool(use(1))

    shown = world(quillfox, people=people(p1="info@acme.example"), streams=short)
    assert known(SHARED, quillfox, shown) == 1
    assert "does not span" in reason(PRIVATE, quillfox, shown)
    hidden = world(quillfox, people=people(p1="ana@acme.example"), streams=short)
    assert "does not span" in reason(SHARED, quillfox, hidden)


def test_a_company_at_a_public_provider_is_not_private_to_itself():
    quillfox = tool(use(1))
    company = Company(domains=("gmx.de",))

    assert known(PRIVATE, quillfox, world(quillfox, people=people(p1="ana@gmx.de"), company=company)) == 0
