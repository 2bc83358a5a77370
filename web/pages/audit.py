"""The audit trail: who did what, when and to what; whether it holds; and its head, to note elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from gate import accounts
from gate.roles import Act
from reports.words import clean
from storage.times import to_ms
from web.access import Pages
from web.errors import Wrong
from web.here import Here
from web.lists import ROWS, Page, exported
from web.ports.audit import Verified
from web.tool_words import evidence_path

pages = Pages("/audit")
#: A file made here has so many rows at most.
_MOST = 50_000
#: Object -> the page of what a row is about.
_PLACES: Mapping[str, str] = {
    "tool": "/tools/",
    "finding": "/findings/",
    "account": "/people/",
    "case": "/cases/",
    "question": "/questions/",
    "request": "/requests/",
    "source": "/coverage/sources/",
}
_EVIDENCE = frozenset({"decision", "answer"})


@pages.get("", Act.AUDIT)
def trail(here: Here) -> Any:
    """List the trail, the newest row first, as the address filters it."""
    wanted = _wanted(here)
    port = here.office.audit
    if here.request.query_params.get("format"):
        rows, total = port.page(here.connection, wanted, limit=_MOST, offset=0)
        if total > _MOST:
            raise Wrong(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"That are {total:,} rows, and a file made here has {_MOST:,} at most.",
                "Narrow it by day, or run `ostiary audit export` where Ostiary runs.",
            )
        file = exported(here, rows, port.fields, "audit-trail")
        if file is not None:
            return file
    return _list(here, wanted)


def _wanted(here: Here) -> dict[str, Any]:
    query = here.request.query_params
    found: dict[str, Any] = {name: query.get(name, "").strip()[:300] for name in ("actor", "act", "object")}
    first, last = _day(query.get("since")), _day(query.get("until"))
    found["since"] = None if first is None else _begin(here, first)
    found["until"] = None if last is None else _begin(here, last + timedelta(days=1)) - 1
    return found


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1970 < found.year < 9999 else None


def _begin(here: Here, day: date) -> int:
    return to_ms(datetime.combine(day, time(), here.office.zone))


def _list(
    here: Here,
    wanted: Mapping[str, Any],
    status: HTTPStatus = HTTPStatus.OK,
    verified: Verified | None = None,
) -> Any:
    given = here.request.query_params.get("page", "1")
    number = max(int(given), 1) if given.isdecimal() and len(given) < 7 else 1
    port = here.office.audit
    rows, total = port.page(here.connection, wanted, limit=ROWS, offset=(number - 1) * ROWS)
    actors, named = port.actors(here.connection), accounts.addresses(here.connection)
    page = Page(
        rows=[row | _about(here, row, named) for row in map(dict, rows)],
        total=total,
        known=total,
        number=number,
        sort=None,
        noun="row" if total == 1 else "rows",
        formats=("csv", "json"),
    )
    return here.render(
        "audit.html",
        status,
        page=page,
        wanted={name: here.request.query_params.get(name, "") for name in ("actor", "act", "object", "since", "until")},
        actors=sorted(actors.items(), key=lambda pair: pair[1].casefold()),
        acts=port.acts(here.connection),
        head=port.head(here.connection),
        verified=verified,
    )


def _about(here: Here, row: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Return how a row is shown: who by name, what it is about with its page, and the detail in pairs."""
    kind, _, rest = row["object"].partition(":")
    path = None
    if rest and kind in _EVIDENCE:
        path = evidence_path(row["object"])
    elif rest and kind in _PLACES and (kind != "account" or here.may(Act.RUN)):
        path = _PLACES[kind] + quote(rest, safe="")
    tool = here.snapshot.tool(rest) if kind == "tool" else None
    said = named.get(row["object"]) or clean(row["object"]).replace(":", " ", 1) if tool is None else tool["name"]
    detail = row["detail"]
    pairs = list(detail.items()) if isinstance(detail, dict) else [("", detail)]
    who = named.get(row["actor"], row["actor"])
    return {"who": who, "path": path, "said": said, "pairs": [(name, _said(value)) for name, value in pairs]}


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "none"
    return clean(str(value))


@pages.post("/verify", Act.AUDIT)
def verify(here: Here) -> Any:
    """Check whether the trail holds, against a head that was noted elsewhere where one is given."""
    head = here.form.get("head") or None
    nothing = dict.fromkeys(("actor", "act", "object", "since", "until"))
    try:
        found = here.office.audit.verify(here.connection, head)
    except ValueError:
        here.form.errors["head"] = 'Paste what was noted, such as {"n": 7, "mac": "..."}'
        return _list(here, nothing, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _list(here, nothing, verified=found)
