"""Releases of the catalogue apart from the program's: one text file with a head and all entry files behind it.

The head is YAML: `format`, `schema`, `version` (`catalog.cache.content_hash` of the entries), `tools` and `sha256`, the
hash of all that stands behind the head. Each entry file follows as it is, below a line `--- # NAME.yaml`.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from catalog.cache import content_hash
from catalog.law import check
from catalog.load import ENTRIES, SCHEMA, Tool, entry_files, load_tools
from model.errors import Refused

_FORMAT = "ostiary-catalogue"
_PART = re.compile(rb"^--- # ([a-z][a-z0-9_]*\.yaml)\n", re.MULTILINE)
#: No head is longer: what a file begins with is looked for in so many bytes.
_HEAD = 4096
#: So many breaches of the law are told; of a file that is of something else there would be thousands.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was verified: its version, its entry files by name, and its tools."""

    version: str
    files: Mapping[str, bytes]
    tools: tuple[Tool, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What one catalogue has beside another: tools as (id, name), those renamed as (id, name before, name after)."""

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    renamed: tuple[tuple[str, str, str], ...]
    changed: int


def release_bytes(folder: Path = ENTRIES) -> bytes:
    """Return the release of a folder's entries. Raises Refused where they break the law, or a file cannot be parted."""
    problems = check(folder)
    if problems:
        raise Refused(f"{problems[0]}; `ostiary catalog check` names all")
    parts = []
    for path in entry_files(folder):
        content = path.read_bytes()
        if not content.endswith(b"\n") or _PART.search(content) or not _PART.match(b"--- # %s\n" % path.name.encode()):
            raise Refused(f"{path.name}:1: a file of a release ends in a line's end and is named after its category")
        parts.append(b"--- # %s\n%s" % (path.name.encode(), content))
    body = b"".join(parts)
    head = {
        "format": _FORMAT,
        "schema": SCHEMA,
        "version": f"'{content_hash(folder)}'",
        "tools": len(load_tools(folder)),
        "sha256": f"'{sha256(body).hexdigest()}'",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in head.items())
    return b"# `ostiary catalog update FILE` verifies and installs this.\n" + lines.encode() + body


def read_release(path: Path, expected: str | None = None) -> Release:
    """Return a verified release. Raises Refused where a hash, the schema or the law is against it, OSError.

    `expected` is the whole file's SHA-256 in hexadecimal digits, as whoever handed it out has published it.
    """
    content = path.read_bytes()
    if expected is not None and sha256(content).hexdigest() != expected.casefold():
        raise Refused(f"{path.name} does not have the hash given by --sha256: nothing was changed; fetch it again")
    head, start = _head(path.name, content)
    body = content[start:]
    if head["schema"] > SCHEMA:
        raise Refused(
            f"{path.name} is written for schema {head['schema']}, this program knows {SCHEMA}: install a newer Ostiary,"
            f" or take a release of schema {SCHEMA}"
        )
    if sha256(body).hexdigest() != head.get("sha256"):
        raise Refused(f"{path.name} is not whole, or was changed: its content does not have the hash in its head")
    parts = list(_parts(body))
    with tempfile.TemporaryDirectory(prefix="ostiary-catalogue-") as made:
        folder = Path(made)
        for name, part, _ in parts:
            (folder / name).write_bytes(part)
        lines = content[:start].count(b"\n")
        _refuse_breaches(path.name, check(folder), {name: lines + at for name, _, at in parts})
        if content_hash(folder) != head.get("version"):
            raise Refused(f"{path.name} is not whole, or was changed: its entries are not those of its version")
        return Release(str(head["version"]), {name: part for name, part, _ in parts}, tuple(load_tools(folder)))


def _head(name: str, content: bytes) -> tuple[dict[str, Any], int]:
    import yaml  # noqa: PLC0415 (a program start does without it)

    found = _PART.search(content[:_HEAD])
    raw: Any = None
    with contextlib.suppress(yaml.YAMLError, ValueError, RecursionError):
        raw = yaml.safe_load(content[: found.start()]) if found else None
    if found is None or not isinstance(raw, dict) or raw.get("format") != _FORMAT or type(raw.get("schema")) is not int:
        raise Refused(f"{name} is no release of the catalogue: `ostiary catalog export FILE` writes one")
    return raw, found.start()


def _parts(body: bytes) -> Iterator[tuple[str, bytes, int]]:
    """Yield each entry file: its name, its bytes, and how many lines of the body stand before its first."""
    found = list(_PART.finditer(body))
    ends = [match.start() for match in found[1:]] + [len(body)]
    line = 0
    for match, end in zip(found, ends, strict=True):
        part = body[match.end() : end]
        yield match[1].decode("ascii"), part, line + 1
        line += 1 + part.count(b"\n")


def _refuse_breaches(name: str, problems: list[str], before: Mapping[str, int]) -> None:
    """Raise Refused with the breaches, each at its line of the release."""

    def placed(match: re.Match[str]) -> str:
        return f"{name}:{before[match[1]] + int(match[2])}" if match[1] in before else match[0]

    told = [re.sub(r"([a-z0-9_]+\.yaml):(\d+)", placed, problem) for problem in problems]
    if told:
        more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
        raise Refused("\n".join(["the release breaks the catalogue's law:", *told[:_TOLD], *more]))


def changes(before: Iterable[Tool], after: Iterable[Tool]) -> Changes:
    """Return what a catalogue has beside the one before it; `changed` counts the other entries that say otherwise."""
    old, new = ({tool.id: tool for tool in tools} for tools in (before, after))
    both = [(old[id_], new[id_]) for id_ in sorted(old.keys() & new.keys())]
    return Changes(
        added=tuple((id_, new[id_].name) for id_ in sorted(new.keys() - old.keys())),
        removed=tuple((id_, old[id_].name) for id_ in sorted(old.keys() - new.keys())),
        renamed=tuple((a.id, a.name, b.name) for a, b in both if a.name != b.name),
        changed=sum(a.name == b.name and _said(a) != _said(b) for a, b in both),
    )


def _said(tool: Tool) -> tuple[object, ...]:
    return tuple(getattr(tool, name) for name in _FIELDS)


_FIELDS = tuple(name for name in Tool.__slots__ if name != "where")
