"""The company's overlay: its own tools and its own aliases, in the catalogue's form, beside the configuration."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from catalog.cache import cache_folder
from catalog.categories import CATEGORIES
from catalog.index import Index, load_index
from catalog.law import breaches, unfilled
from catalog.load import ENTRIES, UNFILLED, CatalogError, Tool, documents, entry_files, parse_tool
from model.errors import ConfigError
from model.match import Entry, Match, Matcher, StringKind
from model.signal import AppIdentity

#: Raise it when the form of the kept file changes.
_FORM = 3
#: A record that adds to a tool of the catalogue gives it no name of its own: a text without a word names nothing.
_NO_NAME = "·"
_LISTS = (
    "domains",
    "names",
    "descriptors",
    "legal",
    "okta",
    "client_ids",
    "bundle_ids",
    "spf",
    "txt",
    "products",
    "personal_data",
)
_SAME = ("name", "vendor", "category")


@dataclass(frozen=True, slots=True)
class Overlay:
    """What of an overlay holds, and each record that was refused as `folder/file:line: why`."""

    tools: tuple[Tool, ...] = ()
    problems: tuple[str, ...] = ()


def overlay_files(folder: Path) -> list[Path]:
    """Return the overlay's files, by name. Raises ConfigError where there is no such folder."""
    if not folder.is_dir():
        raise ConfigError(f"[catalog] overlay: there is no folder {folder}")
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def load_overlaid(folder: Path | None, *, entries: Path = ENTRIES, cache: Path | None = None) -> tuple[Index, Overlay]:
    """Return the index with the company's overlay (None: without one), and the overlay itself.

    What was checked once is kept in the user's cache until a file of either changes. Raises CatalogError, ConfigError.
    """
    if folder is None:
        return load_index(folder=entries, cache=cache), Overlay()
    kept = _kept(folder, entries, cache)
    known = _read(kept)
    if known is None:
        known = read_overlay(folder, load_index(folder=entries, cache=cache))
        _write(kept, known)
    index = load_index(known.tools, folder=entries, cache=cache)
    if known.tools:
        index.version = f"{index.version.partition('+')[0]}+{_digest(known.tools)}"
    return index, known


def together(tools: Iterable[Tool], own: Iterable[Tool]) -> list[Tool]:
    """Return the catalogue's records with the overlay's: what adds to a tool stands in its record."""
    found = {tool.id: tool for tool in tools}
    for tool in own:
        known = found.get(tool.id)
        lists = {} if known is None else {name: _both(getattr(known, name), getattr(tool, name)) for name in _LISTS}
        found[tool.id] = tool if known is None else replace(known, **lists)  # type: ignore[arg-type]
    return list(found.values())


def _both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if one is None and other is None else tuple(dict.fromkeys((*(one or ()), *(other or ()))))


def read_overlay(folder: Path, index: Index) -> Overlay:
    """Read and check an overlay against the catalogue's index. A wrong record is refused, the rest holds."""
    problems: list[str] = []
    tools: list[Tool] = []
    for path in overlay_files(folder):
        for found in _records(path, f"{folder.name}/{path.name}", index):
            if isinstance(found, str):
                problems.append(found)
                continue
            refused = list(_refusals(found, index))
            problems += refused
            tools += [] if refused else [found]
    held, clashes = _held(tools, index)
    return Overlay(tuple(held), tuple(problems + clashes))


def _records(path: Path, name: str, index: Index) -> Iterator[Tool | str]:
    """Yield the records of a file, and in place of a wrong one the sentence that says what is wrong."""
    try:
        for line, document in documents(path):
            if document is not None:
                yield _record(document, f"{name}:{line}", index)
    except CatalogError as error:  # a file that is no YAML ends where it breaks
        yield f"{name}{str(error).removeprefix(path.name)}"
    except OSError as error:
        yield f"{name}:1: cannot be read: {error.strerror}"


def _record(document: object, where: str, index: Index) -> Tool | str:
    try:
        known = index.entry(str(document.get("id"))) if isinstance(document, dict) else None
        return parse_tool(document, where) if known is None else _addition(document, known, where)
    except CatalogError as error:
        return str(error)


def _addition(document: Any, known: Entry, where: str) -> Tool:
    """Return a record that adds to a tool of the catalogue. Raises CatalogError where it would change it."""
    for name, value in document.items():
        if name in _SAME and value != getattr(known, name):
            raise CatalogError(f"{where}: the catalogue knows {known.id} by another {name}: leave {name} out")
        if name in {"word", "goods", "ended", "ended_source", "now"}:
            raise CatalogError(f"{where}: {name} of {known.id} is the catalogue's to say: leave it out")
    given = {name: value for name, value in document.items() if name not in _SAME}
    made: dict[str, Any] = {"name": _NO_NAME, "vendor": _NO_NAME, "category": known.category, "domains": []}
    return parse_tool({**made, **given}, where)


def _refusals(tool: Tool, index: Index) -> Iterator[str]:
    yield from unfilled(tool)
    if tool.category not in {UNFILLED, *CATEGORIES}:
        yield f"{tool.where}: unknown category {tool.category}"
    if tool.ended is not None and not _is_day(tool.ended):
        yield f"{tool.where}: ended must be a year, or a day as 2025-12-31"
    for what, value, match in _owned(tool, index):
        if match is not None and match.entry.id not in {tool.id, index.today(tool.id)}:
            yield f"{tool.where}: {what} {value} of {tool.id} belongs to {match.entry.id} of the catalogue"


def _is_day(text: str) -> bool:
    with contextlib.suppress(ValueError):
        date.fromisoformat(text if "-" in text else f"{text}-12-31")
        return True
    return False


def _owned(tool: Tool, index: Index) -> Iterator[tuple[str, str, Match | None]]:
    """Yield each domain and exact id of a record with the tool that the catalogue gives it to."""
    for domain in tool.domains:
        yield "domain", domain, _exactly(index.read(StringKind.DOMAIN, domain.replace("#", "1")).match, domain)
    for host in tool.spf:
        yield "SPF host", host, _exactly(index.read(StringKind.DNS_SPF, host.replace("#", "1")).match, host)
    for ids, what, kind in (
        (tool.client_ids, "client id", StringKind.CLIENT_ID),
        (tool.bundle_ids, "bundle id", StringKind.BUNDLE_ID),
        (tool.txt, "TXT key", StringKind.DNS_TXT),
    ):
        yield from ((what, value, _exactly(index.read(kind, value).match, value)) for value in ids)
    for value in tool.okta:
        match = index.read_app(AppIdentity(catalog_key=value)).match
        yield "Okta key", value, match if match and match.matcher is Matcher.EXACT_ID else None


def _exactly(match: Match | None, value: str) -> Match | None:
    """Return the match where the catalogue holds this very value, not what it lies under."""
    plain = value.strip().casefold()
    return match if match is not None and match.matched in {plain, plain.replace("#", "1")} else None


def _held(tools: list[Tool], index: Index) -> tuple[list[Tool], list[str]]:
    """Return the records that may stand beside one another, and of two that clash the later one's breach."""
    compared = [replace(tool, name=tool.id) if tool.name == _NO_NAME else tool for tool in tools]
    problems: dict[str, str] = {}
    for breach in breaches(compared):
        where = next(tool.where for tool in tools if breach.startswith(f"{tool.where}: "))
        problems.setdefault(where, breach)
    for tool in tools:
        if tool.now is not None and index.entry(tool.now) is not None:
            missed = f"{tool.where}: {tool.id} became {tool.now}, which is unknown"
            problems = {where: breach for where, breach in problems.items() if breach != missed}
    return [tool for tool in tools if tool.where not in problems], list(problems.values())


# --- kept in the cache -----------------------------------------------------------------------------------------------


def _kept(folder: Path, entries: Path, cache: Path | None) -> Path | None:
    """Return the file in which a checked overlay is kept; None where no home directory is known."""
    digest = blake2b(repr(_FORM).encode(), digest_size=8)
    for path in (*overlay_files(folder), *entry_files(entries), *sorted(Path(__file__).parent.glob("*.py"))):
        state = path.stat()
        digest.update(f"{path.absolute()}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    with contextlib.suppress(RuntimeError):
        return (cache or cache_folder()) / f"overlay-{digest.hexdigest()}.json"
    return None


def _read(path: Path | None) -> Overlay | None:
    if path is None:
        return None
    try:
        raw = json.loads(path.read_bytes())
        return Overlay(tuple(map(_tool, raw["tools"])), tuple(map(str, raw["problems"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _tool(row: dict[str, Any]) -> Tool:
    values: dict[str, Any] = {n: tuple(v) if n in _LISTS and v is not None else v for n, v in row.items()}
    return Tool(**values)


def _write(path: Path | None, known: Overlay) -> None:
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(dataclasses.asdict(known), ensure_ascii=False), encoding="utf-8")
        beside.replace(path)


def _digest(tools: Iterable[Tool]) -> str:
    """Return 16 hexadecimal digits over what the records say, wherever they stand."""
    said = [dataclasses.asdict(replace(tool, where="")) for tool in tools]
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()
