"""Read the catalogue's YAML files into typed records."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import ConfigError

#: Where the entries stand: package data beside this module.
ENTRIES = Path(__file__).parent / "entries"
#: The form of the entries. Raise it when an older program would misread or refuse what a newer one writes.
SCHEMA = 1
#: What stands where a person must still say what holds: the law refuses it.
UNFILLED = "fill-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool as the catalogue (or a company's overlay) writes it.

    `word` is true where the name alone proves nothing; `goods` where what is paid there is goods or services, so that a
    charge proves no software; `personal_data` are the kinds of data of persons that such a tool usually holds (empty:
    no persons; None: the entry is silent, and `catalog.personal` has what tools of its category hold); `now` is the id
    of the tool that this one became; `ended_source` the page that says when it ended; `where` is `file:line`. An
    overlay's record with the id of a known tool adds to that tool.
    """

    id: str
    name: str
    vendor: str
    category: str
    domains: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    descriptors: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    word: bool = False
    goods: bool = False
    okta: tuple[str, ...] = ()
    client_ids: tuple[str, ...] = ()
    bundle_ids: tuple[str, ...] = ()
    spf: tuple[str, ...] = ()
    txt: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    personal_data: tuple[str, ...] | None = None
    ended: str | None = None
    ended_source: str | None = None
    now: str | None = None
    sources: str | None = None
    where: str = ""


_REQUIRED = ("id", "name", "vendor", "category", "domains")
_LISTS = frozenset(f.name for f in dataclasses.fields(Tool) if str(f.type).startswith("tuple"))
_TEXTS = frozenset({"id", "name", "vendor", "category", "ended_source", "now", "sources"})
_KNOWN = _LISTS | _TEXTS | {"word", "goods", "ended"}


class CatalogError(ConfigError):
    """An entry that cannot be read; the text starts with `file:line`."""


def entry_files(folder: Path = ENTRIES) -> list[Path]:
    """Return the entry files, by name. Files that start with `_` are temporary and are read too."""
    return sorted(folder.glob("*.yaml"))


def load_tools(folder: Path = ENTRIES) -> list[Tool]:
    """Return all tools of the folder, file by file. Raises CatalogError with `file:line` at the first wrong entry."""
    return [tool for path in entry_files(folder) for tool in read_file(path)]


def read_file(path: Path) -> Iterator[Tool]:
    """Yield the tools of one file. Raises CatalogError with `file:line`."""
    for line, document in documents(path):
        if document is not None:
            yield parse_tool(document, f"{path.name}:{line}")


def documents(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the line and the content of each document of a file. Raises CatalogError where it is not YAML."""
    import yaml  # noqa: PLC0415 (the compiled index is read without it)

    loader, line = yaml.CSafeLoader(path.read_bytes()), 1
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            line = node.start_mark.line + 1
            yield line, loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else line
        raise CatalogError(f"{path.name}:{line}: not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError):  # bytes that are no text, a day that no calendar has
        raise CatalogError(f"{path.name}:{line}: not YAML: it cannot be read as text, numbers and days") from None
    finally:
        loader.dispose()


def parse_tool(document: object, where: str) -> Tool:
    """Return the tool that a parsed YAML document describes. Raises CatalogError, its text starting with `where`."""
    if not isinstance(document, dict):
        raise CatalogError(f"{where}: an entry must be a mapping")
    document = _known_schema(document, where)
    unknown = sorted(str(name) for name in document if name not in _KNOWN)
    missing = [name for name in _REQUIRED if name not in document]
    if unknown:
        raise CatalogError(f"{where}: unknown key {unknown[0]}")
    if missing:
        raise CatalogError(f"{where}: key {missing[0]} is missing")
    return Tool(**{name: _value(name, value, where) for name, value in document.items()}, where=where)


def _known_schema(document: dict[Any, Any], where: str) -> dict[Any, Any]:
    """Return an entry without its schema. Raises CatalogError where it is none that this program knows."""
    schema = document.get("schema", SCHEMA)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise CatalogError(f"{where}: schema must be a number from 1 on")
    if schema > SCHEMA:
        raise CatalogError(f"{where}: of schema {schema}, and this program knows {SCHEMA}: install a newer Ostiary")
    return {name: value for name, value in document.items() if name != "schema"}


def _value(name: str, value: object, where: str) -> Any:
    if name in {"word", "goods"}:
        if not isinstance(value, bool):
            raise CatalogError(f"{where}: {name} must be true or false")
        return value
    if name == "ended":
        return str(value)
    if name in _TEXTS:
        return _text(name, value, where)
    if value is None:
        return None if name == "personal_data" else ()
    if not isinstance(value, list):
        raise CatalogError(f"{where}: {name} must be a list")
    return tuple(_text(name, item, where) for item in value)


def _text(name: str, value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CatalogError(f"{where}: {name} must be text (quote what YAML reads as a number, a date or a truth value)")
    return value
