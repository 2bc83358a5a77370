"""Reads tables of our own from YAML (bands of risk, points of the forecast): every fault with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from policies.documents import Fields, Items, Node, Place, Scalar, Unreadable, documents, read_text
from policies.shape import Refusal

_WHOLE = re.compile(r"\d{1,9}")
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,4})?")

#: Key -> (where the key stands, its value).
Row = Mapping[str, tuple[Place, Node]]


class Checker:
    """Reads the values of one file and collects what is wrong, so that a person sees all of it at once."""

    def __init__(self, path: Path) -> None:
        self.file, self.refused = str(path), list[Refusal]()
        self._path = path

    def fault(self, place: Place, message: str) -> None:
        """Note what is wrong at a place, and what to do."""
        self.refused.append(Refusal(self.file, place.line, place.column, message))

    def whole(self) -> Node | None:
        """Return the one document of the file, or None where there is none; that is a fault."""
        try:
            found = list(documents(read_text(self._path)))
        except Unreadable as error:
            found = [error]
        except OSError as error:
            self.fault(Place(1, 1), f"cannot be read: {error.strerror}")
            return None
        if len(found) != 1:
            self.fault(Place(1, 1), f"there is one document in this file, not {len(found)}")
            return None
        if isinstance(found[0], Unreadable):
            self.fault(found[0].place, str(found[0]))
            return None
        return found[0]

    def row(self, node: Node, what: str, required: Collection[str], optional: Collection[str] = ()) -> Row:
        """Return the keys of a mapping that may be there; those that are missing or strange are faults."""
        known = (*required, *optional)
        if not isinstance(node, Fields):
            self.fault(node.place, f"{what} is a list of keys and values: {', '.join(known)}")
            return {}
        for key, (place, _) in node.fields.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1, 0.6)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
                self.fault(place, f"{what} has no key {key}: {hint}")
        if missing := [key for key in required if key not in node.fields]:
            self.fault(node.place, f"{what}: missing: {', '.join(missing)}")
        return {key: pair for key, pair in node.fields.items() if key in known}

    def items(self, row: Row, key: str) -> Iterator[Node]:
        """Yield the entries of a list; nothing where the key is not there."""
        if key not in row:
            return
        node = row[key][1]
        if isinstance(node, Items):
            yield from node.items
        else:
            self.fault(node.place, f"{key} is a list")

    def text(self, row: Row, key: str) -> str:
        """Return a text on one line, or "" where there is none."""
        if key not in row:
            return ""
        node = row[key][1]
        if isinstance(node, Scalar) and node.text.strip():
            return " ".join(node.text.split())
        self.fault(node.place, f"{key} is a text: write one")
        return ""

    def word(self, node: Node, what: str, allowed: Collection[str]) -> str:
        """Return one of the words that are allowed, or ""."""
        text = node.text if isinstance(node, Scalar) else ""
        if text in allowed:
            return text
        near = difflib.get_close_matches(text, allowed, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(list(allowed)[:12])}"
        self.fault(node.place, f"there is no {what} {text}: {hint}" if text else f"{what}: {hint}")
        return ""

    def word_of(self, row: Row, key: str, allowed: Collection[str]) -> str:
        """Return the word of a key, or "" where there is none."""
        return self.word(row[key][1], key, allowed) if key in row else ""

    def count(self, row: Row, key: str, least: int = 0) -> int | None:
        """Return a whole number, or None where there is none."""
        if key not in row:
            return None
        node = row[key][1]
        if isinstance(node, Scalar) and _WHOLE.fullmatch(node.text) and int(node.text) >= least:
            return int(node.text)
        self.fault(node.place, f"{key} is a whole number of at least {least}")
        return None

    def decimal(self, row: Row, key: str, *, above_zero: bool = True) -> Fraction | None:
        """Return a number exactly as it is written, or None where there is none."""
        if key not in row:
            return None
        node = row[key][1]
        if isinstance(node, Scalar) and _DECIMAL.fullmatch(node.text) and (Fraction(node.text) or not above_zero):
            return Fraction(node.text)
        self.fault(node.place, f"{key} is a number such as 1.5, with four digits after the point at most")
        return None
