"""The audit trail: canonical JSON, number, the row before, HMAC-SHA256 with a key that lies outside of the database."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import kept
from storage.store import Connection
from storage.times import to_ms


class Trail:
    """Writes the trail. Without a key the chain is a plain hash: it shows slips, not forgery."""

    def __init__(self, key: bytes | None) -> None:
        """`key` is the audit key of the company, 32 bytes or more."""
        self._key = key

    @property
    def keyed(self) -> bool:
        """Whether a key protects the chain."""
        return self._key is not None

    def write(
        self, connection: Connection, *, at: datetime, actor: str, act: str, about: str, detail: dict[str, Any]
    ) -> int:
        """Append a row in the transaction of what it tells of, and return its number.

        `actor` is `person:N`, `user:LOGIN` or `system`; `detail` holds numbers, ids and hashes, never a person's words.
        """
        number, before = kept.last_audit(connection)
        row = {
            "n": number + 1,
            "at": to_ms(at),
            "actor": actor,
            "act": act,
            "object": about,
            "detail": canonical(detail),
        }
        kept.add_audit(connection, row | {"mac": self.mac(before, row)})
        return number + 1

    def mac(self, before: str, row: dict[str, Any]) -> str:
        """Return the mac of a row (n, at, actor, act, object, detail) that follows the mac `before`."""
        told = canonical([before, row["n"], row["at"], row["actor"], row["act"], row["object"], row["detail"]]).encode()
        if self._key is None:
            return hashlib.sha256(told).hexdigest()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    def verify(self, rows: Iterable[dict[str, Any]]) -> Broken | None:
        """Return the first row where the chain does not hold, or None."""
        before, expected = "", 1
        for row in rows:
            if row["n"] != expected:
                return Broken(expected, f"row {expected} is missing")
            if not hmac.compare_digest(self.mac(before, row), row["mac"]):
                return Broken(expected, f"row {expected} was changed, or another key wrote it")
            before, expected = row["mac"], expected + 1
        return None


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain breaks, and how."""

    n: int
    why: str


def canonical(value: object) -> str:
    """Return JSON with sorted keys and no blanks: equal values give equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
