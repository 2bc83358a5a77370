"""Doctor: the smallest call of each feed, and what its answer means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from connectors.live import Feed, Session, Wire
from connectors.source_tables import Opened
from model.errors import Unreachable
from model.stream import Coverage
from scanner.spooling import lines_of
from scanner.telling import fell_short
from scanner.windows import plan

#: How far back a probe of events looks: long enough that a page may hold something, short enough to be cheap.
_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a probe of one feed told: one coverage for each stream that it fills."""

    source: str
    feed: Feed
    coverage: tuple[Coverage, ...]


def examine(opened: Opened, wire: Wire) -> Iterator[Examined]:
    """Make the smallest call of each feed. Never raises what the source does."""
    session: Session | None = None
    hopeless: Unreachable | None = None
    try:
        for feed in opened.feeds:
            error: Exception | None = hopeless
            if hopeless is None:
                try:
                    session = session or opened.source.connect(opened.config, wire)
                    _probe(session, feed, wire)
                except Exception as caught:  # noqa: BLE001 (the stream boundary: one feed cannot hide the others)
                    error = caught
                if isinstance(error, Unreachable) and error.everything:
                    hopeless = error
            yield Examined(source=opened.name, feed=feed, coverage=_told(opened, feed, error))
    finally:
        if session is not None:
            session.close()


def _probe(session: Session, feed: Feed, wire: Wire) -> None:
    window, _ = plan(feed, None, wire.now(), _BACK)
    for page in session.pages(feed, window.probing()):
        lines_of(feed, page.body)
        return


def _told(opened: Opened, feed: Feed, error: Exception | None) -> tuple[Coverage, ...]:
    found = tuple(Coverage(stream=stream.name) for stream in feed.filled)
    for coverage, stream in zip(found, feed.filled, strict=True):
        if error is not None:
            fell_short(coverage, stream, error, name=f"{opened.name}: {feed.name}")
    return found
