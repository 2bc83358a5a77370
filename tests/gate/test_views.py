"""Both views: what each side said of a tool, how far apart they are, and what the joint meeting talks about first."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import views
from gate.keys import Side
from gate.views import FACTS, STEPS
from model.facts import Known, Unknown

DAY = date(2026, 7, 1)
BOTH = "ownership.importance_marketing", "ownership.importance_it"


class Said:
    """Decisions in the order in which they were made; what was written stands as its own hash."""

    def __init__(self):
        self.rows = []

    def add(self, kind, about, detail, reason="why"):
        number = len(self.rows) + 1
        row = {"id": number, "at": 1_000 * number, "by": "account:1", "kind": kind, "object": about, "detail": detail}
        self.rows.append(row | {"reason_hash": reason})
        return number

    def rate(self, side, importance, risk, tool="quillfox", reason="why"):
        return self.add("rating", f"tool:{tool}", {"side": side, "importance": importance, "risk": risk}, reason)

    def answer(self, fact, value, until="2027-01-01", tool="quillfox"):
        return self.add("answer", f"tool:{tool}", {"fact": fact, "value": value, "until": until})

    def sign(self, side, outcome, case=1, reason="why"):
        detail = {"case": case, "side": side, "outcome": outcome}
        return self.add("signature", f"case:{case}", detail, reason)

    def views(self, cases=None, **more):
        return views.views(self.rows, cases or {1: "quillfox"}, DAY, **more)

    def differences(self, **more):
        return views.differences(self.views(**more), lambda digest: digest)


@pytest.fixture
def said():
    return Said()


def test_the_latest_rating_of_each_side_stands(said):
    said.rate("marketing", "low", "low")
    said.rate("it", "low", "high")
    latest = said.rate("marketing", "high", "medium")

    found = said.views()["quillfox"].ratings

    assert (found[Side.MARKETING].importance, found[Side.MARKETING].risk) == ("high", "medium")
    assert found[Side.MARKETING].decision == latest
    assert (found[Side.IT].importance, found[Side.IT].risk) == ("low", "high")


def test_a_rating_that_was_undone_leaves_the_one_before(said):
    said.rate("it", "low", "low")
    wrong = said.rate("it", "high", "high")
    said.add("undo", f"decision:{wrong}", {})

    assert said.views()["quillfox"].ratings[Side.IT].importance == "low"


def test_an_answer_stands_in_where_a_side_has_not_rated_and_never_before_a_rating(said):
    said.answer("ownership.importance_it", "medium")
    assert said.views()["quillfox"].ratings[Side.IT].answered

    said.rate("it", "low", "low")
    said.answer("ownership.importance_it", "high")

    found = said.views()["quillfox"].ratings[Side.IT]
    assert (found.importance, found.answered) == ("low", False)


@pytest.mark.parametrize(
    ("fact", "value", "until"),
    [
        ("ownership.importance_it", "medium", "2026-06-30"),
        ("ownership.importance_it", "grave", "2027-01-01"),
        ("data.records", 10, "2027-01-01"),
    ],
)
def test_an_answer_that_ended_or_is_about_something_else_is_no_rating(said, fact, value, until):
    said.answer(fact, value, until)

    assert said.views() == {}


def test_the_largest_difference_comes_first(said):
    for tool, (importance, risk) in {
        "one": ("low", "medium"),
        "two": ("high", "high"),
        "both": ("high", "low"),
    }.items():
        said.rate("marketing", importance, risk, tool)
        said.rate("it", "low", "low", tool)
    said.rate("marketing", "low", "low", "none")
    said.rate("it", "low", "low", "none")

    rows = said.differences()

    told = [(row["tool_id"], row["apart"], row["importance_apart"], row["risk_apart"]) for row in rows]
    assert told == [("two", 2, 2, 2), ("both", 2, 2, 0), ("one", 1, 0, 1)]


def test_a_difference_says_what_each_side_said_and_why(said):
    said.rate("marketing", "high", "low", reason="All leads come by it")
    said.rate("it", "low", "high", reason="It has no backup")

    (row,) = said.differences()

    assert (row["importance_marketing"], row["importance_it"]) == ("high", "low")
    assert (row["risk_marketing"], row["risk_it"]) == ("low", "high")
    assert (row["reason_marketing"], row["reason_it"]) == ("All leads come by it", "It has no backup")
    assert (row["rated_marketing"], row["rated_it"]) == ("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z")


def test_one_view_alone_is_no_difference(said):
    said.rate("marketing", "high", "high")

    assert said.differences() == []


def test_an_answer_says_nothing_of_risk(said):
    said.answer("ownership.importance_it", "low")
    said.rate("marketing", "high", "low")

    (row,) = said.differences()

    assert (row["importance_apart"], row["risk_apart"], row["apart"]) == (2, None, 2)


def test_signing_otherwise_is_a_difference_too(said):
    said.sign("marketing", "approve", reason="We need it")
    said.sign("it", "reject")

    (row,) = said.differences()

    assert row["dissent"] == ["Marketing said approve, the last word was reject: We need it"]
    assert row["apart"] is None


def test_who_signed_the_same_in_the_end_does_not_differ(said):
    said.sign("marketing", "reject")
    said.sign("it", "approve_with_conditions")
    said.sign("marketing", "approve_with_conditions")

    assert said.differences() == []


def test_the_latest_case_of_a_tool_says_whether_its_sides_differ(said):
    said.sign("it", "reject")
    said.sign("marketing", "approve")
    said.sign("it", "approve", case=2)

    assert said.differences(cases={1: "quillfox", 2: "quillfox"}) == []


def test_a_case_that_is_gone_and_words_that_were_erased_do_no_harm(said):
    said.sign("it", "reject", reason=None)
    said.sign("marketing", "approve")
    said.sign("it", "reject", case=9)
    said.sign("marketing", "approve", case=9)

    (row,) = said.differences()

    assert row["dissent"] == ["IT said reject, the last word was approve"]


def test_the_latest_note_of_a_meeting_stands_beside_the_difference(said):
    said.rate("marketing", "high", "low")
    said.rate("it", "low", "low")
    said.add("rating_note", "tool:quillfox", {}, "IT looks at it")
    said.add("rating_note", "tool:quillfox", {}, "IT made a backup")

    (row,) = said.differences()

    assert (row["note"], row["noted_at"]) == ("IT made a backup", "1970-01-01T00:00:04Z")


def test_what_was_said_of_a_tool_under_an_earlier_id_is_about_it_still(said):
    said.rate("marketing", "high", "low", "new-quill-00000001")
    said.rate("it", "low", "low", "new-quillfox-00000001")

    (row,) = said.differences(today=lambda _tool: "new-quillfox-00000001")

    assert row["tool_id"] == "new-quillfox-00000001"


def test_ratings_are_facts_with_the_decision_as_evidence(said):
    said.rate("marketing", "low", "low")
    said.rate("marketing", "high", "low")

    assert {name: (fact.value, fact.evidence) for name, fact in views.known(said.rows).items()} == {
        "ownership.importance_marketing": ("high", ("decision:2",))
    }


@given(st.sampled_from(STEPS), st.sampled_from(STEPS))
def test_the_gap_is_the_steps_between_the_two(marketing, it):
    found = views.gap({FACTS[Side.MARKETING]: Known(marketing, ("a",)), FACTS[Side.IT]: Known(it, ("b",))})

    assert found.value == abs(STEPS.index(marketing) - STEPS.index(it))
    assert found.evidence == ("a", "b")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, f"{BOTH[0]} and {BOTH[1]} are unknown"),
        ({BOTH[0]: Known("low")}, f"{BOTH[1]} is unknown"),
        ({BOTH[0]: Unknown("x"), BOTH[1]: Known("low")}, f"{BOTH[0]} is unknown"),
    ],
)
def test_without_both_ratings_there_is_no_gap(facts, reason):
    assert views.gap(facts) == Unknown(reason)


SIDES = st.sampled_from(["marketing", "it"])
WORDS = st.tuples(SIDES, st.sampled_from(STEPS), st.sampled_from(STEPS), st.sampled_from(["a", "b", "c"]))


@given(st.lists(WORDS, max_size=20))
def test_whatever_was_said_the_list_holds_each_tool_once_the_largest_first(words):
    said = Said()
    for side, importance, risk, tool in words:
        said.rate(side, importance, risk, tool)
    latest = {(tool, side): (importance, risk) for side, importance, risk, tool in words}

    rows = said.differences()

    assert [row["apart"] for row in rows] == sorted((row["apart"] for row in rows), reverse=True)
    differing = {
        tool
        for tool, _ in latest
        if {(tool, "it"), (tool, "marketing")} <= {*latest} and latest[tool, "it"] != latest[tool, "marketing"]
    }
    assert sorted(row["tool_id"] for row in rows) == sorted(differing)
    for row in rows:
        assert (row["importance_it"], row["risk_it"]) == latest[row["tool_id"], "it"]
        assert row["apart"] == max(row["importance_apart"], row["risk_apart"])


@given(st.lists(WORDS, max_size=12))
def test_who_is_asked_first_makes_no_difference(words):
    one, other = Said(), Said()
    latest = {(tool, side): (side, importance, risk, tool) for side, importance, risk, tool in words}
    for side, importance, risk, tool in latest.values():
        one.rate(side, importance, risk, tool)
    for side, importance, risk, tool in reversed(latest.values()):
        other.rate(side, importance, risk, tool)

    names = ("tool_id", "apart", "importance_it", "importance_marketing", "risk_it", "risk_marketing")
    assert [[row[name] for name in names] for row in one.differences()] == [
        [row[name] for name in names] for row in other.differences()
    ]
