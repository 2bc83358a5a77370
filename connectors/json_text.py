"""Finds JSON values in text that a parser refuses: trailing commas, several documents, broken or cut ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A string's last group is empty where the text ends inside it.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("|\\?\Z)|[{}\[\],]', re.DOTALL)
_STRING_OR_COMMA = re.compile(rb'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|,(?=\s*[\]}])', re.DOTALL)
_LIST_FOLLOWS = re.compile(rb"\s*:\s*(?=\[)")
_BLANK = b" \t\r\n,\x1e"
_OPEN = frozenset(b"{[")
_CLOSE = frozenset(b"}]")


def without_trailing_commas(text: bytes) -> bytes:
    """Return the text without commas before a closing bracket or at its end, as vendors' docs have them."""
    return _STRING_OR_COMMA.sub(lambda found: found[1] or b"", text.rstrip(_BLANK))


def documents(text: bytes) -> Iterator[bytes]:
    """Yield the values that follow one another in a text, and what stands between them where it is not blank."""
    depth = start = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in _OPEN:
            if depth == 0:
                yield from _between(text, start, token.start())
                start = token.start()
            depth += 1
        elif first in _CLOSE and depth:
            depth -= 1
            if depth == 0:
                yield text[start : token.end()]
                start = token.end()
    yield from _between(text, start, len(text))


def _between(text: bytes, start: int, end: int) -> Iterator[bytes]:
    rest = text[start:end].strip(_BLANK)
    if rest:
        yield rest


def elements(text: bytes, lists: tuple[str, ...]) -> Iterator[tuple[bytes, bool]]:
    """Yield the elements of a list, of the list in a page, or of a list of pages, each with whether it is whole.

    The text may be broken or cut: what is not a list, nor a page of one, is yielded as it is.
    """
    at = 0 if text[:1] == b"[" else _list_at(text, lists)
    if at is None:
        yield text, is_closed(text)
        return
    for piece, whole in _children(text, at):
        inner = None if whole or at else _list_at(piece, lists)
        if inner is None:
            yield piece, whole
        else:
            yield from _children(piece, inner)


def is_closed(text: bytes) -> bool:
    """Tell whether all that a text opens is closed at its end: brackets, braces and strings."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[1] is not None and token[1] != b'"':
            return False
        depth += (token[0][0] in _OPEN) - (token[0][0] in _CLOSE)
    return depth <= 0


def _list_at(text: bytes, lists: tuple[str, ...]) -> int | None:
    names = {name.encode() for name in lists}
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        depth += (first in _OPEN) - (first in _CLOSE)
        if depth == 1 and token[0][1:-1] in names and (follows := _LIST_FOLLOWS.match(text, token.end())):
            return follows.end()
    return None


def _children(text: bytes, at: int) -> Iterator[tuple[bytes, bool]]:
    depth, start = 0, at + 1
    for token in _TOKEN.finditer(text, at):
        first = token[0][0]
        ends = depth == 1 and (first in b"," or first in _CLOSE)
        if ends and (piece := text[start : token.start()].strip()):
            yield piece, True
        if ends:
            start = token.end()
        depth += (first in _OPEN) - (first in _CLOSE)
        if depth == 0:
            return
    if rest := text[start:].strip(_BLANK):
        yield rest, False


class Nesting:
    """Follows line after line how deep a document is nested, and where its lines can not belong together."""

    def __init__(self) -> None:
        """Begin before the first line."""
        self.depth = 0
        self.in_string = False
        self._last = ord(",")

    def fits(self, line: bytes) -> bool:
        """Take in one line. Return False where no JSON document goes on like this."""
        line = line.strip()
        if not line:
            return True
        if self.depth and self._last not in b",:[{" and line[0] in b'{["':
            return False
        self._last = line[-1]
        for token in _TOKEN.finditer(line):
            if token[1] is not None and token[1] != b'"':
                self.in_string = True
                return False
            self.depth += (token[0][0] in _OPEN) - (token[0][0] in _CLOSE)
            if self.depth < 0:
                return False
        return True
