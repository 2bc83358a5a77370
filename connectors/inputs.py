"""The files that a call of `ostiary ingest` names: found, in a fixed order, each with a safe name."""

from __future__ import annotations

import fnmatch
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.unpacked import Unpacked
from model.errors import AccessDenied, ConfigError, Interrupted

_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to read: its printable name, path (None for standard input), size in bytes and modification time.

    `size` is what lies on the disk, before unpacking; 0 where it is not known.
    """

    name: str
    path: Path | None
    size: int
    modified: datetime

    def open(self) -> Unpacked:
        """Open it for reading, unpacked. Use as a context manager.

        Raises AccessDenied where the right to read it (or to list the folder) is missing, Interrupted where it
        can not be opened for another reason.
        """
        if self.path is None:
            return Unpacked(sys.stdin.buffer, keep_open=True)
        try:
            if self.path.is_dir():
                os.scandir(self.path).close()
            return Unpacked(self.path.open("rb", buffering=0))
        except PermissionError:
            raise _denied(self.name) from None
        except OSError as error:
            raise Interrupted(f"the file could not be opened: {error.strerror}") from None


def find_inputs(paths: Iterable[str], *, now: datetime | None = None) -> list[Input]:
    """Return what the paths name: files, folders (with all below them, sorted), quoted globs, `-` for standard input.

    A file that is named twice is read once. What may not be read or listed becomes an Input whose `open` raises
    AccessDenied. `now` is the time of what carries none. Raises ConfigError where a path names nothing.
    """
    moment = now or datetime.now(UTC)
    found: dict[str, Input] = {}
    for path in paths:
        for place in _expand(path):
            found.setdefault(place, _input(place, moment))
    return list(found.values())


def printable(path: str) -> str:
    r"""Return the path as it can be shown and stored: what is no printable character stands as `\xNN` or `\uNNNN`."""
    return "".join(c if c.isprintable() else _escape(c) for c in path)


def _escape(character: str) -> str:
    try:
        return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
    except UnicodeEncodeError:
        return f"\\u{ord(character):04x}"


def _denied(name: str) -> AccessDenied:
    return AccessDenied(f"read {name}", "give the account that runs Ostiary the right to read it, then ingest it again")


def _input(place: str, moment: datetime) -> Input:
    if place == "-":
        return Input("-", None, 0, moment)
    try:
        seen = Path(place).stat()
    except OSError:
        return Input(printable(place), Path(place), 0, moment)
    return Input(printable(place), Path(place), seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC))


def _expand(path: str) -> list[str]:
    if path == "-":
        return [path]
    if not path or "\0" in path:
        raise ConfigError("a path is empty or holds a null byte: name a file, a folder, a glob or -")
    mode = _mode(path)
    if mode is None and _MAGIC & set(path):
        return _expand_glob(path)
    if mode is None:
        raise ConfigError(f"{printable(path)} does not exist: check the path, or use - for standard input")
    found = _below(path, mode, set())
    if not found:
        raise ConfigError(f"the folder {printable(path)} holds no files: name the folder with the exported files")
    return found


def _expand_glob(pattern: str) -> list[str]:
    head = "/" if pattern.startswith("/") else ""
    matches = list(_matches(head, [part for part in pattern.split("/") if part]))
    found = [place for match in matches for place in _below(match, _mode(match), set())]
    if not found:
        raise ConfigError(
            f"the glob {printable(pattern)} matches no file: check it, and quote it so that it arrives whole"
        )
    return found


def _mode(path: str) -> int | None:
    """Return the kind of file, 0 where it may not be looked at, None where there is nothing."""
    try:
        return Path(path).stat().st_mode
    except PermissionError:
        return 0
    except (OSError, ValueError):
        return None


def _below(path: str, mode: int | None, inside: set[tuple[int, int]]) -> list[str]:
    """Return the path itself, or the files below the folder; a folder that may not be listed stands for itself."""
    if mode is None or not stat.S_ISDIR(mode):
        return [path]
    try:
        seen = Path(path).stat()
        names = sorted(child.name for child in Path(path).iterdir())
    except OSError:
        return [path]
    here = (seen.st_dev, seen.st_ino)
    if here in inside:
        return []  # a link that leads back up would be read for ever
    return [place for name in names for place in _entry(str(Path(path, name)), inside | {here})]


def _entry(path: str, inside: set[tuple[int, int]]) -> list[str]:
    mode = _mode(path)
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return []  # a pipe or a socket that lies about would be waited for without end
    return _below(path, mode, inside)


def _matches(base: str, parts: list[str]) -> Iterator[str]:
    """Yield what a pattern matches, sorted; unlike the standard library also a folder that may not be listed."""
    if not parts:
        yield base
        return
    part, rest = parts[0], parts[1:]
    if not _MAGIC & set(part):
        place = os.path.join(base, part)  # noqa: PTH118 (Path would swallow a leading `./`, which the name keeps)
        if os.path.lexists(place) or _mode(place) == 0:
            yield from _matches(place, rest)
        return
    if part == "**":
        yield from _matches(base, rest)
    yield from _children(base, part, parts)


def _children(base: str, part: str, parts: list[str]) -> Iterator[str]:
    if not Path(base or ".").is_dir():
        return
    try:
        names = sorted(child.name for child in Path(base or ".").iterdir())
    except OSError:
        yield base
        return
    for name in names:
        place = os.path.join(base, name)  # noqa: PTH118 (as above)
        if part == "**":
            if Path(place).is_dir() and not Path(place).is_symlink():
                yield from _matches(place, parts)
        elif fnmatch.fnmatchcase(name, part) and (name[0] != "." or part[0] == "."):
            yield from _matches(place, parts[1:])
