"""Cuts a file of lines into unpacked pieces on disk, for an engine that reads files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

#: Small enough to stay in the page cache of any machine, large enough that what is done once a piece does not matter.
SEGMENT = 64 * 1024 * 1024


class Data(Protocol):
    """Where bytes come from."""

    def read1(self, size: int = -1, /) -> bytes:
        """Return some bytes, none at the end."""
        ...


def segments(data: Data, folder: Path, size: int = SEGMENT) -> Iterator[Path]:
    r"""Yield files that together hold all lines of `data`, each file only until the next is asked for.

    A segment ends with the first `\n` at or after `size` bytes, the last one where the data end. What reading raises
    passes through: a segment is yielded only when it is whole.
    """
    begun, number = b"", 0
    try:
        while begun is not None:
            number += 1
            path = folder / f"segment-{number}.jsonl"
            begun = _written(data, path, begun, size)
            if path.stat().st_size:
                yield path
            path.unlink()
    finally:
        (folder / f"segment-{number}.jsonl").unlink(missing_ok=True)


def _written(data: Data, path: Path, begun: bytes, size: int) -> bytes | None:
    """Write one segment; return the begin of the next, None where the data end."""
    with path.open("wb", buffering=0) as out:
        out.write(begun)
        done = len(begun)
        while piece := data.read1():
            end = piece.find(b"\n", max(size - done - 1, 0)) + 1 if done + len(piece) >= size else 0
            if end:
                out.write(piece[:end])
                return piece[end:]
            out.write(piece)
            done += len(piece)
    return None
