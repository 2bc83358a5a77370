"""Ids as text, derived ids, and whose they are."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.native import derived, ident, person
from model.signal import Actor


@pytest.mark.parametrize(
    ("given_as", "text"),
    [(7, "7"), ("7", "7"), (" 7 ", "7"), (0, "0"), ("", None), ("null", None), (None, None), (True, None), (1.5, None)],
)
def test_ids_are_texts(given_as, text):
    assert ident(given_as) == text


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_an_id_does_not_hang_on_the_order_of_fields(record):
    assert derived(record) == derived(dict(reversed(record.items())))


def test_an_id_hangs_on_every_field():
    record = msgspec.defstruct("Record", ["a", "b"])

    assert len({derived(record(a, b)) for a in (None, 1, "1") for b in (None, "")}) == 6


def test_a_person_is_known_by_id_else_by_address():
    assert person("7", "Ana", "ana", "ana@acme.example") == Actor(native_id="7", address="ana@acme.example", name="Ana")
    assert person(None, None, "ana@acme.example") == Actor(native_id="ana@acme.example", address="ana@acme.example")
    assert person(None, "Ana", "ana", None) is None
