"""What keeps the work of any expression bounded, whatever is known of a tool: no product of two lists, no huge pattern.

The library stops an evaluation at its budget of steps, but one step may be a comparison of two whole lists, or a search
by a regular expression. RE2 takes time in proportion to the text and to the size of the pattern: both have an end here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from model.facts import NAMES, Type
from policies.expressions import FACT, LOCAL, MACROS, METHOD, Fault, Term
from policies.tokens import SIGN, STRING

#: Characters of a pattern, and how often its counted repetitions may repeat something, multiplied with one another.
LONGEST_PATTERN, MOST_REPEATED = 200, 100

_PATTERN = re.compile(r"""[rR]?(?P<quotes>"{3}|'{3}|["'])(?P<said>.*)(?P=quotes)""", re.DOTALL)
_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def faults(read: Sequence[Term]) -> Iterator[Fault]:
    """Yield what could take too long in a well-formed expression."""
    inside = list(_inside(read))
    for i, term in enumerate(read):
        if term.kind == METHOD and term.text == "matches":
            yield from _pattern(read, i)
            if inside[i] and (i < 2 or read[i - 2].kind != LOCAL):
                yield term.token.at, f".matches() within .{inside[i]}() looks at that one's variable alone"
        elif not inside[i]:
            continue
        elif term.kind == SIGN and term.text == "+":
            yield term.token.at, f"nothing is added up within .{inside[i]}(): its steps multiply; say it side by side"
        elif term.kind == FACT and _is_long(term.text):
            yield (
                term.token.at,
                f"{term.text} within .{inside[i]}() is a list within a list: their steps multiply; say it side by side",
            )


def _is_long(name: str) -> bool:
    """Return whether a fact is a list that nothing closes: a closed one is never longer than its few values."""
    return name in NAMES and NAMES[name].type is Type.LIST and not NAMES[name].values


def _inside(read: Sequence[Term]) -> Iterator[str]:
    """Yield of each term the macro in whose brackets it stands, empty for none."""
    open_: list[str] = []
    for i, term in enumerate(read):
        if term.kind == SIGN and term.text == ")" and open_:
            open_.pop()
        yield next((name for name in reversed(open_) if name), "")
        if term.kind == SIGN and term.text == "(":
            before = read[i - 1] if i else None
            macro = before is not None and before.kind == METHOD and before.text in MACROS
            open_.append(before.text if before is not None and macro else "")


def _pattern(read: Sequence[Term], i: int) -> Iterator[Fault]:
    """Find a pattern that is no plain text, or too large."""
    given = read[i + 1 : i + 4]
    found = _PATTERN.fullmatch(given[1].token.text) if len(given) == 3 and given[1].kind == STRING else None
    if found is None or given[2].text != ")":
        yield read[i].token.at, '.matches() takes one text in quotes, such as .matches("^gtm-")'
        return
    said = found["said"]
    if len(said) > LONGEST_PATTERN:
        yield given[1].token.at, f"a regular expression has {LONGEST_PATTERN} characters at most: make it two"
    if math.prod(max(1, *_counts(match)) for match in _COUNTED.finditer(said)) > MOST_REPEATED:
        yield given[1].token.at, f"repeated more than {MOST_REPEATED} times in all: write + or *"


def _counts(match: re.Match[str]) -> tuple[int, int]:
    return int(match[1][:9]), int((match[2] or "0")[:9])
