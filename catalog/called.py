"""What a seller is called on a statement's line: its name as it is known, or what the field left of it."""

from __future__ import annotations

from bisect import bisect_left

from catalog.descriptors import Descriptor, Via
from catalog.found import Found
from catalog.lengths import may_be, of_length_or_more
from catalog.normal import tokens
from catalog.tables import Hit, Tables
from catalog.words import BILLING, BORNE, CODES
from model.match import Matcher

#: Of a name in one word the field leaves off at most such a share, and so many letters of its last word stay.
_LOST, _WITHIN = 0.3, 3
#: A field that was cut is full: prefixes and name have so many characters, or more.
_FILLED = 19
#: A name must be cut at this length or later to be known from its beginning.
_CUT = 8
_DIRECT, _TILL = Via.DIRECT, Via.TILL
_DESCRIPTOR = Matcher.DESCRIPTOR


def found_as(hit: Hit, matched: str, confidence: float) -> Found:
    """Return what was found by the words of a descriptor, with the sentence that says so."""
    return Found(hit.id, _DESCRIPTOR, matched, confidence, f"The descriptor's “{matched}” is {{name}}.")


def look_up(tables: Tables, words: tuple[str, ...]) -> Hit | None:
    """Return the hit of words that are a whole name of a seller; without their blanks only where it is sure."""
    form = "".join(words)
    if not may_be(tables.lengths, form):
        return None
    hit = tables.sellers.get(" ".join(words))
    if hit is not None:
        return hit
    if len(form) >= 6:
        hit = tables.sellers.get(tables.seller_joined.get(form, ""))
        return hit if hit is not None and hit.sure and form not in BORNE else None
    return None


def by_beginning(tables: Tables, parsed: Descriptor) -> Found | None:
    """Match a name that the field cut off: at least 8 letters, the beginning of one tool's names only."""
    if any(host.count(".") > 1 for host in parsed.domains):
        return None  # `majestic.co.uk` is a whole host, and none of a tool's
    words = _without_end(tokens(parsed.seller))
    if parsed.via is _DIRECT and len(words) > 1 and len(words[-1]) == 1:
        return None  # one letter tells no product of a house: `SPOTIFY P`
    form = "".join(words)
    if not _CUT <= len(form) <= 30 or form in BILLING or not of_length_or_more(tables.lengths, form):
        return None
    names = _starting(tables.seller_order, form)
    if not names or (parsed.via is _DIRECT and _starting(tables.seller_names, " ".join(words) + " ")):
        return None
    hit = tables.sellers[tables.seller_joined[names[0]]]
    one = all(name.startswith(names[0]) or tables.sellers[tables.seller_joined[name]].id == hit.id for name in names)
    if not one or not hit.sure:
        return None
    filled = parsed.start + len(" ".join(words)) >= _FILLED
    if len(words) == 1:
        name = tables.seller_joined[names[0]]
        cut = (filled or len(names[0]) - len(form) == 1) and is_cut_within(name, form)
    else:
        cut = filled or parsed.via is _DIRECT or len(words[-1]) > _WITHIN
    return found_as(hit, form, 0.7) if cut else None


def is_cut_within(name: str, form: str) -> bool:
    """Return whether one word that begins a name was cut by the field, and is no whole word of its own.

    The field cuts within a word, where most of the name was printed: `PRINTING` and `INDEPENDENT` are words.
    """
    lost = len(name.replace(" ", "")) - len(form)
    if form in BORNE or lost > _LOST * (len(form) + lost):
        return False
    at = 0
    for word in name.split(" "):
        at += len(word)
        if at >= len(form):
            return at > len(form) and len(form) - (at - len(word)) >= _WITHIN
    return False


def _without_end(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without numbers and codes at their end."""
    stop = len(words)
    while stop > 1 and (words[stop - 1].isdigit() or (stop > 2 and words[stop - 1] in CODES)):
        stop -= 1
    return words[:stop]


def begins_longer(tables: Tables, parsed: Descriptor) -> bool:
    """Return whether the text behind a reseller or wallet begins a longer name: `CONSTANT CO`, `MICROSOFT A`."""
    if parsed.via is _DIRECT or parsed.via is _TILL:
        return False
    words = tokens(parsed.seller)
    if len(words) < 2 or not of_length_or_more(tables.lengths, "".join(words)):
        return False
    return look_up(tables, words) is None and bool(_starting(tables.seller_names, " ".join(words)))


def _starting(names: list[str], start: str) -> list[str]:
    """Return the names that start so, shortest first; none where there are 30 or more."""
    at = bisect_left(names, start)
    if at == len(names) or not names[at].startswith(start):
        return []
    found = [name for name in names[at : at + 30] if name.startswith(start)]
    return sorted(found, key=len) if len(found) < 30 else []
