"""Answers to questions, with an account or by signed link: recorded, heard by the policies, and the case goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gate import answers, evaluating, links, reviewing, views
from gate.acting import Gate
from gate.plain_words import passage
from gate.questions import go_on
from model.facts import Known, Value
from storage import kept
from storage import questions as stored
from storage.store import Connection
from storage.times import to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as it was written; without `until` it holds for a year."""

    text: str
    until: date | None = None
    document: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as recorded: the decision, the value, its last day, the question that it closed, its tool and fact.

    `unheard` says why it changes nothing, in a sentence; None where it is heard.
    """

    decision: int
    value: Value
    until: date
    question: int | None
    tool: str
    fact: str
    unheard: str | None = None


def asked_by_link(connection: Connection, gate: Gate, token: str) -> dict[str, Any]:
    """Return the question that a signed link opens; looking uses nothing up. Raises LinkOver, with what to do."""
    if not gate.asking.links:
        off = "answers by link are off here: answer with your account (`ostiary review answer`)"
        raise links.LinkOver("off", off)
    claim = links.read(token)
    row = stored.question(connection, claim.number)
    links.check(links.derived_key(gate.asking.link_key), claim, row, gate.at)
    assert row is not None
    return row


def answer_by_link(
    connection: Connection,
    gate: Gate,
    token: str,
    text: str,
    *,
    until: date | None = None,
    document: str | None = None,
    note: str | None = None,
) -> Answered:
    """Answer the question of a signed link, once, as the person who was asked. Raises Refused: the link stays unused.

    The caller has masked card numbers in what was written. A document is named by its title or address: nothing is
    attached. The policies see the answer in this transaction; facts that follow from it follow with the next run.
    """
    kept.lock_trail(connection)
    row = asked_by_link(connection, gate, token)
    said = Said(text=text, until=until, document=document, note=note)
    return answer(connection, gate, row["tool_id"], row["fact"], said, by=f"person:{row['actor_id']}")


def answer(connection: Connection, gate: Gate, tool: str, name: str, said: Said, *, by: str) -> Answered:
    """Record an answer, close the question, and judge the tool again, all in the caller's transaction.

    `by` is `account:N`, `person:N` or `user:LOGIN`. Raises Refused where it is no answer.
    """
    kept.lock_trail(connection)
    value = answers.parse(answers.askable(name), said.text)
    document = passage(said.document, "the document", "--document") if said.document else None
    note = passage(said.note, "the note", "--note") if said.note else None
    ends = said.until or (gate.at + answers.LASTS).date()
    number = answers.answer(
        connection,
        gate.trail,
        tool=tool,
        name=name,
        value=value,
        until=ends,
        by=by,
        at=gate.at,
        document=document,
        note=note,
    )
    question = _heard(connection, gate, (tool, name), number, value, by=by)
    unheard = _unheard(connection, tool, name)
    return Answered(decision=number, value=value, until=ends, question=question, tool=tool, fact=name, unheard=unheard)


def _unheard(connection: Connection, tool: str, name: str) -> str | None:
    """Return that a rating stands before an answer: it is a side's own word, with a reason; anybody may answer."""
    side = next((side for side, fact in views.FACTS.items() if fact == name), None)
    ratings = kept.standing_about(connection, f"tool:{tool}") if side is not None else []
    found = [row for row in ratings if row["kind"] == views.RATING and row["detail"]["side"] == side]
    if side is None or not found:
        return None
    number, said = found[-1]["id"], found[-1]["detail"]["importance"]
    return (
        f"{views.called(side)} rates its importance {said} (decision {number}): "
        "that rating stands, and the answer has no effect until it is taken back."
    )


def _heard(
    connection: Connection, gate: Gate, about: tuple[str, str], decision: int, value: Value, *, by: str
) -> int | None:
    """Let the question that an answer settles be answered, and the policies see it; return the question's number.

    What a source shows stands before an answer. Facts that follow from others are derived by the next run.
    """
    tool, name = about
    if not _is_shown(evaluating.known(connection, tool).get(name)):
        fact = Known(value, (f"answer:{decision}",), gate.at)
        evaluating.evaluate(connection, gate, tool, {name: fact})
    asked = [row for row in stored.questions(connection, tool=tool) if row["fact"] == name and row["state"] == "open"]
    for row in asked:
        stored.close(connection, row["id"], "answered", to_ms(gate.at), decision)
        detail = {"question": row["id"], "fact": name, "decision": decision}
        reviewing.happened(connection, gate, row["case_id"], "question_answer", by, **detail)
        go_on(connection, gate, row["case_id"])
    return next((int(row["id"]) for row in asked), None)


def _is_shown(fact: object) -> bool:
    return isinstance(fact, Known) and not any(key.startswith("answer:") for key in fact.evidence)
