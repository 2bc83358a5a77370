"""Tells a vendor's saved error answer from a record: a refusal in a file must never read as "nothing there"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from model.errors import AccessDenied

#: Fields of an OAuth error answer (RFC 6749, section 5.2) and of Slack's and Entra's versions of it.
_SHORT_ANSWER = frozenset(
    {
        "ok",
        "error",
        "error_description",
        "error_uri",
        "error_codes",
        "error_subtype",
        "suberror",
        "timestamp",
        "trace_id",
        "correlation_id",
        "claims",
        "needed",
        "provided",
        "warning",
        "response_metadata",
        "acceptedScopes",
        "callstack",
        "detail",
        "details",
        "message",
        "status",
        "status_code",
    }
)
_AWS_ANSWER = frozenset({"__type", "message", "Message", "Reason", "reason", "Code", "code", "RequestId"})
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:, -]{0,79}")
_BUSY = re.compile(r"429|503|quota|rate.?limit|throttl|too.?many|E0000047", re.IGNORECASE)
_STALE = re.compile(
    r"401|invalid_(client|grant|token|auth)|expired|unauthenticated|E0000011|token_revoked", re.IGNORECASE
)

_AGAIN = ", then export the records again: the file holds the source's refusal, not its records"


def refusal(fields: Mapping[str, msgspec.Raw]) -> AccessDenied | None:
    """Return the refusal that an object is, or None where it is no vendor's error answer.

    Known are the answers of Okta, Google, Microsoft Graph, Slack, AWS, Duo, OneLogin, JumpCloud and OAuth token
    endpoints. Only the error's code
    and the name of a missing permission are told, never the message, which may quote a token.
    """
    code = _okta(fields) or _nested(fields) or _jumpcloud(fields) or _short(fields) or _aws(fields) or _numbered(fields)
    if code is None:
        return None
    return AccessDenied(code, _remedy(code), lacking=not _BUSY.search(code) and not _STALE.search(code))


def is_missing(fields: Mapping[str, msgspec.Raw]) -> bool:
    """Tell whether the answer says only that the one thing asked for is not there (404), as for a deleted user."""
    code = _okta(fields) or _nested(fields) or _numbered(fields)
    return code is not None and bool(re.search(r"\b404\b|E0000007\b|ResourceNotFound", code))


def is_busy(code: str) -> bool:
    """Tell whether an error's code says that the source asks for rest, not that a right lacks."""
    return bool(_BUSY.search(code))


def _remedy(code: str) -> str:
    if _BUSY.search(code):
        return f"wait until the source takes calls again{_AGAIN}"
    if _STALE.search(code):
        return f"renew the credential that the export uses{_AGAIN}"
    return f"grant the export what it lacks{_AGAIN}"


def _okta(fields: Mapping[str, msgspec.Raw]) -> str | None:
    if "errorCode" not in fields or "errorSummary" not in fields:
        return None
    return f"Okta {_code(_value(fields, 'errorCode'))}"


def _nested(fields: Mapping[str, msgspec.Raw]) -> str | None:
    """Google's and Graph's: one object `error` with code and message, and hardly anything beside it."""
    error = _value(fields, "error")
    if len(fields) > 3 or not isinstance(error, dict) or not {"code", "message", "status"} & error.keys():
        return None
    if isinstance(error.get("code"), int):
        reason = _google_reason(error)
        return f"Google {_code(error['code'])}" + (f" {_code(reason)}" if reason else "")
    return f"Microsoft Graph {_code(error.get('code'))}"


def _google_reason(error: dict[str, Any]) -> object:
    for key in ("details", "errors"):
        entries = error.get(key)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("reason"):
                return entry["reason"]
    return error.get("status")


def _short(fields: Mapping[str, msgspec.Raw]) -> str | None:
    """Slack's and OAuth's: `error` is a word."""
    error = _value(fields, "error")
    if not isinstance(error, str) or not fields.keys() <= _SHORT_ANSWER:
        return None
    if _value(fields, "ok") is not False:
        return f"OAuth {_code(error)}"
    needed = _value(fields, "needed")
    return f"Slack {_code(error)}" + (f" {_code(needed)}" if needed else "")


def _aws(fields: Mapping[str, msgspec.Raw]) -> str | None:
    kind = _value(fields, "__type")
    if not isinstance(kind, str) or not fields.keys() <= _AWS_ANSWER:
        return None
    return f"AWS {_code(kind.rpartition('#')[2])}"


def _numbered(fields: Mapping[str, msgspec.Raw]) -> str | None:
    """Duo's (`stat` FAIL and a code), and OneLogin's of its version 2 (`statusCode`) and 1 (an object `status`)."""
    code, status = _value(fields, "code"), _value(fields, "status")
    if _value(fields, "stat") == "FAIL" and isinstance(code, int):
        return f"Duo {_code(code)}"
    if isinstance(_value(fields, "statusCode"), int) and "message" in fields and len(fields) < 6:
        return f"OneLogin {_code(_value(fields, 'statusCode'))} {_code(_value(fields, 'name'))}"
    if isinstance(status, dict) and status.get("error") is True:
        return f"OneLogin {_code(status.get('code'))} {_code(status.get('type'))}"
    return None


_JUMPCLOUD_ANSWER = frozenset({"message", "error", "code", "status", "details"})
_DENIED = re.compile(r"unauthori[sz]ed|unauthenticated|forbidden|permission|access denied|api key", re.IGNORECASE)


def _jumpcloud(fields: Mapping[str, msgspec.Raw]) -> str | None:
    """JumpCloud's: a message that says so, and hardly a code beside it."""
    message = _value(fields, "message")
    if not isinstance(message, str) or not fields.keys() <= _JUMPCLOUD_ANSWER or not _DENIED.search(message):
        return None
    words = [w for w in (_value(fields, "status"), _value(fields, "code")) if isinstance(w, str | int) and w != ""]
    return f"JumpCloud {_code(words[0]) if words else _DENIED.findall(message)[0].lower()}"


def _value(fields: Mapping[str, msgspec.Raw], name: str) -> Any:
    try:
        return msgspec.json.decode(fields[name]) if name in fields else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _code(value: object) -> str:
    """Return what looks like a code; anything else may be content and is not repeated."""
    found = str(value)
    return found if isinstance(value, str | int) and _CODE.fullmatch(found) else "unnamed"
