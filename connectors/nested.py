"""Opens pages whose list lies deeper than their first level, or that tell in a way of their own whether more follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from connectors.formats import Bad, Raw

Fields = Mapping[str, msgspec.Raw]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds: its records, and whether it names a further page (None: it does not say)."""

    items: list[bytes]
    more: bool | None = None


def opened(
    found: Iterator[Raw | Bad],
    marks: re.Pattern[bytes],
    page_of: Callable[[Fields], Page | None],
    tell: Callable[[bool], None],
) -> Iterator[Raw | Bad]:
    """Yield the records of pages in place of the pages, numbered anew; what is no page stays as it is.

    Only what `marks` finds something in may be a page; `page_of` returns None where it is none. `tell` is told of each
    page that says it whether a further one follows.
    """
    number = 0
    for piece in found:
        page = page_of(_fields(piece.data)) if isinstance(piece, Raw) and marks.search(piece.data) else None
        if page is None:
            number += 1
            yield Raw(number, piece.data) if isinstance(piece, Raw) else Bad(number, piece.reason, piece.count)
            continue
        if page.more is not None:
            tell(page.more)
        for item in page.items:
            number += 1
            yield Raw(number, item) if item[:1] == b"{" else Bad(number, "it is not an object")


def listed(value: msgspec.Raw | None) -> list[bytes] | None:
    """Return the elements of a JSON list; None where it is none."""
    if value is None or bytes(memoryview(value)[:1]) != b"[":
        return None
    return [bytes(item) for item in msgspec.json.decode(value, type=list[msgspec.Raw])]


def inner(value: msgspec.Raw | None) -> dict[str, msgspec.Raw]:
    """Return the fields of a JSON object; none where it is no object."""
    if value is None or bytes(memoryview(value)[:1]) != b"{":
        return {}
    return msgspec.json.decode(value, type=dict[str, msgspec.Raw])


def _fields(item: bytes) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(item, type=dict[str, msgspec.Raw])
