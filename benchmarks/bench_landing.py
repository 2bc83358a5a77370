"""Okta sign-ins from ten gzip files to the roll-up in a fresh store, beside `gzip -dc` over the same files."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Ratio, Spent, ratio_table, table, timed, write_result
from benchmarks.places import ROOT, arguments, generated, scale
from benchmarks.truth import check_usage, identified_in_house, read_truth

_STEPWISE = str(ROOT / "benchmarks" / "stepwise.py")
#: All processes of a run together.
_LIMIT = 1_000_000_000


def unzipped(files: list[Path]) -> Spent:
    """Unzip all files one after the other into nothing."""
    return timed(["gzip", "-dc", *map(str, files)], stdout=subprocess.DEVNULL)


def told(call: list[str], folder: str) -> tuple[Spent, dict[str, Any]]:
    """Run `stepwise.py`; return what it took and what it tells."""
    with Path(folder, "told").open("w+", encoding="utf-8") as out:
        spent = timed([sys.executable, _STEPWISE, *call], stdout=out)
        out.seek(0)
        found: dict[str, Any] = json.loads(out.read().splitlines()[-1])
    return spent, found


def measure(files: list[Path], folder: str) -> dict[str, Any]:
    """Return seconds by what was measured."""
    database = f"{folder}/bench.db"
    before = unzipped(files)
    whole, run = told(["ingest", "okta-system-log", database, *map(str, files)], folder)
    after = unzipped(files)
    again, reroll = told(["reroll", database], folder)
    at, used = run["seconds"], run["cpu"]
    return {
        "gzip -dc before": before.wall,
        "gzip -dc after": after.wall,
        "landing": at["rolling"],
        "to the roll-up": at["identifying"],
        "whole program": whole.wall,
        "re-rolling": reroll["into an empty table"]["seconds"],
        "re-rolling, nothing to write": reroll["nothing to write"]["seconds"],
        "cpu": {
            "gzip -dc": (before.cpu + after.cpu) / 2,
            "landing": used["rolling"],
            "to the roll-up": used["identifying"],
            "whole program": used["end"],
        },
        "pss": {"whole program": whole.pss, "re-rolling": again.pss},
        "rows": {"usage": run["rolled"], "streams": run["streams"], "lanes": run["lanes"]},
    }


def ratios(seconds: dict[str, Any], rows: int) -> list[Ratio]:
    """Return the ratios that have a target."""
    gzip = (seconds["gzip -dc before"] + seconds["gzip -dc after"]) / 2
    found = [
        Ratio("landing, times gzip -dc", gzip / seconds["landing"], 1.6),
        Ratio("end to end, times gzip -dc", gzip / seconds["to the roll-up"], 0.75 if rows <= 1_000_000 else 1.1),
        Ratio("re-rolling / landing", seconds["re-rolling"] / seconds["landing"], 0.5, at_most=True),
    ]
    if seconds["pss"]["whole program"]:
        found.append(Ratio("memory of all processes, GB", seconds["pss"]["whole program"] / _LIMIT, 1.0, at_most=True))
    return found


def bench(rows: int, files: list[Path], truth: Path, kept: Path) -> tuple[dict[str, Any], list[Ratio], list[str]]:
    """Measure one size, print it, and return seconds, ratios and what is not as the generator says."""
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ostiary-bench-", dir=kept) as folder:
        seconds = measure(files, folder)
        verdict = check_usage(f"{folder}/bench.db", read_truth(truth))
        in_house, identified = identified_in_house(f"{folder}/bench.db")
    gzip = (seconds["gzip -dc before"] + seconds["gzip -dc after"]) / 2
    lines = [(n, f"{s:.2f}", f"{rows / s:,.0f}", f"{gzip / s:.2f}") for n, s in seconds.items() if isinstance(s, float)]
    print(table(f"{rows:,} events in {len(files)} files", ("", "seconds", "events/s", "times gzip -dc"), lines))
    print(
        table("Processor seconds, all processes", ("", "seconds"), [(n, f"{s:.2f}") for n, s in seconds["cpu"].items()])
    )
    found = ratios(seconds, rows)
    print(ratio_table(found))
    wrong = verdict.wrong + [f"{label}: in-house, but identified as a known tool" for label in identified]
    print(
        f"\nTruth: {verdict.groups:,} groups of {verdict.events:,} events, {len(verdict.wrong)} differ;"
        f" {in_house} in-house apps, {len(identified)} identified"
    )
    if not verdict.groups or not in_house:
        wrong.append("nothing was compared")
    return seconds, found, wrong


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument(
        "--rows", type=int, action="append", help="events, may be repeated (default 1000000 and 10000000)"
    )
    args = parser.parse_args()
    results: dict[str, Any] = {}
    all_ratios: list[Ratio] = []
    wrong: list[str] = []
    sizes = args.rows or [1_000_000, 10_000_000]
    for rows in sizes:
        seconds, found, differing = bench(rows, *generated(args, "okta", rows, 10), args.load)
        results[scale(rows)] = seconds
        all_ratios += found
        wrong += differing
    if len(sizes) > 1:
        small, large = results[scale(sizes[0])], results[scale(sizes[-1])]
        growth = large["to the roll-up"] / small["to the roll-up"] / (sizes[-1] / sizes[0])
        all_ratios.append(Ratio("growth of the time / growth of the events", growth, 1.1, at_most=True))
        print(ratio_table(all_ratios[-1:]))
    write_result(
        args.output or args.load / "results" / "landing.json", {"seconds": results, "wrong": wrong[:100]}, all_ratios
    )
    if wrong:
        sys.exit("NOT as the generator says:\n" + "\n".join(wrong[:20]))


if __name__ == "__main__":
    main()
