"""The web application under the load of 20 people, beside a bare page of Starlette in the same run.

20,000 tools, 500,000 findings, 5,000 cases. The server has one core to itself, the load the other. Each kind of page is
asked for alone first (one request after the other: what the server needs), then all of them mixed, at a steady rate
for `--minutes`, while cases are taken up, handed back and rated through the API; memory is sampled all the while.
Percentiles count from the moment at which a request was due.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file

from benchmarks.measuring import Ratio, cpu_of, pss_of, ratio_table, table, write_result
from benchmarks.places import ROOT, arguments
from benchmarks.web_store import opened
from gate import accounts
from gate.audit import Trail
from gate.roles import Act, Role
from storage.schema import upgrade
from storage.store import Store
from web import sessions, tokens
from web.office import WebSettings

_SERVER, _LOADER, _FILLER = (
    str(ROOT / "benchmarks" / f"{name}.py") for name in ("web_served", "web_load", "web_store")
)
#: Kind of page -> (path, how often of a hundred, seconds at the 95th percentile).
PAGES: dict[str, tuple[str, int, float]] = {
    "queue": ("/cases", 16, 0.05),
    "queue, filtered": ("/cases?waiting_for=security&sort=due_at&page=3", 6, 0.05),
    "case": ("/cases/{case}", 14, 0.1),
    "inventory": ("/inventory", 12, 0.05),
    "inventory, searched": ("/inventory?search=mail", 8, 0.05),
    "inventory, one tool": ("/inventory/{decided}", 4, 0.1),
    "tools": ("/tools", 6, 0.1),
    "tools, searched": ("/tools?search=hub", 4, 0.1),
    "tool": ("/tools/{tool}", 8, 0.1),
    "home": ("/", 6, 0.1),
    "findings": ("/findings", 2, 0.1),
    "insights": ("/insights", 3, 0.1),
    "connections": ("/connections", 2, 0.1),
    "money": ("/money", 2, 0.1),
    "sources": ("/coverage", 2, 0.1),
    "policies": ("/policies", 2, 0.1),
    "questions": ("/questions", 1, 0.1),
    "request": ("/requests/new", 2, 0.1),
}
_WIRE = 100_000
_RATING = {"importance": "medium", "risk": "low", "reason": "Measured."}


@contextmanager
def server(what: str) -> Iterator[tuple[int, int]]:
    """Yield port and process number of a server, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, _SERVER, str(port), "0", what], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(port, process)
            yield port, process.pid
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server did not answer within a minute")


def asked(port: int, pages: Sequence[tuple[str, str, int]], cookies: Sequence[str], **plan: Any) -> dict[str, Any]:
    """Ask for pages from the other core, and return what was measured."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"port": port, "pages": pages, "cookies": cookies, "seed": 7, "connections": 20} | plan, file)
        file.flush()
        done = subprocess.run([sys.executable, _LOADER, "1", file.name], check=True, capture_output=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def people(store: Store, count: int) -> list[str]:
    """Return the cookies of so many people who are signed in, of all roles that work with pages."""
    at, found = datetime.now(UTC), []
    with store.write() as connection:
        known = [
            one for one in accounts.accounts(connection, at) if one.holds(at) and Role.BUSINESS_USER not in one.roles
        ]
        desk = [one for one in known if one.roles & {Role.REVIEWER, Role.APPROVER_IT}]
        for number in range(count):
            one = desk[number % len(desk)]
            found.append(f"ostiary={sessions.start(connection, one.id, WebSettings(), at=at, agent='bench')}")
    return found


def acts(store: Store) -> tuple[str, list[tuple[str, str]]]:
    """Return the token of a reviewer, and what it does in turn: take a case up, hand it back, rate its tool.

    A rating is a decision: the row of the tool is made anew, and all that follows from decisions.
    """
    at = datetime.now(UTC)
    with store.write() as connection:
        trail = Trail(None)
        known = accounts.accounts(connection, at)
        one = next(one for one in known if one.holds(at) and Role.REVIEWER in one.roles)
        token = tokens.make(connection, trail, one, "bench", [Act.WORK, Act.RATE], until=at + timedelta(days=1), at=at)
        sql = "SELECT id, tool_id FROM review_case WHERE state = 'open' AND assignee IS NULL ORDER BY id LIMIT 40"
        found = []
        for case, tool in connection.exec_driver_sql(sql):
            found += [(f"/api/v1/cases/{case}/{what}", "") for what in ("take", "hand-back")]
            found.append((f"/api/v1/tools/{tool}/rate", json.dumps(_RATING)))
    return token, found


def named(store: Store) -> dict[str, str]:
    """Return what stands for the things of which pages are asked for: a tool, one that was decided on, a case."""
    with store.read() as connection:
        rows = {
            "tool": "SELECT tool_id FROM figures ORDER BY people DESC LIMIT 1 OFFSET 40",
            "decided": "SELECT id FROM tool WHERE status = 'approved' ORDER BY id LIMIT 1",
            "case": "SELECT id FROM review_case WHERE state = 'open' ORDER BY id LIMIT 1 OFFSET 100",
        }
        return {name: str(connection.exec_driver_sql(sql).scalar()) for name, sql in rows.items()}


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return a percentile by nearest rank."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def measure(place: str, minutes: float, rate: float, acts_rate: float) -> dict[str, Any]:
    """Return what each kind of page took alone and in the mix, and the memory over time."""
    store = opened(place)
    upgrade(store)
    given, cookies, (token, works) = named(store), people(store, 20), acts(store)
    done = {"token": token, "acts": works if acts_rate else [], "acts_rate": acts_rate}
    store.close()
    pages = [(kind, place.format(**given), often) for kind, (place, often, _) in PAGES.items()]
    with server("bare") as (port, _):
        bare = asked(port, [("bare", "/", 1)], cookies, rate=200, seconds=5)["pages"]["bare"]
    with server(place) as (port, pid):
        warm = {kind: asked(port, [(kind, path, 1)], cookies, rate=2, seconds=2) for kind, path, _ in pages}
        alone, cpu = {}, {}
        for kind, path, _ in pages:
            before = cpu_of(pid)
            found = asked(port, [(kind, path, 1)], cookies, rate=20, seconds=4, connections=1)["pages"][kind]
            cpu[kind] = (cpu_of(pid) - before) / max(len(found["seconds"]), 1)
            alone[kind] = found
        memory = [pss_of(pid)]
        mixed: dict[str, Any] = {}
        for _ in range(max(1, round(minutes * 2))):
            found = asked(port, pages, cookies, rate=rate, seconds=30, **done)
            memory.append(pss_of(pid))
            for kind, one in found["pages"].items():
                into = mixed.setdefault(kind, {"seconds": [], "sizes": [], "statuses": {}})
                into["seconds"] += one["seconds"]
                for status, count in one["statuses"].items():
                    into["statuses"][status] = into["statuses"].get(status, 0) + count
    del warm
    return {"bare": bare, "alone": alone, "cpu": cpu, "mixed": mixed, "memory": memory, "rate": rate}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=2, help="how long the mixed load lasts (default %(default)s)")
    parser.add_argument("--rate", type=float, default=100, help="requests a second of the mix (default %(default)s)")
    parser.add_argument(
        "--acts",
        type=float,
        default=0.2,
        help="acts a second, in the mix (default %(default)s)",
    )
    parser.add_argument("--store", help="a store that web_store.py has filled, path or URL (default: made in --load)")
    args = parser.parse_args()
    place = args.store or str(args.load / "web.db")
    if "://" not in place and not Path(place).exists():
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, _FILLER, place], check=True, cwd=ROOT)
    result = measure(place, args.minutes, args.rate, args.acts)
    acted = result["mixed"].pop("acts", None)
    base = percentile(result["bare"]["seconds"], 0.5)
    rows, ratios = [], []
    for kind, (_, _, most) in PAGES.items():
        alone, mixed = result["alone"][kind], result["mixed"][kind]
        p95 = percentile(mixed["seconds"], 0.95)
        wire = max(alone["sizes"], default=0)
        wrong = {s: n for s, n in mixed["statuses"].items() if s != "200"}
        rows.append(
            (
                kind,
                f"{result['cpu'][kind] * 1000:.1f}",
                f"{percentile(alone['seconds'], 0.5) * 1000:.1f}",
                f"{percentile(alone['seconds'], 0.95) * 1000:.1f}",
                f"{percentile(mixed['seconds'], 0.5) * 1000:.1f}",
                f"{p95 * 1000:.1f}",
                f"{wire / 1000:.1f}",
                str(wrong or ""),
            )
        )
        ratios.append(
            Ratio(f"{kind}: 95th percentile in the mix, of {most * 1000:.0f} ms", p95 / most, 1.0, at_most=True)
        )
        if wire > _WIRE:
            ratios.append(Ratio(f"{kind}: size on the wire, of 100 kB", wire / _WIRE, 1.0, at_most=True))
    heads = ("page", "CPU ms", "alone p50 ms", "p95", f"mixed at {args.rate:.0f}/s p50", "p95", "kB", "not 200")
    print(table(f"Pages; a bare page takes {base * 1000:.1f} ms", heads, rows))
    everything = [s for one in result["mixed"].values() for s in one["seconds"]]
    print(f"{len(everything):,} requests, 95th percentile {percentile(everything, 0.95) * 1000:.1f} ms")
    if acted is not None:
        wrong = {s: n for s, n in acted["statuses"].items() if s != "200"}
        p95 = percentile(acted["seconds"], 0.95) * 1000
        refused = f", not 200: {wrong}" if wrong else ""
        print(f"{len(acted['seconds']):,} acts beside them, 95th percentile {p95:.1f} ms{refused}")
    held = [m for m in result["memory"] if m]
    if len(held) > 1:
        print("Memory in MB: " + ", ".join(f"{m / 1e6:.0f}" for m in held))
        # What pages keep fills up in the first minutes: the last fifth is held against the second one.
        fifth = len(held) // 5
        early, late = (held[fifth : 2 * fifth], held[-fifth:]) if fifth else (held[1:2], held[-1:])
        ratio = (sum(late) / len(late)) / (sum(early) / len(early))
        ratios.append(Ratio("memory in the last fifth, of that in the second", ratio, 1.05, at_most=True))
    print(ratio_table(ratios))
    write_result(args.output or Path(args.load) / "results" / "web.json", result, ratios)


if __name__ == "__main__":
    main()
