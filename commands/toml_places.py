"""Where the keys of a TOML file stand: `tomllib` does not say, and a fault is told with its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]
#: Line and column, counted from 1.
Place = tuple[int, int]

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]* )
  | (?P<string> \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
  | (?P<sign> [\[\]{}=,.] )
  | (?P<line> \n )
  | (?P<word> [A-Za-z0-9_:+-]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_Token = tuple[str, str, int]


def places(text: str) -> Mapping[Path, Place]:
    """Return where the keys and tables of a text that is TOML stand, by their path; of two the first."""
    found: dict[Path, Place] = {}
    for path, at in _Reader(text).read():
        found.setdefault(path, _place(text, at))
    return found


def nearest(known: Mapping[Path, Place], path: Path) -> Place:
    """Return where a path stands, else the nearest table that holds it; the beginning of the file where none does."""
    for end in range(len(path), 0, -1):
        if path[:end] in known:
            return known[path[:end]]
    return (1, 1)


def _place(text: str, at: int) -> Place:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Reader:
    """Reads the words of a sound TOML text; what a value says does not matter, but for the keys of inline tables."""

    def __init__(self, text: str) -> None:
        found = ((str(m.lastgroup), m[0], m.start()) for m in _TOKEN.finditer(text))
        self._tokens: list[_Token] = [token for token in found if token[0] != "comment"]
        self._i = 0

    def read(self) -> Iterator[tuple[Path, int]]:
        """Yield the path of each key and table, with where it begins."""
        table: Path = ()
        while self._i < len(self._tokens):
            kind, text, at = self._tokens[self._i]
            if kind == "line":
                self._i += 1
            elif text == "[":
                self._skip("[")
                table = self._key()
                self._skip("]")
                yield table, at
            else:
                yield from self._pair(table)

    def _skip(self, sign: str) -> None:
        while self._text() == sign:
            self._i += 1

    def _text(self) -> str:
        return self._tokens[self._i][1] if self._i < len(self._tokens) else ""

    def _key(self) -> Path:
        """Return the parts of a key with dots, and stand behind it."""
        parts: list[str] = []
        while self._i < len(self._tokens) and self._text() not in {"=", "]"}:
            kind, text, _ = self._tokens[self._i]
            if kind in {"word", "string"}:
                parts.append(text[1:-1] if kind == "string" else text)
            self._i += 1
        return tuple(parts)

    def _pair(self, above: Path) -> Iterator[tuple[Path, int]]:
        at = self._tokens[self._i][2]
        path = (*above, *self._key())
        self._i += 1  # the sign of equality
        yield path, at
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        if self._text() == "{":
            yield from self._inline(path)
            return
        depth = 0
        while self._i < len(self._tokens):
            kind, text, _ = self._tokens[self._i]
            if depth == 0 and (kind == "line" or text in {",", "}"}):
                return
            depth += (text in {"[", "{"} and kind == "sign") - (text in {"]", "}"} and kind == "sign")
            self._i += 1

    def _inline(self, path: Path) -> Iterator[tuple[Path, int]]:
        self._i += 1  # the opening brace
        while self._text() not in {"}", ""}:
            if self._text() == "," or self._tokens[self._i][0] == "line":
                self._i += 1
            else:
                yield from self._pair(path)
        self._i += 1
