"""Answers and owners: what people say of a tool, checked against the store, masked, and recorded through the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from connectors.masking import mask_cards
from gate import answers, decisions, hearing
from gate.acting import Gate
from gate.audit import Trail
from gate.decisions import Ruling
from gate.hearing import Said
from model.errors import Refused
from model.fact import Value
from model.ports import Clock
from storage import queries
from storage.store import Store

#: On which side somebody answers for a tool.
SIDES = ("business", "technical", "deputy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as it was recorded: the decision's number, the value, its last day, and the question it settled.

    `unheard` says why it changes nothing, None where it is heard.
    """

    decision: int
    value: Value
    until: date
    question: int | None = None
    unheard: str | None = None


class Sayings:
    """Records what people say of tools; the caller derives anew afterwards."""

    def __init__(self, store: Store, trail: Trail, clock: Clock, by: str, gate: Gate | None = None) -> None:
        """`by` is who speaks, such as `user:ana`; with a `gate` the question that an answer settles is closed by it."""
        self._store, self._trail, self._clock, self._by = store, trail, clock, by
        self._gate = gate

    def answer(
        self,
        tool: str,
        name: str,
        text: str,
        *,
        until: date | None = None,
        document: str | None = None,
        note: str | None = None,
    ) -> Answered:
        """Record the answer to a fact's question; without `until` it holds for a year. Raises Refused."""
        now = self._clock.now()
        self._require_tool(tool)
        if self._gate is not None:
            said = Said(text=mask_cards(text), until=until, document=_masked(document), note=_masked(note))
            with self._store.write() as connection:
                heard = hearing.answer(connection, self._gate, tool, name, said, by=self._by)
            return Answered(
                decision=heard.decision,
                value=heard.value,
                until=heard.until,
                question=heard.question,
                unheard=heard.unheard,
            )
        value = answers.parse(answers.askable(name), mask_cards(text))
        ends = until or (now + answers.LASTS).date()
        with self._store.write() as connection:
            number = answers.answer(
                connection,
                self._trail,
                tool=tool,
                name=name,
                value=value,
                until=ends,
                by=self._by,
                at=now,
                document=_masked(document),
                note=_masked(note),
            )
        return Answered(decision=number, value=value, until=ends)

    def answer_link(
        self,
        token: str,
        text: str,
        *,
        until: date | None = None,
        document: str | None = None,
        note: str | None = None,
    ) -> hearing.Answered:
        """Record the answer of who was sent a link. Raises Refused: a link opens once, and until its day."""
        assert self._gate is not None
        more = {"document": _masked(document), "note": _masked(note)}
        with self._store.write() as connection:
            return hearing.answer_by_link(connection, self._gate, token, mask_cards(text), until=until, **more)

    def own(self, tool: str, side: str, address: str, reason: str) -> int:
        """Record who answers for a tool on a side; the latest of a side stands. Raises Refused."""
        if side not in SIDES:
            raise Refused(f"a side is one of {', '.join(SIDES)}")
        self._require_tool(tool)
        with self._store.write() as connection:
            actor = queries.actor_of_address(connection, address.strip())
            if actor is None:
                raise Refused(
                    f"no source lists {address!r}: ingest the directory first (okta-users, entra-users, people-csv ...)"
                )
            ruling = Ruling(kind="owner", about=f"tool:{tool}", detail={"side": side, "actor": actor}, reason=reason)
            return decisions.decide(connection, self._trail, ruling, by=self._by, at=self._clock.now())

    def _require_tool(self, tool: str) -> None:
        with self._store.read() as connection:
            if not queries.has_tool(connection, tool):
                raise Refused(f"there is no tool {tool!r}: `ostiary tools` lists their ids")


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_cards(text)
