"""Values as people say them."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import words


@pytest.mark.parametrize(
    ("micros", "currency", "said"),
    [
        (1_234_560_000, "USD", "USD 1,234.56"),
        (0, "EUR", "EUR 0.00"),
        (-5_000_000, "EUR", "EUR -5.00"),
        (-1, "EUR", "EUR -0.000001"),
        (100_500, "USD", "USD 0.1005"),
        (1_200_000_000, "JPY", "JPY 1,200"),
        (1_500_000, "JPY", "JPY 1.5"),
        (9_007_199_254_740_993_000_001, "USD", "USD 9,007,199,254,740,993.000001"),
    ],
)
def test_money_is_written_exactly(micros, currency, said):
    assert words.amount(micros, currency) == said


@given(st.integers(-(10**24), 10**24))
def test_no_digit_of_an_amount_is_lost(micros):
    said = words.amount(micros, "EUR").removeprefix("EUR ").replace(",", "")
    whole, _, fraction = said.lstrip("-").partition(".")

    assert int(whole) * 10**6 + int(fraction.ljust(6, "0")) == abs(micros)
    assert said.startswith("-") == (micros < 0)


def test_money_in_several_currencies_is_never_added():
    amounts = [{"currency": "EUR", "amount_micros": 1_000_000}, {"currency": "GBP", "amount_micros": 2_000_000}]

    assert words.money(amounts) == "EUR 1.00\nGBP 2.00"


def test_no_charge_is_not_the_same_as_no_cost_and_absent_is_unknown():
    assert words.money([]) == "none seen"
    assert words.money(None) == "unknown"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (None, "unknown"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.42, "42 %"),
        (0.001, "< 1 %"),
        (0.999, "> 99 %"),
        (0.01, "1 %"),
    ],
)
def test_a_share_that_is_not_all_never_looks_like_all(part, said):
    assert words.share(part) == said


@pytest.mark.parametrize(
    ("iso", "zone", "said"),
    [
        ("2026-03-03T14:05:00Z", UTC, "3 Mar 2026, 14:05"),
        ("2026-06-29T23:00:00Z", ZoneInfo("Europe/London"), "30 Jun 2026"),
        ("2026-06-29T23:00:00.500Z", ZoneInfo("Europe/London"), "30 Jun 2026, 00:00"),
        (None, UTC, "unknown"),
    ],
)
def test_a_moment_is_told_in_the_companys_zone(iso, zone, said):
    assert words.moment(iso, zone) == said


def test_a_day_is_told_in_the_companys_zone():
    assert words.day("2026-06-29T23:30:00Z", ZoneInfo("Europe/London")) == "30 Jun 2026"
    assert words.day(None, UTC) == "unknown"


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x9b31mb", "ab"),
        ("one\ntwo\tthree\r\nfour", "one two three four"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("bell\x07\x00\x08", "bell"),
        ("\ud800lone", "lone"),
        ("plain [bold]text[/bold] 😀 Grüße", "plain [bold]text[/bold] 😀 Grüße"),
        ("\x1b", ""),
        ("\x1b[", ""),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(given_, shown):
    assert words.clean(given_) == shown


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_nothing_that_is_shown_can_steer_a_terminal(text):
    shown = words.clean(text)

    assert not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F or 0xD800 <= ord(c) <= 0xDFFF for c in shown)
    assert words.clean(shown) == shown


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "unknown"),
        (True, "yes"),
        (1234, "1,234"),
        (["a", "b"], "a, b"),
        ([], "none"),
        ({"sign_on": "SAML", "hidden": False}, "sign on SAML, hidden no"),
        (0.5, "0.5"),
    ],
)
def test_any_value_of_a_record_can_be_told(value, said):
    assert words.plain(value) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (1200, "1,200 rows")])
def test_counts_agree_with_their_noun(count, said):
    assert words.plural(count, "row") == said


def test_an_odd_plural_is_given():
    assert words.plural(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(("value", "said"), [(None, "unknown"), (True, "yes"), (False, "no")])
def test_unknown_is_a_word_of_its_own(value, said):
    assert words.yes_no(value) == said


def test_a_count_that_is_absent_is_unknown_and_not_zero():
    assert words.number(None) == "unknown"
    assert words.number(0) == "0"
