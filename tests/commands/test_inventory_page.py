"""How a row of the inventory reads: the answer, the conditions, the notes below the list, the page of one tool."""

import io
from typing import Any

import pytest

from commands.inventory import INVENTORY, _notes, answer, day_said, on_condition
from commands.inventory_page import draw_page
from reports.terminal import Screen

ROW: dict[str, Any] = {
    **dict.fromkeys(INVENTORY.fields),
    "tool_id": "quillfox",
    "tool": "Quillfox",
    "status": "approved",
    "people": 3,
    "spend_12m": [],
    "conditions": [],
    "condition_details": [],
    "owners": [],
    "instead_of": [],
    "instead_ids": [],
    "identifiers": [],
    "stable_id": "quillfox",
    "decided_on": "2026-03-01",
    "decided_by": "ana",
    "decision": 4,
}


def page(**changed):
    out = io.StringIO()
    row = ROW | changed
    draw_page(Screen(out, width=100), row, answer(row), day_said)
    return " ".join(out.getvalue().split())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "yes"),
        ({"case": 3}, "yes, being looked at again"),
        ({"status": "approved_with_conditions"}, "on conditions"),
        ({"status": "approved_with_conditions", "case": 3}, "on conditions, being looked at again"),
        ({"status": "rejected"}, "no"),
        ({"status": "rejected", "case": 3}, "no"),
        ({"status": "retired"}, "no: it is retired"),
        ({"status": "retired", "move_by": "2027-03-03"}, "no: move by 3 Mar 2027"),
        ({"status": "in_review"}, "not yet"),
        ({"status": "in_review", "review_by": "2026-06-30"}, "not now: approved until 30 Jun 2026"),
    ],
)
def test_the_answer_is_that_of_somebody_who_is_asked(changed, told):
    assert answer(ROW | changed) == told


@pytest.mark.parametrize(
    ("iso", "told"), [("2026-03-03", "3 Mar 2026"), ("2026-12-31T23:00:00Z", "31 Dec 2026"), (None, "unknown")]
)
def test_a_day_is_said_as_people_say_it(iso, told):
    assert day_said(iso) == told


def test_conditions_that_are_met_are_left_out_of_the_table():
    stated = [
        {"text": "Sign the agreement", "owner": "ana", "due": "2026-06-30", "state": "open"},
        {"text": "Turn on SSO", "owner": None, "due": None, "state": "open"},
        {"text": "Name a deputy", "owner": "ben", "due": "2026-05-01", "state": "met"},
    ]

    assert on_condition(ROW | {"condition_details": stated}) == "Sign the agreement (by 30 Jun 2026)\nTurn on SSO"
    assert on_condition(ROW | {"condition_details": stated[2:]}) == "-"


def leaving(count, **changed):
    return [ROW | {"tool": f"Tool {n}", "status": "retired"} | changed for n in range(count)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"people": 1}, "Tool 0 is retired, and 1 person uses it still: move; nobody has said to what."),
        ({"instead_of": ["A", "B"]}, "Tool 0 is retired, and 3 people use it still: move to A or B."),
        (
            {"instead_of": ["A"], "move_by": "2027-03-03"},
            "Tool 0 is retired, and 3 people use it still: move by 3 Mar 2027 to A.",
        ),
    ],
)
def test_below_the_list_stands_who_has_to_move_and_to_what(changed, told):
    assert _notes([ROW], leaving(1, **changed))[0] == told


def test_what_nobody_uses_any_more_is_not_told_and_many_are_counted():
    assert len(_notes([ROW], leaving(3, people=0))) == 2
    assert _notes([ROW], leaving(7))[5] == "2 more are to be left: --leaving shows them."


def test_the_page_begins_with_the_answer_and_what_was_said():
    shown = page(sentence="Use the shared account.", job="Send newsletters")

    assert shown.startswith("Quillfox Send newsletters May I use it? Yes. Use the shared account.")


def test_a_condition_says_by_when_whose_it_is_and_how_it_stands():
    stated = [{"text": "Turn on SSO", "owner": "ben@example.com", "due": "2026-06-30", "state": "overdue"}]

    shown = page(status="approved_with_conditions", condition_details=stated)

    assert "- Turn on SSO (by 30 Jun 2026, overdue; ben@example.com sees to it)" in shown


@pytest.mark.parametrize(
    ("why", "told"),
    [("decided", "Use instead: Mailbird."), ("same job", "Use instead: Mailbird (approved for the same job).")],
)
def test_what_to_use_instead_says_who_says_so(why, told):
    assert told in page(status="rejected", instead_of=["Mailbird"], instead_why=why)


def test_what_is_unknown_is_said_to_be():
    shown = page()

    assert "Business owner unknown" in shown
    assert "Contract ends unknown" in shown
    assert "Catalogue id none: the catalogue does not know it" in shown
    assert "Sources call it no source has seen it yet" in shown
    assert "Deputy" not in shown


def test_terms_ids_and_the_open_case_are_on_the_page():
    known = {
        "deputy": "eva",
        "renews_at": "2027-02-28",
        "decide_by": "2026-11-30",
        "review_by": "2027-01-31",
        "case": 7,
    }

    shown = page(**known, catalogue_id="quillfox", identifiers=[f"okta/app_id:{n}" for n in range(25)])

    assert "Deputy eva" in shown
    assert "Contract ends 28 Feb 2027, decide by 30 Nov 2026" in shown
    assert "Looked at again 31 Jan 2027" in shown
    assert "ostiary cases show 7" in shown
    assert "okta/app_id:19 and 5 more: --format json has all" in shown


def test_nothing_of_a_record_is_obeyed_by_the_terminal():
    assert "\x1b" not in page(tool="Quill\x1b[31mfox", sentence="a\x1b]0;b\x07", identifiers=["x\x1b[2J"])
