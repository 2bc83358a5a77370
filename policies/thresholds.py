"""Thresholds: the numbers and words of a policy that a company may see otherwise, by name and typed.

A policy states them under `with`, and its expressions use the names. Before an expression is compiled the values are
put in as literals: so it is checked as if they stood there, and equal conditions of several policies stay equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from model.facts import NAMES
from policies.documents import Fields, Items, Node, Scalar
from policies.expressions import FUNCTIONS, METHODS
from policies.tokens import NAME, Token

#: Thresholds of a policy, entries of a list, and characters of a text: far above any policy.
MOST, LONGEST_LIST, LONGEST_TEXT = 20, 50, 100
#: Days of the longest duration, and the largest count: what CEL, JSON and people still tell apart.
_LONGEST_DAYS, _LARGEST = 36_500, 10**15
_MICROS = 1_000_000


class Kind(StrEnum):
    """What a threshold is, as a fault says how it is written."""

    COUNT = "a whole number, such as 4"
    SHARE = "a share from 0.0 to 1.0, such as 0.3"
    NUMBER = "a number with a point, such as 2.5"
    MONEY = "money in millionths, such as 2500 * 1000000"
    SPAN = "a duration, such as 90d or 48h"
    DAY = "a day, such as 2026-06-30"
    TRUTH = "true or false"
    TEXT = 'a text without quotes, braces and backslashes, such as "crm"'
    TEXTS = "a list of texts, such as [crm, cdp]"
    COUNTS = "a list of whole numbers, such as [1, 2]"


Given = bool | int | float | timedelta | date | str | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold: its name, kind and value."""

    name: str
    kind: Kind
    value: Given

    @property
    def literal(self) -> str:
        """Return it as CEL has it."""
        return _literal(self.value)

    @property
    def said(self) -> str:
        """Return it as people say it."""
        if self.kind is Kind.SHARE:
            return f"{self.value:.0%}".replace("%", " %")
        if isinstance(self.value, int) and self.kind is Kind.MONEY:
            return f"{self.value / _MICROS:,.2f}".removesuffix(".00")
        return _said(self.value)

    @property
    def written(self) -> str:
        """Return it as the configuration has it."""
        if isinstance(self.value, int) and self.kind is Kind.MONEY:
            return f"{self.value // _MICROS} * {_MICROS}" if self.value % _MICROS == 0 else str(self.value)
        if isinstance(self.value, timedelta):
            hours = self.value // timedelta(hours=1)
            return f"{hours}h" if hours % 24 else f"{hours // 24}d"
        return _said(self.value) if not isinstance(self.value, bool) else str(self.value).lower()


def _literal(value: Given) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f'duration("{value // timedelta(hours=1)}h")'
    if isinstance(value, date):
        return f'timestamp("{value.isoformat()}T00:00:00Z")'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _said(value: Given) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        hours = value // timedelta(hours=1)
        return f"{hours} h" if hours % 24 or not hours else f"{hours // 24} day{'s' * (hours != 24)}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


# --- what is given ---------------------------------------------------------------------------------------------------

_TEXT = re.compile(r"[^\"'\\{}\x00-\x1f\x7f]*")
_COUNT, _NUMBER = re.compile(r"\d{1,16}"), re.compile(r"\d{1,16}\.\d{1,16}")
_MONEY, _SPAN = re.compile(r"(\d{1,12}) *\* *1000000"), re.compile(r"(\d{1,7})([dh])")


def from_document(name: str, node: Node) -> Threshold:
    """Return the threshold that a document gives a name. Raises ValueError, which says how one is written."""
    value: Given | None = None
    if isinstance(node, Items):
        value = _listed([_of_text(item.text, bare=item.bare) for item in node.items if isinstance(item, Scalar)])
    elif isinstance(node, Scalar):
        value = _of_text(node.text, bare=node.bare)
    if value is None or isinstance(node, Fields) or (isinstance(node, Items) and len(node.items) != _size(value)):
        ways = "; ".join(f"{kind}" for kind in Kind)
        raise ValueError(f"the threshold {name} is none of these: {ways}")
    kind = _kind(value)
    if isinstance(node, Scalar) and node.bare and _MONEY.fullmatch(node.text):
        kind = Kind.MONEY
    return _sound(Threshold(name, kind, value))


def from_settings(declared: Threshold, given: object) -> Threshold:
    """Return what a company sets in the place of a threshold: of the same kind. Raises ValueError, which says how."""
    value = _of_settings(declared.kind, given)
    if value is None:
        raise ValueError(f"{declared.name} is {declared.kind}; the policy says {declared.written}")
    return _sound(Threshold(declared.name, declared.kind, value))


def _of_settings(kind: Kind, given: object) -> Given | None:
    if isinstance(given, bool):
        return given if kind is Kind.TRUTH else None
    if kind in {Kind.SHARE, Kind.NUMBER} and isinstance(given, int | float):
        return float(given)
    if kind in {Kind.COUNT, Kind.MONEY} and isinstance(given, int):
        return given
    if isinstance(given, date):
        return given if kind is Kind.DAY and not isinstance(given, datetime) else None
    if isinstance(given, list | tuple):
        return _of_list(kind, given)
    if not isinstance(given, str):
        return None
    read = given if kind is Kind.TEXT else _of_text(given.strip(), bare=True)
    known = Kind.MONEY if _MONEY.fullmatch(given.strip()) else None if read is None else _kind(read)
    return read if kind is Kind.TEXT or (known is kind and kind in {Kind.MONEY, Kind.SPAN, Kind.DAY}) else None


def _of_list(kind: Kind, given: Iterable[object]) -> Given | None:
    values = list(given)
    if kind is Kind.TEXTS and all(isinstance(value, str) for value in values):
        return tuple(str(value) for value in values)
    whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return tuple(whole) if kind is Kind.COUNTS and len(whole) == len(values) else None


def _of_text(text: str, *, bare: bool) -> Given | None:
    """Return the value of a text, None where it is written like a number, and is none."""
    if not bare:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if _COUNT.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if found := _MONEY.fullmatch(text):
        return int(found[1]) * _MICROS
    if found := _SPAN.fullmatch(text):
        return timedelta(hours=int(found[1]) * (24 if found[2] == "d" else 1))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return text if re.match("[A-Za-z]", text) else None


def _listed(values: list[Given | None]) -> Given | None:
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) == len(values):
        return texts
    counts = tuple(value for value in values if isinstance(value, int) and not isinstance(value, bool))
    return counts if len(counts) == len(values) else None


def _size(value: Given) -> int:
    return len(value) if isinstance(value, tuple) else 1


def _kind(value: Given) -> Kind:
    if isinstance(value, bool):
        return Kind.TRUTH
    if isinstance(value, float):
        return Kind.SHARE if 0 <= value <= 1 else Kind.NUMBER
    if isinstance(value, tuple):
        return Kind.COUNTS if value and isinstance(value[0], int) else Kind.TEXTS
    plain = {int: Kind.COUNT, timedelta: Kind.SPAN, date: Kind.DAY, str: Kind.TEXT}
    return plain[type(value)]


def _sound(threshold: Threshold) -> Threshold:
    """Return a threshold that is within bounds. Raises ValueError."""
    value, name = threshold.value, threshold.name
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, str) and (len(one) > LONGEST_TEXT or not _TEXT.fullmatch(one)):
            raise ValueError(f"{name} is {Kind.TEXT}, of {LONGEST_TEXT} characters at most")
        if isinstance(one, int | float) and not 0 <= one <= _LARGEST * (_MICROS if threshold.kind is Kind.MONEY else 1):
            raise ValueError(f"{name} is {threshold.kind}; never negative, and {_LARGEST:,} at most")
        if isinstance(one, float) and (math.isnan(one) or (threshold.kind is Kind.SHARE and one > 1)):
            raise ValueError(f"{name} is {threshold.kind}: 30 % is written 0.3")
        if isinstance(one, timedelta) and not timedelta(0) <= one <= timedelta(days=_LONGEST_DAYS):
            raise ValueError(f"{name} is {Kind.SPAN}; never negative, and {_LONGEST_DAYS}d at most")
    if isinstance(value, tuple) and len(value) > LONGEST_LIST:
        raise ValueError(f"{name} has more than {LONGEST_LIST} entries: make it two policies")
    return threshold


# --- names -----------------------------------------------------------------------------------------------------------

#: What a threshold may be called, but for what a word means already.
NAME_OF = r"[a-z][a-z0-9_]{0,30}"
_NAME = re.compile(NAME_OF)
#: What CEL, or a policy, understands already; CEL reserves the rest for what may come.
_RESERVED = """as break const continue else false for function if import in let loop namespace null package return true
var void while has dyn type bytes list map uint bool now"""
_TAKEN = frozenset({*_RESERVED.split(), *FUNCTIONS, *METHODS, *(name.partition(".")[0] for name in NAMES)})


def wrong_name(name: str) -> str | None:
    """Return what is wrong with the name of a threshold, None where nothing is."""
    if not _NAME.fullmatch(name):
        return (
            "the name of a threshold is lower case letters, digits and _, and begins with a letter, such as idle_days"
        )
    if name in _TAKEN:
        return f"{name} means something else in an expression: give the threshold another name, such as most_{name}"
    return None


# --- putting them in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """An expression with its thresholds put in. `used` are their names."""

    text: str
    used: frozenset[str] = frozenset()
    #: Of each threshold: where its name begins and ends as written, and where its value does so in the text.
    spans: tuple[tuple[int, int, int, int], ...] = ()

    def back(self, at: int) -> int:
        """Return where a character of the text stands in what was written; of a value, where its name begins."""
        moved = 0
        for begin, end, start, stop in self.spans:
            if at < start:
                break
            if at < stop:
                return begin
            moved = stop - end
        return at - moved


def filled(text: str, found: list[Token], thresholds: Mapping[str, Threshold]) -> Filled:
    """Return an expression of these words with the values of its thresholds in the place of their names."""
    parts, spans, last = [], [], 0
    for i, token in enumerate(found):
        if token.kind == NAME and token.text in thresholds and _stands_alone(found, i):
            literal = thresholds[token.text].literal
            parts += [text[last : token.at], literal]
            start = sum(map(len, parts)) - len(literal)
            spans.append((token.at, token.end, start, start + len(literal)))
            last = token.end
    used = frozenset(text[begin:end] for begin, end, _, _ in spans)
    return Filled("".join([*parts, text[last:]]), used, tuple(spans))


def _stands_alone(found: list[Token], i: int) -> bool:
    """Return whether a name is no part of a longer one, and not called; a method may be called on it."""
    if i and found[i - 1].text == ".":
        return False
    after = [token.text for token in found[i + 1 : i + 4]]
    return after[:1] != ["("] and (after[:1] != ["."] or after[2:] == ["("])


def say(text: str, thresholds: Iterable[Threshold]) -> str:
    """Return a text with thresholds in braces said; other braces stay."""
    for threshold in thresholds:
        text = text.replace(f"{{{threshold.name}}}", threshold.said)
    return text
