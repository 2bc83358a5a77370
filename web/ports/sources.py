"""Sources: coverage, what is missing, when they are read next, and reading them now."""

from __future__ import annotations

from typing import Protocol


class SourcesPort(Protocol):
    """Sources: coverage, what is missing, when they are read next, and reading them now."""
