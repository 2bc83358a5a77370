"""Which catalogue is in use: the one that came with the program, or a release installed in the user's data folder.

The folder holds each installed release under its version, as entry files, and `in-use.json`, which is replaced whole:
who reads at the same time reads the one before or the new one.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.load import ENTRIES
from model.errors import ConfigError, Refused

_STATE = "in-use.json"
#: Where in the user's data folder releases lie.
FOLDER = "catalogue"


@dataclass(frozen=True, slots=True)
class InUse:
    """The entries in use; `version` is the installed release's, None where they are those of the program."""

    entries: Path
    version: str | None

    def content(self) -> str:
        """Return the version of what really lies there: 16 hexadecimal digits (`catalog.cache.content_hash`)."""
        from catalog.cache import content_hash  # noqa: PLC0415 (only who shows a version waits for it)

        return content_hash(self.entries)

    def sentence(self) -> str:
        """Return in words which catalogue it is, without a full stop."""
        how = "came with the program" if self.version is None else "installed by `ostiary catalog update`"
        return f"catalogue {self.content()} ({how})"


def in_use(folder: Path) -> InUse:
    """Return what is in use. Raises ConfigError where an installed release is gone, or nobody can tell which it is."""
    version = next(iter(_history(folder)), None)
    if version is None:
        return InUse(ENTRIES, None)
    if not (folder / version).is_dir():
        raise ConfigError(f"the catalogue {version} is gone from {folder}: `ostiary catalog update --undo` goes back")
    return InUse(folder / version, version)


def install(folder: Path, version: str, files: Mapping[str, bytes]) -> None:
    """Write a release's entry files, then take it into use."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
    try:
        for name, content in files.items():
            (staged / name).write_bytes(content)
        if (folder / version).exists():  # what lies there may have been changed
            (folder / version).rename(staged / "before")
        staged.rename(folder / version)
        shutil.rmtree(folder / version / "before", ignore_errors=True)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    _remember(folder, [version, *(v for v in _history(folder) if v != version)])


def undo(folder: Path) -> None:
    """Go back to the release before, at last to what came with the program. Raises Refused where that is in use."""
    history = _history(folder)
    if not history:
        raise Refused("the catalogue in use is the one that came with the program: there is none before it")
    _remember(folder, history[1:])


def _history(folder: Path) -> list[str]:
    """Return the versions that were taken into use, the latest first."""
    try:
        raw = json.loads((folder / _STATE).read_bytes())
    except FileNotFoundError:
        return []
    except ValueError:
        raw = None
    if not isinstance(raw, list) or not all(isinstance(v, str) and v.isalnum() for v in raw):
        raise ConfigError(f"{folder / _STATE} is damaged: remove it to use the catalogue that came with the program")
    return raw


def _remember(folder: Path, versions: Iterable[str]) -> None:
    beside = folder / f"{_STATE}.new"
    beside.write_text(json.dumps(list(versions)), encoding="utf-8")
    beside.replace(folder / _STATE)
