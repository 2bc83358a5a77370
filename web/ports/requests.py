"""Requests before purchase, and answers to questions by signed link."""

from __future__ import annotations

from typing import Protocol


class RequestsPort(Protocol):
    """Requests before purchase, and answers to questions by signed link."""
