"""Many lines at once: blocks of whole lines in, blocks of answers out, in order, by a process a core.

Blocks are what the stream has ready: a fast writer's are large, a slow one's are single lines, which are answered at
once. Only blocks cross between processes, so that the parent has nothing to do but to pass them on.
"""

from __future__ import annotations

import gc
import os
import select
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from catalog.aliases import Aliases
from catalog.identify import encoded, identify_many
from catalog.index import Index

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

#: Bytes of a block at most: some thousand lines, a fiftieth of a second's work.
BLOCK = 1 << 17
#: Bytes that are answered before other processes are worth their start.
ALONE = 1 << 19
#: Blocks a process that are on their way at once: one in work, one waiting.
_AHEAD = 2
#: Objects between two walks of the collector: answers hold no circles.
_SELDOM = 100_000


class Readable(Protocol):
    """A binary stream that can give what it has."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes with at most one call of the system; none at the end."""

    def fileno(self) -> int:
        """Return the number of the file. Raises OSError where it is none of the system's."""


_NO_ALIASES = Aliases()


def answer_stream(
    stream: Readable, index: Index, aliases: Aliases = _NO_ALIASES, *, processes: int | None = None
) -> Generator[bytes]:
    """Yield the answers to a stream of lines as blocks of lines, in order. `processes` is by default one a core."""
    count = cores() if processes is None else processes
    waiting, alone = blocks(stream, BLOCK), ALONE
    for block in waiting:
        yield answer_block(index, block, aliases)
        alone -= len(block)
        if alone < 0 and count > 1:
            break
    else:
        return
    yield from _by_processes(stream, waiting, index, aliases, count)


def blocks(stream: Readable, size: int) -> Iterator[bytes]:
    """Yield what comes as blocks of whole lines; the last line may lack its end."""
    rest: list[bytes] = []
    while piece := stream.read1(size):
        lines, end, begun = piece.rpartition(b"\n")
        if end:
            yield b"".join([*rest, lines, end])
            rest = []
        rest.append(begun)
    if last := b"".join(rest):
        yield last


def answer_block(index: Index, block: bytes, aliases: Aliases = _NO_ALIASES) -> bytes:
    """Return the answers to a block of lines, a JSON object a line."""
    answers = identify_many(index, block.split(b"\n"), aliases)
    return b"".join(map(encoded, answers))


def cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _by_processes(
    stream: Readable, waiting: Iterable[bytes], index: Index, aliases: Aliases, count: int
) -> Iterator[bytes]:
    pending: deque[Future[bytes]] = deque()
    with _pool(index, aliases, count) as pool:
        try:
            for block in waiting:
                pending.append(pool.submit(_answer, block))
                while len(pending) > count * _AHEAD or (pending and not _has_more(stream)):
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


def _has_more(stream: Readable) -> bool:
    """Return whether reading would not wait: a writer that waits itself gets its answers first."""
    try:
        return bool(select.select([stream.fileno()], [], [], 0)[0])
    except (OSError, ValueError, AttributeError):  # what is no file of the system never waits
        return True


def _pool(index: Index, aliases: Aliases, count: int) -> ProcessPoolExecutor:
    import multiprocessing  # noqa: PLC0415 (what one line does not need)
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # A forked process shares the index; one that is spawned gets a copy of it.
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(index, aliases))


_own: list[tuple[Index, Aliases]] = []


def _begin(index: Index, aliases: Aliases) -> None:
    """Prepare a process of its own: the parent alone is interrupted, and what is shared is not walked through."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(_SELDOM)
    _own[:] = [(index, aliases)]


def _answer(block: bytes) -> bytes:
    index, aliases = _own[0]
    return answer_block(index, block, aliases)
