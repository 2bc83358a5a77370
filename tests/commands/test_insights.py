"""`ostiary insights`: the first page, and one list each."""

import csv
import io
import json

import pytest

from commands.insights import COST, HEADLINE, OUTSIDE, OVERLAP, PEOPLE, RENEWALS, SEATS, UNUSED
from commands.insights_forecast import LEARNED
from commands.insights_outcome import OUTCOMES
from commands.measures import DECIDED, MEASURES, WAITING

LISTS = {
    (): HEADLINE,
    ("overlap",): OVERLAP,
    ("people",): PEOPLE,
    ("outside",): OUTSIDE,
    ("cost",): COST,
    ("unused",): UNUSED,
    ("seats",): SEATS,
    ("renewals",): RENEWALS,
    ("outcomes",): OUTCOMES,
    ("gate",): MEASURES,
    ("decisions",): DECIDED,
    ("waiting",): WAITING,
    ("forecast", "learned"): LEARNED,
}
EVERY = pytest.mark.parametrize("words", LISTS, ids=" ".join)


@EVERY
def test_every_list_has_the_same_rows_in_all_formats(filled, run, words):
    array = json.loads(run("insights", *words, "--format", "json").stdout)
    lines = [json.loads(line) for line in run("insights", *words, "--format", "jsonl").stdout.splitlines()]
    cells = list(csv.reader(io.StringIO(run("insights", *words, "--format", "csv").stdout)))

    assert lines == array
    assert len(cells) == len(array) + 1
    assert cells[0] == list(LISTS[words].fields)
    assert all(tuple(row) == LISTS[words].fields or {*row} == {*LISTS[words].fields} for row in array)


@EVERY
def test_every_list_is_a_table_with_coverage_above_or_says_why_it_is_empty(filled, run, words):
    done = run("insights", *words)

    assert done.exit_code == 0
    assert ("Coverage:" in done.stdout) is LISTS[words].covered
    assert "─" in done.stdout or "known" in done.stdout or "Nobody" in done.stdout


@EVERY
def test_without_a_database_every_list_says_so(run, machine, words):
    done = run("insights", *words, "--db", f"sqlite:///{machine}/none.db")

    assert done.exit_code == 0
    assert "There is no database" in done.stdout or words == ("forecast", "learned")
    assert not (machine / "none.db").exists()


@pytest.mark.parametrize("words", [("seats",), ("renewals",), ("outcomes",)], ids=" ".join)
def test_an_empty_list_says_what_to_do(filled, run, words):
    assert "ostiary " in run("insights", *words).stdout.replace("\n", " ")


def test_the_first_page_names_the_list_behind_each_figure(filled, run, rows):
    found = rows("insights")

    assert {row["figure"] for row in found} >= {"overlap", "key_people", "paid_unused", "renewals", "outcomes"}
    for row in found:
        assert run(*row["see"].split()[1:]).exit_code == 0


def test_the_figures_of_the_first_page_are_those_of_the_lists(filled, rows):
    page = {row["figure"]: row for row in rows("insights") if row["figure"] != "outside_it"}

    assert page["overlap"]["count"] == len(rows("insights", "overlap"))
    assert page["key_people"]["count"] == len({row["tool_id"] for row in rows("insights", "people")})
    unused = [row["kind"] for row in rows("insights", "unused")]
    assert (page["paid_unused"]["count"], page["used_unpaid"]["count"]) == (
        unused.count("paid_unused"),
        unused.count("used_unpaid"),
    )


def test_cost_is_of_the_same_money_as_the_list_of_tools(filled, rows):
    tools = {row["id"]: row for row in rows("tools")}

    for row in rows("insights", "cost"):
        assert row["spend_12m"] == tools[row["tool_id"]]["spend_12m"]
        assert row["people"] in {None, tools[row["tool_id"]]["people"]}


def test_units_of_it_place_the_money(filled, run, rows):
    assert {row["share"] for row in rows("insights", "outside")} == {None}
    config = filled / "ostiary.toml"
    config.write_text(config.read_text().replace("[company]", '[company]\nit_units = ["IT"]'), encoding="utf-8")

    placed = [row for row in rows("insights", "outside") if row["share"] is not None]
    assert {row["share"] for row in placed} == {1.0}
    assert "IT's units: IT." in run("insights", "outside").stdout


def test_people_are_named_as_listings_name_them(filled, rows):
    found = rows("insights", "people")

    assert found
    assert all("@" in row["person"] for row in found)
    assert [row["tools_alone"] for row in found] == sorted((row["tools_alone"] for row in found), reverse=True)


def test_another_day_can_be_asked_for(filled, rows):
    before = rows("insights", "cost", "--as-of", "2026-02-04")

    assert before
    assert len(before) < len(rows("insights", "cost"))


# --- outcomes --------------------------------------------------------------------------------------------------------

BY = "ivy.mockup@example.com"


def enter(run, *words, tool="mailchimp", month="2026-03", by=BY):
    return run("insights", "outcome", tool, "--month", month, "--by", by, *words)


def test_outcomes_stand_beside_what_was_charged_in_their_month(filled, run, rows):
    assert enter(run, "--leads", "120", "--reach", "4000", "--revenue", "3,400.50", month="2026-02").exit_code == 0
    (row,) = rows("insights", "outcomes")

    assert (row["tool_id"], row["month"], row["leads"], row["reach"], row["said_by"]) == (
        *("mailchimp", "2026-02", 120, 4000, BY),
    )
    assert row["revenue"] == [{"currency": "GBP", "amount_micros": 3_400_500_000}]
    assert row["cost"] == [{"currency": "GBP", "amount_micros": 255_800_000}]
    assert row["cost_per_lead"] == [{"currency": "GBP", "amount_micros": 2_131_667}]


def test_a_later_entry_corrects_what_it_says_and_leaves_the_rest(filled, run, rows):
    enter(run, "--leads", "120", "--revenue", "100", "--currency", "usd")
    done = enter(run, "--leads", "90")
    (row,) = rows("insights", "outcomes")

    assert "Entered before: 120 leads, revenue USD 100.00." in done.stdout
    assert (row["leads"], row["corrected"]) == (90, True)
    assert row["revenue"] == [{"currency": "USD", "amount_micros": 100_000_000}]


def test_every_entry_is_in_the_trail_by_number_and_not_by_name(filled, run, rows):
    enter(run, "--leads", "120")
    enter(run, "--leads", "90")

    entries = [row for row in rows("audit", "list") if row["act"] == "outcome"]
    assert [row["detail"]["leads"] for row in entries] == [90, 120]
    assert all(isinstance(row["detail"]["person"], int) and BY not in json.dumps(row) for row in entries)
    assert run("audit", "verify").exit_code == 0


def test_outcomes_of_the_last_year_stand_beside_the_cost(filled, run, rows):
    enter(run, "--leads", "100", month="2026-02")
    enter(run, "--leads", "50", month="2026-03")
    enter(run, "--leads", "7000", month="2024-03")
    row = next(row for row in rows("insights", "cost") if row["tool_id"] == "mailchimp")

    assert (row["leads_12m"], row["reach_12m"], row["revenue_12m"]) == (150, None, None)
    assert row["cost_per_lead"][0]["amount_micros"] == round(row["spend_12m"][0]["amount_micros"] / 150)


@pytest.mark.parametrize(
    ("words", "change", "status", "said"),
    [
        ((), {}, 2, "say at least one of --leads, --reach and --revenue"),
        (("--leads", "1"), {"month": "2026-13"}, 2, "is no month: write 2026-06"),
        (("--leads", "1"), {"by": "nobody@nowhere.example"}, 1, "no source lists 'nobody@nowhere.example'"),
        (("--leads", "1"), {"tool": "no-such-tool"}, 1, "there is no tool 'no-such-tool'"),
        (("--leads", "-1"), {}, 2, "--leads"),
        (("--revenue", "lots"), {}, 2, "is no amount"),
        (("--revenue", "-5"), {}, 2, "is no amount"),
        (("--revenue", "5", "--currency", "EURO"), {}, 2, "three letters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_entered(filled, run, rows, words, change, status, said):
    done = enter(run, *words, **change)

    assert done.exit_code == status
    assert said in done.stderr
    assert rows("insights", "outcomes") == []


def test_an_entry_is_told_to_programs(filled, run):
    told = json.loads(enter(run, "--reach", "10", "--format", "json").stdout)

    assert told == {
        "tool_id": "mailchimp", "leads": None, "reach": 10, "month": "2026-03", "revenue": None, "corrects": False,
    }  # fmt: skip
