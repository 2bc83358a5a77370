"""The catalogue's law: the form of an entry, what must not mean two things, and what means nothing by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from catalog.categories import CATEGORIES, PERSONAL_DATA
from catalog.hosts import is_internal, is_public_suffix, parse_host
from catalog.load import ENTRIES, UNFILLED, CatalogError, Tool, entry_files, read_file
from catalog.normal import compact, key, tokens
from catalog.places import PLACE_WORDS
from catalog.words import BILLING, BY_CATEGORY, CLUES, COMMON, LEGAL, LURE, SEGMENT, SOFTWARE, TRADE

#: Not among them: what sign-on set-ups add to names, where the names of identity providers stand on purpose.
_ORDINARY = frozenset().union(
    SOFTWARE, SEGMENT, BILLING, TRADE, PLACE_WORDS, LEGAL, CLUES, LURE, COMMON, *BY_CATEGORY.values()
)
_BUNDLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){1,12}")


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
    return problems + breaches(tools) + [problem for rule in _OF_ALL for problem in rule(tools)]


def breaches(tools: list[Tool]) -> list[str]:
    """Return where tools break what must hold between them, as `file:line: message`: the line is the later one's."""
    return [problem for rule in _RULES for problem in rule(tools)]


def _check_file(path: Path, tools: list[Tool]) -> Iterator[str]:
    for before, after in pairwise(tools):
        if before.id > after.id and not path.name.startswith("_"):
            yield f"{after.where}: {after.id} must stand before {before.id}"
    if not path.name.startswith("_") and path.stem not in CATEGORIES:
        yield f"{path.name}:1: the file is not named after a category"
    for tool in tools:
        if tool.category not in CATEGORIES:
            yield from unfilled(tool) or [f"{tool.where}: unknown category {tool.category}"]
        elif not path.name.startswith("_") and tool.category != path.stem:
            yield f"{tool.where}: {tool.id} is of {tool.category}, and stands in {path.name}"


def unfilled(tool: Tool) -> list[str]:
    """Return what a person must still say of a proposed tool, as `file:line: message`."""
    empty = [name for name in ("name", "vendor", "category") if getattr(tool, name) == UNFILLED]
    return [f"{tool.where}: {name} of {tool.id} is still to be filled in" for name in empty]


def is_ordinary(text: str) -> bool:
    """Return whether a name is an ordinary word, which proves nothing by itself."""
    words = tokens(text)
    return len(words) == 1 and words[0] in _ORDINARY


def _check_form(tools: Iterable[Tool]) -> Iterator[str]:
    for tool in tools:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", tool.id):
            yield f"{tool.where}: {tool.id} is no slug of a-z, 0-9 and -"
        for domain in (*tool.domains, *tool.spf):
            if parse_host(domain.replace("#", "1")) != domain.replace("#", "1"):
                inside = "is a name inside networks, which many have: give the one that everybody reaches it by"
                yield f"{tool.where}: {domain} {inside if is_internal(domain) else 'is no plain lower-case domain'}"
            elif is_public_suffix(domain.replace("#", "1")):
                known = not is_public_suffix(f"any.{domain}")
                yield f"{tool.where}: {domain} " + ("is a public suffix" if known else "has no suffix that is known")


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


def _check_words(tools: Iterable[Tool]) -> Iterator[str]:
    """Yield the names that are an ordinary word although their entry does not say so (`word: true`)."""
    for tool in tools:
        for kind, text in [] if tool.word else _texts(tool):
            if is_ordinary(text) and kind != "legal name":
                yield f"{tool.where}: {kind} {text} of {tool.id} is an ordinary word, and the entry lacks word: true"


def _check_collisions(tools: Iterable[Tool]) -> Iterator[str]:
    """Yield what two tools are called alike by different means: an alias and a product, or but for the blanks."""
    owners: dict[str, tuple[Tool, str, str]] = {}
    for tool in tools:
        for kind, text in _texts(tool):
            owner, other, first = owners.setdefault(compact(text), (tool, kind, text))
            if owner.id != tool.id and (kind != other or (kind == "name" and key(text) != key(first))):
                beside = f"{other} {first} of {owner.id} ({owner.where})"
                yield f"{tool.where}: {kind} {text} of {tool.id} collides with {beside}"


def _check_texts(tools: Iterable[Tool]) -> Iterator[str]:
    """Yield the names without a letter or digit: nothing would ever match them."""
    for tool in tools:
        for kind, text in (*_texts(tool), ("vendor", tool.vendor)):
            if not tokens(text):
                yield f"{tool.where}: {kind} {text} of {tool.id} has neither letter nor digit"


def _check_exact_ids(tools: Iterable[Tool]) -> Iterator[str]:
    """Yield the exact ids that cannot be one: with white space in them, or a bundle id that is no dotted name."""
    for tool in tools:
        for kind, values in (("Okta key", tool.okta), ("client id", tool.client_ids), ("TXT key", tool.txt)):
            yield from (f"{tool.where}: {kind} {v} of {tool.id} has a blank in it" for v in values if v.split() != [v])
        for bundle in tool.bundle_ids:
            if not (_BUNDLE.fullmatch(bundle) or bundle.isalnum()):
                yield f"{tool.where}: bundle id {bundle} of {tool.id} is no dotted name"


def _check_ends(tools: Iterable[Tool]) -> Iterator[str]:
    """Yield the ends that are no day or year, and tools that become each other in a circle."""
    records = list(tools)
    successor = {tool.id: tool.now for tool in records}
    for tool in records:
        if tool.ended is not None and not _is_end(tool.ended):
            yield f"{tool.where}: {tool.id} ended {tool.ended}, which is neither a year, a month nor a day"
        seen, at = {tool.id}, tool.now
        while at is not None and at not in seen:
            seen.add(at)
            at = successor.get(at)
        if at == tool.id != tool.now:
            yield f"{tool.where}: {tool.id} became itself by way of {tool.now}"


def _check_facts(tools: Iterable[Tool]) -> Iterator[str]:
    """Yield kinds of personal data that the vocabulary lacks, and sources of an end that say nothing."""
    for tool in tools:
        for kind in dict.fromkeys(tool.personal_data or ()):
            if kind not in PERSONAL_DATA:
                yield f"{tool.where}: {kind} of {tool.id} is no kind of personal data: {', '.join(PERSONAL_DATA)}"
        if tool.ended_source is not None and not re.fullmatch(r"https://[^\s/]+\.\S+", tool.ended_source):
            yield f"{tool.where}: ended_source of {tool.id} is no address of a page (https://...)"
        if tool.ended_source is not None and tool.ended is None:
            yield f"{tool.where}: {tool.id} has an ended_source, and has not ended"


def _is_end(text: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _texts(tool: Tool) -> Iterator[tuple[str, str]]:
    yield "name", tool.name
    yield from (("name", text) for text in tool.names)
    yield from (("product", text) for text in tool.products)
    yield from (("descriptor", text) for text in tool.descriptors)
    yield from (("legal name", text) for text in tool.legal)


#: Of records of any kind: a company's own keep them too.
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
    _check_exact_ids,
    _check_ends,
    _check_facts,
)
#: Of the catalogue alone.
_OF_ALL: tuple[Callable[[list[Tool]], Iterable[str]], ...] = (_check_texts, _check_words, _check_collisions)
