"""The reference as a page: all that the document has, for anybody, with nothing that a browser would run."""

import gzip
import re

import pytest

from web.api.document import document, operations
from web.api.reference import said, slug, type_of


@pytest.fixture(scope="module")
def page(world):
    from starlette.testclient import TestClient  # noqa: PLC0415

    from web.app import protected  # noqa: PLC0415

    return TestClient(protected(world[0])).get("/api/v1/reference")


def test_anybody_reads_it_and_it_has_every_operation_and_every_schema(page):
    assert page.status_code == 200
    for path, _, operation in operations(document()):
        assert f'id="{operation["operationId"]}"' in page.text
        assert path in page.text
    for name in document()["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.text


def test_nothing_in_it_is_run(page):
    assert not re.search(r"<style|\sstyle=|<script(?! src)|\son[a-z]+=|javascript:", page.text)
    assert "unsafe" not in page.headers["content-security-policy"]


def test_every_link_within_it_leads_somewhere_and_no_id_stands_twice(page):
    ids = re.findall(r'\sid="([^"]+)"', page.text)

    assert len(ids) == len({*ids})
    assert {*re.findall(r'href="#([^"]+)"', page.text)} <= {*ids}


def test_it_is_linked_from_the_page_where_tokens_are_made(reviewer):
    assert 'href="/api/v1/reference"' in reviewer.get("/account").text


def test_it_is_small_over_the_wire(page):
    assert len(gzip.compress(page.content, 4)) < 100_000


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (None, ""),
        ("One\nline.\n\nTwo.", "<p>One line.</p><p>Two.</p>"),
        ("- a\n- b\n  c", "<ul><li>a</li><li>b c</li></ul>"),
        ("`<b>` is **not** bold", "<p><code>&lt;b&gt;</code> is <strong>not</strong> bold</p>"),
        ("[a](https://b.example/c)", '<p><a href="https://b.example/c" rel="noreferrer">a</a></p>'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ('[a](https://b.example/"onclick=)', '<p><a href="https://b.example/&#34;onclick=" rel="noreferrer">a</a></p>'),
    ],
)
def test_texts_are_written_as_markup_and_escaped(text, html):
    assert said(text) == html


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"$ref": "#/components/schemas/Tool"}, "Tool"),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}, "date or null"),
        ({"type": "array", "items": {"$ref": "#/x/Money"}}, "list of Money"),
        ({"enum": ["a", "b"]}, "a, b"),
        ({"const": "a"}, "a"),
        ({}, "anything"),
    ],
)
def test_kinds_are_said_in_a_word_or_two(schema, name):
    assert type_of(schema) == name


def test_headings_have_plain_names():
    assert slug("Sources and policies") == "sources-and-policies"
