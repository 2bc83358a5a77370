"""`ostiary insights gate`, `decisions` and `waiting`: the gate's measures by command."""

import json

import pytest

from commands import measures
from commands.measures import DECIDED, MEASURES, WAITING
from storage import cases
from tests.commands.conftest import FIXTURES
from tests.commands.judged import opened

FIGURES = [
    *("days_to_decision", "waiting_where", "backlog_age", "fast_lane", "overturned", "requested_before"),
    *("shadow_spend", "shadow_tools"),
]
DAY = 86_400_000
#: Monday, 2 March 2026, nine o'clock in London.
MONDAY = 1_772_442_000_000


def figure(rows, name, *words):
    return next(row for row in rows("insights", "gate", *words) if row["figure"] == name)


@pytest.fixture
def decided(filled):
    """Five cases of one Monday, decided after 1, 2, 3, 4 and 4 working days: the last over a weekend."""
    with opened(filled) as connection:
        for row in cases.open_cases(connection)[5:]:
            cases.change(connection, row["id"], {"state": "closed", "stage": "not_marketing", "closed_at": MONDAY})
        chosen = cases.open_cases(connection)
        assert len(chosen) == 5
        for row, days in zip(chosen, (1, 2, 3, 4, 5), strict=True):
            at = MONDAY + days * DAY if days < 5 else MONDAY + 4 * DAY + 1
            cases.change(connection, row["id"], {"opened_at": MONDAY})
            cases.add_event(connection, row["id"], at=at, by="account:1", kind="decided", detail={"decision": 0})
            cases.close(connection, row["id"], "decided", at)
    return filled


def test_every_figure_stands_with_its_number_and_the_list_behind_it(filled, rows, run):
    found = rows("insights", "gate")

    assert list(dict.fromkeys(row["figure"] for row in found)) == FIGURES
    assert all(tuple(row) == MEASURES.fields for row in found)
    assert all(row["n"] is not None for row in found if row["figure"] != "shadow_spend")
    for command in {row["see"] for row in found}:
        assert run(*command.split()[1:]).exit_code == 0


def test_days_to_decision_are_those_of_the_cases(decided, rows):
    # Opened on Monday, decided on Tuesday 1, Wednesday 2, Thursday 3, Friday 4 and 4: sorted 1 2 3 4 4.
    found = figure(rows, "days_to_decision", "--as-of", "2026-03-31")

    assert (found["n"], found["median"], found["p90"], found["longest"]) == (5, 3, 4, 4)
    (row,) = [row for row in rows("insights", "decisions", "--as-of", "2026-03-31") if row["risk"] is None]
    assert (row["it_median"], row["marketing_median"]) == (3, 0)


def test_only_what_was_decided_in_the_time_counts(decided, rows):
    late = figure(rows, "days_to_decision", "--as-of", "2026-03-31", "--days", "20")

    assert (late["n"], late["median"]) == (0, None)
    assert figure(rows, "days_to_decision", "--as-of", "2026-03-31", "--days", "31")["n"] == 5


def test_where_cases_wait_adds_up(decided, rows):
    (row,) = rows("insights", "waiting", "--as-of", "2026-03-31")

    assert tuple(row) == WAITING.fields
    assert (row["stage"], row["side"], row["n"], row["days"], row["share"], row["now"]) == ("new", "it", 5, 14, 1, 0)


def test_holidays_of_the_company_do_not_count(decided, rows):
    config = decided / "ostiary.toml"
    config.write_text(config.read_text(encoding="utf-8") + '\n[gate]\nholidays = ["2026-03-03"]\n', encoding="utf-8")

    # Tuesday is free: its end does not count, so those decided from Wednesday on took a day less: 1 1 2 3 3.
    assert figure(rows, "days_to_decision", "--as-of", "2026-03-31")["median"] == 2


def test_the_page_says_that_few_cases_give_no_median(filled, run):
    shown = " ".join(run("insights", "gate").stdout.split())

    assert "Of fewer than 5 cases no median is said" in shown
    assert "unknown" in shown


def test_tables_name_stages_and_sides_in_plain_words(filled, run):
    waiting = run("insights", "waiting").stdout

    assert "nobody has" in waiting
    assert "cases wait now" in waiting or "case waits now" in waiting
    assert "all" in run("insights", "decisions").stdout


def test_without_a_case_it_says_where_cases_come_from(machine, run):
    run("ingest", "people-csv", FIXTURES / "people.csv", "--db", "sqlite:///x.db")

    for name in ("gate", "decisions", "waiting"):
        done = run("insights", name, "--db", "sqlite:///x.db")
        assert done.exit_code == 0
        assert "No case was opened yet" in done.stdout
        assert json.loads(run("insights", name, "--db", "sqlite:///x.db", "--format", "json").stdout) == []


def test_tools_that_are_not_approved_are_counted(filled, rows):
    found = figure(rows, "shadow_tools")
    used = [r for r in rows("tools") if not r["noise"] and (r["people"] or r["spend_12m"])]

    assert found["n"] == len(used)
    assert found["count"] == sum(not row["status"].startswith("approved") for row in used)
    assert DECIDED.fields[:4] == ("risk", "band", "n", "median")


# --- how figures read ------------------------------------------------------------------------------------------------


def row_of(**changed):
    return dict.fromkeys(MEASURES.fields) | changed


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "unknown"),
        ({"share": 0.25}, "25 %"),
        ({"share": 0.0}, "0 %"),
        ({"median": 2.5}, "2.5 days"),
        ({"median": 3.0, "share": 0.5}, "50 %\n3 days"),
        ({"median": 0.0}, "0 days"),
        ({"share": 0.3, "money": [{"currency": "EUR", "amount_micros": 12_500_000}]}, "30 %\nEUR 12.50"),
    ],
)
def test_a_figure_reads_as_share_money_and_days(changed, told):
    assert MEASURES.columns[0].cell(row_of(**changed), None) == told


@pytest.mark.parametrize(
    ("figure_", "value", "told"),
    [("backlog_age", 7, "7"), ("days_to_decision", None, "unknown"), ("fast_lane", None, "-")],
)
def test_what_is_no_number_of_days_has_none_and_is_not_unknown(figure_, value, told):
    (column,) = [column for column in MEASURES.columns if column.title == "Longest"]

    assert column.cell(row_of(figure=figure_, longest=value), None) == told


def test_where_nothing_waited_the_figure_says_so():
    assert measures._waits([])["about"] == "no case has waited for a day"
    assert measures._waits([])["n"] == 0
    assert measures._late({"n": 0, "count": 0, "share": None})["about"] == "no case waits"


@pytest.mark.parametrize(
    ("stage", "side", "told"),
    [
        ("questions", "owner", "of all days went by while questions are asked (for the owner)"),
        ("second_key", "marketing", "of all days went by while the second signature is missing (for Marketing)"),
        ("vendor_asked", "vendor", "of all days went by while vendor asked (for vendor)"),
    ],
)
def test_a_stage_is_told_in_words(stage, side, told):
    row = {"stage": stage, "side": side, "n": 1, "days": 4, "share": 1.0}

    assert measures._waits([row])["about"] == told


@pytest.mark.parametrize(("open_", "told"), [(0, "90 days"), (3, "90 days; 3 more are younger than that")])
def test_decisions_that_may_still_fall_are_told(open_, told):
    found = {"n": 5, "count": 1, "share": 0.2, "open": open_}

    assert measures._overturned(found)["about"].endswith(f"within {told}")


@pytest.mark.parametrize(
    ("tools", "told"),
    [
        ([], (0, 0, None)),
        ([{"noise": None, "people": 1, "spend_12m": [], "status": "approved"}], (1, 0, 0.0)),
        ([{"noise": "personal", "people": 1, "spend_12m": [], "status": "new"}], (0, 0, None)),
        ([{"noise": None, "people": 0, "spend_12m": [], "status": "new"}], (0, 0, None)),
        ([{"noise": None, "people": 0, "spend_12m": [1], "status": "retired"}], (1, 1, 1.0)),
    ],
)
def test_shadow_tools_are_those_in_use_that_nobody_approved(tools, told):
    found = measures._shadow_tools(tools)

    assert (found["n"], found["count"], found["share"]) == told
