"""Worker processes that read files side by side, each with an engine of its own."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

from connectors.inputs import Input
from model.errors import ConfigError, OstiaryError
from scanner.reading import Ahead, Message, Task, drive, read_file
from scanner.telling import Report, crashed
from storage.landing import Landing

#: Below this many bytes in all, starting processes costs more than it gains.
_WORTH_IT = 8 * 1024 * 1024

Answer = Callable[[Task, Message], tuple[list[int], list[int]] | None]
Advance = Callable[[int], None]


#: What every worker needs: read once, by a process that the workers are then copies of. Where the system has no such
#: process, or libraries that do not bear copying (macOS), each worker reads it for itself.
_FORKED = sys.platform == "linux"


def warm_up(inputs: Sequence[Input]) -> None:
    """Begin to make ready for workers, where files are worth it: in the time in which a command opens the store."""
    if _FORKED and _worth_it(inputs):
        _context()
        forkserver.ensure_running()


def _worth_it(inputs: Sequence[Input]) -> bool:
    return all(i.path is not None for i in inputs) and sum(i.size for i in inputs) >= _WORTH_IT


def _context() -> SpawnContext | ForkServerContext:
    if not _FORKED:
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([__name__])
    return found


def read_all(
    tasks: Sequence[Task], answer: Answer, advance: Advance, *, processes: int | None = None
) -> Iterator[tuple[Task, Report]]:
    """Read files, in worker processes where that is worth it, and yield each task with its report as it ends.

    `answer` is called in this process with what a worker found, and its reply is sent back. Raises ConfigError for a
    wrong setting, wherever it was met.
    """
    count = processes or max(
        1, min(len(tasks), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    )
    if (processes is None and not _worth_it([t.input for t in tasks])) or any(t.input.path is None for t in tasks):
        yield from _here(tasks, answer, advance)
        return
    yield from _side_by_side(tasks, answer, advance, min(count, len(tasks)))


def _here(tasks: Sequence[Task], answer: Answer, advance: Advance) -> Iterator[tuple[Task, Report]]:
    landing = Landing()
    try:
        for task in tasks:
            yield task, _report(task, landing, functools.partial(answer, task), advance)
    finally:
        landing.close()


def _report(task: Task, landing: Landing, answer: Callable[[Message], Any], advance: Callable[[int], None]) -> Report:
    """Read one file. A crash is a failed stream, and the other files go on; what `answer` raises ends the run."""

    def crash(error: Exception) -> Report:
        landing.clear()
        return crashed(task.format, task.input.name, error)

    return drive(read_file(task, landing, advance), answer, crash)


def _side_by_side(tasks: Sequence[Task], answer: Answer, advance: Advance, count: int) -> Iterator[tuple[Task, Report]]:
    waiting = deque(tasks)
    with _started(count) as pipes:
        at_work: dict[Connection, Task] = {}
        for pipe in pipes:
            _next_task(pipe, waiting, at_work)
        while at_work:
            for ready in wait(list(at_work)):
                assert isinstance(ready, Connection)
                task = at_work[ready]
                kind, content = _received(ready, task)
                if kind == "advance":
                    advance(content)
                elif kind == "ahead":
                    answer(task, content)
                elif kind == "message":
                    ready.send(answer(task, content))
                elif kind == "wrong":
                    raise ConfigError(content)
                else:
                    _next_task(ready, waiting, at_work)
                    yield task, content


def _received(pipe: Connection, task: Task) -> tuple[str, Any]:
    try:
        kind, content = pipe.recv()
    except EOFError:
        return "report", crashed(
            task.format, task.input.name, OstiaryError("the worker process ended; is there enough memory?")
        )
    return kind, content


def _next_task(pipe: Connection, waiting: deque[Task], at_work: dict[Connection, Task]) -> None:
    at_work.pop(pipe, None)
    if waiting:
        try:
            pipe.send(waiting[0])
        except OSError:
            return  # this worker is gone; another takes the file
        at_work[pipe] = waiting.popleft()


@contextmanager
def _started(count: int) -> Iterator[list[Connection]]:
    context = _context()
    pipes: list[Connection] = []
    processes: list[BaseProcess] = []
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(theirs,), daemon=True)
            worker.start()
            theirs.close()
            pipes.append(ours)
            processes.append(worker)
        yield pipes
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(timeout=10)
    finally:
        for process in processes:
            process.kill()


def _work(pipe: Connection) -> None:
    """Read what the pipe names until it closes. Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    landing = Landing()

    def answer(message: Message) -> Any:
        if isinstance(message, Ahead):
            pipe.send(("ahead", message))
            return None
        pipe.send(("message", message))
        return pipe.recv()

    try:
        while True:
            task: Task = pipe.recv()
            try:
                report = _report(task, landing, answer, lambda by: pipe.send(("advance", by)))
            except ConfigError as error:
                pipe.send(("wrong", str(error)))
            else:
                pipe.send(("report", report))
    except (EOFError, OSError):
        pass  # the run is over, or was killed
    finally:
        landing.close()
