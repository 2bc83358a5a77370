"""What of the program is configured, where, and what of it needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from storage.store import Connection
from web.ports.listed import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that is set: what it is, its value in words, the key that sets it, and whether it is the program's."""

    name: str
    value: str
    key: str
    usual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret by its reference: where it is named, and whether it is there. The secret itself is never shown.

    `is_set` is None where looking would ask another system.
    """

    key: str
    reference: str
    is_set: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worry:
    """Something that needs attention: what, what to do, and the page where that is done."""

    what: str
    do: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """All that is set. `file` is the configuration's name, None where there is none."""

    file: str | None
    version: str
    catalogue: str
    database: str
    size: int
    schema: str
    company: Sequence[Setting]
    web: Sequence[Setting]
    secrets: Sequence[Secret]
    receivers: Sequence[Row]
    rules: Sequence[Row]
    rules_file: str | None
    worries: Sequence[Worry]


class PeoplePort(Protocol):
    """What of the program is configured, where, and what of it needs attention."""

    def settings(self, connection: Connection) -> Set:
        """Return all that is set; no other system is asked, and no secret is in it."""
        ...

    def messages(self, connection: Connection) -> Sequence[Row]:
        """Return what was not told yet, as `ostiary work list` has it."""
        ...
