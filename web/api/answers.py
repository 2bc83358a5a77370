"""What is answered: rows as they are, with an entity tag; lists by pages that nothing which comes or goes shifts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi.responses import Response

from web.errors import Wrong
from web.here import Here

Row = Mapping[str, Any]
_encode = msgspec.json.Encoder().encode
#: So many rows before a cursor are known again, should those nearer to it go meanwhile.
_KNOWN = 8


def encode(value: Any) -> bytes:
    """Return JSON in UTF-8; half of a character, which some sources cut from a name, becomes a question mark."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode(errors="replace")


def tagged(here: Here, found: Any) -> Response:
    """Return what was found as JSON with an entity tag; 304 without a body where the program has it already."""
    return found if isinstance(found, Response) else tagged_bytes(here, encode(found))


def tagged_bytes(here: Here, body: bytes) -> Response:
    """Return JSON with an entity tag, as `tagged` does."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    held = {one.strip().removeprefix("W/") for one in here.request.headers.get("if-none-match", "").split(",")}
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if tag in held or "*" in held:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def page_of(
    rows: Sequence[Row], key: str, *, cursor: str | None, limit: int, shown: Callable[[Row], Row] | None = None
) -> dict[str, Any]:
    """Return a page of rows: `items`, `total`, and `next`, the cursor of the page after it (None: this is the last).

    A cursor names the last rows that were given, so that rows that come or go before it move no page's edge. `shown`
    makes of a row what is given, of those on the page alone.
    """
    begin = 0 if cursor is None else _after(rows, key, cursor)
    end = min(begin + limit, len(rows))
    onward = _cursor(end, [row[key] for row in rows[max(0, end - _KNOWN) : end]]) if begin < end < len(rows) else None
    items = rows[begin:end]
    return {"items": [shown(row) for row in items] if shown else list(items), "total": len(rows), "next": onward}


def _cursor(end: int, last: Sequence[Any]) -> str:
    return packed([end, *map(_mark, last)])


def _mark(key: Any) -> str:
    return hashlib.blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _after(rows: Sequence[Row], key: str, cursor: str) -> int:
    """Return the place after the last row that was given; where that is gone, after the one before, and so on."""
    end, *marks = unpacked(cursor, int)
    if not all(isinstance(mark, str) for mark in marks):
        raise no_cursor()
    if marks and 0 < end <= len(rows) and _mark(rows[end - 1][key]) == marks[-1]:
        return int(end)
    wanted = {mark: at for at, mark in enumerate(marks)}
    found = ((wanted[mark], at + 1) for at, row in enumerate(rows) if (mark := _mark(row[key])) in wanted)
    return max(found, default=(0, max(0, min(end, len(rows)))))[1]


def packed(values: Sequence[Any]) -> str:
    """Return values as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def unpacked(cursor: str, *kinds: type) -> list[Any]:
    """Return the values of a cursor, the first ones of these kinds. Raises Wrong where it is none of ours."""
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise no_cursor() from None
    if not isinstance(found, list) or len(found) < len(kinds):
        raise no_cursor()
    if any(type(value) is not kind for value, kind in zip(found, kinds, strict=False)):
        raise no_cursor()
    if any(isinstance(value, int) and abs(value) > 2**53 for value in found):
        raise no_cursor()
    return found


def no_cursor() -> Wrong:
    """Return the error of a cursor that no answer gave."""
    return Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, "This cursor is none of ours.", "Send `next` of a page as it came.")
