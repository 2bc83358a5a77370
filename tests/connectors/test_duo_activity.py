"""Duo's activity log as files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.duo_activity import ACTIVITY, activity
from connectors.formats import Context
from connectors.registry import FORMATS
from model.errors import Malformed, WrongFormat
from model.signal import SignalKind
from tests.connectors.reading import lines, read

PLAIN = st.none() | st.booleans() | st.integers() | st.text()
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))

CONTEXT = Context(source="duo")
ITEM = {
    "access_device": {"browser": "Chrome", "ip": {"address": "198.51.100.7"}},
    "action": {"details": None, "name": "webauthncredential_create"},
    "activity_id": "720b8360-078b",
    "actor": {"details": "{}", "key": "DU64", "name": "ana@acme.example", "type": "user"},
    "akey": "DA1",
    "application": {"key": "DIHUB", "name": "HubSpot", "type": "websdk"},
    "old_target": None,
    "outcome": {"result": "FAILURE"},
    "target": {"details": "{}", "key": "WA1", "name": "WA1", "type": "webauthn_credential"},
    "ts": "2026-03-02T15:51:22.591015+00:00",
}


def one(**changed):
    (found,) = activity(json.dumps(ITEM | changed).encode(), CONTEXT)
    return found


def test_an_activity_says_who_did_what_at_which_application():
    found = one()

    assert (found.stream, found.kind, found.native_id) == ("activity", SignalKind.AUDIT_EVENT, "720b8360-078b")
    assert found.app.named() == {"app_id": "DIHUB", "label": "HubSpot"}
    assert (found.actor.native_id, found.actor.address) == ("DU64", "ana@acme.example")
    assert found.facts == {"action": "webauthncredential_create", "success": False}
    assert found.seen_at.isoformat() == "2026-03-02T15:51:22.591015+00:00"


@pytest.mark.parametrize("kind", ["application", "integration", "Integration"])
def test_what_is_done_to_an_application_counts_for_that_one(kind):
    target = {"key": "DICAN", "name": "Canva", "type": kind}

    assert one(target=target).app.named() == {"app_id": "DICAN", "label": "Canva"}


def test_an_application_that_was_taken_out_stands_as_the_old_target():
    gone = {"key": "DICAN", "name": "Canva", "type": "integration"}

    assert one(application=None, target=None, old_target=gone).app.label == "Canva"


def test_an_action_may_be_a_plain_text_and_the_outcome_may_be_left_out():
    assert one(action="user_update", outcome=None).facts == {"action": "user_update"}


@pytest.mark.parametrize("application", [None, {}, {"key": None, "name": " "}])
def test_what_has_nothing_to_do_with_an_application_yields_nothing(application):
    assert list(activity(json.dumps(ITEM | {"application": application}).encode(), CONTEXT)) == []


@pytest.mark.parametrize("changed", [{"action": None}, {"action": {}}, {"ts": None}, {"ts": "yesterday"}])
def test_an_activity_without_an_action_or_a_time_is_malformed(changed):
    with pytest.raises(Malformed):
        one(**changed)


def test_without_an_id_the_same_activity_gives_the_same_id():
    assert one(activity_id=None).native_id == one(activity_id=None).native_id
    assert one(activity_id=None).native_id.startswith("~")


@pytest.mark.parametrize(
    "data",
    [
        {"stat": "OK", "response": {"items": [ITEM, ITEM], "metadata": {"next_offset": "1,a"}}},
        {"items": [ITEM, ITEM], "metadata": {}},
        [ITEM, ITEM],
        lines(ITEM, ITEM),
    ],
    ids=["an answer", "its inside", "a list", "lines"],
)
def test_answers_lists_and_lines_are_read_alike(data):
    found = read("duo-activity", data)

    assert [s.native_id for s in found.signals] == ["720b8360-078b"] * 2
    assert found.bad == []


def test_other_logs_are_refused():
    with pytest.raises(WrongFormat):
        read("duo-activity", [{"action": "admin_login", "username": "Ida", "timestamp": 1}])


def test_an_activity_is_no_record_of_the_other_logs():
    with pytest.raises(WrongFormat):
        read("duo-logs", [ITEM])


def test_the_format_is_known_and_the_stream_needs_the_log_permission():
    assert FORMATS["duo-activity"].streams == (ACTIVITY,)
    assert ACTIVITY.permissions == ("Grant read log",)


@given(ANYTHING)
def test_whatever_stands_in_a_field_is_read_or_malformed(value):
    for name in ITEM:
        try:
            list(activity(json.dumps(ITEM | {name: value}).encode(), CONTEXT))
        except Malformed:
            continue
