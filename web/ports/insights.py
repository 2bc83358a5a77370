"""What the tools come to: spend, overlap, key people, days to decision, renewals, unused seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from web.counting import Counted
from web.ports.listed import Row

#: How far back decisions are counted, in days; the first is what pages show unless asked otherwise.
WINDOWS = (365, 90, 1095)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How tools were decided on, counted back so many days. Days are working days, shares 0..1; None is unknown.

    `rows` are by band of risk, the first of all (risk, band, n, median, p90, longest, SIDE_median, SIDE_p90); `days`
    has one for each that people decided; `waiting` is where the time went (stage, side, n, days, share, median, p90,
    now). `backlog`, `fast_lane`, `overturned` and `requested_before` have n, count and share.
    """

    rows: Sequence[Row]
    days: Sequence[int]
    waiting: Sequence[Row]
    backlog: Row
    fast_lane: Row
    overturned: Row
    requested_before: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that the pages of insights show, as of a moment (`as_of`, ISO 8601). Rows are never changed.

    Rows are those of `ostiary insights NAME --format json`, but for persons: a row has `person`, a number, and beside
    it `address`, for those who may see names. `lists` leads from the name of a list to its rows: months (those of
    `ostiary insights outside`), overlap, people, cost, unused, seats, renewals, outcomes, forecasts, differences, and
    outside, a row a tool and currency: tool_id, tool, category, status, currency, total, outside, inside, unplaced,
    share (of 12 months).
    """

    as_of: str | None
    currency: str | None
    it_units: tuple[str, ...]
    tools: int
    headline: Sequence[Row]
    lists: Mapping[str, Sequence[Row]]
    use_unknown: int
    ends_unknown: int
    brought: int
    rated: tuple[int, int]
    decided: Mapping[int, Decided]


class InsightsPort(Protocol):
    """What the tools come to: spend, overlap, key people, days to decision, renewals, unused seats."""

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """Name of a list -> its fields, as programs get them; `page` are those of the headline."""
        ...

    def current(self) -> Counted[Figures] | None:
        """Return the figures; None where they are being counted for the first time. They are counted beside pages."""
        ...

    @property
    def failed(self) -> bool:
        """Return whether the last counting broke down."""
        ...
