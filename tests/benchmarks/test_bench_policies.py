"""The benchmark of policies measures what it says."""

import json
import sys

import pytest

from benchmarks import bench_policies
from model.facts import NAMES, VOCABULARY, Known, fits


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
    monkeypatch.setattr(sys, "argv", ["bench", "--tools", "20", "--repeat", "1", "--output", str(path)])

    assert bench_policies.main() == status
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["policies"] == 15
    assert result["different_verdicts"] > 100
