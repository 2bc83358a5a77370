"""Cuts a file of JSON into records: JSON lines, one list, pages, a list of pages, or documents one after the other."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from connectors.formats import Bad, Raw
from connectors.json_text import Nesting, documents, elements, is_closed, without_trailing_commas
from connectors.refusals import is_missing, refusal
from model.errors import AccessDenied, Interrupted, WrongFormat

LINE_LIMIT = 16 << 20
DOCUMENT_LIMIT = 512 << 20

_CHUNK = 1 << 20
_HEAD = 4096
_HOPELESS = 1000
_CUT = "it is cut in the middle"
_TOO_DEEP = "it is nested too deeply"
_NO_JSON = "it is not JSON"
_NOTHING = msgspec.Raw(b"null")
_BLANK = b" \t\r\n\x1e"  # RFC 7464 puts 0x1E before each text of a sequence
_TOO_LONG = f"a line is longer than {LINE_LIMIT >> 20} MB: split the file, or save it as JSON lines"
_TOO_BIG = f"one JSON document of more than {DOCUMENT_LIMIT >> 20} MB: split the file, or save it as JSON lines"
_WEB_PAGE = re.compile(rb"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE)
#: Pages that say in `kind` what they are: Google leaves out the list where there is nothing.
_KINDS = re.compile(rb'"(admin#(?:directory#tokenList|directory#users|reports#activities))"')
#: Where a page names the one that follows it (Google, Graph, Slack-like, AWS).
_NEXT = ("nextPageToken", "@odata.nextLink", "next_page_token", "nextLink", "NextToken")
#: Fields of which one stands in every error answer that `refusals` knows.
_OF_ERRORS = "error|errorCode|__type|stat|statusCode|message"
_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def records(
    data: BinaryIO,
    *,
    lists: tuple[str, ...],
    kind: str | None = None,
    page: Callable[[bool], None] = lambda _more: None,
) -> Iterator[Raw | Bad]:
    """Yield the records of a file, as bytes, numbered from 1 in the order in which they stand.

    `lists` names the fields that hold a page's list ("items", "users", "value"). JSON lines are read line by line
    (at most `LINE_LIMIT` bytes each), a document that spans lines whole (at most `DOCUMENT_LIMIT`). `kind` is what a
    Google page of the right sort says of itself: with it, a page without a list is empty, and one of another sort is
    refused. `page` is told of each page whether it names a further one. Raises WrongFormat where the file holds no
    record at all but other things; after all that could be read, AccessDenied where a vendor's error answer stood in
    place of records, else Interrupted where the file breaks off.
    """
    cutter = _Cutter(data, lists, kind, page)
    held: list[Bad] | None = []
    for number, piece in enumerate(cutter.pieces(), 1):
        if isinstance(piece, bytes):
            yield from held or ()
            held = None
            yield Raw(number, piece)
        elif held is None:
            yield Bad(number, piece)
        else:
            held.append(Bad(number, piece))
            _give_up_on(held, _HOPELESS)
    cutter.tell()
    _give_up_on(held or [], 1)


def _give_up_on(held: list[Bad], enough: int) -> None:
    if len(held) >= enough:
        raise WrongFormat(f"no record of this FORMAT among the {len(held)} things read; of the first: {held[0].reason}")


class _Cutter:
    """Yields what stands in a file, a record as bytes or why there is none as text; `tell` says the rest."""

    def __init__(self, data: BinaryIO, lists: tuple[str, ...], kind: str | None, page: Callable[[bool], None]) -> None:
        self._data = data
        self._page = page
        self._kind = kind
        self._lists = lists
        names = "|".join(re.escape(name) for name in lists)
        self._special = re.compile(rf'"(?:{names}|{_OF_ERRORS})"\s*:'.encode() + b"|" + _KINDS.pattern)
        self._decoder: codecs.IncrementalDecoder | None = None
        self._refused: AccessDenied | None = None
        self._broken: Interrupted | None = None

    def tell(self) -> None:
        """Raise what the file's user has to know beside its records."""
        if self._refused is not None:
            raise self._refused
        if self._broken is not None:
            raise self._broken

    def pieces(self) -> Iterator[bytes | str]:
        head = self._head()
        self._refuse_other_kinds(head)
        while b"\n" not in head and len(head) <= LINE_LIMIT and (chunk := self._read()):
            head += chunk
        line, end, _ = head.partition(b"\n")
        if not head or (end and _fault(line.strip(_BLANK)) != _CUT):
            yield from self._cut_lines(head, LINE_LIMIT)
        else:
            yield from self._cut_document(head)

    def _read(self) -> bytes:
        """Return the next bytes as UTF-8, b"" at the end and from a break on."""
        decoded = b""
        while not decoded and self._broken is None:
            try:
                chunk = self._data.read(_CHUNK)
            except Interrupted as error:
                self._broken = error
                break
            if not chunk or self._decoder is None:
                return chunk
            decoded = self._decoder.decode(chunk).encode()
        return decoded

    def _head(self) -> bytes:
        """Return the file's beginning without byte order mark and white space."""
        head = b""
        while len(head) < _HEAD and (chunk := self._read()):
            head += chunk
        for bom, encoding in _BOMS.items():
            if head.startswith(bom):
                self._decoder = codecs.getincrementaldecoder(encoding)("replace")
                head = self._decoder.decode(head[len(bom) :]).encode() or self._read()
        head = head.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK)
        while not head and (chunk := self._read()):
            head = chunk.lstrip(_BLANK)
        if not head and self._broken is None:
            raise WrongFormat("the file is empty")
        return head

    def _refuse_other_kinds(self, head: bytes) -> None:
        if not head or head[0] in b"{[":
            return
        if _WEB_PAGE.match(head):
            raise WrongFormat(
                "a web page in place of JSON: a proxy or a sign-in page answered, export the records again"
            )
        if head[:1] == b"<":
            raise WrongFormat("XML in place of JSON: export the records as JSON")
        if not re.search(rb"^\s*[{\[]", head, re.MULTILINE) or b"\0" in head[:_HEAD]:
            kind = "binary data" if b"\0" in head[:_HEAD] else "other text"
            raise WrongFormat(f"{kind} in place of JSON: check that the file is of this FORMAT")

    def _cut_document(self, head: bytes) -> Iterator[bytes | str]:
        chunks = [head]
        size = len(head)
        while size <= DOCUMENT_LIMIT and (chunk := self._read()):
            chunks.append(chunk)
            size += len(chunk)
        text = b"".join(chunks).rstrip(_BLANK)
        del chunks
        if size > DOCUMENT_LIMIT:
            yield from self._cut_lines(text, LINE_LIMIT)
        elif _fault(text) is None:
            yield from self._expand(text)
        else:
            yield from self._cut_lines(text, DOCUMENT_LIMIT)

    def _cut_lines(self, head: bytes, limit: int) -> Iterator[bytes | str]:
        lines = _Lines(head, self._read, limit)
        while lines.advance():
            if lines.text is None:
                yield _TOO_LONG
            elif lines.text:
                yield from self._cut_line(lines.text, lines)

    def _cut_line(self, text: bytes, lines: _Lines) -> Iterator[bytes | str]:
        fault = _fault(text)
        if fault is None:
            yield from self._expand(text)
        elif fault == _TOO_DEEP:
            yield fault
        elif lines.first_time and text[0] in b"{[":
            yield from self._gather(text, lines)
        else:
            yield from self._mend(text, at_end=lines.at_end())

    def _gather(self, first: bytes, lines: _Lines) -> Iterator[bytes | str]:
        """Cut a document that goes on over the next lines; where they do not belong to it, leave them as they are."""
        nesting = Nesting()
        taken, size = [first], len(first)
        fits = nesting.fits(first)
        while fits and nesting.depth and lines.advance():
            size += len(lines.text or b"")
            if size > DOCUMENT_LIMIT:
                raise WrongFormat(_TOO_BIG)
            taken.append(lines.text or b"")
            fits = lines.text is not None and nesting.fits(lines.text)
        if (fits and not nesting.depth) or ((fits or nesting.in_string) and lines.at_end()):
            yield from self._mend(b"\n".join(taken), at_end=lines.at_end())
        else:
            lines.give_back(taken[1:])
            yield from self._mend(first, at_end=False)

    def _mend(self, text: bytes, *, at_end: bool) -> Iterator[bytes | str]:
        if _WEB_PAGE.match(text):
            self._break_off("a web page stands in place of some records: a proxy or a sign-in page answered")
            return
        text = without_trailing_commas(text)
        parts = [text] if _fault(text) in (None, _CUT) else list(documents(text))
        for part in parts:
            last = part is parts[-1]
            yield from self._expand(part) if _fault(part) is None else self._salvage(part, at_end=at_end and last)

    def _salvage(self, text: bytes, *, at_end: bool) -> Iterator[bytes | str]:
        """Yield what is whole in a broken document; what the end of the file cuts off makes the file interrupted."""
        cut = at_end and not is_closed(text)
        if cut:
            self._break_off("the file breaks off in the middle of a record: it was not saved to its end")
        for piece, whole in elements(text, self._lists):
            fault = _fault(piece)
            if fault is None:
                yield from self._item(piece)
            elif whole or not cut:
                yield fault

    def _break_off(self, reason: str) -> None:
        self._broken = self._broken or Interrupted(f"{reason}; export it again")

    def _expand(self, text: bytes) -> Iterator[bytes | str]:
        if text[:1] != b"[":
            yield from self._item(text)
            return
        for item in msgspec.json.decode(text, type=list[msgspec.Raw]):
            yield from self._item(bytes(item))

    def _item(self, item: bytes) -> Iterator[bytes | str]:
        fault = _unfit(item)
        if fault is not None:
            yield fault
        elif self._special.search(item):
            yield from self._special_item(item)
        else:
            yield item

    def _special_item(self, item: bytes) -> Iterator[bytes | str]:
        """Tell a page, and an error answer, from a record that has fields of the same names."""
        fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw])
        page = next(
            (fields[name] for name in self._lists if bytes(memoryview(fields.get(name, _NOTHING))[:1]) == b"["), None
        )
        sort = _sort(fields)
        refused = refusal(fields)
        if sort not in (None, self._kind) and self._kind is not None:
            raise WrongFormat(f"a page of {sort}, where {self._kind} is read: name the FORMAT that the file is of")
        if page is not None:
            self._page(any(name in fields for name in _NEXT))
            items = map(bytes, msgspec.json.decode(page, type=list[msgspec.Raw]))
            yield from (_unfit(found) or found for found in items)
        elif refused is not None and is_missing(fields):
            yield f"the source's answer is {refused.permission}: what was asked for is not there"
        elif refused is not None:
            self._refused = self._refused or refused
        elif sort is None or sort != self._kind:
            yield item


class _Lines:
    """The lines of a file, one at a time; lines that were taken too early can be given back."""

    def __init__(self, head: bytes, read: Callable[[], bytes], limit: int) -> None:
        self._lines = self._split(head, read, limit)
        self._back: deque[bytes | None] = deque()
        self._ahead: deque[bytes | None] = deque()
        self.text: bytes | None = b""
        self.first_time = True

    def advance(self) -> bool:
        """Go to the next line, None where it is too long. Return False at the end."""
        self.first_time = not self._back
        if self._back:
            self.text = self._back.popleft()
            return True
        if self.at_end():
            return False
        self.text = self._ahead.popleft()
        return True

    def at_end(self) -> bool:
        """Tell whether no line comes any more."""
        if not self._ahead:
            self._ahead.extend(line for line in (next(self._lines, b"\n"),) if line != b"\n")
        return not (self._back or self._ahead)

    def give_back(self, lines: list[bytes]) -> None:
        """Let the lines come again, before the rest."""
        self._back.extend(lines)

    @staticmethod
    def _split(rest: bytes, read: Callable[[], bytes], limit: int) -> Iterator[bytes | None]:
        at = 0
        while True:
            end = rest.find(b"\n", at)
            if end >= 0:
                yield rest[at:end].strip(_BLANK) if end - at <= limit else None
                at = end + 1
                continue
            rest, at = rest[at:], 0
            if len(rest) > limit:
                yield None
                while (rest := read()) and b"\n" not in rest:
                    pass
                rest = rest.partition(b"\n")[2]
            if not (chunk := read()):
                yield rest.strip(_BLANK)
                return
            rest += chunk


def _fault(text: bytes) -> str | None:
    """Return why a text is not one JSON value, None where it is."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except RecursionError:
        return _TOO_DEEP
    except msgspec.DecodeError as error:
        return _CUT if "truncated" in str(error) else _NO_JSON
    return None


def _unfit(item: bytes) -> str | None:
    """Return why a JSON value is not a record, None where it is."""
    if item[:1] != b"{":
        return "it is not an object"
    try:
        item.isascii() or item.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    return None


def _sort(fields: dict[str, msgspec.Raw]) -> str | None:
    """Return what a Google page says that it is a page of."""
    found = _KINDS.fullmatch(bytes(fields.get("kind", _NOTHING)))
    return found[1].decode() if found else None
