"""Names as charts draw them: cleaned, measured by a cautious guess of their width, shortened and wrapped."""

from __future__ import annotations

import functools
import re
import unicodedata

from reports.words import clean

#: Size of all text in units of the viewBox. A chart of 320 units has text of 11 px from 294 px of width on.
SIZE = 12.0
NO_NAME = "no name"
CUT = "…"
#: Of longer names no more is looked at: nothing that is drawn is ever so long.
_LONGEST = 300
#: Not allowed in XML 1.0 and not taken out by `clean`.
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
#: Widths in thousandths of an em, the larger of DejaVu Sans and Liberation Sans, measured in Chromium.
_WIDTHS = {
    **dict.fromkeys("'", 270),
    **dict.fromkeys("ijlIJ", 290),
    **dict.fromkeys(" ,.\u00a0\u202f\u2009", 320),
    **dict.fromkeys("/:;\\|f-", 360),
    **dict.fromkeys("()[]t!r", 415),
    **dict.fromkeys('"*_`sz?–', 525),  # noqa: RUF001 (the dash between two numbers)
    **dict.fromkeys("ckFLvxyJ", 600),
    **dict.fromkeys("abdeghnopqu$0123456789{}TPYESK€£¥\u2212", 680),
    **dict.fromkeys("AVBRXZCUHN&", 760),
    **dict.fromkeys("DGOQw#+<=>^~", 840),
    **dict.fromkeys("MWm%@…—", 1000),
}
#: Single characters that stand for whole phrases or rules, and are as wide as those.
_GIANTS = {0xFDFA: 3, 0xFDFB: 3, 0xFDFD: 12, 0x2E3A: 2, 0x2E3B: 3, 0x12219: 4, 0x1242B: 4, 0xA9C5: 4}
_JOINERS = frozenset("\u200d\ufe0f\ufe0e")


def shown(text: str) -> str:
    """Return a name as it may be shown: on one line, no control characters, and never blank."""
    found = _NONCHARACTERS.sub("", clean(text))
    return found if any(_width(sign) and not sign.isspace() for sign in found[:_LONGEST]) else NO_NAME


@functools.lru_cache(maxsize=4096)
def _width(sign: str) -> float:
    """Return the width of a character in ems; too wide rather than too narrow where the typeface is not known."""
    if sign in _WIDTHS:
        return _WIDTHS[sign] / 1000
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0.0
    if ord(sign) in _GIANTS:
        return float(_GIANTS[ord(sign)])
    if ord(sign) < 0x250:
        return 1.0 if unicodedata.category(sign) == "Lt" else 0.85
    return 1.4 if ord(sign) > 0xFFFF else 1.2


#: Size of bold text to measure it by: it is so much wider than other text of its size.
BOLD = SIZE * 1.13


def width(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is, in the unit of `size`."""
    return sum(map(_width, text)) * size


def _tame(text: str) -> str:
    """Return text with no more than two marks upon a letter, so that no pile of them reaches into other lines."""
    kept: list[str] = []
    marks = 0
    for sign in text[:_LONGEST]:
        marks = marks + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if marks <= 2:
            kept.append(sign)
    return "".join(kept)


def _parts_joined(text: str, at: int) -> bool:
    """Whether a cut before `at` would part a letter from its mark, or one emoji from the next it is joined with."""
    return text[at] in _JOINERS or text[at - 1] == "\u200d" or unicodedata.category(text[at]) in {"Mn", "Me"}


def _prefix(text: str, room: float, size: float) -> int:
    """Return how many of the first characters have room."""
    left, count = room / size + 1e-9, 0
    for sign in text:
        left -= _width(sign)
        if left < 0:
            break
        count += 1
    while 0 < count < len(text) and _parts_joined(text, count):
        count -= 1
    return count


def fit(text: str, room: float, size: float = SIZE) -> str:
    """Return a name that is no wider than `room`, cut with an ellipsis where it would be."""
    whole = shown(text)
    tamed = _tame(whole)
    if len(whole) <= _LONGEST and width(tamed, size) <= room:
        return tamed
    return tamed[: _prefix(tamed, room - width(CUT, size), size)].rstrip() + CUT


def wrap(text: str, room: float, lines: int, size: float = SIZE) -> list[str]:
    """Return a name on at most so many lines, each no wider than `room`; the last is cut where it would be."""
    rest = _tame(shown(text))
    found: list[str] = []
    whole = len(shown(text)) <= _LONGEST
    while len(found) < lines - 1 and width(rest, size) > room:
        count = _prefix(rest, room, size)
        if not count:
            break
        blank = rest.rfind(" ", 1, count + 1)
        count = blank if blank > 0 else count
        found.append(rest[:count].rstrip())
        rest = rest[count:].lstrip()
    return [*found, fit(rest if whole else rest + CUT * _LONGEST, room, size)]
