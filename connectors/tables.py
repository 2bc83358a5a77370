"""Delimited text, read as it comes: any separator, two encodings in one file, preambles, quoted newlines."""

from __future__ import annotations

import codecs
import csv
import re
import tempfile
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import BinaryIO

from connectors.formats import Bad, Context, Raw
from connectors.saved_errors import check_saved_error
from model.errors import ConfigError, Interrupted, WrongFormat

SEPARATORS = (",", ";", "\t", "|")
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_CHUNK = 1 << 16
_LINE_LIMIT = 1 << 20
#: A quoted cell over more lines than this is a stray quotation mark: its first line is bad, the rest is read on.
_QUOTED_LINES = 60
_PREAMBLE = 30
_MAGIC = {
    b"PK\x03\x04": "a workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"SQLite format 3": "a database",
}


@lru_cache(maxsize=4096)  # types and statuses repeat in each row
def fold_header(text: str) -> str:
    """Return a header as it is compared: case folded, all marks and underscores taken as blanks."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def header_names(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the names of each field out of `one | other`, as `fold_header` gives them."""
    return {field: tuple(fold_header(name) for name in text.split("|")) for field, text in texts.items()}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a format looks for: the folded header names of each field, best first, and the fields it cannot do without.

    Of each group in `required` one field must be there. A profile key named like a field names its column.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    required: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table's fields stand: `index` by field from 0, `headers` by field as the file spells them."""

    separator: str
    line: int
    index: Mapping[str, int]
    headers: Mapping[str, str]
    needed: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Encoding:
    """How the bytes were read. A line that is not UTF-8 is Windows-1252, whatever the other lines are.

    Decided line by line, so that one record reads the same in each file it stands in.
    """

    name: str | None = None
    odd: int = 0
    first_odd: int | None = None

    def decode(self, line: bytes, number: int) -> str:
        """Return the text of one line."""
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.odd += 1
            self.first_odd = self.first_odd or number
            return line.decode("cp1252", "replace")

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.name:
            return self.name
        return f"windows-1252 ({self.odd} lines, the first is line {self.first_odd})" if self.odd else "utf-8"


@dataclass(slots=True)
class Table:
    """An opened table: its layout is known, its rows are not yet read."""

    layout: Layout
    encoding: Encoding
    _chunks: Iterator[bytes] = field(repr=False)

    def rows(self) -> Iterator[Raw | Bad]:
        """Yield each row as field to text, blank cells left out; a row of the wrong width is Bad.

        Raises Interrupted where the input breaks off.
        """
        layout = self.layout
        lines = (self.encoding.decode(line, n) for n, line in enumerate(_lines(self._chunks), start=1))
        for number, cells in _records(lines, layout.separator):
            if isinstance(cells, Bad):
                yield cells
            elif number > layout.line and any(cells) and tuple(cells) != layout.cells:
                yield _row(number, cells, layout)


def _row(number: int, cells: list[str], layout: Layout) -> Raw | Bad:
    if len(cells) < layout.needed:
        return Bad(number, "fewer cells than the header has columns") if "".join(cells).strip() else Raw(number, {})
    if len(cells) > len(layout.cells) and "".join(cells[len(layout.cells) :]).strip():
        return Bad(number, "more cells than the header has columns")
    return Raw(number, {name: text for name, at in layout.index.items() if (text := cells[at].strip())})


def read_table(stream: BinaryIO, columns: Columns, context: Context) -> Iterator[Raw | Bad]:
    """Yield the rows of a table; empty ones are skipped.

    Raises WrongFormat for what is no such table, AccessDenied for a vendor's saved refusal, Interrupted.
    """
    table = open_table(stream, columns, context)
    for row in table.rows():
        if isinstance(row, Bad) or row.data:
            yield row
    if table.encoding.odd:
        context.note(f"encoding {table.encoding}")


def open_table(stream: BinaryIO, columns: Columns, context: Context) -> Table:
    """Find separator, encoding and header of a table. Raises as `read_table` does."""
    chunks, encoding = _decoded(_chunks(stream), context.profile.get("encoding"))
    head = _head(chunks)
    _refuse_other(head, chunks)
    lines = [Encoding().decode(line, 0) for line in _lines(iter([head]))]
    layout = _layout(lines, columns, context.profile)
    return Table(layout, encoding, chain([head], chunks))


@contextmanager
def spooled(stream: BinaryIO) -> Iterator[tuple[BinaryIO, Interrupted | None]]:
    """Give a seekable copy of the input, in memory or in a temporary file that is gone afterwards.

    The second value is the interruption, where the input broke off: the copy then ends with its last whole line,
    and the reader raises the interruption when it is through.
    """
    with tempfile.SpooledTemporaryFile(max_size=1 << 24) as copy:
        broken = _copy(stream, copy)
        copy.seek(0)
        yield copy, broken  # type: ignore[misc]  # a spooled file has all that is read of a BinaryIO


def _copy(stream: BinaryIO, copy: tempfile.SpooledTemporaryFile[bytes]) -> Interrupted | None:
    rest = b""
    try:
        for chunk in _chunks(stream):
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            copy.write(whole + newline)
    except Interrupted as broken:
        return broken
    copy.write(rest)
    return None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except (EOFError, OSError, zlib.error) as error:
        raise Interrupted("the file breaks off") from error


def _decoded(chunks: Iterator[bytes], name: str | None) -> tuple[Iterator[bytes], Encoding]:
    """Return the chunks as UTF-8 where the profile or the first bytes name an encoding; otherwise as they are."""
    first = next(chunks, b"")
    name = name or _wide(first)
    rest = chain([first], chunks)
    if name is None:
        return (chunk.replace(b"\0", b"") for chunk in chain([first.removeprefix(codecs.BOM_UTF8)], chunks)), Encoding()
    try:
        codecs.lookup(name)
    except LookupError:
        raise ConfigError("encoding: no such encoding is known") from None
    texts = codecs.iterdecode(rest, name, "replace")
    return (text.lstrip("\ufeff").replace("\0", "").encode(errors="replace") for text in texts), Encoding(name)


def _wide(first: bytes) -> str | None:
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    # Half of the bytes of a Latin text in UTF-16 are NUL: the second ones where the low byte comes first.
    even, odd = first[:400:2].count(0), first[1:400:2].count(0)
    if even + odd > len(first[:400]) * 0.3:
        return "utf-16-le" if even == 0 else "utf-16-be" if odd == 0 else None
    return None


def _head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < _CHUNK and (chunk := next(chunks, None)) is not None:
        head += chunk
    return head


def _refuse_other(head: bytes, chunks: Iterator[bytes]) -> None:
    """Raise WrongFormat for empty, binary, JSON and HTML input, AccessDenied for a saved refusal."""
    if not head.strip():
        raise WrongFormat("the file is empty")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise WrongFormat(f"the file is {what}, not a table of text")
    control = sum(head[:8192].count(bytes([c])) for c in range(32) if c not in b"\t\n\r\f")
    if control * 20 > len(head[:8192]):
        raise WrongFormat("the file is binary, not a table of text")
    start = head.lstrip()[:200]
    if re.match(rb'\{\s*["}]|\[\s*[\[{"\]]', start):
        _refuse_json(head, chunks)
    if re.match(rb"<(!doctype|html|\?xml|\w+[\s>])", start, re.IGNORECASE):
        raise WrongFormat("the file is a page or XML document, not a table of text")


def _refuse_json(head: bytes, chunks: Iterator[bytes]) -> None:
    # Error answers are small: a document that goes on after the first chunks is none.
    if len(head) < _CHUNK and next(chunks, None) is None:
        check_saved_error(head)
    raise WrongFormat("the file is a JSON document, not a table of text")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines without their ends (LF, CRLF, or CR where the file has no LF); overlong ones are cut."""
    rest, end = b"", None
    for chunk in chunks:
        end = end or (b"\r" if b"\n" not in chunk and b"\r" in chunk[:-1] else b"\n")
        *whole, rest = (rest + chunk).split(end)
        for line in whole:
            yield line.removesuffix(b"\r")
        if len(rest) > _LINE_LIMIT:
            yield rest
            rest = b""
    if rest:
        yield rest.removesuffix(b"\r")


def _records(lines: Iterator[str], separator: str) -> Iterator[tuple[int, list[str] | Bad]]:
    """Yield each record with the number of its first line."""
    number, waiting = 0, deque[str]()
    for line in _refilled(waiting, lines):
        number += 1
        if '"' not in line:
            yield number, line.split(separator)
            continue
        feed = _Feed(line, _refilled(waiting, lines))
        cells = _quoted(feed, separator)
        if cells is None:
            waiting.extendleft(reversed(feed.taken[1:]))
            yield number, Bad(number, "the quotation marks do not close")
            continue
        yield number, cells
        number += len(feed.taken) - 1


def _refilled(waiting: deque[str], lines: Iterator[str]) -> Iterator[str]:
    """Yield the lines that were put back, then the rest."""
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        yield line


@dataclass(slots=True)
class _Feed:
    """Hands a record's lines to the csv reader, and knows whether it asked for more than there were."""

    first: str
    more: Iterator[str]
    taken: list[str] = field(default_factory=list)
    short: bool = False

    def __iter__(self) -> Iterator[str]:
        line: str | None = self.first
        while line is not None and len(self.taken) < _QUOTED_LINES:
            self.taken.append(line)
            yield line + "\n"
            line = next(self.more, None) if len(self.taken) < _QUOTED_LINES else None
        self.short = True


def _quoted(feed: _Feed, separator: str) -> list[str] | None:
    """Return the cells of a record with quotation marks, or None where it cannot be read."""
    try:
        cells = next(csv.reader(feed, delimiter=separator, skipinitialspace=True), None)
    except csv.Error:
        return None
    return None if feed.short else cells


def _layout(lines: list[str], columns: Columns, profile: Mapping[str, str]) -> Layout:
    """Return the layout whose header names the most fields. Raises WrongFormat where none names the required ones."""
    given = profile.get("separator")
    separators = (_NAMED.get(given, given),) if given else SEPARATORS
    if any(len(separator) != 1 for separator in separators):
        raise ConfigError("separator: give one character, or tab, comma, semicolon, pipe")
    best: Layout | None = None
    missing: str | None = None
    for separator in separators:
        for number, cells in _records(iter(lines[: _PREAMBLE + _QUOTED_LINES]), separator):
            if number > _PREAMBLE or isinstance(cells, Bad):
                continue
            found = _header(number, cells, separator, columns, profile)
            missing = missing or _missing(found, columns, profile)
            if not _missing(found, columns, profile) and (best is None or len(found.index) > len(best.index)):
                best = found
    if best is None:
        raise WrongFormat(f"the table has no column for {missing}")
    return best


def _header(number: int, cells: list[str], separator: str, columns: Columns, profile: Mapping[str, str]) -> Layout:
    folded: dict[str, int] = {}
    for at, cell in enumerate(cells):
        folded.setdefault(fold_header(cell), at)
    folded.pop("", None)
    index = {}
    for name, synonyms in columns.synonyms.items():
        wanted = (fold_header(profile[name]),) if profile.get(name) else synonyms
        header = next((header for header in wanted if header in folded), None)
        if header is not None:
            index[name] = folded[header]
    headers = {name: " ".join(cells[at].split()) for name, at in index.items()}
    needed = max(folded.values(), default=-1) + 1
    return Layout(separator=separator, line=number, index=index, headers=headers, needed=needed, cells=tuple(cells))


def _missing(layout: Layout, columns: Columns, profile: Mapping[str, str]) -> str | None:
    """Name what a header lacks, or None."""
    for name in columns.synonyms:
        if profile.get(name) and name not in layout.index:
            return f"the column that the setting {name} names"
    lacking = [group for group in columns.required if not any(name in layout.index for name in group)]
    return (
        ", ".join(" or ".join(group) for group in lacking) + f" (name it by --set {lacking[0][0]}=COLUMN)"
        if lacking
        else None
    )
