"""Readings and matches, made in a quarter of the time that their constructors take: one of each is made a string.

The constructor of a frozen dataclass sets each field by a call. Here a plain class with the same fields sets them, and
what it made is then declared to be the other: the layout is the same.
"""

from __future__ import annotations

from model.match import Entry, Match, Matcher, Reading


class _Match:
    __slots__ = Match.__slots__

    def __init__(self, entry: Entry, matcher: Matcher, matched: str, confidence: float, why: str) -> None:
        self.entry = entry
        self.matcher = matcher
        self.matched = matched
        self.confidence = confidence
        self.why = why


class _Reading:
    __slots__ = Reading.__slots__

    def __init__(
        self, match: Match | None, why: str, counterparty: str | None, reseller: str | None, *, software: bool
    ) -> None:
        self.match = match
        self.why = why
        self.counterparty = counterparty
        self.merchant_of_record = reseller
        self.software = software
        self.imitates: str | None = None


def match_of(entry: Entry, matcher: Matcher, matched: str, confidence: float, why: str) -> Match:
    """Return the match with these fields."""
    made = _Match(entry, matcher, matched, confidence, why)
    made.__class__ = Match  # type: ignore[assignment]
    return made  # type: ignore[return-value]


def reading_of(
    match: Match | None,
    why: str,
    counterparty: str | None = None,
    reseller: str | None = None,
    *,
    software: bool = False,
) -> Reading:
    """Return the reading with these fields, which imitates nothing."""
    made = _Reading(match, why, counterparty, reseller, software=software)
    made.__class__ = Reading  # type: ignore[assignment]
    return made  # type: ignore[return-value]
