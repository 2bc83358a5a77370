"""Read the catalogue's YAML files into typed records, and check its law."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from catalog.categories import CATEGORIES
from catalog.hosts import is_public_suffix, parse_host
from catalog.normal import compact, key
from model.errors import ConfigError

#: Where the entries stand: package data beside this module.
ENTRIES = Path(__file__).parent / "entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool as the catalogue (or a company's overlay) writes it.

    `word` is true where the name alone proves nothing; `goods` where what is paid there is goods or services, so that a
    charge proves no software; `now` is the id of the tool that this one became; `where` is
    `file:line`. An overlay's record with the id of a known tool adds to that tool.
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
    ended: str | None = None
    now: str | None = None
    sources: str | None = None
    where: str = ""


_REQUIRED = ("id", "name", "vendor", "category", "domains")
_LISTS = frozenset(f.name for f in dataclasses.fields(Tool) if str(f.type).startswith("tuple"))
_TEXTS = frozenset({"id", "name", "vendor", "category", "now", "sources"})
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
    for line, document in _documents(path):
        if document is not None:
            yield parse_tool(document, f"{path.name}:{line}")


def _documents(path: Path) -> Iterator[tuple[int, Any]]:
    import yaml  # noqa: PLC0415 (the compiled index is read without it)

    loader = yaml.CSafeLoader(path.read_bytes())
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            yield node.start_mark.line + 1, loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogError(f"{path.name}:{line}: not YAML: {error.problem}") from None
    finally:
        loader.dispose()


def parse_tool(document: object, where: str) -> Tool:
    """Return the tool that a parsed YAML document describes. Raises CatalogError, its text starting with `where`."""
    if not isinstance(document, dict):
        raise CatalogError(f"{where}: an entry must be a mapping")
    unknown = sorted(str(name) for name in document if name not in _KNOWN)
    missing = [name for name in _REQUIRED if name not in document]
    if unknown:
        raise CatalogError(f"{where}: unknown key {unknown[0]}")
    if missing:
        raise CatalogError(f"{where}: key {missing[0]} is missing")
    return Tool(**{name: _value(name, value, where) for name, value in document.items()}, where=where)


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
        return ()
    if not isinstance(value, list):
        raise CatalogError(f"{where}: {name} must be a list")
    return tuple(_text(name, item, where) for item in value)


def _text(name: str, value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CatalogError(f"{where}: {name} must be text (quote what YAML reads as a number, a date or a truth value)")
    return value


def check(folder: Path = ENTRIES) -> list[str]:
    """Return every breach of the catalogue's law as `file:line: message`, empty where there is none."""
    problems: list[str] = []
    tools: list[Tool] = []
    for path in entry_files(folder):
        try:
            found = list(read_file(path))
        except CatalogError as error:
            problems.append(str(error))
            continue
        tools += found
        problems += _check_file(path, found)
    return problems + [problem for rule in _RULES for problem in rule(tools)]


def _check_file(path: Path, tools: list[Tool]) -> Iterator[str]:
    for before, after in pairwise(tools):
        if before.id > after.id and not path.name.startswith("_"):
            yield f"{after.where}: {after.id} must stand before {before.id}"
    if not path.name.startswith("_") and path.stem not in CATEGORIES:
        yield f"{path.name}:1: the file is not named after a category"
    for tool in tools:
        if tool.category not in CATEGORIES:
            yield f"{tool.where}: unknown category {tool.category}"
        elif not path.name.startswith("_") and tool.category != path.stem:
            yield f"{tool.where}: {tool.id} is of {tool.category}, and stands in {path.name}"


def _check_form(tools: Iterable[Tool]) -> Iterator[str]:
    for tool in tools:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", tool.id):
            yield f"{tool.where}: {tool.id} is no slug of a-z, 0-9 and -"
        for domain in (*tool.domains, *tool.spf):
            if parse_host(domain.replace("#", "1")) != domain.replace("#", "1"):
                yield f"{tool.where}: {domain} is no plain lower-case domain"
            elif is_public_suffix(domain.replace("#", "1")):
                yield f"{tool.where}: {domain} is a public suffix"


def _check_successors(tools: list[Tool]) -> Iterator[str]:
    ids = {tool.id for tool in tools}
    for tool in tools:
        if tool.now is not None and tool.now not in ids:
            yield f"{tool.where}: {tool.id} became {tool.now}, which is unknown"
        if tool.now == tool.id:
            yield f"{tool.where}: {tool.id} became itself"


def _unique(what: str, values: Callable[[Tool], Iterable[str]]) -> Callable[[list[Tool]], Iterator[str]]:
    def rule(tools: list[Tool]) -> Iterator[str]:
        owners: dict[str, Tool] = {}
        for tool in tools:
            for value in dict.fromkeys(values(tool)):
                owner = owners.setdefault(value, tool)
                if owner is not tool:
                    yield f"{tool.where}: {what} {value} of {tool.id} belongs to {owner.id} ({owner.where})"

    return rule


def _name_keys(tool: Tool) -> list[str]:
    return [key(name) for name in (tool.name, *tool.names)]


_RULES: tuple[Callable[[list[Tool]], Iterable[str]], ...] = (
    _check_form,
    _check_successors,
    _unique("id", lambda tool: [tool.id]),
    _unique("domain", lambda tool: [d.casefold() for d in tool.domains]),
    _unique("Okta key", lambda tool: [i.casefold() for i in tool.okta]),
    _unique("client id", lambda tool: [i.casefold() for i in tool.client_ids]),
    _unique("bundle id", lambda tool: [i.casefold() for i in tool.bundle_ids]),
    _unique("SPF host", lambda tool: [i.casefold() for i in tool.spf]),
    _unique("TXT key", lambda tool: [i.casefold() for i in tool.txt]),
    _unique("name", _name_keys),
    _unique("product", lambda tool: [key(p) for p in tool.products]),
    _unique("descriptor", lambda tool: [compact(d) for d in tool.descriptors]),
)
