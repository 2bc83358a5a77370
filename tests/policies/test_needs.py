"""The table of what a tool of a category should be tied to: ours, and the company's in its place."""

import pytest

from catalog.categories import CATEGORIES
from policies.needs import SYSTEMS, load_needs, usual

ALL = frozenset(CATEGORIES)


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "needs.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_table_that_comes_with_the_program_has_a_row_for_every_category():
    rows = usual(ALL)

    assert {*rows} == ALL
    assert {system for row in rows.values() for system in row} <= {*SYSTEMS}
    assert rows["email_marketing"] == ("crm", "warehouse", "consent")
    assert usual(ALL) is rows


def test_a_table_of_the_companys_stands_alone_in_one_order(written):
    found = load_needs(ALL, written("crm: [consent, crm, consent]\nseo: []\n"))

    assert found.rows == {"crm": ("crm", "consent"), "seo": ()}
    assert found.refused == ()


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("seo: []\nemail_marketting: [crm]\n", 2, 1, "did you mean email_marketing?"),
        ("crm: [warehouse, cdpp]\n", 1, 18, "there is no system cdpp: did you mean cdp?"),
        ("crm: warehouse\n", 1, 6, "crm is a list"),
        ("- crm\n", 1, 1, "the table of needs is a list of keys and values"),
        ("crm: [ads]\ncrm: [cdp]\n", 2, 1, "crm"),
        ("crm: [ads", 1, 1, ""),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(written, text, line, column, said):
    path = written(text)

    found = load_needs(ALL, path)

    assert found.rows == {}
    assert said in found.refused[0].message
    assert found.refused[0].file == str(path)
    assert (found.refused[0].line, found.refused[0].column) >= (line, column) or not said


def test_a_table_that_is_not_there_is_refused(tmp_path):
    assert "cannot be read" in load_needs(ALL, tmp_path / "none.yaml").refused[0].message


def test_a_fault_in_our_own_table_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="the table of needs has no key"):
        usual(frozenset({"crm"}))
