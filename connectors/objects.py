"""Where landing files lie: a folder on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from model.errors import ConfigError, Unavailable


class Folder:
    """An `ObjectStore` in a folder: an object appears whole or not at all, readable by its owner only."""

    def __init__(self, root: Path) -> None:
        """Use a folder; it is made when something is put there."""
        self.root = root

    def put(self, local: Path, name: str) -> None:
        """Move the local file to its place. Raises Unavailable where the folder cannot take it."""
        target = self._path(name)
        if target.exists():
            return
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            self._make(target.parent)
            shutil.copyfile(local, beside)
            beside.chmod(0o600)
            with beside.open("rb") as written:
                os.fsync(written.fileno())
            beside.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise Unavailable(
                f"{self.root}: {error.strerror or error}; free some space or mend the folder, and run the same command"
                " again"
            ) from error

    def fetch(self, name: str) -> Path:
        """Return the path of an object. Raises FileNotFoundError."""
        path = self._path(name)
        if not path.is_file():
            raise FileNotFoundError(path)
        return path

    def delete(self, name: str) -> None:
        """Remove an object if it is there."""
        self._path(name).unlink(missing_ok=True)

    def names(self, prefix: str = "") -> Iterator[str]:
        """Yield the names below a prefix."""
        for path in sorted(self.root.rglob("*.parquet")):
            name = path.relative_to(self.root).as_posix()
            if name.startswith(prefix) and not path.name.startswith("."):
                yield name

    def _make(self, folder: Path) -> None:
        """Make a folder and those above it; `mkdir` would give its mode to the last one alone."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        for place in (*reversed([p for p in folder.parents if p.is_relative_to(self.root)]), folder):
            place.mkdir(exist_ok=True, mode=0o700)

    def _path(self, name: str) -> Path:
        path = self.root / name
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ConfigError(f"the landing file {name!r} lies outside of {self.root}")
        return path
