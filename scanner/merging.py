"""Merging: what several files hold of one thing, such as a bill, is made one before it is translated and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from connectors.formats import Context
from connectors.registry import FORMATS
from model.errors import Malformed
from model.signal import Signal
from scanner.reading import Task

#: What waits is merged after so many files: this bounds the memory.
_FILES = 8


@dataclass(slots=True)
class _Waiting:
    task: Task
    batches: list[list[Any]] = field(default_factory=list)
    files: dict[int, int] = field(default_factory=dict)
    merged: int = 0


@dataclass(frozen=True, slots=True)
class Merged:
    """What all files of a source hold: signals, how many rows could not be translated, and what the user should see."""

    task: Task
    signals: list[Signal]
    bad: list[str]
    notes: list[str]


class Pool:
    """Rows that wait until all files of a run are read."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], _Waiting] = {}

    def add(self, task: Task, rows: list[Any]) -> None:
        """Let a batch of a file's rows wait."""
        waiting = self._waiting.setdefault((task.source, task.format), _Waiting(task))
        if len(waiting.files) >= waiting.merged + _FILES and task.number not in waiting.files:
            _merge(waiting)
        waiting.batches.append(rows)
        # The order in which an engine gives rows differs from run to run; the sum of their hashes does not.
        waiting.files[task.number] = waiting.files.get(task.number, 0) + sum(map(hash, rows))

    def drain(self) -> Iterator[Merged]:
        """Yield what the files of each source hold together; nothing waits any more."""
        while self._waiting:
            _, waiting = self._waiting.popitem()
            _merge(waiting)
            yield _translated(waiting)


def _merge(waiting: _Waiting) -> None:
    merge = FORMATS[waiting.task.format].merge
    assert merge is not None
    waiting.batches = merge(waiting.batches)
    waiting.merged = len(waiting.files)


def _translated(waiting: _Waiting) -> Merged:
    task = waiting.task
    translate = FORMATS[task.format].translate
    context = Context(
        source=task.source,
        read_at=task.now,
        now=task.now,
        zone=ZoneInfo(task.zone),
        currency=task.currency,
        profile=dict(task.profile),
    )
    signals: list[Signal] = []
    bad: list[str] = []
    for batch in waiting.batches:
        try:
            signals.extend(translate(batch, context))
        except Malformed as error:
            bad.append(str(error))
    signals.sort(key=lambda signal: signal.native_id)
    return Merged(task, signals, bad, _equal_files(waiting))


def _equal_files(waiting: _Waiting) -> list[str]:
    twice = len(waiting.files) - len(set(waiting.files.values()))
    if not twice:
        return []
    return [f"{twice} of the files hold the same rows as another one: all are counted; ingest each part of a bill once"]
