"""Prices as people type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.prices import NoPrice, price_of


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1200", "EUR", 1200),
        ("1,200.50", "EUR", 1200.5),
        ("1.200,50", "EUR", 1200.5),
        ("12.000", "EUR", 12_000),
        ("12,000", "USD", 12_000),
        ("12 000", "EUR", 12_000),
        ("12\u00a0000,5", "EUR", 12_000.5),
        ("12'000.50", "CHF", 12_000.5),
        ("1.200.300", "EUR", 1_200_300),
        ("12,5", "EUR", 12.5),
        ("€500", "EUR", 500),
        ("500 €", "EUR", 500),
        ("EUR 500", "EUR", 500),
        ("500 eur", "EUR", 500),
        ("$99", "USD", 99),
        ("0", "EUR", 0),
    ],
)
def test_a_price_is_read_as_it_is_meant(typed, currency, amount):
    assert price_of(typed, currency) == amount * 1_000_000


@pytest.mark.parametrize(
    "typed", ["", "free", "-5", "1,2345", "12.00,5", "1..2", "9" * 13, "5 per seat", "1e5", "=1+1"]
)
def test_what_is_no_price_is_said_to_be_none(typed):
    with pytest.raises(NoPrice):
        price_of(typed, "EUR")


def test_a_sign_of_another_currency_is_asked_about():
    with pytest.raises(NoPrice, match="choose its currency"):
        price_of("$500", "EUR")


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_every_way_to_write_an_amount_means_the_same(whole, cents):
    wanted = whole * 1_000_000 + cents * 10_000
    for written in (f"{whole}.{cents:02d}", f"{whole:,}.{cents:02d}", f"{whole},{cents:02d}"):
        assert price_of(written, "EUR") == wanted
    german = f"{whole:,}.{cents:02d}".translate(str.maketrans(",.", ".,"))
    assert price_of(german, "EUR") == wanted


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    with suppress(NoPrice):
        assert price_of(text, "EUR") >= 0
