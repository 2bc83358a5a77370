"""Loading the demo: in time order, the same on every run, and nothing new when it is loaded again."""

from datetime import UTC, datetime

from scanner.demo import AS_OF, load
from scanner.demo.run import DemoClock
from storage.times import to_ms
from tests.scanner.demo.conftest import as_commanded
from tests.scanner.house import OF_THE_RUN


def test_there_is_a_run_of_june_and_one_of_the_as_of(demo):
    started = [row["started_at"] for row in demo.rows("SELECT started_at FROM run ORDER BY id")]

    assert started == [to_ms(datetime(2026, month, day, 21, tzinfo=UTC)) for month, day in ((6, 30), (10, 31))]
    assert demo.outcomes[-1].as_of == AS_OF


def test_a_run_says_all_formats_that_it_read_each_once(demo):
    commands = [row["command"].split() for row in demo.rows("SELECT command FROM run ORDER BY id")]

    assert [words[0] for words in commands] == ["ingest", "ingest"]
    assert all(len(words) == len({*words}) > 10 for words in commands)


def test_no_finding_changes_twice_in_a_run_and_none_before_all_was_read(demo):
    moments = {row["valid_from"] for row in demo.rows("SELECT valid_from FROM finding")}

    assert moments == {row["started_at"] for row in demo.rows("SELECT started_at FROM run")}


def test_no_record_is_quarantined(demo):
    assert demo.quarantined() == []


def test_the_store_is_the_same_on_every_run_and_a_second_load_changes_nothing_but_what_a_run_says_of_itself(
    demo, make_house, tmp_path
):
    other = make_house(company=demo.company)
    load(as_commanded(other), tmp_path / "exports")
    first = other.tables()

    again = load(as_commanded(other), tmp_path / "exports")

    second = other.tables()
    assert first == demo.tables()
    assert {name for name in first if first[name] != second[name]} <= OF_THE_RUN
    assert len(again) < len(demo.outcomes)


def test_the_demos_clock_stands_still():
    assert DemoClock().now() == DemoClock().now() == AS_OF
