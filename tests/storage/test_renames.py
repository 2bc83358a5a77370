"""What was judged follows a tool to its new id, unless something was judged of that one already."""

import pytest

from storage.renames import follow


@pytest.fixture
def judged(connection, filling):
    def put(tool, since=1):
        fact = {"tool_id": tool, "name": "people.count", "valid_from": since, "value": "1", "evidence": "[]"}
        filling.insert("fact", **fact, reason=None, seen_at=None, valid_to=None)

    return put


def tools_of_facts(filling):
    return sorted(filling.rows("SELECT tool_id, valid_from FROM fact"))


def test_a_tool_s_history_goes_on_under_its_new_id(connection, filling, judged):
    judged("new-a-1")

    moved = follow(connection, ["new-b-2", "canva"], {"new-a-1": "new-b-2"}.get)

    assert moved == {"new-a-1": "new-b-2"}
    assert tools_of_facts(filling) == [("new-b-2", 1)]
    assert follow(connection, ["new-b-2", "canva"], lambda tool: tool) == {}


def test_a_tool_with_a_history_of_its_own_keeps_it(connection, filling, judged):
    judged("new-a-1")
    judged("canva", 2)

    assert follow(connection, ["canva"], lambda _tool: "canva") == {}
    assert tools_of_facts(filling) == [("canva", 2), ("new-a-1", 1)]


def test_of_two_that_become_one_the_first_goes_on(connection, filling, judged):
    judged("new-a-1", 1)
    judged("new-b-2", 2)

    assert follow(connection, ["new-c-3"], lambda _tool: "new-c-3") == {"new-a-1": "new-c-3"}
    assert tools_of_facts(filling) == [("new-b-2", 2), ("new-c-3", 1)]


def test_what_is_in_use_or_leads_nowhere_stays(connection, filling, judged):
    judged("new-a-1")
    judged("gone")

    assert follow(connection, ["new-a-1"], lambda tool: tool) == {}
    assert tools_of_facts(filling) == [("gone", 1), ("new-a-1", 1)]


@pytest.mark.parametrize("has_history", [False, True])
def test_what_was_asked_and_asked_for_follows_in_any_case(connection, filling, judged, has_history):
    question = {"tool_id": "new-a-1", "fact": "data.records", "asks": "privacy", "asked_by": "account:1"}
    filling.insert("question", **question, case_id=1, asked_at=1, state="open")
    if has_history:
        judged("canva", 2)

    follow(connection, ["canva"], {"new-a-1": "canva"}.get)

    assert filling.rows("SELECT tool_id FROM question") == [("canva",)]
