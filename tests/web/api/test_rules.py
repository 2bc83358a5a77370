"""Rules by program: read, and one that lets tools in stopped; a policy tried on the present data; rules of noise."""

import pytest

from gate.roles import Role
from storage import cases

REASON = {"reason": "It let in too much."}


@pytest.fixture
def tool(office):
    with office.store.read() as connection:
        sql = "SELECT id FROM tool WHERE status = 'new' AND noise IS NULL ORDER BY id LIMIT 1"
        return connection.exec_driver_sql(sql).scalar()


# --- the gate --------------------------------------------------------------------------------------------------------


def test_the_rules_of_the_gate_are_listed_in_words(desk_program, lane):
    found = desk_program.get("/rules").json()

    assert found["file"] is None
    assert next(row["name"] for row in found["items"] if row["version"] is not None) == lane
    assert not any(row["revoked"] for row in found["items"])


def test_a_rule_is_stopped_with_all_that_it_let_in(program, office, let_in, lane, tool):
    let_in(lane, tool)
    one = program(Role.APPROVER_IT)

    assert one.act(f"/rules/{lane}/revoke", REASON).json() == {"rule": lane, "tools": [tool]}

    with office.store.read() as connection:
        assert cases.status_of_tool(connection, tool) != "approved"
    assert [row["name"] for row in one.get("/rules").json()["items"] if row["revoked"]] == [lane]
    assert one.act(f"/rules/{lane}/revoke", REASON).status_code == 409


def test_who_may_not_stop_rules_stops_none(desk_program, let_in, lane, tool):
    let_in(lane, tool)

    assert desk_program.act(f"/rules/{lane}/revoke", REASON).status_code == 403


def test_a_rule_that_is_not_there_is_not_found(program):
    assert program(Role.APPROVER_IT).act("/rules/NONE-1/revoke", REASON).status_code == 404


# --- risk and noise --------------------------------------------------------------------------------------------------


def test_the_rules_of_risk_are_listed_by_side(desk_program):
    found = desk_program.get("/risk-rules").json()

    assert {row["side"] for row in found["items"]} == {"technology", "customer"}
    assert (found["refused"], found["file"]) == ([], None)


def test_the_rules_of_noise_say_how_many_tools_each_hides(desk_program, office, tool):
    desk_program.act(f"/tools/{tool}/noise", {"noise": True, "reason": "A toy."})
    assert office.tools.following.wait(60)
    found = desk_program.get("/money/noise").json()["items"]
    hidden = [row["id"] for row in desk_program.get("/tools?noise=only&limit=500").json()["items"]]

    assert tool in hidden
    assert sum(row["tools"] for row in found) == len(hidden)
    assert (found[-1]["id"], found[-1]["tools"]) == ("decision", 1)


# --- a policy that is tried ------------------------------------------------------------------------------------------


def test_a_policy_is_tried_as_it_stands_and_changed(desk_program):
    same = desk_program.act("/policies/SEC-02/try", {}).json()
    other = desk_program.act("/policies/SEC-02/try", {"require": "false"}).json()

    assert (same["before"], same["changes"], same["keep"]) == (same["after"], [], None)
    assert (other["before"], other["judged"]) == (same["before"], other["of"])
    assert other["after"]["met"] == 0 < other["after"]["violated"]
    assert {row["after"] for row in other["changes"]} == {"violated"}


def test_a_threshold_is_tried_and_the_configuration_for_it_told(desk_program):
    found = desk_program.act("/policies/SEC-20/try", {"thresholds": {"admins": "2"}}).json()

    assert "SEC-20" in found["keep"]
    assert "admins" in found["keep"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"require": "grants.active =="}, "require:1:"),
        ({"applies": "no.such.fact"}, "applies:1:"),
        ({"thresholds": {"admins": "many"}}, "thresholds.admins"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_place(desk_program, body, where):
    answer = desk_program.act("/policies/SEC-20/try", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"].startswith(where)


def test_a_threshold_that_the_policy_has_not_is_refused(desk_program):
    answer = desk_program.act("/policies/SEC-20/try", {"thresholds": {"admin": "2"}})

    assert answer.status_code == 422
    assert "It has: admins" in answer.json()["detail"]


def test_a_policy_that_is_not_there_is_not_tried(desk_program, program):
    assert desk_program.act("/policies/NONE-1/try", {}).status_code == 404
    assert program(Role.AUDITOR).act("/policies/SEC-02/try", {}).status_code == 403
