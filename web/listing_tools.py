"""The list of tools as the address filters and sorts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from web.made_once import MadeLately
from web.rows import Rows
from web.snapshot import Snapshot, Until

Row = dict[str, Any]
#: Bands of risk, the gravest first; what nobody knows stands before what is known to be small.
BANDS = ("critical", "high", "unknown", "medium", "low", "none")
STATUSES = ("new", "in_review", "approved", "approved_with_conditions", "rejected", "retired")
_RISKS = {"technology": "technology_risk", "customers": "customer_risk"}
#: Key in the address -> field of a row.
_SORTS = {
    "name": "name",
    "status": "status",
    "people": "people",
    "findings": "findings_open",
    "spend": "spend_12m",
    "seen": "last_seen",
    "last_seen": "last_seen",
    "first_seen": "first_seen",
    **_RISKS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for; an empty text is no filter. What it cannot be is passed over."""

    search: str = ""
    category: str = ""
    marketing: str = ""
    status: str = ""
    source: str = ""
    noise: str = ""
    provisional: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Read a query."""
        given = {field.name: query.get(field.name, "").strip()[:200] for field in fields(cls)}
        if given["sort"].removeprefix("-") not in _SORTS:
            given["sort"] = ""
        return cls(**given)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "sort")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rows that are shown, and of those that are hidden as noise how many there are by what says so."""

    rows: Sequence[Row]
    hidden: Counter[str]
    provisional: int


#: So many answers are kept, each of 160 kB at most where there are 20,000 tools.
_MOST = 32


def find(shot: Snapshot, wanted: Wanted) -> Found:
    """Return the tools that are asked for: kept for the next page of them, and for the next who asks the same."""
    lately = shot.once(("tools", "lately"), lambda: MadeLately(_MOST), Until.TOOLS)
    return lately.get(wanted, lambda: _found(shot, wanted))


def _found(shot: Snapshot, wanted: Wanted) -> Found:
    rows = _sorted(shot.tools, wanted.sort)
    for holds in _conditions(wanted):
        rows = [row for row in rows if holds(row)]
    if wanted.search:
        rows = shot.tools.search(wanted.search, rows)
    hidden: Counter[str] = Counter()
    if wanted.noise == "only":
        rows = [row for row in rows if row["noise"]]
    elif wanted.noise != "shown":
        hidden.update(row["noise"] for row in rows if row["noise"])
        rows = [row for row in rows if not row["noise"]] if hidden else rows
    return Found(rows=rows, hidden=hidden, provisional=sum(row["provisional"] for row in rows))


def _sorted(rows: Rows, sort: str) -> Sequence[Row]:
    name, down = _SORTS.get(sort.removeprefix("-")), sort.startswith("-")
    if name is None:
        return rows
    if name in _RISKS.values():
        of = rows.grouped(name)
        order = reversed(BANDS) if down else BANDS
        return [row for band in order for row in of.get(band, ())]
    return rows.by(name, descending=down)


def _conditions(wanted: Wanted) -> list[Callable[[Row], bool]]:
    found: list[Callable[[Row], bool]] = []
    if wanted.category:
        category = None if wanted.category == "unknown" else wanted.category
        found.append(lambda row: row["category"] == category)
    if wanted.marketing in _MARKETING:
        marketing = _MARKETING[wanted.marketing]
        found.append(lambda row: row["marketing"] is marketing)
    if wanted.status in STATUSES:
        found.append(lambda row: row["status"] == wanted.status)
    if wanted.source:
        found.append(lambda row: wanted.source in row["sources"])
    if wanted.provisional:
        found.append(lambda row: row["provisional"])
    return found


_MARKETING: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}
