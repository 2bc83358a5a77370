"""Loading the demo: in time order, the same on every run, and nothing new when it is loaded again."""

from datetime import UTC, datetime

from scanner.demo import AS_OF, load
from scanner.demo.run import DemoClock
from storage.times import to_ms
from tests.scanner.house import OF_THE_RUN


def test_runs_follow_one_another_from_june_to_the_as_of(demo):
    started = [row["started_at"] for row in demo.rows("SELECT started_at FROM run ORDER BY id")]

    assert started == sorted(started)
    assert to_ms(datetime(2026, 6, 30, tzinfo=UTC)) < started[0] < started[-1] < to_ms(AS_OF)
    assert demo.outcomes[-1].as_of == AS_OF


def test_no_record_is_quarantined(demo):
    assert demo.quarantined() == []


def test_the_store_is_the_same_on_every_run_and_a_second_load_changes_nothing_but_what_a_run_says_of_itself(
    demo, make_house, tmp_path
):
    other = make_house(company=demo.company)
    load(other.rooms, tmp_path / "exports")
    first = other.tables()

    again = load(other.rooms, tmp_path / "exports")

    second = other.tables()
    assert first == demo.tables()
    assert {name for name in first if first[name] != second[name]} <= OF_THE_RUN
    assert len(again) < len(demo.outcomes)


def test_the_demos_clock_stands_still():
    assert DemoClock().now() == DemoClock().now() == AS_OF
