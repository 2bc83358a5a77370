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
from storage.words import clean


class Trail:
    """Writes the trail. Without a key the chain is a plain hash: it shows slips, not forgery."""

    def __init__(self, key: bytes | None, login: str | None = None) -> None:
        """`key` is the audit key of the company, 32 bytes or more.

        `login` is the operating-system user (`user:LOGIN`) who writes: it is noted beside what an account does.
        """
        self._key, self._login = key, login

    @property
    def keyed(self) -> bool:
        """Whether a key protects the chain."""
        return self._key is not None

    def write(
        self, connection: Connection, *, at: datetime, actor: str, act: str, about: str, detail: dict[str, Any]
    ) -> int:
        """Append a row in the transaction of what it tells of, and return its number.

        `actor` is `account:N`, `person:N`, `user:LOGIN`, `rule:ID@VERSION`, `provider:ISSUER` (roles by groups) or
        `system`; `detail` holds numbers, ids and hashes, never a person's words.
        """
        kept.lock_trail(connection)
        if self._login is not None and actor.startswith("account:"):
            detail = detail | {"login": self._login}
        number, before = kept.last_audit(connection)
        row = {
            "n": number + 1,
            "at": to_ms(at),
            "actor": clean(actor),
            "act": act,
            "object": clean(about),
            "detail": clean(canonical(detail)),
        }
        kept.add_audit(connection, row | {"mac": self.mac(before, row)})
        return number + 1

    def mac(self, before: str, row: dict[str, Any]) -> str:
        """Return the mac of a row (n, at, actor, act, object, detail) that follows the mac `before`."""
        told = canonical([before, row["n"], row["at"], row["actor"], row["act"], row["object"], row["detail"]]).encode()
        if self._key is None:
            return hashlib.sha256(told).hexdigest()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    def verify(self, rows: Iterable[dict[str, Any]], head: Head | None = None) -> Broken | None:
        """Return the first row where the chain does not hold, or None.

        A chain that was cut at its end holds: only a `head` noted elsewhere shows that rows are gone.
        """
        before, expected = "", 1
        for row in rows:
            if row["n"] != expected:
                return Broken(expected, f"row {expected} is missing")
            if not self._holds(before, row):
                return Broken(expected, f"row {expected} was changed, or another key wrote it")
            if head is not None and head.n == expected and head.mac != row["mac"]:
                return Broken(expected, f"row {expected} is another one than the head says")
            before, expected = row["mac"], expected + 1
        if head is not None and head.n >= expected:
            return Broken(expected, f"row {expected} is missing: the head says that there were {head.n}")
        return None

    def _holds(self, before: str, row: dict[str, Any]) -> bool:
        try:
            return hmac.compare_digest(self.mac(before, row).encode(), row["mac"].encode())
        except (TypeError, ValueError, AttributeError):
            return False  # SQLite keeps bytes, and text that is no UTF-8, where somebody puts them


@dataclass(frozen=True, slots=True)
class Head:
    """Number and mac of the last row, as noted outside of the database; (0, "") of an empty trail."""

    n: int
    mac: str


def head(connection: Connection) -> Head:
    """Return the head of the trail."""
    return Head(*kept.last_audit(connection))


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain breaks, and how."""

    n: int
    why: str


def canonical(value: object) -> str:
    """Return JSON with sorted keys and no blanks: equal values give equal text. Raises ValueError."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
