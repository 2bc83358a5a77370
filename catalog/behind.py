"""What stands behind a seller's name on a statement's line: a place, a trade of somebody else's, or a second clue."""

from __future__ import annotations

from bisect import bisect_left

from catalog.descriptors import is_reference
from catalog.places import PLACE_WORDS, in_place, place_at
from catalog.scripts import BILLED_WORDS
from catalog.words import (
    BILLING,
    CALLINGS,
    CLUES,
    CODES,
    COMPANY,
    CURRENCIES,
    FORMS,
    HOUSE_WORDS,
    LEGAL,
    MERCHANDISE,
    SOFTWARE,
    TEACHING,
    TRADE,
)

#: Legal forms that vendors of software have and corner shops seldom.
_STRONG_LEGAL = frozenset({"inc", "incorporated", "corp", "corporation", "pte", "ou"})
#: Words that companies of the trade are called by, in their order.
_HOUSE_ORDER = sorted(word for word in HOUSE_WORDS | COMPANY | LEGAL if len(word) > 5)
_LEADS = """
    san santa santo sao st saint sankt new los las el la le les bad port porto fort mount north south east west
    nova novo nowa nowy old upper lower great little villa vila ville monte rio ciudad cidade den s upon am im an
    der"""
#: What places of two words begin with, in the languages that they are written in.
_LEADS_OF_PLACES = frozenset(_LEADS.split())
_ENDS = """
    burg berg stadt heim hausen dorf furt bach brueck kirchen weiler ville ston gton nton lton ham hampton wood
    field ford bury mouth port polis grad gorod abad pur nagar shire bridge hurst haven stad borg lund vik
    holm wijk veen drecht kerke ingen owice ovice opol itsa city vale dale minster caster chester
    land"""
#: What the names of towns end with.
_ENDS_OF_PLACES = tuple(_ENDS.split())
#: What may stand behind a seller's name beside places and numbers.
TAIL = FORMS | CODES | CURRENCIES | BILLING | SOFTWARE | HOUSE_WORDS | BILLED_WORDS
#: Words that say that the name in front of them is carried by somebody else.
_ANOTHERS = TRADE | CALLINGS | TEACHING | MERCHANDISE


def is_anothers(tail: tuple[str, ...], own: frozenset[str], unknown: list[str]) -> bool:
    """Return whether a trade or calling stands behind the name, and not as part of a place (`MENLO PARK`)."""
    if _ANOTHERS.isdisjoint(tail):
        return False
    if any(word in _ANOTHERS for word in unknown):
        return True
    for at, word in enumerate(tail):
        if word in _ANOTHERS and word not in own and word not in BILLING:
            return not in_place(tail, at)
    return False


def is_place(head: tuple[str, ...], tail: tuple[str, ...], unknown: list[str]) -> bool:
    """Return whether unknown words are likely a place: behind a legal form, or one or two behind a long coined name.

    Where a legal form follows them, they belong to another company's name (`CHERWELL PACKING LTD`).
    """
    if tail[0] in FORMS or head[-1] in FORMS:
        return len(unknown) <= 3 and not any(word in FORMS for word in tail[tail.index(unknown[0]) :])
    if any(word in FORMS for word in tail):
        return False
    behind = tail[tail.index(unknown[-1]) + 1 :]
    if any(place_at(behind, at) for at in range(len(behind))):
        return False  # the place is known, so that the others are no place: `LUCKY ORANGE FRUIT STAND VALENCIA`
    length = len("".join(head))
    if tail[-1] in CODES:
        return length >= 8 and (len(unknown) == 1 or (len(unknown) == 2 and unknown[0] in _LEADS_OF_PLACES))
    return length >= 8 and len(unknown) == 1 and unknown[0].endswith(_ENDS_OF_PLACES)


def begins_house_word(word: str) -> bool:
    """Return whether a word of four letters or more begins one that companies of the trade are called by: `solu`."""
    at = bisect_left(_HOUSE_ORDER, word) if len(word) >= 4 else len(_HOUSE_ORDER)
    return at < len(_HOUSE_ORDER) and _HOUSE_ORDER[at].startswith(word)


def has_clue(head: tuple[str, ...], tail: tuple[str, ...], own: frozenset[str], *, shortest: int) -> bool:
    """Return whether what follows an ordinary word says that a tool is meant: its trade, a reference, a legal form."""
    if not tail or len("".join(head)) < shortest:
        return False
    while len(tail) > 1 and (tail[0] in CODES or tail[0] in PLACE_WORDS):
        tail = tail[1:]
    reference = len(tail[0]) >= 8 and tail[0].isalnum() and not tail[0].isdigit() and is_reference(tail[0])
    of_the_name = tail[0] in own and tail[0] not in BILLING
    return of_the_name or reference or tail[0] in _STRONG_LEGAL or tail[0] in CLUES or tail[0] in COMPANY
