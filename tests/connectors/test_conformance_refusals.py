"""What every live source keeps when it is refused, or meets what does not pass: told plainly, and nothing is lost.

With `test_conformance.py` and `test_conformance_faults.py` the suite that walks the registry, in files of their own so
that processes share the work.
"""

from __future__ import annotations

import logging

import pytest

from connectors.registry import SOURCES
from scanner.doctor import examine
from tests.connectors.fakes.base import LASTING, PASSING, REST
from tests.connectors.live import pages, statuses

FEEDS = [pytest.param(kind, feed, id=f"{kind}-{feed.name}") for kind in SOURCES for feed in SOURCES[kind].feeds]
KINDS = sorted(SOURCES)
#: Nothing listens at the port of "discard".
NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(("kind", "feed"), FEEDS)
def test_a_refusal_names_the_permission_and_closes_nothing(make, make_scanned, kind, feed):
    own = calls_of(make, kind)[feed.name]
    live, fake = make_scanned(kind)
    before = live.picture()
    fake.always = lambda call: "403" if (call.method, call.path) in own else None

    live.scan()

    assert live.picture() == before
    for stream in feed.filled:
        row = live.coverage()[kind, stream.name]
        assert row["status"] == "refused"
        assert any(permission in f"{row['reason']} {row['remedy']}" for permission in stream.permissions)


_CALLS: dict[str, dict[str, set[tuple[str, str]]]] = {}


def calls_of(make, kind):
    """Return what is called for each feed, by its name, but for what is called for every one, such as for a token."""
    if kind not in _CALLS:
        live, fake = make(kind)
        found: dict[str, set[tuple[str, str]]] = {}
        for feed in SOURCES[kind].feeds:
            begun = len(fake.calls)
            pages(live, kind, feed)
            found[feed.name] = {(c.method, c.path) for c in fake.calls[begun:]}
        for_all = set.intersection(*found.values()) if len(found) > 1 else set()
        _CALLS[kind] = {name: calls - for_all for name, calls in found.items()}
    return _CALLS[kind]


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
def test_what_does_not_pass_is_told_in_a_line_with_what_to_do_and_loses_nothing(make_scanned, kind, fault):
    live, fake = make_scanned(kind)
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


@pytest.mark.parametrize("kind", KINDS)
def test_the_doctor_asks_for_little_and_says_what_works(make, kind):
    live, fake = make(kind)

    found = {e.feed.name: e for e in examine(live.opened[kind], live.wire(live.opened[kind]))}

    for feed in SOURCES[kind].feeds:
        assert [c.status.value for c in found[feed.name].coverage] == ["complete"] * len(feed.filled)
    assert len(fake.calls) <= 4 * len(SOURCES[kind].feeds)
