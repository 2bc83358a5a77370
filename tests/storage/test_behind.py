"""What is behind a change: run, decision, reasons and evidence of both sides, on both databases."""

import pytest

from model.signal import SignalKind
from model.stream import Mode
from storage import kept, records
from storage.listings import changes, tools
from tests.storage.filling import at, ms


@pytest.fixture
def told(connection, filling):
    """Return the one change of a kind, with all that is behind it."""

    def find(kind):
        rows = changes.changes(connection, since=50)
        (row,) = [row for row in rows if kind in {row["kind"], row["what"].rpartition(" ")[2]}]
        (found,) = changes.change(connection, row["id"])
        assert {name: found[name] for name in row} == row
        return found

    for started, command in ((10, "ingest okta-apps"), (50, "review merge")):
        filling.insert(
            "run", command=command, started_at=started, ended_at=started + 5, as_of=started, outcome="complete"
        )
    return find


@pytest.fixture
def moved(filling):
    """An app that was one tool and is another, with a record and use."""
    filling.tool("b", "Beta")
    app = filling.app(app_id="0oa1")
    filling.link(app, "a", until=50, why="It is A.")
    filling.link(app, "b", since=50, why="It is A. A person ruled that a is b (decision 7, 02 March 2026).")
    apps = filling.stream(name="apps", mode=Mode.SNAPSHOT)
    registered = {"identity": app, "kind": SignalKind.REGISTRATION}
    filling.record(apps, at(2026, 1, 1), run_at=5, native_id="first", **registered)
    filling.record(apps, at(2026, 1, 1), run_at=10, native_id="0oa1", **registered)
    filling.usage(filling.stream(), app, filling.actor(), ms(2026, 3, 1))
    return app


def test_a_link_has_run_decision_reasons_and_evidence(told, moved):
    found = told("link")

    assert (found["before"], found["after"], found["decision"]) == ("a", "Beta", 7)
    assert (found["run"]["command"], found["finding"], found["case"]) == ("review merge", None, None)
    assert found["said"]["before"] == "It is A."
    keys = ["signal:okta:acme/apps/0oa1", "signal:okta:acme/apps/first", "usage:okta:acme/app_id:0oa1/2026-03"]
    assert found["evidence"] == {"before": keys, "after": ["decision:7", *keys]}


def test_a_record_says_which_run_read_each_version(connection, filling, told, moved):
    apps = filling.stream(name="apps", mode=Mode.SNAPSHOT)
    filling.record(
        apps,
        at(2026, 2, 1),
        run_at=50,
        identity=moved,
        kind=SignalKind.REGISTRATION,
        native_id="0oa1",
        facts={"status": "INACTIVE"},
    )

    found = told("changed")

    assert found["said"]["before"].startswith("okta:acme stated it in apps, as run ")
    assert found["said"]["before"] != found["said"]["after"]
    assert found["evidence"] == {"before": [], "after": ["signal:okta:acme/apps/0oa1"]}


def test_what_was_removed_has_no_evidence_that_could_be_shown(connection, filling, told, moved):
    apps = filling.stream(name="apps", mode=Mode.SNAPSHOT)
    filling.record(apps, at(2026, 1, 1), run_at=50, identity=moved, kind=SignalKind.REGISTRATION, native_id="first")
    records.close_unseen(connection, apps, 50, within_actors=False)

    found = told("removed")

    assert (found["after"], found["evidence"]) == (None, {"before": [], "after": []})
    assert found["said"]["after"] is None


def test_a_decision_has_its_reason_and_no_run(connection, told, moved):
    kept.keep_text(connection, "h", "one contract")
    row = {"at": 50, "by": "user:ana", "kind": "merge", "object": "tool:a", "detail": {"into": "b"}, "reason_hash": "h"}
    number = kept.add_decision(connection, row)

    found = told("decision")

    assert (found["run"], found["decision"], found["said"]["after"]) == (None, number, "one contract")


def test_a_look_alike_that_appears_is_told_to_be_one(connection, filling):
    filling.link(filling.app(domain="quillf0x.com"), "new-quillf0x", imitates="Quillfox")

    assert [row["what"] for row in changes.changes(connection)] == ["appeared in okta:acme, a look-alike of Quillfox"]


def test_no_id_is_the_id_of_no_change(connection):
    assert changes.change(connection, "0123456789") == []


def test_an_earlier_id_of_a_provisional_tool_leads_to_what_it_is_now(connection, filling):
    filling.tool("new-b-2", "Beta")
    app = filling.app(app_id="0oa1")
    filling.link(app, "new-a-1", until=50)
    filling.link(app, "new-b-2", since=50)
    row = {"at": 5, "by": "x", "kind": "status", "object": "tool:new-a-1", "detail": {"status": "approved"}}
    kept.add_decision(connection, row | {"reason_hash": None})

    assert tools.find(connection, "new-a-1") == ["new-b-2"]
    assert tools.find(connection, "new-c-3") == []
    assert [d["object"] for d in tools.decisions(connection, "new-b-2")] == ["tool:new-a-1"]


def test_what_imitates_a_tool_says_so_in_the_list(connection, filling):
    filling.tool("new-a", "Quillf0x")
    filling.link(filling.app(domain="quillf0x.com"), "new-a", imitates="Quillfox")

    (row,) = tools.tools(connection, base_currency=None)

    assert row["imitates"] == ["Quillfox"]
