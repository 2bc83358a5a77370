"""What somebody may have meant by a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Collection

#: Longer names are no slip of the pen, and comparing them takes long.
_LONGEST = 80


def near(name: str, known: Collection[str], cutoff: float = 0.5) -> str | None:
    """Return the known name that is nearest to one, None where none is near."""
    found = difflib.get_close_matches(name, known, 1, cutoff) if len(name) <= _LONGEST else []
    return found[0] if found else None


def cut(name: str) -> str:
    """Return a name as a fault says it: of a very long one the beginning."""
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
