"""The inventory: what may be used for which job, on which conditions, whom to ask, and what to use instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from gate.cases import APPROVED
from gate.inventory import LEAVING
from gate.roles import Act
from model.signal import fold
from storage import connections
from storage import requests as requested
from storage.times import to_ms
from web import plain_rights
from web.access import Pages
from web.errors import not_found
from web.here import Here
from web.lists import exported, page_of
from web.made_once import MadeLately
from web.may_use import MayUse, may_use
from web.ports.listed import Row
from web.snapshot import Until

pages = Pages("/inventory")
#: Value of the filter -> what it says; nothing chosen is what most people look for.
USES: Mapping[str, str] = {
    "": "Yes, or on conditions",
    "yes": "Yes, without conditions",
    "conditions": "On conditions",
    "no": "No: what to use instead",
    "undecided": "Not decided yet",
    "all": "All tools",
}
_STATUSES: Mapping[str, frozenset[str]] = {
    "": APPROVED,
    "yes": frozenset({"approved"}),
    "conditions": frozenset({"approved_with_conditions"}),
    "no": LEAVING,
}
_DECIDED = APPROVED | LEAVING
#: So many tools fit on a sheet to print; of so many same ones the names are said.
_SHEET, _NAMED = 500, 2
_OWNERS = 100
#: So many lists of what was looked for are kept, each of 160 kB at most where there are 20,000 tools.
_LATELY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: words, a category, a part of an owner's name, and an answer (of `USES`)."""

    search: str
    job: str
    owner: str
    use: str

    @property
    def is_any(self) -> bool:
        """Whether anything but the answer is said."""
        return bool(self.search or self.job or self.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A tool as the list shows it. `same` are others that may be used for the job, of `others` in all."""

    row: Row
    id: str
    name: str
    use: MayUse
    same: Sequence[Row] = ()
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The tools of one job that stand on this page; `total` is how many that are looked for do it."""

    job: str
    entries: Sequence[Entry]
    total: int
    goes_on: bool


@pages.get("", Act.LOOK)
def inventory(here: Here) -> Any:
    """List what may be used, by job."""
    wanted = wanted_of(here)
    rows = chosen(here, wanted)
    # Who looks for a tool by its name is to be told that it may not be used, too.
    none_allowed = not rows and wanted.is_any and not wanted.use
    if none_allowed:
        rows = [row for row in chosen(here, replace(wanted, use="all")) if row["status"] != "new"]
    if (found := exported(here, rows, here.office.inventory.fields, "inventory")) is not None:
        return found
    sheet = bool(here.request.query_params.get("sheet"))
    page = page_of(here, rows, noun="tool" if len(rows) == 1 else "tools")
    first = 0 if sheet else max(page.first - 1, 0)
    shown = rows[:_SHEET] if sheet else rows[first : page.last]
    if sheet:
        page = replace(page, rows=shown, number=1)
    return here.render(
        "inventory_sheet.html" if sheet else "inventory.html",
        wanted=wanted,
        page=page,
        groups=list(_groups(here, wanted, rows, shown, _job(rows[first - 1]) if first else None)),
        left_off=max(0, len(rows) - _SHEET) if sheet else 0,
        counts=counts(here),
        uses=list(USES.items()),
        jobs=_jobs(here),
        owners=_owner_names(here),
        undecided=_also(here, wanted) if not rows or wanted.search else [],
        elsewhere=_elsewhere(here, wanted) if not rows and wanted.use else 0,
        none_allowed=none_allowed,
    )


def wanted_of(here: Here) -> Wanted:
    """Return what the query asks for; what it cannot be is passed over."""
    query = here.request.query_params
    use = "all" if query.get("all") else "no" if query.get("leaving") else query.get("use", "")
    search, job, owner = (query.get(name, "").strip()[:200] for name in ("search", "job", "owner"))
    return Wanted(search=search, job=job, owner=owner, use=use if use in USES else "")


def chosen(here: Here, wanted: Wanted) -> Sequence[Row]:
    """Return the rows that are looked for, in the order of the inventory; what nobody decided about comes last."""
    return _lately(here).get(("chosen", wanted), lambda: _chosen(here, wanted))


def _lately(here: Here) -> MadeLately:
    """Return what was looked for lately: the next page of it is asked for, and others look for the same."""
    return here.snapshot.once(("inventory", "lately"), lambda: MadeLately(_LATELY), Until.TOOLS)


def _chosen(here: Here, wanted: Wanted) -> list[Row]:
    found = list(_narrowed(_decided(here, wanted.use), wanted))
    if wanted.search:
        found = here.snapshot.inventory.search(wanted.search, found)
    return [*found, *undecided(here, wanted)] if wanted.use in {"undecided", "all"} else found


def undecided(here: Here, wanted: Wanted) -> Sequence[Row]:
    """Return the tools of marketing in use that nobody decided about, as the inventory would have them."""
    return _lately(here).get(("undecided", wanted), lambda: _undecided(here, wanted))


def _undecided(here: Here, wanted: Wanted) -> list[Row]:
    found = list(_narrowed(here.snapshot.once(("inventory", "left"), lambda: _left(here), Until.TOOLS), wanted))
    return here.snapshot.tools.search(wanted.search, found) if wanted.search else found


def _decided(here: Here, use: str) -> Sequence[Row]:
    """Return the rows of the inventory with an answer (of `USES`)."""
    held = here.snapshot.inventory
    if use == "all":
        return held
    kept = _STATUSES.get(use)

    def rows() -> list[Row]:
        return [row for row in held if (row["status"] not in _DECIDED if kept is None else row["status"] in kept)]

    return here.snapshot.once(("inventory", "use", use), rows, Until.TOOLS)


def _narrowed(rows: Sequence[Row], wanted: Wanted) -> Iterable[Row]:
    """Return the rows of a job and of an owner, as far as these are asked for."""
    found: Iterable[Row] = rows
    if wanted.job:
        found = [row for row in found if row["category"] == wanted.job]
    if wanted.owner:
        part = fold(wanted.owner)
        found = [row for row in found if any(part in fold(name) for name in row["owners"])]
    return found


def _left(here: Here) -> list[Row]:
    jobs, known = here.office.inventory.jobs, here.snapshot.inventory
    rows = (row for row in here.snapshot.tools if row["marketing"] and not row["noise"])
    return [as_undecided(row, jobs) for row in rows if known.get(row["id"]) is None]


#: What the inventory would say of a tool that nobody decided about; nobody changes a row, nor its lists.
_UNDECIDED: Mapping[str, Any] = (
    dict.fromkeys(("sentence", "renews_at", "decide_by", "auto_renews", "review_by", "move_by", "decided_on"))
    | dict.fromkeys(("decided_by", "decision", "case", "owner_business", "owner_technical", "deputy", "instead_why"))
    | {name: [] for name in ("conditions", "condition_details", "instead_of", "instead_ids", "identifiers")}
)
_NO_IDS: Mapping[str, Any] = {"stable_id": None, "catalogue_id": None}


def as_undecided(row: Row, jobs: Mapping[str, str]) -> Row:
    """Return the row of a tool as the inventory would have it, so that lists and exports have one form."""
    named = {"tool_id": row["id"], "tool": row["name"], "job": jobs.get(row["category"] or ""), "status": "new"}
    return {**_NO_IDS, **row, **_UNDECIDED, **named}


# --- as the page shows it --------------------------------------------------------------------------------------------


def _groups(
    here: Here, wanted: Wanted, rows: Sequence[Row], shown: Sequence[Row], before: str | None
) -> Iterator[Group]:
    """Yield the jobs of the rows that are shown; `before` is the job of the row just before them."""
    totals = _totals(here, wanted, rows)
    for job, found in groupby(shown, key=_job):
        entries = [_entry(here, row) for row in found]
        yield Group(job=job, entries=entries, total=totals[job], goes_on=job == before)


def _totals(here: Here, wanted: Wanted, rows: Sequence[Row]) -> Mapping[str, int]:
    if wanted.is_any:
        return Counter(map(_job, rows))
    return here.snapshot.once(("inventory", "totals", wanted.use), lambda: Counter(map(_job, rows)), Until.TOOLS)


def _job(row: Row) -> str:
    if row["status"] == "new":
        return "Nobody has decided about these yet"
    return str(row["job"] or "What these are for is not known")


def _entry(here: Here, row: Row) -> Entry:
    use = may_use(row)
    same = same_job(here, row) if use.kind in {"yes", "conditions"} else []
    return Entry(row=row, id=row["tool_id"], name=row["tool"], use=use, same=same[:_NAMED], others=len(same))


def same_job(here: Here, row: Row) -> list[Row]:
    """Return the other tools that may be used for the job of one."""
    return [one for one in _by_job(here).get(row["category"], ()) if one["tool_id"] != row["tool_id"]]


def _by_job(here: Here) -> Mapping[str, Sequence[Row]]:
    """Return category -> the tools that may be used for its job."""

    def made() -> Mapping[str, Sequence[Row]]:
        found: dict[str, list[Row]] = {}
        for row in _decided(here, ""):
            if row["category"]:
                found.setdefault(row["category"], []).append(row)
        return found

    return here.snapshot.once(("inventory", "by job"), made, Until.TOOLS)


def counts(here: Here) -> Mapping[str, int]:
    """Return how many tools may be used, for how many jobs, are to be left, and are not decided (any more)."""
    return {
        "allowed": len(_decided(here, "")),
        "jobs": len(_by_job(here)),
        "leaving": len(_decided(here, "no")),
        "again": len(_decided(here, "undecided")),
    }


def _jobs(here: Here) -> list[tuple[str, str]]:
    """Return the jobs for which there is any tool, as options."""

    def made() -> list[tuple[str, str]]:
        there, used = here.snapshot.inventory.grouped("category"), here.snapshot.tools.grouped("category")
        found = [(slug, job) for slug, job in here.office.inventory.jobs.items() if slug in there or slug in used]
        return [("", "Any job"), *sorted(found, key=lambda pair: pair[1].casefold())]

    return here.snapshot.once(("inventory", "jobs"), made, Until.TOOLS)


def _owner_names(here: Here) -> list[str]:
    """Return whom tools have to be asked of, those who answer for most first."""

    def made() -> list[str]:
        return [name for name, _ in here.snapshot.inventory.counts("owners").most_common(_OWNERS)]

    return here.snapshot.once(("inventory", "owners"), made, Until.TOOLS)


def _also(here: Here, wanted: Wanted) -> Sequence[Row]:
    """Return tools in use like what is looked for about which nobody has decided, where the list leaves them out."""
    if wanted.use in {"undecided", "all"} or not wanted.is_any:
        return []
    return undecided(here, wanted)


def _elsewhere(here: Here, wanted: Wanted) -> int:
    """Return how many tools there would be with any answer, where there is none with the one asked for."""
    return len(chosen(here, replace(wanted, use="all"))) if wanted.use != "all" else 0


# --- one tool --------------------------------------------------------------------------------------------------------


@pages.get("/{tool_id}", Act.LOOK)
def tool(here: Here, tool_id: str) -> Any:
    """Show whether one tool may be used, and on which terms."""
    shot = here.snapshot
    terms, known = shot.terms(tool_id), shot.tool(tool_id)
    if terms is None and known is None:
        raise not_found(
            "There is no tool at this address.", "Look for it in the inventory, or ask for it if it is not there."
        )
    row = terms or as_undecided(known or {}, here.office.inventory.jobs)
    return here.render(
        "inventory_tool.html",
        row=row,
        use=may_use(terms),
        same=same_job(here, row),
        can=plain_rights.sentences(connections.held_by(here.connection, tool_id)),
        units=requested.units(here.connection, tool_id, to_ms(_as_of(here))),
        mine=_mine(here, tool_id),
    )


def _as_of(here: Here) -> datetime:
    return here.looking.as_of


def _mine(here: Here, tool: str) -> Row | None:
    """Return one's own request for a tool that waits for a decision."""
    rows = requested.requests(here.connection, account=here.account.id)
    return next((r for r in rows if r["tool_id"] == tool and r["state"] == "open" and not r["withdrawn_at"]), None)
