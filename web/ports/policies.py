"""Policies: what they say, their cases, and what they make of the present data."""

from __future__ import annotations

from typing import Protocol


class PoliciesPort(Protocol):
    """Policies: what they say, their cases, and what they make of the present data."""
