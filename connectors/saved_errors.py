"""A vendor's error answer that was saved as if it were the table: refused is never read as "nothing there"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from connectors.refusals import refusal
from model.errors import AccessDenied, WrongFormat

_REFUSED = re.compile(
    r"permission|privilege|forbidden|denied|not.?authori[sz]ed|unauthori[sz]ed|unauthenticated|insufficient|invalid.?auth"
    r"|missing.?scope|invalid.?(token|session|grant|api.?key)|token.?(expired|revoked)|not.?allowed|not.?entitled|\b40[13]\b",
    re.IGNORECASE,
)
_CODES = ("needed", "errorCode", "error_code", "code", "category", "reason", "status", "statusCode", "error", "type")
_PROSE = ("message", "errorSummary", "error_description", "detail", "title", "msg")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}")
_REMEDY = (
    "grant the export what it lacks, then export the table again: the file holds the source's refusal, not its rows"
)


def check_saved_error(document: bytes) -> None:
    """Raise AccessDenied where a JSON text is a refusal, WrongFormat for another error answer; else return.

    Beside the answers that `refusals` knows: an object with `error`, `errors`, `errorCode` or `ok: false`, or a list of
    one such object (Salesforce). Only a short code is repeated, never the answer's prose.
    """
    try:
        answer = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    answer = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
    if not isinstance(answer, dict) or not _is_error(answer):
        return
    known = refusal({name: msgspec.Raw(msgspec.json.encode(value)) for name, value in answer.items()})
    if known is not None:
        raise known
    parts = list(_parts(answer))
    codes = [str(code) for code in _texts(parts, _CODES)]
    if any(_REFUSED.search(str(word)) for word in [*codes, *_texts(parts, _PROSE)]):
        raise AccessDenied(next(filter(_SAFE.fullmatch, codes), "unnamed"), _REMEDY)
    raise WrongFormat("the file is a saved error answer of the vendor, not a table of text")


def _is_error(answer: Mapping[str, Any]) -> bool:
    named = any(answer.get(key) for key in ("error", "errors", "errorCode", "error_code", "__type"))
    return named or answer.get("ok") is False or answer.get("status") == "error"


def _parts(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects under `error` and `errors`, which say it best, then the answer itself."""
    for key in ("error", "errors"):
        inner = answer.get(key)
        for item in inner[:5] if isinstance(inner, list) else [inner]:
            if isinstance(item, dict):
                yield item
    yield answer


def _texts(parts: list[Mapping[str, Any]], keys: tuple[str, ...]) -> Iterator[str | int]:
    for part in parts:
        for key in keys:
            value = part.get(key)
            if isinstance(value, str | int) and value not in (True, False, "", "error"):
                yield value
