"""From a case to the inventory by commands: approved on conditions, retired, and what the measures say of it."""

import shlex

import pytest

from tests.commands.people import IT, MARKETING, REVIEWER, Staff

UNTIL = "2027-06-30"


@pytest.fixture
def staff(filled):
    return Staff()


@pytest.fixture
def case(staff, rows):
    """The number and the tool of an open case."""
    row = next(row for row in rows("cases", "--state", "open"))
    return str(row["id"]), row["tool_id"]


def act(staff, who, line):
    done = staff(who, *shlex.split(line))
    assert done.exit_code == 0, done.stderr
    return done


def decide(staff, case, outcome, *more):
    said = '--reason "Looked at all of it" --sentence "One plain sentence."'
    return act(staff, IT, f"review decide {case} {outcome} {said} {shlex.join(more)}")


def approve(staff, case, rows, *more):
    """Approve on conditions, by both sides where both have to sign."""
    decide(staff, case, "approve_with_conditions", *more)
    if case in {str(row["id"]) for row in rows("cases", "--state", "open")}:
        act(staff, MARKETING, f'review agree {case} --reason "The business case holds"')


def row_of(rows, tool, *words):
    found = [row for row in rows("inventory", "--all", *words) if row["tool_id"] == tool]
    return found[0] if found else None


def test_what_is_approved_on_conditions_is_in_the_inventory_at_once(staff, case, rows, run):
    number, tool = case
    assert row_of(rows, tool) is None

    approve(staff, number, rows, "--condition", f"Turn on single sign-on;{REVIEWER};{UNTIL}")

    row = row_of(rows, tool)
    assert (row["status"], row["sentence"]) == ("approved_with_conditions", "One plain sentence.")
    assert row["condition_details"] == [
        {"text": "Turn on single sign-on", "owner": REVIEWER, "due": UNTIL, "state": "open"}
    ]
    assert row["decided_by"] in {IT, MARKETING}
    assert "(by 30 Jun 2027, open" in " ".join(run("inventory", "show", tool).stdout.split())


def test_a_condition_that_is_met_is_told_as_met(staff, case, rows):
    number, tool = case
    approve(staff, number, rows, "--condition", f"Turn on single sign-on;{REVIEWER};{UNTIL}")

    act(staff, REVIEWER, f'review condition met {number} 1 --reason "It is on"')

    assert [one["state"] for one in row_of(rows, tool)["condition_details"]] == ["met"]


def test_what_is_retired_says_by_when_to_move_and_to_what(staff, case, rows, run):
    number, tool = case

    decide(staff, number, "retire", "--review-by", UNTIL, "--instead-of", "slack")

    row = row_of(rows, tool)
    assert (row["status"], row["move_by"], row["review_by"]) == ("retired", UNTIL, None)
    assert (row["instead_of"], row["instead_ids"], row["instead_why"]) == (["Slack"], ["slack"], "decided")
    assert "No: move by 30 Jun 2027." in " ".join(run("inventory", "show", tool).stdout.split())


def test_an_undone_decision_leaves_the_inventory(staff, case, rows):
    number, tool = case
    decide(staff, number, "reject")
    made = row_of(rows, tool)["decision"]

    act(staff, IT, f'review undo {made} --reason "The wrong case"')

    assert row_of(rows, tool) is None


def test_a_decision_and_its_undo_are_in_the_measures(staff, case, rows):
    number, tool = case
    decide(staff, number, "reject")
    before = {row["figure"]: row for row in rows("insights", "gate")}

    act(staff, IT, f'review undo {row_of(rows, tool)["decision"]} --reason "The wrong case"')
    after = {row["figure"]: row for row in rows("insights", "gate")}

    assert (before["days_to_decision"]["n"], before["days_to_decision"]["longest"]) == (1, 0)
    assert [before["overturned"][name] for name in ("n", "count")] == [1, 0]
    assert [after["overturned"][name] for name in ("n", "count", "share")] == [1, 1, 1.0]


def test_sides_that_sign_differently_are_a_difference_to_talk_about(staff, case, rows):
    number, tool = case
    said = '--sentence "One sentence."'
    act(staff, MARKETING, f'review decide {number} approve --reason "We need it" {said}')
    act(staff, IT, f'review decide {number} reject --reason "It leaks" {said}')

    found = rows("review", "differences")

    assert [(row["tool_id"], row["status"]) for row in found] == [(tool, "rejected")]
    assert found[0]["dissent"] == ["Marketing said approve, the last word was reject: We need it"]
