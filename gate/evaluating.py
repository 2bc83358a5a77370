"""One tool judged anew in the transaction of the act that changes what is known of it; a run judges all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gate import waivers
from gate.acting import Gate
from gate.findings import Judged, of_row, row_of, settle
from model.fact import decode, encode
from model.facts import VOCABULARY, Known, Unknown
from policies.engine import judge_all
from storage import judged, kept
from storage.listings import facts as listed
from storage.recalled import once_a_read
from storage.store import Connection
from storage.times import to_ms

#: So many evidence keys are kept with a fact, the newest first.
EVIDENCE = 50


@once_a_read
def known(connection: Connection, tool: str) -> dict[str, Known | Unknown]:
    """Return the facts of a tool as the last run, or a later act, left them."""
    return {row["fact"]: fact for row in listed.facts(connection, tool) if (fact := _fact(row)) is not None}


def _fact(row: Mapping[str, Any]) -> Known | Unknown | None:
    fact = VOCABULARY.get(row["fact"])
    if row["value"] is None:
        return Unknown(row["reason"] or "unknown")
    value = None if fact is None else decode(fact, row["value"])
    seen = None if row["seen_at"] is None else datetime.fromisoformat(row["seen_at"])
    return None if value is None else Known(value, tuple(row["evidence"]), seen)


def evaluate(connection: Connection, gate: Gate, tool: str, changed: Mapping[str, Known | Unknown]) -> None:
    """Judge a tool by what is known of it, with some facts changed, and keep both; its other facts stay as they are.

    What is another now is valid from the moment of the act; all counts back from the as-of of the figures.
    """
    attributes = judged.attributes(connection, tool)
    if attributes is None:
        return
    attributes["company.currency"] = gate.currency or ""
    facts = {**known(connection, tool), **changed}
    now = to_ms(gate.at)
    judged.write_facts(connection, [tool], [fact_row(tool, name, fact) for name, fact in facts.items()], now)
    found = judge_all(gate.pack.policies, [(tool, attributes, facts)], gate.as_of)
    verdicts = {verdict.policy: verdict for _, verdict in found}
    subject = Judged(tool_id=tool, attributes=attributes, facts=facts, verdicts=verdicts)
    before = {row["policy"]: of_row(row) for row in judged.findings(connection, [tool]).get(tool, ())}
    policies = {*before, *(policy.id for policy in gate.pack.policies)}
    ruled = kept.on_objects(connection, [f"finding:{policy}:{tool}" for policy in sorted(policies)])
    accepted = waivers.waivers(ruled, gate.as_of.date()).get(tool, {})
    after = settle(gate.pack.policies, subject, before, waivers.until_days(accepted))
    judged.write_findings(connection, [tool], [row_of(finding) for finding in after.values()], now)


def fact_row(tool: str, name: str, fact: Known | Unknown) -> dict[str, Any]:
    """Return a fact as the store keeps it, with the newest of its evidence."""
    row: dict[str, Any] = {"tool_id": tool, "name": name}
    if isinstance(fact, Unknown):
        return row | {"value": None, "reason": fact.reason, "evidence": "[]", "seen_at": None}
    seen = None if fact.at is None else to_ms(fact.at)
    evidence = json.dumps(fact.evidence[:EVIDENCE], ensure_ascii=False)
    value = json.dumps(encode(fact.value), ensure_ascii=False)
    return row | {"value": value, "reason": None, "evidence": evidence, "seen_at": seen}
