"""Cuts a file of lines into unpacked pieces, for an engine that reads files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

#: Small beside a worker's memory, large enough that what is done once a piece does not matter.
SEGMENT = 64 * 1024 * 1024


class Data(Protocol):
    """Where bytes come from."""

    def read1(self, size: int = -1, /) -> bytes:
        """Return some bytes, none at the end."""
        ...


def segments(data: Data, folder: Path, size: int = SEGMENT) -> Iterator[str]:
    r"""Yield paths of files that together hold all lines of `data`; each holds its lines until the next is asked for.

    A segment ends with the first `\n` after `size` bytes, the last one where the data end. What reading raises passes
    through. Where the system has files in memory they lie there, so that nothing waits for a disk; else in `folder`.
    """
    begun: bytes | None = b""
    with _file(folder) as (out, path):
        while begun is not None:
            out.seek(0)  # written over, not made anew: the system need not find and clear its pages again
            begun = _fill(out, data, begun, size)
            out.truncate()
            if out.tell():
                yield path


@contextmanager
def _file(folder: Path) -> Iterator[tuple[FileIO, str]]:
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        with FileIO(os.memfd_create("segment"), "r+b") as out:
            yield out, f"/proc/self/fd/{out.fileno()}"
        return
    path = folder / "segment.jsonl"
    try:
        with FileIO(path, "w+b") as out:
            yield out, str(path)
    finally:
        path.unlink(missing_ok=True)


def _fill(out: FileIO, data: Data, begun: bytes, size: int) -> bytes | None:
    """Write one segment; return the begin of the next, None where the data end."""
    _write(out, begun)
    done = len(begun)
    while piece := data.read1():
        end = piece.find(b"\n", max(size - done, 0)) + 1
        if end:
            _write(out, piece[:end])
            return piece[end:]
        _write(out, piece)
        done += len(piece)
    return None


def _write(out: FileIO, piece: bytes) -> None:
    """Write all of a piece: a call may write a part only."""
    left = memoryview(piece)
    while left:
        left = left[out.write(left) :]
