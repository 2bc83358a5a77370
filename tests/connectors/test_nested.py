"""Pages whose list lies deeper, or that say in their own way whether more follow."""

import re

import msgspec
import pytest

from connectors.formats import Bad, Raw
from connectors.nested import Page, inner, listed, opened

MARKS = re.compile(b'"list"')


def page_of(fields):
    items = listed(fields.get("list"))
    return None if items is None else Page(items, "next" in fields or None)


def expand(*pieces):
    told = []
    return list(opened(iter(pieces), MARKS, page_of, told.append)), told


def test_records_of_pages_are_numbered_through():
    found, told = expand(Raw(1, b'{"a": 1}'), Raw(2, b'{"list": [{"b": 1}, {"c": 1}], "next": 1}'), Raw(3, b"{}"))

    assert found == [Raw(1, b'{"a": 1}'), Raw(2, b'{"b": 1}'), Raw(3, b'{"c": 1}'), Raw(4, b"{}")]
    assert told == [True]


def test_a_record_with_a_field_of_that_name_is_no_page():
    assert expand(Raw(1, b'{"list": "x"}')) == ([Raw(1, b'{"list": "x"}')], [])


def test_what_could_not_be_read_stays_so_and_keeps_its_count():
    assert expand(Raw(1, b'{"list": [1]}'), Bad(2, "odd", 3))[0] == [Bad(1, "it is not an object"), Bad(2, "odd", 3)]


@pytest.mark.parametrize("text", [b"{}", b'"x"', b"1", b"null"])
def test_only_a_list_is_one(text):
    assert listed(msgspec.Raw(text)) is None
    assert listed(None) is None


@pytest.mark.parametrize("text", [b"[]", b'"x"', b"1", b"null"])
def test_only_an_object_has_fields(text):
    assert (inner(msgspec.Raw(text)), inner(None)) == ({}, {})
