"""What the tools come to: spend, overlap, key people, days to decision, renewals, unused seats."""

from __future__ import annotations

from typing import Protocol


class InsightsPort(Protocol):
    """What the tools come to: spend, overlap, key people, days to decision, renewals, unused seats."""
