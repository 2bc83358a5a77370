"""All that is known of one tool, and how."""

from __future__ import annotations

from typing import Protocol


class ToolsPort(Protocol):
    """All that is known of one tool, and how."""
