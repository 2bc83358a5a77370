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
#: The first word of a place, and the last one -> how many words the longest place has that begins, or ends, with it.
_STARTS: dict[str, int] = {}
_ENDS: dict[str, int] = {}
for _place in _ORDER:
    _first, *_others = _place.split(" ")
    _last = _others[-1] if _others else _first
    _STARTS[_first] = max(_STARTS.get(_first, 0), 1 + len(_others))
    _ENDS[_last] = max(_ENDS.get(_last, 0), 1 + len(_others))
_MOST_WORDS = max(_STARTS.values())
#: A single word that is cut must have so many letters to be known as the beginning of a place.
_CUT = 5
#: What places begin with.
_LEADS = frozenset(place[:_CUT] for place in PLACES)
#: And it must not lack more: `amsterd`, not `spring` for Springfield.
_LOST = 3


def place_at(words: Sequence[str], at: int) -> int:
    """Return of how many words the place is that starts at this one of lower-case words; 0 where none does.

    At the end of the words, or before codes and numbers, a beginning of a place counts as well: `rio de jan`.
    """
    longest, end = _STARTS.get(words[at], 0), len(words)
    whole = next((n for n in range(min(longest, end - at), 0, -1) if " ".join(words[at : at + n]) in PLACES), 0)
    while end > at + 1 and (words[end - 1] in CODES or words[end - 1].isdigit()):
        end -= 1
    return end - at if whole < end - at <= (longest or 1) and _is_cut(words[at:end]) else whole


def in_place(words: Sequence[str], at: int) -> bool:
    """Return whether this one of lower-case words is part of a place that is written out: `PARK` in `menlo park`."""
    for start in range(max(0, at - 3), at + 1):
        count = place_at(words, start)
        if count > at - start and " ".join(words[start : start + count]) in PLACES:
            return True
    return False


def unknown_words(words: Sequence[str], known: frozenset[str]) -> list[str]:
    """Return those of the lower-case words that are neither known nor numbers nor part of a place, in their order."""
    unknown, at = [], 0
    while at < len(words):
        word = words[at]
        is_known = word in known
        place = place_at(words, at) if word in _STARTS or not (is_known or _begins_no_place(word)) else 0
        if not (place or is_known) and (word.isalpha() or not any(map(str.isdigit, word))):
            unknown.append(word)
        at += place or 1
    return unknown


def place_behind(words: Sequence[str]) -> int:
    """Return of how many words the place (or code) is with which the lower-case words end; 0 for none."""
    last, most = words[-1], len(words)
    for count in range(min(_ENDS.get(last, 0), most), 0, -1):
        if " ".join(words[-count:]) in PLACES:
            return count
    if last in CODES:
        return 1
    for count in range(min(_MOST_WORDS, most), 1, -1):
        if _STARTS.get(words[-count], 0) >= count and _is_cut(words[-count:]):
            return count
    return int(not _begins_no_place(last) and _is_cut([last]))


def _begins_no_place(word: str) -> bool:
    """Return whether a word that no place begins with is no beginning of a place either; false is not certain."""
    return len(word) < _CUT or (word[:_CUT] not in _LEADS and word[-2:] not in CODES)


def _is_cut(words: Sequence[str]) -> bool:
    text = " ".join(words) if len(words) > 1 else words[0]
    if len(text) < _CUT:
        return False
    if text[-2:] in CODES and text[:-2] in PLACES:  # `bostonma`
        return True
    if text[:_CUT] not in _LEADS or (len(words) > 1 and words[0] not in _STARTS):
        return False
    at = bisect_left(_ORDER, text)
    if at == len(_ORDER) or not _ORDER[at].startswith(text):
        return False
    whole = _ORDER[at]
    return len(words) > 1 or (text not in _STARTS and len(text) > _CUT and len(whole) - len(text) <= _LOST)
