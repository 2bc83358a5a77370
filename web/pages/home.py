"""Home, by role: what waits for who is signed in, what changed since the last visit, and coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    open_ = [row for row in here.snapshot.cases if row["state"] == "open"]
    mine = [row for row in open_ if row["assignee"] == here.account.email and row["waiting_for"] != "owner"]
    yield _listed("Cases that you took up", mine, f"/cases?assignee={here.account.email}")
    if Role.APPROVER_MARKETING in here.account.roles:
        sign = [row for row in open_ if row["waiting_for"] == "marketing"]
        yield _listed("Waiting for Marketing's word", sign, "/cases?waiting_for=marketing")
    if here.may(Act.SIGN_IT):
        sign = [row for row in open_ if row["waiting_for"] == "it"]
        yield _listed("Waiting for IT's word", sign, "/cases?waiting_for=it")
        free = [row for row in open_ if row["waiting_for"] == "security" and row["assignee"] is None]
        yield _listed("Not taken up by anybody", free, "/cases?waiting_for=security&assignee=nobody")


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
    found = [
        row for row in shot.tools
        if (row["first_seen"] or "") >= begin and not row["noise"] and (row["marketing"] or not marketing)
    ]  # fmt: skip
    if found:
        one = plural(len(found), "new tool was", "new tools were")
        path = "/tools?sort=-first_seen" if _at_desk(here) else "/inventory?all=1"
        yield News(said=f"{one} found", path=path, names=_named(here, found, "id", "name"))
    opened = [row for row in shot.cases if row["opened_at"] >= begin]
    if opened and (_at_desk(here) or here.may(Act.SIGN_MARKETING)):
        said = f"{plural(len(opened), 'case was', 'cases were')} opened"
        yield News(said=said, path="/cases?sort=-opened_at", names=_named(here, opened, "tool_id", "tool"))
    decided = [row for row in shot.cases if (row["closed_at"] or "") >= begin]
    if decided:
        said = f"{plural(len(decided), 'tool was', 'tools were')} decided on"
        yield News(said=said, path="/inventory?all=1", names=_named(here, decided, "tool_id", "tool"))


def _named(here: Here, rows: Sequence[Row], key: str, name: str) -> list[tuple[str, str]]:
    place = "/tools" if _at_desk(here) else "/inventory"
    return [(row[name], f"{place}/{row[key]}") for row in rows[:NAMED]]


def _known(here: Here) -> Mapping[str, int]:
    """Return how many tools are in use, approved and not decided on."""
    shot = here.snapshot
    shown = [row for row in shot.tools if not row["noise"]]
    return {
        "tools": len(shown),
        "marketing": sum(bool(row["marketing"]) for row in shown),
        "approved": sum(row["status"] in APPROVED for row in shot.inventory),
        "undecided": sum(row["status"] == "new" and bool(row["marketing"]) for row in shown),
    }
