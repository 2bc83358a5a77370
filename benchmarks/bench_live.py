"""A scan of a tenant over a socket, beside a bare client that only fetches and parses the same pages.

The tenant (`live_vendor.py`) is a process of its own; it asks for patience again and again, and all waits are
simulated. The scan is the program's own, with the source of kind `okta`, into a fresh store. Memory is that of the scan
at the full size beside a tenth of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measuring import Ratio, ratio_table, table, timed, write_result
from benchmarks.places import ROOT, arguments

_VENDOR, _READER = (str(ROOT / "benchmarks" / name) for name in ("live_vendor.py", "live_reader.py"))
#: What belongs to reading; the rest derives from what the store holds.
_READING = "Reading"


@contextmanager
def tenant(people: int, events: int) -> Iterator[str]:
    """Yield the address of a tenant that is served for so long."""
    call = [sys.executable, _VENDOR, str(people), str(events)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def told(*call: str) -> dict[str, Any]:
    """Run a reader in a process of its own, and return what it tells."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        timed([sys.executable, _READER, *call], stdout=out)
        out.seek(0)
        found: dict[str, Any] = json.loads(out.read().splitlines()[-1])
    return found


def measure(people: int, events: int) -> dict[str, Any]:
    """Return what the bare client took before and after a scan, and what the scan took and kept."""
    with tenant(people, events) as base, tempfile.TemporaryDirectory(prefix="ostiary-bench-") as folder:
        before = told("bare", base)
        found = told("scan", base, folder)
        after = told("bare", base)
    steps = found["steps"]
    reading = [taken for name, taken in steps.items() if name.startswith(_READING)]
    return {
        "people": people,
        "events": events,
        "bare": (before["seconds"] + after["seconds"]) / 2,
        "bare cpu": (before["cpu"] + after["cpu"]) / 2,
        "reading": sum(taken["seconds"] for taken in reading),
        "reading cpu": sum(taken["cpu"] for taken in reading),
        "whole run": sum(taken["seconds"] for taken in steps.values()),
        "reading pss": max((taken["pss"] or 0 for taken in reading), default=0),
        "whole run pss": max((taken["pss"] or 0 for taken in steps.values()), default=0),
        "waited": found["waited"],
        "steps": steps,
        "wrong": wrong(found, people, events),
    }


def wrong(found: dict[str, Any], people: int, events: int) -> list[str]:
    """Return what is not as the tenant has it."""
    said = [f"{name}: {status}" for name, (status, _) in found["streams"].items() if status != "complete"]
    expected = {"users": people, "app_users": people, "sign_ins": events}
    kept = {name: found["streams"].get(name, [None, 0])[1] for name in expected}
    said += [f"{name}: {kept[name]} of {count}" for name, count in expected.items() if kept[name] != count]
    if found["usage"] != [events, min(people, events)]:
        said.append(f"the roll-up holds {found['usage']} (sign-ins, people)")
    return said


def show(result: dict[str, Any]) -> None:
    """Print one size."""
    events = result["events"]
    lines = [
        (name, f"{result[name]:.2f}", f"{events / result[name]:,.0f}", f"{result['bare'] / result[name]:.2f}", cpu)
        for name, cpu in (
            ("bare", f"{result['bare cpu']:.2f}"),
            ("reading", f"{result['reading cpu']:.2f}"),
            ("whole run", f"{sum(s['cpu'] for s in result['steps'].values()):.2f}"),
        )
    ]
    heads = ("", "seconds", "events/s", "times bare", "processor seconds")
    print(table(f"{result['people']:,} people, {events:,} events", heads, lines))
    rows = [(name, _megabytes(taken["pss"])) for name, taken in result["steps"].items() if taken["pss"]]
    print(table("Largest PSS in MB (steps shorter than a sample left out)", ("", "MB"), rows))
    print(f"Simulated waits: {result['waited']:,.0f} s")


def _megabytes(pss: float | None) -> str:
    return "" if pss is None else f"{pss / 1e6:.0f}"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--people", type=int, default=20_000, help="people of the tenant (default %(default)s)")
    parser.add_argument("--events", type=int, default=500_000, help="sign-ins of the log (default %(default)s)")
    args = parser.parse_args()
    small = measure(max(args.people // 10, 1), max(args.events // 10, 1))
    full = measure(args.people, args.events)
    for result in (small, full):
        show(result)
    ratios = [Ratio("reading, times a bare client", full["bare"] / full["reading"], 1.0)]
    if small["reading pss"] and small["whole run pss"]:
        growth = full["reading pss"] / small["reading pss"]
        ratios.append(Ratio("memory of reading, full / a tenth", growth, 1.25, at_most=True))
        growth = full["whole run pss"] / small["whole run pss"]
        ratios.append(Ratio("memory of the whole run, full / a tenth", growth, 1.25, at_most=True))
    print(ratio_table(ratios))
    output = args.output or Path(args.load) / "results" / "live.json"
    write_result(output, {"small": small, "full": full}, ratios)
    if small["wrong"] or full["wrong"]:
        sys.exit("NOT as the tenant has it:\n" + "\n".join([*small["wrong"], *full["wrong"]]))


if __name__ == "__main__":
    main()
