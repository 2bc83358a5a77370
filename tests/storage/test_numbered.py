"""Decisions asked for by their numbers."""

from storage import kept


def decided(connection, kind="status", about="tool:quillfox", **detail):
    return kept.add_decision(
        connection,
        {
            "at": 1,
            "by": "user:ana",
            "kind": kind,
            "object": about,
            "detail": detail,
            "reason_hash": None,
            "origin": None,
        },
    )


def test_decisions_come_in_order_each_once_and_those_that_are_not_there_are_left_out(connection):
    first, second, _ = (decided(connection, status="approved") for _ in range(3))
    assert [row["id"] for row in kept.numbered(connection, [second, first, second, 999])] == [first, second]


def test_what_another_decision_took_back_says_so(connection):
    first, second = decided(connection, status="approved"), decided(connection, status="rejected")
    decided(connection, "undo", f"decision:{first}")
    rows = kept.numbered(connection, [first, second])
    assert [(row["detail"]["status"], row["undone"]) for row in rows] == [("approved", True), ("rejected", False)]


def test_none_are_asked_for(connection):
    assert kept.numbered(connection, []) == []
