"""What was decided about one thing, with whether it was taken back; and rows of the trail that hold what is no text."""

import pytest
from sqlalchemy import text

from storage import cases, kept, queries
from storage.store import Store
from tests.storage import databases


@pytest.fixture(params=databases.BACKENDS)
def connection(request, tmp_path):
    store = Store(databases.url(request.param, tmp_path))
    with store.write() as connection:
        yield connection
    store.close()


def decide(connection, kind, about, **detail):
    row = {"at": 1, "by": "account:1", "kind": kind, "object": about, "detail": detail}
    return kept.add_decision(connection, row | {"reason_hash": None, "origin": None})


def test_decisions_about_one_thing_say_whether_they_were_undone(connection):
    first = decide(connection, "status", "tool:a", status="approved")
    second = decide(connection, "status", "tool:a", status="retired")
    decide(connection, "status", "tool:b", status="approved")
    decide(connection, "merge", "tool:a", into="b")
    decide(connection, "undo", f"decision:{first}")

    found = kept.about(connection, "tool:a", "status")

    assert found == [
        {"id": first, "detail": {"status": "approved"}, "undone": True},
        {"id": second, "detail": {"status": "retired"}, "undone": False},
    ]
    assert kept.about(connection, "tool:c", "status") == []


def test_the_unit_of_a_tool_is_that_of_its_latest_case_that_has_one(connection):
    assert cases.unit_of(connection, "a") is None
    for number, unit in enumerate(["Sales", "Marketing", None], 1):
        connection.execute(
            text(
                "INSERT INTO review_case (id, kind, tool_id, state, stage, opened_at, opened_by_run, why, unit)"
                " VALUES (:id, 'found', 'a', 'closed', 'decided', :id, 1, 'x', :unit)"
            ),
            {"id": number, "unit": unit},
        )

    assert cases.unit_of(connection, "a") == "Marketing"
    assert (cases.status_of_tool(connection, "a"), queries.actor_name(connection, 99)) == (None, None)
