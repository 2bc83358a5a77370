"""What may be used for which job."""

from __future__ import annotations

from typing import Protocol


class InventoryPort(Protocol):
    """What may be used for which job."""
