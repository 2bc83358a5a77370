"""The compiled tables on disk, so that a command starts without reading the YAML files."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from catalog.load import ENTRIES, entry_files, load_tools
from catalog.packed import Damaged, pack, unpack
from catalog.tables import Tables, compile_tables

#: The modules that decide what the tables hold; a change of one makes the compiled file another's.
SHAPING = ("hosts", "lengths", "load", "normal", "packed", "places", "tables", "words")
#: So many compiled files stay: two installations beside each other do not take turns in compiling.
_KEPT = 3


def cache_folder() -> Path:
    """Return the folder for compiled catalogues: in the user's cache (XDG base directory), which may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ostiary"


def load_tables(folder: Path = ENTRIES, cache: Path | None = None) -> tuple[Tables, str]:
    """Return the folder's tables and their version, from the cache where it is fresh, else compiled and cached.

    The version is a hash of the entries' content, and the cached file is named after it and after the hash of the code
    that compiles: a file is never stale, wherever the program is installed. Raises CatalogError where an entry is
    wrong; a cache that cannot be read or written, or that is damaged, is done without.
    """
    version = content_hash(folder)
    try:
        path = (cache or cache_folder()) / f"catalogue-{version}-{_code_hash()}.tables"
    except RuntimeError:  # no home directory is known
        return compile_tables(load_tools(folder)), version
    with contextlib.suppress(OSError, Damaged):
        return unpack(path.read_bytes())
    tables = compile_tables(load_tools(folder))
    _write(path, pack(tables, version))
    return tables, version


def content_hash(folder: Path = ENTRIES) -> str:
    """Return 16 hexadecimal digits over the entries' names and bytes: the catalogue's version."""
    return _hash(entry_files(folder))


def _code_hash() -> str:
    here = Path(__file__).parent
    return _hash([*(here / f"{name}.py" for name in SHAPING), here / "places.txt"])


def _hash(paths: Iterable[Path]) -> str:
    digest = blake2b(digest_size=8)
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all: who reads or writes at the same time sees a whole one."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="catalogue-", delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
        _sweep(path)


def _sweep(path: Path) -> None:
    """Remove all but the newest files, and what a writer that was stopped left behind."""
    old = sorted(path.parent.glob("catalogue-*"), key=lambda file: file.stat().st_mtime, reverse=True)
    for other in old[_KEPT:]:
        if other != path:
            other.unlink(missing_ok=True)
