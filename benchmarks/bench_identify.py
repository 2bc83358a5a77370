"""How fast strings become tools: loading the compiled catalogue, distinct strings a second, one call of the program.

The catalogue is measured as it is and at three times its size (invented tools); the strings are distinct, of every
kind, and four of ten name nobody. Each figure comes from a process of its own.

    python benchmarks/bench_identify.py [--strings N] [--times N] [--load FOLDER] [--output FILE]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file

from benchmarks.measuring import Ratio, Spent, ratio_table, table, timed, write_result
from benchmarks.naming import multiplied, strings
from benchmarks.places import ROOT, arguments
from catalog.load import Tool, load_tools

MB = 1 << 20
#: Strings that a process holds at a time.
_HELD = 20_000


def main() -> int:
    """Measure, print, write; return 1 where a promise is broken."""
    args = _parser().parse_args()
    if args.role:
        print(json.dumps(_load(args.folder, args.cache) if args.role == "load" else _read(args)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        result, ratios = _measure(args, Path(scratch))
    print(ratio_table(ratios))
    write_result(args.output or args.load / "identify.json", result, ratios)
    return int(not all(ratio.met for ratio in ratios))


def _parser() -> argparse.ArgumentParser:
    parser = arguments(__doc__)
    parser.add_argument("--strings", type=int, default=100_000, help="how many strings; also ten times as many")
    parser.add_argument("--times", type=int, default=3, help="how many times the catalogue (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how many calls of which the best counts")
    for hidden in ("--role", "--folder", "--cache", "--asked"):
        parser.add_argument(hidden, type=str if hidden == "--role" else Path, help=argparse.SUPPRESS)
    return parser


def _measure(args: argparse.Namespace, scratch: Path) -> tuple[dict[str, Any], list[Ratio]]:
    tools = load_tools()
    loads = {times: _loads(args, tools, times, scratch) for times in (1, args.times)}
    print(_load_table(loads))
    few, many = scratch / "few.jsonl", scratch / "many.jsonl"
    _write_asked(many, strings(tools, 10 * args.strings))
    with few.open("wb") as file, many.open("rb") as whole:
        file.writelines(islice(whole, args.strings))
    reads = {
        "one": _reads(scratch, few, 1),
        "two": _reads(scratch, few, 2),
        "ten": _reads(scratch, many, 1),
    }
    bulk = {"all cores": _program(few), "one core": _program(few, alone=True), "all cores, ten times": _program(many)}
    single = scratch / "one.jsonl"
    single.write_bytes(many.read_bytes().partition(b"\n")[0])
    calls = {
        "ostiary identify": min((_program(single) for _ in range(args.rounds)), key=_wall),
        "python -c pass": min((timed([sys.executable, "-c", "pass"]) for _ in range(args.rounds)), key=_wall),
    }
    print(_read_table(args.strings, reads, bulk, calls))
    result = {
        "strings": args.strings,
        "loads": loads,
        "reads": reads,
        "programs": {name: asdict(spent) for name, spent in (bulk | calls).items()},
    }
    most = loads[args.times]
    return result, [
        Ratio("distinct strings/s in two processes / 150,000", reads["two"]["rate"] / 150_000, 1),
        Ratio("memory of the two / 300 MB", reads["two"]["memory"] / (300 * MB), 1, at_most=True),
        Ratio("time a string, ten times the strings", reads["one"]["rate"] / reads["ten"]["rate"], 1.2, at_most=True),
        Ratio(f"loading {args.times} catalogues / 150 ms", most["seconds"] / 0.150, 1, at_most=True),
        Ratio(f"memory of {args.times} catalogues / 100 MB", most["memory"] / (100 * MB), 1, at_most=True),
        Ratio("one call of the program / 0.5 s", calls["ostiary identify"].wall / 0.5, 1, at_most=True),
        Ratio(
            "the program on all cores / on one",
            bulk["all cores, ten times"].wall / bulk["one core"].wall / 10,
            0.7,
            at_most=True,
        ),
    ]


def _wall(spent: Spent) -> float:
    return spent.wall


def _loads(args: argparse.Namespace, tools: list[Tool], times: int, scratch: Path) -> dict[str, float]:
    """Return what the first use and the best of several later ones take, with a catalogue `times` the size."""
    folder, cache = scratch / f"entries{times}", scratch / "cache"
    write_entries(folder, multiplied(tools, times, random.Random(1)))
    first = _child("load", folder=folder, cache=cache)
    later = min(
        (_child("load", folder=folder, cache=cache) for _ in range(args.rounds)), key=lambda each: each["seconds"]
    )
    return {**later, "first": first["seconds"]}


def write_entries(folder: Path, tools: Iterable[Tool]) -> None:
    """Write tools as entries, one file; JSON is YAML too."""
    folder.mkdir(parents=True)
    documents = []
    for tool in tools:
        fields = {name: value for name, value in asdict(tool).items() if value not in (None, (), "", False)}
        documents.append(json.dumps({"domains": (), **fields, "where": None} | {}, ensure_ascii=False))
    text = "\n---\n".join(document.replace(', "where": null', "") for document in documents)
    (folder / "_all.yaml").write_text(text + "\n", encoding="utf-8")


def _write_asked(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, (kind, value) in enumerate(pairs):
            file.write(json.dumps({"id": number, "kind": kind, "value": value}) + "\n")


def _reads(scratch: Path, asked: Path, processes: int) -> dict[str, float]:
    """Return the strings a second that so many processes read at the same time, and their memory together."""
    call = [sys.executable, __file__, "--role", "read", "--asked", str(asked), "--cache", str(scratch / "cache")]
    started = [subprocess.Popen(call, stdout=subprocess.PIPE, cwd=ROOT) for _ in range(processes)]
    found = [json.loads(process.communicate()[0]) for process in started]
    read = sum(each["strings"] for each in found)
    return {
        "rate": read / max(each["seconds"] for each in found),
        "processor": read / sum(each["processor"] for each in found) * processes,
        "memory": sum(each["memory"] for each in found),
        "named": found[0]["named"] / found[0]["strings"],
    }


def _program(asked: Path, *, alone: bool = False) -> Spent:
    def bind() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    with asked.open("rb") as lines:
        call = [sys.executable, str(ROOT / "cli.py"), "identify"]
        return timed(call, stdin=lines, stdout=subprocess.DEVNULL, preexec_fn=bind if alone else None)


# --- in a process of its own -----------------------------------------------------------------------------------------


def _child(role: str, **given: Path) -> dict[str, float]:
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    call = [sys.executable, __file__, "--role", role, *options]
    found: dict[str, float] = json.loads(subprocess.run(call, check=True, capture_output=True, cwd=ROOT).stdout)
    return found


def _load(folder: Path, cache: Path) -> dict[str, float]:
    from catalog.index import load_index  # noqa: PLC0415 (its import is not the load)

    before, started = _own_memory(), time.perf_counter()
    index = load_index(folder=folder, cache=cache)
    taken = time.perf_counter() - started
    grown, started = _own_memory() - before, time.perf_counter()
    own = Tool(id="own", name="Our Own Tool", vendor="Us", category="crm", domains=("own.example.com",))
    load_index([own], folder=folder, cache=cache)
    overlaid = time.perf_counter() - started
    return {"seconds": taken, "memory": grown, "overlaid": overlaid, "tools": len(index)}


def _read(args: argparse.Namespace) -> dict[str, float]:
    from catalog.index import load_index  # noqa: PLC0415
    from model.match import StringKind  # noqa: PLC0415

    index = load_index(cache=args.cache)
    index.read(StringKind.DOMAIN, "no.example-of-a-tool.com")  # the list of public suffixes is loaded, too
    gc.freeze()  # as the program does where it works with several processes
    wall = processor = 0.0
    count = named = 0
    with args.asked.open("rb") as lines:
        while held := [json.loads(line) for line in islice(lines, _HELD)]:
            pairs = [(StringKind(each["kind"]), each["value"]) for each in held]
            started, used = time.perf_counter(), time.process_time()
            named += sum([reading.match is not None for reading in index.read_many(pairs)])
            wall, processor = wall + time.perf_counter() - started, processor + time.process_time() - used
            count += len(pairs)
    return {"seconds": wall, "processor": processor, "strings": count, "named": named, "memory": _own_memory()}


def _own_memory() -> int:
    """Return the unique set size of this process in bytes: what its end would give back."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))


# --- tables ----------------------------------------------------------------------------------------------------------


def _load_table(loads: dict[int, dict[str, float]]) -> str:
    rows = [
        (
            f"{times} x",
            f"{each['tools']:,.0f}",
            f"{each['first']:.2f} s",
            f"{1000 * each['seconds']:.0f} ms",
            f"{1000 * each['overlaid']:.0f} ms",
            _mb(each["memory"]),
        )
        for times, each in loads.items()
    ]
    return table("Loading", ("catalogue", "tools", "first use", "later", "with an overlay", "memory"), rows)


def _read_table(count: int, reads: dict[str, dict[str, float]], bulk: dict[str, Spent], calls: dict[str, Spent]) -> str:
    rows = [
        (f"index, {name}", f"{each['rate']:,.0f}/s", f"{each['processor']:,.0f}/s", _mb(each["memory"]))
        for name, each in reads.items()
    ]
    for name, spent in bulk.items():
        lines = count * (10 if name.endswith("ten times") else 1)
        rows.append((f"program, {name}", f"{lines / spent.wall:,.0f}/s", f"{lines / spent.cpu:,.0f}/s", _mb(spent.pss)))
    rows += [(name, f"{spent.wall:.3f} s", f"{spent.cpu:.3f} s", "") for name, spent in calls.items()]
    return table(f"{count:,} distinct strings", ("what", "by wall time", "by processor", "memory"), rows)


def _mb(size: float | None) -> str:
    return "?" if size is None else f"{size / MB:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
