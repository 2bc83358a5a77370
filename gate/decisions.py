"""Decisions: append-only, each with who, when and why; what is in force follows from reading them in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gate.audit import Trail
from model.errors import Refused
from model.facts import NEVER, Known, Unknown
from storage import kept
from storage.store import Connection
from storage.times import from_ms, to_ms
from storage.words import clean, cleaned

#: What a tool's status may be, as the contract has it.
STATUSES = ("new", "in_review", "approved", "approved_with_conditions", "rejected", "retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision before it is recorded.

    `kind`: merge, split, merchant, alias, noise, status or undo. `about`: `tool:ID`, `identity:SOURCE/KEY`,
    `merchant:NAME`, `alias:KIND:VALUE` or `decision:N`. `detail` holds no words of people; `reason` does, and is
    required. `origin` names the record of a source that a decision was taken over from, so that reading it again
    decides nothing again.
    """

    kind: str
    about: str
    detail: dict[str, Any]
    reason: str
    origin: str | None = None
    words: dict[str, str] = field(default_factory=dict)


def decide(connection: Connection, trail: Trail, ruling: Ruling, *, by: str, at: datetime) -> int:
    """Record a decision and its audit row in the caller's transaction; return the decision's number.

    Raises Refused where there is no reason, an undo names no decision in force, or a status is none.
    """
    if not ruling.reason.strip():
        raise Refused("a decision needs a reason: add --reason TEXT")
    kept.lock_trail(connection)
    if ruling.kind == "undo":
        _check_undo(connection, ruling.about)
    if ruling.kind == "status" and ruling.detail.get("status") not in STATUSES:
        raise Refused(f"a status is one of {', '.join(STATUSES)}")
    digest = keep_words(connection, ruling.reason)
    worded = {name: keep_words(connection, text) for name, text in ruling.words.items() if text}
    detail = ruling.detail | ({"words": worded} if worded else {})
    row = {"at": to_ms(at), "by": clean(by), "kind": ruling.kind, "object": clean(ruling.about), "detail": detail}
    number = kept.add_decision(connection, row | {"reason_hash": digest, "origin": cleaned(ruling.origin)})
    trail.write(
        connection,
        at=at,
        actor=by,
        act=f"decision.{ruling.kind}",
        about=ruling.about,
        detail={"decision": number, "reason": digest, **detail},
    )
    return number


def keep_words(connection: Connection, words: str) -> str:
    """Keep what a person wrote, apart from what refers to it; return the hash by which that does."""
    words = clean(words)
    digest = hashlib.sha256(words.encode()).hexdigest()
    kept.keep_text(connection, digest, words)
    return digest


def _check_undo(connection: Connection, about: str) -> None:
    number = about.removeprefix("decision:")
    row = next(iter(kept.numbered(connection, [int(number)])), None) if number.isdecimal() else None
    if row is None:
        raise Refused(f"there is no {about.replace(':', ' ')}: `ostiary review decisions` lists them")
    if row["kind"] == "undo":
        raise Refused(f"{about.replace(':', ' ')} is an undo itself: decide anew instead")
    if row["undone"]:
        raise Refused(f"{about.replace(':', ' ')} is undone already")


def in_force(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the decisions that stand: undone ones and undos left out, in order."""
    known = list(rows)
    undone = {row["object"] for row in known if row["kind"] == "undo"}
    return [row for row in known if row["kind"] != "undo" and f"decision:{row['id']}" not in undone]


def said(row: dict[str, Any], what: str) -> str:
    """Return the sentence that a decision leaves beside what it changed."""
    return f"{what} (decision {row['id']}, {from_ms(row['at']):%d %B %Y})."


def statuses(rows: Iterable[dict[str, Any]], day: date | None = None) -> dict[str, str]:
    """Return tool id -> status by the latest standing decision about it; on a `day`, where one is given."""
    return {row["object"].removeprefix("tool:"): status(row, day) for row in in_force(rows) if row["kind"] == "status"}


def status(row: dict[str, Any], day: date | None) -> str:
    """Return the status that a decision gives on a day: an approval ends after the day by which it is reviewed."""
    given, until = str(row["detail"]["status"]), row["detail"].get("review_by")
    ended = day is not None and until is not None and date.fromisoformat(until) < day
    return "in_review" if ended and given.startswith("approved") else given


def decided_on(row: dict[str, Any]) -> date:
    """Return the day of a decision: the one that it names, else the one on which it was recorded."""
    stated = row["detail"].get("decided_on")
    return date.fromisoformat(stated) if stated else from_ms(row["at"]).date()


def facts_of(row: dict[str, Any] | None) -> dict[str, Known | Unknown]:
    """Return the facts that the latest decision on a tool's status gives; None: there is no decision."""
    evidence = () if row is None else (f"decision:{row['id']}",)
    until = None if row is None else row["detail"].get("review_by")
    return {
        "provenance.last_decision": Known(NEVER if row is None else decided_on(row), evidence),
        "provenance.review_by": Known(date.fromisoformat(until), evidence)
        if until
        else Unknown("there is no decision, or it names no day"),
    }
