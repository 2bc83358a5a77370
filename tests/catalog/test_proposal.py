"""A proposed entry as text: read back as what it was, refused by the law until it is filled in."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.categories import CATEGORIES
from catalog.law import check
from catalog.load import UNFILLED, CatalogError, read_file
from catalog.proposal import append_entry, entry_text
from model.errors import Refused

FIELDS = {
    "id": "own-zorbo",
    "name": "Zorbo",
    "vendor": UNFILLED,
    "category": UNFILLED,
    "domains": ["zorbo.com"],
    "names": ["Zorbo: the app", "Yes"],
}


def test_an_entry_is_written_as_the_catalogue_writes_one():
    text = entry_text({**FIELDS, "vendor": "Zorbo", "category": "crm"})

    assert text.splitlines() == [
        "id: own-zorbo",
        "name: Zorbo",
        "vendor: Zorbo",
        "category: crm",
        "domains: [zorbo.com]",
        "names: ['Zorbo: the app', 'Yes']",
    ]


def test_below_what_is_to_be_filled_in_stands_what_may_stand_there():
    text = entry_text(FIELDS)

    assert "vendor: fill-in\n# fill in who makes it\ncategory: fill-in\n# fill in one of: " in text
    assert [slug for slug in CATEGORIES if slug not in text] == []
    assert max(map(len, text.splitlines())) <= 120


def test_the_law_refuses_an_unfilled_entry_with_file_and_line(tmp_path):
    path = tmp_path / "crm.yaml"
    path.write_text("id: a\nname: Aaaa\nvendor: Aaaa\ncategory: crm\ndomains: [aaaa.com]\n", encoding="utf-8")

    line = append_entry(path, FIELDS)

    assert check(tmp_path)[:2] == [
        f"crm.yaml:{line}: vendor of own-zorbo is still to be filled in",
        f"crm.yaml:{line}: category of own-zorbo is still to be filled in",
    ]


@pytest.mark.parametrize(
    ("before", "line"),
    [(None, 1), ("", 1), ("\n\n", 3), ("id: a\n", 3), ("id: a", 3), ("# words\n", 3), ("id: a\n---\nid: b\n", 5)],
)
def test_an_entry_is_appended_and_begins_on_the_line_that_is_told(tmp_path, before, line):
    path = tmp_path / "own.yaml"
    if before is not None:
        path.write_text(before, encoding="utf-8")

    told = append_entry(path, FIELDS)

    assert told == line
    assert path.read_text(encoding="utf-8").splitlines()[line - 1] == "id: own-zorbo"
    assert list(yaml.safe_load_all(path.read_text(encoding="utf-8")))[-1] == FIELDS


def test_an_entry_that_stands_there_already_is_not_written_twice(tmp_path):
    path = tmp_path / "own.yaml"
    append_entry(path, FIELDS)
    before = path.read_bytes()

    with pytest.raises(Refused, match=r"own\.yaml:1: own-zorbo stands there already"):
        append_entry(path, FIELDS)

    assert path.read_bytes() == before


def test_nothing_is_appended_to_what_is_no_yaml(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("id: [broken\n", encoding="utf-8")

    with pytest.raises(CatalogError, match=r"own\.yaml:"):
        append_entry(path, FIELDS)

    assert path.read_text(encoding="utf-8") == "id: [broken\n"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip)


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_whatever_a_tool_is_called_its_entry_is_read_back_as_it_was(tmp_path_factory, name, names):
    path = tmp_path_factory.mktemp("any") / "own.yaml"

    append_entry(path, {**FIELDS, "name": name, "names": names})

    (tool,) = read_file(path)
    assert (tool.name, tool.names) == (name, tuple(names))
