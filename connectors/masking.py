"""Card numbers are cut to their last four digits before anything else sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MAYBE = re.compile(r"\d(?:[ .\-\u00a0]?\d){12}")
_RUN = re.compile(r"\d+(?:[ .\-\u00a0]\d+)*")
_GROUP = re.compile(r"\d+")
_MASKED = re.compile(r"[\d*xX•●#.…'\s\-\u00a0]*\d{3}[\d'\s\-]*")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def mask_cards(text: str) -> str:
    """Return the text with each run of 13 to 19 digits that passes the Luhn check cut to `****` and its last four.

    The digits may stand in groups parted by one blank, hyphen or dot (ISO/IEC 7812-1 gives length and check digit).
    """
    if not _MAYBE.search(text):
        return text
    return _RUN.sub(lambda run: _masked_run(run[0]), text)


def _masked_run(run: str) -> str:
    groups = [match.span() for match in _GROUP.finditer(run)]
    out, done = [], 0
    for start, end in _cards(run, groups):
        if start >= done:
            out += [run[done:start], "****" + _digits(run[start:end])[-4:]]
            done = end
    return "".join([*out, run[done:]])


def _cards(run: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans of whole groups, leftmost and longest first, that are card numbers."""
    for first, (start, _) in enumerate(groups):
        for _, end in reversed(groups[first : first + 19]):
            digits = _digits(run[start:end])
            if 13 <= len(digits) <= 19 and _luhn(digits):
                yield start, end
                break


def _digits(text: str) -> str:
    return "".join(str(int(c)) for c in text if c.isdecimal())


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def last_four(text: str) -> str | None:
    """Return the last four digits of a card or account number, whole or masked, or None for a label."""
    plain = "".join(text.upper().split())
    if _MASKED.fullmatch(text) or _IBAN.fullmatch(plain):
        digits = _digits(plain)
        return digits[-4:] if len(digits) >= 4 else None
    return None
