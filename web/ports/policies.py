"""Policies: what they say, their cases, and what they make of the present data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from model.errors import OstiaryError
from storage.store import Connection
from web.ports.listed import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with something typed: the field, where in it (counted from 1), and what to do."""

    field: str
    line: int
    column: int
    message: str


class Faults(OstiaryError):
    """What was typed is no policy; `faults` say where and what to do."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(one.message for one in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tools meet a policy, violate it, or cannot be judged by it (`unknown`).

    `open`: not even whether it applies is known; `apart`: it does not concern them. `met` is -1 where nobody counted.
    """

    met: int = 0
    violated: int = 0
    unknown: int = 0
    open: int = 0
    apart: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a changed policy makes of the present data, beside what it makes as it stands.

    `changes` are rows of tool_id, before and after (a verdict, `may_apply` or `not_applicable`) and message.
    `judged` of `of` tools were looked at before the time was up. `keep` is what the configuration says to have it so,
    None where nothing is changed, or more than thresholds are.
    """

    before: Counts
    after: Counts
    changes: Sequence[Row]
    judged: int
    of: int
    keep: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be tried: the two conditions as they would stand in a file, and thresholds by name."""

    applies: str
    require: str
    thresholds: Mapping[str, str] = field(default_factory=dict)


class PoliciesPort(Protocol):
    """Policies: what they say, their cases, and what they make of the present data."""

    @property
    def fields(self) -> Sequence[str]:
        """The fields of a row, in the order in which programs get them."""
        ...

    @property
    def profile(self) -> str:
        """The company's profile."""
        ...

    @property
    def gaps(self) -> Sequence[str]:
        """The gaps that policies are of."""
        ...

    def rows(self) -> Sequence[Row]:
        """Return the policies in the order of their files, with `why`, `said` (the mode in words) and `overridden`."""
        ...

    def refused(self) -> Sequence[Row]:
        """Return what is not evaluated: file, line, column, policy, message."""
        ...

    def whole(self, policy: str) -> Row | None:
        """Return one policy whole, its cases with what they came out as; None where there is none of that id."""
        ...

    def counts(self, connection: Connection) -> Mapping[str, Counts]:
        """Return policy -> what it makes of the present data; without `met` (-1) where there is too much to judge."""
        ...

    def judged(self, connection: Connection, policy: str) -> Tried:
        """Return what one policy makes of the present data as it stands, with nothing changed."""
        ...

    def tried(self, connection: Connection, policy: str, change: Change) -> Tried:
        """Judge the present data by a changed policy; nothing is kept. Raises Faults."""
        ...

    def risk_rules(self) -> tuple[Sequence[Row], Sequence[str], str | None]:
        """Return the rules of risk in force, what of them is refused, and the company's own file (None: ours)."""
        ...
