"""One finding with all that stands behind it, asked for by its id: what the page of `findings show` has, quickly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commands import fact_words
from commands.acting import addresses
from commands.faces.case_parts import words_of
from commands.finding_page import accepted, policy_row, reads
from commands.opening import Desk
from commands.settling import missing, settled_by
from commands.standing import today
from model.facts import ATTRIBUTES
from policies.shape import Policy
from storage import judged
from storage.listings import facts, findings
from storage.listings.coverage import coverage
from storage.store import Connection

Row = dict[str, Any]


def whole(connection: Connection, desk: Desk, policies: Mapping[str, Policy], finding: str) -> Row | None:
    """Return a finding with its facts in words, evidence, rule, waiver and history; None where there is none."""
    name, _, tool = finding.partition(":")
    rows = findings.findings(connection, day=today(desk), tool_id=tool)
    row = next((row for row in rows if row["policy"] == name), None)
    if row is None:
        return None
    policy = policies.get(name)
    known = {fact["fact"]: fact for fact in facts.facts(connection, tool)}
    said = judged.attributes(connection, tool) or {}
    streams = coverage(connection)
    waiver = accepted(connection, row["id"]) if row["state"] == "waived" else None
    if waiver is not None:
        waiver |= {"by": addresses(desk).get(waiver["by"], waiver["by"])}
    return row | {
        "message": words_of(row["message"]),
        "title": name if policy is None else policy.title,
        "facts": [_fact(one, row, known, said, desk) for one in reads(policy, row)],
        "missing": [lack | _settled(lack, streams) for lack in missing(row)],
        "rule": None if policy is None else policy_row(policy),
        "waiver": waiver,
        "history": findings.history(connection, name, tool),
    }


def _what(fact: str) -> str:
    return words_of(fact_words.meaning(fact) or fact)


def _settled(lack: Mapping[str, str], streams: list[Row]) -> Row:
    settles = settled_by(lack["fact"], lack["reason"], streams)
    return {"what": _what(lack["fact"]), "settles": None if "`" in settles else words_of(settles)}


def _fact(name: str, row: Mapping[str, Any], known: Mapping[str, Row], said: Mapping[str, Any], desk: Desk) -> Row:
    currency = desk.company.base_currency
    if name in ATTRIBUTES:
        value = said.get(name)
        words = None if value in {None, ""} else fact_words.value(name, value, desk.zone, currency)
        return {"fact": name, "what": _what(name), "said": words, "reason": None, "evidence": [], "seen_at": None}
    fresh = known.get(name, {})
    read = next((one for one in row["reading"] if one["fact"] == name), fresh)
    same = read.get("value") == fresh.get("value")
    evidence = fresh["evidence"] if same and fresh.get("evidence") else read.get("evidence", [])
    value = read.get("value")
    return {
        "fact": name,
        "what": _what(name),
        "said": None if value is None else fact_words.value(name, value, desk.zone, currency),
        "reason": read.get("reason"),
        "evidence": evidence,
        "seen_at": fresh.get("seen_at") if same else None,
    }
