"""All policies on all tools of the demo: nothing is met by silence, ended by a refusal, or asked of what is gone."""

from dataclasses import replace

import pytest

from model.facts import VOCABULARY, Unknown
from policies.engine import judge
from policies.parallel import judge_tools
from policies.shape import Outcome
from scanner.demo.company import AS_OF, COMPANY
from scanner.facts.derive import attributes, world
from scanner.facts.derive import facts as derived
from storage import kept
from storage.times import to_ms
from tests.scanner.demo.expected_questions import GONE
from tests.scanner.demo.looking import IN_FORCE, PACK, REFUSED, unknown

#: Policies that may ask for something of a tool that is rejected or retired: what was left of it.
ABOUT_RETIRING = {"LIFE-05", "LIFE-11", "SEC-32", "SEC-33"}


def test_a_tool_of_which_nothing_is_known_meets_not_one_policy(judged_by_all):
    """Only what our own records decide can be met: that no record imitates anybody is no claim of a source."""
    every = PACK.policies
    assert len(every) >= 163
    for _, recorded, known in judged_by_all:
        nothing = {name: Unknown("refused") for name in known}
        verdicts = [judge(policy, recorded, nothing, AS_OF) for policy in every]
        assert [v.policy for v in verdicts if v is not None and v.verdict is Outcome.MET] == []


def test_no_refused_stream_turns_a_finding_into_a_met_policy_or_ends_it(demo):
    """Each stream in its turn, on all tools, by all policies: what was violated stays so, or cannot be judged."""
    with demo.store.read() as connection:
        whole = world(connection, COMPANY, to_ms(AS_OF), kept.decisions(connection), demo.rooms.index())
    before = verdicts_in(whole)
    wrong = [(n, p) for n, found in before.items() for p, v in found.items() if v.verdict is Outcome.VIOLATED]
    assert len(wrong) > 70

    ended = []
    for stream in whole.streams:
        others = [one for one in whole.streams if one is not stream]
        after = verdicts_in(replace(whole, streams=[*others, replace(stream, status="refused", reason="scope.read")]))
        ended += [
            (stream.name, name, policy)
            for name, policy in wrong
            if policy not in after[name] or after[name][policy].verdict is Outcome.MET
        ]

    assert ended == []


def verdicts_in(found):
    tools = [(name, attributes(one, COMPANY), derived(one, found)) for name, one in found.subjects.items()]
    return dict(judge_tools(PACK.policies, tools, AS_OF, processes=1))


@pytest.mark.parametrize("status", ["rejected", "retired"])
def test_of_a_tool_that_nobody_may_use_any_more_only_what_is_left_of_it_is_asked(judged_by_all, status):
    gone = [(name, attributes_ | {"tool.status": status}, known) for name, attributes_, known in judged_by_all]

    asking = {
        (policy, name)
        for name, verdicts in judge_tools(PACK.policies, gone, AS_OF, processes=1)
        for policy, verdict in verdicts.items()
        if verdict.verdict is Outcome.UNKNOWN and verdict.queued
        if any(fact in VOCABULARY and VOCABULARY[fact].question for fact in verdict.missing)
    }

    assert {policy for policy, _ in asking} <= ABOUT_RETIRING


def test_nothing_is_asked_of_the_rejected_and_the_retired_tool(found):
    queued = {(policy, name) for policy in IN_FORCE for name in GONE & unknown(found[policy], queued=True).keys()}

    assert queued == {
        ("SEC-02", "lusha"),
        ("SEC-02", "trello"),
        ("SEC-10", "lusha"),
        ("SEC-21", "lusha"),
        ("SEC-21", "trello"),
        ("SEC-44", "lusha"),
    }
    # All of these wait for Hollerbach's tokens, and for no answer.
    assert all(want["reason"].startswith(REFUSED) for policy, name in queued for want in found[policy][name]["missing"])
