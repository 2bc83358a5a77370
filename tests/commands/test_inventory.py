"""`ostiary inventory`: what may be used for a job, by commands alone, from the list that a company keeps."""

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest

from commands.inventory import INVENTORY
from gate.audit import Trail
from gate.decisions import Ruling, decide
from tests.commands.conftest import FIXTURES, call
from tests.commands.judged import opened

#: The contract's fields of the inventory, in order.
CONTRACT = (
    *("tool_id", "tool", "category", "status", "conditions", "owners", "people", "spend_12m", "renews_at"),
    *("review_by", "instead_of"),
)


def flat(text):
    return " ".join(text.split())


def test_the_contracts_fields_come_first():
    assert INVENTORY.fields[: len(CONTRACT)] == CONTRACT


def test_the_inventory_is_what_may_be_used(filled, rows):
    found = {row["tool"]: row for row in rows("inventory")}

    assert {row["status"] for row in found.values()} == {"approved", "approved_with_conditions"}
    assert "Hootsuite" not in found
    assert found["HubSpot"]["conditions"] == ["Single sign-on only; no export of contacts"]
    assert found["HubSpot"]["owner_business"] == "ada.sample@example.com"
    assert found["Salesforce"]["review_by"] == "2026-09-01"
    assert found["Salesforce"]["decided_on"] == "2025-09-01"


def test_all_shows_what_may_not_be_used_too(filled, rows):
    (row,) = [row for row in rows("inventory", "--all") if row["tool"] == "Hootsuite"]

    assert (row["status"], row["review_by"], row["owners"]) == ("rejected", None, [])
    assert rows("inventory", "--leaving") == [row]


def test_an_approval_that_has_ended_is_none(filled, rows, run):
    late = ("--as-of", "2026-09-02")

    assert "Salesforce" not in {row["tool"] for row in rows("inventory", *late)}
    (row,) = [row for row in rows("inventory", "--all", *late) if row["tool"] == "Salesforce"]
    assert row["status"] == "in_review"
    assert "Not decided, or not any more: Salesforce" in flat(run("inventory", *late).stdout)


def test_a_table_reads_without_codes_or_ids(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    shown = run("inventory").stdout

    assert "May I use it?" in shown
    assert "on conditions" in shown
    assert "Keep customers, contacts" in flat(shown)
    assert not re.search(r"[a-z]_[a-z]|approved:", shown)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--search", "video call"), ["Slack", "Zoom"]),
        (("--search", "contacts deals"), ["Salesforce"]),
        (("--owner", "ivy"), ["Salesforce"]),
        (("--category", "crm"), ["Salesforce"]),
        (("--search", "nothing"), []),
    ],
)
def test_it_is_looked_up_by_words_owner_and_category(filled, rows, words, found):
    assert sorted(row["tool"] for row in rows("inventory", *words)) == found


def test_a_category_that_there_is_none_of_is_a_wrong_call(filled, run):
    done = run("inventory", "--category", "crmm")

    assert done.exit_code == 2
    assert "there is no 'crmm'" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--search", "hovercraft"), "None of the 4 approved tools is like that"),
        (("--search", "hootsuite"), "add --all to see why"),
        (("--search", "slack", "--leaving"), "Nothing like that is rejected or retired"),
    ],
)
def test_an_empty_list_says_what_to_do(filled, run, words, said):
    assert said in flat(run("inventory", *words).stdout)


def test_before_anything_is_approved_it_says_where_approvals_come_from(machine, run):
    run("ingest", "people-csv", FIXTURES / "people.csv", "--db", "sqlite:///x.db")

    done = run("inventory", "--db", "sqlite:///x.db")

    assert done.exit_code == 0
    assert "Nothing is approved yet" in done.stdout
    assert "ostiary ingest approved-tools-csv FILE" in done.stdout


def test_what_is_to_be_left_is_told_below_the_list(filled, run, machine, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    extra = machine / "more.csv"
    extra.write_text(
        "Tool,Domain,Status,Owner,Decided on,Review by\nCanva,canva.com,retired,,2026-03-01,2026-06-30\n"
        "Figma,figma.com,approved,,2026-03-01,\n",
        encoding="utf-8",
    )
    assert run("ingest", "approved-tools-csv", extra, "--as-of", "2026-04-01").exit_code == 0

    told = flat(run("inventory").stdout)
    (row,) = json.loads(run("inventory", "--leaving", "--search", "canva", "--format", "json").stdout)

    assert (row["move_by"], row["review_by"]) == ("2026-06-30", None)
    assert (row["instead_of"], row["instead_why"]) == (["Figma"], "same job")
    assert f"Canva is retired, and {row['people']} p" in told
    assert "use it still: move by 30 Jun 2026 to Figma." in told.replace("person uses", "people use")
    assert "no: move by 30 Jun 2026" in flat(run("inventory", "--all", "--search", "canva").stdout)


def test_lists_in_cells_are_json_in_csv(filled, run):
    (row,) = csv.DictReader(io.StringIO(run("inventory", "--search", "hubspot", "--format", "csv").stdout))

    assert json.loads(row["conditions"]) == ["Single sign-on only; no export of contacts"]
    assert any(name.endswith("/domain:hubspot.com") for name in json.loads(row["identifiers"]))


def test_the_page_of_one_tool_answers_first_and_has_ids_for_other_systems(filled, run, rows):
    page = flat(run("inventory", "show", "HubSpot").stdout)
    (row,) = rows("inventory", "--search", "hubspot")

    assert page.index("May I use it? On conditions.") < page.index("Single sign-on only")
    assert "Catalogue id hubspot" in page
    assert all(name in page for name in row["identifiers"])
    assert json.loads(run("inventory", "show", "hubspot", "--format", "json").stdout) == row


@pytest.mark.parametrize(
    ("tool", "said"),
    [("zapier", "nobody has decided about zapier yet"), ("Hootsweet", "did you mean 'Hootsuite'?")],
)
def test_a_tool_that_is_not_in_it_is_told_why(filled, run, tool, said):
    done = run("inventory", "show", tool)

    assert done.exit_code == 1
    assert said in done.stderr


def test_what_is_approved_before_anybody_uses_it_is_in_it(filled, rows):
    with opened(filled) as connection:
        for tool in ("mailerlite", "never-heard-of"):
            ruling = Ruling(kind="status", about=f"tool:{tool}", detail={"status": "approved"}, reason="Asked for")
            decide(connection, Trail(None), ruling, by="user:ana", at=datetime(2026, 3, 1, tzinfo=UTC))

    found = [row for row in rows("inventory") if row["decided_by"] == "ana"]

    assert [(row["tool_id"], row["tool"], row["people"], row["identifiers"]) for row in found] == [
        ("mailerlite", "MailerLite", 0, [])
    ]


def test_without_a_database_it_is_empty(machine):
    done = call("inventory", "--db", f"sqlite:///{machine}/none.db", "--format", "json")

    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


@pytest.mark.parametrize(
    "words", ["%", "' OR 1=1 --", "x" * 4_000, "🦔", "\u202eabc", "[(", "\x1b[31m", "a\x00b"], ids=range(8)
)
def test_nothing_that_is_sought_does_harm(filled, run, words):
    done = run("inventory", "--search", words, "--owner", words)

    assert done.exit_code == 0
    assert "is like that" in flat(done.stdout)
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("words", "shown", "left_out"),
    [
        ((), "On condition that", "Use instead"),
        (("--leaving",), "Use instead", "On condition that"),
        (("--all",), "Use instead", "nothing"),
    ],
)
def test_a_table_has_the_columns_that_say_something_in_it(filled, run, monkeypatch, words, shown, left_out):
    monkeypatch.setenv("COLUMNS", "300")

    head = next(line for line in run("inventory", *words).stdout.splitlines() if line.startswith("To do this"))

    assert shown in head
    assert left_out not in head
