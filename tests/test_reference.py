"""The reference pages of facts and policies are what the vocabulary and the packs say."""

import importlib.util
from pathlib import Path

import pytest

from model.facts import NAMES
from policies.engine import load

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def writer(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "docs/write_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_page_is_stale(writer, capsys):
    status = writer.main(["--check"])

    assert (status, capsys.readouterr().err) == (0, "")


def test_every_word_and_every_policy_has_its_place(writer):
    facts, policies = (text for _, text in sorted(writer.pages().items()))

    assert [name for name in NAMES if f"| `{name}` |" not in facts] == []
    assert [policy.id for policy in load().policies if f"### {policy.id}: " not in policies] == []


def test_a_stale_page_is_named_and_then_written_and_then_left_alone(writer, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(writer, "FOLDER", tmp_path / "reference")
    monkeypatch.setattr(writer, "ROOT", tmp_path)

    assert writer.main(["--check"]) == 1
    assert "reference/facts.md is stale: run `python docs/write_reference.py`" in capsys.readouterr().err
    assert writer.main([]) == 0
    assert writer.main(["--check"]) == 0
    written = (tmp_path / "reference/facts.md").stat().st_mtime_ns
    assert writer.main([]) == 0
    assert (tmp_path / "reference/facts.md").stat().st_mtime_ns == written
