"""What became different about one tool lately: names, what sources list, findings; nothing of other tools."""

import pytest

from model.signal import SignalKind
from model.stream import Mode
from storage import records
from storage.listings.lately import lately
from tests.storage.filling import at


@pytest.fixture
def tool(filling):
    filling.tool("quillfox", "Quillfox")
    filling.tool("other", "Other")
    app = filling.app(app_id="0oa1", label="Quillfox")
    filling.link(app, "quillfox")
    return app


def told(connection, tool="quillfox", since=5):
    return [(row["kind"], row["what"], row["tool"]) for row in lately(connection, tool, since)]


def test_a_name_that_came_or_went_is_told_with_the_other_tool(connection, filling, tool):
    app = filling.app(app_id="0oa2")
    filling.link(app, "other", until=50)
    filling.link(app, "quillfox", since=50, until=60)
    filling.link(app, None, since=60)

    assert told(connection) == [("name", "left", None), ("name", "named", "Other")]
    assert told(connection, since=55) == [("name", "left", None)]
    assert told(connection, "other") == [("name", "left", "Quillfox")]


def test_a_name_that_is_known_better_now_but_leads_to_the_same_tool_is_no_change(connection, filling, tool):
    app = filling.app(app_id="0oa2")
    filling.link(app, "quillfox", since=1, until=50)
    filling.link(app, "quillfox", since=50, matcher="domain")

    assert told(connection) == []


def test_records_are_told_once_their_list_was_read_before(connection, filling, tool):
    apps = filling.stream(name="apps", mode=Mode.SNAPSHOT)
    filling.insert("run", id=1, command="scan", started_at=10, as_of=10, catalog_version="0", outcome="complete")
    filling.insert("coverage", run_id=1, stream_id=apps, status="complete", read=0, stored=0, quarantined=0)
    for run_at, native, status in ((10, "a", "ON"), (10, "b", "ON"), (60, "a", "OFF"), (70, "c", "ON")):
        filling.record(
            apps,
            at(2026, 1, 1),
            run_at=run_at,
            identity=tool,
            kind=SignalKind.REGISTRATION,
            native_id=native,
            facts={"status": status},
        )
    records.close_unseen(connection, apps, 70, within_actors=False)

    rows = lately(connection, "quillfox", 5)

    assert sorted((row["what"], row["evidence"]) for row in rows) == [
        ("added", "signal:okta:acme/apps/c"),
        ("changed", None),
        ("removed", None),
        ("removed", None),
    ]
    assert {row["about"] for row in rows} == {"registration"}
    assert lately(connection, "other", 5) == []


def test_charges_are_no_change(connection, filling, tool):
    filling.charge(tool, at(2026, 3, 1), 5)

    assert told(connection) == []
