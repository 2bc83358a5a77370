"""Places of the world as statements print them behind a seller's name: whole, cut off, or with a code glued to them.

`places.txt` has one place a line, in upper case without accents: cities, states, provinces and countries, in the
spellings and abbreviations that acquirers send (card schemes leave 13 characters to the city).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from catalog.words import CODES

#: The names, lower case, words parted by one blank.
PLACES = frozenset((Path(__file__).parent / "places.txt").read_text(encoding="ascii").lower().split("\n")) - {""}
#: Those of one word.
PLACE_WORDS = frozenset(place for place in PLACES if " " not in place)
_ORDER = sorted(PLACES)
_STARTS = frozenset(place.partition(" ")[0] for place in PLACES)
_ENDS = frozenset(place.rpartition(" ")[2] for place in PLACES)
_MOST_WORDS = max(place.count(" ") for place in PLACES) + 1
#: A single word that is cut must have so many letters to be known as the beginning of a place.
_CUT = 5
#: And it must not lack more: `amsterd`, not `spring` for Springfield.
_LOST = 3


def place_at(words: Sequence[str], at: int) -> int:
    """Return of how many words the place is that starts at this one of lower-case words; 0 where none does.

    At the end of the words, or before codes and numbers, a beginning of a place counts as well: `rio de jan`.
    """
    if words[at] in _STARTS:
        for stop in range(min(at + _MOST_WORDS, len(words)), at, -1):
            if " ".join(words[at:stop]) in PLACES:
                return stop - at
    end = len(words)
    while end > at + 1 and (words[end - 1] in CODES or words[end - 1].isdigit()):
        end -= 1
    return end - at if end - at <= _MOST_WORDS and _is_cut(words[at:end]) else 0


def unknown_words(words: Sequence[str], known: frozenset[str]) -> list[str]:
    """Return those of the lower-case words that are neither known nor numbers nor part of a place, in their order."""
    unknown, at = [], 0
    while at < len(words):
        word = words[at]
        place = place_at(words, at) if word not in known or word in _STARTS else 0
        if not place and word not in known and (word.isalpha() or not any(map(str.isdigit, word))):
            unknown.append(word)
        at += place or 1
    return unknown


def place_behind(words: Sequence[str]) -> int:
    """Return of how many words the place (or code) is with which the lower-case words end; 0 for none."""
    last = words[-1]
    if last in _ENDS:
        for count in range(min(_MOST_WORDS, len(words)), 0, -1):
            if " ".join(words[-count:]) in PLACES:
                return count
    if last in CODES:
        return 1
    starts = (count for count in range(min(_MOST_WORDS, len(words)), 0, -1) if words[-count] in _STARTS or count == 1)
    return next((count for count in starts if _is_cut(words[-count:])), 0)


def _is_cut(words: Sequence[str]) -> bool:
    text = " ".join(words) if len(words) > 1 else words[0]
    if len(text) < _CUT:
        return False
    if text[-2:] in CODES and text[:-2] in PLACES:  # `bostonma`
        return True
    if len(words) > 1 and words[0] not in _STARTS:
        return False
    at = bisect_left(_ORDER, text)
    if at == len(_ORDER) or not _ORDER[at].startswith(text):
        return False
    whole = _ORDER[at]
    return len(words) > 1 or (text not in _STARTS and len(text) > _CUT and len(whole) - len(text) <= _LOST)
