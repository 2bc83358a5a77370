"""lifecycle.*: since when, until when, and what still lives."""

from datetime import date

import pytest

from tests.scanner.facts.worlds import (
    GMAIL,
    ago,
    assignment,
    charge,
    consent,
    declared,
    evidence,
    known,
    reason,
    record,
    refused,
    state,
    streams,
    token,
    tool,
    use,
    world,
)


@pytest.mark.parametrize(
    ("rows", "first", "last"),
    [
        ([use(1, 10), charge(5, 40)], "2026-05-21", "2026-06-20"),
        ([declared(1), consent(1, days=20)], "2026-03-22", "2026-06-10"),
        ([token(1, days=3), use(1, 5)], "2026-06-25", "2026-06-30"),
    ],
)
def test_first_and_last_sign_of_life(rows, first, last):
    quillfox = tool(*rows)

    assert (str(known("lifecycle.first_seen", quillfox)), str(known("lifecycle.last_seen", quillfox))) == (first, last)


@pytest.mark.parametrize(
    ("grant", "read", "last"),
    [
        (token(1, days=120), 2, "2026-06-28"),
        (token(1, days=120, state="revoked"), 2, "2026-03-02"),
        (consent(1, days=120), 2, "2026-03-02"),
    ],
)
def test_what_a_list_still_holds_was_seen_when_the_list_was_last_read(grant, read, last):
    quillfox = tool(grant)
    tokens = state("google:acme", "tokens", "snapshot", last_at=ago(read))
    found = world(quillfox, streams=[*streams("google:acme/tokens"), tokens])

    assert str(known("lifecycle.last_seen", quillfox, found)) == last


def test_what_was_seen_before_the_last_year_is_not_forgotten():
    assert str(known("lifecycle.first_seen", tool(charge(1), first_seen=ago(900)))) == "2024-01-12"


def test_a_mere_trace_is_no_sign_of_life():
    assert reason("lifecycle.last_seen", tool(declared(1))) == "no use, money or consent was ever seen"


@pytest.mark.parametrize(("ended", "value"), [({"quillfox"}, True), (set(), False)])
def test_the_catalogue_says_whether_a_product_ended(ended, value):
    found = world(catalogued=frozenset({"quillfox"}), ended=frozenset(ended))

    assert known("lifecycle.ended", tool(), found) is value
    assert reason("lifecycle.ended", tool()) == "the tool is in no catalogue"


def test_the_end_of_a_product_is_known_by_a_page_that_says_it():
    found = world(notices={"quillfox": (date(2027, 6, 30), "https://quillfox.example/end")})

    assert known("lifecycle.end_of_life", tool(), found) == date(2027, 6, 30)
    assert evidence("lifecycle.end_of_life", tool(), found) == ("https://quillfox.example/end",)
    assert reason("lifecycle.end_of_life", tool()) == "no notice of an end is known"


def sdk(version, **changed):
    facts = {"version": version} if version else {}
    return record("app_sdk", None, "app:acme", "sdks", "snapshot", 1, **facts) | changed


def test_the_newest_version_is_by_its_numbers():
    old, new = sdk("2.9.4"), record("device_app", None, "mdm:acme", "apps", "snapshot", 3, version="2.10.0", devices=4)

    assert known("lifecycle.version", tool(old, new)) == "2.10.0"
    assert evidence("lifecycle.version", tool(old, new)) == (f"signal:mdm:acme/apps/{new['native_id']}",)


def test_what_states_no_version_or_was_refused_gives_none():
    assert reason("lifecycle.version", tool(sdk(None))) == "no source states a version"
    assert reason("lifecycle.version", tool()) == "no source states a version"
    quillfox = tool(sdk("2.9"))
    found = world(quillfox)
    found.streams.append(
        found.streams[0].__class__(source="app:acme", stream="sdks", status="refused", mode="snapshot")
    )
    assert reason("lifecycle.version", quillfox, found) == "app:acme/sdks refused"


@pytest.mark.parametrize(
    ("rows", "traces"),
    [
        ([], ()),
        ([use(1, 91), charge(5, 91), consent(1, days=91), declared(1)], ()),
        ([charge(-5)], ()),
        ([assignment(1, status="deprovisioned")], ()),
        ([token(1, GMAIL, days=200)], ("grant",)),
        ([consent(1, GMAIL, days=20)], ("grant",)),
        ([assignment(1, days=200)], ("account",)),
        ([charge(5, 89), use(1, 89), token(1), assignment(1)], ("grant", "account", "charge", "sign_in")),
    ],
)
def test_what_still_lives_is_named(rows, traces):
    assert known("lifecycle.live_traces", tool(*rows)) == traces


@pytest.mark.parametrize("row", [use(1), charge(5), token(1), assignment(1)])
def test_what_was_refused_leaves_it_open_whether_it_lives(row):
    quillfox = tool(row)
    place = f"{row['source']}/{row['stream']}" if isinstance(row, dict) else f"{row.source}/{row.stream}"

    assert reason("lifecycle.live_traces", quillfox, refused(world(quillfox), place)).startswith(place)


@pytest.mark.parametrize(
    "name", ["okta:acme/sign_ins", "google:acme/tokens", "card:acme/charges", "okta:acme/app_users"]
)
def test_that_nothing_lives_needs_every_stream_that_could_show_it(name):
    assert reason("lifecycle.live_traces", tool(), refused(world(), name)).startswith(f"{name} refused")
    assert known("lifecycle.live_traces", tool(use(1)), refused(world(), "card:acme/charges")) == ("sign_in",)


def test_without_a_source_of_money_nobody_knows_whether_it_is_still_paid():
    assert reason("lifecycle.live_traces", tool(), world(streams=streams("card:acme/charges"))) == (
        "no source of money was read"
    )
