"""Home, by role: what waits for who is signed in, what changed since the last visit, and coverage."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from operator import itemgetter
from typing import Any

from gate.cases import APPROVED
from gate.roles import Act, Role
from model.facts import VOCABULARY
from reports.words import plural
from storage import questions as asked
from storage import requests as requested
from storage import sessions as stored
from storage.times import from_ms, iso
from web.access import Open, Pages
from web.here import Here
from web.snapshot import Snapshot, Until

pages = Pages()
Row = Mapping[str, Any]
#: So many of each kind are named; the rest is behind a link.
NAMED = 6
#: Who has not been here before is shown so much of the past.
_FIRST_VISIT = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for somebody: a heading, the first rows (text, path, why, due), how many in all, and where."""

    title: str
    rows: Sequence[Row]
    total: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new: a sentence, where to see it, and the first names with their pages."""

    said: str
    path: str
    names: Sequence[tuple[str, str]]


@pages.get("/", Open.SIGNED_IN)
def home(here: Here) -> Any:
    """Show home."""
    since = last_visit(here)
    waiting = list(waits(here))
    return here.render(
        "home.html",
        waiting=waiting,
        total=sum(one.total for one in waiting),
        news=list(news(here, since)),
        since=since,
        known=_known(here),
        desk=_at_desk(here),
    )


def _at_desk(here: Here) -> bool:
    return bool(here.account.roles & {Role.REVIEWER, Role.APPROVER_IT, Role.AUDITOR, Role.ADMINISTRATOR})


def last_visit(here: Here) -> datetime:
    """Return when who is signed in was last here before this session; of a first visit, two weeks ago."""
    assert here.session is not None
    found = stored.last_visit(here.connection, here.account.id, here.session.id)
    return here.at - _FIRST_VISIT if found is None else from_ms(found)


# --- what waits ------------------------------------------------------------------------------------------------------


def waits(here: Here) -> Iterator[Waiting]:
    """Yield what waits for who is signed in, the most pressing first; nothing where nothing does."""
    yield from filter(None, (_questions(here), *_cases(here), _requests(here)))


def _questions(here: Here) -> Waiting | None:
    rows = asked.open_for(here.connection, here.account.id)
    if not rows:
        return None
    listed = [
        _row(row["tool"], f"/questions/{row['id']}", VOCABULARY[row["fact"]].question, row["due_at"])
        for row in rows[:NAMED]
    ]
    return Waiting(title="Questions for you", rows=listed, total=len(rows), path="/questions")


def _cases(here: Here) -> Iterator[Waiting | None]:
    known = here.snapshot.cases.grouped("assignee").get(here.account.email, ())
    mine = [row for row in known if row["state"] == "open" and row["waiting_for"] != "owner"]
    yield _listed("Cases that you took up", mine, f"/cases?assignee={here.account.email}")
    waiting = here.snapshot.once("cases that wait", lambda: _waiting(here.snapshot))
    if Role.APPROVER_MARKETING in here.account.roles:
        yield _listed("Waiting for Marketing's word", waiting["marketing"], "/cases?waiting_for=marketing")
    if here.may(Act.SIGN_IT):
        yield _listed("Waiting for IT's word", waiting["it"], "/cases?waiting_for=it")
        yield _listed("Not taken up by anybody", waiting["nobody"], "/cases?waiting_for=security&assignee=nobody")


def _waiting(shot: Snapshot) -> Mapping[str, Sequence[Row]]:
    """Return whose word open cases wait for -> those cases; `nobody`: Security's, and nobody took them up."""
    open_ = shot.cases.grouped("state").get("open", ())
    found = {side: [row for row in open_ if row["waiting_for"] == side] for side in ("marketing", "it")}
    nobody = [row for row in open_ if row["waiting_for"] == "security" and row["assignee"] is None]
    return found | {"nobody": nobody}


def _listed(title: str, rows: Sequence[Row], path: str) -> Waiting | None:
    if not rows:
        return None
    listed = [_row(row["tool"], f"/cases/{row['id']}", _sentence(row["why"]), row["due_at"]) for row in rows[:NAMED]]
    return Waiting(title=title, rows=listed, total=len(rows), path=path)


def _row(text: str, path: str, why: str, due: Any) -> Row:
    return {"text": text, "path": path, "why": why, "due": due}


def _sentence(why: str) -> str:
    return why[:1].upper() + why[1:]


def _requests(here: Here) -> Waiting | None:
    mine = requested.requests(here.connection, account=here.account.id)
    rows = [row for row in mine if row["state"] == "open" and row["withdrawn_at"] is None]
    if not rows:
        return None
    listed = [
        _row(row["name"], f"/requests/{row['id']}", "You asked for it; no answer yet", row["due_at"])
        for row in rows[:NAMED]
    ]
    return Waiting(title="Your requests", rows=listed, total=len(rows), path="/requests")


# --- what is new -----------------------------------------------------------------------------------------------------


def news(here: Here, since: datetime) -> Iterator[News]:
    """Yield what changed since a moment: tools that were found, cases that were opened and decided."""
    begin = iso(int(since.timestamp() * 1000)) or ""
    shot, marketing = here.snapshot, _at_desk(here) is False
    found = shot.once(("news", "tools", marketing), lambda: _found_tools(shot, marketing=marketing), Until.TOOLS)
    if found.since(begin):
        one = plural(found.since(begin), "new tool was", "new tools were")
        path = "/tools?sort=-first_seen" if _at_desk(here) else "/inventory?all=1"
        yield News(said=f"{one} found", path=path, names=_named(here, found.first(begin), "id", "name"))
    opened = shot.once(("news", "opened"), lambda: _Dated(shot.cases, "opened_at"))
    if opened.since(begin) and (_at_desk(here) or here.may(Act.SIGN_MARKETING)):
        said = f"{plural(opened.since(begin), 'case was', 'cases were')} opened"
        names = _named(here, opened.first(begin), "tool_id", "tool")
        yield News(said=said, path="/cases?sort=-opened_at", names=names)
    decided = shot.once(("news", "decided"), lambda: _Dated(shot.cases, "closed_at"))
    if decided.since(begin):
        said = f"{plural(decided.since(begin), 'tool was', 'tools were')} decided on"
        yield News(said=said, path="/inventory?all=1", names=_named(here, decided.first(begin), "tool_id", "tool"))


def _shown(shot: Snapshot, *, marketing: bool) -> list[Row]:
    return [row for row in shot.tools if not row["noise"] and (row["marketing"] or not marketing)]


def _found_tools(shot: Snapshot, *, marketing: bool) -> _Dated:
    return _Dated(_shown(shot, marketing=marketing), "first_seen")


class _Dated:
    """Rows by when something happened, so that what is new since any moment is found without looking at all."""

    def __init__(self, rows: Iterable[Row], name: str) -> None:
        placed = sorted((row[name], at, row) for at, row in enumerate(rows) if row[name])
        self._at = [one[0] for one in placed]
        self._rows = [one[1:] for one in placed]

    def since(self, begin: str) -> int:
        """Return how many are new since a moment."""
        return len(self._at) - bisect_left(self._at, begin)

    def first(self, begin: str) -> list[Row]:
        """Return the first of those that are new, in the order in which they were given."""
        return [row for _, row in nsmallest(NAMED, self._rows[bisect_left(self._at, begin) :], key=itemgetter(0))]


def _named(here: Here, rows: Sequence[Row], key: str, name: str) -> list[tuple[str, str]]:
    place = "/tools" if _at_desk(here) else "/inventory"
    return [(row[name], f"{place}/{row[key]}") for row in rows[:NAMED]]


def _known(here: Here) -> Mapping[str, int]:
    """Return how many tools are in use, approved and not decided on."""
    return here.snapshot.once("home", lambda: _counted(here.snapshot), Until.TOOLS)


def _counted(shot: Snapshot) -> Mapping[str, int]:
    shown = _shown(shot, marketing=False)
    return {
        "tools": len(shown),
        "marketing": sum(bool(row["marketing"]) for row in shown),
        "approved": sum(row["status"] in APPROVED for row in shot.inventory),
        "undecided": sum(row["status"] == "new" and bool(row["marketing"]) for row in shown),
    }
