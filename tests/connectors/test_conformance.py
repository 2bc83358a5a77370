"""What every live source keeps, whoever wrote it: the suite walks the registry, so that none can forget."""

from __future__ import annotations

import io
import logging
import tomllib
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.formats import Context, Raw
from connectors.live import Source
from connectors.registry import FORMATS, SOURCES
from connectors.source_tables import configured, opened
from model.errors import Malformed
from model.stream import Mode
from scanner.doctor import examine
from scanner.spooling import lines_of
from tests.connectors.fakes import FAKES
from tests.connectors.fakes.base import LASTING, PASSING, REST

FEEDS = [pytest.param(kind, feed, id=f"{kind}-{feed.name}") for kind in SOURCES for feed in SOURCES[kind].feeds]
KINDS = sorted(SOURCES)
#: Nothing listens at the port of "discard".
NOBODY = "http://127.0.0.1:9"
HOSTILE = [
    *("😀🚀", "x" * 4096, "a\x00b\x07", " ", "'; DROP TABLE tool; --", "<b>&amp;</b>"),
    "\u202e\u05db\u05dc\u05d9\u202c",
]


@pytest.fixture
def make(make_live, make_fake):
    """Make a company with one source of a kind; return it and the vendor."""

    def made(kind):
        live = make_live()
        fake = make_fake(kind, live.house.clock)
        live.add(kind, fake)
        return live, fake

    return made


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


# --- what is declared ----------------------------------------------------------------------------------------------


def test_every_source_has_a_fake():
    assert sorted(FAKES) == KINDS


@pytest.mark.parametrize(("kind", "feed"), FEEDS)
def test_a_feed_declares_what_it_needs_and_what_it_shows(kind, feed):
    assert feed.calls
    assert feed.blinds
    assert not feed.blinds.endswith(".")
    assert FORMATS[feed.format.name] is feed.format
    assert {s.name for s in feed.filled} <= {s.name for s in feed.format.streams}
    assert len({s.mode for s in feed.filled}) == 1
    for stream in feed.filled:
        assert stream.permissions
        assert stream.remedy
        if stream.mode is Mode.EVENTS:
            assert stream.lag > timedelta(0)
            assert stream.overlap > timedelta(0)
            assert stream.retention is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_names_of_feeds_are_their_own(kind):
    names = Counter(feed.name for feed in SOURCES[kind].feeds)

    assert set(names.values()) == {1}
    assert SOURCES[kind].kind == kind
    assert SOURCES[kind].limits


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_source_is_a_table_that_can_be_read(kind):
    tables = tomllib.loads(SOURCES[kind].example)["sources"]

    (found,) = opened(tables, SOURCES).values()

    assert found.source is SOURCES[kind]
    assert found.tenant


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_key_is_told_by_name(kind):
    with pytest.raises(ValueError, match=r"^\.tokken: unknown key"):
        configured(SOURCES[kind].config, {"tokken": "x"})


# --- what is read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_reads_every_stream_to_its_end(make, kind):
    live, _ = make(kind)

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert all(row["read"] for row in live.coverage().values())
    assert all(row["window_end"] for row in live.coverage().values())


@pytest.mark.parametrize("kind", KINDS)
def test_reading_twice_is_reading_once(make, kind):
    live, _ = make(kind)
    live.scan()
    first = live.picture()

    live.scan()

    assert live.picture() == first


@pytest.mark.parametrize(("kind", "feed"), FEEDS)
def test_the_same_page_twice_gives_the_same_keys(make, kind, feed):
    live, _ = make(kind)
    for page in pages(live, kind, feed):
        lines = lines_of(feed, page)

        assert lines == lines_of(feed, page)
        keys = signal_keys(feed, lines)
        assert keys == signal_keys(feed, lines)


def pages(live, kind, feed):
    """Return the pages of one feed, as they come over the wire."""
    found = live.opened[kind]
    wire = live.wire(found)
    session = found.source.connect(found.config, wire)
    from scanner.windows import plan  # noqa: PLC0415 (beside its only use)

    window, _ = plan(feed, None, live.house.clock.now(), timedelta(days=90))
    try:
        return [page.body for page in session.pages(feed, window)]
    finally:
        session.close()


def signal_keys(feed, lines):
    context = Context(source="x")
    read = feed.format.read(io.BytesIO(b"\n".join(lines)), context) if lines else ()
    found = []
    for item in read:
        if isinstance(item, Raw):
            try:
                found += [(s.stream, s.native_id) for s in feed.format.translate(item.data, context)]
            except Malformed:
                found.append(None)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_the_same_pages_gives_equal_signals(make, make_live, kind):
    live, _ = make(kind)
    files = make_live().house
    kept = {feed.name: pages(live, kind, feed) for feed in SOURCES[kind].feeds}
    live.scan()

    for feed in SOURCES[kind].feeds:
        named = [files.write(f"{feed.name}/{n}.json", body) for n, body in enumerate(kept[feed.name])]
        filled = [path for path, body in zip(named, kept[feed.name], strict=True) if lines_of(feed, body)]
        if filled:
            files.ingest(feed.format.name, *filled, source=kind)

    assert signals(files) == signals(live.house)


def signals(house):
    """Return all that is known from what was read, but for when."""
    picture = house.picture()
    rows = house.rows(
        "SELECT st.name AS stream, r.native_id, r.kind, r.app, r.facts, a.native_id AS actor FROM record r"
        " JOIN stream st ON st.id = r.stream_id LEFT JOIN actor a ON a.id = r.actor_id WHERE r.valid_to IS NULL"
    )
    tools = [{k: v for k, v in tool.items() if k != "status"} for tool in house.rows("SELECT * FROM tool")]
    return sorted(map(repr, rows)), picture["usage"], picture["people"], sorted(map(repr, tools))


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_record_is_quarantined_and_the_rest_survives(make, kind):
    live, fake = make(kind)
    live.scan()
    whole = live.picture()
    other, spoiled = make(kind)
    spoiled.spoiled = True

    other.scan()

    assert sum(row["quarantined"] for row in other.coverage().values()) > 0
    assert set(statuses(other).values()) == {"complete"}
    assert len(other.picture()["records"]) == len(whole["records"])
    assert fake.calls


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_survive(make, kind):
    live, fake = make(kind)
    fake.rename(HOSTILE)

    live.scan()

    assert "failed" not in statuses(live).values()
    said = repr(live.house.rows("SELECT app FROM record")) + repr(live.house.rows("SELECT app FROM identity"))
    assert "DROP TABLE" in said
    live.house.rows("SELECT * FROM tool")


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "feed"), FEEDS)
def test_a_refusal_names_the_permission_and_closes_nothing(make, kind, feed):
    live, fake = make(kind)
    live.scan()
    before = live.picture()
    begun = len(fake.calls)
    pages(live, kind, feed)
    own = {(c.method, c.path) for c in fake.calls[begun:]} - shared(live, fake, kind, feed)
    fake.always = lambda call: "403" if (call.method, call.path) in own else None

    live.scan()

    assert live.picture() == before
    for stream in feed.filled:
        row = live.coverage()[kind, stream.name]
        assert row["status"] == "refused"
        assert any(permission in f"{row['reason']} {row['remedy']}" for permission in stream.permissions)


def shared(live, fake, kind, feed):
    """Return what is called for every other feed, too, such as for a token."""
    found = []
    for other in SOURCES[kind].feeds:
        if other is not feed:
            begun = len(fake.calls)
            pages(live, kind, other)
            found.append({(c.method, c.path) for c in fake.calls[begun:]})
    return set.intersection(*found) if found else set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_403_on_any_call_loses_nothing_and_is_never_nothing_there(make, kind):
    live, fake = make(kind)
    live.scan()
    before, calls = live.picture(), len(fake.calls)
    for number in range(1, calls + 1, max(1, calls // 8)):
        at = len(fake.calls) + number
        fake.faults[at] = "403"

        live.scan()

        assert live.picture() == before
        assert at in fake.faults or "refused" in statuses(live).values()
    fake.faults.clear()
    live.scan()
    assert set(statuses(live).values()) == {"complete"}


@pytest.mark.parametrize("kind", KINDS)
def test_when_asked_to_rest_it_waits_exactly_so_long(make, kind):
    live, fake = make(kind)
    fake.faults[1] = "429 after"

    live.scan()

    assert REST in live.house.clock.waits
    assert set(statuses(live).values()) == {"complete"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_to_another_host_is_never_followed(make, kind):
    live, fake = make(kind)
    fake.elsewhere = True

    live.scan()

    told = [row for row in live.coverage().values() if row["reason"] and "another host" in row["reason"]]
    assert told or not fake.links
    assert all(row["status"] in {"partial", "failed"} and row["remedy"] for row in told)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_that_lead_to_themselves_end(make, kind):
    live, fake = make(kind)
    fake.circle = True

    live.scan()

    assert "complete" not in {statuses(live)[s.name] for f in SOURCES[kind].feeds[:1] for s in f.filled}


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_pass_is_told_in_a_line_with_what_to_do_and_loses_nothing(make, kind, fault):
    live, fake = make(kind)
    live.scan()
    before = live.picture()
    fake.always = lambda _call: fault

    live.scan()

    assert live.picture() == before
    for row in live.coverage().values():
        if fault == "404" and row["status"] == "complete":
            continue  # what an item that is gone would hold is really nothing
        assert row["status"] in {"refused", "failed"}
        assert row["reason"]
        assert row["remedy"]
        assert "\n" not in row["reason"] + row["remedy"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_is_not_there_is_told_once_and_quickly(make, kind):
    live, fake = make(kind)
    fake.base = NOBODY
    live.add(kind, fake)

    live.scan()

    assert set(statuses(live).values()) == {"failed"}
    assert all("cannot be reached" in row["reason"] for row in live.coverage().values())
    assert len(live.house.clock.waits) <= 20


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_in_any_log_line_error_or_row(make, kind, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    said = []
    for fault in ("", *PASSING, *LASTING):
        live, fake = make(kind)
        fake.always = lambda _call, fault=fault: fault or None
        live.scan()
        said += [repr(row) for row in live.coverage().values()]
        said += [repr(live.opened), repr(live.house.rows("SELECT * FROM cursor")), repr(live.wires[0].notes)]
        said += [repr(found) for found in examine(live.opened[kind], live.wire(live.opened[kind]))]
    said += [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    said += list(capsys.readouterr())

    for secret in fake.secrets:
        assert not [text for text in said if secret in text]


@pytest.mark.parametrize(("kind", "feed"), FEEDS)
def test_the_doctor_asks_for_little_and_says_what_works(make, kind, feed):
    live, fake = make(kind)

    found = {e.feed.name: e for e in examine(live.opened[kind], live.wire(live.opened[kind]))}

    assert [c.status.value for c in found[feed.name].coverage] == ["complete"] * len(feed.filled)
    assert len(fake.calls) <= 4 * len(SOURCES[kind].feeds)


# --- faults at every call ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_goes_wrong_at_whatever_calls_a_further_run_ends_with_the_signals_of_an_undisturbed_one(
    make, kind, data
):
    calls, undisturbed = calm(make, kind)
    live, fake = make(kind)
    places = st.dictionaries(st.integers(1, 2 * calls), st.sampled_from((*PASSING, *LASTING)), max_size=8)
    fake.faults = data.draw(places, label="faults")
    storm = data.draw(st.none() | st.tuples(st.integers(1, calls), st.sampled_from(PASSING)), label="storm")
    if storm is not None:
        fake.always = lambda _call: storm[1] if len(fake.calls) >= storm[0] else None
    skew = data.draw(st.sampled_from((0, 0, -3 * 3600, 3 * 3600, 400 * 24 * 3600)), label="skew")
    fake.skew = timedelta(seconds=skew)

    live.scan()
    fake.faults, fake.always, fake.skew = {}, lambda _call: None, timedelta(0)
    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert {name: live.picture()[name] for name in undisturbed} == undisturbed


_CALM: dict[str, tuple[int, dict[str, object]]] = {}


def calm(make, kind):
    """Return how many calls an undisturbed run makes, and the signals that it ends with."""
    if kind not in _CALM:
        live, fake = make(kind)
        live.scan()
        _CALM[kind] = len(fake.calls), {name: live.picture()[name] for name in ("records", "usage")}
    return _CALM[kind]


def test_a_source_is_data_alone():
    assert all(isinstance(source, Source) for source in SOURCES.values())
