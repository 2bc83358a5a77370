"""Facts, findings and cases in the store: only what differs is written, versions are kept."""

import json

import pytest
from sqlalchemy.exc import IntegrityError

from storage import judged

FACT = {"reason": None, "evidence": "[]", "seen_at": None}
FINDING = {
    "verdict": "violated",
    "state": "open",
    "violated_once": 1,
    "queued": 1,
    "watched": 0,
    "evaluated": 1,
    "gap": "security",
    "severity": "high",
    "customer_severity": "low",
    "message": "One grant.",
    "reading": "[]",
    "missing": None,
}


def fact(name, value="1", tool="quillfox", **changed):
    return {"tool_id": tool, "name": name, "value": value} | FACT | changed


def finding(policy="SEC-02", tool="quillfox", **changed):
    return {"policy": policy, "tool_id": tool} | FINDING | changed


def unknown(name, why="refused"):
    return fact(name, None, reason=why)


@pytest.fixture
def facts(connection, filling):
    """Write the facts of a tool, and return what is stored of it: name, value, reason, valid_from, valid_to."""

    def write(now, *rows, anew=False, tools=("quillfox",)):
        changed = judged.write_facts(connection, tools, rows, now, anew=anew)
        stored = filling.rows("SELECT name, value, reason, valid_from, valid_to FROM fact ORDER BY name, valid_from")
        return changed, stored

    return write


def test_what_is_the_same_is_written_once(facts):
    assert facts(1, fact("a"), unknown("b"))[0] == 2
    assert facts(2, fact("a"), unknown("b")) == (0, [("a", "1", None, 1, None), ("b", None, "refused", 1, None)])


@pytest.mark.parametrize("changed", [fact("a", "2"), unknown("a")])
def test_another_value_is_another_version(facts, changed):
    facts(1, fact("a"))

    count, stored = facts(5, changed)

    assert (count, stored[0]) == (1, ("a", "1", None, 1, 5))
    assert stored[1] == ("a", changed["value"], changed["reason"], 5, None)


def test_another_reason_is_another_version(facts):
    facts(1, unknown("a"))

    assert facts(5, unknown("a", "failed"))[0] == 1


def test_new_evidence_is_written_in_place(facts, filling):
    facts(1, fact("a"))

    count, stored = facts(5, fact("a", evidence='["signal:x/y/1"]', seen_at=7))

    assert (count, len(stored)) == (0, 1)
    assert filling.rows("SELECT evidence, seen_at, valid_from FROM fact") == [('["signal:x/y/1"]', 7, 1)]


def test_a_fact_that_is_gone_ends(facts):
    facts(1, fact("a"), fact("b"))

    assert facts(5, fact("a")) == (1, [("a", "1", None, 1, None), ("b", "1", None, 1, 5)])


def test_two_changes_within_one_moment_leave_the_later_one(facts):
    facts(1, fact("a"))
    facts(5, fact("a", "2"))

    assert facts(5, fact("a", "3"))[1] == [("a", "1", None, 1, 5), ("a", "3", None, 5, None)]


def test_what_comes_back_begins_anew_and_keeps_its_history(facts):
    facts(1, fact("a"))
    facts(5)

    assert facts(9, fact("a"))[1] == [("a", "1", None, 1, 5), ("a", "1", None, 9, None)]


def test_other_tools_stay_as_they_are(facts, connection):
    facts(1, fact("a"))
    judged.write_facts(connection, ["other"], [fact("a", tool="other")], 2)

    assert facts(5)[0] == 1
    assert judged.judged_tools(connection) == {"other"}


def test_deriving_anew_mends_in_place(facts, connection, filling):
    facts(1, fact("a"), fact("b"))
    filling.rows("SELECT 1")
    connection.exec_driver_sql("UPDATE fact SET value = '9' WHERE name = 'a'")
    connection.exec_driver_sql("UPDATE fact SET evidence = '[1]' WHERE name = 'b'")
    judged.write_facts(connection, ["quillfox"], [fact("a", "9"), fact("b"), fact("ghost")], 1)

    assert facts(7, fact("a"), fact("b"), anew=True)[1] == [("a", "1", None, 1, None), ("b", "1", None, 1, None)]
    assert filling.rows("SELECT DISTINCT evidence FROM fact") == [("[]",)]


def test_deriving_anew_begins_where_the_history_ends(facts, connection):
    facts(1, fact("a"))
    facts(5, fact("a", "2"))
    connection.exec_driver_sql("DELETE FROM fact WHERE valid_to IS NULL")

    assert facts(9, fact("a", "2"), fact("new"), anew=True)[1] == [
        ("a", "1", None, 1, 5),
        ("a", "2", None, 5, None),
        ("new", "1", None, 9, None),
    ]


def test_many_facts_that_are_gone_are_removed_anew(facts, connection):
    facts(1, *(fact(f"f{n}") for n in range(700)))

    assert facts(2, fact("f0"), anew=True) == (699, [("f0", "1", None, 1, None)])


# --- findings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"verdict": "unknown"},
        {"state": "resolved"},
        {"violated_once": 0},
        {"queued": 0},
        {"watched": 1},
        {"evaluated": 0},
        {"severity": "low"},
        {"customer_severity": "high"},
    ],
)
def test_another_standing_is_another_version(connection, filling, changed):
    judged.write_findings(connection, ["quillfox"], [finding()], 1)

    assert judged.write_findings(connection, ["quillfox"], [finding(**changed)], 5) == 1
    assert filling.rows("SELECT valid_from, valid_to FROM finding ORDER BY valid_from") == [(1, 5), (5, None)]


@pytest.mark.parametrize(
    "changed",
    [{"message": "Two grants."}, {"reading": '[{"fact": "x"}]'}, {"gap": "support"}, {"missing": '["grants.active"]'}],
)
def test_another_text_is_no_version(connection, filling, changed):
    judged.write_findings(connection, ["quillfox"], [finding()], 1)

    assert judged.write_findings(connection, ["quillfox"], [finding(**changed)], 5) == 0
    (name, value), *_ = changed.items()
    assert filling.rows(f"SELECT {name}, valid_from, valid_to FROM finding") == [(value, 1, None)]


def test_findings_are_read_by_tool_with_what_was_read(connection):
    reading = [{"fact": "grants.active", "value": 1}]
    rows = [finding(reading=json.dumps(reading)), finding("INT-03")]
    judged.write_findings(connection, ["quillfox"], rows, 1)
    judged.write_findings(connection, ["other"], [finding(tool="other")], 1)

    found = judged.findings(connection, ["quillfox", "nobody"])

    assert sorted((one["policy"], one["reading"]) for one in found["quillfox"]) == [("INT-03", []), ("SEC-02", reading)]
    assert list(found) == ["quillfox"]


# --- cases -----------------------------------------------------------------------------------------------------------

CASE = {"kind": "found", "opened_at": 1, "opened_by_run": 1, "due_at": 9, "why": "it is marketing's"}


def test_a_case_is_opened_and_closed(connection, filling):
    number = judged.open_case(connection, CASE | {"tool_id": "quillfox"})
    judged.open_case(connection, CASE | {"tool_id": "other"})

    assert judged.open_cases(connection) == {"quillfox", "other"}
    assert judged.close_cases(connection, ["quillfox", "nobody"], 5) == 1
    assert judged.close_cases(connection, ["quillfox"], 6) == 0
    assert filling.rows(f"SELECT state, stage, waiting_for, closed_at FROM review_case WHERE id = {number}") == [
        ("closed", "decided", None, 5)
    ]
    assert judged.open_cases(connection) == {"other"}


def test_the_database_lets_no_second_case_of_a_tool_be_open(connection):
    judged.open_case(connection, CASE | {"tool_id": "quillfox"})

    with pytest.raises(IntegrityError), connection.begin_nested():
        judged.open_case(connection, CASE | {"tool_id": "quillfox"})

    judged.close_cases(connection, ["quillfox"], 5)
    judged.open_case(connection, CASE | {"tool_id": "quillfox"})


def test_thousands_of_cases_are_closed_at_once(connection):
    for n in range(1200):
        judged.open_case(connection, CASE | {"tool_id": f"t{n}"})

    assert judged.close_cases(connection, (f"t{n}" for n in range(6000)), 5, stage="gone") == 1200


# --- shares ----------------------------------------------------------------------------------------------------------


def test_listings_are_shown_what_the_facts_say_of_marketing(connection):
    rows = [fact("people.marketing_share", "0.5"), unknown("spend.marketing_share"), fact("people.count", "4")]
    judged.write_facts(connection, ["quillfox"], rows, 1)
    judged.write_facts(
        connection, ["quillfox"], [fact("people.marketing_share", "0.25"), unknown("spend.marketing_share")], 2
    )

    assert judged.shown_facts(connection) == {
        "quillfox": {"people.marketing_share": 0.25, "spend.marketing_share": None}
    }


def test_a_case_that_was_opened_for_want_of_knowledge_is_found_until_somebody_takes_it_up(connection, filling):
    for tool, why in (("a", "who knows"), ("b", "who knows"), ("c", "it is marketing's")):
        judged.open_case(connection, CASE | {"tool_id": tool, "why": why})
    connection.exec_driver_sql("UPDATE review_case SET assignee = 'user:ana' WHERE tool_id = 'b'")

    assert judged.untouched_cases(connection, "who knows") == {"a"}
    judged.word_case(connection, "a", "it is marketing's")
    assert judged.untouched_cases(connection, "who knows") == set()
    assert filling.rows("SELECT why FROM review_case WHERE tool_id = 'a'") == [("it is marketing's",)]
