"""Cases, findings and questions, whole: with what policies say, and what stands behind each statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from gate.acting import Gate
from gate.material import Material
from storage.store import Connection

Row = dict[str, Any]


class CasesPort(Protocol):
    """Cases, findings and questions, whole. What is read is read by the connection of the page."""

    def case(self, connection: Connection, gate: Gate, number: int) -> Row | None:
        """Return all that the page of a case shows, None where there is none.

        Keys: the row's own columns, `state_now` (a Material), `review`, `risks`, `findings`
        (groups: standing, stuck, watched, waived, may), `needs`, `lacks`, `questions`, `connections`, `people`,
        `events`, `requests`, `ratings`.
        """
        ...

    def state(self, connection: Connection, gate: Gate, tool: str) -> Material:
        """Return the state of a tool that a decision rests on."""
        ...

    def plain(self, sentence: str) -> str:
        """Return a sentence with the titles of policies in the place of their codes."""
        ...

    def finding(self, connection: Connection, finding: str) -> Row | None:
        """Return a finding with all that stands behind it, None where there is none of this id (`POLICY:TOOL`)."""
        ...

    def titles(self) -> Mapping[str, str]:
        """Return policy -> its title."""
        ...

    def gaps(self) -> tuple[str, ...]:
        """Return what policies are about: security, cost and so on."""
        ...

    def findings(self, connection: Connection, tool: str) -> list[Row]:
        """Return all findings of a tool, those that may apply among them, the worst first, with titles."""
        ...

    def evidence(self, connection: Connection, key: str) -> Row:
        """Return what stands behind an evidence key. Raises Refused where it is none, or leads to nothing."""
        ...

    def value(self, fact: str, value: Any) -> str:
        """Return a fact's value, as JSON has it, in words."""
        ...

    def currency(self) -> str:
        """Return the company's base currency; empty where none is configured."""
        ...
