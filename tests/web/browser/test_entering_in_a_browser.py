"""Signing in and out, in a browser, at both sizes."""

import pytest

from gate import accounts
from gate.roles import Role
from tests.web.browser.conftest import DESK, PHONE
from tests.web.conftest import WHO
from web import sessions


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_link_signs_in_and_the_menu_signs_out(visitor, office, clock, size):
    with office.store.write() as connection:
        account = accounts.the_account(connection, WHO[Role.APPROVER_MARKETING], clock.now())
        token = sessions.make_link(connection, office.trail(), account, by="user:test", at=clock.now())
    somebody = visitor(size=size)

    somebody.go(f"/welcome/{token}")
    somebody.press("Sign in")
    assert somebody.says("Since")
    somebody.page.get_by_text(WHO[Role.APPROVER_MARKETING]).click()
    somebody.press("Sign out")

    assert somebody.says("Open the one-time link")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_entering_read_well_for_everybody(visitor, scheme):
    somebody = visitor(Role.ADMINISTRATOR, PHONE, color_scheme=scheme)
    for path in ("/", "/account", "/people", "/people/2"):
        somebody.go(path)
    visitor(size=PHONE, color_scheme=scheme).go("/sign-in")


def test_pages_work_before_and_without_any_script(visitor):
    somebody = visitor(Role.REVIEWER, PHONE, java_script_enabled=False)
    somebody.page.goto(f"{somebody.url}/account")
    somebody.page.get_by_text("Make a token").first.click()
    somebody.fill("What is it for?", "export")
    somebody.page.get_by_role("button", name="Make the token").click()

    assert somebody.says("Your new token")


def test_an_error_is_read_out_and_leads_to_its_field(visitor):
    somebody = visitor(Role.REVIEWER, PHONE)
    somebody.expected = {422}
    somebody.go("/account")
    somebody.page.get_by_text("Make a token").first.click()
    somebody.press("Make the token")

    assert somebody.page.evaluate("document.activeElement.id") == "errors"
    somebody.page.get_by_role("link", name="Say what the token is for").click()
    assert somebody.page.evaluate("document.activeElement.id") == "name"
