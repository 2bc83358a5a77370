"""What people write, checked before anything is done with it: empty, endless and unprintable words are refused."""

from __future__ import annotations

import unicodedata

from model.errors import Refused

#: Characters of a reason or a purpose, and of a name.
LONGEST, LONGEST_NAME = 10_000, 200
#: Characters that turn the direction of what follows: with them a name can be made to read as another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LAYOUT = frozenset("\n\t")


def passage(text: str, what: str, option: str) -> str:
    """Return a text of several lines, trimmed. Raises Refused, which names what it is and the option that says it."""
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Refused(f"{what} is missing: add {option} TEXT")
    if len(said) > LONGEST:
        raise Refused(f"{what} has {LONGEST:,} characters at most: name the document that says the rest")
    if any(_is_control(c) for c in said if c not in _LAYOUT):
        raise Refused(f"{what} holds control characters: write it as plain text")
    return said


def name(text: str, what: str) -> str:
    """Return a name in one line, its blanks made one each. Raises Refused, which says what of it is none."""
    if any(_is_control(c) or c in _TURNING for c in text):
        raise Refused(f"{what} holds control characters: write it as plain text")
    said = " ".join(text.split())
    if not said:
        raise Refused(f"{what} is empty")
    if len(said) > LONGEST_NAME:
        raise Refused(f"{what} has {LONGEST_NAME} characters at most")
    return said


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}
