"""The list of tools, and the page of one."""

import csv
import io
import json

import pytest

from commands.tools import TOOLS
from model.facts import VOCABULARY
from tests.commands.judged import MAY, UNKNOWN, finding, put

CONTRACT = [
    "id",
    "name",
    "vendor",
    "category",
    "marketing",
    "provisional",
    "noise",
    "status",
    "marketing_used",
    "marketing_bought",
    "people",
    "people_ever",
    "people_marketing",
    "first_seen",
    "last_seen",
    "spend_12m",
    "spend_total",
    "sources",
    "owners",
    "technology_risk",
    "customer_risk",
    "findings_open",
]


def test_every_row_has_the_fields_of_the_contract(filled, rows):
    listed = rows("tools")

    assert listed
    assert all(set(CONTRACT) <= set(row) for row in listed)
    assert set(CONTRACT) <= set(TOOLS.fields)
    assert set(TOOLS.fields) == set(listed[0])


def test_json_lines_and_csv_hold_the_same_rows(filled, run, rows):
    listed = rows("tools")

    lines = [json.loads(line) for line in run("tools", "--format", "jsonl").stdout.splitlines()]
    cells = list(csv.DictReader(io.StringIO(run("tools", "--format", "csv").stdout)))

    assert lines == listed
    assert [row["id"] for row in cells] == [row["id"] for row in listed]
    assert [json.loads(row["spend_12m"]) for row in cells] == [row["spend_12m"] for row in listed]


def test_programs_get_all_rows_and_tables_fifty(filled, run, rows):
    assert len(rows("tools")) > 14
    assert len(rows("tools", "--limit", "3")) == 3
    shown = run("tools", "--limit", "3")
    assert "3 of " in shown.stdout
    assert "--limit 0 shows all." in shown.stdout


def test_coverage_stands_above_the_table_and_the_count_below(filled, run):
    lines = run("tools").stdout.splitlines()

    assert lines[0].startswith("Coverage: all ")
    assert "1 record quarantined" in lines[0]
    assert any(line.endswith(" tools.") for line in lines[-3:])


def test_an_unknown_tool_is_listed_as_provisional(filled, run, rows):
    (unknown,) = [row for row in rows("tools") if row["name"] == "Leadlantern"]

    assert unknown["provisional"] is True
    assert unknown["category"] is None
    assert unknown["id"].startswith("new-leadlantern-")
    assert "(provisional)" in run("tools", "--limit", "0").stdout


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (["--marketing"], lambda row: row["marketing"] is True),
        (["--category", "forms_surveys"], lambda row: row["category"] == "forms_surveys"),
        (["--new"], lambda row: row["status"] == "new"),
        (["--source", "google"], lambda row: "google" in row["sources"]),
    ],
)
def test_filters_leave_what_they_name(filled, rows, words, holds):
    listed = rows("tools")

    assert rows("tools", *words) == [row for row in listed if holds(row)] != []


def test_a_category_that_does_not_exist_is_answered_with_the_nearest(filled, run):
    done = run("tools", "--category", "email")

    assert done.exit_code == 2
    assert "email_marketing" in done.stderr


def test_a_filter_that_leaves_nothing_says_how_many_there_are(filled, run):
    done = run("tools", "--source", "nowhere")

    assert done.exit_code == 0
    assert "None of the " in done.stdout


def test_an_empty_list_says_why_and_what_to_do(run, machine):
    done = run("tools", "--db", f"sqlite:///{machine}/none.db")

    assert done.exit_code == 0
    assert "There is no database at" in " ".join(done.stdout.split())
    assert "ostiary ingest" in done.stdout
    assert not (machine / "none.db").exists()


def test_a_program_learns_that_there_is_no_database(run, machine):
    done = run("tools", "--db", f"sqlite:///{machine}/none.db", "--format", "json")

    assert json.loads(done.stdout) == []
    assert "There is no database" in done.stderr


def test_another_as_of_counts_back_from_that_day(filled, rows):
    now = {row["id"]: row for row in rows("tools")}
    then = {row["id"]: row for row in rows("tools", "--as-of", "2026-02-10")}

    assert set(then) < set(now)
    assert now["mailchimp"]["spend_12m"][0]["amount_micros"] > then["mailchimp"]["spend_12m"][0]["amount_micros"]
    assert all(row["last_seen"] < "2026-02-11" for row in then.values())


def test_money_and_people_of_marketing_are_two_facts(filled, rows):
    tools = {row["id"]: row for row in rows("tools")}

    assert tools["canva"]["marketing_used"] == 1.0
    assert tools["mailchimp"]["marketing_used"] is None
    assert tools["mailchimp"]["marketing_bought"] == 1.0


@pytest.mark.parametrize("wanted", ["mailchimp", "Mailchimp", "MAILCHIMP", " Mailchimp "])
def test_a_tool_is_found_by_id_and_by_name(filled, run, wanted):
    done = run("tools", "show", wanted)

    assert done.exit_code == 0
    assert "MAILCHIMP *MISC" in done.stdout


def test_the_page_of_a_tool_answers_first_and_then_says_how_we_know(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")

    shown = run("tools", "show", "hootsuite").stdout

    order = ["Hootsuite", "rejected", "People", "Use by month", "Money", "How we know", "Grants", "Decisions"]
    assert [shown.index(word) for word in order] == sorted(shown.index(word) for word in order)
    assert "cleo.testcase@example.com" in shown
    assert "Use HubSpot's own scheduler instead" in shown


def test_the_page_of_a_provisional_tool_says_what_to_do(filled, run):
    shown = run("tools", "show", "Leadlantern").stdout

    assert "nobody has named it yet" in shown
    assert "ostiary review merge new-leadlantern-" in shown
    assert "ostiary review split okta/app_id:0oa8plattform --name NAME" in shown


def test_programs_get_one_object_with_all_that_is_known(filled, run):
    found = json.loads(run("tools", "show", "canva", "--format", "json").stdout)

    assert found["id"] == "canva"
    assert {"persons", "months", "identities", "charges", "records", "decisions"} <= set(found)
    assert found["months"][0]["month"] == "2026-02"


def test_a_tool_that_does_not_exist_is_answered_with_the_nearest(filled, run):
    done = run("tools", "show", "mailchmp")

    assert done.exit_code == 1
    assert "did you mean 'mailchimp'?" in done.stderr


def test_a_tool_that_had_not_been_seen_by_then_is_said_to_be_so(filled, run):
    done = run("tools", "show", "mailchimp", "--as-of", "2026-01-01")

    assert done.exit_code == 1
    assert "had not been seen by 2026-01-01" in done.stderr


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize(
    "words", [["tools"], ["spend"], ["spend", "--unmatched"], ["coverage"], ["signals"], ["changes"], ["cases"]]
)
def test_no_line_is_wider_than_the_terminal(filled, run, monkeypatch, width, words):
    monkeypatch.setenv("COLUMNS", str(width))

    shown = run(*words).stdout.splitlines()

    assert len(shown) > 3
    assert [line for line in shown if len(line) > width and not line.startswith("    ostiary ")] == []


def test_the_name_stays_in_the_narrowest_table(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")

    shown = run("tools").stdout

    assert "Tool" in shown
    assert "Slack" in shown
    assert "Last seen" not in shown


def test_a_tool_counts_its_open_findings(filled, rows):
    put(filled, finding(), finding("SUP-04", **UNKNOWN), finding("SEC-11", "asana", watched=1, queued=0))

    counted = {row["id"]: row["findings_open"] for row in rows("tools")}

    assert (counted["zapier"], counted["asana"]) == (1, 0)


def test_the_page_of_a_tool_tells_its_findings_and_its_case(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    put(filled, finding(), finding("SUP-04", **UNKNOWN), finding("SUP-05", **MAY))

    shown = run("tools", "show", "zapier").stdout

    assert "1 policy violated" in shown
    assert "Grants in force of people" in shown
    assert "1 policy cannot be judged, 1 policy may apply, for want of grants.leaver_owned, grants.active:" in shown
    assert "    ostiary findings --tool zapier --verdict all" in shown
    assert "due " in next(line for line in shown.splitlines() if line.startswith("Case"))
    assert "Facts: people" not in shown


def test_a_tool_without_findings_says_what_that_means(filled, run):
    put(filled, finding("SUP-04", "asana", **UNKNOWN))

    assert "Findings  none" in run("tools", "show", "zapier").stdout
    assert "Findings  nothing is violated by what is known" in run("tools", "show", "asana").stdout


def test_the_facts_of_a_tool_stand_by_area_with_the_reason_where_one_is_unknown(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")

    shown = run("tools", "show", "zapier", "--facts").stdout
    found = json.loads(run("tools", "show", "zapier", "--format", "json").stdout)

    # What only an answer gives is left out until somebody has answered.
    assert {row["fact"] for row in found["facts"]} == {name for name, fact in VOCABULARY.items() if fact.derived}
    areas = list(dict.fromkeys(fact.area for fact in VOCABULARY.values() if fact.derived))
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("Facts: ")] == areas
    assert "unknown: " in shown
    assert all((row["value"] is None) == bool(row["reason"]) for row in found["facts"])


def test_of_many_facts_that_are_wanting_a_page_names_some_and_counts_the_others(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    missing = [{"fact": f"data.fact_{number}", "value": None, "reason": "nobody"} for number in range(9)]
    put(
        filled,
        finding(
            "SUP-04", **UNKNOWN | {"reading": json.dumps(missing), "missing": json.dumps([m["fact"] for m in missing])}
        ),
    )

    shown = run("tools", "show", "zapier").stdout

    assert "data.fact_5 and 3 more facts:" in shown
    assert "data.fact_6" not in shown.partition("Risk")[0]
