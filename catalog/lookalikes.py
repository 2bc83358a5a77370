"""Look-alikes: host names that imitate a tool's. They are never identified as it, only reported."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from catalog.hosts import decode_idn, registrable, suffixes
from catalog.lengths import Lengths
from catalog.shared import SLIPPED_ENDINGS
from catalog.tables import BRAND_LEAD, Tables
from catalog.words import LURE

#: Characters that are read as others (a small part of Unicode TR39's confusables, and the digits people use).
_READ_AS = str.maketrans(
    "013457$аеорсухіјѕԁһӏαοορνκτ",
    "oleastsaeopcyxijsdhlaoopvkt",
)
#: Without the digits, which a name may have honestly.
_READ_AS_LETTERS = {code: letter for code, letter in _READ_AS.items() if code > ord("9")} | {
    ord("ł"): "l",
    0x131: "i",
}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
#: What a label has in it that can be read as something else.
_READ_OTHERWISE = re.compile("|".join((f"[{re.escape(''.join(map(chr, _READ_AS)))}]", *(pair for pair, _ in _PAIRS))))
#: Shorter names have too many honest neighbours one letter away.
_TYPO_LENGTH = 7


def imitated(tables: Tables, host: str) -> str | None:
    """Return the id of the tool that the host imitates, or None. The host must not belong to a tool itself.

    Imitation is: a tool's whole domain inside another's; a brand spelled with look-alike characters or a typing error;
    a brand beside a word that lures people to sign in.
    """
    home = registrable(host)
    if home is None:
        return None
    found = _domain_inside(tables, host) or _misspelled(tables, home) or _ended_otherwise(tables, home)
    found = found or _lure(tables, host)
    return None if found is None or _is_home_of(tables, home, found) else found


def _is_home_of(tables: Tables, home: str, tool: str) -> bool:
    """Return whether the tool lives there: `auth.adobe.com` imitates nothing where `stock.adobe.com` is known."""
    return tables.domains.get(home) == tool or tool in tables.under.get(home, ())


def _domain_inside(tables: Tables, host: str) -> str | None:
    labels = host.split(".")
    if len(labels) < 3:
        return None
    for stop in range(len(labels) - 1, 1, -1):
        label = labels[stop - 1]
        for last in (label, label.partition("-")[0]) if "-" in label else (label,):
            found = _owner_inside(tables, labels[: stop - 1], last) if last in tables.endings else None
            if found is not None:
                return found
    return None


def _owner_inside(tables: Tables, labels: list[str], last: str) -> str | None:
    for name in suffixes(".".join((*labels, last))):
        found = tables.domains.get(name)
        if found is not None and not _is_word(tables, found):
            return found
    return None


def _misspelled(tables: Tables, home: str) -> str | None:
    label, _, suffix = decode_idn(home).partition(".")
    if not label.isascii():
        found = tables.domains.get(f"{_plain(label)}.{suffix}")
        if found is not None:
            return found
    if (not label.isalpha() or not label.isascii() or _has_pair(label)) and _READ_OTHERWISE.search(label):
        for reading in _readings(label):
            found = tables.brands.get(reading)
            if found is not None and reading != label:
                return found
    if len(label) < _TYPO_LENGTH or len(label) > 30:
        return None
    near = (brand for brand in _neighbours(tables, label) if is_one_slip(label, brand))
    return next(
        (tables.brands[brand] for brand in near if tables.domains.get(f"{brand}.{suffix}") == tables.brands[brand]),
        None,
    )


def _has_pair(label: str) -> bool:
    return "rn" in label or "cl" in label or "vv" in label


def _ended_otherwise(tables: Tables, home: str) -> str | None:
    """`teamtailor.co`, `mailgun-org.com`: a tool's domain with a slip as its ending, or with its ending as a word."""
    label, _, suffix = home.partition(".")
    brand, dash, word = label.rpartition("-")
    ends = [f"{label}.{end}" for end in SLIPPED_ENDINGS.get(suffix, ())]
    for domain in [*ends, f"{brand}.{word}"] if dash else ends:
        found = tables.domains.get(domain)
        if found is not None and len(label) >= _TYPO_LENGTH and not _is_word(tables, found):
            return found
    return None


def _neighbours(tables: Tables, label: str) -> Iterator[str]:
    """Yield the brands that begin or end as the label does: one typing error leaves one of its halves as it was.

    It leaves the far end as it was, too, or all but that end.
    """
    half, least, most = len(label) // 2, len(label) - 1, len(label) + 1
    if _has_about(tables.brand_lengths, label[:BRAND_LEAD], least):
        last, front = label[-1], label[:-2]
        for brand in _beginning(tables.brand_names, label[:half]):
            if least <= len(brand) <= most and (brand[-1] == last or brand.startswith(front)):
                yield brand
    if _has_about(tables.end_lengths, label[: -BRAND_LEAD - 1 : -1], least):
        first, back = label[0], label[:1:-1]
        for backwards in _beginning(tables.brand_ends, label[:half:-1]):
            if least <= len(backwards) <= most and (backwards[-1] == first or backwards.startswith(back)):
                yield backwards[::-1]


def _has_about(lengths: Lengths, lead: str, least: int) -> bool:
    """Return whether a brand that begins so may have this length or one of the next two."""
    return lengths.get(lead, 0) >> least & 7 > 0


def _beginning(names: list[str], start: str) -> Iterator[str]:
    """Yield the names that begin so; the names are in their order."""
    at = bisect_left(names, start)
    while at < len(names) and names[at].startswith(start):
        yield names[at]
        at += 1


def _plain(label: str) -> str:
    """Return the label as it is read at a glance: without accents, letters of other scripts as the Latin ones."""
    letters = unicodedata.normalize("NFKD", label)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_READ_AS_LETTERS)


def _readings(label: str) -> Iterator[str]:
    plain = label.translate(_READ_AS)
    yield plain
    yield label.replace("1", "i").translate(_READ_AS)
    for pair, single in _PAIRS:
        yield plain.replace(pair, single)


def is_one_slip(one: str, other: str) -> bool:
    """Return whether one typing error makes one of the other: a letter too many, too few, another, or two swapped."""
    start, stop = 0, min(len(one), len(other))
    while start < stop and one[start] == other[start]:
        start += 1
    end = 0
    while end < stop - start and one[-end - 1] == other[-end - 1]:
        end += 1
    first, second = one[start : len(one) - end], other[start : len(other) - end]
    if len(first) == len(second) == 2:
        return first == second[::-1]
    return one != other and len(first) <= 1 and len(second) <= 1


def _lure(tables: Tables, host: str) -> str | None:
    words = host.replace("-", ".").split(".")
    if LURE.isdisjoint(words):
        return None
    return next((tables.brands[word] for word in words[:-1] if word in tables.brands), None)


def _is_word(tables: Tables, tool: str) -> bool:
    return tables.tools[tool].word
