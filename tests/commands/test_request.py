"""Asking for a tool before it is bought, by command: the answer at once, where it stands, taking it back."""

import json

import pytest
from click.testing import CliRunner

from tests.commands.people import IT, MARKETING, USER, Staff

FOR = ("--for", "Newsletters to partners")
ZORBO = ("request", "Zorbo", *FOR, "--category", "email_marketing")


@pytest.fixture
def staff(filled):
    return Staff()


def decide(staff, case, outcome):
    for who in (IT, MARKETING):
        words = ("--reason", "Looked at all of it", "--sentence", "Use it for newsletters.")
        done = staff(who, "review", "decide", str(case), outcome, *words)
        assert done.exit_code == 0, done.stderr


def test_a_request_is_answered_at_once(staff, rows):
    price = ("--price", "12,000", "--currency", "gbp", "--people", "5", "--need", "crm", "--data", "contacts")

    done = staff(USER, *ZORBO, *price)

    assert done.exit_code == 0, done.stderr
    for said in (
        "request 1, case",
        "What does the job already",
        "No other tool for email marketing is approved",
        "Quoted GBP 12k, forecast GBP",
        "A reviewer takes it up, by",
        "No request was decided here yet",
        "ostiary request show 1",
    ):
        assert said in done.stdout
    (tool,) = [row for row in rows("tools") if row["id"] == "wanted-zorbo"]
    assert (tool["status"], tool["people"], tool["provisional"], tool["marketing"]) == ("new", 0, True, True)
    assert [row["kind"] for row in rows("cases") if row["tool_id"] == "wanted-zorbo"] == ["requested"]


def test_programs_get_the_answer_as_one_object(staff):
    found = staff.json(USER, *ZORBO, "--price", "12000", "--currency", "USD")

    assert (found["request"], found["tool_id"], found["category"]) == (1, "wanted-zorbo", "email_marketing")
    assert (found["first"], found["known"], found["took"], found["unpriced"]) == (None, None, None, True)
    assert found["forecast"]["priced"] is False
    assert found["due_at"]


def test_a_tool_that_is_approved_is_told_with_its_users_and_needs_no_request(staff, rows):
    done = staff(USER, "request", "HubSpot", *FOR)

    assert "HubSpot is known here: approved with conditions. Used by Marketing (6)" in done.stdout
    assert "Nothing: it may be used." in done.stdout
    assert rows("request", "list") == []


def test_approved_tools_of_the_same_job_are_told_with_units_and_counts(staff):
    found = staff.json(USER, "request", "Zorbo", *FOR, "--category", "marketing_automation")

    (approved,) = found["approved"]
    assert approved["id"] == "hubspot"
    assert {"unit": "Marketing", "people": 6} in approved["units"]
    assert "@" not in json.dumps(found["approved"])


def test_a_tool_that_is_in_use_joins_what_is_known_of_it(staff, rows):
    number = next(row["id"] for row in rows("cases") if row["tool_id"] == "zapier")

    found = staff.json(USER, "request", "Zapier", *FOR)

    assert (found["case"], found["known"]["status"]) == (number, "new")


def test_a_second_request_joins_the_first_and_the_same_person_asks_once(staff):
    staff(USER, *ZORBO)

    second, again = staff(MARKETING, "request", " zorbo ", *FOR), staff(USER, *ZORBO)

    assert "already (request 1); yours joins that case" in second.stdout
    assert again.exit_code == 1
    assert "`ostiary request show 1`" in again.stderr


def test_where_a_request_stands_is_shown_until_it_is_decided(staff, run, rows):
    case = staff.json(USER, *ZORBO)["case"]
    shown = run("request", "show", "1").stdout
    assert "Newsletters to partners" in shown
    assert "a reviewer" in shown

    staff(IT, "review", "decide", str(case), "reject", "--reason", "No DPA", "--sentence", "It sells addresses.")

    (row,) = rows("request", "list")
    assert (row["where"], row["by"], row["waiting_for"], row["due_at"]) == ("rejected", USER, None, None)
    assert rows("request", "list", "--open") == []
    shown = run("request", "show", "1").stdout
    assert "rejected" in shown
    assert "It sells addresses." in shown


def test_whoever_asks_decides_on_it_in_no_case(staff):
    case = staff.json(IT, *ZORBO)["case"]

    done = staff(IT, "review", "decide", str(case), "approve", "--reason", "Mine", "--sentence", "Mine.")

    assert done.exit_code == 1
    assert "does not decide on it" in done.stderr


def test_an_approved_request_survives_a_rebuild(staff, run, rows):
    case = staff.json(USER, *ZORBO)["case"]
    decide(staff, case, "approve")

    assert run("rebuild").exit_code == 0

    assert {row["id"]: row["status"] for row in rows("tools")}["wanted-zorbo"] == "approved"
    again = staff.json(MARKETING, "request", "Other", *FOR, "--category", "email_marketing")
    assert [row["id"] for row in again["approved"]] == ["wanted-zorbo"]
    assert again["took"]["requests"] == 1


def test_a_request_is_taken_back_and_its_tool_leaves_the_list(staff, rows):
    staff(USER, *ZORBO)

    done = staff(USER, "request", "withdraw", "1", "--reason", "HubSpot does it")

    assert "Request 1 is taken back, and case" in done.stdout
    assert "wanted-zorbo" not in {row["id"] for row in rows("tools")}
    assert [row["where"] for row in rows("request", "list")] == ["withdrawn"]


def test_a_look_alike_is_said_to_be_one(staff):
    assert "looks like HubSpot, and is not it" in staff(USER, "request", "hubsp0t.com", *FOR).stdout


def test_without_a_category_nobody_knows_what_does_the_job(staff):
    shown = staff(USER, "request", "Zorbo", *FOR).stdout

    assert "--category SLUG finds the approved ones" in shown
    assert "Without a category nothing can be forecast" in shown


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("Zorbo", "--for", ""), 1, "add --for TEXT"),
        (("Zorbo", "--for", "a" * 100_000), 1, "10,000 characters at most"),
        (("Zorbo", "--for", "a\x07b"), 1, "control characters"),
        (("", *FOR), 1, "the tool's name is empty"),
        (("   ", *FOR), 1, "the tool's name is empty"),
        (("Z" * 4096, *FOR), 1, "200 characters at most"),
        (("Zor\x1b[2Jbo", *FOR), 1, "control characters"),
        (("Zor\u202ebo", *FOR), 1, "control characters"),
        (("Zorbo", *FOR, "--price", "€12,000", "--currency", "EUR"), 2, "the amount alone"),
        (("Zorbo", *FOR, "--price", "12000 EUR", "--currency", "EUR"), 2, "the amount alone"),
        (("Zorbo", *FOR, "--price", "-5", "--currency", "EUR"), 2, "the amount alone"),
        (("Zorbo", *FOR, "--price", "12.000,50", "--currency", "EUR"), 2, "is no amount"),
        (("Zorbo", *FOR, "--price", "9" * 40, "--currency", "EUR"), 2, "is no amount"),
        (("Zorbo", *FOR, "--price", "12000"), 2, "a price has a currency"),
        (("Zorbo", *FOR, "--price", "12000", "--currency", "EURO"), 2, "three letters"),
        (("Zorbo", *FOR, "--people", "0"), 1, "1 to 1,000,000 people"),
        (("Zorbo", *FOR, "--category", "email"), 2, "did you mean"),
        (("Zorbo", *FOR, "--unit", "U" * 4096), 1, "200 characters"),
    ],
)
def test_what_is_no_request_is_refused_and_nothing_is_left(staff, rows, words, status, said):
    before = rows("tools")

    done = staff(USER, "request", *words)

    assert done.exit_code == status
    assert said in done.stderr
    assert rows("request", "list") == []
    assert rows("tools") == before


def test_a_card_number_in_what_it_is_for_is_masked(staff, run):
    staff(USER, "request", "Zorbo", "--for", "Paid with 4111 1111 1111 1111")

    assert "4111 1111" not in run("request", "show", "1").stdout


def test_asking_takes_an_account_and_its_token(filled, run, staff):
    assert "say who acts: --as EMAIL" in run(*ZORBO).stderr
    assert "not the token" in staff(USER, *ZORBO, token="wrong").stderr


def test_before_anybody_has_an_account_the_first_step_is_said(filled, run):
    assert "ostiary review init" in run(*ZORBO).stderr


def test_nobody_has_asked_and_no_such_request_are_said_plainly(filled, run):
    assert "Nobody has asked for a tool yet" in run("request", "list").stdout
    assert "there is no request 7" in run("request", "show", "7").stderr


def test_a_tool_called_like_a_command_can_be_asked_for(staff):
    assert staff(USER, "request", "ask", "list", *FOR).exit_code == 0


def test_the_help_shows_how_it_is_asked():
    from cli import ostiary  # noqa: PLC0415 (as the program does)

    assert "request Quillfox --for" in CliRunner().invoke(ostiary, ["request", "--help"]).stdout
