"""Answers and owners by command: seen at once, listed with author and end, undone like any decision."""

import json

import pytest

TOOL = "hubspot"


def facts_of(rows, tool=TOOL):
    found = rows("tools", "show", tool)
    return {fact["fact"]: fact for fact in found["facts"]}


def decision_of(done) -> int:
    return int(done.stdout.partition("(decision ")[2].partition(")")[0])


def test_an_answer_is_a_fact_at_once_with_itself_as_evidence(filled, run, rows):
    assert "data.dpa_signed" not in facts_of(rows)

    done = run("review", "answer", TOOL, "data.dpa_signed", "yes", "--document", "DPA, 3 March 2026")

    found = facts_of(rows)["data.dpa_signed"]
    assert done.exit_code == 0, done.stderr
    assert found["value"] is True
    assert found["evidence"] == [f"answer:{decision_of(done)}"]


def test_the_latest_answer_holds_and_an_undo_brings_the_one_before_back(filled, run, rows):
    run("review", "answer", TOOL, "data.records", "1,000")
    second = run("review", "answer", TOOL, "data.records", "45,000")
    assert facts_of(rows)["data.records"]["value"] == 45_000

    run("review", "undo", str(decision_of(second)), "--reason", "Counted twice")

    assert facts_of(rows)["data.records"]["value"] == 1_000
    states = {row["value"]: row["state"] for row in rows("review", "answers", TOOL, "--all")}
    assert states == {1_000: "holds", 45_000: "undone"}


def test_an_answer_ends_on_its_day(filled, run, rows):
    run("review", "answer", TOOL, "data.recorded", "no", "--until", "2027-01-31", "--note", "Asked legal")

    (held,) = rows("review", "answers", TOOL)
    (over,) = rows("review", "answers", TOOL, "--all", "--as-of", "2027-02-02")

    assert (held["state"], held["until"], held["note"]) == ("holds", "2027-01-31", "Asked legal")
    assert over["state"] == "ended"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((TOOL, "data.dpa_signed", "perhaps"), "data.dpa_signed is yes or no"),
        ((TOOL, "data.dpa_sined", "yes"), "did you mean data.dpa_signed?"),
        ((TOOL, "people.count", "3"), "not asked of people"),
        ((TOOL, "data.dpa_signed", "yes", "--until", "2020-01-01"), "is over"),
        (("nobody", "data.dpa_signed", "yes"), "there is no tool 'nobody'"),
    ],
)
def test_what_is_no_answer_is_refused_and_leaves_nothing(filled, run, rows, words, said):
    done = run("review", "answer", *words)

    assert done.exit_code in {1, 2}
    assert said in done.stderr
    assert rows("review", "answers", "--all") == []


def test_no_answers_is_said_plainly(filled, run):
    assert "Nobody has answered anything yet" in run("review", "answers").stdout


def test_a_card_number_in_a_note_is_masked(filled, run, rows):
    run("review", "answer", TOOL, "spend.order_number", "yes", "--note", "Paid with 4111 1111 1111 1111")

    (found,) = rows("review", "answers")
    assert "4111 1111" not in json.dumps(found)


def test_a_question_says_to_whom_it_goes_and_how_it_is_answered(run):
    done = run("review", "question", "integration.sso_available")

    assert "offer single sign-on" in done.stdout
    assert "To: technical owner" in done.stdout
    assert "higher_plan" in done.stdout


def test_an_owner_is_somebody_whom_a_source_lists(filled, run, rows):
    (person, *_) = (row["actor"] for row in rows("signals", "--kind", "person") if row["actor"])

    refused = run("review", "own", TOOL, "nobody@example.org", "--reason", "Guess")
    done = run("review", "own", TOOL, person, "--side", "technical", "--reason", "Keeps it running")

    assert (refused.exit_code, done.exit_code) == (1, 0), done.stderr
    assert "no source lists" in refused.stderr
    assert [row["kind"] for row in rows("review", "decisions")].count("owner") == 1
