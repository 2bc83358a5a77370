"""What a matcher returns before the index makes a reading of it."""

from __future__ import annotations

from typing import NamedTuple

from model.match import Matcher


class Found(NamedTuple):
    """A tool's id with what matched, how sure (0..1) and a sentence in which `{name}` stands for the tool's name."""

    id: str
    matcher: Matcher
    matched: str
    confidence: float
    why: str
