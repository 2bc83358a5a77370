"""Cases, findings and questions, whole: from the same functions that the commands print."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from commands import fact_words
from commands.case_state import review_in
from commands.evidence import find_evidence
from commands.faces.case_history import history
from commands.faces.case_parts import findings_of, needs_of, questions_of, ratings_of, risks_of, words_of
from commands.faces.finding_whole import whole
from commands.opening import Desk
from commands.shape import Failure, WrongCall
from commands.standing import policies, today
from gate import states
from gate.acting import Gate
from gate.material import Material
from gate.plain_words import LONGEST
from model.errors import Refused
from policies.shape import GAPS, Policy
from storage import cases as stored
from storage import kept, requests
from storage.listings import connections, tools
from storage.listings import findings as listings
from storage.store import Connection

Row = dict[str, Any]
_CODE = re.compile(r"\b[A-Z][A-Z0-9]{1,9}-\d{2,4}\b")


class Cases:
    """Cases, findings and questions, whole."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

    @functools.cached_property
    def _policies(self) -> Mapping[str, Policy]:
        return policies(self._desk)

    @functools.cached_property
    def _titles(self) -> Mapping[str, str]:
        return {name: policy.title for name, policy in self._policies.items()}

    def case(self, connection: Connection, gate: Gate, number: int) -> Row | None:
        """Return all that the page of a case shows, None where there is none."""
        row = stored.case(connection, number)
        if row is None:
            return None
        tool, now = row["tool_id"], states.state(connection, row["tool_id"], gate)
        found = findings_of(connection, self._policies, tool, today(self._desk))
        needs, lacks = needs_of(connection, gate, tool, found)
        review = review_in(connection, gate, row, now)
        return {
            **row,
            "state_now": now,
            "review": review | {"changed": [one | {"said": self.plain(one["said"])} for one in review["changed"]]},
            "risks": risks_of(connection, gate, tool, self._titles),
            "findings": found,
            "needs": needs,
            "lacks": lacks,
            "questions": questions_of(connection, gate, number, self.value),
            "connections": connections.of_tool(connection, tool),
            "people": tools.people(connection, tool),
            "events": history(connection, number, self.value, self.plain),
            "requests": [_request(connection, one) for one in requests.standing(connection, case=number)],
            "ratings": ratings_of(connection, gate, tool),
        }

    def state(self, connection: Connection, gate: Gate, tool: str) -> Material:
        """Return the state of a tool that a decision rests on."""
        return states.state(connection, tool, gate)

    def plain(self, sentence: str) -> str:
        """Return a sentence with the titles of policies in the place of their codes."""
        return _CODE.sub(lambda code: self._titles.get(code[0], code[0]), sentence[: LONGEST * 2])

    def finding(self, connection: Connection, finding: str) -> Row | None:
        """Return a finding with all that stands behind it, None where there is none of this id (`POLICY:TOOL`)."""
        return whole(connection, self._desk, self._policies, finding)

    def titles(self) -> Mapping[str, str]:
        """Return policy -> its title."""
        return self._titles

    def gaps(self) -> tuple[str, ...]:
        """Return what policies are about: security, cost and so on."""
        return GAPS

    def findings(self, connection: Connection, tool: str) -> list[Row]:
        """Return all findings of a tool, those that may apply among them, the worst first, with titles."""
        rows = listings.findings(connection, day=today(self._desk), tool_id=tool)
        return [
            row | {"title": self._titles.get(row["policy"], row["policy"]), "message": words_of(row["message"])}
            for row in rows
        ]

    def evidence(self, connection: Connection, key: str) -> Row:
        """Return what stands behind an evidence key. Raises Refused where it is none, or leads to nothing."""
        del connection  # the command's function opens its own: what it shows does not have to be of one moment
        try:
            return find_evidence(self._desk, key)
        except (Failure, WrongCall) as error:
            raise Refused(str(error)) from None

    def value(self, fact: str, value: Any) -> str:
        """Return a fact's value, as JSON has it, in words."""
        return fact_words.value(fact, value, self._desk.zone, self._desk.company.base_currency)

    def currency(self) -> str:
        """Return the company's base currency; empty where none is configured."""
        return self._desk.company.base_currency or ""


def _request(connection: Connection, row: Mapping[str, Any]) -> Row:
    return dict(row) | {"purpose": kept.text_of(connection, row["purpose_hash"])}
