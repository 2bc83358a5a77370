"""FOCUS bills in Parquet: the product's roll-up beside the bare DuckDB query, at the same memory limit, on one thread.

Rows come from make_load.py without repeated positions: a bill has no id to tell a repeat by, so every row counts. Both
sums are compared with the generator's truth, to the micro. Times are of the processor, of calls that take turns.

    python benchmarks/bench_focus.py [--rows 1000000] [--files 4] [--times 5]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import Ratio, ratio_table, table, timed, write_result
from benchmarks.places import ROOT, arguments, scale
from connectors.bulk.focus import ROLLUP, Row
from connectors.focus import charges, merge, read
from connectors.formats import Context, Raw

MEMORY_MB = 256
Sums = dict[tuple[str, str, date], int]


def load(args: argparse.Namespace) -> tuple[list[Path], Path]:
    """Return the generated files and their truth; they are kept."""
    folder = args.load / f"focus{scale(args.rows)}x{args.files}"
    truth = folder.with_name(f"{folder.name}_truth.parquet")
    if not truth.exists():
        call = [sys.executable, str(args.make_load), "focus", "--rows", str(args.rows), "--files", str(args.files)]
        args.load.mkdir(parents=True, exist_ok=True)
        print(f"Generating {args.rows:,} rows into {folder} (once) ...", file=sys.stderr)
        call += ["--dup-share", "0", "--out", str(folder), "--truth", str(truth)]
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.parquet")), truth


def bare(files: list[Path]) -> list[tuple[Any, ...]]:
    """Return what the roll-up's own text gives on the files as they stand, fetched."""
    con = duckdb.connect(config={"threads": 1, "memory_limit": f"{MEMORY_MB}MB"})
    listed = ", ".join(f"'{path}'" for path in files)
    found = con.execute(f"WITH focus AS (SELECT * FROM read_parquet([{listed}])) {ROLLUP}").fetchall()
    con.close()
    return found


def product(files: list[Path]) -> list[list[Row]]:
    """Return the product's roll-up: each file through the reader of the FORMAT, then merged."""
    batches: list[list[Row]] = []
    for path in files:
        context = Context(source="focus:bench", file=path.name, path=path)
        with path.open("rb") as data:
            batches.extend(item.data for item in read(data, context) if isinstance(item, Raw))
    return merge(batches)


def quickest(calls: Sequence[Callable[[], Any]], times: int) -> list[tuple[float, Any]]:
    """Return for each call the least processor time of so many, and what it gave last.

    The calls take turns, so that what else the machine does meets all of them.
    """
    spent: list[list[float]] = [[] for _ in calls]
    found: list[Any] = [None] * len(calls)
    for _ in range(times):
        for at, call in enumerate(calls):
            found[at] = None
            started = time.process_time()
            found[at] = call()
            spent[at].append(time.process_time() - started)
    return [(min(times), result) for times, result in zip(spent, found, strict=True)]


def true_sums(truth: Path) -> Sums:
    rows = duckdb.execute("SELECT vendor, account, month::DATE, micro FROM read_parquet(?)", [str(truth)]).fetchall()
    return {(vendor, account, month): micro for vendor, account, month, micro in rows if micro}


def bare_sums(rows: list[tuple[Any, ...]]) -> Sums:
    found: dict[tuple[str, str, date], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row[4], row[2], row[0].date()] += row[13]
    return {key: int(amount * 10**6) for key, amount in found.items() if amount}


def product_sums(rows: list[list[Row]]) -> Sums:
    found: dict[tuple[str, str, date], int] = defaultdict(int)
    for batch in rows:
        for row, signal in zip(batch, charges(batch, Context(source="focus:bench")), strict=True):
            amount = signal.facts["amount_micros"]
            assert isinstance(amount, int)
            found[row[4], row[2], signal.seen_at.date()] += amount
    return {key: amount for key, amount in found.items() if amount}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the bill (default %(default)s)")
    parser.add_argument("--files", type=int, default=1, help="files they are cut into (default %(default)s)")
    parser.add_argument("--times", type=int, default=5, help="runs of each, of which the quickest counts")
    args = parser.parse_args()
    files, truth = load(args)
    (bare_time, bare_rows), (product_time, product_rows) = quickest(
        [lambda: bare(files), lambda: product(files)], args.times
    )
    database = args.load / "focus.db"
    for stale in args.load.glob("focus.db*"):
        if stale.is_file():
            stale.unlink()
    listed = [str(path) for path in files]
    stepwise = str(ROOT / "benchmarks" / "stepwise.py")
    whole = timed([sys.executable, stepwise, "ingest", "focus", str(database), *listed], stdout=subprocess.DEVNULL)
    expected = true_sums(truth)
    equal = product_sums(product_rows) == expected
    rows = [
        ("bare DuckDB query, fetched", f"{bare_time:.2f} s", len(bare_rows)),
        ("reader of the FORMAT, merged", f"{product_time:.2f} s", sum(map(len, product_rows))),
        ("whole `ostiary ingest focus`", f"{whole.wall:.2f} s", sum(map(len, product_rows))),
    ]
    ratios = [Ratio("roll-up beside the bare query", product_time / bare_time, 1.3, at_most=True)]
    print(table(f"{args.rows:,} FOCUS rows in {len(files)} Parquet files", ("what", "time", "roll-up rows"), rows))
    print(ratio_table(ratios))
    print(
        f"\nSums by publisher, sub account and month, equal to the generator's truth: {equal} ({len(expected):,} sums)"
    )
    content = {"rows": args.rows, "files": len(files), "bare": bare_time, "product": product_time, "ingest": whole.wall}
    output = args.output or args.load / "bench_focus.json"
    write_result(output, {**content, "peak_pss": whole.pss, "equal_to_truth": equal}, ratios)
    if not equal or bare_sums(bare_rows) != expected or not all(ratio.met for ratio in ratios):
        sys.exit(1)


if __name__ == "__main__":
    main()
