"""Ask for pages as many people do: so many a second, whatever the answers take, over connections that are kept.

python benchmarks/web_load.py CORE PLAN.json        (writes what was measured as JSON to standard output)
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Measured:
    """What pages of one kind took, in seconds from the moment they were due, and how large they were on the wire."""

    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


class Connection:
    """One kept connection of HTTP/1.1."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, who: str, sent: str | None = None) -> tuple[int, bytes]:
        """Return status and body of a page, packed as it came. `who` is the header that says who asks.

        With `sent` (JSON, or nothing) it is an act.
        """
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        method = "GET" if sent is None else "POST"
        heads = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", "Accept-Encoding: gzip", who]
        heads += [] if sent is None else [f"Content-Length: {len(sent)}", "Content-Type: application/json"]
        writer.write("\r\n".join([*heads, "", sent or ""]).encode())
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        else:
            body = b""
            while size := int(await reader.readline(), 16):
                body += await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readexactly(2)
        return int(lines[0].split()[1]), body


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask by a plan: port, rate, seconds, pages (kind, path, weight), cookies of the people.

    With `acts` (path and body, in turn, by `token`) as many as `acts_rate` says are done a second, beside the pages.
    """
    rng = random.Random(plan["seed"])
    kinds, paths, weights = zip(*plan["pages"], strict=True)
    found: dict[str, Measured] = {kind: Measured() for kind in kinds}
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(plan["connections"]):
        free.put_nowait(Connection(plan["port"]))
    began = time.perf_counter()

    async def one(kind: str, path: str, who: str, due: float, sent: str | None = None) -> None:
        connection = await free.get()
        try:
            status, body = await connection.ask(path, who, sent)
        finally:
            free.put_nowait(connection)
        measured = found.setdefault(kind, Measured())
        measured.seconds.append(time.perf_counter() - due)
        measured.sizes.append(len(body))
        measured.statuses[status] = measured.statuses.get(status, 0) + 1

    async def act() -> None:
        who, every = f"Authorization: Bearer {plan['token']}", 1 / plan["acts_rate"]
        for number in range(int(plan["seconds"] / every)):
            due = began + number * every
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            path, sent = plan["acts"][number % len(plan["acts"])]
            await one("acts", path, who, due, sent)

    tasks = [asyncio.create_task(act())] if plan.get("acts") else []
    # People do not come at the stroke of a clock: so many moments, each anywhere in the time, are a Poisson process.
    moments = sorted(rng.uniform(0, plan["seconds"]) for _ in range(int(plan["rate"] * plan["seconds"])))
    for due in (began + moment for moment in moments):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        (index,) = rng.choices(range(len(kinds)), weights)
        tasks.append(
            asyncio.create_task(one(kinds[index], paths[index], f"Cookie: {rng.choice(plan['cookies'])}", due))
        )
    await asyncio.gather(*tasks)
    took = time.perf_counter() - began
    return {"took": took, "pages": {kind: vars(measured) for kind, measured in found.items()}}


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(sys.argv[1])})
    plan = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    print(json.dumps(asyncio.run(load(plan))))


if __name__ == "__main__":
    main()
