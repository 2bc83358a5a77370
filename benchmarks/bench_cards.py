"""Card statements: 100,000 generated rows beside their truth, and six real months beside an independent count."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections import defaultdict
from typing import Any

from benchmarks.bench_landing import told
from benchmarks.measuring import table, write_result
from benchmarks.places import DATA, arguments, generated
from benchmarks.truth import compare, read_expected, read_truth, stored_money, true_money

_BY_TOOL = """
    SELECT t.id, t.name, coalesce(t.vendor, ''), t.provisional, i.app ->> 'descriptor', count(*), sum(r.amount_micros)
    FROM record r JOIN identity i ON i.id = r.identity_id
    LEFT JOIN link l ON l.identity_id = i.id AND l.valid_to IS NULL LEFT JOIN tool t ON t.id = l.tool_id
    WHERE r.kind = 'charge' AND r.valid_to IS NULL GROUP BY 1, 5"""


def descriptor_key(text: str) -> str:
    """Return a descriptor as both counts can be compared: case folded, blanks collapsed, without stars."""
    return " ".join(text.replace("*", " ").casefold().split())


def bench_generated(args: Any) -> tuple[dict[str, Any], list[str]]:
    """Ingest the generated rows; return what was measured and what differs from the truth."""
    files, truth = generated(args, "card", 100_000, 1)
    with tempfile.TemporaryDirectory(prefix="ostiary-bench-", dir=args.load) as folder:
        spent, run = told(["ingest", "card-csv", f"{folder}/cards.db", *map(str, files)], folder)
        count, months = stored_money(f"{folder}/cards.db")
    wrong = compare(months, true_money(read_truth(truth)))
    at = run["seconds"]
    result = {
        "rows": 100_000,
        "charges": count,
        "seconds": {"reading": at["identifying"], "whole program": spent.wall},
        "rows a second": 100_000 / at["identifying"],
        "micros": sum(months.values()),
        "streams": run["streams"],
    }
    return result, wrong


def real_vendors(database: str) -> dict[str, dict[str, Any]]:
    """Return what a store holds by name of the tool: rows, money in major units and descriptors; "" is unmatched."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"rows": 0, "net": 0.0, "descriptors": {}})
    with sqlite3.connect(database) as connection:
        for _, name, _, _, descriptor, rows, micros in connection.execute(_BY_TOOL):
            each = found[name or ""]
            each["rows"] += rows
            each["net"] = round(each["net"] + micros / 1_000_000, 2)
            each["descriptors"][descriptor_key(descriptor)] = (rows, round(micros / 1_000_000, 2))
    return dict(found)


def expected_vendors(files: list[str]) -> dict[str, dict[str, Any]]:
    """Return what the independent script counted in the statements, by vendor."""
    expected = read_expected(DATA / "expected.json")
    found: dict[str, dict[str, Any]] = {}
    for name in files:
        for app in expected[f"cards/{name}"]["apps"]:
            each = found.setdefault(app["name"], {"rows": 0, "net": 0.0, "descriptors": set()})
            each["rows"] += app["rows"]
            each["net"] = round(each["net"] + app["net_total"], 2)
            each["descriptors"] |= {descriptor_key(d) for d in app["descriptors"]}
    return found


def names_of(vendor: dict[str, Any], ours: dict[str, dict[str, Any]]) -> list[str]:
    """Return the names of our tools that hold a descriptor of a vendor: it may sell several products."""
    return sorted(name for name, tool in ours.items() if name and vendor["descriptors"] & set(tool["descriptors"]))


def differences(vendor: dict[str, Any], names: list[str], ours: dict[str, dict[str, Any]]) -> list[str]:
    """Return, descriptor by descriptor, what only one of the two counted for this vendor."""
    mine = {descriptor: told for name in names for descriptor, told in ours[name]["descriptors"].items()}
    lines = [
        f"only ours: {d} ({r} rows, {net:.2f})"
        for d, (r, net) in sorted(mine.items())
        if d not in vendor["descriptors"]
    ]
    for descriptor in sorted(vendor["descriptors"] - set(mine)):
        holder = next(
            (n or "unmatched" for n, tool in ours.items() if descriptor in tool["descriptors"]), "no such descriptor"
        )
        lines.append(f"only expected: {descriptor} (ours: {holder})")
    return lines


def agreement(ours: dict[str, dict[str, Any]], expected: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one line a vendor: both counts, whether they agree, and what explains it where they do not."""
    lines = []
    for vendor, counted in sorted(expected.items(), key=lambda item: -abs(item[1]["net"])):
        names = names_of(counted, ours)
        rows = sum(ours[name]["rows"] for name in names)
        net = round(sum(ours[name]["net"] for name in names), 2)
        same = rows == counted["rows"] and abs(net - counted["net"]) < 0.005
        lines.append(
            {
                "vendor": vendor,
                "ours": ", ".join(names) or None,
                "rows": [rows, counted["rows"]],
                "net": [net, counted["net"]],
                "agrees": same,
                "why": [] if same else differences(counted, names, ours),
            }
        )
    return lines


def bench_real(args: Any) -> list[dict[str, Any]] | None:
    """Ingest the six real months; return the agreement, or None where they are not here."""
    files = sorted((DATA / "cards").glob("birmingham_*.csv"))
    if not files:
        print(f"{DATA / 'cards'}: the real statements are not there; skipped", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory(prefix="ostiary-bench-", dir=args.load) as folder:
        told(["ingest", "card-csv", f"{folder}/real.db", *map(str, files)], folder)
        ours = real_vendors(f"{folder}/real.db")
    return agreement(ours, expected_vendors([path.name for path in files]))


def main() -> None:
    args = arguments(__doc__).parse_args()
    args.load.mkdir(parents=True, exist_ok=True)
    result, wrong = bench_generated(args)
    lines = [(k, v) for k, v in result.items() if isinstance(v, int)]
    print(table("Generated card rows", ("", "count"), [*lines, ("rows a second", f"{result['rows a second']:,.0f}")]))
    print(f"\nTruth: money of each month {'DIFFERS' if wrong else 'equal, to the micro'}")
    real = bench_real(args)
    if real is not None:
        rows = [
            (
                r["vendor"],
                r["ours"] or "-",
                *r["rows"],
                *(f"{n:.2f}" for n in r["net"]),
                "" if r["agrees"] else "differs",
            )
            for r in real
        ]
        print(table("Six real months", ("expected", "ours", "rows", "expected", "net", "expected", ""), rows))
        print(f"\n{sum(r['agrees'] for r in real)} of {len(real)} vendors agree in rows and money; the others:")
        for line in (r for r in real if not r["agrees"]):
            print(f"  {line['vendor']}: {'; '.join(line['why']) or 'the same descriptors, other sums'}")
    write_result(
        args.output or args.load / "results" / "cards.json", {"generated": result, "wrong": wrong, "real": real}, []
    )
    if wrong:
        sys.exit("NOT as the generator says:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
