"""Empty, endless and unprintable words are refused before anything is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.plain_words import LONGEST, LONGEST_NAME, name, passage
from model.errors import Refused


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_is_no_reason_and_no_name(text):
    with pytest.raises(Refused, match="add --reason TEXT"):
        passage(text, "the reason", "--reason")
    with pytest.raises(Refused, match=r"empty|control"):
        name(text, "the name")


@pytest.mark.parametrize("text", ["a" * 100_000, "a" * (LONGEST + 1)])
def test_a_reason_of_a_hundred_kilobytes_is_refused(text):
    with pytest.raises(Refused, match="10,000 characters at most: name the document"):
        passage(text, "the reason", "--reason")


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[31mb", "a\x7fb", "a\x85b", "a\ud800b"])
def test_control_characters_are_refused_and_not_repeated(text):
    for check in (lambda: passage(text, "the reason", "--reason"), lambda: name(text, "the name")):
        with pytest.raises(Refused, match="control characters") as caught:
            check()
        assert text not in str(caught.value)


def test_a_name_that_turns_the_direction_of_reading_is_refused():
    with pytest.raises(Refused, match="control characters"):
        name("Hub\u202etopS", "the name")


@pytest.mark.parametrize("text", ["a" * (LONGEST_NAME + 1), "a" * 4096])
def test_a_name_of_four_kilobytes_is_refused(text):
    with pytest.raises(Refused, match="200 characters at most"):
        name(text, "the name")


def test_lines_stay_lines_and_names_are_one_line():
    assert passage(" one\r\ntwo\t3 ", "the reason", "--reason") == "one\ntwo\t3"
    assert name("  Quill   Fox ", "the name") == "Quill Fox"
    assert name("العربية 👩‍💻", "the name") == "العربية 👩‍💻"


@given(st.text(max_size=300))
def test_what_is_taken_is_taken_again_as_it_is(text):
    for take in (lambda given: passage(given, "it", "--for"), lambda given: name(given, "it")):
        try:
            taken = take(text)
        except Refused:
            continue
        assert take(taken) == taken
