"""The main journey of each of the three people on the demo company, at desk and phone size, without any help text."""

import pytest

from gate.roles import Role
from storage.listings import tools as listings
from tests.web.browser.conftest import DESK, PHONE

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def status_of(office, tool):
    with office.store.read() as connection:
        return next(row["status"] for row in listings.tools(connection, base_currency=None) if row["id"] == tool)


@SIZES
def test_security_works_the_queue_to_a_decision_and_takes_it_back(visitor, office, size):
    somebody = visitor(Role.REVIEWER, size)
    somebody.go("/")
    somebody.press("Zapier")
    somebody.press("Take it up")
    assert somebody.says("reviewer@tarnvik.example")

    somebody.page.get_by_label("Reject").check()
    somebody.fill("One plain sentence for the other side", "Zapier goes until somebody owns it.")
    somebody.fill("Why", "What somebody granted who has left still works.")
    somebody.page.get_by_role("button", name="Sign", exact=True).click()
    somebody.look()
    assert status_of(office, "zapier") == "rejected"
    assert somebody.says("Zapier goes until somebody owns it.")

    somebody.press("Undo")
    somebody.fill("Why", "The owner was found.")
    somebody.page.get_by_role("main").get_by_role("button").last.click()
    somebody.look()
    assert status_of(office, "zapier") != "rejected"


@SIZES
def test_two_people_turn_two_keys(visitor, office, size):
    it, marketing = visitor(Role.REVIEWER, size), visitor(Role.APPROVER_MARKETING, size)
    it.go("/cases/26")
    it.page.get_by_label("Approve", exact=False).first.check()
    it.fill("One plain sentence for the other side", "You may use it for internal flows.")
    it.fill("Why", "The grants of who left were taken away.")
    it.page.get_by_role("button", name="Sign", exact=True).click()
    it.look()
    assert it.says("Marketing")
    assert status_of(office, "zapier") == "new"

    marketing.go("/")
    marketing.press("Zapier")
    assert marketing.says("You may use it for internal flows.")
    marketing.fill("Why you agree", "We need it for our flows.")
    marketing.page.get_by_role("button", name="agree").click()
    marketing.look()
    assert status_of(office, "zapier") == "approved"


@SIZES
def test_the_cmo_looks_a_tool_up_and_sees_what_it_all_comes_to(visitor, size):
    somebody = visitor(Role.APPROVER_MARKETING, size)
    somebody.go("/")
    somebody.fill("Find a tool", "pictures")
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press("Enter")
    somebody.look()
    assert somebody.says("Canva")
    somebody.press("Canva")
    assert somebody.says("Canva")
    somebody.go("/insights")
    somebody.page.get_by_role("link", name="See the list").first.click()
    somebody.look()


def test_somebody_asks_for_a_tool_on_a_phone(visitor, office):
    somebody = visitor(Role.BUSINESS_USER, PHONE)
    somebody.go("/")
    somebody.press("Request a tool")
    somebody.fill("Its name, or its web address", "Brevo")
    somebody.press("Continue")
    pressed = 0
    while not somebody.says("Check it, and send it"):
        pressed += 1
        assert pressed < 6
        for label, text in (("What", "Send the newsletter of the brand team"), ("How many", "4")):
            found = somebody.page.get_by_role("main").get_by_label(label, exact=False)
            if found.count() and found.first.is_visible() and found.first.evaluate("e => e.value") == "":
                found.first.fill(text)
        somebody.page.get_by_role("main").get_by_role("button", name="Continue").or_(
            somebody.page.get_by_role("main").locator("button.btn-primary")
        ).first.click()
        somebody.look()
    somebody.press("Send the request")

    assert somebody.says("Brevo")
    with office.store.read() as connection:
        assert connection.exec_driver_sql("SELECT name FROM request").scalar() == "Brevo"


@SIZES
def test_it_looks_at_the_sources_and_gives_somebody_an_account(visitor, size):
    somebody = visitor(Role.ADMINISTRATOR, size)
    somebody.go("/coverage")
    assert somebody.says("google:hollerbach")
    somebody.go("/people")
    somebody.page.get_by_text("Give somebody an account").first.click()
    somebody.fill("Mail address", "new@tarnvik.example")
    somebody.page.get_by_label("Business user").check()
    somebody.press("Make the account")

    assert somebody.says("/welcome/")


def test_the_queue_is_worked_by_keyboard(visitor):
    somebody = visitor(Role.REVIEWER, DESK)
    somebody.go("/cases")
    somebody.page.keyboard.press("j")
    somebody.page.keyboard.press("j")
    somebody.page.keyboard.press("k")
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press("Enter")
    somebody.look()

    assert "/cases/" in somebody.page.url


PAGES = ["/cases", "/cases/26", "/tools", "/tools/zapier", "/findings", "/inventory", "/inventory/canva"]
PAGES += ["/connections", "/insights", "/insights/outside", "/money", "/coverage", "/questions", "/requests"]
PAGES += ["/requests/new", "/policies", "/policies/SEC-02", "/audit", "/settings"]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone, dark", "desk, light"])
def test_every_page_reads_well_for_everybody(visitor, size, scheme):
    somebody = visitor(Role.REVIEWER, size, color_scheme=scheme)
    for path in PAGES:
        somebody.go(path)
