"""How well are tools named? Labelled signals through the index, scored strictly by kind and difficulty.

The labels were written by people who had seen neither the matchers nor the catalogue. `open.jsonl` may be read while
the matchers are worked on; `sealed.jsonl.gz` is only run: nothing of it is printed but the counts. So is
`second.jsonl.gz`, which was written after all that.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.identification.scoring import Names, Paid, Report, Score, paid, plain, score, wilson
from benchmarks.measuring import table
from catalog.identify import identify_line
from catalog.index import load_index
from catalog.load import load_tools

_FOLDER = Path(__file__).parent / "identification"
#: Parts of which nothing is ever printed but counts.
_SEALED = ("sealed", "second")
#: What issue and docs ask for, on tools that the catalogue has: recall by kind, precision and silence over all.
_PRECISION, _SILENCE = 0.985, 0.99
_RECALL = {
    "all": 0.95,
    "kind card_descriptor": 0.90,
    "kind app_name": 0.95,
    "kind domain": 0.98,
    "kind script_host": 0.95,
}


def labels(part: str) -> list[dict[str, Any]]:
    """Return the rows of `open`, `sealed` or `second`, or of a file of the same form."""
    if part in _SEALED:
        text = gzip.decompress((_FOLDER / f"{part}.jsonl.gz").read_bytes()).decode()
    else:
        text = (_FOLDER / "open.jsonl" if part == "open" else Path(part)).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def predicted(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what `ostiary identify` answers, by id."""
    index = load_index()
    asked = (json.dumps({name: row[name] for name in ("id", "kind", "value")}).encode() for row in rows)
    return {str(found["id"]): found for found in (identify_line(index, line) for line in asked)}


def same_tool() -> dict[str, set[str]]:
    """Return, by plain name, all plain names of the tools known by it, also of what they have become."""
    tools = {tool.id: tool for tool in load_tools()}
    found: dict[str, set[str]] = {}
    for tool in tools.values():
        named, later = {tool.name, *tool.names}, tool
        while later.now in tools and tools[later.now].name not in named:
            later = tools[later.now]
            named.add(later.name)
        for name in (tool.name, *tool.names):
            found.setdefault(plain(name), set()).update(map(plain, named))
    return found


def lines(report: Report) -> list[tuple[str, ...]]:
    """Return the table's rows: each share with its 95 % interval."""
    return [(name, *_cells(found)) for name, found in sorted(report.groups.items())]


def _cells(found: Score) -> tuple[str, ...]:
    said = found.right + found.wrong
    return (
        str(found.named_rows),
        _share(found.right, said),
        _share(found.right, found.named_rows),
        str(found.null_rows),
        _share(found.silent_nulls, found.null_rows),
        _share(found.category, found.marked),
        _share(found.near, found.marked),
    )


def _share(hits: int, of: int) -> str:
    if not of:
        return "-"
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} ({low:.2f}-{high:.2f})"


def paid_lines(found: Paid) -> list[tuple[str, ...]]:
    """Return the shares of statement lines whose counterparty and merchant of record are told as labelled."""
    return [
        ("counterparty", str(found.labelled), _share(found.counterparty, found.labelled)),
        ("merchant of record", str(found.lines), _share(found.reseller, found.lines)),
    ]


def missed_targets(report: Report) -> list[str]:
    """Return what is below what was asked for."""
    total = report.of("all")
    found = [] if total.precision >= _PRECISION else [f"precision {total.precision:.3f} < {_PRECISION}"]
    found += [] if total.silence >= _SILENCE else [f"nothing named on {total.silence:.3f} of the nulls < {_SILENCE}"]
    for name, least in _RECALL.items():
        if name in report.groups and report.groups[name].recall < least:
            found.append(f"recall of {name} {report.groups[name].recall:.3f} < {least}")
    return found


def main() -> None:
    """Score one part, print the tables, and end with status 1 where a figure is below what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", default="sealed", help="open, sealed (default), second, or a file of labels")
    parser.add_argument("--errors", action="store_true", help="print the rows that are wrong (not of a sealed part)")
    args = parser.parse_args()
    rows = labels(args.part)
    known_as = same_tool()
    said, names = predicted(rows), Names(known_as)
    heads = ("", "tools", "precision", "recall", "nulls", "silent", "category", "near")
    whole, known = score(rows, said, names), score(rows, said, names, set(known_as))
    print(table(f"All {len(rows):,} signals ({Path(args.part).name})", heads, lines(whole)))
    print(table("Signals of tools that the catalogue has, and of none", heads, lines(known)))
    print(table("Who took the money, on statements", ("", "lines", "right"), paid_lines(paid(rows, said))))
    if args.errors and args.part not in _SEALED:
        for row in whole.missed:
            print(json.dumps({k: v for k, v in row.items() if k not in {"marketing", "vendor"}}, ensure_ascii=False))
    below = missed_targets(known)
    if below:
        sys.exit("BELOW what was asked for: " + "; ".join(below))


if __name__ == "__main__":
    main()
