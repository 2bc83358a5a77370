from __future__ import annotations

import textwrap

import pytest

from catalog.law import check
from catalog.load import SCHEMA, CatalogError, Tool, load_tools, parse_tool, read_file
from model.errors import ConfigError

GOOD = """
id: quillfox
name: Quillfox
vendor: Quillfox
category: crm
domains: [quillfox.com]
names: [Letterfox]
ended: 2024-01-01
---
id: zebra
name: Zebra
vendor: Zebra
category: crm
domains: [zebra.io]
word: true
"""


def write(folder, text, name="crm.yaml"):
    path = folder / name
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return path


def entry(**changes):
    fields = {"id": "a", "name": "Aaa", "vendor": "Aaa", "category": "crm", "domains": ["aaa.com"]} | changes
    lines = [
        f"{name}: {value if not isinstance(value, list) else '[' + ', '.join(value) + ']'}"
        for name, value in fields.items()
    ]
    return "\n".join(lines) + "\n"


def test_entries_are_read_with_their_lines(tmp_path):
    write(tmp_path, GOOD)

    tools = load_tools(tmp_path)

    assert [tool.id for tool in tools] == ["quillfox", "zebra"]
    assert [tool.where for tool in tools] == ["crm.yaml:1", "crm.yaml:9"]
    assert tools[0].names == ("Letterfox",)
    assert tools[0].ended == "2024-01-01"
    assert tools[0].word is False
    assert tools[1].word is True


def test_temporary_files_are_read_too(tmp_path):
    write(tmp_path, entry(), "_moved.yaml")

    assert [tool.id for tool in load_tools(tmp_path)] == ["a"]
    assert check(tmp_path) == []


def test_an_empty_document_is_nothing(tmp_path):
    write(tmp_path, "---\n---\n" + entry())

    assert len(load_tools(tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [", "crm.yaml:2: not YAML"),
        ("- a\n", "crm.yaml:1: an entry must be a mapping"),
        ("just text\n", "crm.yaml:1: an entry must be a mapping"),
        (entry(colour="red"), "crm.yaml:1: unknown key colour"),
        ("id: a\nname: A\nvendor: A\ncategory: crm\n", "crm.yaml:1: key domains is missing"),
        (entry(name=123), "crm.yaml:1: name must be text"),
        (entry(vendor="true"), "crm.yaml:1: vendor must be text"),
        (entry(domains="aaa.com"), "crm.yaml:1: domains must be a list"),
        (entry(names=["2024-01-01"]), "crm.yaml:1: names must be text"),
        (entry(word="maybe"), "crm.yaml:1: word must be true or false"),
        (entry(name="' '"), "crm.yaml:1: name must be text"),
        (entry(schema=99), "crm.yaml:1: of schema 99, and this program knows 1: install a newer Ostiary"),
        (entry(schema=99, colour="red"), "crm.yaml:1: of schema 99"),
        (entry(schema=0), "crm.yaml:1: schema must be a number from 1 on"),
        (entry(schema="true"), "crm.yaml:1: schema must be a number from 1 on"),
        (entry(schema="'1'"), "crm.yaml:1: schema must be a number from 1 on"),
        (entry(personal_data="contacts"), "crm.yaml:1: personal_data must be a list"),
        (entry(ended_source=["x"]), "crm.yaml:1: ended_source must be text"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_and_line(tmp_path, text, message):
    path = write(tmp_path, text)

    with pytest.raises(CatalogError) as error:
        list(read_file(path))

    assert str(error.value).startswith(message)
    assert isinstance(error.value, ConfigError)
    assert check(tmp_path)[0].startswith(message)


def test_the_line_is_that_of_the_wrong_entry(tmp_path):
    write(tmp_path, entry() + "---\n" + entry(id="b", name=5))

    with pytest.raises(CatalogError, match=r"^crm\.yaml:7: name must be text"):
        load_tools(tmp_path)


def test_an_entry_may_say_the_schema_that_this_program_knows(tmp_path):
    (tool,) = read_file(write(tmp_path, entry(schema=SCHEMA)))

    assert tool.id == "a"


def test_an_empty_list_may_be_left_blank():
    tool = parse_tool({"id": "a", "name": "A", "vendor": "A", "category": "crm", "domains": None}, "here")

    assert tool == Tool(id="a", name="A", vendor="A", category="crm", where="here")


def test_a_lawful_catalogue_has_no_problem(tmp_path):
    write(tmp_path, GOOD)

    assert check(tmp_path) == []


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (entry(id="'0'", name="Bbb", domains=["bbb.com"]), "0 must stand before a"),
        (entry(id="b", name="Bbb"), "domain aaa.com of b belongs to a"),
        (entry(id="b", name="aaa", domains=["bbb.com"]), "name aaa of b belongs to a"),
        (entry(id="b", name="Bbb", names=["AAA"], domains=["bbb.com"]), "name aaa of b belongs to a"),
        (entry(id="a", name="Bbb", domains=["bbb.com"]), "id a of a belongs to a"),
        (entry(id="b", name="Bbb", domains=["bbb.com"], category="seo"), "b is of seo"),
        (entry(id="b", name="Bbb", domains=["bbb.com"], category="nonsense"), "unknown category nonsense"),
        (entry(id="B_b", name="Bbb", domains=["bbb.com"]), "B_b is no slug"),
        (entry(id="b", name="Bbb", domains=["https://bbb.com"]), "https://bbb.com is no plain lower-case domain"),
        (entry(id="b", name="Bbb", domains=["Bbb.com"]), "Bbb.com is no plain lower-case domain"),
        (entry(id="b", name="Bbb", domains=["co.uk"]), "co.uk is a public suffix"),
        (entry(id="b", name="Bbb", domains=[]), None),
        (entry(id="b", name="Bbb", domains=["bbb.com"], now="c"), "b became c, which is unknown"),
        (entry(id="b", name="Bbb", domains=["bbb.com"], now="b"), "b became itself"),
        (entry(id="b", name="Bbb", domains=["bbb.com"], okta=["x", "x"]), None),
        (entry(id="b", name="Bbb", domains=["bbb#.com"]), None),
    ],
)
def test_each_breach_of_the_law_is_told(tmp_path, second, message):
    write(tmp_path, entry() + "---\n" + second)

    problems = check(tmp_path)

    if message is None:
        assert problems == []
    else:
        assert any(message in problem and problem.startswith("crm.yaml:7") for problem in problems)


@pytest.mark.parametrize("field", ["okta", "client_ids", "bundle_ids", "txt", "products", "descriptors"])
def test_no_exact_id_is_owned_by_two(tmp_path, field):
    first = entry(**{field: ["same"]})
    second = entry(id="b", name="Bbb", domains=["bbb.com"], **{field: ["SAME"]})
    write(tmp_path, first + "---\n" + second)

    problems = check(tmp_path)

    assert len(problems) == 1
    assert "same of b belongs to a (crm.yaml:1)" in problems[0]


def test_a_file_is_named_after_a_category(tmp_path):
    write(tmp_path, entry(), "things.yaml")

    assert any("not named after a category" in problem for problem in check(tmp_path))
