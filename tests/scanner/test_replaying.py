"""What policies would have said in the past."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import Known, Unknown
from policies.engine import load
from scanner.replaying import MOST, Flag, Moment, changes, flagged, history, last_moment, moments, stored
from storage import kept
from storage.times import to_ms
from tests.scanner.house import ACME, START, app, event, numbered

BERLIN = ZoneInfo("Europe/Berlin")
PACK = load()
LEAVERS = [policy for policy in PACK.policies if policy.id == "SEC-02"]


def at(day):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2026, 1, 1), datetime(2026, 1, 20, tzinfo=UTC), ["2026-01-01", "2026-01-08", "2026-01-15", "2026-01-20"]),
        (date(2026, 1, 1), datetime(2026, 1, 1, 12, tzinfo=UTC), ["2026-01-01", "2026-01-01"]),
        (date(2026, 2, 1), datetime(2026, 1, 1, tzinfo=UTC), ["2026-01-01"]),
        (
            date(2025, 11, 20),
            datetime(2026, 3, 5, tzinfo=UTC),
            ["2025-11-20", "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-03-05"],
        ),
    ],
)
def test_weeks_are_looked_at_and_over_a_long_time_months(since, until, expected):
    assert [f"{moment.astimezone(BERLIN):%Y-%m-%d}" for moment in moments(since, until, BERLIN)] == expected


@given(st.dates(date(1990, 1, 1), date(2026, 11, 1)))
def test_there_is_an_end_to_how_many_are_looked_at_and_the_last_is_always_the_last(since):
    until = datetime(2026, 11, 20, 7, tzinfo=UTC)

    found = moments(since, until, BERLIN)

    assert found == sorted(found)
    assert found[-1] == until
    assert found[0].astimezone(BERLIN).date() == since
    assert len(found) <= MOST + 1


def moment(day, *left):
    """Tools with so many grants of people who left."""
    tools = [
        (
            f"tool-{n}",
            {},
            {"grants.active": Known(6), "grants.leaver_owned": Unknown("x") if one is None else Known(one)},
        )
        for n, one in enumerate(left)
    ]
    return Moment(at(day), tools)


def test_a_flag_says_when_it_began_when_it_ended_and_what_it_said_last():
    found = flagged(LEAVERS, [moment(0, 1, 0), moment(30, 2, None), moment(60, 0, 3)])

    assert found == {
        ("SEC-02", "tool-0"): Flag("SEC-02", "tool-0", at(0), at(30), 2, False, found["SEC-02", "tool-0"].message),
        ("SEC-02", "tool-1"): Flag("SEC-02", "tool-1", at(60), at(60), 1, True, found["SEC-02", "tool-1"].message),
    }
    assert "2 of 6" in found["SEC-02", "tool-0"].message


def test_changes_are_what_was_added_removed_and_moved():
    before = flagged(LEAVERS, [moment(0, 1, 1, 1), moment(30, 1, 0, 1)])
    after = flagged(LEAVERS, [moment(0, 1, 1, 0, 1), moment(30, 1, 1, 0, 1)])

    assert [(one.change, (one.after or one.before).tool) for one in changes(before, after)] == [
        *(("moved", "tool-1"), ("removed", "tool-2"), ("added", "tool-3")),
    ]
    assert changes(before, before) == []


def used(house, days, first=1):
    numbers = numbered(first)
    return [
        event(next(numbers), person="ana", published=f"{START - timedelta(days=back):%Y-%m-%dT%H:%M:%S}.000Z")
        for back in days
    ]


@pytest.fixture
def run_once(house):
    house.ingest("okta-apps", house.write("apps.jsonl", [app("1", "HubSpot")]))
    house.ingest("okta-system-log", house.write("log.jsonl", used(house, range(0, 100, 3))))
    return house


def test_before_the_first_run_facts_are_derived_and_after_it_they_are_as_they_were_kept(run_once):
    house = run_once
    with house.store.read() as connection:
        early, now = list(
            history(connection, ACME, house.index, [START - timedelta(days=60), START + timedelta(days=1)])
        )
        ruled = kept.decisions(connection)
        kept_ = stored(connection, ACME, to_ms(START + timedelta(days=1)), ruled)

    assert [tool for tool, _, _ in now.tools] == [tool for tool, _, _ in kept_]
    assert {tool: dict(facts) for tool, _, facts in now.tools} == {tool: dict(facts) for tool, _, facts in kept_}
    (current,) = [facts for tool, _, facts in now.tools if tool == "hubspot"]
    assert current["people.count"].value == 1
    for tool, _, facts in early.tools:
        last = facts["people.last_used"]
        assert isinstance(last, Unknown) or last.value <= (START - timedelta(days=60)).date(), tool


def test_what_is_kept_is_what_was_derived(run_once):
    house = run_once
    rows = house.rows("SELECT * FROM fact WHERE tool_id = 'hubspot' AND valid_to IS NULL")
    with house.store.read() as connection:
        (facts,) = [f for t, _, f in stored(connection, ACME, to_ms(START) * 2, []) if t == "hubspot"]

    assert set(facts) == {row["name"] for row in rows}
    unknown = {row["name"]: row["reason"] for row in rows if row["reason"] is not None}
    assert {name: fact.reason for name, fact in facts.items() if isinstance(fact, Unknown)} == unknown


def test_the_last_moment_is_that_of_the_last_run():
    assert last_moment(to_ms(START), at(0)) == START
    assert last_moment(None, at(0)) == at(0)
