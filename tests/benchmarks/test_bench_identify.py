"""The benchmark of identification measures what it says."""

import json
import random
import subprocess
import sys

import pytest

from benchmarks import bench_identify
from benchmarks.naming import multiplied, strings
from catalog.index import Index
from catalog.law import check
from catalog.load import load_tools, read_file
from catalog.tables import compile_tables
from model.match import StringKind


@pytest.fixture(scope="module")
def tools():
    return load_tools()


def test_invented_tools_keep_the_catalogues_law_beside_the_real_ones(tools, tmp_path):
    bench_identify.write_entries(tmp_path / "all", multiplied(tools[:400], 3, random.Random(1)))

    assert len(list(read_file(tmp_path / "all" / "_all.yaml"))) == 1200
    assert [problem for problem in check(tmp_path / "all") if "belongs to" in problem] == []


def test_the_strings_are_distinct_of_every_kind_and_the_same_again(tools):
    pairs = strings(tools, 3000)

    assert len(set(pairs)) == 3000
    assert {kind for kind, _ in pairs} == set(StringKind)
    assert pairs == strings(tools, 3000)
    assert pairs[:1000] == strings(tools, 1000)


def test_about_half_of_the_strings_name_somebody(tools):
    index = Index(compile_tables(tools), "test")

    named = [index.read(StringKind(kind), value).match is not None for kind, value in strings(tools, 2000)]

    assert 0.4 < sum(named) / len(named) < 0.65


def test_a_child_tells_what_loading_takes(tools, tmp_path):
    bench_identify.write_entries(tmp_path / "entries", tools[:50])
    call = [sys.executable, bench_identify.__file__, "--role", "load", "--folder", str(tmp_path / "entries")]

    done = subprocess.run([*call, "--cache", str(tmp_path / "cache")], capture_output=True, check=True)

    found = json.loads(done.stdout)
    assert found["tools"] == 50
    assert found["seconds"] > 0


def test_a_child_reads_every_string_that_is_asked(tools, tmp_path):
    asked = tmp_path / "asked.jsonl"
    bench_identify._write_asked(asked, strings(tools, 300))
    call = [sys.executable, bench_identify.__file__, "--role", "read", "--asked", str(asked)]

    done = subprocess.run([*call, "--cache", str(tmp_path / "cache")], capture_output=True, check=True)

    found = json.loads(done.stdout)
    assert found["strings"] == 300
    assert 100 < found["named"] < 220
    assert found["memory"] > 1_000_000
