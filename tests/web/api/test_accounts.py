"""Accounts, one's own tokens, and what a token may not do though its account may."""

from datetime import timedelta

import pytest

from gate.roles import Act, Role
from storage import kept, sessions
from tests.web.conftest import WHO

NEW = {"email": "new@tarnvik.example", "roles": ["business_user"]}


def audited(office, act):
    with office.store.read() as connection:
        return [row for row in kept.audit_rows(connection) if row["act"] == act]


# --- accounts --------------------------------------------------------------------------------------------------------


def test_an_account_is_added_changed_signed_in_by_a_link_and_ended(program, browser, clock):
    one = program(Role.ADMINISTRATOR)
    made = one.act("/accounts", NEW | {"units": ["Brand"], "until": "2027-12-31"}).json()
    path = f"/accounts/{made['account']}"
    added = one.get(path).json()

    assert (added["email"], added["roles"], added["units"]) == ("new@tarnvik.example", ["business_user"], ["Brand"])
    assert added["valid_to"].startswith("2027-12-31T23:00"), "its last day is the company's"
    assert browser().post(made["link"].removeprefix("http://testserver"), follow_redirects=False).status_code == 303
    assert one.act(path, {"roles": ["reviewer"], "units": []}).json()["units"] == []
    assert one.act(f"{path}/sign-out").json() == {"ended": 1}
    clock.at += timedelta(hours=1)
    assert one.act(f"{path}/end").json()["state"] == "ended"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (NEW | {"email": "none"}, 422),
        (NEW | {"roles": []}, 422),
        (NEW | {"roles": ["king"]}, 422),
        (NEW | {"until": "2020-01-01"}, 409),
        (NEW | {"until": "9999-12-31"}, 422),
        (NEW | {"email": WHO[Role.REVIEWER]}, 409),
    ],
)
def test_an_account_that_is_none_is_not_added(program, body, status):
    one = program(Role.ADMINISTRATOR)
    before = one.get("/accounts").json()["total"]

    assert one.act("/accounts", body).status_code == status
    assert one.get("/accounts").json()["total"] == before


def test_the_last_administrator_stays_one(program):
    one = program(Role.ADMINISTRATOR)

    assert one.act("/accounts/1", {"roles": ["auditor"]}).status_code == 409
    assert one.act("/accounts/1/end").status_code == 409
    assert one.act("/accounts/1", {}).status_code == 422


@pytest.mark.parametrize("path", ["/accounts/999", "/accounts/999/end", "/accounts/999/link", "/accounts/999/sign-out"])
def test_an_account_that_is_none_is_not_there(program, path):
    body = {"units": []} if path == "/accounts/999" else None

    assert program(Role.ADMINISTRATOR).act(path, body).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_gives_anybody_rights(program, role):
    assert program(role).act("/accounts", NEW).status_code == 403


# --- one's own -------------------------------------------------------------------------------------------------------


def test_who_asks_is_told_what_this_token_may_do(program):
    told = program(Role.REVIEWER, [Act.LOOK, Act.WORK]).get("/account").json()

    assert told["email"] == WHO[Role.REVIEWER]
    assert told["acts"] == ["look", "work"]
    assert told["by_token"]
    assert not told["sees_names"], "its account sees names; the token was not made for that"


@pytest.fixture
def session(browser):
    """Return what asks as a browser does: by its cookie, with the secret of its forms."""
    client = browser(Role.REVIEWER)
    client.headers["x-csrf-token"] = client.csrf()
    return client


def test_a_session_makes_a_token_uses_it_and_ends_it(session, browser):
    made = session.post("/api/v1/account/tokens", json={"name": "reports", "acts": ["look"], "days": 3}).json()
    shown = {"authorization": f"Bearer {made['token']}"}
    (listed,) = session.get("/api/v1/account/tokens").json()["items"]

    assert browser().get("/api/v1/tools", headers=shown).status_code == 200
    assert browser().post("/api/v1/cases/1/take", headers=shown).status_code == 403
    assert made["token"] not in session.get("/api/v1/account/tokens").text
    assert (listed["name"], listed["acts"], listed["holds"]) == ("reports", ["look"], True)
    assert session.delete(f"/api/v1/account/tokens/{listed['id']}").json() == {"ended": listed["id"]}
    assert browser().get("/api/v1/tools", headers=shown).status_code == 401


def test_a_token_ends_on_its_day(program, office, clock):
    one = program(Role.REVIEWER)
    clock.at += timedelta(days=10)

    assert one.get("/tools").status_code == 401


def test_what_acts_by_a_cookie_carries_the_secret_of_the_forms(session, office):
    without = session.post("/api/v1/cases/1/take", headers={"x-csrf-token": "wrong"})

    assert without.status_code == 403
    assert without.headers["content-type"] == "application/problem+json"
    assert session.post("/api/v1/cases/1/take").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/account/tokens", {"name": "more", "acts": ["work"], "days": 3}),
        ("POST", "/account/stand-ins", {"to": WHO[Role.APPROVER_IT], "until": "2026-11-20", "reason": "Away"}),
        ("DELETE", "/account/sessions/1", None),
        ("DELETE", "/account/stand-ins/1", None),
        ("DELETE", "/account/tokens/999", None),
    ],
)
def test_a_token_gives_nobody_rights_and_ends_no_others(program, method, path, body):
    got = program(Role.REVIEWER).act(path, body, method=method)

    assert got.status_code == 403
    assert "Sign in" in got.json()["detail"]


def test_a_token_may_end_itself(program, office):
    one = program(Role.REVIEWER)
    number = one.get("/account/tokens").json()["items"][0]["id"]

    assert one.act(f"/account/tokens/{number}", method="DELETE").status_code == 200
    assert one.get("/tools").status_code == 401


def test_a_session_is_listed_and_ended_by_its_own_account_alone(session, browser, program, office):
    browser(Role.REVIEWER)
    browser(Role.AUDITOR)
    listed = session.get("/api/v1/account/sessions").json()["items"]
    other = next(row["id"] for row in listed if not row["is_this"])
    with office.store.read() as connection:
        strange = {row["id"] for row in sessions.sessions(connection)} - {row["id"] for row in listed}

    assert session.delete(f"/api/v1/account/sessions/{strange.pop()}").status_code == 404
    assert session.delete(f"/api/v1/account/sessions/{other}").json() == {"ended": other}
    assert len(session.get("/api/v1/account/sessions").json()["items"]) == len(listed) - 1


def test_somebody_stands_in_until_a_day_or_until_it_is_ended(session):
    made = session.post(
        "/api/v1/account/stand-ins", json={"to": WHO[Role.APPROVER_IT], "until": "2026-11-20", "reason": "On leave"}
    )
    (listed,) = session.get("/api/v1/account/stand-ins").json()["items"]

    assert made.status_code == 201
    assert (listed["account"], listed["stand_in"]) == (WHO[Role.REVIEWER], WHO[Role.APPROVER_IT])
    assert session.delete(f"/api/v1/account/stand-ins/{listed['id']}").status_code == 200
    assert session.get("/api/v1/account/stand-ins").json()["items"] == []
    assert session.delete("/api/v1/account/stand-ins/99").status_code == 404


# --- what a token may not do though its account may ------------------------------------------------------------------

SIGN = {"outcome": "reject", "reason": "x", "sentence": "No."}


@pytest.mark.parametrize("acts", [[Act.LOOK], [Act.LOOK, Act.WORK, Act.WAIVE]])
def test_a_token_signs_only_where_it_is_for_that(program, office, acts):
    one = program(Role.REVIEWER, acts)
    seen = one.get("/cases/1").json()["seen"]

    assert one.act("/cases/1/sign", SIGN | {"seen": seen}).status_code == 403
    assert one.act("/cases/1/agree", {"reason": "x"}).status_code == 403
    assert audited(office, "decision.signature") == []


def test_a_token_takes_back_only_what_it_could_have_decided(program, office):
    full, little = program(Role.REVIEWER), program(Role.REVIEWER, [Act.LOOK, Act.WORK])
    body = {"importance": "low", "risk": "low", "reason": "x", "side": "it"}
    number = full.act("/tools/asana/rate", body).json()["decision"]

    assert little.act(f"/decisions/{number}/undo", {"reason": "x"}).status_code == 403
    assert full.act(f"/decisions/{number}/undo", {"reason": "x"}).status_code == 200


def test_a_token_takes_back_no_request_it_could_not_have_made(program):
    made = program(Role.BUSINESS_USER).act("/requests", {"tool": "Quillfox", "purpose": "x"}).json()["request"]

    assert program(Role.BUSINESS_USER, [Act.LOOK]).act(f"/requests/{made}/withdraw", {"reason": "x"}).status_code == 403


def test_a_token_of_a_stand_in_signs_in_nobodys_stead(session, program, office):
    to = {"to": WHO[Role.APPROVER_MARKETING], "until": "2026-11-20", "reason": "On leave"}
    assert session.post("/api/v1/account/stand-ins", json=to).status_code == 201
    one = program(Role.APPROVER_MARKETING)
    seen = one.get("/cases/1").json()["seen"]
    got = one.act("/cases/1/sign", SIGN | {"seen": seen, "side": "it"})

    assert got.status_code in {403, 409}
    assert audited(office, "decision.signature") == []


def test_people_are_shown_by_name_once_and_that_is_in_the_trail(program, office):
    one = program(Role.APPROVER_MARKETING)
    listed = one.get("/tools/hubspot/people").json()["items"]
    shown = one.act("/tools/hubspot/people/reveal", {"reason": "To plan the move"}, key="k1")

    assert {row["address"] for row in listed} == {None}
    assert "amira.castell@tarnvik.example" in {row["address"] for row in shown.json()["items"]}
    assert [row["object"] for row in audited(office, "names.reveal")] == ["tool:hubspot"]
    assert one.act("/tools/hubspot/people/reveal", {"reason": "To plan the move"}, key="k1").status_code == 409
    assert {row["address"] for row in one.get("/tools/hubspot/people").json()["items"]} == {None}


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": None}])
def test_nobody_is_shown_by_name_without_a_reason(program, office, body):
    assert program(Role.APPROVER_MARKETING).act("/tools/hubspot/people/reveal", body).status_code == 422
    assert audited(office, "names.reveal") == []


def test_the_desk_sees_names_by_its_role(program, reader):
    assert None not in {row["address"] for row in reader.get("/tools/hubspot/people").json()["items"]}
    assert program(Role.REVIEWER).act("/tools/hubspot/people/reveal", {"reason": "x"}).status_code == 403
