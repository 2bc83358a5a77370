"""What a decision rests on: unmoved by use, moved by rights, money, owners and announced ends; unknown is no change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.material import PEOPLE, PRICES, Material, ceiling, changes, material, read

EURO = 1_000_000
BANDS = {"technology": "low", "customer": "medium"}


def state(
    *,
    facts=None,
    findings=(),
    rights=(("mail", "read", "high"),),
    owners=(("business", 4),),
    bands=None,
):
    known = {"spend.annual": 900 * EURO, "people.count": 6} | (facts or {})
    return material(known, findings, rights, owners, bands or BANDS)


def reopening(then, now, **people):
    return {change.kind for change in changes(then, now, **people) if change.reopens}


def finding(policy, verdict="violated", state="open"):
    return {"policy": policy, "verdict": verdict, "state": state}


def test_new_sign_ins_and_a_little_more_money_are_the_same_state():
    before = state(facts={"spend.annual": 900 * EURO, "people.count": 6})
    after = state(facts={"spend.annual": 950 * EURO, "people.count": 8, "people.last_used": "2026-06-30"})

    assert before.digest == after.digest
    assert changes(before, after) == []


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"rights": (("mail", "read", "high"), ("crm", "write", "high"))}, "system"),
        ({"rights": (("mail", "read", "high"), ("mail", "full", "critical"))}, "scope_class"),
        ({"facts": {"spend.annual": 1_100 * EURO}}, "price_class"),
        ({"owners": ()}, "owner"),
        ({"facts": {"lifecycle.end_of_life": "2027-06-30"}}, "end_of_life"),
        ({"facts": {"lifecycle.vendor_changed": "2026-08-01"}}, "vendor"),
        ({"bands": {"technology": "high", "customer": "medium"}}, "risk"),
    ],
)
def test_what_brings_an_approval_back(changed, kind):
    then, now = state(), state(**changed)

    assert reopening(then, now) == {kind}
    assert then.digest != now.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"rights": ()},
        {"rights": (("mail", "send", "high"),)},
        {"rights": (("mail", "read", "high"), ("mail", "send", "medium"))},
        {"facts": {"spend.annual": 0}},
        {"facts": {"spend.annual": None}},
        {"facts": {"people.count": None}},
        {"facts": {"people.count": 12}},
        {"owners": (("business", 5),)},
        {"owners": (("business", 4), ("technical", 9))},
        {"bands": {"technology": "unknown", "customer": "medium"}},
        {"bands": {"technology": "medium", "customer": "low"}},
        {"findings": (finding("SEC-01"),)},
    ],
)
def test_what_is_shown_and_brings_nothing_back(changed):
    assert reopening(state(), state(**changed)) == set()


@pytest.mark.parametrize(("then", "now", "back"), [(6, 30, True), (6, 29, False), (0, 5, True), (0, 4, False)])
def test_five_times_the_people_bring_it_back(then, now, back):
    before, after = state(facts={"people.count": then}), state(facts={"people.count": now})

    assert ("people" in reopening(before, after, people_then=then, people_now=now)) is back


def test_a_refused_stream_is_no_change_of_people():
    assert changes(state(), state(facts={"people.count": None}), people_then=6, people_now=None) == []


def test_what_was_flagged_and_is_not_any_more_is_told():
    then = state(findings=(finding("SEC-01"), finding("SUP-02", "unknown")))
    now = state(findings=(finding("SUP-02", "unknown"), finding("INT-10"), finding("SEC-09", state="waived")))

    assert [change.said for change in changes(then, now)] == [
        "Flagged since then: INT-10.",
        "No longer flagged: SEC-01.",
    ]


def test_what_reopens_stands_first():
    now = state(findings=(finding("SEC-01"),), facts={"lifecycle.end_of_life": "2027-06-30"}, owners=())

    found = [change.reopens for change in changes(state(), now)]

    assert found == sorted(found, reverse=True)
    assert found[:2] == [True, True]


@pytest.mark.parametrize(
    ("value", "steps", "said"),
    [
        (None, PRICES, "unknown"),
        (0, PRICES, "up to 0"),
        (0.5, PRICES, "up to 1,000"),
        (1_000, PRICES, "up to 1,000"),
        (1_000.01, PRICES, "up to 5,000"),
        (100_001, PRICES, "over 100,000"),
        (2, PEOPLE, "up to 2"),
        (3, PEOPLE, "up to 9"),
    ],
)
def test_a_class_says_up_to_what(value, steps, said):
    assert ceiling(value, steps) == said


NAMES = st.sampled_from(["SEC-01", "SEC-02", "INT-10", "SUP-03"])
GRADES = st.sampled_from(["low", "medium", "unrated", "high", "critical"])
RIGHTS = st.lists(st.tuples(st.sampled_from(["mail", "crm", "files"]), st.sampled_from(["read", "write"]), GRADES))
STATES = st.builds(
    Material,
    findings=st.dictionaries(NAMES, st.sampled_from(["violated", "unknown"])),
    rights=RIGHTS.map(lambda found: tuple(sorted(set(found)))),
    owners=st.lists(st.tuples(st.sampled_from(["business", "technical"]), st.integers(1, 9))).map(
        lambda found: tuple(sorted(set(found)))
    ),
    price=st.none().map(lambda _: "unknown") | st.integers(0, 200_000).map(lambda n: ceiling(n, PRICES)),
    people=st.none().map(lambda _: "unknown") | st.integers(0, 200).map(lambda n: ceiling(n, PEOPLE)),
    technology=st.sampled_from(["low", "medium", "high", "unknown"]),
    customer=st.sampled_from(["low", "medium", "high", "unknown"]),
    ends=st.sampled_from(["unknown", "2027-01-01"]),
    vendor=st.sampled_from(["unknown", "2026-01-01"]),
)


@given(STATES)
def test_a_state_is_itself_after_it_was_kept(one):
    again = read(one.plain())

    assert again == one
    assert again.digest == one.digest
    assert changes(one, again) == []


@given(STATES, STATES)
def test_other_digests_are_other_states_and_what_reopens_is_another_state(then, now):
    assert (then.digest == now.digest) == (then == now)
    if any(change.reopens for change in changes(then, now)):
        assert then != now
