"""The logical skeleton of an expression: which of its unknown facts keep it unknown.

`a && b` with `a` false is false whatever `b` is, so `b` is then nobody's question. The engine says unknown and names
one fact; the skeleton names all that would settle it, and none that would not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from policies.tokens import Token


class Kind(Enum):
    """How the parts of a node are joined."""

    ATOM = "atom"
    AND = "&&"
    OR = "||"
    NOT = "!"
    IF = "?"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: an atom with its text, or parts that are joined by logic."""

    kind: Kind
    text: str = ""
    parts: tuple[Node, ...] = ()

    def atoms(self) -> Iterator[str]:
        """Yield the texts of the leaves."""
        if self.kind is Kind.ATOM:
            yield self.text
        for part in self.parts:
            yield from part.atoms()


#: Says what an atom is: True, False, or None for unknown.
Truth = Callable[[str], bool | None]


def skeleton(text: str, tokens: list[Token]) -> Node:
    """Return the skeleton of a well-formed expression."""
    return _Reader(text, tokens).read(0, len(tokens))


def value(node: Node, truth: Truth) -> bool | None:
    """Return what a node is in three-valued logic, as CEL's `&&`, `||`, `!` and `?:` have it."""
    if node.kind is Kind.ATOM:
        return truth(node.text)
    if node.kind is Kind.IF:
        condition = value(node.parts[0], truth)
        return None if condition is None else value(node.parts[1 if condition else 2], truth)
    found = [value(part, truth) for part in node.parts]
    if node.kind is Kind.NOT:
        return None if found[0] is None else not found[0]
    absorbing = node.kind is Kind.OR
    if absorbing in found:
        return absorbing
    return None if None in found else not absorbing


def undecided(node: Node, truth: Truth) -> Iterator[str]:
    """Yield the atoms that keep a node unknown; none where it is known."""
    if value(node, truth) is not None:
        return
    if node.kind is Kind.ATOM:
        yield node.text
        return
    parts = node.parts
    if node.kind is Kind.IF:
        condition = value(parts[0], truth)
        parts = parts[:1] if condition is None else parts[1:2] if condition else parts[2:]
    for part in parts:
        yield from undecided(part, truth)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads by precedence, loosest first: `?:`, `||`, `&&`, then `!` and parentheses."""

    text: str
    tokens: list[Token]

    def read(self, start: int, end: int) -> Node:
        """Return the node of the tokens from `start` to before `end`."""
        if asked := self._at(start, end, "?"):
            colon = next(c for c in self._at(start, end, ":") if c > asked[0])
            spans = ((start, asked[0]), (asked[0] + 1, colon), (colon + 1, end))
            return Node(Kind.IF, parts=tuple(self.read(*span) for span in spans))
        for kind in (Kind.OR, Kind.AND):
            if found := self._at(start, end, kind.value):
                edges = [start - 1, *found, end]
                spans_of = itertools.pairwise(edges)
                return Node(kind, parts=tuple(self.read(before + 1, after) for before, after in spans_of))
        if self.tokens[start].text == "!" and not any(self._at(start, end, sign) for sign in _TIGHTER):
            return Node(Kind.NOT, parts=(self.read(start + 1, end),))
        if self.tokens[start].text == "(" and self._closing(start) == end - 1:
            return self.read(start + 1, end - 1)
        return Node(Kind.ATOM, self.text[self.tokens[start].at : self.tokens[end - 1].end])

    def _at(self, start: int, end: int, text: str) -> list[int]:
        """Return where an operator stands outside of all brackets."""
        depth, found = 0, []
        for i in range(start, end):
            word = self.tokens[i].text
            depth += (word in _OPEN) - (word in _CLOSE)
            if word == text and not depth:
                found.append(i)
        return found

    def _closing(self, start: int) -> int:
        """Return where the bracket that opens at `start` closes: the expression is well-formed, so it does."""
        depth, i = 1, start
        while depth:
            i += 1
            depth += (self.tokens[i].text in _OPEN) - (self.tokens[i].text in _CLOSE)
        return i


#: What joins less tightly than `!` and more tightly than `&&`: `!a == b` compares `!a`.
_TIGHTER = ("==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%")
_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
