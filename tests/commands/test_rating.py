"""`ostiary review rate` and `review differences`: both views of a tool, and what the joint meeting talks about."""

import json

import pytest

from commands.rating import DIFFERENCES
from tests.commands.people import AUDITOR, IT, MARKETING, USER, Staff

TOOL = "hubspot"
HIGH = ("--importance", "high", "--risk", "low", "--reason", "All our leads come by it")
LOW = ("--importance", "low", "--risk", "medium", "--reason", "Nobody in IT needs it")


@pytest.fixture
def staff(filled):
    return Staff()


def rate(staff, who, *words, tool=TOOL):
    done = staff(who, "review", "rate", tool, *words)
    assert done.exit_code == 0, done.stderr
    return done


def test_a_rating_is_a_fact_at_once_for_the_side_of_who_speaks(staff, rows):
    done = rate(staff, USER, *HIGH)

    assert "Marketing rates hubspot: importance high, risk low (decision" in done.stdout
    found = {fact["fact"]: fact for fact in rows("tools", "show", TOOL)["facts"]}
    assert found["ownership.importance_marketing"]["value"] == "high"
    assert "ownership.importance_it" not in found or found["ownership.importance_it"]["value"] is None


def answer(staff, who, fact, value):
    return staff(who, "review", "answer", TOOL, f"ownership.importance_{fact}", value)


def test_an_answer_beside_a_rating_says_that_the_rating_stands_and_that_it_has_no_effect(staff, rows):
    rate(staff, MARKETING, *HIGH)
    number = next(row["id"] for row in rows("review", "decisions") if row["kind"] == "rating")

    done = answer(staff, USER, "marketing", "low")

    said = " ".join(done.stdout.split())
    assert done.exit_code == 0, done.stderr
    assert "Recorded that ownership.importance_marketing of hubspot is low until" in said
    assert f"Marketing rates its importance high (decision {number}): that rating stands, and the answer has no" in said
    facts = {fact["fact"]: fact["value"] for fact in rows("tools", "show", TOOL)["facts"]}
    assert facts["ownership.importance_marketing"] == "high"


def test_the_answer_has_its_effect_once_the_rating_is_taken_back(staff, rows):
    rate(staff, MARKETING, *HIGH)
    answer(staff, USER, "marketing", "low")
    number = next(row["id"] for row in rows("review", "decisions") if row["kind"] == "rating")

    done = staff(MARKETING, "review", "undo", str(number), "--reason", "Too early")

    assert done.exit_code == 0, done.stderr
    facts = {fact["fact"]: fact["value"] for fact in rows("tools", "show", TOOL)["facts"]}
    assert facts["ownership.importance_marketing"] == "low"


def test_an_answer_for_the_side_that_has_not_rated_has_its_effect(staff, rows):
    rate(staff, MARKETING, *HIGH)

    done = answer(staff, USER, "it", "low")

    assert "that rating stands" not in done.stdout
    assert "Recorded that" not in done.stdout
    facts = {fact["fact"]: fact["value"] for fact in rows("tools", "show", TOOL)["facts"]}
    assert facts["ownership.importance_it"] == "low"


def test_a_rating_is_the_same_fact_after_everything_was_derived_anew(staff, rows, run):
    rate(staff, MARKETING, *HIGH)
    rate(staff, IT, *LOW)
    before = [fact for fact in rows("tools", "show", TOOL)["facts"] if fact["fact"].startswith("ownership.")]

    assert run("rebuild").exit_code == 0

    after = [fact for fact in rows("tools", "show", TOOL)["facts"] if fact["fact"].startswith("ownership.")]
    assert after == before
    assert {fact["fact"]: fact["value"] for fact in after}["ownership.rating_gap"] == 2


def test_differences_list_the_largest_first_with_both_reasons(staff, rows, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for tool, of_it in (("slack", ("--importance", "medium", "--risk", "low", "--reason", "x")), (TOOL, LOW)):
        rate(staff, MARKETING, *HIGH, tool=tool)
        rate(staff, IT, *of_it, tool=tool)
    rate(staff, MARKETING, *HIGH, tool="zoom")

    found = rows("review", "differences")
    shown = " ".join(run("review", "differences").stdout.split())

    assert [(row["tool_id"], row["apart"]) for row in found] == [(TOOL, 2), ("slack", 1)]
    assert tuple(found[0]) == DIFFERENCES.fields
    assert (found[0]["reason_marketing"], found[0]["reason_it"]) == (
        "All our leads come by it",
        "Nobody in IT needs it",
    )
    assert "2 tools rated by both sides, 1 tool by one alone." in shown
    assert "All our leads come by it" in shown


def test_a_note_of_the_meeting_stands_beside_the_difference(staff, rows):
    rate(staff, MARKETING, *HIGH)
    rate(staff, IT, *LOW)

    done = staff(IT, "review", "differences", "note", TOOL, "--reason", "IT looks at the backup")

    assert done.exit_code == 0, done.stderr
    (row,) = rows("review", "differences")
    assert row["note"] == "IT looks at the backup"
    assert rows("review", "differences", "--not-noted") == []


def test_an_undone_rating_is_no_difference_any_more(staff, rows):
    rate(staff, MARKETING, *HIGH)
    number = json.loads(staff(IT, "review", "rate", TOOL, *LOW, "--format", "json").stdout)["decision"]
    assert len(rows("review", "differences")) == 1

    done = staff(IT, "review", "undo", str(number), "--reason", "Rated the wrong one")

    assert done.exit_code == 0, done.stderr
    assert rows("review", "differences") == []


@pytest.mark.parametrize(
    ("who", "words", "status", "said"),
    [
        (AUDITOR, (TOOL, *HIGH), 1, "to rate takes the role"),
        (IT, (TOOL, *HIGH, "--side", "marketing"), 1, "does not rate for Marketing"),
        (IT, ("nobody", *HIGH), 1, "there is no tool 'nobody'"),
        (IT, (TOOL, "--importance", "vital", "--risk", "low", "--reason", "x"), 2, "vital"),
        (IT, (TOOL, "--importance", "high", "--risk", "low", "--reason", " "), 1, "needs a reason"),
    ],
)
def test_what_may_not_be_rated_is_refused_and_nothing_is_kept(staff, rows, who, words, status, said):
    before = len(rows("review", "decisions"))

    done = staff(who, "review", "rate", *words)

    assert done.exit_code == status
    assert said in done.stderr
    assert len(rows("review", "decisions")) == before


def test_a_wrong_token_rates_nothing(staff):
    done = staff(IT, "review", "rate", TOOL, *HIGH, token="ost_wrong")

    assert done.exit_code == 1
    assert "that is not the token" in done.stderr


def test_before_anybody_has_an_account_nobody_rates(filled, run):
    done = run("review", "rate", TOOL, *HIGH)

    assert done.exit_code == 1
    assert "ostiary review init" in done.stderr


def test_where_the_sides_agree_the_list_says_how_to_rate(filled, run):
    done = run("review", "differences")

    assert done.exit_code == 0
    assert "ostiary review rate TOOL" in " ".join(done.stdout.split())


def test_a_card_number_in_a_reason_does_not_survive(staff, rows):
    rate(staff, IT, "--importance", "low", "--risk", "low", "--reason", "Paid by 4111 1111 1111 1111")

    assert "4111 1111 1111 1111" not in json.dumps(rows("review", "decisions"))
