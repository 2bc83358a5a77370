"""OneLogin: who is given which app, as files."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats import Context
from connectors.onelogin_assignments import ASSIGNMENTS, assignment
from connectors.registry import FORMATS
from model.errors import Malformed, WrongFormat
from model.signal import SignalKind
from tests.connectors.reading import lines, read

PLAIN = st.none() | st.booleans() | st.integers() | st.text()
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))

READ = datetime(2026, 3, 10, 8, tzinfo=UTC)
CONTEXT = Context(source="onelogin", read_at=READ, now=READ)
HELD = {
    "app_id": 442,
    "id": 29260307,
    "firstname": "Bob",
    "lastname": "Ross",
    "email": "bob.ross@acme.example",
    "username": "bobross",
}


def one(**changed):
    (found,) = assignment(json.dumps(HELD | changed).encode(), CONTEXT)
    return found


def test_a_person_of_an_app_is_an_assignment():
    found = one()

    assert (found.stream, found.kind, found.native_id) == ("assignments", SignalKind.ASSIGNMENT, "442:29260307")
    assert found.app.named() == {"app_id": "442"}
    assert (found.actor.native_id, found.actor.address) == ("29260307", "bob.ross@acme.example")
    assert (dict(found.facts), found.seen_at) == ({}, READ)


def test_one_person_of_two_apps_and_two_persons_of_one_are_told_apart():
    assert len({one().native_id, one(app_id=443).native_id, one(id=7).native_id}) == 3


@pytest.mark.parametrize(
    ("email", "username", "address"),
    [(None, "bob@acme.example", "bob@acme.example"), (None, "bobross", None), ("", "bobross", None)],
)
def test_a_name_that_is_no_address_is_none(email, username, address):
    assert one(email=email, username=username).actor.address == address


def test_who_has_neither_is_still_known_by_the_id():
    assert one(email=None, username=None).actor.native_id == "29260307"


@pytest.mark.parametrize("missing", ["app_id", "id"])
def test_a_record_without_the_app_or_the_person_is_malformed(missing):
    with pytest.raises(Malformed):
        list(assignment(json.dumps({k: v for k, v in HELD.items() if k != missing}).encode(), CONTEXT))


@pytest.mark.parametrize("data", [[HELD, HELD | {"id": 1}], lines(HELD, HELD | {"id": 1})], ids=["a list", "lines"])
def test_lists_and_lines_are_read_alike(data):
    found = read("onelogin-app-users", data)

    assert [s.native_id for s in found.signals] == ["442:29260307", "442:1"]


def test_people_without_their_app_are_refused_and_would_close_nothing():
    with pytest.raises(WrongFormat, match="a person of an app"):
        read("onelogin-app-users", [{k: v for k, v in HELD.items() if k != "app_id"}])


def test_the_stream_is_a_snapshot_that_needs_read_all():
    assert FORMATS["onelogin-app-users"].streams == (ASSIGNMENTS,)
    assert (ASSIGNMENTS.permissions, ASSIGNMENTS.mode.value) == (("Read All",), "snapshot")


@given(ANYTHING)
def test_whatever_stands_in_a_field_is_read_or_malformed(value):
    for name in HELD:
        try:
            list(assignment(json.dumps(HELD | {name: value}).encode(), CONTEXT))
        except Malformed:
            continue
