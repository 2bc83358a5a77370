"""The benchmark of policies measures what it says."""

import json
import sys

import pytest

from benchmarks import bench_policies
from model.facts import NAMES, VOCABULARY, Known, fits
from policies.engine import load
from policies.parallel import judge_tools


def test_its_tools_have_fitting_values_and_differ():
    chance = bench_policies.random.Random(1)
    tools = [bench_policies.tool(number, bench_policies.DIFFERENT, chance) for number in range(20)]

    for _, attributes, facts in tools:
        assert set(facts) == set(VOCABULARY)
        assert all(fits(NAMES[name], value) for name, value in attributes.items())
        assert all(fits(NAMES[name], fact.value) for name, fact in facts.items() if isinstance(fact, Known))
    assert len({str(tool[1:]) for tool in tools}) == 20


@pytest.mark.parametrize(("promised", "status"), [(1000.0, 0), (0.0000001, 1)])
def test_it_writes_its_result_and_fails_where_the_promise_is_broken(tmp_path, monkeypatch, promised, status):
    path = tmp_path / "result.json"
    monkeypatch.setattr(bench_policies, "PROMISED", promised)
    words = ["bench", "--tools", "20", "--policies", "70", "--repeat", "1", "--processes", "1", "--output", str(path)]
    monkeypatch.setattr(sys, "argv", words)

    assert bench_policies.main() == status
    result = json.loads(path.read_text(encoding="utf-8"))
    assert (result["tools"], result["policies"]) == (20, 70)
    assert result["promised_seconds"] == pytest.approx(promised * 20 * 70 / 1e6)
    assert result["different"]["verdicts"] > 400
    assert result["different"]["baseline_us_a_pair"] > 0


def test_policies_are_multiplied_with_texts_of_their_own_and_say_the_same():
    policies = load().in_force()
    many = bench_policies.multiplied(policies, 2 * len(policies))
    tools = next(bench_policies.portions(10, bench_policies.EQUAL, 1))

    assert len({policy.require.text for policy in many}) > len({policy.require.text for policy in policies})
    for _, verdicts in judge_tools(many, tools, bench_policies.NOW, processes=1):
        for at, policy in enumerate(policies):
            copy = verdicts.get(many[len(policies) + at].id)
            assert (copy and copy.verdict) == (verdicts.get(policy.id) and verdicts[policy.id].verdict)
