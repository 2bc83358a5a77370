"""Which window of a feed a run reads, and what of it may be believed: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.live import Feed, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a feed was read: all of `[begun, until)`, and the source's own word for where to go on."""

    begun: datetime | None = None
    until: datetime | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the store remembers of one stream: of which tenant it is, and a mark for each feed that fills it."""

    tenant: str | None = None
    feeds: Mapping[str, Mark]

    def to_text(self) -> str:
        """Return it as the text that the store keeps."""
        return msgspec.json.encode({"tenant": self.tenant, "feeds": self.feeds}, order="sorted").decode()


def marks(text: str | None) -> Marks:
    """Return what the store remembers; what cannot be read is as good as nothing, and is read anew."""
    if text is None:
        return Marks(feeds={})
    try:
        held: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        feeds = msgspec.convert(held.get("feeds", {}), dict[str, Mark])
        tenant = msgspec.convert(held.get("tenant"), str | None)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Marks(feeds={})
    return Marks(tenant=tenant, feeds=feeds)


def plan(feed: Feed, mark: Mark | None, now: datetime, backfill: timedelta) -> tuple[Window, str | None]:
    """Return the window to read, and the gap where the source no longer keeps what follows the mark.

    `backfill` bounds the first reading. A window is `[mark - overlap, now - lag)`, never older than the source keeps.
    """
    lag = max(s.lag for s in feed.filled)
    kept = [s.retention for s in feed.filled if s.retention is not None]
    oldest = now - min(kept) if kept else None
    until, mark = now - lag, mark or Mark()
    if not feed.is_events:
        return Window(since=now, until=now, cursor=mark.token if feed.resumes else None), None
    if mark.until is None:
        since = max(now - backfill, oldest) if oldest else now - backfill
        return Window(since=min(since, until), until=until, cursor=mark.token), None
    if oldest is not None and mark.until < oldest:
        return Window(since=oldest, until=until), f"{_text(mark.until)}/{_text(oldest)}"
    since = mark.until - max(s.overlap for s in feed.filled)
    return Window(since=min(max(since, oldest) if oldest else since, until), until=until, cursor=mark.token), None


def moved(mark: Mark | None, window: Window, *, until: datetime | None, token: str | None, gap: bool) -> Mark:
    """Return the mark after all before `until` was kept. It never goes back, and begins anew after a gap.

    A token alone says nothing of time: then `until` is None, and the mark's own time stays.
    """
    old = Mark() if mark is None or gap else mark
    goes_on = window.cursor is not None or (old.until is not None and window.since <= old.until)
    begun = min(old.begun, window.since) if goes_on and old.begun is not None else window.since
    times = [moment for moment in (until, old.until) if moment is not None]
    return Mark(begun=begun, until=max(times, default=None), token=token)


def believed(until: datetime, feed: Feed, window: Window, offset: timedelta | None) -> datetime:
    """Return up to when a reading may be believed: never later than the source's own clock, less its lag, at the start.

    A clock of ours that runs ahead would else skip what the source had not yet written.
    """
    behind = min(offset or timedelta(0), timedelta(0))
    return min(until, window.until + behind) if feed.is_events else until


def resumed(mark: Mark | None, token: str | None) -> Mark:
    """Return the mark of a snapshot that may go on at `token`."""
    return replace(mark or Mark(), token=token)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
