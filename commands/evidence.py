"""What stands behind an evidence key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commands.opening import Desk
from commands.shape import Failure, WrongCall
from commands.single_events import find_event
from reports.words import clean, plain
from scanner.corrections import all_decisions
from storage import kept
from storage.listings import signals
from storage.times import iso

if TYPE_CHECKING:
    from reports.terminal import Screen

_FORMS = "signal:SOURCE/STREAM/ID, usage:SOURCE/IDENTITY/YYYY-MM or decision:ID"


def find_evidence(desk: Desk, key: str) -> dict[str, Any]:
    """Return the record, the use of a month, or the decision. Fails where the key is none, or leads to nothing."""
    kind, _, rest = key.partition(":")
    find = {"signal": _signal, "usage": _usage, "decision": _decision}.get(kind)
    if find is None or not rest:
        raise WrongCall(f"{key!r} is no evidence key: write {_FORMS}")
    found = find(desk, rest)
    if found is None:
        raise Failure(f"nothing in force stands behind {key!r}; `ostiary signals` lists what does")
    return {"evidence": key, **found}


def _signal(desk: Desk, rest: str) -> dict[str, Any] | None:
    source, _, after = rest.partition("/")
    stream, _, native = after.partition("/")
    with desk.store.read() as connection:
        rows = signals.signals(connection, source=source, stream=stream)
        found = next((row for row in rows if row["native_id"] == native), None)
        return found or find_event(desk, connection, source, stream, native)


def _usage(desk: Desk, rest: str) -> dict[str, Any] | None:
    source, _, after = rest.partition("/")
    identity, _, month = after.rpartition("/")
    with desk.store.read() as connection:
        rows = [
            row
            for row in signals.signals(connection, source=source, kind="sign_in")
            if row.get("month") == month and row["native_id"].startswith(f"{identity}/{month}/")
        ]
    if not rows:
        return None
    return {
        "source": source,
        "identity": identity,
        "month": month,
        "people": len({row["actor"] for row in rows if row["count"] and row["actor"]}),
        "count": sum(row["count"] for row in rows),
        "failures": sum(row["failures"] for row in rows),
        "last_seen": max(row["seen_at"] for row in rows),
        "rows": rows,
    }


def _decision(desk: Desk, rest: str) -> dict[str, Any] | None:
    row = next((row for row in all_decisions(desk.store) if str(row["id"]) == rest), None)
    if row is None:
        return None
    with desk.store.read() as connection:
        reason = kept.text_of(connection, row["reason_hash"])
    return {name: row[name] for name in ("id", "by", "kind", "object", "detail")} | {
        "at": iso(row["at"]),
        "reason": reason,
    }


def draw_evidence(page: Screen, found: dict[str, Any]) -> None:
    """Draw names and values."""
    page.heading(found["evidence"])
    page.facts([(clean(k).replace("_", " "), plain(v)) for k, v in found.items() if k not in {"evidence", "rows"}])
    for row in found.get("rows", ()):
        page.line(f"{plain(row['actor'])}: {row['count']} times by {row['method']}, {row['failures']} failed", indent=2)
