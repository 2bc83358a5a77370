from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.normal import LONGEST, compact, drop_ends, is_number, key, readable, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HubSpot", "hubspot"),
        ("Hub Spot", "hub spot"),
        ("Quillfox™", "quillfox"),
        ("Red Hat® Enterprise Linux®", "red hat enterprise linux"),
        ("Weights & Biases", "weights and biases"),
        ("Writer's Guild", "writers guild"),
        ("Writer\u2019s Guild", "writers guild"),
        ("Ｑｕｉｌｌｆｏｘ", "quillfox"),  # noqa: RUF001
        ("Qüillföx", "quillfox"),
        ("snake_case-and-dash", "snake case and dash"),
        ("Smartly.io", "smartly io"),
        ("  many\t blanks\n", "many blanks"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_name_is_compared_without_case_marks_and_punctuation(text, expected):
    assert key(text) == expected


def test_a_letter_of_another_script_stays_another_letter():
    assert key("Quillfоx") != key("Quillfox")  # noqa: RUF001 (the o is Cyrillic)


def test_compact_forms_of_one_name_are_equal():
    assert compact("GoTo Webinar") == compact("GoToWebinar") == compact("goto-webinar")


@pytest.mark.parametrize("text", ["", "   ", "a" * (LONGEST + 1), "a\u200bb", "\u202ehubspot", "a\x00b", "\ud800x"])
def test_text_that_no_name_looks_like_is_unreadable(text):
    assert readable(text) is None


def test_readable_text_has_its_white_space_collapsed():
    assert readable("  Hub \t Spot\n") == "Hub Spot"


def test_ends_are_dropped_until_one_word_is_left():
    ends = frozenset({"sso", "prod"})

    assert drop_ends(("prod", "quillfox", "sso", "prod"), ends) == ("quillfox",)
    assert drop_ends(("sso", "prod"), ends) == ("sso",)
    assert drop_ends((), ends) == ()


def test_a_word_of_the_ends_inside_stays():
    assert drop_ends(("a", "sso", "b"), frozenset({"sso"})) == ("a", "sso", "b")


@pytest.mark.parametrize(("word", "expected"), [("3", True), ("v2", True), ("365", True), ("v", False), ("2b", False)])
def test_versions_are_numbers(word, expected):
    assert is_number(word) is expected


@given(st.text(max_size=400))
def test_normalising_a_key_again_changes_nothing(text):
    once = key(text)

    assert key(once[:LONGEST]) == " ".join(tokens(once[:LONGEST]))


@given(st.text(max_size=200))
def test_tokens_hold_no_blank_and_no_capital_letter(text):
    for word in tokens(text):
        assert word
        assert not any(c.isspace() for c in word)
        assert word == word.casefold() or not word.isascii()
