"""Wanted: tools that somebody asks for before they are bought. A request is input, so its tool is derived from it.

Where a scan finds the tool, or the catalogue comes to know it, or a person merges it, request and tool become one: by
the catalogue's id, or by a domain that only one tool can have. A name alone joins nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from catalog.categories import CATEGORIES
from catalog.hosts import parse_host, site_of
from catalog.shared import CARRIERS, HOSTING
from gate.requests import Target
from model.errors import Refused
from model.match import Matcher, Reading
from model.signal import AppIdentity, fold
from scanner.identifying import Index, lasting, made_id, slug
from scanner.learned import LearnedIndex, learned
from storage import kept
from storage.listings import tools
from storage.store import Connection

PREFIX = "wanted-"
#: A name names a tool where it is this sure, or is the tool's very name.
_SURE = 0.9


def target(
    connection: Connection, index: Index, name: str, category: str | None = None, listed: Sequence[str] | None = None
) -> tuple[Target, str | None]:
    """Return the tool that a person who asks for one means, and what it imitates; one that nobody knows is made.

    That is a tool of the list by id or name, else one of the catalogue by name or domain. Raises Refused where several
    tools of the list have the name. `listed` are the ids of those that have it, where the caller knows them already.
    """
    listed = tools.find(connection, name.strip()) if listed is None else listed
    if len(listed) > 1:
        raise Refused(f"{len(listed)} tools are called {name!r}: say which id you mean, {' or '.join(listed)}")
    for row in tools.tools(connection, base_currency=None, wanted=listed) if listed else ():
        named = {field: row[field] for field in ("id", "name", "vendor", "marketing", "provisional")}
        return Target(**named, category=row["category"] or category), None
    index = LearnedIndex(index, learned(kept.of_kind(connection, "alias"), index))
    entry = index.entry(name.strip())
    reading = _read(index, name)
    if entry is None and reading is not None and _is_named(reading, name):
        assert reading.match is not None
        entry = reading.match.entry
    if entry is not None:
        known = {field: getattr(entry, field) for field in ("id", "name", "vendor", "marketing")}
        return Target(**known, category=entry.category or category), None
    imitates = None if reading is None else reading.imitates
    called, marketing = " ".join(name.split()), _marketing(category)
    made = Target(id=own_id(name), name=called, category=category, marketing=marketing, provisional=True)
    return made, imitates


def _marketing(category: str | None) -> bool | None:
    known = CATEGORIES.get(category or "")
    return None if known is None else known.marketing


def _read(index: Index, name: str) -> Reading | None:
    said = name.strip()
    apps = [AppIdentity(domain=said)] if _site(said) else []
    readings = [index.read_app(app) for app in (*apps, AppIdentity(label=said))]
    return next((r for r in readings if r.match is not None or r.imitates), None)


def _is_named(reading: Reading, name: str) -> bool:
    match = reading.match
    if match is None or reading.imitates is not None:
        return False
    return (
        match.matcher in {Matcher.DOMAIN, Matcher.DECISION}
        or match.confidence >= _SURE
        or fold(match.entry.name) == fold(name)
    )


def own_id(name: str) -> str:
    """Return the id of a wanted tool that nobody knows: readable, and another one for each name."""
    plain, folded = slug(name), fold(name)
    if plain == "-".join(folded.split()):
        return f"{PREFIX}{plain}"
    return f"{PREFIX}{plain}-{hashlib.sha256(folded.encode()).hexdigest()[:8]}"


def _site(name: str) -> str | None:
    """Return the registrable domain that a name is, where only one tool can have it."""
    host = parse_host(name.strip()) if "." in name else None
    site = host and site_of(host)
    return site if site and site not in CARRIERS and site not in HOSTING else None


# --- deriving --------------------------------------------------------------------------------------------------------


class Became(NamedTuple):
    """What a wanted tool is by now, and whether what was decided of it holds there.

    It does where it is the same tool under another id. Where people ruled that two tools are one (merge, alias), no
    approval goes over: nobody has signed for the other tool.
    """

    tool: str
    holds: bool


def became(
    wishes: Iterable[Mapping[str, Any]], index: Index, current: Mapping[str, str], merges: Mapping[str, str]
) -> dict[str, Became]:
    """Return wanted tool -> what it is by now; those that stay what they were are left out.

    What was decided of a tool names the id that it had while nobody knew it: that id leads on for good.
    """
    found: dict[str, Became] = {}
    for row in wishes:
        now = _by_now(row["tool_id"], row["name"], index, current, merges)
        first = _by_now(own_id(row["name"]), row["name"], index, current, merges)
        found[row["tool_id"]] = now
        if first.tool == now.tool:
            found[own_id(row["name"])] = first
    return {former: now for former, now in found.items() if now.tool != former}


def _by_now(tool: str, name: str, index: Index, current: Mapping[str, str], merges: Mapping[str, str]) -> Became:
    holds = True
    if tool.startswith(PREFIX) and tool not in merges:
        reading, site = _read(index, name), _site(name)
        if reading is not None and reading.match is not None and _is_named(reading, name):
            tool, holds = reading.match.entry.id, reading.match.matcher is not Matcher.DECISION
        elif site is not None:  # the id that a scan gives to what it finds on a domain of its own
            tool = current.get(lasting(made_id("x", f"domain/{site}")), tool)
    tool = current.get(lasting(tool), tool)
    seen: set[str] = set()
    while tool in merges and tool not in seen:
        seen.add(tool)
        tool, holds = merges[tool], False
    return Became(tool, holds)


def rows(
    wishes: Iterable[Mapping[str, Any]],
    index: Index,
    moved: Mapping[str, Became],
    known: Iterable[str],
    statuses: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return the rows of tools that are wanted and that no source shows (`known` are those that one shows)."""
    there, found = {*known}, dict[str, dict[str, Any]]()
    for wish in wishes:
        tool = moved[wish["tool_id"]].tool if wish["tool_id"] in moved else wish["tool_id"]
        if tool not in there and tool not in found:
            found[tool] = _row(tool, wish, index) | {"status": statuses.get(tool, "new")}
    return [found[tool] for tool in sorted(found)]


def _row(tool: str, wish: Mapping[str, Any], index: Index) -> dict[str, Any]:
    entry = index.entry(tool)
    if entry is None:
        named = {"name": wish["name"], "vendor": None, "category": wish["category"], "provisional": 1}
        marketing = _marketing(wish["category"])
    else:
        named = {"name": entry.name, "vendor": entry.vendor, "category": entry.category, "provisional": 0}
        marketing = entry.marketing
    return {"id": tool, **named, "marketing": None if marketing is None else int(marketing), "noise": None}
