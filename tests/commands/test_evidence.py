"""How do we know? Every key of evidence opens, whatever stands behind it."""

import json

import pytest
from sqlalchemy import text

from storage.times import to_ms
from tests.commands.judged import opened
from tests.gate.gatehouse import NOW

PAGE = "https://vendor.example/end-of-canva"


@pytest.fixture
def show(filled, run):
    def shown(key):
        done = run("signals", "show", key, "--format", "json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    return shown


def test_an_answer_opens_with_its_question_its_end_and_what_says_so(filled, run, show):
    done = run(
        "review", "answer", "canva", "data.dpa_signed", "yes", "--document", "DPA of 3 March", "--format", "json"
    )
    number = json.loads(done.stdout)["decision"]

    found = show(f"answer:{number}")

    assert (found["fact"], found["value"], found["in_force"]) == ("data.dpa_signed", True, True)
    assert found["question"].endswith("?")
    assert found["words"] == {"document": "DPA of 3 March"}
    assert found["until"] > found["at"]
    assert "DPA of 3 March" in run("signals", "show", f"answer:{number}").stdout


def test_a_decision_says_whether_it_is_in_force(filled, run, show):
    done = run("review", "answer", "canva", "data.dpa_signed", "yes", "--format", "json")
    number = json.loads(done.stdout)["decision"]
    run("review", "undo", str(number), "--reason", "A slip")

    assert (show(f"decision:{number}")["in_force"], show(f"answer:{number}")["in_force"]) == (False, False)
    assert show(f"decision:{number + 1}")["in_force"] is True


def test_a_tool_that_another_was_held_against_opens_with_the_way_to_all_of_it(filled, run, show):
    found = show("tool:canva")

    assert (found["id"], found["name"], found["see"]) == ("canva", "Canva", "ostiary tools show canva")
    assert run("signals", "show", "tool:canva").exit_code == 0


def test_the_page_that_says_when_a_product_ends_opens_with_the_tool_and_its_day(filled, run, show):
    with opened(filled) as connection:
        sql = "INSERT INTO fact (tool_id, name, valid_from, value, evidence) VALUES ('canva', :name, :at, :day, :page)"
        row = {"name": "lifecycle.end_of_life", "at": to_ms(NOW), "day": '"2027-01-31"', "page": json.dumps([PAGE])}
        connection.execute(text("DELETE FROM fact WHERE tool_id = 'canva' AND name = 'lifecycle.end_of_life'"))
        connection.execute(text(sql), row)

    found = show(PAGE)

    assert (found["page"], found["tools"]) == (PAGE, [{"tool": "Canva", "ends": "2027-01-31"}])
    assert "2027-01-31" in run("signals", "show", PAGE).stdout


@pytest.mark.parametrize(
    "key", ["answer:999", "decision:999", "answer:zzz", "tool:nothing", "https://example.com/x", "http://example.com/x"]
)
def test_a_key_that_leads_to_nothing_says_so(filled, run, key):
    done = run("signals", "show", key)

    assert done.exit_code == 1
    assert "nothing in force stands behind" in done.stderr


def test_an_answer_key_does_not_open_another_decision(filled, run):
    made = run("review", "noise", "canva", "--reason", "Tried once", "--format", "json")
    number = json.loads(made.stdout)["decision"]

    assert run("signals", "show", f"answer:{number}").exit_code == 1
    assert run("signals", "show", f"decision:{number}").exit_code == 0


@pytest.mark.parametrize("key", ["", "tool:", "answer:", "zzz:1", "canva"])
def test_what_is_no_key_is_a_wrong_call_that_names_the_forms(filled, run, key):
    done = run("signals", "show", key)

    assert done.exit_code == 2
    assert "answer:ID, tool:ID" in done.stderr
