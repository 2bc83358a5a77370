"""Amounts: exact in every notation, and never zero for what is none."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.amounts import CURRENCIES, DecimalVotes, currency_in, detect_decimal, is_negative, parse_amount
from model.errors import Malformed

MICROS = st.integers(-(10**15), 10**15)
CENTS = st.integers(1, 10**13)
GAPS = {mark: (other, *"'\u2019 \u00a0\u2009\u202f") for mark, other in (".,", ",.")}


def written(cents, decimal, gap):
    """Write an amount of cents with thousands apart."""
    return f"{cents // 100:,}".replace(",", gap) + f"{decimal}{cents % 100:02d}"


@pytest.mark.parametrize(
    ("text", "decimal", "micros"),
    [
        ("72.61", ".", 72_610_000),
        ("-72.61", ".", -72_610_000),
        ("0.00 ", ".", 0),
        (" 0.00", ".", 0),
        ("1,234.56", ".", 1_234_560_000),
        ("1.234,56", ",", 1_234_560_000),
        ("1 234,56", ",", 1_234_560_000),
        ("1\u00a0234,56", ",", 1_234_560_000),
        ("1\u2009234.56", ".", 1_234_560_000),
        ("1'234'567.80", ".", 1_234_567_800_000),
        ("1,23,456.00", ".", 123_456_000_000),
        ("(72.61)", ".", -72_610_000),
        ("72.61-", ".", -72_610_000),
        ("\u221272.61", ".", -72_610_000),
        ("\u201372.61", ".", -72_610_000),
        ("72.61 CR", ".", -72_610_000),
        ("72.61cr", ".", -72_610_000),
        ("72.61 DR", ".", 72_610_000),
        ("+72.61", ".", 72_610_000),
        ("£72.61", ".", 72_610_000),
        ("-£72.61", ".", -72_610_000),
        ("£-72.61", ".", -72_610_000),
        ("(£72.61)", ".", -72_610_000),
        ("$ (72.61)", ".", -72_610_000),
        ("EUR 72,61", ",", 72_610_000),
        ("72,61 €", ",", 72_610_000),
        ("72,61- EUR", ",", -72_610_000),
        ("Fr. 72.61", ".", 72_610_000),
        ("US$72", ".", 72_000_000),
        ("1200 kr", ",", 1_200_000_000),
        ("¥1,200", ".", 1_200_000_000),
        (".50", ".", 500_000),
        ("-.50", ".", -500_000),
        ("0.000001", ".", 1),
        ("12.340000000000002", ".", 12_340_000),
        ("0.0000005", ".", 0),
        ("0.0000015", ".", 2),
        ("9223372036854.775807", ".", 2**63 - 1),
    ],
)
def test_each_notation_gives_its_micros(text, decimal, micros):
    assert parse_amount(text, decimal) == micros


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-",
            "abc",
            "n/a",
            "NULL",
            "1e5",
            "0x10",
            "1.2.3",
            "12,50",
            "1,2345.00",
            "12,34.00",
            "1 23.00",
            "--5",
            "5--",
        ),
        *(
            "(5.00",
            "5.00)",
            "-5.00 DR",
            "+5.00 CR",
            "5.00 6.00",
            "5 of 12",
            "5.",
            "12,-",
            "AUDI 5.00",
            "5.00 apples",
            "٣",
            "½",
        ),
        *("9223372036854.775808", "9" * 400, "1,234,56", "1,234 567.00", "#REF!", "=1+1"),
    ],
)
def test_what_is_no_amount_is_malformed_and_never_zero(text):
    with pytest.raises(Malformed):
        parse_amount(text, ".")


def test_a_message_never_quotes_the_content():
    with pytest.raises(Malformed) as caught:
        parse_amount("4111 hunter2", ".")

    assert "hunter2" not in str(caught.value)


@given(CENTS, st.sampled_from([".", ","]), st.data())
def test_an_amount_comes_back_from_every_notation(cents, decimal, data):
    gap = data.draw(st.sampled_from(("", *GAPS[decimal])))
    text, micros = written(cents, decimal, gap), cents * 10_000

    for form in ("{}", " {} ", "+{}", "£{}", "{} €", "EUR {}", "{} USD", "{} DR", "$ {}"):
        assert parse_amount(form.format(text), decimal) == micros
    for form in ("-{}", "{}-", "({})", "- {}", "£-{}", "-£{}", "(€{})", "{} CR", "{}- EUR", "\u2212{}", "USD -{}"):
        assert parse_amount(form.format(text), decimal) == -micros


@given(MICROS)
def test_micros_are_exact_to_the_last_digit(micros):
    assert parse_amount(f"{Decimal(micros).scaleb(-6):f}", ".") == micros


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=12))
def test_digits_below_a_micro_are_rounded_half_even(amount):
    exact = int((amount * 10**6).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))

    assert parse_amount(f"{amount:f}", ".") == exact


@given(st.text(), st.sampled_from([".", ","]))
def test_whatever_a_cell_holds_is_an_integer_or_malformed(text, decimal):
    try:
        found = parse_amount(text, decimal)
    except Malformed:
        return
    assert type(found) is int
    assert abs(found) < 2**63


@given(st.lists(CENTS, min_size=1), st.sampled_from([".", ","]), st.data())
def test_the_decimal_mark_of_a_column_with_cents_is_found(amounts, decimal, data):
    gap = data.draw(st.sampled_from(("", *GAPS[decimal])))

    assert detect_decimal(written(cents, decimal, gap) for cents in amounts) == decimal


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["72.61", "5.00"], "."),
        (["72,61"], ","),
        (["1.234,56"], ","),
        (["1,234.56"], "."),
        (["1,234,567"], "."),
        (["1.234.567"], ","),
        (["0.125"], "."),
        (["12", "1200"], None),
        (["1,234"], None),
        ([], None),
        (["", "n/a"], None),
        (["1,234", "72.61"], "."),
        (["£1,234", "72,5 €"], ","),
    ],
)
def test_the_decimal_mark_is_read_from_the_column_or_left_open(cells, decimal):
    assert detect_decimal(cells) == decimal


def test_a_sole_mark_before_three_digits_parts_thousands_where_nothing_else_tells():
    votes = DecimalVotes()
    votes.add("1.234")

    assert votes.decimal() is None
    assert votes.doubtful
    assert votes.likely() == ","


def test_whole_numbers_leave_no_doubt():
    votes = DecimalVotes()
    votes.add("1234")

    assert not votes.doubtful
    assert votes.likely() == "."


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("5.00", False),
        ("-5.00", True),
        ("5,00-", True),
        ("(5)", True),
        ("0.00", None),
        ("-0,00", None),
        ("", None),
        ("x", None),
    ],
)
def test_the_sign_shows_without_the_decimal_mark(text, negative):
    assert is_negative(text) is negative


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("£5", "GBP"),
        ("5 €", "EUR"),
        ("US$5", "USD"),
        ("$5", None),
        ("5 kr", None),
        ("5 chf", "CHF"),
        ("5", None),
        ("", None),
    ],
)
def test_only_a_sign_that_is_one_currencys_names_it(text, code):
    assert currency_in(text) == code


def test_the_codes_are_codes():
    assert {"EUR", "USD", "GBP", "INR"} <= CURRENCIES
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
