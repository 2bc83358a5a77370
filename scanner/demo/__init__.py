"""The demo: an invented company, generated, that goes through the real formats and the real pipeline on fixed days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from scanner.demo.company import AS_OF, COMPANY
from scanner.demo.run import DemoClock, load, waves
from scanner.reading import Task


def demo_waves(folder: Path | None = None) -> Iterator[Sequence[Task]]:
    """Yield the tasks of the demo in the order in which they are read.

    The files lie in `folder`, or for the while in one of their own. Each wave is one run.
    """
    if folder is not None:
        yield from (wave.tasks for wave in waves(folder))
        return
    with TemporaryDirectory(prefix="ostiary-demo-") as made:
        yield from (wave.tasks for wave in waves(Path(made)))


__all__ = ["AS_OF", "COMPANY", "DemoClock", "demo_waves", "load"]
