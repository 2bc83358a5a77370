"""`ostiary catalog propose`, `export` and `update`: how the catalogue grows, and how releases of it come in."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from catalog.installed import install, undo
from catalog.load import UNFILLED, load_tools
from catalog.proposal import append_entry, entry_text
from catalog.release import Changes, changes, read_release, release_bytes
from commands.figures import listed_tools, the_tool
from commands.listing import tell
from commands.opening import Desk, reading
from commands.settings import catalogue_folder, catalogue_in_use
from commands.shape import Program, WrongCall, command, pass_program
from model.errors import ConfigError, Refused
from reports.words import plural
from scanner.corrections import all_decisions
from scanner.proposing import naming, private, proposal
from scanner.provisional import home_domains
from storage import queries
from storage.listings import tools as listings

#: So many tools of a kind are named to people; programs get all.
_NAMED = 20
_REBUILD = ("To apply it to what was read before:", "ostiary rebuild")


@command("catalog propose own-agency-portal --output catalog/own.yaml")
@click.argument("tool", metavar="TOOL-ID")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Append it to FILE.")
@pass_program
def propose(program: Program, tool: str, output: Path | None) -> None:
    """Print a ready entry from a tool that a person has confirmed: by a split, a merge or a ruling on a merchant.

    It holds what the tool's identities show and only one tool can have; no person's name or address, and no domain of
    the company. Where it says fill-in a person must say what holds; `ostiary catalog check` refuses it until
    then. With --output the entry is appended to a file of the overlay.
    """
    with reading(program) as desk:
        fields = _proposed(desk, the_tool(desk, tool))
        line = None if output is None else append_entry(output, fields)
        open_ = [name for name, value in fields.items() if value == UNFILLED]
        if output is None and program.format == "table":
            click.echo(entry_text(fields), nl=False)
            return
        found = {"entry": fields, "fill_in": open_, "file": None if output is None else str(output), "line": line}
        told = [f"{fields['id']} stands at {output}:{line}."]
        told += [f"Still to be filled in: {' and '.join(open_)}."] if open_ else []
        tell(desk, found, *told, "Then:", "ostiary catalog check")


def _proposed(desk: Desk, tool: str) -> dict[str, Any]:
    if desk.is_catalogued(tool):
        raise Refused(f"{tool} is in the catalogue or the company's overlay already")
    with desk.store.read() as connection:
        numbers = naming(all_decisions(desk.store), lambda named: listings.find(connection, named) == [tool])
        everybody = queries.people(connection)
        near = queries.people(connection, tool)
        identities = listings.identities(connection, tool)
    if not numbers and not tool.startswith("own-"):
        raise Refused(
            f"nobody has confirmed {tool} yet: `ostiary review split SOURCE/KEY --name NAME`, or a merge into it, does"
        )
    addresses = (given for person in everybody for given in person if given and "@" in given)
    company = dataclasses.replace(desk.company, domains=home_domains(desk.company.domains, addresses))
    row = next(row for row in listed_tools(desk) if row["id"] == tool)
    return proposal(row, identities, desk.index, company, private(everybody, near, company))


@command("catalog export catalogue.release")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_program
def export(program: Program, file: Path) -> None:
    """Write the catalogue in use as a release: one file, which `ostiary catalog update` verifies and installs."""
    from hashlib import sha256  # noqa: PLC0415 (a listing does without it)

    content = release_bytes(catalogue_in_use().entries)
    file.write_bytes(content)
    digest = sha256(content).hexdigest()
    with reading(program, database=False) as desk:
        found = {"file": str(file), "bytes": len(content), "sha256": digest}
        tell(desk, found, f"{file}: {len(content):,} bytes. To install it:", _update_line(file, digest))


def _update_line(file: Path, digest: str) -> str:
    return f"ostiary catalog update {file} --sha256 {digest}"


@command("catalog update catalogue.release")
@click.argument("file", required=False, type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--sha256", "digest", metavar="HEX", help="The hash that FILE must have, as its publisher states it.")
@click.option("--undo", "back", is_flag=True, help="Go back to the catalogue that was in use before.")
@pass_program
def update(program: Program, file: Path | None, digest: str | None, *, back: bool) -> None:
    """Take a release of the catalogue into use, after its hash, its schema and the catalogue's law were checked.

    Says what changes. Nothing is fetched: FILE is here already. What does not hold leaves everything as it was.
    """
    if (file is None) != back or (back and digest is not None):
        raise WrongCall("say either FILE, with --sha256 or without, or --undo alone")
    if digest is not None and not re.fullmatch("[0-9a-fA-F]{64}", digest):
        raise WrongCall("--sha256: a SHA-256 is 64 hexadecimal digits")
    before = _tools_in_use()
    if file is None:
        undo(catalogue_folder())
        after = load_tools(catalogue_in_use().entries)
    else:
        release = read_release(file, digest)
        after = list(release.tools)
        install(catalogue_folder(), release.version, release.files)
    used, said = catalogue_in_use(), changes(before, after)
    with reading(program, database=False) as desk:
        found = {"version": used.content(), "installed": used.version is not None, **dataclasses.asdict(said)}
        lines = [*_told(said), f"In use now: {used.sentence()}.", *_REBUILD]
        tell(desk, found, *lines)


def _tools_in_use() -> list[Any]:
    """Return the tools in use; none where the installed release is gone: then one is to be installed, or gone back."""
    try:
        return list(load_tools(catalogue_in_use().entries))
    except ConfigError:
        return []


def _told(said: Changes) -> Iterator[str]:
    yield from _list("added", [f"{name} ({id_})" for id_, name in said.added])
    yield from _list("removed", [f"{name} ({id_})" for id_, name in said.removed])
    yield from _list("renamed", [f"{before} is {after} now ({id_})" for id_, before, after in said.renamed])
    yield f"{plural(said.changed, 'other entry says', 'other entries say')} something else than before."


def _list(what: str, tools: Iterable[str]) -> Iterator[str]:
    found = list(tools)
    yield f"{plural(len(found), 'tool')} {what}{':' if found else '.'}"
    yield from (f"  {one}" for one in found[:_NAMED])
    if len(found) > _NAMED:
        yield f"  and {len(found) - _NAMED} more; --format json names all"
