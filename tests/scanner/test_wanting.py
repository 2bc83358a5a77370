"""A wanted tool stays in the list through every run, and becomes one with the tool that a scan finds."""

import json

import pytest

from gate import accounts, requests
from gate.requests import Wanted
from gate.reviewing import Review
from gate.roles import Role
from gate.terms import Terms
from model.errors import Refused
from scanner import wanting
from scanner.run import shipped_gate, shipped_pack
from storage import requests as stored
from tests.scanner.house import ACME, House, charges


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.store.close()


@pytest.fixture
def people(house):
    made = {}
    with house.store.write() as connection:
        at = house.clock.now()
        root = accounts.begin(connection, house.trail, "root@acme.example", by="user:root", at=at).account
        for role in (Role.BUSINESS_USER, Role.APPROVER_IT, Role.APPROVER_MARKETING):
            made[role] = accounts.add(connection, house.trail, root, f"{role}@acme.example", [role], at=at).account
    return made


def gate(house):
    at = house.clock.now()
    return shipped_gate().gate(house.trail, shipped_pack(), at=at, as_of=at, currency=ACME.base_currency)


def meant(house, name, category=None):
    with house.store.read() as connection:
        return wanting.target(connection, house.index, name, category)[0]


def ask(house, people, name, category="email_marketing", role=Role.BUSINESS_USER):
    tool = meant(house, name, category)
    with house.store.write() as connection:
        return requests.ask(connection, gate(house), Wanted(tool=tool, purpose="Newsletters"), people[role])


def approve(house, people, case):
    with house.store.write() as connection:
        for role in (Role.APPROVER_IT, Role.APPROVER_MARKETING):
            word = Terms(outcome="approve", reason="Looked at all of it", sentence="You may use it.")
            if Review(connection, gate(house), case, people[role]).sign(word).decision is not None:
                return


def cases(house):
    return house.rows("SELECT id, kind, tool_id, state, stage FROM review_case ORDER BY id")


def requested(house):
    return [(row["tool_id"], row["case_id"]) for row in house.rows("SELECT * FROM request ORDER BY id")]


# --- which tool is meant ---------------------------------------------------------------------------------------------


def test_a_name_or_a_domain_of_the_catalogue_is_the_catalogues_tool(house):
    assert {meant(house, name).id for name in ("HubSpot", "hubspot", " HUBSPOT crm ", "hubspot.com")} == {"hubspot"}
    assert meant(house, "HubSpot").category == "marketing_automation"


def test_what_nobody_knows_gets_an_id_of_its_own_and_the_category_that_is_said(house):
    found = meant(house, " Zorbo  Mail ", "email_marketing")

    assert (found.id, found.name, found.category) == ("wanted-zorbo-mail", "Zorbo Mail", "email_marketing")
    assert (found.provisional, found.marketing) == (True, True)
    assert meant(house, "Zorbo").marketing is None


def test_names_that_read_alike_in_an_id_are_not_taken_for_one(house):
    ids = {wanting.own_id(name) for name in ("Zorbo!", "Zorbo", "会議", "広告", "🦊")}

    assert len(ids) == 5
    assert wanting.own_id("ZORBO") == wanting.own_id("zorbo")


def test_a_look_alike_is_not_the_genuine_tool_and_it_is_said(house):
    with house.store.read() as connection:
        found, imitates = wanting.target(connection, house.index, "hubsp0t.com")

    assert (found.provisional, imitates) == (True, "HubSpot")


def test_a_tool_of_the_list_is_found_by_its_name_and_two_of_one_name_are_asked_about(house):
    for number in ("1", "2"):
        house.execute(
            "INSERT INTO tool VALUES (:id, 'Zorbo', NULL, NULL, NULL, 1, NULL, 'new')", id=f"new-zorbo-{number * 8}"
        )

    assert meant(house, "new-zorbo-11111111").id == "new-zorbo-11111111"
    with pytest.raises(Refused, match="2 tools are called 'zorbo'"):
        meant(house, "zorbo")


# --- through every run -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Zorbo", "Mailchimp"])
def test_a_wanted_tool_survives_deriving_and_rebuilding_with_its_case(house, people, name):
    found = ask(house, people, name)
    house.derive_again()
    before, open_ = house.tables("tool"), cases(house)

    house.rebuild()
    house.derive_again()

    assert house.tables("tool") == before
    assert cases(house) == open_
    assert [(row["id"], row["state"]) for row in open_] == [(found.case, "open")]
    assert list(house.tools()) == [meant(house, name).id]


def test_it_is_judged_like_any_other_and_its_people_are_none(house, people):
    ask(house, people, "Zorbo")
    house.derive_again()

    facts = {row["name"]: row["value"] for row in house.rows("SELECT * FROM fact WHERE valid_to IS NULL")}
    assert json.loads(facts["ownership.business_owner"]) is False
    assert house.rows("SELECT 1 FROM finding WHERE tool_id = 'wanted-zorbo' AND valid_to IS NULL")


def test_it_keeps_the_status_of_its_decision(house, people):
    approve(house, people, ask(house, people, "Zorbo").case)
    house.derive_again()

    house.rebuild()

    assert house.tools()["wanted-zorbo"]["status"] == "approved"
    assert [row["stage"] for row in cases(house)] == ["decided"]


def test_what_was_taken_back_leaves_the_list(house, people):
    found = ask(house, people, "Zorbo")
    house.derive_again()
    with house.store.write() as connection:
        requests.withdraw(connection, gate(house), found.request, "Not needed", people[Role.BUSINESS_USER])

    house.derive_again()

    assert house.tools() == {}
    assert house.rows("SELECT 1 FROM fact WHERE valid_to IS NULL") == []


# --- one with what a scan finds --------------------------------------------------------------------------------------


def test_a_tool_of_the_catalogue_that_a_scan_finds_later_is_the_wanted_one(house, people):
    found = ask(house, people, "Mailchimp")
    house.derive_again()

    house.ingest_text("card-csv", charges(("2026-03-02", "MAILCHIMP *MONTHLY", "30.00")))

    assert list(house.tools()) == ["mailchimp"]
    assert [(row["id"], row["tool_id"], row["state"]) for row in cases(house)] == [(found.case, "mailchimp", "open")]
    assert requested(house) == [("mailchimp", found.case)]


def test_an_unknown_domain_that_a_scan_finds_is_the_wanted_one_with_its_approval(house, people):
    approve(house, people, ask(house, people, "zorbo.io").case)
    house.derive_again()

    house.ingest_text("card-csv", charges(("2026-03-02", "ZORBO.IO", "30.00")))

    (tool,) = house.tools().values()
    assert (tool["id"].startswith("new-zorbo-io"), tool["status"]) == (True, "approved")
    assert requested(house) == [(tool["id"], 1)]
    house.rebuild()
    assert [row["status"] for row in house.tools().values()] == ["approved"]


def test_a_tool_that_a_person_merges_takes_the_request_along_but_no_approval(house, people):
    house.ingest_text("card-csv", charges(("2026-03-02", "MAILCHIMP *MONTHLY", "30.00")))
    approve(house, people, ask(house, people, "Zorbo").case)
    house.derive_again()

    house.correct().merge("wanted-zorbo", "mailchimp", "It is sold under that name now")
    house.derive_again()

    assert {row["id"]: row["status"] for row in house.tools().values()} == {"mailchimp": "new"}
    assert requested(house)[0][0] == "mailchimp"
    house.rebuild()
    assert {row["id"]: row["status"] for row in house.tools().values()} == {"mailchimp": "new"}


def test_requests_of_a_tool_that_has_an_open_case_join_it_when_the_two_become_one(house, people):
    theirs = ask(house, people, "Mailchimp").case
    ours = ask(house, people, "Zorbo", role=Role.APPROVER_IT).case
    house.derive_again()

    house.correct().merge("wanted-zorbo", "mailchimp", "It is sold under that name now")
    house.derive_again()

    states = {row["id"]: (row["state"], row["stage"]) for row in cases(house)}
    assert requested(house) == [("mailchimp", theirs), ("mailchimp", theirs)]
    assert states == {theirs: ("open", "new"), ours: ("closed", "joined")}
    with house.store.read() as connection:
        assert len(stored.standing(connection, case=theirs)) == 2


def test_who_knows_the_tools_of_that_name_already_has_them_not_sought_again(house):
    with house.store.read() as connection:
        found, _ = wanting.target(connection, house.index, "Brevo", None, listed=())
        gone, _ = wanting.target(connection, house.index, "Quillfox", None, listed=["no-longer-there"])
        with pytest.raises(Refused, match="2 tools are called"):
            wanting.target(connection, house.index, "Twin", None, listed=["twin-a", "twin-b"])

    assert found.id == "brevo"
    assert gone.provisional
