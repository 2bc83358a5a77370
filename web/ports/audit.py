"""The audit trail: rows, verification, export."""

from __future__ import annotations

from typing import Protocol


class AuditPort(Protocol):
    """The audit trail: rows, verification, export."""
