"""The bank's own words on a statement's line, before and behind the seller: `COMPRA INTERNACIONAL ... IOF 3,38%`.

Sources: what banks publish of their booking texts; the tags of SEPA payments (`SVWZ+`, `EREF+`) stand in the German
banks' MT940 agreement (DFÜ, annex 3), UPI lines in the forms that Indian banks print.
"""

from __future__ import annotations

import re

from catalog.normal import LONGEST, tokens
from catalog.words import BANK_END, BANK_FOLLOW, BANK_NUMBERED, BANK_START

#: A line with none of these words in it has nothing of a bank's in it.
_ANY = BANK_START | BANK_END | BANK_NUMBERED
#: Words of a bank before the seller are looked at up to this number.
_MOST = 9
_NUMBER = re.compile(r"[\dxX*][\dxX*/.:,-]*|[vV]\d{4}")
_RATE = re.compile(r"\d[.,]\d")
_LETTERS = re.compile("[-*]")
_PARTS = re.compile("[-/]")
#: Letters that no accent makes of plain ones.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "ß": "ss", "\u0131": "i"})
_TAG = re.compile(r"(?<![A-Z])(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC)\+", re.IGNORECASE)
_INDIAN = re.compile(r"(?:upi|imps|neft|rtgs)\s*[/-]", re.IGNORECASE)
_INDIAN_PARTS = re.compile(r"\s*[/-]\s*")
#: Parts of an Indian line that name nobody: the kind of payment.
_INDIAN_KINDS = frozenset({"p2m", "p2a", "p2v", "dr", "cr", "mob", "mb", "collect", "pay", "payment", "qr", "mandate"})
_ACH = re.compile(r"orig co name:\s*(.+?)\s+(?:orig id|desc date|co entry)\b.*|(.+?)\s+des:\S.*", re.IGNORECASE)

#: What an ACH entry (Nacha's company entry description) says it is for: up to ten characters, then other fields.
_ENTRY = re.compile(
    r"\b(?:des|descr|desc):\s*([a-z]+(?: (?!id\b|indn\b|co\b|sec\b|web\b|ppd\b|ccd\b)[a-z]+)?)", re.IGNORECASE
)


def entry_of(text: str) -> str | None:
    """Return what an ACH line says it is for, in lower case: `fee` of `NAME DES:FEE 482913 ID:6SEMJ1 CCD`."""
    found = _ENTRY.search(text)
    return " ".join(found[1].lower().split()) if found else None


def without_bank(text: str) -> str:
    """Return a line (blanks collapsed) without the bank's words around the seller; the line where nothing is left."""
    if "+" in text:
        text = _of_sepa(text)
    if ":" in text:
        ach = _ACH.fullmatch(text)
        text = (ach[1] or ach[2]) if ach else text
    if _INDIAN.match(text):
        text = _of_india(text)
    if text.isascii() and len(text) <= LONGEST and _ANY.isdisjoint(tokens(text)):
        return text
    words = text.split(" ")
    first = _plain(words[0])
    start = _start(words, first)
    if not start and _all_in(first, BANK_START):
        return text  # nothing but words of the bank
    stop = _stop(words, start)
    return " ".join(words[start:stop]) if start or stop < len(words) else text


def _of_sepa(text: str) -> str:
    """Return what stands before the tags, or else the purpose."""
    parts = _TAG.split(text)
    if parts[0].strip() or len(parts) < 3:
        return parts[0].strip() or text
    purpose = next((value for tag, value in zip(parts[1::2], parts[2::2], strict=True) if tag.upper() == "SVWZ"), "")
    return purpose.strip() or text


def _of_india(text: str) -> str:
    """Return the first part of `UPI/P2M/4401/NAME/BANK` that can be a name."""
    for part in _INDIAN_PARTS.split(text)[1:]:
        letters = sum(map(str.isalpha, part))
        if letters >= 3 and 2 * letters > len(part) and part.casefold() not in _INDIAN_KINDS and "@" not in part:
            return part
    return text


def _start(words: list[str], first: str) -> int:
    """Return at which word the seller begins; 0 where the line does not begin with a bank's word."""
    if first in BANK_NUMBERED and len(words) > 2 and _is_numbered(words, 0):  # a purpose: `RECHNUNG 4471 NAME`
        return 1 if any(map(str.isdigit, words[0])) else 2
    if not _all_in(first, BANK_START) and not (
        len(words) > 2 and _all_in(first, BANK_FOLLOW) and _all_in(_plain(words[1]), BANK_START)
    ):
        return 0
    for at in range(1, min(len(words), _MOST)):
        if not (_NUMBER.fullmatch(words[at]) or _all_in(_plain(words[at]), BANK_FOLLOW)):
            return at
    return 0


def _stop(words: list[str], start: int) -> int:
    for at in range(start + 1, len(words)):
        word = words[at].lower()
        if not word.isalpha() or not word.isascii():
            word = _LETTERS.split(_plain(word), maxsplit=1)[0]
        if word in BANK_END or (word in BANK_NUMBERED and _is_numbered(words, at) and _is_rate(words, at)):
            return at
    return len(words)


def _is_numbered(words: list[str], at: int) -> bool:
    """Return whether this word or the next one has a digit: `CB*4401`, `FACT F22-0091`."""
    return any(map(str.isdigit, words[at])) or (at + 1 < len(words) and any(map(str.isdigit, words[at + 1])))


def _is_rate(words: list[str], at: int) -> bool:
    """Return whether the word is none of exchange, or one that a rate follows (`KURS 1,0832`): else it is a course."""
    return not words[at].lower().startswith("kurs") or (at + 1 < len(words) and _RATE.search(words[at + 1]) is not None)


def _plain(word: str) -> str:
    word = word.lower().strip(".,:;*#()")
    return word if word.isascii() else "".join(tokens(word.translate(_PLAIN)))


def _all_in(word: str, known: frozenset[str]) -> bool:
    if word in known or ("-" not in word and "/" not in word):
        return word in known
    first, *others = _PARTS.split(word)
    return bool(others) and first in known and all(part in BANK_FOLLOW for part in others)
