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


def test_decisions_on_things_come_with_what_took_them_back(connection):
    first = decide(connection, "waive", "finding:SEC-03:a", until="2027-01-01")
    decide(connection, "status", "tool:a", status="approved")
    second = decide(connection, "waive", "finding:SEC-04:a", until="2027-01-01")
    undo = decide(connection, "undo", f"decision:{first}")
    decide(connection, "undo", "decision:2")

    found = kept.on_objects(connection, ["finding:SEC-03:a", "finding:SEC-04:a"])

    assert [row["id"] for row in found] == [first, second, undo]
    assert found[0]["detail"] == {"until": "2027-01-01"}
    assert kept.on_objects(connection, []) == []


def test_decisions_on_a_provisional_tool_are_found_by_its_earlier_ids(connection):
    now, before = "new-quill-0a1b2c3d", "new-quillfox-0a1b2c3d"
    for since, until, tool in ((0, 5, before), (5, None, now)):
        sql = (
            "INSERT INTO link (identity_id, valid_from, valid_to, tool_id, why) VALUES (1, :since, :until, :tool, 'x')"
        )
        connection.execute(text(sql), {"since": since, "until": until, "tool": tool})
    first = decide(connection, "status", f"tool:{before}", status="approved")
    decide(connection, "status", "tool:other", status="approved")
    second = decide(connection, "status", f"tool:{now}", status="rejected")

    assert [row["id"] for row in kept.decisions_on(connection, [now])] == [first, second]
    assert kept.decisions_on(connection, ["nothing"]) == []


def test_words_are_found_by_their_hashes_and_erased_ones_are_nothing(connection):
    for digest in ("a", "b", "c"):
        kept.keep_text(connection, digest, f"text {digest}")
    kept.erase_text(connection, "b")

    assert kept.texts(connection, ["a", "b", "z"]) == {"a": "text a", "b": None}


def test_actors_are_named_by_address_or_as_their_source_names_them(connection):
    for number, address in ((1, "ana@example.com"), (2, None)):
        sql = "INSERT INTO actor (id, source_id, native_id, address, kind) VALUES (:id, 1, :native, :address, 'person')"
        connection.execute(text(sql), {"id": number, "native": f"n{number}", "address": address})

    assert queries.actor_names(connection, {1, 2, 3}) == {1: "ana@example.com", 2: "n2"}
    assert queries.actor_names(connection, ()) == {}


def test_decisions_of_a_kind_that_stand_come_in_order_with_all_that_they_say(connection):
    first = decide(connection, "alias", "alias:a", tool="a")
    second = decide(connection, "alias", "alias:a", tool="b")
    undone = decide(connection, "alias", "alias:c", tool="c")
    decide(connection, "undo", f"decision:{undone}")
    decide(connection, "status", "tool:a", status="approved")

    found = kept.of_kind(connection, "alias")

    assert [(row["id"], row["detail"]) for row in found] == [(first, {"tool": "a"}), (second, {"tool": "b"})]
    assert {"at", "by", "kind", "object"} <= set(found[0])
