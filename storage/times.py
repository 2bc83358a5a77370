"""Between the model's aware times and the store's milliseconds and months."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Return milliseconds since 1970 UTC, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return the aware UTC time of milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=ms)


@functools.lru_cache(maxsize=10_000)
def iso(ms: int | None) -> str | None:
    """Return ISO 8601 in UTC with `Z`, milliseconds only where there are any; None stays None."""
    if ms is None:
        return None
    at = from_ms(ms)
    return at.isoformat(timespec="milliseconds" if ms % 1000 else "seconds").replace("+00:00", "Z")


def month_of(ms: int) -> int:
    """Return the UTC month as YYYYMM."""
    at = from_ms(ms)
    return at.year * 100 + at.month


def month_text(month: int) -> str:
    """Return YYYY-MM."""
    return f"{month // 100:04d}-{month % 100:02d}"


def month_start(month: int) -> int:
    """Return the first millisecond of the month YYYYMM."""
    return to_ms(datetime(month // 100, month % 100, 1, tzinfo=UTC))


def next_month(month: int) -> int:
    """Return the month after, as YYYYMM."""
    return month + 89 if month % 100 == 12 else month + 1
