"""The compiled tables on disk, so that a command starts without reading the YAML files."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Any

from catalog.load import ENTRIES, entry_files, load_tools
from catalog.tables import FIELDS, HITS, Hit, Known, Tables, compile_tables, in_order

#: Raise it when the form of the tables changes.
_FORM = 1


def cache_folder() -> Path:
    """Return the folder for compiled catalogues: in the user's cache (XDG base directory), which may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ostiary"


def load_tables(folder: Path = ENTRIES, cache: Path | None = None) -> tuple[Tables, str]:
    """Return the folder's tables and their version, from the cache where it is fresh, else compiled and cached.

    The version is a hash of the entries' content. Raises CatalogError where an entry is wrong; a cache that cannot be
    read or written is done without.
    """
    try:
        path = (cache or cache_folder()) / f"catalogue-{_stamp(folder)}.json"
    except RuntimeError:  # no home directory is known
        path = None
    found = _read(path) if path else None
    if found is None:
        found = compile_tables(load_tools(folder)), content_hash(folder)
        if path:
            _write(path, *found)
    return found


def content_hash(folder: Path = ENTRIES) -> str:
    """Return 16 hexadecimal digits over the entries' names and bytes: the catalogue's version."""
    digest = blake2b(digest_size=8)
    for path in entry_files(folder):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _stamp(folder: Path) -> str:
    digest = blake2b(repr(_FORM).encode(), digest_size=8)
    for path in (*entry_files(folder), *sorted(Path(__file__).parent.glob("*.py"))):
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _read(path: Path) -> tuple[Tables, str] | None:
    try:
        raw = json.loads(path.read_bytes())
        fields: dict[str, Any] = {name: raw[name] for name in FIELDS}
        fields["tools"] = {tool: Known(*values) for tool, values in fields["tools"].items()}
        for name in HITS:
            fields[name] = {text: Hit(*values) for text, values in fields[name].items()}
        return in_order(Tables(**fields)), str(raw["version"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(path: Path, tables: Tables, version: str) -> None:
    content = {"version": version} | {name: getattr(tables, name) for name in FIELDS}
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(content, file, separators=(",", ":"))
        Path(file.name).replace(path)
        _sweep(path)


def _sweep(path: Path) -> None:
    for other in path.parent.glob("catalogue-*.json"):
        if other != path:
            other.unlink(missing_ok=True)
