"""Derive: tools, statuses and figures follow from the store, and decisions of lists are taken over once."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.derive import figure_moment
from storage.times import to_ms
from tests.scanner.house import Ticking, charges, event, few_policies, user

HEADER = "tool,domain,status,owner,decided on,review by,conditions,reason\n"


@pytest.fixture
def pack():
    return few_policies


def approve(house, *rows, name="approved.csv"):
    return house.ingest("approved-tools-csv", house.write(name, HEADER + "".join(row + "\n" for row in rows)))


def decisions(house):
    return house.rows("SELECT * FROM decision ORDER BY id")


def test_a_list_of_approved_tools_gives_the_status_and_the_owner(house):
    approve(house, "HubSpot,hubspot.com,approved,bo@acme.example,2026-01-15,2027-01-15,no exports,checked")

    assert house.tools()["hubspot"]["status"] == "approved"
    (row,) = decisions(house)
    assert (row["by"], row["kind"], row["object"]) == ("source:approved", "status", "tool:hubspot")
    detail = json.loads(row["detail"])
    assert detail["status"] == "approved"
    assert house.one("SELECT address FROM actor WHERE id = :id", id=detail["owner_actor"]) == "bo@acme.example"


def test_words_of_people_stand_in_a_table_of_their_own(house):
    approve(house, "HubSpot,hubspot.com,approved,,2026-01-15,,no exports,asked Bo twice")

    assert "asked Bo twice" not in decisions(house)[0]["detail"]
    bodies = {row["body"] for row in house.rows("SELECT body FROM text")}
    assert {"asked Bo twice", "no exports"} <= bodies


def test_the_same_list_again_decides_nothing_again(house):
    approve(house, "HubSpot,hubspot.com,approved,,2026-01-15,,,checked")
    approve(house, "HubSpot,hubspot.com,approved,,2026-01-15,,,checked")

    assert len(decisions(house)) == 1


def test_a_later_decision_in_the_list_supersedes_and_the_earlier_one_stays(house):
    approve(house, "HubSpot,hubspot.com,approved,,2026-01-15,,,checked")
    approve(house, "HubSpot,hubspot.com,rejected,,2026-02-20,,,leaks")

    assert house.tools()["hubspot"]["status"] == "rejected"
    assert [json.loads(row["detail"])["status"] for row in decisions(house)] == ["approved", "rejected"]


def test_a_status_of_a_tool_that_nobody_knows_is_kept_with_it(house):
    approve(house, "Quillwood Board,,approved,,2026-01-15,,,checked")

    (tool,) = house.tools().values()
    assert (tool["name"], tool["status"], tool["provisional"]) == ("Quillwood Board", "approved", 1)


def test_a_merged_tool_has_the_status_that_was_decided_of_the_one_it_is_now(house):
    house.ingest("okta-system-log", house.write("log.jsonl", [event(1), event(2, app="Canva")]))
    approve(house, "HubSpot,hubspot.com,approved,,2026-01-15,,,checked")
    house.correct().merge("canva", "hubspot", "one")
    house.derive_again()

    assert {tool["id"]: tool["status"] for tool in house.tools().values()} == {"hubspot": "approved"}


def test_people_are_persons_of_the_last_90_days_and_services_are_left_out(house):
    house.ingest("okta-users", house.write("users.json", [user("ana"), user("bo", profile={"department": "IT"})]))
    log = [
        event(1, published="2026-03-01T10:00:00Z"),
        event(2, published="2025-12-01T10:00:00Z", person="bo"),
        event(3, published="2026-03-01T10:00:00Z", person="cy", outcome={"result": "FAILURE"}),
        event(
            4, published="2026-03-01T10:00:00Z", actor={"id": "svc", "type": "PublicClientApp", "displayName": "Sync"}
        ),
    ]
    house.ingest("okta-system-log", house.write("log.jsonl", log))

    found = house.figures()["hubspot"]
    assert (found["people"], found["people_ever"]) == (1, 2)


def test_somebody_whom_no_directory_knows_counts_one(house):
    house.ingest_text(
        "okta-system-log", [event(1, actor={"id": "x1", "type": "User"}), event(2, actor={"id": "x2", "type": "User"})]
    )

    assert house.figures()["hubspot"]["people"] == 2


def test_two_accounts_of_one_mailbox_count_one(house):
    ana = {"id": "other", "type": "User", "alternateId": "ANA@acme.test"}
    house.ingest_text("okta-system-log", [event(1), event(2, actor=ana)])

    assert house.figures()["hubspot"]["people"] == 1


def test_as_of_counts_everything_back_from_a_day(house):
    log = [event(1, published="2025-06-05T10:00:00Z"), event(2, published="2026-03-01T10:00:00Z", person="bo")]
    card = charges(
        ("2024-09-01", "HUBSPOT INC", "7"), ("2025-06-01", "HUBSPOT INC", "10"), ("2026-02-01", "HUBSPOT INC", "20")
    )
    house.ingest("okta-system-log", house.write("log.jsonl", log))
    house.ingest("card-csv", house.write("card.csv", card), as_of=datetime(2025, 7, 1, tzinfo=UTC))

    found = house.figures()["hubspot"]
    assert (found["people"], found["people_ever"]) == (1, 1)
    assert json.loads(found["spend_12m"]) == {"EUR": 17_000_000}
    assert json.loads(found["spend_total"]) == {"EUR": 17_000_000}
    assert found["last_seen"] == to_ms(datetime(2025, 6, 5, 10, tzinfo=UTC))


def test_a_decision_keeps_the_as_of_of_the_last_run(house):
    as_of = datetime(2026, 2, 1, tzinfo=UTC)
    house.ingest("okta-system-log", house.write("log.jsonl", [event(1)]), as_of=as_of)

    house.derive_again()

    assert house.one("SELECT as_of FROM run ORDER BY id DESC LIMIT 1") == to_ms(as_of)


def test_a_renamed_unit_is_a_new_version_of_where_the_person_is(house):
    house.ingest("okta-users", house.write("users.json", [user("ana")]))
    house.ingest("okta-users", house.write("users.json", [user("ana", profile={"department": "Growth"})]))

    rows = house.rows("SELECT unit, marketing, valid_to FROM actor_person ORDER BY valid_from")
    assert [(row["unit"], row["marketing"], row["valid_to"] is None) for row in rows] == [
        ("Marketing", 1, False),
        ("Growth", 0, True),
    ]


def test_a_person_of_two_units_is_marketings_where_one_of_them_is(house):
    house.ingest_text("okta-users", [user("ana", profile={"department": "Sales", "division": "Marketing"})])

    assert house.one("SELECT marketing FROM actor_person") == 1


def test_currencies_are_never_added(house):
    house.ingest_text(
        "card-csv", charges(("2026-02-01", "ZOOM.US", "10", "EUR"), ("2026-02-02", "ZOOM.US", "5", "USD"))
    )

    assert json.loads(house.figures()["zoom"]["spend_total"]) == {"EUR": 10_000_000, "USD": 5_000_000}


def test_the_companys_settings_are_kept_where_they_differ(house):
    house.ingest_text("okta-system-log", [event(1)])
    kept = house.tables("company")
    house.ingest_text("okta-system-log", [event(1)])
    assert house.tables("company") == kept

    house.company = replace(house.company, marketing_units=("Growth",))
    house.ingest_text("okta-system-log", [event(1)])

    assert json.loads(house.one("SELECT settings FROM company"))["marketing_units"] == ["Growth"]


def test_a_changed_configuration_changes_who_is_marketings(house):
    house.ingest_text("okta-users", [user("ana")])
    house.company = replace(house.company, marketing_units=("Growth",))

    outcome = house.derive_again()

    assert outcome.replaced == 1
    assert house.one("SELECT marketing FROM actor_person WHERE valid_to IS NULL") == 0


def test_an_identity_that_is_another_tool_now_is_told(house):
    house.ingest_text("okta-system-log", [event(1), event(2, app="Canva")])
    house.correct().merge("canva", "hubspot", "one")

    assert house.derive_again().relinked == 1
    assert house.derive_again().relinked == 0


@pytest.mark.parametrize("given", [None, 5])
def test_figures_count_back_from_now_where_nothing_is_said(given):
    clock = Ticking()

    assert figure_moment(given, clock) == (to_ms(clock.at) if given is None else 5)
