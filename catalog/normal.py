"""Normalisation of names: the form in which names are compared, and what an IdP's admin adds around them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: No name that anybody gives to an app is longer; what is longer is not looked at.
LONGEST = 256

_MARKS = str.maketrans("", "", "™®©℠'’‘`´")  # noqa: RUF001 (apostrophes as people type them)
_WORD = re.compile(r"[^\W_]+")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
#: Letters in lower case and digits stay, all else is a blank: two thirds of a regular expression's time.
_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() and code < 128 else 32 for code in range(256))
#: Letters that are written without blanks, decomposed: Hangul, kana, Han.
_GLUED = "\u1100-\u11ff\u3041-\u30ff\u3400-\u9fff"
_SEAM = re.compile(f"(?<=[a-z0-9])(?=[{_GLUED}])|(?<=[{_GLUED}])(?=[a-z0-9])")
#: Marks of encoding that copying leaves at either end of a text, and that change nothing there.
_STRAY = "\ufeff\u200b\u200c\u200d\u2060"
#: Control, format, surrogate, private and unassigned characters: text with one of them is disguised, not a name.
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def readable(text: str) -> str | None:
    """Return the text in one line with its white space collapsed, or None.

    None stands for what no name looks like: nothing, more than LONGEST characters, or characters in it that are hidden
    or percent-encoded. A byte-order mark and its like at either end are dropped.
    """
    if len(text) > LONGEST:
        return None
    plain = " ".join(text.split())
    if not plain.isascii():
        plain = plain.strip(_STRAY).strip()
    return plain if plain and not is_disguised(plain) else None


def is_disguised(text: str) -> bool:
    """Return whether a line has characters in it that nobody sees, or that are percent-encoded."""
    if "%" in text and _ENCODED.search(text):
        return True
    return not text.isprintable() if text.isascii() else any(unicodedata.category(c) in _HIDDEN for c in text)


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a name: compatibility forms folded, accents and trademark signs dropped, `&` read as and.

    At most LONGEST characters are looked at. Letters of other scripts stay as they are, so a look-alike letter differs;
    where Latin letters and those of a script without blanks meet, a word ends.
    """
    return _tokens(text[:LONGEST])


@lru_cache(maxsize=256)  # one reading asks several times for the words of the same text
def _tokens(text: str) -> tuple[str, ...]:
    if text.isascii():
        plain = text.replace("&", " and ") if "&" in text else text
        return tuple(plain.encode("ascii").translate(_PLAIN, b"'`").decode("ascii").split())
    folded = unicodedata.normalize("NFKD", text.translate(_MARKS)).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(_WORD.findall(_SEAM.sub(" ", plain.replace("&", " and "))))


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Return the form under which a name is found: its words with one blank between them."""
    return " ".join(tokens(text))


def compact(text: str) -> str:
    """Return the name's words without anything between them: `GoTo Webinar` and `GoToWebinar` are equal."""
    return "".join(tokens(text))


def drop_ends(words: tuple[str, ...], ends: frozenset[str]) -> tuple[str, ...]:
    """Return the words without those of `ends` at either end; at least one word stays."""
    start, stop = 0, len(words)
    while stop - start > 1 and words[stop - 1] in ends:
        stop -= 1
    while stop - start > 1 and words[start] in ends:
        start += 1
    return words[start:stop]


def is_number(word: str) -> bool:
    """Return whether the word is a number or a version: `3`, `v2`, `365`."""
    return word.removeprefix("v").isdigit()
