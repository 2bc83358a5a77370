"""What stands behind an evidence key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from commands.acting import addresses
from commands.figures import listed_tools
from commands.opening import Desk
from commands.shape import Failure, WrongCall
from commands.single_events import find_event
from gate.decisions import in_force
from model.facts import VOCABULARY
from reports.words import clean, plain
from scanner.corrections import all_decisions
from storage import kept, queries
from storage.listings import signals
from storage.times import iso

if TYPE_CHECKING:
    from reports.terminal import Screen

_FORMS = "signal:SOURCE/STREAM/ID, usage:SOURCE/IDENTITY/YYYY-MM, decision:ID, answer:ID, tool:ID or a page's address"
#: What is said of a tool that another one's fact rests on.
_TOOL = ("id", "name", "vendor", "category", "status", "people", "spend_12m", "first_seen", "last_seen")


def find_evidence(desk: Desk, key: str) -> dict[str, Any]:
    """Return the record, the use of a month, the decision, the answer, the tool or the vendor's page.

    Fails where the key is none, or leads to nothing.
    """
    kind, _, rest = key.partition(":")
    find = _FINDERS.get(kind)
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
        if (found := signals.record(connection, source, stream, native)) is not None:
            return found
        rows = signals.signals(connection, source=source, stream=stream, kind="sign_in")
        rolled = next((row for row in rows if row["native_id"] == native), None)
        return rolled or find_event(desk, connection, source, stream, native)


def _usage(desk: Desk, rest: str) -> dict[str, Any] | None:
    source, _, after = rest.partition("/")
    identity, _, month = after.rpartition("/")
    with desk.store.read() as connection:
        rows = signals.months(connection, source, identity, month)
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
    rows = all_decisions(desk.store)
    row = next((row for row in rows if str(row["id"]) == rest), None)
    if row is None:
        return None
    with desk.store.read() as connection:
        reason = kept.text_of(connection, row["reason_hash"])
        worded = {name: kept.text_of(connection, said) for name, said in row["detail"].get("words", {}).items()}
    found = {name: row[name] for name in ("id", "by", "kind", "object", "detail")}
    found["by"] = addresses(desk).get(row["by"], row["by"]) if desk.program.format == "table" else row["by"]
    stands = row["kind"] == "undo" or row["id"] in {one["id"] for one in in_force(rows)}
    return found | {"at": iso(row["at"]), "reason": reason, "words": worded, "in_force": stands}


def _answer(desk: Desk, rest: str) -> dict[str, Any] | None:
    """Return an answer with its question; the note is the decision's reason."""
    found = _decision(desk, rest)
    if found is None or found["kind"] != "answer":
        return None
    fact = VOCABULARY.get(found["detail"]["fact"])
    asked = {"question": None if fact is None else fact.question, "fact": found["detail"]["fact"]}
    return asked | {"value": found["detail"]["value"], "until": found["detail"]["until"]} | found


def _tool(desk: Desk, rest: str) -> dict[str, Any] | None:
    """Return the tool that another one was held against, and where all of it is to be seen."""
    row = next((row for row in listed_tools(desk, [rest])), None)
    return None if row is None else {name: row[name] for name in _TOOL} | {"see": f"ostiary tools show {rest}"}


def _page(scheme: str) -> Callable[[Desk, str], dict[str, Any] | None]:
    """Return what finds a vendor's page: one that the catalogue names as the source of an end."""

    def find(desk: Desk, rest: str) -> dict[str, Any] | None:
        page = f"{scheme}:{rest}"
        with desk.store.read() as connection:
            ended = queries.ended_by(connection, page)
        return {"page": page, "tools": ended, "named_by": "the catalogue"} if ended else None

    return find


_FINDERS: dict[str, Callable[[Desk, str], dict[str, Any] | None]] = {
    "signal": _signal,
    "usage": _usage,
    "decision": _decision,
    "answer": _answer,
    "tool": _tool,
    "https": _page("https"),
    "http": _page("http"),
}


def draw_evidence(page: Screen, found: dict[str, Any]) -> None:
    """Draw names and values."""
    page.heading(found["evidence"])
    page.facts([(clean(k).replace("_", " "), plain(v)) for k, v in found.items() if k not in {"evidence", "rows"}])
    for row in found.get("rows", ()):
        page.line(f"{plain(row['actor'])}: {row['count']} times by {row['method']}, {row['failures']} failed", indent=2)
