"""The words of a CEL expression with their places, cut as its definition says (github.com/google/cel-spec)."""

from __future__ import annotations

import re
from dataclasses import dataclass

STRING, NUMBER, NAME, SIGN = "string", "number", "name", "sign"

_WORDS = re.compile(
    r"""
    (?P<blank> [ \t\r\n\f]+ | //[^\n]* )
  | (?P<string>
        [bB]?[rR][bB]? (?: \"{3}.*?\"{3} | '{3}.*?'{3} | "[^"\n]*" | '[^'\n]*' )
      | [bB]? (?: \"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3} | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    )
  | (?P<number> 0[xX][0-9a-fA-F]+[uU]? | (?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]? )
  | (?P<name> [A-Za-z_][A-Za-z0-9_]* )
  | (?P<sign> && | \|\| | [<>=!]= | [-+*/%<>!?:.,()\[\]] )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind, its text, and where it begins (an offset from 0)."""

    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.at + len(self.text)

    def said(self) -> str | None:
        """Return what a plain string says; None for what is no string, or one with escapes."""
        if self.kind != STRING or "\\" in self.text or self.text[0] not in "\"'":
            return None
        return self.text.strip(self.text[0])


class Stray(ValueError):
    """A character that no expression may have, at the offset `at`."""

    def __init__(self, at: int) -> None:
        super().__init__("this character has no place in an expression")
        self.at = at


def tokens(text: str) -> list[Token]:
    """Return the words of an expression, without blanks and comments. Raises Stray."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _WORDS.match(text, at)
        if match is None:
            raise Stray(at)
        kind = str(match.lastgroup)
        if kind != "blank":
            found.append(Token(kind, match[0], at))
        at = match.end()
    return found
