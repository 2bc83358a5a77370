"""The demo's findings equal those that were written by hand from its stories.

A tool that a policy speaks of is violated, stuck (it applies, and cannot be judged) or may come under it (whether the
policy applies is unknown); of all others it is met, or does not apply.
"""

from commands.standing import listed_findings
from model.facts import VOCABULARY
from policies.parallel import judge_tools
from policies.shape import Outcome
from scanner.demo.company import AS_OF
from tests.scanner.demo.expected_findings import (
    ALL,
    CASES,
    DECIDED,
    EXPECTED,
    MARKETING,
    NOT_MARKETINGS,
    OTHER,
    RESOLVED,
    STRICT,
)
from tests.scanner.demo.expected_questions import MAY_APPLY, NOT_TOLD, QUEUED, SETTLED, TO_EVERY_TOOL
from tests.scanner.demo.looking import IN_FORCE, PACK, REFUSED, TOO_SHORT, expected, policies, unknown, violated, wanted


def test_the_expected_list_speaks_of_every_policy_that_is_shipped_and_of_every_tool_of_the_demo(called):
    assert PACK.refused == ()
    assert {*EXPECTED, *QUEUED, *MAY_APPLY, *TO_EVERY_TOOL, *SETTLED} <= {*IN_FORCE}
    assert {*STRICT} <= {policy.id for policy in PACK.policies} - {*IN_FORCE}
    assert sorted(called.values()) == sorted(ALL)
    assert sorted([*(name for group in CASES.values() for name in group), *DECIDED, *NOT_MARKETINGS]) == sorted(ALL)
    assert not MARKETING & OTHER


@policies
def test_a_policy_is_violated_by_the_tools_whose_stories_violate_it_and_by_no_other(found, policy):
    rows = violated(found[policy])

    assert sorted(rows) == sorted(expected(policy).violated)
    assert [name for name, said in expected(policy).violated.items() if said not in rows[name]["message"]] == []


@policies
def test_a_policy_that_applies_cannot_be_judged_only_where_a_story_leaves_a_fact_out(found, policy):
    rows = unknown(found[policy], queued=True)

    asked = QUEUED.get(policy)
    assert sorted(rows) == sorted(asked.tools if asked else expected(policy).stuck)
    lacking = {fact for row in rows.values() for fact in wanted(row)}
    assert lacking == (asked.lacking if asked else expected(policy).stuck_for)


@policies
def test_whether_a_policy_applies_is_unknown_only_where_a_story_leaves_a_fact_out(found, policy):
    rows = unknown(found[policy], queued=False)

    if policy in EXPECTED and policy not in MAY_APPLY:
        assert sorted(rows) == sorted(EXPECTED[policy].may_apply)
        assert [name for name, row in rows.items() if not wanted(row) & EXPECTED[policy].may_apply_for] == []
    elif policy in MAY_APPLY:
        assert sorted(rows) == sorted(MAY_APPLY[policy])
    else:
        assert (set(rows) == ALL) is (policy in TO_EVERY_TOOL)
    assert [name for name, row in rows.items() if not wanted(row)] == []


@policies
def test_what_keeps_a_policy_from_being_judged_is_a_question_or_something_that_no_source_of_the_demo_tells(
    found, policy
):
    """A story is silent about a contract, or a stream was refused; nothing else may be unknown."""
    rows = [row for row in found[policy].values() if row["verdict"] == "unknown"]
    strange = [
        (row["id"], want["fact"], want["reason"])
        for row in rows
        for want in row["missing"]
        if not (want["fact"] in VOCABULARY and VOCABULARY[want["fact"]].question)
        and not (want["reason"] or "").startswith((REFUSED, "google:hollerbach/token: ", TOO_SHORT))
        and want["fact"] not in NOT_TOLD
    ]

    assert strange == []
    assert bool(rows) is (policy not in SETTLED) or policy in EXPECTED


def test_each_thing_that_no_source_tells_is_unknown_of_a_tool_for_that_reason(desk):
    told = {}
    for row in listed_findings(desk):
        for want in row["missing"]:
            told.setdefault(want["fact"], set()).add(want["reason"] or "")

    assert [f for f, why in NOT_TOLD.items() if not any(said.startswith(why) for said in told.get(f, ()))] == []


def test_the_strict_profile_adds_what_its_stories_tell(judged_by_all, called):
    strict = [policy for policy in PACK.policies if policy.id in STRICT]
    told = {policy.id: {} for policy in strict}
    for tool, verdicts in judge_tools(strict, judged_by_all, AS_OF, processes=1):
        for policy, verdict in verdicts.items():
            told[policy][called[tool]] = verdict

    for policy, listed in STRICT.items():
        rows = told[policy]
        by_outcome = {
            outcome: {n for n, v in rows.items() if v.verdict is Outcome.UNKNOWN and v.queued is outcome}
            for outcome in (True, False)
        }
        says = {n: v.message for n, v in rows.items() if v.verdict is Outcome.VIOLATED}
        assert by_outcome == {True: listed.stuck, False: listed.may_apply}
        assert sorted(says) == sorted(listed.violated)
        assert [n for n, said in listed.violated.items() if said not in says[n]] == []


@policies
def test_a_finding_is_resolved_only_where_something_was_mended_between_the_two_exports(found, policy):
    resolved = {name for name, row in found[policy].items() if row["state"] == "resolved"}

    assert sorted(resolved) == sorted(RESOLVED.get(policy, ()))


def test_every_finding_was_evaluated_and_a_met_policy_leaves_nothing_open(found):
    rows = [row for by_tool in found.values() for row in by_tool.values()]

    assert all(row["evaluated"] for row in rows)
    assert {(row["verdict"], row["state"]) for row in rows} == {
        ("violated", "open"),
        ("unknown", "open"),
        ("met", "resolved"),
    }
