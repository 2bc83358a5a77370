"""What is told: one row of the outbox for each event, entered once, in the transaction of what causes it.

A row holds numbers and ids alone: addresses and words are looked up when it is sent, and told to whoever holds then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from gate.keys import Side
from gate.rules import Rules
from gate.working_time import WorkingTime
from model.signal import Actor
from storage import accounts, kept, names, outbox
from storage.store import Connection
from storage.times import to_ms

Case = Mapping[str, Any]


class Now(Protocol):
    """What telling needs of the gate: the moment, the rules, and the calendar."""

    @property
    def at(self) -> datetime:
        """The moment of the act."""
        ...

    @property
    def rules(self) -> Rules:
        """The gate's rules."""
        ...

    @property
    def time(self) -> WorkingTime:
        """The company's working days."""
        ...


def case_opened(connection: Connection, gate: Now, case: Case, hub: str | None = None) -> None:
    """Tell that a marketing tool was found, or came back. `hub` is the address of the team's hub member."""
    told = _of(case) | ({"hub": _reached(connection, hub)} if hub else {})
    _enter(connection, gate, "case_opened", told, case["id"], case["opened_at"])


def case_assigned(connection: Connection, gate: Now, case: Case, to: int) -> None:
    """Tell an account that a case is its own now."""
    _enter(connection, gate, "case_assigned", _of(case) | {"account": to}, case["id"], to, to_ms(gate.at))


def second_key(connection: Connection, gate: Now, case: Case, side: Side) -> None:
    """Tell the side that has not signed that the other one has; once for each time that the case comes to wait."""
    since = case["stage_at"] or case["opened_at"]
    told = _of(case) | {"side": side.value, "stage_at": since}
    _enter(connection, gate, "second_key", told, case["id"], side.value, since)


def decided(connection: Connection, gate: Now, case: Case, decision: int) -> None:
    """Tell whoever asked for the tool, and who answers for its business, what was decided, in one plain sentence."""
    told, key = _of(case) | {"decision": decision}, _decided(decision, to_ms(gate.at))
    kept.add_outbox(connection, to_ms(gate.at), "decided", told, key=key)


def undone(connection: Connection, gate: Now, case: Case, decision: Mapping[str, Any], undo: int) -> None:
    """Tell whoever was told of a decision that it was taken back, by another one: `undo` is its number."""
    event = outbox.numbered(connection, _decided(decision["id"], decision["at"]))
    if event is not None:
        told = _of(case) | {"undone": decision["id"], "undo": undo, "event": event}
        _enter(connection, gate, "decided", told, "undo", undo)


def question_asked(connection: Connection, gate: Now, question: Mapping[str, Any]) -> None:
    """Tell somebody that a question waits for an answer. `question` is a row of that table."""
    told = {"question": question["id"], "case": question["case_id"], "tool": question["tool_id"]}
    _enter(connection, gate, "question_asked", told, question["id"], question["asked_at"])


def reminder(connection: Connection, gate: Now, case: Case, number: int) -> None:
    """Remind whom a stage of a case waits for; `number` counts from 0 within one visit to the stage."""
    told = _of(case) | {"stage": case["stage"], "stage_at": case["stage_at"], "number": number}
    _enter(connection, gate, "reminder", told, case["id"], case["stage_at"], number)


def escalation(connection: Connection, gate: Now, case: Case) -> None:
    """Tell the administrators that a stage of a case is very late."""
    told = _of(case) | {"stage": case["stage"], "stage_at": case["stage_at"]}
    _enter(connection, gate, "escalation", told, case["id"], case["stage_at"])


def condition_due(
    connection: Connection, gate: Now, decision: Mapping[str, Any], condition: Case, *, late: bool
) -> None:
    """Tell the owner of a condition that it is due soon, or is late."""
    told = _ruled(decision) | {"condition": condition["text"], "due": condition["due"], "late": late}
    about = (decision["id"], condition["text"], "late" if late else "soon", decision["at"])
    _enter(connection, gate, "condition_due", told | {"actor": condition["owner"]}, *about)


def approval_expires(connection: Connection, gate: Now, decision: Mapping[str, Any]) -> None:
    """Tell who answers for a tool that its approval ends soon."""
    told = _ruled(decision) | {"due": decision["detail"]["review_by"]}
    _enter(connection, gate, "approval_expires", told, decision["id"], decision["at"])


def source_refused(connection: Connection, gate: Now, source: str, run: int) -> None:
    """Tell the administrators that a source refuses, since a run."""
    _enter(connection, gate, "source_refused", {"source": source, "run": run}, source, run)


def _of(case: Case) -> dict[str, Any]:
    return {"case": case["id"], "tool": case["tool_id"], "unit": case["unit"]}


def _ruled(decision: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": decision["id"], "tool": str(decision["object"]).removeprefix("tool:")}


def _decided(decision: int, at: int) -> str:
    return f"decided:{decision}:{at}"


def _reached(connection: Connection, address: str) -> int:
    """Return the actor of an address that the configuration names, who may have no account."""
    plain = address.strip().casefold()
    source = names.source_number(connection, accounts.SOURCE)
    return names.actor_numbers(connection, source, [Actor(native_id=plain, address=plain)], listed=True)[0]


def _enter(connection: Connection, gate: Now, event: str, told: dict[str, Any], *key: object) -> None:
    kept.add_outbox(connection, to_ms(gate.at), event, told, key=":".join(map(str, (event, *key))))
