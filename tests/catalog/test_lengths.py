from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.lengths import LEAD, lengths_of, may_be, of_length_or_more, stops

WORD = st.text("abc", min_size=1, max_size=40)
WORDS = st.lists(WORD, min_size=1, max_size=8).map(tuple)
NAMES = st.lists(WORDS.map(" ".join), max_size=6)


def test_names_are_told_by_their_first_letters_and_their_length_without_blanks():
    assert lengths_of(["quill fox", "quillfoxes", "fox"]) == {"quill": 1 << 8 | 1 << 10}


def test_a_lead_may_be_shorter():
    assert lengths_of(["fox", "fo"], 3) == {"fox": 1 << 3}


@pytest.mark.parametrize(("form", "expected"), [("quillfox", True), ("quillfo", False), ("adlight", False)])
def test_only_a_name_of_that_length_may_be_one(form, expected):
    assert may_be(lengths_of(["quill fox"]), form) is expected


@pytest.mark.parametrize(
    ("form", "expected"), [("quillfox", True), ("quillf", True), ("quillfoxes", False), ("adlig", False)]
)
def test_what_is_longer_than_all_names_begins_none(form, expected):
    assert of_length_or_more(lengths_of(["quill fox"]), form) is expected


def test_what_is_too_short_to_tell_may_be_a_name():
    assert may_be({}, "q" * (LEAD - 1))
    assert of_length_or_more({}, "q" * (LEAD - 1))


def test_the_largest_number_of_words_comes_first_and_others_are_left_out():
    lengths = lengths_of(["quillfox", "quillfox crm suite"])

    assert stops(lengths, ("quillfox", "crm", "suite", "emea"), 7) == [3, 1]
    assert stops(lengths, ("quillfox", "crm", "suite", "emea"), 2) == [1]
    assert stops(lengths, ("quillfox", "crm", "suite", "emea"), 7, 2) == [3]
    assert stops(lengths, ("adlight", "crm"), 7) == []


@given(NAMES, WORDS, st.integers(1, 8), st.integers(1, 3))
def test_no_name_that_words_begin_with_is_missed(names, words, most, least):
    lengths = lengths_of(names)
    forms = {name.replace(" ", "") for name in names}

    found = stops(lengths, words, most, least)

    known = [n for n in range(min(len(words), most), least - 1, -1) if "".join(words[:n]) in forms]
    assert set(known) <= set(found)
    assert found == sorted(found, reverse=True)
    assert all(least <= n <= most for n in found)


@given(NAMES, st.integers(0, 50))
def test_every_name_and_every_beginning_of_one_may_be(names, cut):
    lengths = lengths_of(names)

    for name in names:
        form = name.replace(" ", "")
        assert may_be(lengths, form)
        assert of_length_or_more(lengths, form[:cut])
