"""Look-alikes: host names that imitate a tool's. They are never identified as it, only reported."""

from __future__ import annotations

import re
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
    return any(tool == owner and f".{name}".endswith(f".{home}") for name, owner in tables.domains.items())


def _domain_inside(tables: Tables, host: str) -> str | None:
    labels = host.split(".")
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
    for reading in _readings(label):
        found = tables.brands.get(reading)
        if found is not None and reading != label:
            return found
    if len(label) < _TYPO_LENGTH or len(label) > 30:
        return None
    for candidate in _one_edit(label):
        found = tables.brands.get(candidate)
        if found is not None and tables.domains.get(f"{candidate}.{suffix}") == found:
            return found
    return None


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
    words = re.split(r"[.-]", host)
    if LURE.isdisjoint(words):
        return None
    return next((tables.brands[word] for word in words[:-1] if word in tables.brands), None)


def _is_word(tables: Tables, tool: str) -> bool:
    return tables.tools[tool].word
