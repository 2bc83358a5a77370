"""The demo's exports: real FORMATs, the same for ever, small enough for a coffee break."""

import gzip
import hashlib
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.registry import FORMATS
from scanner.demo import AS_OF, demo_waves
from scanner.demo.company import MONTHS, employees, everybody, who
from scanner.demo.drawing import draw, moments, workdays
from scanner.demo.files import exports, write
from scanner.demo.stories import Use
from scanner.demo.tools import STORIES


def digest(found):
    return hashlib.sha256(b"".join(e.name.encode() + e.content for e in found)).hexdigest()


@pytest.fixture(scope="module")
def found():
    return exports()


def test_every_export_is_of_a_known_format_and_of_one_name_only(found):
    assert {e.format for e in found} <= set(FORMATS)
    assert len({e.name for e in found}) == len(found)


def test_the_exports_are_the_same_byte_for_byte_on_every_run(found):
    assert digest(exports()) == digest(found)


def test_what_is_written_is_what_was_generated(found, tmp_path):
    written = write(tmp_path / "new")

    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == sorted(e.name for e in found)
    assert all((tmp_path / "new" / e.name).read_bytes() == e.content for e in written)


def test_first_comes_what_was_saved_first(found):
    assert [e.wave for e in found] == sorted(e.wave for e in found)
    assert all(e.saved < AS_OF for e in found)


def test_sign_ins_are_some_tens_of_thousands_over_thirteen_months(found):
    logs = [e for e in found if e.format == "okta-system-log"]
    lines = sum(gzip.decompress(e.content).count(b"\n") for e in logs)

    assert len(logs) == len(MONTHS) == 13
    assert 20_000 < lines < 60_000


def test_an_events_id_tells_it_from_all_others_but_its_own_repetition(found):
    logs = [e for e in found if e.format == "okta-system-log"]
    events = [json.loads(line) for e in logs for line in gzip.decompress(e.content).splitlines()]
    by_id = {}
    for event in events:
        by_id.setdefault(event["uuid"], set()).add(event["published"])

    assert all(len(published) == 1 for published in by_id.values())
    assert len(by_id) < len(events)


def test_no_address_lies_outside_the_reserved_domains(found):
    assert all(p.address.endswith(".example") for p in everybody().values())


def test_the_company_has_140_people_22_of_them_in_marketing():
    assert len(employees()) == 140
    assert len(who("marketing*")) == 22
    assert len({p.address for p in employees()}) == 140


def test_a_story_names_people_who_exist():
    for story in STORIES:
        for use in (*story.uses, *story.saml_uses, *(Use(by=grant.by) for grant in story.grants)):
            assert who(use.by)
        for pay in story.pays:
            assert len(who(pay.by)) == 1


def test_somebody_who_does_not_exist_is_refused():
    with pytest.raises(KeyError):
        who("nobody")


@given(st.text(max_size=20), st.sampled_from(MONTHS), st.integers(1, 12))
def test_moments_lie_in_working_hours_of_their_month_and_are_the_same_for_ever(seed, month, count):
    once = list(moments(seed, month, count, date.min))

    assert once == list(moments(seed, month, count, date.min))
    assert len(once) == count
    assert all(f"{at:%Y-%m}" == month and at.date() in workdays(month) and 7 <= at.hour < 18 for at in once)


@given(st.text(), st.integers(1, 10**12))
def test_a_drawn_number_lies_below_its_bound(seed, below):
    assert 0 <= draw(seed, below=below) < below


def test_somebody_who_joins_later_signs_in_later():
    assert list(moments("x", "2026-05", 4, date(2026, 6, 1))) == []
    assert all(at.date() >= date(2026, 5, 20) for at in moments("x", "2026-05", 4, date(2026, 5, 20)))


def test_what_was_saved_on_one_day_is_one_wave(tmp_path, found):
    read = [[task.input.name for task in tasks] for tasks in demo_waves(tmp_path)]

    assert read == [[e.name for e in found if e.wave == wave] for wave in (1, 2)]
    assert all((tmp_path / name).exists() for names in read for name in names)


def test_the_tasks_of_a_wave_are_numbered_and_know_when_they_are_read(tmp_path):
    for tasks in demo_waves(tmp_path):
        assert [task.number for task in tasks] == list(range(1, len(tasks) + 1))
        assert len({task.now for task in tasks}) == 1
        assert all(timedelta(0) < task.now - task.input.modified < timedelta(days=1) for task in tasks)


def test_waves_without_a_folder_clean_up_behind_themselves():
    left = [task.input.path for tasks in demo_waves() for task in tasks]

    assert left
    assert not any(path.exists() for path in left)
