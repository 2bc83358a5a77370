"""Protocols that outer rooms implement and are handed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Gives the time; the real one is `SystemClock`."""

    def now(self) -> datetime:
        """Return the present moment, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, UTC."""
        return datetime.now(UTC)


class ObjectStore(Protocol):
    """Where landing files lie: a folder, or a bucket. Objects are immutable and named by their content."""

    def put(self, local: Path, name: str) -> None:
        """Store the local file under `name`, whole or not at all. Putting an object again changes nothing."""
        ...

    def fetch(self, name: str) -> Path:
        """Return a local path with the object's content. Raises FileNotFoundError."""
        ...

    def delete(self, name: str) -> None:
        """Remove the object if it is there."""
        ...

    def names(self, prefix: str = "") -> Iterator[str]:
        """Yield the names below a prefix."""
        ...


class Secrets(Protocol):
    """Resolves references to secrets, late; never stores or prints them."""

    def resolve(self, reference: str) -> str:
        """Return the secret behind `env:NAME` or `file:PATH`. Raises ConfigError that names the reference only."""
        ...


class Progress(Protocol):
    """Told how long work goes on: a bar on a terminal, one line a step elsewhere."""

    def step(self, what: str, total: int | None = None) -> None:
        """Begin a step of `total` units (bytes, records), or of unknown length."""
        ...

    def advance(self, by: int = 1) -> None:
        """Tell that `by` more units are done."""
        ...
