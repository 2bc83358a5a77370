"""Sources: what was read of each, what is missing and how to mend it, when it is read next, and reading it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from gate.accounts import named
from gate.roles import Act
from reports.words import clean, plural
from web.access import Pages
from web.errors import Wrong, not_found
from web.here import Here
from web.insights.said import at_desk
from web.lists import exported
from web.ports.sources import SourceState
from web.scanning import Scan

pages = Pages("/coverage")
#: How far a list was read -> its mark, and what that means in words.
STATUSES = {
    "complete": ("✓", "read in full"),
    "partial": ("◐", "read in part"),
    "refused": ("✕", "not allowed to read"),
    "failed": ("✕", "could not be read"),
    "unread": ("○", "not read yet"),
}
_PLACES = 200


@pages.get("", Act.LOOK)
def sources(here: Here) -> Any:
    """List the sources: what is missing first, then each with its lists."""
    port = here.office.sources
    found = port.sources(here.connection)
    rows = [one.row for source in found for one in source.streams if one.row is not None]
    file = exported(here, rows, port.fields, "sources")
    if file is not None:
        return file
    return here.render(
        "sources.html",
        sources=found,
        read=len(rows),
        whole=sum(row["status"] == "complete" for row in rows),
        live=port.live(),
        kinds=port.kinds(),
        scan=port.scans.current(),
        lately=port.scans.lately()[:5],
        span=span,
        statuses=STATUSES,
        desk=at_desk(here),
    )


@pages.get("/sources/{name}", Act.LOOK)
def source(here: Here, name: str) -> Any:
    """Show one source: each list with what it needs, how late it is, and the places that could not be read."""
    found = _source(here, name)
    places = {
        one.name: here.office.sources.places(here.connection, name, one.name, _PLACES)
        for one in found.streams
        if one.row is not None and one.row["quarantined"]
    }
    return here.render(
        "source.html",
        source=found,
        places=places,
        scan=here.office.sources.scans.current(),
        span=span,
        statuses=STATUSES,
        desk=at_desk(here),
    )


def _source(here: Here, name: str) -> SourceState:
    found = next((one for one in here.office.sources.sources(here.connection) if one.name == name), None)
    if found is None:
        raise not_found("There is no source of this name.", "Look at the list of sources.")
    return found


# --- reading now -----------------------------------------------------------------------------------------------------


@pages.post("/scan", Act.RUN)
def scan(here: Here) -> Any:
    """Read one source now, or all that can be read."""
    port, live = here.office.sources, here.office.sources.live()
    wanted = here.form.all("source")
    unknown = [name for name in wanted if name not in live]
    if unknown or not live:
        what = "This source cannot be read from here." if unknown else "No source is configured that could be read."
        raise Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, what, "Its page says how it is renewed.")
    names = [name for name in live if name in wanted] if wanted else live
    begun, is_new = port.scans.start(names, here.account.email, port.took(here.connection, names))
    path = f"/coverage/scans/{begun.id}"
    if not is_new:
        return here.see(path, "A scan is under way already: this is it. One is read at a time.")
    with here.office.store.write() as connection:
        by = named(here.account)
        here.office.trail().write(
            connection, at=here.at, actor=by, act="scan.start", about="scan", detail={"sources": list(names)}
        )
    return here.see(path)


@pages.get("/scans/{number:int}", Act.LOOK)
def one_scan(here: Here, number: int) -> Any:
    """Show how far a scan is, or what came of it."""
    found = here.office.sources.scans.get(number)
    if found is None:
        raise not_found("This scan is not remembered.", "What it read stands among the sources.")
    return here.render("scan.html", scan=found, span=span, statuses=STATUSES, said=_said(found))


def _said(scan: Scan) -> str:
    """Return what became of a scan, as a heading."""
    names = _named(scan.sources)
    if scan.outcome is None:
        return f"{names} {'is' if len(scan.sources) == 1 else 'are'} being read"
    return {
        "complete": f"{names} {'was' if len(scan.sources) == 1 else 'were'} read in full",
        "partial": f"{names} {'was' if len(scan.sources) == 1 else 'were'} read in part",
    }.get(scan.outcome, f"{names} could not be read")


def _named(names: Sequence[str]) -> str:
    shown = [clean(name)[:60] for name in names[:4]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {plural(rest, 'more source')}"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def span(length: timedelta | None) -> str:
    """Return how long something takes, in words and not too exact."""
    if length is None:
        return "unknown"
    seconds = max(0, round(length.total_seconds()))
    for unit, one in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * one or (seconds >= one and not seconds % one):
            return plural(round(seconds / one), unit)
    return plural(seconds, "second")
