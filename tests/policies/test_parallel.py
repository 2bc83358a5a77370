"""Judging in two processes says what one says, whatever becomes of the other one."""

from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts import Known
from policies import parallel
from policies.engine import Bench, judge_all, load, values_of
from policies.parallel import answer, judge_tools
from tests.policies.test_judging import NOW, values

POLICIES = load().policies


@pytest.fixture(scope="module")
def tools():
    from benchmarks import bench_policies  # noqa: PLC0415 (it draws tools with fitting values)

    chance = random.Random(7)
    return [bench_policies.tool(number, bench_policies.EQUAL, chance) for number in range(90)]


def alone(policies, tools):
    found = {tool: {} for tool, _, _ in tools}
    for tool, verdict in judge_all(policies, tools, NOW):
        found[tool][verdict.policy] = verdict
    return found


@pytest.mark.parametrize("processes", [None, 1, 2])
def test_every_tool_gets_the_verdicts_that_one_process_gives(tools, processes):
    assert dict(judge_tools(POLICIES, tools, NOW, processes=processes)) == alone(POLICIES, tools)


def test_enough_work_is_shared(tools, monkeypatch):
    entered = []
    monkeypatch.setattr(parallel, "WORTH_IT", 1)
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(parallel._Other, "__enter__", lambda self: entered.append(self) or self)
    monkeypatch.setattr(parallel._Other, "__exit__", lambda *_: None)
    monkeypatch.setattr(parallel._Other, "receive", lambda _self, **_: None)

    found = dict(judge_tools(POLICIES, tools, NOW))

    assert len(entered) == 1
    assert found == alone(POLICIES, tools)


class Dying:
    """The other process as it is seen from here: it takes work, and is gone at some moment."""

    def __init__(self, bench, at):
        self.alive, self.idle = True, True
        self._bench, self._left, self._rows = bench, at, None

    def send(self, rows):
        self.idle, self._rows = False, rows
        self._left -= 1
        self.alive = self._left >= 0

    def receive(self, *, wait):
        if not self.alive or self.idle:
            return None
        self._left -= 1
        if self._left < 0:
            self.alive = False
            return None
        self.idle = True
        return answer(self._bench, self._rows)


@pytest.mark.parametrize("at", range(12))
def test_a_process_that_dies_costs_no_verdict(tools, at):
    bench = Bench(POLICIES)

    found = dict(parallel._shared(bench, tools, NOW, Dying(bench, at)))

    assert found == alone(POLICIES, tools)


def test_a_slip_of_who_derived_the_facts_is_as_loud_in_two_processes(tools):
    wrong = [(tool, attributes, facts | {"people.count": Known("s3cret")}) for tool, attributes, facts in tools]

    with pytest.raises(ValueError, match=r"people\.count is of type int") as refused:
        list(judge_tools(POLICIES, wrong, NOW, processes=2))

    assert "s3cret" not in str(refused.value)


def test_nothing_to_judge_is_no_fault():
    assert list(judge_tools(POLICIES, [], NOW, processes=2)) == []


@settings(max_examples=8, deadline=None)
@given(st.lists(values(), min_size=1, max_size=3))
def test_what_is_sent_back_means_the_same_verdicts(made):
    bench = Bench(POLICIES)
    tools = [(f"tool-{n}", attributes, known) for n, (attributes, known) in enumerate(made)]
    rows = [parallel._row(bench, tool, NOW) for tool in tools]

    told = pickle.loads(pickle.dumps(answer(bench, pickle.loads(pickle.dumps(rows)))))

    assert dict(parallel._read(bench, tools, told)) == alone(POLICIES, tools)


def test_a_policy_that_was_sent_says_the_same(tools):
    sent = pickle.loads(pickle.dumps(POLICIES[0]))
    values_ = [values_of(attributes, known, NOW) for _, attributes, known in tools]

    assert [Bench([sent]).judge(one) for one in values_] == [Bench(POLICIES[:1]).judge(one) for one in values_]
