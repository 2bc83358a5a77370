"""What data of persons a tool usually holds: its entry's word, else its category's, and never a fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.categories import CATEGORIES, PERSONAL_DATA
from catalog.index import load_index
from catalog.load import Tool, load_tools
from catalog.overlay import load_overlaid
from catalog.personal import USUAL, Usual, of, usual
from model.match import SaidBy

TOOLS = """id: said
name: Saidly
vendor: Saidly
category: crm
domains: [saidly.com]
personal_data: [health, contacts]
---
id: silent
name: Silently
vendor: Silently
category: crm
domains: [silently.com]
---
id: nobody
name: Nobodyly
vendor: Nobodyly
category: crm
domains: [nobodyly.com]
personal_data: []
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "entries"
    folder.mkdir()
    (folder / "crm.yaml").write_text(TOOLS, encoding="utf-8")
    return folder


@pytest.fixture
def overlaid(folder, tmp_path):
    def build(text):
        own = tmp_path / "own"
        own.mkdir(exist_ok=True)
        (own / "tools.yaml").write_text(text, encoding="utf-8")
        return load_overlaid(own, entries=folder, cache=tmp_path / "cache")

    return build


def test_every_category_has_a_default_with_its_reason():
    assert set(USUAL) == set(CATEGORIES)
    for of_kind in USUAL.values():
        assert of_kind.by_kind
        assert of_kind.why


def test_the_defaults_keep_to_the_vocabulary_and_name_no_kind_twice():
    for of_kind in USUAL.values():
        assert set(of_kind.kinds) <= set(PERSONAL_DATA)
        assert len(set(of_kind.kinds)) == len(of_kind.kinds)


def test_what_an_entry_says_goes_before_what_its_category_says(folder, tmp_path):
    index = load_index(folder=folder, cache=tmp_path)

    assert index.personal_data("said") == Usual(("health", "contacts"), by_kind=False)
    assert index.personal_data("silent") == USUAL["crm"]
    assert index.personal_data("silent").by_kind


def test_an_entry_that_says_none_is_no_entry_that_says_nothing(folder, tmp_path):
    for _ in range(2):  # compiled, and from the cache
        index = load_index(folder=folder, cache=tmp_path)

        assert index.personal_data("nobody") == Usual((), by_kind=False)
        assert index.entry("nobody").personal_data_by is SaidBy.CATALOGUE
        assert index.entry("silent").personal_data_by is None


def test_of_a_tool_that_the_catalogue_does_not_have_nothing_is_said(folder, tmp_path):
    assert load_index(folder=folder, cache=tmp_path).personal_data("nonsense") is None
    assert usual(None, None) == Usual((), by_kind=True)
    assert usual("nonsense", None) == Usual((), by_kind=True)


def test_the_word_of_the_companys_overlay_is_told_from_the_catalogues(overlaid):
    index, found = overlaid(
        "id: silent\npersonal_data: [payment]\n---\n"
        "id: own\nname: Ownly\nvendor: Own\ncategory: seo\ndomains: [ownly.com]\npersonal_data: [contacts]\n"
    )

    assert found.problems == ()
    by = {tool: index.entry(tool).personal_data_by for tool in ("silent", "own", "said")}
    assert by == {"silent": SaidBy.COMPANY, "own": SaidBy.COMPANY, "said": SaidBy.CATALOGUE}
    assert index.personal_data("silent") == Usual(("payment",), by_kind=False)


def test_an_overlay_that_says_none_of_a_known_tool_takes_nothing_away(overlaid):
    index, _ = overlaid("id: said\npersonal_data: []\n---\nid: silent\npersonal_data: []\n")

    assert index.personal_data("said").kinds == ("health", "contacts")
    assert index.entry("said").personal_data_by is SaidBy.CATALOGUE
    assert index.personal_data("silent") == Usual((), by_kind=False)


def test_an_overlay_that_says_nothing_of_persons_leaves_the_category_to_speak(overlaid):
    for _ in range(2):  # read, and from the cache
        index, _ = overlaid("id: silent\nnames: [Silently Two]\n")

        assert index.personal_data("silent") == USUAL["crm"]


@given(st.none() | st.lists(st.sampled_from(sorted(PERSONAL_DATA)), unique=True), st.sampled_from(sorted(CATEGORIES)))
def test_a_default_is_always_marked_as_one(said, category):
    found = usual(category, said)

    assert found.by_kind is (said is None)
    assert found.kinds == (USUAL[category].kinds if said is None else tuple(said))


def test_an_empty_key_says_nothing(folder):
    (folder / "crm.yaml").write_text(TOOLS.replace(" [health, contacts]", ""), encoding="utf-8")

    tool = next(one for one in load_tools(folder) if one.id == "said")

    assert tool.personal_data is None
    assert of(tool) == USUAL["crm"]


@pytest.fixture(scope="module")
def shipped() -> list[Tool]:
    return load_tools()


def test_entries_differ_from_their_categories_where_they_say_something(shipped):
    said = [tool for tool in shipped if tool.personal_data is not None]

    assert len(said) > 700
    assert [tool.id for tool in said if set(tool.personal_data) == set(USUAL[tool.category].kinds)] == []
