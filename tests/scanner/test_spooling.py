"""Spools: how pages become files of records, and what a cut between any two pages leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.live import Page
from connectors.slices import sliced
from model.errors import AccessDenied, RateLimited, Transient, Unreachable
from scanner.scan import Harvest
from scanner.spooling import _spools
from tests.connectors.conftest import empty_store, index, make_live  # noqa: F401 (fixtures)
from tests.scanner.house import START, event, user
from tests.scanner.test_scan import LOG, USERS, Toy, mark_of, page, statuses

DAY = timedelta(days=1)
FAULTS = (Transient("cut"), RateLimited(7), AccessDenied("p", "r"), Unreachable("x", "y"), KeyError("k"))
#: The feed that gives a cursor goes on at it; the other one goes by time alone.
BY_CURSOR = replace(LOG, name="by_cursor")


def spools(tmp_path, *pages, feed=LOG):
    """Return (cursor, until) of the spools, and whether an error ended them."""
    found = []
    try:
        found.extend((spool.token, spool.until) for spool in _spools("toy", feed, scripted(pages), tmp_path))
    except Transient:
        return found, True
    return found, False


def scripted(pages):
    for one in pages:
        if isinstance(one, Exception):
            raise one
        yield one


# --- how far all was handed over -----------------------------------------------------------------------------------


def test_a_spool_that_breaks_off_inside_a_slice_tells_how_far_the_slices_before_it_went(tmp_path):
    whole = page(event(2), until=START)

    found = spools(tmp_path, page(event(1)), whole, page(event(3)), page(event(4)), Transient("cut"))

    assert found == ([(None, START)], True)


def test_the_last_cursor_and_the_last_time_count_each_by_itself(tmp_path):
    pages = [page(cursor="one", until=START), page(until=START + DAY), page(cursor="two"), page()]

    assert spools(tmp_path, *pages) == ([("two", START + DAY)], False)


def test_what_one_spool_tells_is_not_told_again_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.spooling.RECORDS", 1)

    found = spools(tmp_path, page(event(1), cursor="one", until=START), page(event(2)), Transient("cut"))

    assert found == ([("one", START), (None, None)], True)


def test_a_page_that_is_none_of_the_feed_takes_nothing_of_the_pages_before_it_away(tmp_path):
    found = []

    with pytest.raises(Unreachable):
        found.extend(_spools("toy", LOG, scripted([page(cursor="one"), Page(body=b"{}")]), tmp_path))

    assert [spool.token for spool in found] == ["one"]


def test_a_word_of_the_source_stays_in_force_where_a_later_spool_brings_only_a_time(make_live, monkeypatch):  # noqa: F811
    monkeypatch.setattr("scanner.spooling.RECORDS", 1)
    live, toy = company(make_live)
    until = live.house.clock.at - DAY
    toy.script["log"] = [page(event(1), cursor="one"), page(event(2), until=until), Transient("cut")]

    live.scan()

    found = mark_of(live).feeds["log"]
    assert (found.token, found.until) == ("one", until)


# --- cut between any two pages -------------------------------------------------------------------------------------


class Killed(BaseException):
    """The end of a process as its store sees it: nothing is written after it, and nobody is told."""


def company(make, *feeds):
    toy = Toy(*feeds or (LOG,))
    live = make(known={"toy": toy.source})
    live.tables["toy"] = {"kind": "toy"}
    return live, toy


class Log:
    """Sign-ins and people of one tenant, in pages; `fault` of page `at` (counted over all feeds) ends the reading."""

    def __init__(self, days, people, size, at=None, fault=None):
        self.events = [
            (START - day * DAY / 4, event(n, published=f"{START - day * DAY / 4:%Y-%m-%dT%H:%M:%S}.000Z"))
            for n, day in enumerate(sorted(days, reverse=True))
        ]
        self.people = [user(f"p{n}") for n in range(people)]
        self.size, self.at, self.fault, self.made = size, at, fault, 0
        self.handed = []

    def script(self):
        return {"log": self.by_time, "by_cursor": self.by_cursor, "users": lambda _: self.pages(self.people)}

    def by_time(self, window):
        for one in sliced(window, 5 * DAY, self.between):
            self.handed.append(one.until)
            yield one

    def between(self, part):
        return self.pages([found for at, found in self.events if part.since <= at < part.until])

    def by_cursor(self, window):
        begin = int(window.cursor or 0)
        for n, one in enumerate(self.pages([found for _, found in self.events][begin:])):
            yield replace(one, cursor=str(min(begin + (n + 1) * self.size, len(self.events))))

    def pages(self, found):
        for begin in range(0, len(found) or 1, self.size):
            if self.made == self.at:
                raise self.fault
            self.made += 1
            yield page(*found[begin : begin + self.size])


@st.composite
def logs(draw):
    days = draw(st.lists(st.integers(1, 200), min_size=1, max_size=12), label="quarters of days")
    return {"days": days, "people": draw(st.integers(0, 4), label="people"), "size": draw(st.integers(1, 3))}


def scanned(live, toy, log):
    toy.script = log.script()
    live.scan()
    return {name: live.picture()[name] for name in ("records", "usage")}


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(given_log=logs(), data=st.data())
def test_a_fault_or_a_kill_between_any_two_pages_costs_nothing_but_a_further_run(
    make_live,  # noqa: F811
    given_log,
    data,
):
    feeds = (USERS, data.draw(st.sampled_from((LOG, BY_CURSOR)), label="feed"))
    calm = Log(**given_log)
    undisturbed = scanned(*company(make_live, *feeds), calm)
    live, toy = company(make_live, *feeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scanner.spooling.RECORDS", data.draw(st.integers(1, 5), label="records a spool"))
        if data.draw(st.booleans(), label="killed"):
            kill(live, toy, Log(**given_log), data)
        else:
            at, fault = data.draw(st.integers(0, calm.made), label="page"), data.draw(st.sampled_from(FAULTS))
            broken = Log(**given_log, at=at, fault=fault)
            scanned(live, toy, broken)
            told = [until for until in broken.handed if until is not None]
            assert not told or mark_of(live).feeds["log"].until >= told[-1]

        found = scanned(live, toy, Log(**given_log))

    assert found == undisturbed
    assert set(statuses(live).values()) == {"complete"}


def kill(live, toy, log, data):
    """End a run before or after one of the transactions that keep a spool."""
    left, after = data.draw(st.integers(0, 12), label="spools kept"), data.draw(st.booleans(), label="after it")
    real = Harvest._commit

    def commit(*given):
        nonlocal left
        left -= 1
        if left < 0 and not after:
            raise Killed
        real(*given)
        if left < 0:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Harvest, "_commit", commit)
        toy.script = log.script()
        try:
            live.scan()
        except Killed:
            assert live.house.one("SELECT outcome FROM run ORDER BY id DESC LIMIT 1") is None
