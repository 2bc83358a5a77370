"""People are numbers until somebody says why names are needed: for an hour, in the audit trail, for one tool."""

import json
from datetime import timedelta

import pytest

from gate import accounts
from gate.roles import Role
from storage import kept

NAME = "jonas.wieland@tarnvik.example"


def told(office):
    """Return what the trail says of names that were shown: actor, about, reason."""
    with office.store.read() as connection:
        rows = [row for row in kept.audit_rows(connection) if row["act"] == "names.reveal"]
        return [
            (row["actor"], row["object"], kept.text_of(connection, json.loads(row["detail"])["reason"])) for row in rows
        ]


@pytest.fixture
def auditor(browser):
    return browser(Role.AUDITOR)


def test_names_are_shown_for_a_reason_and_the_trail_keeps_it(auditor, office):
    asked = auditor.get("/reveal?tool=zapier").text
    assert "Who uses" in asked
    assert "The audit trail keeps that you asked, and why." in asked
    done = auditor.act("/reveal", tool="zapier", reason="To ask who connected it; card 4111111111111111")
    assert done.url.path == "/tools/zapier"
    assert NAME in done.text
    [(actor, about, reason)] = told(office)
    assert actor.startswith("account:")
    assert about == "tool:zapier"
    assert reason.startswith("To ask who connected it")
    assert "4111111111111111" not in reason


def test_only_the_people_of_that_tool_are_shown(auditor):
    auditor.act("/reveal", tool="zapier", reason="To ask them")
    assert "@tarnvik.example" not in auditor.get("/tools/hubspot/people").text.split("<main")[1]


def test_after_an_hour_they_are_numbers_again(auditor, clock):
    auditor.act("/reveal", tool="zapier", reason="To ask them")
    clock.at += timedelta(minutes=59)
    assert NAME in auditor.get("/tools/zapier").text
    clock.at += timedelta(minutes=2)
    assert NAME not in auditor.get("/tools/zapier").text


def test_they_can_be_hidden_before_that(auditor):
    auditor.act("/reveal", tool="zapier", reason="To ask them")
    assert "Hide them again" in auditor.get("/reveal?tool=zapier").text
    done = auditor.act("/reveal/end", tool="zapier", next="/tools/zapier/people")
    assert done.url.path == "/tools/zapier/people"
    assert NAME not in done.text


def test_two_tools_are_shown_one_beside_the_other(auditor):
    auditor.act("/reveal", tool="zapier", reason="To ask them")
    auditor.act("/reveal", tool="hubspot", reason="To ask them as well")
    assert NAME in auditor.get("/tools/zapier").text
    assert "amira.castell@tarnvik.example" in auditor.get("/tools/hubspot").text


def test_lists_are_shown_for_themselves(auditor, office):
    done = auditor.act("/reveal", reason="Key people", next="/account")
    assert done.url.path == "/account"
    assert [about for _, about, _ in told(office)] == ["tool:*"]
    assert NAME not in auditor.get("/tools/zapier").text


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001])
def test_without_a_fit_reason_nothing_is_shown(auditor, office, reason):
    page = auditor.act("/reveal", tool="zapier", reason=reason)
    assert page.status_code == 422
    assert reason.strip() in page.text
    assert told(office) == []
    assert NAME not in auditor.get("/tools/zapier").text


def test_who_sees_names_by_role_needs_no_reason(reviewer):
    assert "You see people by name already" in reviewer.get("/reveal?tool=zapier").text
    assert reviewer.act("/reveal", tool="zapier", reason="x").status_code == 403


def test_who_may_neither_is_told_whom_to_ask(browser, office):
    user = browser(Role.BUSINESS_USER)
    page = user.get("/reveal?tool=zapier").text
    assert "reviewer@tarnvik.example" in page
    assert "<textarea" not in page
    assert user.act("/reveal", tool="zapier", reason="I want to know").status_code == 403
    assert told(office) == []


def test_an_account_of_other_units_is_refused_and_keeps_its_words(browser, office, clock):
    with office.store.write() as connection:
        first = accounts.the_account(connection, "administrator@tarnvik.example", clock.now())
        who = "approver-marketing@tarnvik.example"
        accounts.change(connection, office.trail(), first, who, roles=None, units=["Elsewhere"], at=clock.now())
    page = browser(Role.APPROVER_MARKETING).act("/reveal", tool="zapier", reason="They are not my unit")
    assert page.status_code == 409
    assert "acts for Elsewhere only" in page.text
    assert "They are not my unit" in page.text
    assert told(office) == []


def test_a_tool_that_is_none_and_a_way_that_leads_elsewhere(auditor):
    assert auditor.get("/reveal?tool=nothing").status_code == 404
    assert auditor.act("/reveal", tool="nothing", reason="x").status_code == 404
    done = auditor.post(
        "/reveal",
        data={"csrf": auditor.csrf(), "tool": "zapier", "reason": "To ask", "next": "//evil.example/"},
        follow_redirects=False,
    )
    assert done.headers["location"] == "/"


def test_nobody_signed_in_is_led_to_sign_in(browser):
    assert browser().get("/reveal?tool=zapier", follow_redirects=False).headers["location"].startswith("/sign-in?")


def test_another_session_of_the_same_account_shows_numbers(auditor, browser):
    auditor.act("/reveal", tool="zapier", reason="To ask them")
    assert NAME not in browser(Role.AUDITOR).get("/tools/zapier").text
