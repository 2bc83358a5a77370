"""The two shapes of a Microsoft Entra log record: as Graph gives it, and as Azure Monitor exports it (`properties`)."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.wire import decode
from model.errors import Malformed

#: What stands where there is no user (documented for service principals and for sign-ins that never named one).
NOBODY = "00000000-0000-0000-0000-000000000000"


class Envelope(msgspec.Struct):
    """What Azure Monitor puts around a record; of a record as Graph gives it only `category` may be there.

    Collectors fold the keys of the envelope to lower case. Source: learn.microsoft.com, "Stream Microsoft Entra
    activity logs to an event hub", and "Understand the sign-in log schema in Azure Monitor".
    """

    category: Any = None
    time: Any = None
    resultType: Any = None  # noqa: N815 (the vendor's name)
    resulttype: Any = None
    properties: msgspec.Raw = msgspec.Raw()


def opened(raw: Any, what: str) -> tuple[Envelope | None, Any]:
    """Return the envelope, None where there is none, and the record itself. Raises Malformed."""
    envelope = decode(raw, Envelope, what)
    inner = bytes(envelope.properties)
    if inner in (b"", b"null"):
        return None, raw
    if inner[:1] == b'"':  # some collectors keep the record as text
        inner = decode(inner, str, what).encode()
    if inner[:1] != b"{":
        raise Malformed(f"not {what}: properties is no object")
    return envelope, inner
