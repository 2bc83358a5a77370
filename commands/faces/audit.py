"""The audit trail, by the functions of `ostiary audit`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from commands.audit import AUDIT, detail_of, head_of, moment_of
from commands.opening import Desk
from gate import accounts
from storage import kept
from storage.listings import trail_pages
from storage.store import Connection
from web.ports.audit import Verified
from web.ports.listed import Row


class Audit:
    """The audit trail: rows, verification, its head."""

    fields = AUDIT.fields

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

    def page(
        self, connection: Connection, wanted: Mapping[str, Any], *, limit: int, offset: int
    ) -> tuple[Sequence[Row], int]:
        """Return some rows, the newest first, and how many there are like that."""
        asked = {name: wanted.get(name) or None for name in ("actor", "act", "since", "until")}
        about = wanted.get("object") or None
        rows, total = trail_pages.trail(connection, **asked, about=about, limit=limit, offset=offset)
        return [_row(row) for row in rows], total

    def actors(self, connection: Connection) -> Mapping[str, str]:
        """Return who stands in the trail -> how pages call it."""
        known = accounts.addresses(connection)
        return {_text(name): known.get(name, _text(name)) for name in trail_pages.names(connection)[0]}

    def acts(self, connection: Connection) -> Sequence[str]:
        """Return which acts stand in the trail."""
        return [_text(act) for act in trail_pages.names(connection)[1]]

    def head(self, connection: Connection) -> str:
        """Return the head as it is noted elsewhere."""
        number, mac = kept.last_audit(connection)
        return json.dumps({"n": number, "mac": mac})

    def verify(self, connection: Connection, head: str | None) -> Verified:
        """Check every row against the one before, and against a noted head. Raises ValueError where that is none."""
        noted = None if head is None else head_of(head)
        trail, rows = self._desk.trail(), kept.audit_rows(connection)
        broken = trail.verify(rows, noted)
        why = None if broken is None else _text(broken.why)
        return Verified(rows=len(rows), keyed=trail.keyed, against=noted is not None, why=why)


def _row(row: Row) -> Row:
    """Return a row that can be shown also where somebody put into it what is no text."""
    texts = {name: _text(row[name]) for name in ("actor", "act", "object", "mac")}
    detail = detail_of(row["detail"])
    return {**row, **texts, "at": moment_of(row["at"]), "detail": _text(detail) if isinstance(detail, str) else detail}


def _text(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()
