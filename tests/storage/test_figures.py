"""The figures of every tool, counted back from an as-of."""

import json

import pytest

from model.signal import SignalKind
from model.stream import Mode
from storage import figures
from storage.times import to_ms
from tests.storage.filling import at, ms

AS_OF = at(2026, 3, 31, 23)


@pytest.fixture
def tool(filling):
    filling.tool()
    app = filling.app(app_id="0oa1", label="Quillfox")
    filling.link(app, "quillfox")
    return app


@pytest.fixture
def figure(connection):
    def make(as_of=AS_OF):
        (one,) = figures.figures(connection, to_ms(as_of)) or [figures._packed(figures._empty("none"))]
        return {k: json.loads(v) if k.startswith(("spend", "sources")) else v for k, v in one.items()}

    return make


def people(found):
    return found["people"], found["people_ever"]


def signed_in(filling, app, native, *moment, kind="person", marketing=None, person=None, **more):
    actor = filling.actor(native)
    if not filling.rows("SELECT 1 FROM actor_person WHERE actor_id = :a", a=actor):
        filling.person(actor, kind=kind, marketing=marketing, person=person)
    filling.usage(filling.stream(), app, actor, ms(*moment), **more)
    return actor


@pytest.mark.parametrize(
    ("moment", "counted"),
    [
        ((2026, 3, 31, 23), (1, 1)),
        ((2025, 12, 31, 23), (1, 1)),
        ((2025, 12, 31, 22, 59), (0, 1)),
        ((2024, 1, 1), (0, 1)),
        ((2026, 4, 1), (0, 0)),
        ((2026, 3, 31, 23, 1), (0, 0)),
    ],
)
def test_people_are_those_of_ninety_days_and_nothing_after_the_as_of_counts(filling, tool, figure, moment, counted):
    signed_in(filling, tool, "ana", *moment)

    found = figure()

    assert (found["people"], found["people_ever"]) == counted
    assert (found["first_seen"] is None) == (counted == (0, 0))


def test_failures_nobody_and_services_are_no_people(filling, tool, figure):
    signed_in(filling, tool, "ana", 2026, 3, 1, successes=0, failures=3)
    signed_in(filling, tool, "bot", 2026, 3, 1, kind="service")
    filling.usage(filling.stream(), tool, 0, ms(2026, 3, 1))
    signed_in(filling, tool, "agency", 2026, 3, 1, kind="agency")

    assert people(figure()) == (1, 1)


def test_actors_of_one_person_count_once(filling, tool, figure):
    ana = signed_in(filling, tool, "ana", 2026, 3, 1, marketing=1)
    signed_in(filling, tool, "ana2", 2025, 3, 1, marketing=1, person=ana)
    signed_in(filling, tool, "ben", 2026, 3, 1, marketing=0)
    signed_in(filling, tool, "cem", 2026, 3, 1)
    signed_in(filling, tool, "old", 2024, 3, 1, marketing=1)

    assert people(figure()) == (3, 4)


def grant(filling, app, *moment, mode=Mode.EVENTS, state="granted", run_at=1, native="g"):
    actor = filling.actor("gil")
    if not filling.rows("SELECT 1 FROM actor_person WHERE actor_id = :a", a=actor):
        filling.person(actor)
    stream = filling.stream(name=f"grants_{mode.value}", mode=mode)
    more = {"kind": SignalKind.GRANT, "facts": {"state": state} if state else {}, "native_id": native}
    filling.record(stream, at(*moment), run_at=run_at, identity=app, actor=actor, mode=mode, **more)
    return stream


@pytest.mark.parametrize(
    ("mode", "state", "moment", "counted"),
    [
        (Mode.EVENTS, "granted", (2026, 3, 1), (1, 1)),
        (Mode.EVENTS, "granted", (2024, 3, 1), (0, 1)),
        (Mode.EVENTS, "revoked", (2026, 3, 1), (0, 0)),
        (Mode.EVENTS, None, (2026, 4, 2), (0, 0)),
        (Mode.SNAPSHOT, None, (2024, 3, 1), (1, 1)),
        (Mode.SNAPSHOT, "revoked", (2026, 3, 1), (0, 0)),
    ],
)
def test_a_grant_counts_while_it_is_in_force_or_was_given_lately(filling, tool, figure, mode, state, moment, counted):
    grant(filling, tool, *moment, mode=mode, state=state)

    assert people(figure()) == counted


def test_a_grant_that_a_later_snapshot_no_longer_had_is_of_the_past(filling, tool, figure):
    stream = grant(filling, tool, 2024, 3, 1, mode=Mode.SNAPSHOT, state=None)
    ended = ms(2025, 1, 1)
    filling.rows("UPDATE record SET valid_to = :at WHERE stream_id = :s RETURNING 1", at=ended, s=stream)

    assert people(figure()) == (0, 1)
    assert people(figure(at(2024, 12, 1))) == (1, 1)


def test_first_last_and_sources_are_of_all_that_speaks_of_a_tool(filling, tool, figure):
    signed_in(filling, tool, "ana", 2026, 2, 3, last=ms(2026, 2, 9))
    card = filling.app("card:acme", descriptor="QUILLFOX")
    filling.link(card, "quillfox")
    filling.charge(card, at(2024, 5, 1), 1)
    filling.charge(card, at(2026, 5, 1), 1)

    found = figure()

    assert (found["first_seen"], found["last_seen"]) == (ms(2024, 5, 1), ms(2026, 2, 9))
    assert found["sources"] == ["card:acme", "okta:acme"]


def test_a_month_that_goes_on_after_the_as_of_is_seen_until_the_as_of(filling, tool, figure):
    signed_in(filling, tool, "ana", 2026, 3, 3, last=ms(2026, 3, 31, 23, 59))

    assert figure()["last_seen"] == to_ms(AS_OF)


@pytest.mark.parametrize(
    ("as_of", "day", "counted"),
    [
        (at(2026, 3, 31), at(2026, 3, 31), True),
        (at(2026, 3, 31), at(2025, 3, 31, 0, 0, 1), True),
        (at(2026, 3, 31), at(2025, 3, 31), False),
        (at(2024, 2, 29), at(2023, 2, 28), False),
        (at(2024, 2, 29), at(2023, 3, 1), True),
        (at(2025, 2, 28), at(2024, 2, 29), True),
        (at(2025, 3, 1), at(2024, 2, 29), False),
    ],
)
def test_money_of_twelve_months_is_counted_back_from_the_as_of(filling, tool, figure, as_of, day, counted):
    filling.charge(tool, day, 5)

    found = figure(as_of)

    assert found["spend_12m"] == ({"EUR": 5} if counted else {})
    assert found["spend_total"] == {"EUR": 5}


def test_currencies_are_never_added_and_refunds_are_taken_off(filling, tool, figure):
    for amount, currency in ((10**15 + 1, "EUR"), (-1, "EUR"), (7, "USD"), (3, "credits")):
        filling.charge(tool, at(2026, 3, 1), amount, currency)
    filling.charge(tool, at(2026, 4, 1), 99)

    assert figure()["spend_12m"] == {"EUR": 10**15, "USD": 7, "credits": 3}


def test_budgets_are_named_once(connection, filling, tool):
    for name in ("MKT", "IT", "MKT"):
        filling.charge(tool, at(2026, 3, 1), 1, cost_center=name)

    assert figures.budgets(connection) == ["IT", "MKT"]


def test_what_no_link_leads_to_and_links_that_ended_give_no_figures(connection, filling, tool):
    filling.charge(filling.app("card:acme", descriptor="shell"), at(2026, 3, 1), 1)
    old = filling.app(app_id="0oa2")
    filling.link(old, "quillfox", until=5)
    filling.charge(old, at(2026, 3, 1), 1)

    assert figures.figures(connection, to_ms(AS_OF)) == []
