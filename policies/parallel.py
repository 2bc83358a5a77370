"""Judges many tools in two processes, where there is enough to do.

What travels is small: to the other process the values that the policies read, back one number for each policy, and each
different verdict once. Whoever is free takes the next tools, so that a busy processor, or a process that starts late or
dies, costs time and no verdict.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any, Self

from model.facts import Attributes, Facts
from policies.engine import Bench, values_of
from policies.shape import Outcome, Policy, Verdict

#: Below so many pairs of tool and policy a second process costs more than it gains.
WORTH_IT = 300_000
#: So many tools are judged between two looks at the other process, and at most so many are sent to it at a time.
_FEW, _MANY = 20, 400

Tool = tuple[str, Attributes, Facts]
#: What was said of one tool, by policy; a policy that does not apply is left out.
Verdicts = dict[str, Verdict]
_Row = tuple[object, ...]
_Told = tuple[list["array[int]"], list[tuple[Any, ...]]]


def judge_tools(
    policies: Sequence[Policy], tools: Sequence[Tool], now: datetime, *, processes: int | None = None
) -> Iterator[tuple[str, Verdicts]]:
    """Yield each tool with its verdicts, in no order. Raises as `judge` does.

    `processes`: None for two where the machine has them and there is enough to do; 1 for this one alone.
    """
    bench = Bench(policies)
    if processes is None:
        enough = len(tools) * len(bench.policies) >= WORTH_IT and (os.cpu_count() or 1) > 1
        processes = 2 if enough else 1
    if processes == 1:
        yield from _here(bench, tools, now)
        return
    with _Other(bench) as other:
        yield from _shared(bench, tools, now, other)


def _here(bench: Bench, tools: Sequence[Tool], now: datetime) -> Iterator[tuple[str, Verdicts]]:
    for tool, attributes, facts in tools:
        found = bench.judge(values_of(attributes, facts, now))
        yield tool, {verdict.policy: verdict for verdict in found if verdict is not None}


def _shared(bench: Bench, tools: Sequence[Tool], now: datetime, other: _Other) -> Iterator[tuple[str, Verdicts]]:
    """Judge a few tools here at a time, and give the other process a third of the rest whenever it waits for some."""
    at, end = 0, len(tools)
    away: Sequence[Tool] = ()
    while at < end or away:
        told = other.receive(wait=at >= end)
        if told is not None and away:
            yield from _read(bench, away, told)
            away = ()
        if away and not other.alive:
            yield from _here(bench, away, now)
            away = ()
        if at < end and other.idle:
            away = tools[at : at + max(_FEW, min(_MANY, (end - at) // 3))]
            at += len(away)
            other.send([_row(bench, tool, now) for tool in away])
        yield from _here(bench, tools[at : min(at + _FEW, end)], now)
        at = min(at + _FEW, end)


def _row(bench: Bench, tool: Tool, now: datetime) -> _Row:
    values = values_of(tool[1], tool[2], now)
    return tuple([values[name] for name in bench.names])


def _read(bench: Bench, chunk: Sequence[Tool], told: _Told) -> Iterator[tuple[str, Verdicts]]:
    """Yield what the other process says of a chunk. A code is 0 (does not apply), 1 (met), or a verdict's place + 2."""
    rows, others = told
    met = [Verdict(p.id, Outcome.MET, p.reads, (), "", queued=False) for p in bench.policies]
    found = [
        Verdict(bench.policies[at].id, Outcome(outcome), bench.policies[at].reads, missing, message, queued)
        for at, outcome, missing, message, queued in others
    ]
    for (tool, _, _), codes in zip(chunk, rows, strict=True):
        verdicts = [met[at] if code == 1 else found[code - 2] for at, code in enumerate(codes) if code]
        yield tool, {verdict.policy: verdict for verdict in verdicts}


class _Other:
    """The other process: it says once that it is ready, and answers each chunk."""

    def __init__(self, bench: Bench) -> None:
        self._policies = [replace(policy, cases=(), thresholds=(), written=None) for policy in bench.policies]
        self.alive, self.idle = True, False

    def __enter__(self) -> Self:
        context = _context()
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, self._policies), daemon=True)
        self._process.start()
        theirs.close()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        self._pipe.close()
        self._process.join(1)
        if self._process.is_alive():
            self._process.kill()

    def send(self, rows: list[_Row]) -> None:
        """Give it a chunk; it is idle no more."""
        self.idle = False
        try:
            self._pipe.send(rows)
        except OSError:
            self.alive = False

    def receive(self, *, wait: bool) -> _Told | None:
        """Return what it sent, None where there is nothing, and nobody waits for it, or it is gone."""
        try:
            if not self.alive or self.idle or not (wait or self._pipe.poll()):
                return None
            found: _Told = self._pipe.recv()
        except (EOFError, OSError):
            self.alive = False
            return None
        self.idle = True
        return found


def _context() -> SpawnContext | ForkServerContext:
    """Return how the other process starts: on Linux as a copy of a server's, as those that read files."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    return multiprocessing.get_context("forkserver")


# --- in the other process --------------------------------------------------------------------------------------------


def _work(pipe: Connection, policies: Sequence[Policy]) -> None:
    """Judge what is sent until None is. What goes wrong ends the process: then the first one judges, and says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        bench = Bench(policies)
        pipe.send(([], []))
        while (rows := pipe.recv()) is not None:
            pipe.send(answer(bench, rows))


def answer(bench: Bench, rows: Sequence[_Row]) -> _Told:
    """Return the codes of what is said of each row of values, and the verdicts that they mean."""
    told: list[array[int]] = []
    others: dict[tuple[Any, ...], int] = {}
    for row in rows:
        codes = array("L")
        for at, verdict in enumerate(bench.judge(dict(zip(bench.names, row, strict=True)))):
            if verdict is None or verdict.verdict is Outcome.MET:
                codes.append(0 if verdict is None else 1)
            else:
                key = (at, str(verdict.verdict), verdict.missing, verdict.message, verdict.queued)
                codes.append(others.setdefault(key, len(others)) + 2)
        told.append(codes)
    return told, list(others)
