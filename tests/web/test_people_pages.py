"""People and roles: accounts are made, changed and ended by administrators, and each act stands in the trail."""

import re
from datetime import timedelta

import pytest

from gate import accounts
from gate.roles import Role
from storage import kept
from tests.web.conftest import WHO


def add(client, email="new@tarnvik.example", roles=("business_user",), **fields):
    return client.act("/people", email=email, roles=list(roles), **fields)


def link_in(page):
    return re.search(r"http://testserver(/welcome/[A-Za-z0-9_-]+)", page.text)[1]


def number_of(office, clock, role):
    with office.store.read() as connection:
        return accounts.the_account(connection, WHO[role], clock.now()).id


def test_whoever_is_added_signs_in_by_the_link_that_is_shown(administrator, browser):
    link = link_in(add(administrator))
    client = browser()
    client.post(link)

    assert "new@tarnvik.example" in client.get("/account").text
    assert link not in administrator.get("/people").text


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"email": ""}, 422, "Enter a mail address"),
        ({"email": "nobody"}, 409, "mail address"),
        ({"roles": ()}, 422, "Choose at least one role"),
        ({"roles": ("king",)}, 422, "Choose at least one role"),
        ({"until": "yesterday"}, 422, "Enter a day"),
        ({"until": "2020-01-01"}, 409, "a day to come"),
        ({"email": WHO[Role.AUDITOR]}, 409, "has an account already"),
    ],
)
def test_an_account_that_cannot_be_says_why(administrator, fields, status, said):
    done = add(administrator, **fields)

    assert done.status_code == status
    assert said in done.text


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_gives_rights(browser, role, office, clock):
    client = browser(role)
    number = number_of(office, clock, role)

    assert add(client).status_code == 403
    assert client.act(f"/people/{number}", roles=["administrator"]).status_code == 403
    assert client.act(f"/people/{number}/link").status_code == 403


def test_other_roles_hold_from_the_next_page_on(administrator, browser, office, clock):
    user, number = browser(Role.BUSINESS_USER), number_of(office, clock, Role.BUSINESS_USER)
    assert user.get("/people").status_code == 403

    assert "has other rights" in administrator.act(f"/people/{number}", roles=["auditor"]).text
    assert user.get("/people").status_code == 200


def test_an_account_that_is_ended_is_signed_out(administrator, browser, office, clock):
    user, number = browser(Role.BUSINESS_USER), number_of(office, clock, Role.BUSINESS_USER)
    user.get("/")
    clock.at += timedelta(minutes=5)

    assert "has ended" in administrator.act(f"/people/{number}/end").text
    assert user.get("/", follow_redirects=False).status_code == 303
    with office.store.read() as connection:
        acts = [row["act"] for row in kept.audit_rows(connection)]
    assert "account.change" in acts


def test_the_last_administrator_stays(administrator, office, clock):
    number = number_of(office, clock, Role.ADMINISTRATOR)

    assert administrator.act(f"/people/{number}/end").status_code == 409
    assert administrator.get("/people").status_code == 200


def test_somebody_is_signed_out_everywhere(administrator, reviewer, office, clock):
    reviewer.get("/")
    number = number_of(office, clock, Role.REVIEWER)

    assert "signed out everywhere" in administrator.act(f"/people/{number}/sign-out").text
    assert reviewer.get("/", follow_redirects=False).status_code == 303


def test_a_number_of_nobody_leads_nowhere(administrator):
    assert administrator.get("/people/999").status_code == 404
    assert administrator.act("/people/999/end").status_code == 404
