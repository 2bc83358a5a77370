"""Thresholds: by name, typed by how they are written, put into the expressions, and said in the words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents import documents
from policies.engine import compile_expression, judge
from policies.reading import Faulty
from policies.shape import Outcome
from policies.thresholds import Filled, Kind, Threshold, filled, from_document, from_settings, say, wrong_name
from policies.tokens import tokens
from tests.policies.making import SOUND, changed, loaded, refusals
from tests.policies.test_judging import NOW, facts

WITH = changed("applies: grants.active > 0", "with: {most: 2}\napplies: grants.active > 0").replace(
    "grants.leaver_owned == 0", "grants.leaver_owned <= most"
)


def given_as(text):
    (document,) = documents(f"a: {text}\n")
    return from_document("most", document.fields["a"][1])


@pytest.mark.parametrize(
    ("written", "kind", "value", "literal", "said"),
    [
        ("4", Kind.COUNT, 4, "4", "4"),
        ("12000", Kind.COUNT, 12_000, "12000", "12,000"),
        ("0.3", Kind.SHARE, 0.3, "0.3", "30 %"),
        ("1.0", Kind.SHARE, 1.0, "1.0", "100 %"),
        ("2.5", Kind.NUMBER, 2.5, "2.5", "2.5"),
        ("2500 * 1000000", Kind.MONEY, 2_500_000_000, "2500000000", "2,500"),
        ("90d", Kind.SPAN, timedelta(days=90), 'duration("2160h")', "90 days"),
        ("1d", Kind.SPAN, timedelta(days=1), 'duration("24h")', "1 day"),
        ("36h", Kind.SPAN, timedelta(hours=36), 'duration("36h")', "36 h"),
        ("0h", Kind.SPAN, timedelta(0), 'duration("0h")', "0 h"),
        ("2026-06-30", Kind.DAY, date(2026, 6, 30), 'timestamp("2026-06-30T00:00:00Z")', "2026-06-30"),
        ("true", Kind.TRUTH, True, "true", "yes"),
        ("false", Kind.TRUTH, False, "false", "no"),
        ("crm", Kind.TEXT, "crm", '"crm"', "crm"),
        ('"4"', Kind.TEXT, "4", '"4"', "4"),
        ("[crm, cdp]", Kind.TEXTS, ("crm", "cdp"), '["crm", "cdp"]', "crm, cdp"),
        ("[]", Kind.TEXTS, (), "[]", "none"),
        ("[1, 2]", Kind.COUNTS, (1, 2), "[1, 2]", "1, 2"),
    ],
)
def test_what_is_written_tells_the_type(written, kind, value, literal, said):
    found = given_as(written)

    assert (found.kind, found.value, found.literal, found.said) == (kind, value, literal, said)


@pytest.mark.parametrize("written", ["4", "0.3", "2500 * 1000000", "90d", "36h", "2026-06-30", "true", "crm"])
def test_what_is_shown_can_be_set_again(written):
    declared = given_as(written)

    assert given_as(declared.written) == declared


WRONG = [
    ("-3", "none of these"),
    ("2026-13-40", "none of these"),
    ("[1, a]", "none of these"),
    ("[[1]]", "none of these"),
    ("{a: 1}", "none of these"),
    ("'a\"b'", "a text without quotes"),
    ("'{a}'", "a text without quotes"),
    (f"'{'a' * 101}'", "of 100 characters at most"),
    ("9999999999999999", "never negative, and"),
    ("99999d", "36500d at most"),
    (f"[{', '.join(['1'] * 51)}]", "more than 50 entries"),
]


@pytest.mark.parametrize(("written", "said"), WRONG, ids=[one[0][:20] for one in WRONG])
def test_what_is_none_is_refused_with_how_one_is_written(written, said):
    with pytest.raises(ValueError, match=said):
        given_as(written)


@pytest.mark.parametrize(
    ("written", "given_", "value"),
    [
        ("4", 6, 6),
        ("0.3", 0.5, 0.5),
        ("0.3", 1, 1.0),
        ("2.5", 7, 7.0),
        ("2500 * 1000000", "10 * 1000000", 10_000_000),
        ("2500 * 1000000", 5_000_000, 5_000_000),
        ("90d", "180d", timedelta(days=180)),
        ("90d", "1h", timedelta(hours=1)),
        ("2026-06-30", date(2026, 7, 1), date(2026, 7, 1)),
        ("2026-06-30", "2026-07-01", date(2026, 7, 1)),
        ("true", False, False),
        ("crm", "cdp", "cdp"),
        ("crm", "4", "4"),
        ("[crm]", ["a", "b"], ("a", "b")),
        ("[1]", [], ()),
        ("[1]", [2, 3], (2, 3)),
    ],
)
def test_a_company_sets_a_value_of_the_same_kind(written, given_, value):
    found = from_settings(given_as(written), given_)

    assert (found.value, type(found.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("written", "given_"),
    [
        *(("4", one) for one in (True, 4.5, "4", [4], -1, None, {"a": 1})),
        *(("0.3", one) for one in (30, "0.5", -0.1, float("nan"), float("inf"), True)),
        *(("90d", one) for one in (90, "90", "90m", "-1d", "99999d")),
        *(("2500 * 1000000", one) for one in (2500.0, "2500", "2500 EUR", -5)),
        *(("2026-06-30", one) for one in (20260630, "30.6.2026", NOW)),
        *(("true", one) for one in (1, "true")),
        *(("crm", one) for one in (4, ["crm"], 'a"b', "a\\b")),
        *(("[crm]", one) for one in ("crm", [1], [True], ["a"] * 51)),
        *(("[1]", one) for one in (["a"], [True], [1.5])),
    ],
)
def test_another_kind_is_refused_and_the_policys_own_value_is_said(written, given_):
    with pytest.raises(ValueError, match="most"):
        from_settings(given_as(written), given_)


@pytest.mark.parametrize("name", ["admins", "idle_days", "a", "k2"])
def test_a_name_that_means_nothing_else_may_stand(name):
    assert wrong_name(name) is None


@pytest.mark.parametrize(
    "name", ["Admins", "a.b", "", "2a", "_a", "people", "tool", "now", "size", "in", "true", "a" * 32]
)
def test_a_name_that_means_something_else_is_refused(name):
    assert wrong_name(name) is not None


# --- in an expression ------------------------------------------------------------------------------------------------


def put_in(text, **thresholds):
    named = {name: Threshold(name, Kind.COUNT, value) for name, value in thresholds.items()}
    return filled(text, tokens(text), named)


def test_values_are_put_in_the_place_of_names_and_nowhere_else():
    found = put_in('people.count > a && tool.name != "a" && [1].exists(x, x > b) && a.b > a(1)', a=40, b=5)

    assert found.text == 'people.count > 40 && tool.name != "a" && [1].exists(x, x > 5) && a.b > a(1)'
    assert found.used == {"a", "b"}


@given(
    st.lists(st.sampled_from(["a", "bb", "people.count", ">", "+", "7", '"a"', "  "]), max_size=12),
    st.integers(0, 10**9),
)
def test_every_place_leads_back_to_the_same_word(words, value):
    text = " ".join(words)
    found = put_in(text, a=value, bb=3)

    literals = {"a": str(value), "bb": "3"}
    for token in tokens(text):
        alone = token.text in literals
        shifted = next(t for t in tokens(found.text) if found.back(t.at) == token.at)
        assert shifted.text == (literals[token.text] if alone else token.text)


def test_without_thresholds_every_place_is_its_own():
    assert [Filled("abc").back(at) for at in range(4)] == [0, 1, 2, 3]


def test_a_fault_behind_a_threshold_is_told_where_it_was_written():
    thresholds = {"admins": Threshold("admins", Kind.COUNT, 100_000)}

    with pytest.raises(Faulty) as refused:
        compile_expression("people.count > admins && peple.count > 0", thresholds=thresholds)

    assert [at for at, _ in refused.value.faults] == [25]


def test_a_threshold_is_no_variable_of_a_loop():
    with pytest.raises(Faulty, match="give the variable another name"):
        compile_expression('grants.scopes.exists(s, s == "x")', thresholds={"s": Threshold("s", Kind.COUNT, 1)})


def test_an_expression_does_not_grow_without_an_end():
    many = Threshold("m", Kind.TEXTS, ("x" * 100,) * 50)

    with pytest.raises(Faulty, match="with its thresholds: make it two"):
        compile_expression(" || ".join(["tool.name in m"] * 10), thresholds={"m": many})


# --- in a policy -----------------------------------------------------------------------------------------------------


def test_a_policy_judges_by_its_thresholds_and_says_them(tmp_path):
    text = WITH.replace("of {grants.active}", "of {grants.active}, {most} at most").replace(
        "People who left", "More than {most}"
    )
    (policy,) = loaded(tmp_path, text.replace("leaver_owned: 1}", "leaver_owned: 3}")).policies

    found = [judge(policy, {}, facts(grants__active=6, grants__leaver_owned=n), NOW) for n in (2, 3)]
    assert [one.verdict for one in found] == [Outcome.MET, Outcome.VIOLATED]
    assert found[1].message == "3 of 6, 2 at most"
    assert policy.title == "More than 2 still hold a grant"
    assert (policy.require.text, policy.require.written) == ("grants.leaver_owned <= 2", "grants.leaver_owned <= most")
    assert policy.reads == ("grants.active", "grants.leaver_owned")


REFUSED = [
    ("{most: 2}", "{most: 2, least: 1}", ":6:17: neither applies nor require uses the threshold least"),
    ("{most: 2}", "{most: -2}", ":6:14: the threshold most is none of these: a whole number"),
    ("{most: 2}", "{Most: 2}", ":6:8: the name of a threshold is lower case"),
    ("{most: 2}", "{grants: 2}", ":6:8: grants means something else"),
    ("{most: 2}", "[2]", ":6:1: with holds thresholds by their names"),
    ("{most: 2}", "{}", ":6:1: with holds thresholds by their names"),
    ("{most: 2}", "{most: 0.5}", ":8:30: require: types do not fit"),
    ("<= most", "<= mots", ":8:33: require: there is no fact mots"),
]


@pytest.mark.parametrize(("old", "new", "said"), REFUSED, ids=[one[1] for one in REFUSED])
def test_what_is_wrong_is_refused_with_its_place(tmp_path, old, new, said):
    assert WITH.count(old) == 1

    found = refusals(tmp_path, WITH.replace(old, new))

    assert any(said in line for line in found), found


def test_a_wrong_threshold_hides_no_other_fault_and_makes_none(tmp_path):
    found = refusals(tmp_path, WITH.replace("{most: 2}", "{most: -2}").replace("light", "dark"))

    assert [line.split(": ")[0] for line in found] == ["own.yaml:5:10", "own.yaml:6:14"]


def test_a_closed_value_is_checked_through_its_threshold(tmp_path):
    text = SOUND.replace("applies: grants.active > 0", "with: {kinds: [emial]}\napplies: tool.category in kinds")

    found = refusals(tmp_path, text, categories=["email", "crm"])

    assert found == ["own.yaml:7:27: applies: tool.category is never 'emial': did you mean 'email'?"]


@given(st.text(max_size=30))
def test_saying_thresholds_leaves_other_braces_alone(text):
    found = say(f"{text}{{a}}{{people.count}}", [Threshold("a", Kind.COUNT, 3)])

    assert found.endswith("3{people.count}")
