"""The trail a page at a time: filtered, counted, the newest first; and who and what stands in it."""

import pytest

from storage import kept
from storage.listings import trail_pages


@pytest.fixture
def trail(connection):
    """Put rows into the trail: number -> (at, actor, act, object)."""
    rows = [
        (10, "system", "run", "run:1"),
        (20, "account:1", "decision.status", "tool:zoom"),
        (30, "account:2", "decision.undo", "tool:zoom"),
        (40, "account:1", "decisionmaking", "tool:miro"),
        (50, "account:1", "account.add", "account:2"),
    ]
    for number, (at, actor, act, about) in enumerate(rows, 1):
        row = {"n": number, "at": at, "actor": actor, "act": act, "object": about, "detail": "{}", "mac": "m"}
        kept.add_audit(connection, row)
    return connection


def numbers(connection, **wanted):
    rows, total = trail_pages.trail(connection, **wanted)
    return [row["n"] for row in rows], total


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"actor": "account:1"}, [5, 4, 2]),
        ({"act": "decision"}, [3, 2]),
        ({"act": "decision.status"}, [2]),
        ({"act": "decision%"}, []),
        ({"about": "tool:zoom"}, [3, 2]),
        ({"about": "tool:zoom", "actor": "account:2"}, [3]),
        ({"since": 20, "until": 40}, [4, 3, 2]),
    ],
)
def test_rows_are_those_that_are_asked_for(trail, wanted, found):
    assert numbers(trail, **wanted) == (found, len(found))


def test_a_page_is_a_part_and_the_count_is_of_all(trail):
    assert numbers(trail, limit=2) == ([5, 4], 5)
    assert numbers(trail, limit=2, offset=2) == ([3, 2], 5)
    assert numbers(trail, limit=2, offset=99) == ([], 5)
    assert numbers(trail, limit=2, number=4) == ([3, 2], 5)


def test_who_and_what_stands_in_it_is_named_once(trail):
    actors, acts = trail_pages.names(trail)

    assert actors == ["account:1", "account:2", "system"]
    assert acts == ["account.add", "decision.status", "decision.undo", "decisionmaking", "run"]


def test_an_empty_trail_has_nothing(connection):
    assert numbers(connection) == ([], 0)
    assert trail_pages.names(connection) == ([], [])
