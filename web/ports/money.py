"""Money without a tool, and noise: what is ruled, and by which rule."""

from __future__ import annotations

from typing import Protocol


class MoneyPort(Protocol):
    """Money without a tool, and noise: what is ruled, and by which rule."""
