"""The gate's rules are data: checked with place and remedy, and never a way round what must never happen."""

import pytest

from catalog.categories import CATEGORIES
from gate.rules import RULES, STAGES, Route, load_rules

TEXT = RULES.read_text(encoding="utf-8")


@pytest.fixture
def check(tmp_path):
    """Check the shipped rules with one text replaced by another; return the faults as LINE:COLUMN: message."""

    def checked(old="", new=""):
        assert old in TEXT
        file = tmp_path / "gate.yaml"
        file.write_text(TEXT.replace(old, new, 1) if old else TEXT, encoding="utf-8")
        found = load_rules(file, CATEGORIES)
        return found, [f"{r.line}:{r.column}: {r.message}" for r in found.refused]

    return checked


def test_the_shipped_rules_hold(check):
    found, faults = check()

    assert faults == []
    assert set(found.clocks) == set(STAGES)
    assert "high" in found.two_keys
    assert [lane.id for lane in found.fast_lane] == ["FAST-01"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("customer: [low]\n    when", "customer: [low, unknown]\n    when", "a person does"),
        ("customer: [low]\n    when", "customer: [high]\n    when", "a person does"),
        ("customer: [low]\n    when", "customer: []\n    when", "names the bands"),
        ("two_keys: [high, unknown]", "two_keys: [unknown]", "names high at least"),
        ("two_keys: [high, unknown]", "two_keys: [hihg, unknown]", "did you mean high?"),
        ("people.count <= 5", "people.cuont <= 5", "people.count"),
        ("people.count <= 5", "people.count <= 'five'", "types do not fit"),
        ("rank: [high, unknown, medium, low]", "rank: [high, medium, low]", "each band once"),
        ("clocks: {new: 2,", "clocks: {", "missing: new"),
        ("clocks: {new: 2,", "clocks: {new: 0,", "at least 1"),
        ("{to: hub,", "{to: ana,", "the address of an account, or hub"),
        ("{to: hub,", "{to: hub, categories: [emial],", "category"),
        ("id: FAST-01", "id: fast lane", "such as FAST-01"),
        ("review_in: 365", "review_in: 36500", "within"),
        ("sample: 0.1", "sample: 1.5", "a share"),
        ("sample: 0.1", "sample: 0", "sample"),
        ("fast_lane:", "fastlane:", "did you mean fast_lane?"),
    ],
)
def test_a_fault_is_told_with_its_place_and_no_rule_of_the_file_holds(check, old, new, said):
    found, faults = check(old, new)

    assert any(said in fault for fault in faults), faults
    assert all(int(fault.split(":")[0]) > 1 and int(fault.split(":")[1]) >= 1 for fault in faults)
    assert (found.fast_lane, found.routes) == ((), ())


def test_where_nothing_can_be_read_high_and_unknown_still_take_two_keys(tmp_path):
    found = load_rules(tmp_path / "gone.yaml")

    assert found.refused
    assert {"high", "unknown"} <= {*found.two_keys}
    assert found.fast_lane == ()


def test_two_rules_of_one_id_are_refused(check):
    lane = TEXT[TEXT.index("  - id: FAST-01") :]
    _, faults = check("    sample: 0.1\n", f"    sample: 0.1\n{lane}")

    assert any("two rules are called FAST-01" in fault for fault in faults)


def test_the_version_of_a_rule_follows_its_words_and_not_its_place(check):
    same, _ = check("# How the gate works", "# How our gate works\n# with one line more")
    other, _ = check("people.count <= 5", "people.count <= 6")

    shipped = load_rules(RULES, CATEGORIES).fast_lane[0].version
    assert same.fast_lane[0].version == shipped
    assert other.fast_lane[0].version != shipped


@pytest.mark.parametrize(
    ("route", "fits"),
    [
        (Route(to="hub"), True),
        (Route(to="hub", technology=("high",)), True),
        (Route(to="hub", technology=("low",)), False),
        (Route(to="hub", technology=("high",), customer=("low",)), False),
        (Route(to="hub", customer=("unknown", "high"), categories=("crm",)), True),
        (Route(to="hub", categories=("seo",)), False),
    ],
)
def test_a_route_fits_by_all_that_it_names(route, fits):
    assert route.fits("high", "unknown", "crm") is fits


def test_a_tool_of_no_category_goes_no_way_that_names_one():
    assert not Route(to="hub", categories=("crm",)).fits("low", "low", None)
