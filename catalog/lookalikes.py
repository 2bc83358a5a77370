"""Look-alikes: host names that imitate a tool's. They are never identified as it, only reported."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from catalog.hosts import decode_idn, registrable, suffixes
from catalog.tables import Tables
from catalog.words import LURE

#: Characters that are read as others (a small part of Unicode TR39's confusables, and the digits people use).
_READ_AS = str.maketrans(
    "013457$аеорсухіјѕԁһӏαοορνκτ",
    "oleastsaeopcyxijsdhlaoopvkt",
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
#: What a label has in it that can be read as something else.
_READ_OTHERWISE = re.compile("|".join((f"[{re.escape(''.join(map(chr, _READ_AS)))}]", *(pair for pair, _ in _PAIRS))))
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-"
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
    found = _domain_inside(tables, host) or _misspelled(tables, home) or _lure(tables, host)
    return None if found is None or _is_home_of(tables, home, found) else found


def _is_home_of(tables: Tables, home: str, tool: str) -> bool:
    """Return whether the tool lives there: `auth.adobe.com` imitates nothing where `stock.adobe.com` is known."""
    return tables.domains.get(home) == tool or tool in tables.under.get(home, ())


def _domain_inside(tables: Tables, host: str) -> str | None:
    labels = host.split(".")
    if len(labels) < 3:
        return None
    for stop in range(len(labels) - 1, 1, -1):
        front = ".".join(labels[:stop])
        last, _, _ = labels[stop - 1].partition("-")
        cut = ".".join([*labels[: stop - 1], last])
        for name in (*suffixes(front), *suffixes(cut)):
            found = tables.domains.get(name)
            if found is not None and not _is_word(tables, found):
                return found
    return None


def _misspelled(tables: Tables, home: str) -> str | None:
    label, _, suffix = decode_idn(home).partition(".")
    if _READ_OTHERWISE.search(label):
        for reading in _readings(label):
            found = tables.brands.get(reading)
            if found is not None and reading != label:
                return found
    if len(label) < _TYPO_LENGTH or len(label) > 30:
        return None
    beside = _neighbours(tables, label)
    near = {brand for brand in beside if tables.domains.get(f"{brand}.{suffix}") == tables.brands[brand]}
    return next((tables.brands[slip] for slip in _one_edit(label) if slip in near), None) if near else None


def _neighbours(tables: Tables, label: str) -> Iterator[str]:
    """Yield the brands that begin or end as the label does: one typing error leaves one of its halves as it was.

    It leaves the far end as it was, too, or all but that end.
    """
    half, least, most = len(label) // 2, len(label) - 1, len(label) + 1
    first, last, front, back = label[0], label[-1], label[:-2], label[:1:-1]
    begun = _beginning(tables.brand_names, label[:half])
    ended = _beginning(tables.brand_ends, label[:half:-1])
    yield from [
        brand for brand in begun if (brand[-1] == last or brand.startswith(front)) and least <= len(brand) <= most
    ]
    yield from [
        backwards[::-1]
        for backwards in ended
        if (backwards[-1] == first or backwards.startswith(back)) and least <= len(backwards) <= most
    ]


def _beginning(names: list[str], start: str) -> list[str]:
    """Return the names that begin so; the names are in their order."""
    return names[bisect_left(names, start) : bisect_left(names, start + "\U0010ffff")]


def _readings(label: str) -> Iterator[str]:
    plain = label.translate(_READ_AS)
    yield plain
    yield label.replace("1", "i").translate(_READ_AS)
    for pair, single in _PAIRS:
        yield plain.replace(pair, single)


def _one_edit(label: str) -> Iterator[str]:
    for at in range(len(label)):
        head, tail = label[:at], label[at + 1 :]
        yield head + tail
        if tail:
            yield head + tail[0] + label[at] + tail[1:]
        for letter in _ALPHABET:
            yield head + letter + tail
            yield head + letter + label[at:]
    yield from (label + letter for letter in _ALPHABET)


def _lure(tables: Tables, host: str) -> str | None:
    words = host.replace("-", ".").split(".")
    if LURE.isdisjoint(words):
        return None
    return next((tables.brands[word] for word in words[:-1] if word in tables.brands), None)


def _is_word(tables: Tables, tool: str) -> bool:
    return tables.tools[tool].word
