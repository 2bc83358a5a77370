"""lifecycle.*: since when it is in use, what of it still lives, and until when it lasts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.assigned import Assigned, assigned, unread
from scanner.facts.grants import active
from scanner.facts.world import Subject, World, charge_key, day_of, keys, latest, ms, record_key, usage_key
from storage.times import from_ms, month_start

_RECENT = 90


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    notice = world.notices.get(subject.id)
    return {
        **_seen(subject, world),
        "lifecycle.ended": Known(subject.id in world.ended)
        if subject.id in world.catalogued
        else Unknown("the tool is in no catalogue"),
        "lifecycle.end_of_life": Known(notice[0], (notice[1],)) if notice else Unknown("no notice of an end is known"),
        "lifecycle.version": _version(subject, world),
        "lifecycle.live_traces": _traces(subject, world),
    }


def _seen(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    firsts = [u.first_at for u in subject.use] + [r["seen_at"] for r in subject.records]
    firsts += [c.seen_at for c in (*subject.charges, *subject.earlier)]
    # Charges are at hand for some years; the figures know of older ones.
    firsts += [] if subject.first_seen is None else [subject.first_seen]
    live = [(u.last_at, usage_key(u)) for u in subject.use]
    live += [(c.seen_at, charge_key(c)) for c in (*subject.charges, *subject.earlier)]
    live += [(_held_at(r, world), record_key(r)) for r in subject.of_kind(SignalKind.GRANT)]
    last = max(live, default=None)
    return {
        "lifecycle.first_seen": Known(day_of(from_ms(min(firsts, default=month_start(197001))))),
        "lifecycle.last_seen": Known(day_of(from_ms(last[0])), (last[1],), from_ms(last[0]))
        if last
        else Unknown("no use, money or consent was ever seen"),
    }


def _held_at(grant: dict[str, Any], world: World) -> int:
    """Return when access was last seen to stand: what a list still holds, whenever that list was last read."""
    if grant["mode"] != "snapshot" or grant["facts"].get("state") == "revoked":
        return int(grant["seen_at"])
    read = (s.last_at or 0 for s in world.streams if (s.source, s.stream) == (grant["source"], grant["stream"]))
    return max(int(grant["seen_at"]), *read)


def _version(subject: Subject, world: World) -> Known | Unknown:
    rows = [r for kind in (SignalKind.DEVICE_APP, SignalKind.APP_SDK) for r in subject.of_kind(kind)]
    if (reason := next((why for r in rows if (why := world.reason_against(r)) is not None), None)) is not None:
        return Unknown(reason)
    stating = [r for r in rows if r["facts"].get("version")]
    if not stating:
        return Unknown("no source states a version")
    newest = max(stating, key=lambda r: (_parts(r["facts"]["version"]), r["facts"]["version"]))
    return Known(newest["facts"]["version"], (record_key(newest),), from_ms(newest["seen_at"]))


def _parts(version: str) -> list[int]:
    """Return the numbers of a version, by which 2.10 is newer than 2.9."""
    return [int(part[:18]) for part in re.findall(r"[0-9]+", version)]


# --- what still lives ------------------------------------------------------------------------------------------------

#: What it is, the rows that show it, and how one of them is named as evidence.
_Trace = tuple[str, list[Any], Callable[[Any], str]]


def _traces(subject: Subject, world: World) -> Known | Unknown:
    """Return what of the tool was still alive; nothing, only where no list of accounts was refused."""
    alive = [trace for trace in _alive(subject, world) if trace[1]]
    for _, rows, _name in alive:
        reasons = [world.reason_against(_place(row)) for row in rows]
        if None not in reasons:
            return Unknown(str(reasons[0]))
    if not alive and (reason := unread(world)) is not None:
        return reason
    evidence = keys(name(row) for _, rows, name in alive for row in rows)
    return Known(tuple(kind for kind, _, _ in alive), evidence, latest(_at(r) for _, rows, _ in alive for r in rows))


def _alive(subject: Subject, world: World) -> Iterator[_Trace]:
    since = ms(world.since(_RECENT))
    grants = [g for g in active(subject, world) if g["mode"] == "snapshot" or g["seen_at"] >= since]
    listed = assigned(subject, world)
    accounts = list(listed.rows) if isinstance(listed, Assigned) else _accounts(subject)
    yield "grant", grants, record_key
    yield "account", accounts, record_key
    yield "charge", [c for c in subject.charges if c.seen_at >= since and c.amount_micros > 0], charge_key
    yield "sign_in", [u for u in subject.use if u.last_at >= since], usage_key


def _accounts(subject: Subject) -> list[Any]:
    """Return what lists of accounts held when they were last read."""
    kinds = (SignalKind.ASSIGNMENT, SignalKind.ACCOUNT_ACCESS)
    return [r for kind in kinds for r in subject.of_kind(kind) if r["mode"] == "snapshot"]


def _place(row: Any) -> dict[str, Any]:
    return row if isinstance(row, dict) else {"source": row.source, "stream": row.stream}


def _at(row: Any) -> int:
    if isinstance(row, dict):
        return int(row["seen_at"])
    return int(row.last_at if hasattr(row, "last_at") else row.seen_at)
