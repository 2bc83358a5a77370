"""YAML with places: a scalar knows its line and column; a file is neither large nor deep, and never repeats itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

#: Bytes of a file, and nodes and levels of a document: far above any policy, far below what hurts.
LARGEST = 512 * 1024
MOST_NODES = 10_000
DEEPEST = 12

_BEGIN = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, counted from 1."""

    line: int
    column: int


class Unreadable(Exception):
    """A document, or a whole file, is no YAML that is taken; `place` says where."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text, whatever YAML would make of it: `on` is "on". `bare` is false where it stands in quotes."""

    text: str
    place: Place
    bare: bool
    source: str

    def at(self, offset: int) -> Place:
        """Return where a character of the text stands in the file, also where the text is folded, quoted or escaped."""
        position, last = self._begin(), 0
        for character in self.text[: offset + 1]:
            found = -1 if character.isspace() else self.source.find(character, position)
            if found >= 0:
                last, position = found, found + 1
        before = self.source[:last]
        line = before.count("\n")
        column = last - before.rfind("\n") if line else last + self.place.column
        return Place(self.place.line + line, column)

    def _begin(self) -> int:
        first = self.source[:1]
        if first and first in "|>":
            return self.source.find("\n") + 1
        return 1 if not self.bare else 0


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping: name -> (where the name stands, its value)."""

    fields: Mapping[str, tuple[Place, Node]]
    place: Place


Node = Scalar | Items | Fields


def read_text(path: Path) -> str:
    """Return the text of a file. Raises Unreadable where it is too large or no UTF-8, and OSError."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(Place(1, 1), f"the file is larger than {LARGEST // 1024} kB: put policies into several files")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise Unreadable(place, "this byte is no UTF-8: save the file as UTF-8") from None


def documents(text: str) -> Iterator[Node | Unreadable]:
    """Yield the documents of a file, apart from empty ones; one that is no YAML does not hide those after it."""
    begins = [0, *(match.start() for match in _BEGIN.finditer(text)), len(text)]
    for begin, end in itertools.pairwise(begins):
        try:
            found = _document(text[begin:end], text.count("\n", 0, begin))
        except Unreadable as error:
            yield error
            continue
        if found is not None:
            yield found


def _document(text: str, above: int) -> Node | None:
    """Return the document of a text that stands below `above` lines, or None where it is empty. Raises Unreadable."""
    try:
        _bound(text, above)
        root = yaml.compose(text, _LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        assert mark is not None  # both loaders always say where
        raise Unreadable(_within(text, above, mark), f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        before = text[: getattr(error, "position", 0)]
        place = Place(above + before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise Unreadable(place, "not YAML: a character that YAML does not allow") from None
    return None if root is None or root.value == "" else _Reader(text, above, _begins(text)).node(root)


def _begins(text: str) -> list[int]:
    return [0, *itertools.accumulate(len(line) + 1 for line in text.split("\n"))]


def _within(text: str, above: int, mark: yaml.Mark) -> Place:
    """Return a mark's place; one after the end of the text, which libyaml takes for a new line, is at its end."""
    lines = text.split("\n")
    if mark.line < len(lines):
        return Place(above + mark.line + 1, mark.column + 1)
    return Place(above + len(lines), len(lines[-1]) + 1)


def _bound(text: str, above: int) -> None:
    """Refuse, before anything is built, what would grow: aliases, depth, masses. Raises Unreadable."""
    depth = count = 0
    for event in yaml.parse(text, _LOADER):
        mark = event.start_mark
        assert mark is not None  # the same
        place = Place(above + mark.line + 1, mark.column + 1)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        count += isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(place, "anchors and aliases (& and *) are not allowed: write the value out, or quote it")
        if depth > DEEPEST:
            raise Unreadable(place, f"nested deeper than {DEEPEST} levels: a policy needs four")
        if count > MOST_NODES:
            raise Unreadable(place, f"more than {MOST_NODES} values in one document: a policy needs some dozens")


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    above: int
    #: Where each line of the text begins; the last entry is where one after its end would.
    begins: Sequence[int]

    def node(self, raw: yaml.Node) -> Node:
        place = self.place(raw.start_mark)
        if isinstance(raw, yaml.MappingNode):
            return Fields(self.fields(raw.value), place)
        if isinstance(raw, yaml.SequenceNode):
            return Items(tuple(self.node(item) for item in raw.value), place)
        source = self.text[self.offset(raw.start_mark) : self.offset(raw.end_mark)]
        return Scalar(raw.value, place, source[:1] not in set("'\"|>"), source)

    def fields(self, pairs: Sequence[tuple[yaml.Node, yaml.Node]]) -> dict[str, tuple[Place, Node]]:
        found: dict[str, tuple[Place, Node]] = {}
        for key, value in pairs:
            place = self.place(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable(place, "a key is a plain word")
            if key.value in found:
                raise Unreadable(place, f"the key {key.value} stands here a second time: leave one of them out")
            found[key.value] = (place, self.node(value))
        return found

    def place(self, mark: yaml.Mark) -> Place:
        return Place(self.above + mark.line + 1, mark.column + 1)

    def offset(self, mark: yaml.Mark) -> int:
        return self.begins[min(mark.line, len(self.begins) - 1)] + mark.column
