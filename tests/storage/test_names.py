"""Numbers for sources, streams, apps and people."""

import itertools
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from model.signal import Actor, AppIdentity, SignalKind
from model.stream import Mode, Stream
from storage import names
from tests.storage.filling import at

FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
_SOURCES = itertools.count(1)
HOSTILE = ["nul\0in it", "half \ud83d pair", "\0", "🦊" * 1000, "\u202etxt", "'; DROP TABLE actor; --"]

texts = st.text(min_size=1, max_size=4, alphabet=st.characters(codec=None))
absent_or = st.none() | texts
actors = st.lists(
    st.builds(
        Actor,
        native_id=st.sampled_from(["a", "b", "c\0", "\ud800", "d"]) | texts,
        address=absent_or,
        name=absent_or,
        kind=st.sampled_from(["person", "service"]),
        aliases=st.lists(texts, max_size=2).map(tuple),
    ),
    max_size=6,
)
apps = st.lists(st.builds(AppIdentity, app_id=absent_or, client_id=absent_or, label=texts), max_size=6)


def identities(filling):
    return {row[2]: (row[0], json.loads(row[3]), row[4], row[5]) for row in filling.whole("identity")}


def test_a_source_and_a_stream_get_a_number_once(connection):
    stream = Stream(name="users", kinds=(SignalKind.PERSON,), mode=Mode.SNAPSHOT)
    acme, other = names.source_number(connection, "okta:acme"), names.source_number(connection, "okta:other")

    assert names.source_number(connection, "okta:acme") == acme != other
    numbers = [names.stream_number(connection, s, stream, "okta") for s in (acme, other, acme)]
    assert numbers[0] == numbers[2] != numbers[1]


def test_a_stream_is_of_the_system_that_it_was_read_as_last(connection):
    stream, source = Stream(name="users", kinds=(SignalKind.PERSON,), mode=Mode.SNAPSHOT), 7
    told = "SELECT id, system FROM stream"

    number = names.stream_number(connection, source, stream, "okta")
    assert connection.execute(text(told)).all() == [(number, "okta")]
    names.stream_number(connection, source, stream, "jumpcloud")
    assert connection.execute(text(told)).all() == [(number, "jumpcloud")]
    connection.execute(text("UPDATE stream SET system = NULL"))
    assert names.stream_number(connection, source, stream, "okta") == number
    assert connection.execute(text(told)).all() == [(number, "okta")]


@FRESH
@given(batches=st.lists(actors, min_size=1, max_size=4), listed=st.booleans())
def test_people_keep_their_numbers_and_twice_is_once(connection, filling, batches, listed):
    source = names.source_number(connection, f"s{next(_SOURCES)}")
    known = {}
    for batch in batches:
        numbers = names.actor_numbers(connection, source, batch, listed=listed)
        for actor, number in zip(batch, numbers, strict=True):
            assert known.setdefault(names.clean(actor.native_id), number) == number
    assert names.NOBODY not in known.values()
    assert len(set(known.values())) == len(known)

    before = filling.rows("SELECT * FROM actor WHERE source_id = :s ORDER BY id", s=source)
    names.actor_numbers(connection, source, batches[-1], listed=listed)
    if len(batches[-1]) <= 1 or not listed:
        assert filling.rows("SELECT * FROM actor WHERE source_id = :s ORDER BY id", s=source) == before


@FRESH
@given(batches=st.lists(apps, min_size=1, max_size=4))
def test_apps_keep_their_numbers_and_twice_is_once(connection, filling, batches):
    source = names.source_number(connection, f"s{next(_SOURCES)}")
    known = {}
    for born, batch in enumerate(batches, 1):
        numbers = names.identity_numbers(connection, source, batch, registered=False, seen_at=born)
        for app, number in zip(batch, numbers, strict=True):
            assert known.setdefault(names.clean(app.key()), number) == number

    before = filling.rows("SELECT * FROM identity WHERE source_id = :s ORDER BY id", s=source)
    names.identity_numbers(connection, source, [a for b in batches for a in b], registered=False, seen_at=99)
    assert filling.rows("SELECT * FROM identity WHERE source_id = :s ORDER BY id", s=source) == before


@FRESH
@given(batch=actors, found=apps, seed=st.randoms(use_true_random=False))
def test_what_events_say_is_kept_alike_in_any_order(connection, filling, batch, found, seed):
    told = []
    for order in (lambda _: None, random.Random(seed.random()).shuffle):
        source = names.source_number(connection, f"s{next(_SOURCES)}")
        order(batch)
        order(found)
        for actor in batch:
            names.actor_numbers(connection, source, [actor])
        names.identity_numbers(connection, source, found, registered=False, seen_at=1)
        people = "SELECT native_id, address, name, aliases, kind FROM actor WHERE source_id = :s ORDER BY native_id"
        told.append(
            (
                sorted(filling.rows(people, s=source), key=repr),
                sorted(filling.rows("SELECT key, app FROM identity WHERE source_id = :s", s=source)),
            )
        )

    assert told[0] == told[1]


def test_the_same_id_in_two_sources_is_two(filling):
    assert filling.actor("ana", "okta:acme") != filling.actor("ana", "google:acme")
    assert filling.app("okta:acme", app_id="x") != filling.app("google:acme", app_id="x")


def test_absent_takes_nothing_away(filling):
    number = filling.actor("ana", address="ana@acme.example", name="Ana", aliases=("a@acme.example",))
    app = filling.app(app_id="0oa1", label="Quillfox", url="https://quillfox.com")

    filling.actor("ana")
    filling.app(app_id="0oa1", label="Quillfox")

    assert filling.whole("actor") == [(number, 1, "ana", "ana@acme.example", "Ana", '["a@acme.example"]', "person")]
    assert identities(filling)["app_id:0oa1"][:2] == (
        app,
        {"app_id": "0oa1", "label": "Quillfox", "url": "https://quillfox.com"},
    )


def test_a_directory_renames_and_events_do_not_rename_whom_it_lists(connection, filling):
    source, users = filling.source(), filling.stream(name="users", mode=Mode.SNAPSHOT)
    (number,) = names.actor_numbers(connection, source, [Actor(native_id="ana", name="Ana B")], listed=True)
    filling.record(users, at(2026, 1, 1), actor=number, kind=SignalKind.PERSON)

    names.actor_numbers(connection, source, [Actor(native_id="ana", name="A. Old Name", address="ana@acme.example")])
    assert filling.rows("SELECT name, address FROM actor") == [("Ana B", "ana@acme.example")]

    names.actor_numbers(connection, source, [Actor(native_id="ana", name="Ana C")], listed=True)
    assert filling.rows("SELECT name, address FROM actor") == [("Ana C", "ana@acme.example")]


def test_what_a_registration_says_stands_above_what_an_event_says(filling):
    filling.app(app_id="0oa1", label="an event's name", born=5)

    filling.app(app_id="0oa1", label="Quillfox", registered=True, born=9)
    filling.app(app_id="0oa1", label="an older name", client_id="c1", born=12)

    number, app, registered, born = identities(filling)["app_id:0oa1"]
    assert app == {"app_id": "0oa1", "client_id": "c1", "label": "Quillfox"}
    assert (registered, born) == (1, 5)
    assert number


def test_a_label_that_a_registration_changes_is_taken_over(filling):
    first = filling.app(app_id="0oa1", label="Quillfox", registered=True)

    assert filling.app(app_id="0oa1", label="Quillfox (old)", registered=True) == first
    assert identities(filling)["app_id:0oa1"][1]["label"] == "Quillfox (old)"


def test_labels_that_differ_in_case_and_blanks_alone_are_one_app(filling):
    assert filling.app(label="Quill  Fox") == filling.app(label="quill fox ")


def test_an_app_that_names_nothing_is_refused(connection, filling):
    with pytest.raises(ValueError, match="names no app"):
        names.identity_numbers(connection, filling.source(), [AppIdentity()], registered=False, seen_at=1)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_kept_without_what_a_database_cannot_hold(filling, name):
    number = filling.actor(name, address=name, name=name, aliases=(name,))
    app = filling.app(app_id=name, label=name)

    kept = name.replace("\0", "\ufffd").replace("\ud83d", "\ufffd")
    assert filling.whole("actor") == [(number, 1, kept, kept, kept, json.dumps([kept], ensure_ascii=False), "person")]
    assert identities(filling)[f"app_id:{kept}"][1] == {"app_id": kept, "label": kept}
    assert filling.actor(name) == number
    assert filling.app(app_id=name) == app


def test_thousands_at_once_are_numbered_in_order(connection, filling):
    many = [Actor(native_id=f"n{i % 1200}") for i in range(2400)]

    numbers = names.actor_numbers(connection, filling.source(), many)

    assert numbers[:1200] == numbers[1200:]
    assert len(set(numbers)) == 1200


def test_people_are_found_by_the_source_s_id_and_by_their_address_whatever_its_case(connection, filling):
    ana, bo = filling.actor("1159", address="Ana@acme.example"), filling.actor("bo@acme.example")
    filling.actor("cy@acme.example", "google:other")
    source = filling.source()

    assert names.actors_called(connection, source, ["ana@acme.example", "BO@acme.example", "cy@acme.example"]) == [
        ana,
        bo,
    ]
    assert names.actors_called(connection, source, ["1159"]) == [ana]
    assert names.actors_called(connection, source, []) == []
