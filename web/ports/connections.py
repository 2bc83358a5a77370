"""Which tool holds what on which system."""

from __future__ import annotations

from typing import Protocol


class ConnectionsPort(Protocol):
    """Which tool holds what on which system."""
