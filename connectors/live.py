"""The contract of a live source: what a connector declares as data, and the one thing that it does, which is I/O.

A source is a `Source`: its kind, its own typed configuration, its feeds, and `connect`, which gives a `Session` whose
`pages` yields the raw bytes of the vendor's pages. All else (spools, reading, cursors, windows, coverage, closing,
retries of a run) is the runner's, in `scanner`, and the same for all.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from connectors.formats import Format
from model.errors import Interrupted
from model.ports import Clock, Secrets, SystemClock
from model.stream import Mode, Stream

#: Clocks that differ by no more are taken for one.
_ALIKE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is read in one go: one listing of the vendor's interface, whose pages one FORMAT reads.

    `name` is what `skip` and messages call it, unique within the source. `streams` are those of the
    FORMAT that it fills (all, where none is named); all are of one mode. `calls` names the vendor's calls, for the
    docs. `blinds` says, in words that follow "nobody sees", what stays unseen without it.

    How a page is cut into records: `lists` are the fields that may hold its list; none means that the page is a bare
    JSON array. A page without any of them is empty only where its field `kind` says `kind`, and is no answer of the
    vendor's otherwise. `whole` hands on the page as it is, for readers that need what stands beside the list.

    `newest_first` events are read to the end before anything counts: `Page.until` and `Page.cursor` are not used
    until then. `resumes` lets a snapshot that was cut off go on at the last `Page.cursor` (for streams that close
    within actors only). `may_be_empty` says that a listing without a single record is believed, and closes.
    """

    name: str
    format: Format
    calls: tuple[str, ...]
    blinds: str
    streams: tuple[Stream, ...] = ()
    lists: tuple[str, ...] = ()
    kind: str | None = None
    whole: bool = False
    newest_first: bool = False
    resumes: bool = False
    may_be_empty: bool = False

    @property
    def filled(self) -> tuple[Stream, ...]:
        """The streams that it fills."""
        return self.streams or self.format.streams

    @property
    def is_events(self) -> bool:
        """Whether it has a cursor that only ever moves on."""
        return self.filled[0].mode is Mode.EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What to read of a feed: events of `[since, until)`, or all there is of a snapshot.

    `cursor` is the last `Page.cursor` of which everything is kept; None at first, after a gap, and where the source
    gives none. `probe` asks for the smallest call: only the first page is taken, and it may hold a single record.
    """

    since: datetime
    until: datetime
    cursor: str | None = None
    probe: bool = False

    def probing(self) -> Window:
        """Return the same window, as a probe."""
        return replace(self, probe=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as the vendor sent it, or one answer of an SDK as JSON.

    `cursor` is the source's own word for "everything up to and with this page was handed over": given back as
    `Window.cursor` by a later run. `until` says the same as a time: all events before it were handed over. Both are
    kept in the transaction that keeps the page's records, never before. A source that gives neither is taken to have
    read up to `Window.until` when `pages` ends.
    """

    body: bytes
    cursor: str | None = None
    until: datetime | None = None


class Session(Protocol):
    """A connection to one source, used by one thread. Raises nothing but the errors of `model.errors`."""

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed, to its end. Ending without an error means: this was all.

        Raises AccessDenied (permission or credential), Unreachable (not the vendor, or not as configured),
        RateLimited and Transient (after the client's own retries), Interrupted (it broke off).
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Wire:
    """What a session gets from the program: secrets, time, and a way to say something. Tests hand in their own.

    `sleep` returns early, and raises Interrupted, once the run is told to stop. `offset` is how far the source's clock
    is ahead of this machine's, None where it was not heard; the runner believes the source.
    """

    def __init__(
        self,
        *,
        secrets: Secrets,
        clock: Clock | None = None,
        sleep: Callable[[float], None] | None = None,
        jitter: Callable[[], float] = random.random,
        stop: threading.Event | None = None,
        certificates: str | None = None,
    ) -> None:
        """`jitter` gives numbers from 0 to 1; `certificates` is a file of authorities to trust beside the system's."""
        self.secrets, self.clock, self.jitter = secrets, clock or SystemClock(), jitter
        self.stop = stop or threading.Event()
        self.certificates = certificates
        self._sleep = sleep or self._wait
        self.offset: timedelta | None = None
        self.notes: list[str] = []

    def now(self) -> datetime:
        """Return the present moment by the source's clock where it was heard, else by ours."""
        return self.clock.now() + (self.offset or timedelta(0))

    def hear(self, told: datetime) -> None:
        """Take the source's own time, as an answer's `Date` gives it: in whole seconds, and a moment ago."""
        offset = told - self.clock.now()
        self.offset = offset if abs(offset) > _ALIKE else timedelta(0)

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Interrupted where the run is to stop."""
        self.check()
        if seconds > 0:
            self._sleep(seconds)
        self.check()

    def check(self) -> None:
        """Raise Interrupted where the run is to stop."""
        if self.stop.is_set():
            raise Interrupted("the run was told to stop")

    def note(self, text: str) -> None:
        """Say a sentence that the user should see."""
        if text not in self.notes:
            self.notes.append(text)

    def _wait(self, seconds: float) -> None:
        self.stop.wait(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of source, as data.

    `config` is a frozen dataclass whose fields are the keys of `[sources.NAME]` beside the common ones
    (`connectors.source_tables`); `tenant` names which of the vendor's tenants a configuration means, so that a source
    that is pointed at another one is not mistaken for the same. `example` is a table of the configuration file, as
    TOML with comments, that `ostiary init` writes. `limits` says in prose how often the vendor lets itself be called.

    For the page of the source: `guide` is the file of its how-to, from the repository's root; `keys` says what each
    field of `config` is; `notes` what else a reader should know; `documents` names the pages that all this rests on.
    """

    kind: str
    about: str
    config: type[Any]
    tenant: Callable[[Any], str]
    connect: Callable[[Any, Wire], Session]
    feeds: tuple[Feed, ...]
    example: str
    limits: str
    guide: str = field(default="")
    keys: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
