"""Fetching: pages of a source become spool files, a record a line, in a thread of its own.

A spool is what `ingest` would be given: the same reader, translator and second lane make signals of it.
"""

from __future__ import annotations

import queue
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from connectors.live import Feed, Page, Session, Window, Wire
from connectors.source_tables import Opened
from model.errors import Interrupted, Unreachable

#: Bounds what is read again after a cut, and the memory of a reading.
RECORDS, BYTES = 10_000, 16 << 20
#: Seconds that a thread gets to end by itself.
_PATIENCE = 2.0
_BREAKS = bytes.maketrans(b"\r\n", b"  ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """Some pages of a feed. `token` and `until` are the last that any of its pages gave, None where none did.

    `path` is None where it holds no record.
    """

    source: str
    feed: Feed
    number: int
    path: Path | None
    size: int
    token: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a feed: read to its end where there is no error."""

    source: str
    feed: Feed
    error: BaseException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The end of a source: its thread is over."""

    source: str


Found = Spool | Ended | Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one thread reads: a source's feeds, each with its window."""

    opened: Opened
    wire: Wire
    windows: tuple[tuple[Feed, Window], ...]


def fetch(job: Job, folder: Path, found: queue.Queue[Found]) -> None:
    """Read the feeds of a source one after the other, and hand on what comes. Never raises."""
    reader = _Reader(job, folder, found)
    try:
        for feed, window in job.windows:
            error = reader.read(feed, window)
            _hand_on(job.wire, found, Ended(source=job.opened.name, feed=feed, error=error))
        _hand_on(job.wire, found, Done(source=job.opened.name))
    except Interrupted:
        pass  # told to stop: nobody listens any more
    finally:
        reader.close()


class _Reader:
    """Reads one source; what is wrong with all of it is not tried again with every feed."""

    def __init__(self, job: Job, folder: Path, found: queue.Queue[Found]) -> None:
        self._job, self._folder, self._found = job, folder, found
        self._session: Session | None = None
        self._hopeless: Unreachable | None = None

    def read(self, feed: Feed, window: Window) -> BaseException | None:
        """Hand on all spools of a feed; return what ended it before its end."""
        if self._hopeless is not None:
            return self._hopeless
        job = self._job
        try:
            if self._session is None:
                self._session = job.opened.source.connect(job.opened.config, job.wire)
            for spool in _spools(job.opened.name, feed, self._session.pages(feed, window), self._folder):
                _hand_on(job.wire, self._found, spool)
        except BaseException as error:  # noqa: BLE001 (the stream boundary: one source cannot stop the others)
            job.wire.check()
            if isinstance(error, Unreachable) and error.everything:
                self._hopeless = error
            return error
        return None

    def close(self) -> None:
        """Let go of the session."""
        if self._session is not None:
            self._session.close()


def _hand_on(wire: Wire, found: queue.Queue[Found], item: Found) -> None:
    """Wait until there is room: what is read must not run far ahead of what is kept."""
    while True:
        wire.check()
        try:
            found.put(item, timeout=0.2)
        except queue.Full:
            continue
        return


def _spools(source: str, feed: Feed, pages: Iterator[Page], folder: Path) -> Iterator[Spool]:
    """Yield what was read, also before an error goes on its way."""
    writer = _Writer(source, feed, folder)
    try:
        for page in pages:
            writer.add(page)
            if writer.is_full:
                yield writer.finished()
    except Exception:
        if writer.pages:
            yield writer.finished()
        raise
    if writer.pages:
        yield writer.finished()


class _Writer:
    """Writes pages of a feed into one spool after the other."""

    def __init__(self, source: str, feed: Feed, folder: Path) -> None:
        self._source, self._feed, self._folder = source, feed, folder
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self.pages = self._records = self._size = 0
        self._path = self._folder / f"{uuid.uuid4().hex}.jsonl"
        self._file: BinaryIO | None = None
        self._token: str | None = None
        self._until: datetime | None = None

    @property
    def is_full(self) -> bool:
        """Whether it should be handed on. What may not be cut (newest first) is handed on all the same: in order."""
        return self._records >= RECORDS or self._size >= BYTES

    def add(self, page: Page) -> None:
        """Write the records of a page."""
        self.pages += 1
        for line in lines_of(self._feed, page.body):
            if self._file is None:
                self._file = self._path.open("wb")
            self._size += self._file.write(line + b"\n")
            self._records += 1
        # A page that says nothing of how far all was handed over takes nothing back: of several slices the last one may
        # be cut off in the middle.
        self._token = page.cursor if page.cursor is not None else self._token
        self._until = page.until if page.until is not None else self._until

    def finished(self) -> Spool:
        """Close the spool and begin another."""
        path = None
        if self._file is not None:
            self._file.close()
            path = self._path
        spool = Spool(
            source=self._source,
            feed=self._feed,
            number=self._number,
            path=path,
            size=self._size,
            token=self._token,
            until=self._until,
        )
        self._begin()
        return spool


def lines_of(feed: Feed, body: bytes) -> list[bytes]:
    """Cut a page into records, a line each. Raises Unreachable where it is no page of the feed: never "nothing"."""
    if feed.whole:
        return [body.translate(_BREAKS)]
    try:
        return [bytes(item).translate(_BREAKS) for item in _items(feed, body)]
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _no_page() from None


def _items(feed: Feed, body: bytes) -> list[msgspec.Raw]:
    if not feed.lists:
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    for name in feed.lists:
        if name in fields:
            return msgspec.json.decode(fields[name], type=list[msgspec.Raw])
    if feed.kind is None or "kind" not in fields or msgspec.json.decode(fields["kind"]) != feed.kind:
        raise _no_page()
    return []


def _no_page() -> Unreachable:
    return Unreachable("an answer that is no page of this listing", "check the address of the source")


class Fetching:
    """A thread for each source, and what they hand on, in the order in which it comes."""

    def __init__(self, jobs: Sequence[Job], folder: Path) -> None:
        """Start no thread yet."""
        self._jobs = jobs
        self._queue: queue.Queue[Found] = queue.Queue(maxsize=2 * len(jobs) or 1)
        self._threads = [
            threading.Thread(target=fetch, args=(job, folder, self._queue), name=job.opened.name, daemon=True)
            for job in jobs
        ]

    def found(self) -> Iterator[Spool | Ended]:
        """Start all, and yield what they find until all are done."""
        for thread in self._threads:
            thread.start()
        left = len(self._threads)
        while left:
            try:
                # With a limit, so that a signal which another thread received is seen soon.
                item = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(item, Done):
                left -= 1
            else:
                yield item

    def stop(self) -> None:
        """Tell all to stop; one that waits for an answer of its vendor ends with the process, and is not waited for."""
        for job in self._jobs:
            job.wire.stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_PATIENCE)
