"""Time, processor time and memory of a process with all its children, and the table of a benchmark's result."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.places import ROOT

#: Between two samples of memory: short against any step that is measured.
_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call took: seconds of wall time and of all processors, and the largest PSS of its processes in bytes.

    PSS counts a page that n processes share as one n-th for each; it is None where the system does not tell it.
    """

    wall: float
    cpu: float
    pss: int | None = None


def timed(call: Sequence[str], **given: Any) -> Spent:
    """Run a program to its end and return what it took. Raises CalledProcessError where it fails."""
    before, started = _children_cpu(), time.perf_counter()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(call, env=environment, cwd=ROOT, **given)
    sampler = Sampler(process.pid)
    with sampler:
        status = process.wait()
    spent = Spent(time.perf_counter() - started, _children_cpu() - before, sampler.highest)
    if status:
        raise subprocess.CalledProcessError(status, call)
    return spent


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Sampler:
    """Samples the PSS of a process and all below it, from a thread of its own."""

    def __init__(self, pid: int, every: float = _EVERY) -> None:
        """Watch from `with` on until its end, each time after so many seconds."""
        self._pid, self._every = pid, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.highest: int | None = None

    def __enter__(self) -> Self:
        """Begin to sample."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            found = [pss for pid in tree(self._pid) if (pss := pss_of(pid)) is not None]
            if found:
                self.highest = max(self.highest or 0, sum(found))


def tree(pid: int) -> list[int]:
    """Return a process and all below it, as the system knows them at the moment."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(each for child in below for each in tree(int(child)))]


def pss_of(pid: int) -> int | None:
    """Return the proportional set size of a process in bytes, None where the system does not tell it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)


def cpu_of(pid: int) -> float:
    """Return the processor seconds of a process and of those it has waited for; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of a result: a measured ratio beside its target; `at_most` says in which direction it is met."""

    what: str
    ratio: float
    target: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether the ratio reaches its target."""
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a plain table: the first column left, the others right."""
    cells = [[str(c) for c in row] for row in (heads, *rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    lines = [
        "  ".join(c.rjust(w) if at else c.ljust(w) for at, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in cells
    ]
    return "\n".join(["", title, lines[0].rstrip(), "  ".join("-" * w for w in widths), *lines[1:]])


def ratio_table(ratios: Sequence[Ratio]) -> str:
    """Return the table of ratios beside their targets."""
    rows = [
        (r.what, f"{r.ratio:.2f}", f"{'<=' if r.at_most else '>='} {r.target:g}", "met" if r.met else "MISSED")
        for r in ratios
    ]
    return table("Ratios", ("what", "ratio", "target", ""), rows)


def write_result(path: Path, content: dict[str, Any], ratios: Sequence[Ratio]) -> None:
    """Write a result with the machine that gave it."""
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    lines = [asdict(r) | {"met": r.met} for r in ratios]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, **content, "ratios": lines}, indent=2) + "\n", encoding="utf-8")
    print(f"\nThe result as JSON: {path}", file=sys.stderr)
