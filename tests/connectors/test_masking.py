"""A full card number never survives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.masking import last_four, mask_cards


def luhn_digit(body):
    total = 0
    for place, digit in enumerate(reversed(body)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


CARDS = st.text("0123456789", min_size=12, max_size=18).map(lambda body: body + luhn_digit(body))
SIXTEEN = st.text("0123456789", min_size=15, max_size=15).map(lambda body: body + luhn_digit(body))
#: Words without digits around a number, as a longer run of digits is no card number.
WORDS = st.text(st.characters(categories=("L", "Po")), max_size=10)


@given(CARDS, WORDS, WORDS)
def test_a_card_number_in_a_text_is_cut_to_four_digits(card, before, after):
    masked = mask_cards(f"{before} {card} {after}")

    assert card not in masked
    assert f"****{card[-4:]}" in masked
    assert masked.startswith(before)
    assert masked.endswith(after)


@given(SIXTEEN, st.sampled_from([" ", "-", ".", "\u00a0"]))
def test_a_grouped_card_number_is_cut_too(card, gap):
    grouped = gap.join(card[at : at + 4] for at in range(0, 16, 4))

    assert mask_cards(f"CARD {grouped} GA") == f"CARD ****{card[-4:]} GA"


def test_a_number_before_a_card_does_not_hide_it():
    assert mask_cards("03 4111 1111 1111 1111") == "03 ****1111"
    assert mask_cards("no 7 4111111111111111") == "no 7 ****1111"


@pytest.mark.parametrize(
    "text", ["", "MAILCHIMP *MISC", "ref 4111111111111112", "650-5434000", "123456789012", "4" * 20]
)
def test_what_is_no_card_number_stays(text):
    assert mask_cards(text) == text


@given(st.text())
def test_masking_twice_is_masking_once(text):
    assert mask_cards(mask_cards(text)) == mask_cards(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("************5770", "5770"),
        ("XXXX-XXXXXX-12345", "2345"),
        ("-12345", "2345"),
        ("'5770", "5770"),
        ("5770", "5770"),
        ("4111 1111 1111 1111", "1111"),
        ("DE89 3704 0044 0532 0130 00", "3000"),
        ("GB29NWBK60161331926819", "6819"),
        ("577", None),
        ("Marketing", None),
        ("Marketing 5770", None),
        ("", None),
    ],
)
def test_of_an_account_number_the_last_four_stay(text, digits):
    assert last_four(text) == digits
