"""The great lists as they are now, held in memory: all tools, all cases, the inventory.

A list of 20,000 tools takes seconds to make and every page shows a part of one. So all are made once; what people do
afterwards makes the rows of the tools concerned anew, before the next page is shown; the end of a run, and of the day,
makes all of them anew, beside the pages, which show the old ones meanwhile and can say so (`stale_since`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from gate import inventory as terms
from model.ports import Clock
from storage import moved
from storage.listings import tools as listing
from storage.moved import Mark
from storage.store import Connection, Store
from storage.times import from_ms
from web.beside import Beside, in_thread
from web.made_once import MadeOnce
from web.ports.listed import Listed, Row
from web.rows import Kind, Rows
from web.undisturbed import leave_alone, undisturbed

T = TypeVar("T")
#: What takes so few seconds is made while the page waits: a small company never sees old rows.
QUICK = 0.3
#: So long after a failure everything is tried to be made again.
_PATIENCE = timedelta(minutes=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _tool_text(row: Row) -> str:
    said = (row["name"], row["vendor"], row["id"], row["category"], (row["category"] or "").replace("_", " "))
    return " ".join([*filter(None, said), *row["owners"], *row["imitates"]])


def _case_text(row: Row) -> str:
    names = ("tool", "tool_id", "why", "assignee", "owner_business", "owner_technical")
    return " ".join([str(row["id"]), *(row[name] for name in names if row[name])])


TOOLS = Kind("id", _tool_text, listing.order)
CASES = Kind("id", _case_text)
INVENTORY = Kind("tool_id", terms.text_of, terms.order)


class Held(Protocol):
    """What the snapshot needs of the office."""

    @property
    def store(self) -> Store:
        """The company's database."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Where the company's day begins."""
        ...

    @property
    def listed(self) -> Listed:
        """The rows."""
        ...


class Until(StrEnum):
    """What ends what was made of the lists: any act; another row of a tool or of the inventory; a decision.

    A run, and the day, end all of it; what follows from signals alone (`RUN`) lasts until then.
    """

    ACT = "act"
    TOOLS = "tools"
    DECISION = "decision"
    RUN = "run"


Made = Mapping[Until, MadeOnce]


@dataclass(frozen=True, slots=True)
class Version:
    """What the rows follow from: how far acts and runs had come, and the company's day."""

    mark: Mark
    day: date

    def is_whole(self, other: Version) -> bool:
        """Whether nothing but acts lies between the two."""
        return (self.mark.run, self.day) == (other.mark.run, other.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The lists at one moment. All are the rows that the commands give to programs; nobody changes them.

    `tools` has those with most people first, `cases` the order of the queue, `inventory` its order by job. `made_at` is
    when all of it was made from the store, `stale_since` when a run ended (or the day) whose rows are still being made;
    None: it is up to date. `instead` leads from a tool to the one that the decision on it names.
    """

    version: Version
    made_at: datetime
    tools: Rows
    cases: Rows
    inventory: Rows
    stale_since: datetime | None = None
    _open: Mapping[str, Row] = field(repr=False)
    instead: Mapping[str, str] = field(repr=False)
    made: Made = field(repr=False, default_factory=lambda: {until: MadeOnce() for until in Until})

    def tool(self, tool: str) -> Row | None:
        """Return the row of a tool, or None."""
        return self.tools.get(tool)

    def case(self, number: int) -> Row | None:
        """Return the row of a case, or None."""
        return self.cases.get(number)

    def open_case(self, tool: str) -> Row | None:
        """Return the row of the open case of a tool, or None."""
        return self._open.get(tool)

    def terms(self, tool: str) -> Row | None:
        """Return the row of a tool in the inventory; None where nobody decided about it."""
        return self.inventory.get(tool)

    def once(self, key: Hashable, make: Callable[[], T], until: Until = Until.ACT) -> T:
        """Return what `make` returns, made once for all pages until what it follows from is another."""
        return self.made[until].get(key, make)


class Snapshots:
    """Gives the snapshot of the moment, to any thread; each is made once, however many ask for it."""

    def __init__(
        self,
        office: Held,
        *,
        quick: float = QUICK,
        beside: Beside | None = None,
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`beside` runs a call beside the pages (a thread, unless said otherwise); `seconds` says what a build took."""
        self._office, self._quick, self._seconds = office, quick, seconds
        self._beside = beside or in_thread("ostiary-snapshot")
        self._lock = threading.RLock()
        self._now: Snapshot | None = None
        self._took = 0.0
        self._making: Version | None = None
        self._again_at = _LONG_AGO

    def current(self, connection: Connection | None = None) -> Snapshot:
        """Return the snapshot as of now. The first one is made while its callers wait.

        `connection` reads the state that the caller sees; without one, what is there now is looked at.
        """
        version, now = self._version(connection), self._now
        if now is not None and (now.version == version or self._is_known(now, version)):
            return now
        with self._lock:
            return self._caught_up(self._version())

    def _is_known(self, now: Snapshot, version: Version) -> bool:
        """Whether all that is old about a snapshot is being made already."""
        is_under_way = self._making is not None or self._office.clock.now() < self._again_at
        return is_under_way and now.stale_since is not None and now.version.mark.acts() == version.mark.acts()

    def _version(self, connection: Connection | None = None) -> Version:
        day = self._office.clock.now().astimezone(self._office.zone).date()
        if connection is not None:
            return Version(moved.mark(connection), day)
        with self._office.store.read() as another:
            return Version(moved.mark(another), day)

    def _caught_up(self, version: Version) -> Snapshot:
        """Return what is asked for, made as far as it can be made while somebody waits. Holds the lock."""
        now = self._now
        if now is None or (not now.version.is_whole(version) and self._took <= self._quick):
            now = self._made(version)
        elif not now.version.is_whole(version) and self._making is None and self._office.clock.now() >= self._again_at:
            self._making = version
            now = replace(now, stale_since=self._old_since(now.version, version))
            self._beside(self._make_beside)
            now = self._now if self._making is None and self._now is not None else now
        if now.version.mark.acts() != version.mark.acts():
            now = self._refreshed(now, version)
        self._now = now
        return now

    def _old_since(self, then: Version, now: Version) -> datetime:
        """Return when the last run ended; where none has since, the day has: that is now."""
        with self._office.store.read() as connection:
            at = None if then.mark.run == now.mark.run else moved.ended_at(connection, now.mark.run)
        return self._office.clock.now() if at is None else from_ms(at)

    # --- making ------------------------------------------------------------------------------------------------------

    def _made(self, version: Version) -> Snapshot:
        """Make everything; what moves while it is made is caught up with afterwards, for `version` was read before."""
        began, at = self._seconds(), self._office.clock.now()
        with undisturbed(much=self._took > self._quick):
            lists = self._office.listed.lists()
            tools = Rows(TOOLS, lists.tools)
            cases = Rows(CASES, self._office.listed.queued(lists.cases))
            ruled = {row["tool_id"]: row for row in lists.inventory}
            inventory = Rows(INVENTORY, terms.beside(lists.inventory, lists.instead, _names(tools.get, ruled.get)))
            made = _snapshot(version, at, (tools, cases, inventory), lists.instead)
            self._took = self._seconds() - began
            if self._took > self._quick:
                leave_alone()
        return made

    def _make_beside(self) -> None:
        """Make everything while the old rows are shown; then catch up with what was done meanwhile.

        Where it fails the old rows stay and say since when they are old, and the thread ends with the failure.
        """
        self._again_at = self._office.clock.now() + _PATIENCE
        try:
            made = self._made(self._version())
            with self._lock:
                version = self._version()
                if made.version.mark.acts() != version.mark.acts():
                    made = self._refreshed(made, version)
                self._now, self._again_at = made, _LONG_AGO
        finally:
            self._making = None

    def _refreshed(self, now: Snapshot, version: Version) -> Snapshot:
        """Make the rows of those tools anew that acts since then were about."""
        with self._office.store.read() as connection:
            wanted = moved.tools_moved(connection, now.version.mark, version.mark)
        found = Version(replace(version.mark, run=now.version.mark.run), now.version.day)
        if not wanted:
            return replace(now, version=found, made=_kept(now, found, tools_stay=True))
        lists = self._office.listed.lists(wanted)
        tools = now.tools.changed(_by_tool(wanted, lists.tools, "id"))
        instead = {tool: other for tool, other in now.instead.items() if tool not in wanted} | lists.instead
        inventory = _inventory(now, lists.inventory, wanted, (tools, instead))
        made = _snapshot(found, now.made_at, (tools, self._queue(now.cases, lists.cases, wanted), inventory), instead)
        same = tools is now.tools and inventory is now.inventory and instead == now.instead
        return replace(made, stale_since=now.stale_since, made=_kept(now, found, tools_stay=same))

    def _queue(self, now: Rows, fresh: Sequence[Row], wanted: Collection[str]) -> Rows:
        """Return the cases with fresh ones of some tools; where one is to be placed anew, so are all others."""
        old = {row["id"]: row for row in now if row["tool_id"] in wanted}
        changed = {row["id"]: row for row in fresh}
        if old.keys() == changed.keys() and all(_stays(old[number], row) for number, row in changed.items()):
            placed = {number: row | {name: old[number][name] for name in _PLACE} for number, row in changed.items()}
            return now.anew([placed.get(row["id"], row) for row in now], placed) if placed else now
        rows = [*(row for row in now if row["id"] not in old), *fresh]
        return now.anew(self._office.listed.queued(rows), {*old, *changed})


def _kept(now: Snapshot, version: Version, *, tools_stay: bool) -> Made:
    """Return what was made of the lists, without what acts since then ended."""
    ended = {Until.ACT}
    if not tools_stay:
        ended.add(Until.TOOLS)
    if now.version.mark.decision != version.mark.decision:
        ended.add(Until.DECISION)
    return {until: MadeOnce() if until in ended else made for until, made in now.made.items()}


#: What the place of a case in the queue follows from, and what says it.
_PLACED_BY = ("state", "technology_risk", "customer_risk", "due_at", "closed_at")
_PLACE = ("rank", "rank_why")


def _stays(old: Row, new: Row) -> bool:
    """Whether a case stays where it stands in the queue."""
    return all(old[name] == new[name] for name in _PLACED_BY)


def _snapshot(version: Version, at: datetime, lists: tuple[Rows, Rows, Rows], instead: Mapping[str, str]) -> Snapshot:
    tools, cases, inventory = lists
    open_ = {row["tool_id"]: row for row in cases if row["state"] == "open"}
    return Snapshot(
        version=version, made_at=at, tools=tools, cases=cases, inventory=inventory, _open=open_, instead=instead
    )


def _by_tool(wanted: Collection[str], rows: Iterable[Row], key: str) -> dict[str, Row | None]:
    return dict.fromkeys(wanted) | {row[key]: row for row in rows}


def _names(used: Callable[[str], Row | None], ruled: Callable[[str], Row | None]) -> Callable[[str], str]:
    """Return what names a tool: one may have been decided on before anybody used it."""

    def name(tool: str) -> str:
        row = used(tool)
        if row is not None:
            return str(row["name"])
        row = ruled(tool)
        return tool if row is None else str(row["tool"])

    return name


def _inventory(
    now: Snapshot, fresh: Sequence[Row], wanted: Collection[str], others: tuple[Rows, Mapping[str, str]]
) -> Rows:
    """Return the inventory with fresh rows of some tools, and with what is to be used instead by what they say."""
    tools, instead = others
    rows = now.inventory.changed(_by_tool(wanted, fresh, "tool_id"))
    before = [row for tool in wanted if (row := now.inventory.get(tool)) is not None]
    categories = {row["category"] for row in (*before, *fresh)}
    named = {of[tool] for of in (now.instead, instead) for tool in wanted if tool in of}
    beside = terms.Others(
        row=rows.get,
        same=lambda category: [row for row in rows if row["category"] == category],
        said=instead,
        name=_names(tools.get, rows.get),
    )
    again = [row for row in rows if beside.touched(row, wanted, categories, named)]
    return rows.changed({row["tool_id"]: row | beside.instead(row) for row in again})
