"""What moved since somebody looked: the mark, and the tools that acts were about."""

import pytest
from sqlalchemy import text

from storage import kept, moved
from storage.moved import Mark, tools_moved

BEGIN = Mark(0, 0, 0)


@pytest.fixture
def decide(connection):
    def decided(kind, about, **detail):
        row = {"at": 1, "by": "account:1", "kind": kind, "object": about, "detail": detail}
        return kept.add_decision(connection, row | {"reason_hash": None, "origin": None})

    return decided


@pytest.fixture
def case(connection, filling):
    def made(tool):
        row = {"kind": "found", "tool_id": tool, "state": "closed", "stage": "decided", "opened_at": 1, "why": "x"}
        filling.insert("review_case", **row, opened_by_run=1)
        return connection.scalar(text("SELECT max(id) FROM review_case"))

    return made


def happened(filling, case):
    filling.insert("case_event", case_id=case, at=1, by="system", kind="stage", detail="{}")


def since(connection, before=BEGIN):
    return tools_moved(connection, before, moved.mark(connection))


def test_of_an_empty_store_the_mark_is_nought(connection):
    assert moved.mark(connection) == BEGIN
    assert moved.mark(connection).acts() == (0, 0)
    assert since(connection) == set()


def test_the_mark_moves_with_each_act_and_with_the_end_of_a_run(connection, filling, decide, case):
    decide("status", "tool:a", status="approved")
    happened(filling, case("b"))
    filling.insert("run", command="scan", started_at=1, as_of=1)
    under_way = moved.mark(connection)
    connection.execute(text("UPDATE run SET ended_at = 7"))

    assert under_way == Mark(1, 1, 0)
    assert moved.mark(connection) == Mark(1, 1, 1)
    assert (moved.ended_at(connection, 1), moved.ended_at(connection, 2)) == (7, None)


@pytest.mark.parametrize(
    ("kind", "about", "detail", "tools"),
    [
        ("status", "tool:a", {"instead_of": "b"}, {"a", "b"}),
        ("merge", "tool:a", {"into": "b"}, {"a", "b"}),
        ("waive", "finding:SEC-03:new-a-01234567", {"until": "2027-01-01"}, {"new-a-01234567"}),
        ("merchant", "merchant:quill", {"ruling": "tool", "tool": "a"}, {"a"}),
        ("split", "identity:okta:acme/app_id:unknown", {"to": "c"}, {"c"}),
        ("revoke", "rule:FAST-01", {"versions": ["1"]}, set()),
        ("undo", "decision:99", {}, set()),
        ("signature", "case:99", {"case": 99}, set()),
    ],
)
def test_a_decision_speaks_of_tools(connection, decide, kind, about, detail, tools):
    decide(kind, about, **detail)

    assert since(connection) == tools


def test_what_happens_to_a_case_is_about_its_tool(connection, filling, decide, case):
    happened(filling, case("a"))
    decide("signature", f"case:{case('b')}", side="it")

    assert since(connection) == {"a", "b"}


def test_what_is_taken_back_speaks_of_what_it_was_about(connection, decide):
    first = decide("waive", "finding:SEC-03:a", until="2027-01-01")
    before = moved.mark(connection)
    decide("undo", f"decision:{first}")

    assert since(connection, before) == {"a"}


def test_a_split_leaves_another_row_at_the_tool_that_the_name_was(connection, filling, decide):
    app = filling.app(app_id="0oa1")
    filling.link(app, "former", until=5)
    filling.link(app, "present", since=5)
    filling.link(filling.app(app_id="0oa2"), "another")
    decide("split", "identity:okta:acme/app_id:0oa1", to="own")

    assert since(connection) == {"former", "present", "own"}


def test_only_what_lies_between_the_marks_counts(connection, filling, decide, case):
    decide("status", "tool:a", status="approved")
    happened(filling, case("b"))
    before = moved.mark(connection)
    decide("status", "tool:c", status="approved")
    until = moved.mark(connection)
    decide("status", "tool:d", status="approved")

    assert tools_moved(connection, before, until) == {"c"}
