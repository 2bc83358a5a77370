"""What the page of a case says of its review: the state, who signed what, what is agreed, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from commands.acting import gate_of
from commands.opening import Desk
from gate import accounts, conditions, reviewing, states
from gate.acting import Gate
from gate.keys import Side
from gate.material import Material
from model.errors import OstiaryError
from reports.columns import Column, day, number, text, word
from reports.words import clean
from storage import cases as stored
from storage import kept, queries
from storage.store import Connection
from storage.times import iso

if TYPE_CHECKING:
    from reports.terminal import Screen

#: So much of a digest names a state on a page, and is what `--seen` takes.
SEEN = 12
_SIGNATURES = (
    number("signature", "No"),
    word("side", "For"),
    text("by", "Who", least=16),
    word("outcome", "Says"),
    day("at", "When", rank=3),
    text("reason", "Reason", least=16),
    Column(title="Counts", cell=lambda row, _z: "yes" if row["counts"] else "no: the state is another", rank=2),
)
_CONDITIONS = (
    number("number", "No"),
    text("text", "Condition", least=24),
    text("owner", "Who", least=12, rank=1),
    Column(title="Due", cell=lambda row, _z: row["due"]),
    Column(title="Met", cell=lambda row, _z: f"decision {row['met']}" if row["met"] else "not yet"),
)


def review_of(desk: Desk, case: int) -> dict[str, Any]:
    """Return what is known of the review of a case, as JSON has it."""
    gate = gate_of(desk, checked=False)
    with desk.store.read() as connection:
        row = stored.case(connection, case)
        assert row is not None
        now = states.state(connection, row["tool_id"], gate)
        shown = review_in(connection, gate, row, now)
        known = row["state"] != "open" or stored.state(connection, now.digest) is not None
    if not known:
        _keep(desk, now)
    return shown


def _keep(desk: Desk, now: Material) -> None:
    """Keep the state that somebody reads: who decides on it and finds another one is told the difference."""
    with suppress(OstiaryError), desk.store.write() as connection:  # who may only read reads all the same
        stored.keep_state(connection, now.digest, now.plain())


def review_in(connection: Connection, gate: Gate, row: Mapping[str, Any], now: Material) -> dict[str, Any]:
    """Return what is known of the review of a case; `row` is the case as the store has it, `now` its tool's state."""
    case, tool, named = row["id"], row["tool_id"], accounts.addresses(connection)
    ended = conditions.decision_of(connection, case)
    about = now.digest if row["state"] == "open" or ended is None else str(ended["detail"].get("state"))
    changed = states.since_decided(connection, tool, gate, now)
    return {
        "seen": now.digest[:SEEN],
        "digest": now.digest,
        "waits_since": iso(row["stage_at"] or row["opened_at"]) if row["state"] == "open" else None,
        "changed": [
            {"kind": change.kind, "said": change.said, "reopens": change.reopens}
            for change in changed
            if change.reopens or row["state"] == "open"  # a decision itself makes findings go
        ],
        "signatures": [_signature(connection, one, named, about) for one in reviewing.words(connection, case)],
        "decision": None if ended is None else _decision(connection, ended, named),
        "accounts": bool(named),
    }


def _signature(connection: Connection, row: Mapping[str, Any], named: Mapping[str, str], about: str) -> dict[str, Any]:
    detail = row["detail"]
    stead = detail.get("for")
    by = named.get(row["by"], row["by"])
    return {
        "signature": row["id"],
        "side": detail["side"],
        "by": by if stead is None else f"{by} for {named.get(f'account:{stead}', stead)}",
        "outcome": detail["outcome"],
        "at": iso(row["at"]),
        "reason": kept.text_of(connection, row["reason_hash"]),
        "sentence": kept.text_of(connection, detail.get("words", {}).get("sentence")),
        "counts": detail["state"] == about,
        **_terms(connection, detail),
    }


def _terms(connection: Connection, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return on which terms somebody signed: conditions (text, owner, due), review_by, and the other tool."""
    on, worded = detail.get("on", {}), detail.get("words", {})
    conditions = [
        {
            "text": kept.text_of(connection, worded.get(one["text"])),
            "owner": queries.actor_name(connection, one["owner"]),
            "due": one["due"],
        }
        for one in on.get("conditions", ())
    ]
    other = on.get("instead_of")
    return {
        "conditions": conditions,
        "review_by": on.get("review_by"),
        "instead_of": None if other is None else queries.tool_name(connection, other) or other,
    }


def _decision(connection: Connection, row: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    detail = row["detail"]
    listed = conditions.listed(connection, dict(row))
    return {
        "decision": row["id"],
        "status": detail["status"],
        "by": named.get(row["by"], row["by"]),
        "rule": detail.get("rule"),
        "at": iso(row["at"]),
        "reason": kept.text_of(connection, row["reason_hash"]),
        "sentence": kept.text_of(connection, detail.get("words", {}).get("sentence")),
        "review_by": detail.get("review_by"),
        "conditions": [one | {"owner": queries.actor_name(connection, one["owner"])} for one in listed],
    }


# --- the page --------------------------------------------------------------------------------------------------------


def draw_review(page: Screen, row: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Draw the state, what changed since the last decision, the signatures, and the decision."""
    page.heading("The state", f"{found['seen']}, which is what --seen takes")
    if found["changed"]:
        page.line("Since it was last decided on:", indent=2)
    for change in found["changed"]:
        page.line(f"{clean(change['said'])}{' That is why it is back.' if change['reopens'] else ''}", indent=4)
    if found["signatures"]:
        page.heading("Signatures")
        page.table(_SIGNATURES, found["signatures"])
    elif row["state"] == "open":
        page.line("Nobody has signed yet.", indent=2)
    if found["decision"] is not None:
        _draw_decision(page, found["decision"])


def _draw_decision(page: Screen, made: Mapping[str, Any]) -> None:
    page.heading("The decision", f"number {made['decision']}")
    by = f"rule {made['rule']}" if made["rule"] else made["by"]
    page.line(f"{clean(made['status']).replace('_', ' ').capitalize()} by {clean(by)}: {clean(made['sentence'] or '')}")
    if made["reason"]:
        page.line(f"Reason: {clean(made['reason'])}", indent=2)
    if made["review_by"]:
        page.line(f"It is looked at again by {made['review_by']}.", indent=2)
    if made["conditions"]:
        page.table(_CONDITIONS, made["conditions"])


def draw_next(page: Screen, row: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Draw the command that comes next: which one decides."""
    page.heading("To decide" if row["state"] == "open" else "To change that")
    if not found["accounts"]:
        page.command("ostiary review init --email EMAIL", "Who decides needs an account; the first one is made by:")
        return
    case = row["id"]
    if row["state"] != "open":
        _draw_after(page, case, found["decision"])
        return
    counted = [one for one in found["signatures"] if one["counts"]]
    if counted:
        side = "Marketing" if counted[-1]["side"] == Side.IT else "IT"
        page.command(f"ostiary review agree {case} --reason TEXT --as EMAIL", f"{side} signs the same:")
    elif row["assignee"] is None:
        page.command(f"ostiary review take {case} --as EMAIL", "To take it up:")
    if not counted and any(one["verdict"] == "unknown" for one in row["findings"]):
        page.command(f"ostiary review ask {case} --as EMAIL", "To ask those who know what no source shows:")
    seen = f"--seen {found['seen']}"
    page.command(f"ostiary review decide {case} approve --reason TEXT --sentence TEXT {seen} --as EMAIL", _OUTCOMES)
    page.line(_CONDITIONAL)


_OUTCOMES = "To sign it; reject, retire or approve_with_conditions may stand in the place of approve:"
_CONDITIONAL = 'The last one takes --condition "TEXT;EMAIL;DATE", once for each condition.'


def _draw_after(page: Screen, case: int, made: Mapping[str, Any] | None) -> None:
    if made is None:
        page.line("Nothing that was decided here is in force.")
        return
    owed = next((one["number"] for one in made["conditions"] if one["met"] is None), None)
    if owed is not None:
        page.command(f"ostiary review condition met {case} {owed} --reason TEXT --as EMAIL", "When a condition is met:")
    page.command(f"ostiary review undo {made['decision']} --reason TEXT --as EMAIL", "To take the decision back:")
