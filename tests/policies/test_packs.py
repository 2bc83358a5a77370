"""The policies that come with the program: sound, telling, and never met by silence."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.categories import CATEGORIES
from model.facts import VOCABULARY, Known, Unknown
from policies.engine import judge, load
from policies.shape import NOT_APPLICABLE, Outcome
from policies.testing import run_cases
from tests.policies.making import changed, loaded
from tests.policies.test_judging import values

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PACK = load(categories=CATEGORIES)


def test_nothing_of_what_comes_with_the_program_is_refused():
    assert [str(refusal) for refusal in PACK.refused] == []


def test_each_policy_is_in_a_file_of_its_gap_in_the_order_of_ids():
    for pack in {policy.pack for policy in PACK.policies}:
        held = [policy for policy in PACK.policies if policy.pack == pack]

        assert {policy.gap for policy in held} == {pack.partition("-")[0]}
        assert [policy.id for policy in held] == sorted(policy.id for policy in held)


@pytest.mark.parametrize(
    ("gap", "least"),
    [
        ("integration", 34),
        ("security", 28),
        ("support", 30),
        ("lifecycle", 10),
        ("consent", 13),
        ("ai", 9),
        ("mobile", 8),
        ("cost", 8),
        ("overlap", 6),
    ],
)
def test_each_gap_has_its_policies(gap, least):
    assert len([policy for policy in PACK.policies if policy.gap == gap]) >= least


@pytest.mark.parametrize(
    "result", list(run_cases(PACK.policies)), ids=lambda result: f"{result.policy.id} {result.number}"
)
def test_a_case_comes_out_as_it_says(result):
    assert result.got == result.case.expect
    assert result.passed
    assert bool(result.message) == (result.got in {Outcome.VIOLATED, Outcome.UNKNOWN})


@pytest.mark.parametrize("policy", PACK.policies, ids=lambda policy: policy.id)
def test_a_policy_shows_where_it_does_not_apply_and_says_what_each_case_is_about(policy):
    expected = {case.expect for case in policy.cases}

    assert expected >= set(Outcome)
    assert NOT_APPLICABLE in expected or policy.applies.text == "true"
    assert all(case.note for case in policy.cases)
    assert len(policy.do) >= 3


@pytest.mark.parametrize("policy", PACK.policies, ids=lambda policy: policy.id)
def test_what_a_violated_case_says_has_no_gaps(policy):
    found = [result for result in run_cases([policy]) if result.got == Outcome.VIOLATED]

    assert any("unknown" not in result.message.replace("reads chat: unknown", "") for result in found)


@settings(max_examples=50)
@given(values())
def test_a_tool_of_which_nothing_is_known_has_not_one_policy_met(made):
    attributes, drawn = made
    facts = {name: fact if VOCABULARY[name].own else Unknown("refused") for name, fact in drawn.items()}

    met = [p for p in PACK.policies if (v := judge(p, attributes, facts, NOW)) and v.verdict is Outcome.MET]

    assert all(policy.own_records for policy in met)


def test_the_policies_over_our_own_records_alone_are_marked():
    assert [policy.id for policy in PACK.policies if policy.own_records] == ["SEC-15"]


@settings(max_examples=50)
@given(values(), st.sampled_from(PACK.policies), st.data())
def test_losing_a_fact_never_turns_a_finding_into_a_met_policy(made, policy, data):
    attributes, facts = made
    before = judge(policy, attributes, facts, NOW)
    lost = data.draw(st.sampled_from(sorted(facts)))

    after = judge(policy, attributes, facts | {lost: Unknown("refused")}, NOW)

    if before is not None and before.verdict is not Outcome.MET:
        assert after is not None
        assert after.verdict is not Outcome.MET


def test_every_policy_reads_known_words_only():
    assert {name for policy in PACK.policies for name in policy.message.names} <= set(VOCABULARY) | {
        "tool.name",
        "tool.status",
    }


def test_a_case_that_fails_says_what_it_got(tmp_path):
    (policy,) = loaded(
        tmp_path, changed("leaver_owned: 1}, expect: violated", "leaver_owned: 0}, expect: violated")
    ).policies

    failed = [result for result in run_cases([policy]) if not result.passed]

    assert [(result.number, result.case.expect, result.got) for result in failed] == [(2, "violated", "met")]
    assert failed[0].case.line == 15


def test_evidence_is_no_part_of_a_verdict():
    policy = PACK.policies[0]
    facts = {
        "access.sso_registered": Known(True),
        "people.count": Known(9),
        "integration.provisioning_on": Known(False),
    }
    seen = {name: Known(fact.value, ("signal:okta:acme/apps/1",), NOW) for name, fact in facts.items()}

    assert judge(policy, {}, facts, NOW) == judge(policy, {}, seen, NOW)
