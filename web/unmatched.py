"""Money without a tool as pages show it: merchants with what was ruled of them, and what is hidden as noise."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gate.accounts import addresses
from model.signal import fold
from storage import kept
from storage.store import Connection
from storage.times import to_ms
from storage.words import clean
from web.here import Here
from web.ports.money import Unmatched

Row = Mapping[str, Any]
#: What was ruled so lately stays where it stands among what is still to be ruled: no list jumps below the hand.
LATELY = timedelta(minutes=30)
#: So many of the last rulings are shown with what takes them back.
SHOWN = 8
#: What one press of a key says -> ruling, the reason that is kept with it, and what it is called.
KEYS: Mapping[str, tuple[str, str, str]] = {
    "not": ("not-a-tool", "It is no software.", "not software"),
    "noise": ("not-a-tool", "It is private or incidental spending, no software.", "private or incidental"),
    "later": ("later", "To be asked later.", "later"),
}  # fmt: skip
SAID = {"not-a-tool": "not software", "later": "later", "tool": "a tool"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A ruling in force on a merchant: its decision, what was ruled, the tool if it is one, who and when and why."""

    merchant: str
    decision: int
    ruling: str
    tool: str | None
    by: str
    at: int
    why: str | None

    @property
    def said(self) -> str:
        """What was ruled, in words."""
        private = self.ruling == KEYS["noise"][0] and self.why == KEYS["noise"][1]
        return KEYS["noise"][2] if private else SAID.get(self.ruling, self.ruling)


def key_of(merchant: str) -> str:
    """Return what a row of a merchant is called in a page."""
    return "m-" + hashlib.sha256(merchant.encode("utf-8", "replace")).hexdigest()[:12]


class Rulings:
    """What was ruled of merchants, as of now."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        """Read the rulings in force."""
        self._connection, self._at = connection, at
        self._standing = kept.standing(connection, "merchant")

    def of(self, merchant: str) -> Mapping[str, Any] | None:
        """Return the decision in force on a merchant (id and detail), or None."""
        return self._standing.get(f"merchant:{clean(merchant)}")

    def split(self, found: Unmatched) -> tuple[list[Row], list[Row]]:
        """Return the merchants that are still to be ruled, and those that are ruled, each in order."""
        ruled = {about.partition(":")[2] for about, row in self._standing.items() if row["detail"]["ruling"] != "later"}
        if not ruled:
            return list(found.rows), []
        return (
            [row for row in found.rows if clean(row["merchant"]) not in ruled],
            [row for row in found.rows if clean(row["merchant"]) in ruled],
        )

    def told(self, merchants: Sequence[str]) -> dict[str, Ruled]:
        """Return merchant -> what is in force on it, whole, of some merchants."""
        found = {merchant: row for merchant in merchants if (row := self.of(merchant)) is not None}
        return {one.merchant: one for one in self._whole(found)}

    def lately(self) -> list[Ruled]:
        """Return the last rulings in force, the latest first."""
        last = sorted(self._standing.items(), key=lambda pair: -pair[1]["id"])[:SHOWN]
        found = self._whole({about.partition(":")[2]: row for about, row in last})
        return sorted(found, key=lambda one: -one.decision)

    def fresh(self) -> set[str]:
        """Return the merchants that were ruled a moment ago."""
        since = to_ms(self._at - LATELY)
        last = sorted(self._standing.items(), key=lambda pair: -pair[1]["id"])[:100]
        found = self._whole({about.partition(":")[2]: row for about, row in last})
        return {one.merchant for one in found if one.at >= since}

    def _whole(self, found: Mapping[str, Mapping[str, Any]]) -> list[Ruled]:
        connection = self._connection
        rows = {row["id"]: row for row in kept.numbered(connection, (row["id"] for row in found.values()))}
        named = addresses(connection) if rows else {}
        reasons = kept.texts(connection, {row["reason_hash"] for row in rows.values() if row["reason_hash"]})
        return [
            Ruled(
                merchant=merchant,
                decision=one["id"],
                ruling=one["detail"]["ruling"],
                tool=one["detail"].get("tool"),
                by=named.get(rows[one["id"]]["by"], rows[one["id"]]["by"].partition(":")[2]),
                at=rows[one["id"]]["at"],
                why=reasons.get(rows[one["id"]]["reason_hash"]),
            )
            for merchant, one in found.items()
        ]


def sought(rows: Sequence[Row], words: str) -> Sequence[Row]:
    """Return the merchants in whose names all words are found."""
    stems = fold(words[:200]).split()
    return [row for row in rows if all(stem in row["merchant"] for stem in stems)] if stems else rows


def less(total: Mapping[str, int], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return all money less that of some merchants, each currency by itself."""
    left = dict(total)
    for row in rows:
        for one in row["total"]:
            left[one["currency"]] = left.get(one["currency"], 0) - one["amount_micros"]
    return [{"currency": currency, "amount_micros": left[currency]} for currency in sorted(left) if left[currency]]


# --- noise -----------------------------------------------------------------------------------------------------------

#: Tools that a person hid, whatever rule there is.
BY_HAND = "decision"


def hidden(here: Here) -> dict[str, list[Row]]:
    """Return rule -> the tools that it hides as noise; those that a person hid under `BY_HAND`."""
    found: dict[str, list[Row]] = {}
    for mark, rows in here.snapshot.tools.grouped("noise").items():
        if mark:
            found.setdefault(BY_HAND if mark.startswith("decision:") else mark, []).extend(rows)
    return found
