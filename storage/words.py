"""Text as both databases take it."""

from __future__ import annotations

import re

#: PostgreSQL keeps no NUL, and half a surrogate pair has no UTF-8; JSON and file names may hold either.
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text with U+FFFD in place of every character that a database can not keep: nothing vanishes."""
    return _UNKEPT.sub("\ufffd", text)


def cleaned(text: str | None) -> str | None:
    """Return the text as `clean` does; None stays None."""
    return None if text is None else clean(text)
