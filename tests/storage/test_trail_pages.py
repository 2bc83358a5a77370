"""Decisions and rows of the trail by pages: the latest first, none twice, and only what is asked for."""

import pytest

from storage import kept, outbox, questions
from storage.listings import question_pages, trail_pages


@pytest.fixture
def decided(connection, ruled):
    """Ten decisions on a tool, the third of which was taken back by the eleventh."""
    numbers = [ruled(connection, "noise", "tool:asana") for _ in range(10)]
    ruled(connection, "undo", f"decision:{numbers[2]}")
    return numbers


@pytest.fixture
def ruled():
    def rule(connection, kind, about):
        detail = {"words": {"a": "b"}, "noise": True}
        row = {"at": 1_000, "by": "account:1", "kind": kind, "object": about, "detail": detail, "reason_hash": None}
        return kept.add_decision(connection, row | {"origin": "person"})

    return rule


def test_decisions_come_by_pages_the_latest_first(connection, decided):
    first, total = trail_pages.decisions(connection, kind="noise", about="tool:asana", number=None, limit=4)
    rest, same = trail_pages.decisions(connection, kind="noise", about="tool:asana", number=first[-1]["id"], limit=99)

    assert total == same == 10
    assert [row["id"] for row in first + rest] == decided[::-1]
    assert {row["id"] for row in first + rest if not row["in_force"]} == {decided[2]}
    assert first[0]["detail"] == {"noise": True}
    assert first[0]["at"] == "1970-01-01T00:00:01Z"


def test_what_took_a_decision_back_is_in_force_itself(connection, decided):
    rows, total = trail_pages.decisions(connection, kind="undo", about=None, number=None, limit=9)

    assert total == len(rows) == 1
    assert rows[0]["in_force"]


def test_the_trail_comes_by_pages_and_by_what_is_asked(connection):
    at = kept.last_audit(connection)[0]
    for number, (actor, act) in enumerate(
        [("a:1", "x.y"), ("a:1", "x"), ("a:2", "x.y"), ("a:1", "xy"), ("a:1", "x_y")], at + 1
    ):
        row = {
            "n": number,
            "at": number * 1_000,
            "actor": actor,
            "act": act,
            "object": "o",
            "detail": "{}",
            "mac": "m",
        }
        kept.add_audit(connection, row)

    def numbers(**wanted):
        rows, total = trail_pages.trail(connection, **wanted, limit=99)
        assert total == len(rows)
        return [row["n"] - at for row in rows]

    assert numbers(act="x") == [3, 2, 1]
    assert numbers(act="x.") == [3, 1]
    assert numbers(act="x_y") == [5]
    assert numbers(act="%") == []
    assert numbers(actor="a:2") == [3]
    assert numbers(since=(at + 2) * 1_000, until=(at + 3) * 1_000, actor="a:1") == [2]
    rows, total = trail_pages.trail(connection, number=at + 3, limit=2)
    assert [row["n"] - at for row in rows] == [2, 1]
    assert total == at + 5


def test_questions_come_by_pages_the_latest_first(connection):
    row = {"tool_id": "asana", "case_id": None, "fact": "data.personal", "asks": "dpo", "actor_id": None}
    row |= {"asked_by": "account:1", "asked_at": 1, "due_at": None}
    numbers = [questions.add(connection, row) for _ in range(5)]
    questions.close(connection, numbers[0], "withdrawn", 2)
    first, total = question_pages.before(connection, state="open", of=None, number=None, limit=3)
    rest, _ = question_pages.before(connection, state="open", of=None, number=first[-1]["id"], limit=3)
    everything, all_ = question_pages.before(connection, state=None, of=None, number=None, limit=9)
    mine = question_pages.before(connection, state=None, of=(1, "a@b.example"), number=None, limit=9)
    known = questions.numbered(connection, numbers[1:3])

    assert total == 4
    assert [one["id"] for one in first + rest] == numbers[:0:-1]
    assert [one["id"] for one in everything] == numbers[::-1]
    assert all_ == 5
    assert mine == ([], 0)
    assert [one["id"] for one in known] == numbers[1:3]
    assert known[0]["tool"] == "asana"


def test_the_last_messages_to_a_receiver_are_those_that_were_sent(connection):
    numbers = [kept.add_outbox(connection, 1, f"send:{to}", {"events": []}) for to in ("a", "b", "a", "a")]
    for number in numbers[:3]:
        kept.mark_sent(connection, number, 5)
    found = outbox.sent_to(connection, {"a"}, 9)
    assert outbox.sent_to(connection, set(), 9) == []

    assert [row["id"] for row in found] == [numbers[2], numbers[0]]
