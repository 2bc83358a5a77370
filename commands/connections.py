"""`ostiary connections`: which tool holds what right on which system, who gave it, and who owns the tool."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Sequence
from typing import Any

import click

from commands.connection_page import draw_connections
from commands.figures import the_tool
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, reading
from commands.shape import Group, Program, pass_program
from model.systems import SYSTEMS, named, names, title
from reports.columns import Column, day, said, text, word
from reports.words import UNKNOWN, plural
from storage.listings import connections as listings
from storage.listings.coverage import coverage

_Rows = list[dict[str, Any]]


def _system(row: Any, _zone: object) -> str:
    return UNKNOWN if row["system"] is None else title(row["system"])


def _right(row: Any, _zone: object) -> str:
    right = UNKNOWN if row["right"] is None else str(row["right"])
    return f"{right} ({row['limit']} only)" if row["limit"] else right


def _granted_by(row: Any, _zone: object) -> str:
    people = row["granted_by"]
    if len(people) > 1:
        return plural(len(people), "person", "people")
    if people:
        return said(people[0])
    return "for everybody" if row["consent"] == "admin" else UNKNOWN


def marks(row: Any) -> str:
    """Return what is wrong with a connection, as far as it is known."""
    wrong = {"over_broad": "over-broad", "orphaned": "orphaned", "stale": "stale"}
    return ", ".join(name for field, name in wrong.items() if row[field])


def _used(row: Any, zone: Any) -> str:
    return day("last_used", "").cell(row, zone) if row["last_used"] else "not seen"


CONNECTIONS = Listing(
    noun="connection",
    fields=(
        *("tool_id", "tool", "system", "right", "scopes", "scope_class", "consent", "granted_by", "owner"),
        *("first_seen", "last_used", "stale", "orphaned", "over_broad", "reach", "limit", "sources"),
    ),
    columns=(
        text("tool", "Tool", least=12),
        Column(title="System", cell=_system),
        Column(title="Right", cell=_right, wraps=True, least=6),
        word("scope_class", "Class", rank=4),
        Column(title="Marks", cell=lambda row, _z: marks(row), wraps=True, rank=1, least=10),
        Column(title="Owner", cell=lambda row, _z: said(row["owner"] or "none known"), wraps=True, rank=2, least=16),
        day("first_seen", "Since", rank=6),
        Column(title="Last used", cell=_used, rank=3, right=True),
        Column(title="Granted by", cell=_granted_by, wraps=True, rank=5, least=20),
        word("consent", "Consent", rank=7),
        text("tool_id", "Id", rank=8, least=20),
    ),
    empty="No list of grants was read, so nothing is known of connections. `ostiary ingest --list` names the formats.",
)


@click.group(cls=Group, default="list", example="connections --to mail")
def connections() -> None:
    """Show which tools hold what right on which system: mail, files, calendar, directory, CRM and so on."""


@connections.command("list", example="connections list --to files --format csv")
@click.option("--to", "system", metavar="SYSTEM", help="Only rights on this system, such as mail, files or directory.")
@click.option("--tool", metavar="ID|NAME", help="Only what this tool holds.")
@click.option("--stale", is_flag=True, help="Only what nobody used for 90 days, where use is seen at all.")
@limit_option
@pass_program
def list_connections(program: Program, *, system: str | None, tool: str | None, stale: bool, limit: int | None) -> None:
    """List who can do what where, the gravest first."""
    systems = _meant(system)
    with reading(program) as desk:
        wanted = None if tool is None else the_tool(desk, tool)
        known = _all(desk)
        rows = [
            row
            for row in known
            if (not systems or (row["system"] or UNKNOWN) in systems)
            and (wanted is None or row["tool_id"] == wanted)
            and (not stale or row["stale"])
        ]
        hidden = 0
        if program.format == "table" and not systems and wanted is None:  # programs get all
            hidden = sum(row["system"] == "sign_in" for row in rows)
            rows = [row for row in rows if row["system"] != "sign_in"]
        lists = grant_lists(desk)
        blind = _blind(lists)
        if program.format != "table":
            for line in blind:
                click.echo(line, err=True)
        notes = [*blind, *_notes(known, hidden, systems, stale=stale)]
        show(desk, CONNECTIONS, rows, limit=limit, empty=_empty(known, lists, notes), notes=lambda: notes + _ways(rows))


def _meant(system: str | None) -> tuple[str, ...]:
    if system is None:
        return ()
    if found := named(system):
        return found
    near = difflib.get_close_matches(system.casefold(), names(), 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(map(title, SYSTEMS))}"
    raise click.UsageError(f"--to: there is no system {system!r}: {hint}")


def _stored_at(desk: Desk) -> _Rows | None:
    """Return the rows as of --as-of, or None where the last run's stand."""
    if desk.as_of is None:
        return None
    from scanner.connected import rows_at  # noqa: PLC0415 (deriving is loaded only for another day)

    with desk.store.read() as connection:
        return rows_at(connection, desk.company, desk.index, desk.as_of_ms())


def _all(desk: Desk) -> _Rows:
    stored = _stored_at(desk)
    with desk.store.read() as connection:
        return listings.connections(connection, stored)


def grant_lists(desk: Desk) -> _Rows:
    """Return the coverage of every stream that tells of grants."""
    from scanner.facts.streams import KINDS  # noqa: PLC0415 (the formats are loaded only where rows are shown)

    with desk.store.read() as connection:
        return [row for row in coverage(connection) if "grant" in KINDS.get(row["stream"], frozenset())]


def _blind(lists: _Rows) -> list[str]:
    """Return what the lists of grants that could not be read hide: denied is never none."""
    return [
        f"{said(row['source'])}/{said(row['stream'])} was {row['status']}: what it would show is missing here, and is"
        " not none; `ostiary coverage` says what to do."
        for row in lists
        if row["status"] != "complete"
    ]


def _notes(known: _Rows, hidden: int, systems: Sequence[str], *, stale: bool) -> list[str]:
    found = []
    if hidden:
        found.append(
            f"{plural(hidden, 'connection')} more to sign-in: who somebody is, nothing else; --to sign-in shows them."
        )
    if len(systems) > 1:
        found.append("Administration stands here too: who administers accounts reads the directory.")
    unseen = sum(row["stale"] is None and row["system"] != "sign_in" for row in known)
    if stale and unseen:
        found.append(f"Of {plural(unseen, 'connection')} nobody knows it: no log shows their use.")
    return found


def _empty(known: _Rows, lists: _Rows, notes: Sequence[str]) -> str | None:
    if known:
        return " ".join([f"None of the {plural(len(known), 'known connection')} is like that.", *notes])
    if not lists:
        return None
    read = "No connection is known." if _blind(lists) else "No tool holds a right: what was read shows no grant."
    return " ".join([read, *notes])


def _ways(rows: _Rows) -> list[str]:
    first = next(iter(rows), None)
    if first is None:
        return []
    return [
        "What a tool's scopes mean, and who granted them:",
        f"ostiary connections show {shlex.quote(first['tool_id'])}",
    ]


@connections.command("show", example="connections show Zapier")
@click.argument("tool", metavar="ID|NAME")
@pass_program
def show_connections(program: Program, tool: str) -> None:
    """Show all that a tool holds: every scope in plain words, every grant with its person, and how we know."""
    with reading(program) as desk:
        wanted, stored = the_tool(desk, tool), _stored_at(desk)
        with desk.store.read() as connection:
            rows = listings.of_tool(connection, wanted, stored)
            name = next(iter(row["tool"] for row in rows), wanted)
        found = {"tool_id": wanted, "tool": name, "connections": rows, "not_seen": _blind(grant_lists(desk))}
        show_one(desk, found, lambda page: draw_connections(page, found))
