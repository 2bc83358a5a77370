"""How long the names of a table are, by the letters that they begin with: a cheap look says that no name can be there.

Most words of most texts begin no name. One look-up in a small table then does in place of two in large ones for every
number of words that a name may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Names are told by so many letters at their beginning; shorter ones are not in these tables.
LEAD = 5
#: First letters -> the lengths (letters, without blanks) of the names that begin so, a bit each.
Lengths = Mapping[str, int]


def lengths_of(names: Iterable[str], lead: int = LEAD) -> dict[str, int]:
    """Return the lengths of names by their first `lead` letters, blanks left out."""
    found: dict[str, int] = {}
    for name in names:
        form = name.replace(" ", "")
        if len(form) >= lead:
            found[form[:lead]] = found.get(form[:lead], 0) | 1 << len(form)
    return found


def may_be(lengths: Lengths, form: str) -> bool:
    """Return whether words written without blanks may be a name; false is certain."""
    size = len(form)
    return size < LEAD or lengths.get(form[:LEAD], 0) >> size & 1 == 1


def of_length_or_more(lengths: Lengths, form: str) -> bool:
    """Return whether words written without blanks may begin a name, or be one; false is certain."""
    size = len(form)
    return size < LEAD or lengths.get(form[:LEAD], 0) >> size > 0


def stops(lengths: Lengths, words: tuple[str, ...], most: int, least: int = 1) -> list[int]:
    """Return of how many of the words, from the first on, a name may be: at most `most`, the largest number first."""
    if len(words) > most:
        words = words[:most]
    whole = "".join(words)
    bits = lengths.get(whole[:LEAD], 0)
    if not bits and words and len(words[0]) >= LEAD:
        return []
    found, size = [], 0
    for at, word in enumerate(words, 1):
        size += len(word)
        longer = bits >> size
        if size >= LEAD and not longer:
            break
        if (longer & 1 or size < LEAD) and at >= least:
            found.append(at)
    found.reverse()
    return found
