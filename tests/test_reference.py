"""The reference pages are what the vocabulary, the packs and the catalogue say."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

from catalog.categories import CATEGORIES
from catalog.load import load_tools
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
    facts, policies = (writer.pages()[writer.FOLDER / f"{name}.md"] for name in ("facts", "policies"))

    assert [name for name in NAMES if f"| `{name}` |" not in facts] == []
    assert [policy.id for policy in load().policies if f"### {policy.id}: " not in policies] == []


def test_the_page_of_the_catalogue_has_every_tool_by_category_and_marketing_first(writer):
    page = writer.pages()[writer.FOLDER / "catalogue.md"]
    tools = load_tools()

    counted = dict(re.findall(r"^\| \[.*?\]\(#[a-z-]+\) \| `(\w+)` \| ([\d,]+) \|$", page, flags=re.MULTILINE))
    assert {slug: int(n.replace(",", "")) for slug, n in counted.items()} == Counter(t.category for t in tools)
    assert list(counted) == list(CATEGORIES)
    assert f"The {len(tools):,} tools" in page
    plain = page.replace("\\", "")
    assert [tool.name for tool in tools if tool.name not in plain] == []


def test_every_link_within_the_page_of_the_catalogue_leads_to_a_heading(writer):
    page = writer.pages()[writer.FOLDER / "catalogue.md"]
    headings = re.findall(r"^### (.*)$", page, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}

    linked = re.findall(r"\(#([\w-]+)\)", page)

    assert set(linked) == anchors
    assert len(linked) == len(CATEGORIES)


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
