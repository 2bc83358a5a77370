"""Connections: which tool holds what on which system, as a picture with an equal table; and all that one tool holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self
from urllib.parse import quote, urlencode

from fastapi.responses import RedirectResponse
from markupsafe import Markup

from gate.roles import Act
from model.signal import fold
from model.systems import SYSTEMS
from model.systems import title as system_title
from reports.words import plural
from web.access import Pages
from web.charts import Held, Links, Words, connection_map
from web.charts.map_layout import LEVELS, level
from web.errors import not_found
from web.here import Here
from web.lists import exported, page_of
from web.tool_words import evidence_path, evidence_said

pages = Pages("/connections")
Row = Mapping[str, Any]
#: So many tools, the gravest first, are drawn or stand in the groups of the map; the table has all.
MAPPED = 150
#: So many answers are kept while no run ends.
_KEPT = 32
SIGN_IN = "sign_in"
_MAY = {"read": "can read", "send": "can send", "write": "can read and change", "manage": "can manage"}
#: What a system holds, where its name alone would not say it.
_WHAT = {
    "chat": "chats",
    "calendar": "calendars",
    "directory": "the directory of people",
    "administration": "the administration of accounts",
    "crm": "the CRM",
    "finance": "financial data",
    "ads": "advertising accounts",
    "marketing": "marketing data",
    "website": "the website",
    "analytics": "analytics data",
}
LEVEL_SAID = {"admin": "administer", "write": "write or send", "read": "read", "unknown": "unknown"}
GIVEN = {
    "everybody": "an administrator, for everybody",
    "people": "people themselves",
    "left": "somebody who has left",
    "unknown": "unknown",
}
REACH = {
    "self": "what belongs to the person who agreed",
    "user": "all that this person can open",
    "workspace": "the whole company's",
}
MARKS = {
    "over_broad": ("more than most tools need", "A scope of it is rated critical."),
    "orphaned": ("given by somebody who has left", "It still works, though whoever gave it has left."),
    "stale": ("not used for 90 days", "Nobody was seen to use it for 90 days."),
}
_SORTS: Mapping[str, Callable[[Row], Any]] = {
    "tool": lambda row: row["tool"].casefold(),
    "system": lambda row: row["system"],
    "since": lambda row: row["first_seen"],
    "used": lambda row: row["last_used"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for; an empty text is no filter. What it cannot be is passed over."""

    search: str = ""
    system: str = ""
    level: str = ""
    given: str = ""
    marketing: str = ""
    mark: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Read a query."""
        given = {field.name: query.get(field.name, "").strip()[:100] for field in fields(cls)}
        among = {"system": SYSTEMS, "level": LEVELS, "given": GIVEN, "mark": MARKS}
        return cls(**{name: "" if name in among and text not in among[name] else text for name, text in given.items()})

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, field.name) for field in fields(self))


def may(row: Row) -> str:
    """Return what a tool may do on a system, in plain words."""
    if row["system"] is None:
        return "holds a right that is in no table"
    if row["system"] == SIGN_IN:
        return "can tell who the person is, and nothing else"
    what = _WHAT.get(row["system"], system_title(row["system"]))
    if row["right"] == "full":
        found = f"can do anything in {what}"
    else:
        found = f"{_MAY[row['right']]} {what}" if row["right"] in _MAY else f"has a right on {what}; which is unknown"
    return f"{found}: {row['limit']} only" if row["limit"] else found


def given_by(row: Row) -> str:
    """Return who gave a right, as the filter has it."""
    if row["orphaned"]:
        return "left"
    return "people" if row["granted_by"] else "everybody" if row["consent"] == "admin" else "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The connections that are asked for, how many more only tell who somebody is, and the picture of them."""

    rows: Sequence[Row]
    hidden: int
    map: Markup | None


def find(here: Here, wanted: Wanted) -> tuple[Found, int]:
    """Return what is asked for, the gravest first, and how many connections there are in all."""
    held = here.office.connections.rows(here.snapshot.version.mark.run)
    found = held.made.get(wanted)
    if found is None:
        if len(held.made) >= _KEPT:
            held.made.clear()
        found = held.made[wanted] = _found(here, held.rows, wanted)
    return found, len(held.rows)


def _found(here: Here, rows: Sequence[Row], wanted: Wanted) -> Found:
    tests = _tests(here, wanted)
    found = [row for row in rows if all(test(row) for test in tests)]
    kept = found if wanted.system == SIGN_IN else [row for row in found if row["system"] != SIGN_IN]
    picture = drawn(rows_of_map(kept), _title(kept), _query(wanted)) if kept else None
    return Found(rows=kept, hidden=len(found) - len(kept), map=picture)


def _tests(here: Here, wanted: Wanted) -> list[Callable[[Row], bool]]:
    tests: list[Callable[[Row], bool]] = []
    if wanted.system:
        system = None if wanted.system == "unknown" else wanted.system
        tests.append(lambda row: row["system"] == system)
    if wanted.level:
        tests.append(lambda row: level(row["right"]) == wanted.level)
    if wanted.given:
        tests.append(lambda row: given_by(row) == wanted.given)
    if wanted.mark:
        tests.append(lambda row: bool(row[wanted.mark]))
    if wanted.marketing:
        marketing = {row["id"] for row in here.snapshot.tools if row["marketing"]}
        tests.append(lambda row: row["tool_id"] in marketing)
    if wanted.search:
        text = fold(wanted.search)
        tests.append(lambda row: text in fold(row["tool"]))
    return tests


@pages.get("", Act.LOOK)
def connections(here: Here) -> Any:
    """Show the map and the list of connections."""
    wanted = Wanted.of(here.request.query_params)
    found, known = find(here, wanted)
    rows = found.rows
    names = here.office.connections.fields
    told = (_told(here, row) for row in rows) if here.request.query_params.get("format") else ()
    file = exported(here, [{name: row[name] for name in names} for row in told], names, "connections")
    if file is not None:
        return file
    noun = "connection" if len(rows) == 1 else "connections"
    page = page_of(here, rows, noun=noun, known=known, sorts=_SORTS)
    return here.render(
        "connections.html",
        page=page,
        rows=[_told(here, row) for row in page.rows],
        wanted=wanted,
        hidden=found.hidden,
        map=found.map,
        systems=[(system, system_title(system)) for system in SYSTEMS],
        levels=[(one, LEVEL_SAID[one]) for one in LEVELS],
        given=GIVEN,
        marks=MARKS,
        reach=REACH,
        may=may,
        blind=here.office.connections.blind(),
        is_read=bool(known) or here.office.connections.is_read(),
    )


def _told(here: Here, row: Row) -> Row:
    """Return a connection with the tool's name and owner as they are now."""
    tool = here.snapshot.tool(row["tool_id"])
    return row if tool is None else {**row, "tool": tool["name"], "owner": next(iter(tool["owners"]), row["owner"])}


def rows_of_map(rows: Sequence[Row]) -> list[Held]:
    """Return the rights of the gravest tools."""
    most = set(list(dict.fromkeys(row["tool_id"] for row in rows))[:MAPPED])
    return [Held.of(row) for row in rows if row["tool_id"] in most]


def _title(rows: Sequence[Row]) -> str:
    tools = {row["tool_id"] for row in rows}
    grave = {row["tool_id"] for row in rows if level(row["right"]) in {"admin", "write"}}
    systems = {row["system"] for row in rows}
    said = f"{plural(len(tools), 'tool holds', 'tools hold')} rights on {plural(len(systems), 'system')}"
    more = f"; {len(grave):,} of them can change something or send" if grave else "; none of them can change anything"
    only = f" (the picture has the {MAPPED} gravest tools)" if len(tools) > MAPPED else ""
    return said + more + only


def _query(wanted: Wanted) -> str:
    kept = {field.name: getattr(wanted, field.name) for field in fields(wanted) if field.name != "system"}
    return urlencode({name: value for name, value in kept.items() if value})


def drawn(held: Sequence[Held], title: str, query: str) -> Markup:
    """Return the picture; `query` are the filters beside the system, which its links keep."""
    words = Words(key="map", title=title, source="lists of grants and registrations", empty="No right is known.")

    def to_system(system: str) -> str:
        return f"/connections?{query + '&' if query else ''}{urlencode({'system': system})}#list"

    links = Links(
        tool=lambda tool: f"/connections/{quote(tool, safe='')}",
        system=to_system,
        more=lambda system: to_system(system) if system else "/connections#list",
    )
    return connection_map(words, held, links=links).figure


@pages.get("/{tool}", Act.LOOK)
def connection(here: Here, tool: str) -> Any:
    """Show all that one tool holds: every scope in plain words, every grant, and how we know."""
    row = here.snapshot.tool(tool)
    if row is None:
        now = here.office.tools.find(tool)
        if len(now) == 1 and now[0] != tool:
            return RedirectResponse(f"/connections/{quote(now[0], safe='')}", 303)
        raise not_found("There is no tool of that name, or not any more.", "Search for it in the list of connections.")
    named = here.sees_names(tool)
    return here.render(
        "connection.html",
        tool=row,
        named=named,
        rows=here.office.connections.of_tool(tool, named=named),
        may=may,
        reach=REACH,
        marks=MARKS,
        given=GIVEN,
        given_by=given_by,
        blind=here.office.connections.blind(),
        evidence_path=evidence_path,
        evidence_said=evidence_said,
    )
