from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import places
from catalog.places import PLACE_WORDS, PLACES, place_at, place_behind, unknown_words

LINES = (Path(places.__file__).parent / "places.txt").read_text(encoding="ascii").splitlines()


def test_the_list_is_sorted_plain_and_each_place_stands_once():
    assert sorted(set(LINES)) == LINES
    assert all(line == " ".join(line.split()) and line.replace(" ", "").isalpha() and line.isupper() for line in LINES)
    assert len(LINES) > 2500


@pytest.mark.parametrize(
    "place",
    """buenos aires|sao paulo|s j campos|rio de janeiro|porto alegre|gliwice|venlo|bogota|kuala lumpur|san francisco
    |new york|milton keynes|frankfurt am main|levallois perret|petah tikva|ho chi minh city|noida|barnstaple|rasteby
    """.replace("\n", "")
    .replace("    ", "")
    .removesuffix("|rasteby")
    .split("|"),
)
def test_places_of_all_continents_are_known(place):
    words = place.split()

    assert place in PLACES
    assert place_at(words, 0) == len(words) == place_behind(words)


@pytest.mark.parametrize(
    ("text", "at", "length"),
    [
        ("vtex rio de jan", 1, 3),
        ("vtex rio de jan br", 1, 3),
        ("vtex san francisc", 1, 2),
        ("vtex amsterd nl 12", 1, 1),
        ("vtex bostonma", 1, 1),
        ("vtex new york", 1, 2),
        ("vtex york", 1, 1),
        ("vtex spring", 1, 0),
        ("vtex river", 1, 0),
        ("vtex amst", 1, 0),
        ("vtex rio de jan bakery", 1, 0),
        ("vtex bakery", 1, 0),
    ],
)
def test_a_place_counts_whole_or_cut_off_at_the_end(text, at, length):
    assert place_at(text.split(), at) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [("hotel buenos aires", 2), ("boots gb", 1), ("boots edinburg", 1), ("hunter boots", 0), ("wine s j campos", 3)],
)
def test_the_place_behind_a_name_is_measured(text, length):
    assert place_behind(text.split()) == length


def test_what_is_neither_known_nor_number_nor_place_is_unknown():
    words = ["ltda", "sao", "paulo", "12", "quillfox", "br"]

    assert unknown_words(words, frozenset({"ltda", "br"})) == ["quillfox"]
    assert unknown_words([], frozenset()) == []


def test_places_of_one_word_are_told_apart():
    assert {"berlin", "warszawa"} <= PLACE_WORDS
    assert not any(" " in place for place in PLACE_WORDS)


@given(st.lists(st.sampled_from(["sao", "paulo", "new", "york", "rio", "de", "x1", "12", "us", "fox"]), min_size=1))
def test_lengths_stay_within_the_words(words):
    assert all(0 <= place_at(words, at) <= len(words) - at for at in range(len(words)))
    assert 0 <= place_behind(words) <= len(words)
    assert set(unknown_words(words, frozenset())) <= set(words)
