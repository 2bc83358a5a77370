"""What every live source keeps, whoever wrote it: the suite walks the registry, so that none can forget."""

from __future__ import annotations

import io
import tomllib
from collections import Counter
from datetime import timedelta

import pytest

from connectors.formats import Context, Raw
from connectors.live import Source
from connectors.registry import FORMATS, SOURCES
from connectors.source_tables import configured, opened
from model.errors import Malformed
from model.stream import Mode
from scanner.spooling import lines_of
from tests.connectors.fakes import FAKES
from tests.connectors.live import pages, statuses

FEEDS = [pytest.param(kind, feed, id=f"{kind}-{feed.name}") for kind in SOURCES for feed in SOURCES[kind].feeds]
KINDS = sorted(SOURCES)
HOSTILE = [
    *("😀🚀", "x" * 4096, "a\x00b\x07", " ", "'; DROP TABLE tool; --", "<b>&amp;</b>"),
    "\u202e\u05db\u05dc\u05d9\u202c",
]


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


def test_a_source_is_data_alone():
    assert all(isinstance(source, Source) for source in SOURCES.values())


# --- what is read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_reads_every_stream_to_its_end(make, kind):
    live, _ = make(kind)

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert all(row["read"] for row in live.coverage().values())
    assert all(row["window_end"] for row in live.coverage().values())


@pytest.mark.parametrize("kind", KINDS)
def test_reading_twice_is_reading_once(make_scanned, kind):
    live, _ = make_scanned(kind)
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
def test_a_malformed_record_is_quarantined_and_the_rest_survives(make, make_scanned, kind):
    live, fake = make_scanned(kind)
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
