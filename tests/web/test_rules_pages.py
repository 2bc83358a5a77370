"""A rule that lets tools in by itself: what is in by it, and that an approver for IT stops it, for a reason."""

import re

import pytest

from gate.roles import Role
from storage import cases

REASON = {"reason": "It let in too much."}


@pytest.fixture
def tools(office):
    """Two tools on which nobody decided."""
    with office.store.read() as connection:
        sql = "SELECT id FROM tool WHERE status = 'new' AND noise IS NULL ORDER BY id LIMIT 2"
        return [row[0] for row in connection.exec_driver_sql(sql)]


def statuses(office, tools):
    with office.store.read() as connection:
        return [cases.status_of_tool(connection, tool) for tool in tools]


def test_the_settings_lead_to_each_rule_that_lets_tools_in(reviewer, lane):
    assert f'href="/rules/{lane}"' in reviewer.get("/settings").text
    page = reviewer.get(f"/rules/{lane}").text
    assert "No tool is approved by it now." in page
    assert "takes an approver for IT" in page


def test_its_page_says_what_it_let_in(browser, let_in, lane, tools):
    let_in(lane, *tools)
    page = browser(Role.APPROVER_IT).get(f"/rules/{lane}").text

    assert "<strong>2 tools</strong> are approved by it alone." in page
    assert all(f'href="/tools/{tool}"' in page for tool in tools)


def test_an_approver_for_it_stops_it_and_all_it_let_in_is_open_again(browser, office, let_in, lane, tools):
    let_in(lane, *tools)
    assert statuses(office, tools) == ["approved", "approved"]
    approver = browser(Role.APPROVER_IT)

    page = approver.act(f"/rules/{lane}/revoke", **REASON).text

    assert "2 approvals of it are taken back" in page
    assert "approved" not in statuses(office, tools)
    assert '<span class="tag">revoked</span>' in page
    assert "Stop the rule" not in page
    assert '<span class="tag">revoked</span>' in approver.get("/settings").text


def test_the_form_sent_twice_stops_it_once(browser, office, let_in, lane, tools):
    let_in(lane, *tools)
    approver = browser(Role.APPROVER_IT)
    once = re.search(r'name="once" value="([^"]+)"', approver.get(f"/rules/{lane}").text)[1]

    pages = [approver.act(f"/rules/{lane}/revoke", once=once, **REASON) for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    with office.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM decision WHERE kind = 'revoke'").scalar() == 1


def test_without_a_reason_nothing_is_stopped(browser, office, let_in, lane, tools):
    let_in(lane, *tools)
    answer = browser(Role.APPROVER_IT).act(f"/rules/{lane}/revoke", reason=" ")

    assert (answer.status_code, statuses(office, tools)) == (422, ["approved", "approved"])
    assert "Say why the rule is stopped" in answer.text


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVER_MARKETING, Role.ADMINISTRATOR])
def test_nobody_else_stops_a_rule(browser, office, let_in, lane, tools, role):
    let_in(lane, *tools)

    assert browser(role).act(f"/rules/{lane}/revoke", **REASON).status_code == 403
    assert statuses(office, tools) == ["approved", "approved"]


def test_a_rule_that_is_gone_is_shown_by_what_it_let_in(browser, let_in, tools):
    let_in("OLD-7", tools[0])
    page = browser(Role.APPROVER_IT).get("/rules/OLD-7").text

    assert "no rule of the gate any more" in page
    assert "<strong>1 tool</strong> is approved by it alone." in page


def test_a_rule_that_never_was_is_not_found(browser):
    approver = browser(Role.APPROVER_IT)

    assert approver.get("/rules/NONE-1").status_code == 404
    assert approver.act("/rules/NONE-1/revoke", **REASON).status_code == 404
