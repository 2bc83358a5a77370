"""The parts of a case's page: findings in groups, both risks in words, what nobody knows, and what was asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from commands.settling import missing, settled_by
from gate import questions as gated
from gate import risk
from gate.acting import Gate
from gate.keys import Side
from gate.needs import needed, whom
from gate.views import STEPS, Views, called, views
from model.facts import NAMES
from policies.shape import SEVERITIES, Policy
from storage import kept, queries
from storage import questions as stored
from storage.listings import findings as listings
from storage.listings.coverage import coverage
from storage.store import Connection
from storage.times import iso

Row = dict[str, Any]
#: The groups of findings on a page.
_FACT = re.compile(r"\b([a-z]+)\.([a-z_]+)\b")
_GROUPS = ("standing", "stuck", "watched", "waived", "may")


def findings_of(connection: Connection, policies: Mapping[str, Policy], tool: str, day: str) -> dict[str, list[Row]]:
    """Return the findings of a tool by group, the worst of either side first.

    `standing` are violated, `stuck` apply and cannot be judged, `watched` are shown and ask nobody, `waived` were
    accepted, `may` might apply. What is resolved is left out.
    """
    found: dict[str, list[Row]] = {name: [] for name in _GROUPS}
    for row in listings.findings(connection, day=day, tool_id=tool):
        group = _group(row)
        if group is not None:
            policy = policies.get(row["policy"])
            title = row["policy"] if policy is None else policy.title
            do = () if policy is None else policy.do
            said = {"message": words_of(row["message"]), "title": title, "missing": missing(row), "do": list(do)}
            found[group].append(row | said)
    for rows in found.values():
        rows.sort(key=_worst_first)
    return found


def _group(row: Mapping[str, Any]) -> str | None:
    if row["state"] != "open":
        return "waived" if row["state"] == "waived" else None
    if row["verdict"] == "violated":
        return "watched" if row["watched"] else "standing"
    if row["verdict"] == "unknown":
        return "stuck" if row["queued"] else "may"
    return None


def _worst_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    sides = sorted(SEVERITIES.index(row[name]) for name in ("severity", "customer_severity"))
    return (*sides, row["policy"])


def risks_of(connection: Connection, gate: Gate, tool: str, titles: Mapping[str, str]) -> list[Row]:
    """Return both risks of a tool, with the titles of what makes each."""
    both = risk.of_tool(connection, gate.risk_rules, tool)

    def named(policies: Sequence[str]) -> list[Row]:
        return [{"id": f"{one}:{tool}", "policy": one, "title": titles.get(one, one)} for one in policies]

    return [
        {
            "side": side,
            "band": of.band,
            "rule": of.rule,
            "because": of.because.partition(":")[0],
            "findings": named(of.findings),
            "others": named(of.others),
            "unjudged": len(of.unjudged),
            "missing": [_meaning(name) for name in of.missing],
            "waived": named(of.waived),
        }
        for side, of in both.items()
    ]


def _meaning(name: str) -> str:
    return words_of(NAMES[name].meaning.rstrip(".")) if name in NAMES else words_of(name)


def words_of(sentence: str) -> str:
    """Return a sentence in which names of facts are words: `grants.active` becomes `active grants`."""
    return _FACT.sub(
        lambda found: f"{found[2]} {found[1]}".replace("_", " ") if found[0] in NAMES else found[0], sentence
    )


def needs_of(
    connection: Connection, gate: Gate, tool: str, findings: Mapping[str, Sequence[Row]]
) -> tuple[list[Row], list[Row]]:
    """Return what people can be asked, that which settles most first; and what no source shows, by its reason."""
    asked = {row["fact"] for row in gated.standing(connection, gate, tool)}
    wanted = [need for need in needed(connection, gate, tool) if need.fact.name not in asked]
    answers = {asks: whom(connection, gate, tool, asks) for asks in {need.fact.asks for need in wanted}}
    names = {asks: None if who is None else queries.actor_name(connection, who) for asks, who in answers.items()}
    needs = [
        {
            "fact": need.fact.name,
            "question": need.fact.question,
            "asks": need.fact.asks,
            "person": answers[need.fact.asks],
            "address": names[need.fact.asks],
            "policies": len(need.policies),
        }
        for need in wanted
    ]
    return needs, _lacks(connection, findings["stuck"], {need.fact.name for need in wanted} | asked)


def _lacks(connection: Connection, stuck: Sequence[Row], askable: set[str]) -> list[Row]:
    streams = coverage(connection)
    counted: Counter[tuple[str, str]] = Counter()
    for row in stuck:
        counted.update((lack["fact"], lack["reason"]) for lack in row["missing"] if lack["fact"] not in askable)
    return [
        {"what": _meaning(fact), "reason": reason, "findings": count, "settles": _settles(fact, reason, streams)}
        for (fact, reason), count in counted.most_common()
    ]


def _settles(fact: str, reason: str, streams: Sequence[Mapping[str, Any]]) -> str | None:
    """Return what a person does about it; None where only a command does."""
    said = settled_by(fact, reason, streams)
    return None if "`" in said else said


# --- questions -------------------------------------------------------------------------------------------------------


def questions_of(connection: Connection, gate: Gate, case: int, value: Callable[[str, Any], str]) -> list[Row]:
    """Return the questions of a case as they are listed, with the answer in words where there is one."""
    rows = stored.questions(connection, case=case)
    return told(connection, gated.listed(connection, gate, rows), rows, value)


def told(
    connection: Connection, listed: Sequence[Row], rows: Sequence[Mapping[str, Any]], value: Callable[[str, Any], str]
) -> list[Row]:
    """Return listed questions with who was asked (`person`) and what was answered, until when and by which document."""
    persons = {row["id"]: row["person"] for row in rows}
    answers = {one["id"]: one for one in kept.numbered(connection, (r["answer"] for r in rows if r["answer"]))}
    return [
        row
        | {"person": persons[row["id"]], "address": row["to"]}
        | {name: iso(row[name]) for name in ("asked_at", "due_at", "closed_at")}
        | _answer(connection, row, answers.get(row["answer"]), value)
        for row in listed
    ]


def _answer(connection: Connection, row: Row, decision: Row | None, value: Callable[[str, Any], str]) -> dict[str, Any]:
    if decision is None:
        return {"said": None, "until": None, "document": None, "note": None, "undone": False}
    detail = decision["detail"]
    note = kept.text_of(connection, decision["reason_hash"])
    return {
        "said": value(row["fact"], detail["value"]),
        "until": detail["until"],
        "document": kept.text_of(connection, detail.get("words", {}).get("document")),
        "note": None if note == _NO_NOTE else note,
        "undone": decision["undone"],
    }


#: What an answer is kept with where nothing was said beside it (gate/answers.py).
_NO_NOTE = "Answered without a note."


# --- ratings ---------------------------------------------------------------------------------------------------------


def ratings_of(connection: Connection, gate: Gate, tool: str) -> list[Row]:
    """Return how each side rates a tool; None where it has not."""
    rows = kept.standing_about(connection, f"tool:{tool}")
    of = views(rows, {}, gate.as_of.date()).get(tool, Views())
    return [_rating(connection, side, of) for side in Side]


def _rating(connection: Connection, side: Side, of: Views) -> Row:
    one = of.ratings.get(side)
    row: Row = {"side": side.value, "called": called(side), "steps": STEPS}
    if one is None:
        return row | {"importance": None, "risk": None, "reason": None, "at": None, "decision": None}
    said = {"importance": one.importance, "risk": one.risk, "reason": kept.text_of(connection, one.reason)}
    return row | said | {"at": iso(one.at), "decision": None if one.answered else one.decision}
