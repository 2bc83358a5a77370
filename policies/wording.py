"""Messages: a sentence with the names of facts in braces, and how their values are said."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from model.facts import NAMES, NEVER, Type

UNKNOWN = "unknown"
CURRENCY = "company.currency"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MICROS = 1_000_000
#: How the units of facts begin that are said in per cent.
_IN_PER_CENT = ("share", "ratio (")


@dataclass(frozen=True)  # no slots: what follows from the text is kept beside it
class Message:
    """A sentence; `names` are the facts that it mentions, in order."""

    text: str
    names: tuple[str, ...]

    @functools.cached_property
    def reads(self) -> tuple[str, ...]:
        """What must be known to say it: the facts, and the currency where money is among them."""
        money = any(NAMES[name].type is Type.MONEY for name in self.names)
        return (*self.names, CURRENCY) if money else self.names

    @functools.cached_property
    def _parts(self) -> list[tuple[str, str]]:
        """Pairs of plain text and the name that follows it; the last name is empty."""
        parts = [*_PLACEHOLDER.split(self.text), ""]
        return [(parts[i], parts[i + 1].strip()) for i in range(0, len(parts), 2)]

    def said(self, values: Mapping[str, object]) -> str:
        """Return the sentence with the values put in; what is not there, or None, is said to be unknown."""
        return "".join([f"{text}{say(name, values)}" if name else text for text, name in self._parts])


def placeholders(text: str) -> list[tuple[int, str]]:
    """Return where a message names facts (offset of the brace, name). Raises ValueError with a stray brace's offset."""
    found = [(match.start(), match[1].strip()) for match in _PLACEHOLDER.finditer(text)]
    bare = _PLACEHOLDER.sub(lambda match: " " * len(match[0]), text)
    stray = re.search(r"[{}]", bare)
    if stray:
        raise ValueError(stray.start())
    return found


def say(name: str, values: Mapping[str, object]) -> str:
    """Return the value of a fact as people say it."""
    value = values.get(name)
    if value is None:
        return UNKNOWN
    if value is True or value is False:
        return "yes" if value else "no"
    fact = NAMES[name]
    if isinstance(value, int):
        return f"{values.get(CURRENCY) or ''} {_money(value)}".strip() if fact.type is Type.MONEY else f"{value:,}"
    if isinstance(value, float) and fact.unit.startswith(_IN_PER_CENT):
        return f"{value:.0%}".replace("%", " %")
    return str(value).replace("_", " ") if fact.type is Type.ENUM else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return "never" if value == NEVER else f"{value:%Y-%m-%d}"
    if isinstance(value, timedelta):
        return f"{value / timedelta(hours=1):g} h"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return (", ".join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)


def _money(micros: int) -> str:
    return f"{micros / _MICROS:,.2f}".removesuffix(".00")
