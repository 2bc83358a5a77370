"""Cases, findings and questions, whole."""

from __future__ import annotations

from typing import Protocol


class CasesPort(Protocol):
    """Cases, findings and questions, whole."""
