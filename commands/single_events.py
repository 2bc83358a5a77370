"""Single sign-ins, read from the landing files of the months that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from commands.opening import Desk
from model.signal import METHODS, SignalKind
from storage import derived, events
from storage.landing import Roller, event_id
from storage.listings import signals
from storage.store import Connection
from storage.times import iso


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of a source, of a stream, about a tool; None for all."""

    source: str | None = None
    stream: str | None = None
    tool: str | None = None


def single_events(desk: Desk, connection: Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yield events as the listing of signals shows them, by stream and month. Of sealed months there are none any more.

    `native_id` is the vendor's event id as 128 bits, in hexadecimal: nothing else of it is kept.
    """
    identities, actors = signals.names(connection)
    streams = signals.streams(connection)
    tools = {row.identity_id: row.tool_id for row in derived.links(connection)}
    roller = Roller()
    try:
        for stream, month in events.months(connection):
            if wanted.stream not in {None, streams[stream]}:
                continue
            files = [desk.objects().fetch(name) for name in events.committed(connection, stream, month)]
            for native, at, identity, actor, method, success, second_factor in roller.events(files) if files else ():
                app = identities[identity]
                if wanted.source not in {None, app["source"]} or wanted.tool not in {None, tools.get(identity)}:
                    continue
                yield {
                    "source": app["source"],
                    "stream": streams[stream],
                    "kind": SignalKind.SIGN_IN.value,
                    "native_id": native.replace("-", ""),
                    "seen_at": iso(at),
                    "actor": actors.get(actor),
                    "count": int(success),
                    "failures": int(not success),
                    **app["app"],
                    "method": METHODS[method].value,
                    "success": success,
                    "second_factor": second_factor,
                }
    finally:
        roller.close()


def find_event(desk: Desk, connection: Connection, source: str, stream: str, native: str) -> dict[str, Any] | None:
    """Return the event of a vendor's id, or of the 128 bits that are kept of it; None where there is none."""
    ids = {native.casefold().replace("-", ""), event_id(native)}
    found = single_events(desk, connection, Wanted(source, stream))
    return next((row for row in found if row["native_id"] in ids), None)
