"""The page of one finding: what is wrong, what was read, how we know it, what the policy says, and what to do."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from commands import fact_words
from commands.acting import by_address
from commands.cells import title
from commands.figures import listed_tools
from commands.opening import Desk
from commands.settling import settled_by
from commands.standing import FIELDS, place, policies, refused_lines, short
from commands.tool_findings import case_text
from gate.waivers import WAIVE
from model.facts import ATTRIBUTES
from policies.reading import references
from policies.shape import Policy
from reports.columns import Column, day, text
from reports.words import clean, plural
from reports.words import day as day_text
from storage import kept
from storage.listings import cases, facts, findings
from storage.listings.coverage import coverage
from storage.store import Connection
from storage.times import iso

if TYPE_CHECKING:
    from reports.terminal import Screen

#: So many pieces of evidence are shown beside a fact; programs get all.
_SHOWN = 5
_NO_EVIDENCE = "our own records say so, or whole lists in which nothing of the kind was seen"
_HISTORY = (
    day("at", "When"),
    Column(title="What", cell=lambda row, _z: row["what"], wraps=True, least=12),
    Column(title="Severity", cell=lambda row, _z: row["severity"] or "", rank=2),
    Column(title="Said", cell=lambda row, _z: short(clean(row["message"] or "")), wraps=True, rank=1, least=24),
)
_WANTS = (
    text("fact", "Unknown", least=16),
    text("reason", "Because", least=24),
    text("settles", "What would settle it", least=24),
)


def whole(desk: Desk, row: dict[str, Any]) -> dict[str, Any]:
    """Return all that stands behind a finding: the listing's fields, and what its page shows beside them."""
    policy = policies(desk).get(row["policy"])
    tool = next((t for t in listed_tools(desk) if t["id"] == row["tool_id"]), {"id": row["tool_id"]})
    with desk.store.read() as connection:
        known = {fact["fact"]: fact for fact in facts.facts(connection, row["tool_id"])}
        streams = coverage(connection)
        past = findings.history(connection, row["policy"], row["tool_id"])
        waiver = accepted(connection, row["id"]) if row["state"] == "waived" else None
        case = next(
            (c for c in cases.cases(connection) if c["tool_id"] == row["tool_id"] and c["state"] == "open"), None
        )
    return {
        **{name: row[name] for name in FIELDS},
        "since": row["since"],
        "was_violated": row["was_violated"],
        "facts": [_fact(name, row, known, tool) for name in reads(policy, row)],
        "settles": [w | {"settles": settled_by(w["fact"], w["reason"], streams)} for w in row["missing"]],
        "tool_status": tool.get("status"),
        "tool_category": tool.get("category"),
        "people": tool.get("people"),
        "case": None if case is None else {n: case[n] for n in ("id", "opened_at", "due_at", "waiting_for", "why")},
        "rule": None if policy is None else policy_row(policy),
        "waiver": waiver and by_address(desk, [waiver])[0],
        "history": past,
        "refused": [] if policy is not None else refused_lines(desk=desk),
        "currency": desk.company.base_currency,
    }


def reads(policy: Policy | None, row: dict[str, Any]) -> list[str]:
    """Return the facts to show: those that the policy reads and its message names, else those that were read."""
    if policy is None:
        return [read["fact"] for read in row["reading"]]
    named = dict.fromkeys((*policy.reads, *policy.message.names))
    return [name for name in named if name != "now" and not name.startswith("company.")]


def _fact(name: str, row: dict[str, Any], known: dict[str, dict[str, Any]], tool: dict[str, Any]) -> dict[str, Any]:
    if name in ATTRIBUTES:
        return fact_words.attribute_row(name, tool)
    fresh = known.get(name, {})
    read = next((read for read in row["reading"] if read["fact"] == name), fresh)
    same = read.get("value") == fresh.get("value")
    return {
        "fact": name,
        "value": read.get("value"),
        "reason": read.get("reason"),
        "evidence": fresh["evidence"] if same and fresh.get("evidence") else read.get("evidence", []),
        "seen_at": fresh.get("seen_at") if same else None,
    }


def policy_row(policy: Policy) -> dict[str, Any]:
    """Return what a policy says, as JSON has it: applies, require, file, why, do, refs."""
    return {
        "applies": policy.applies.text,
        "require": policy.require.text,
        "file": place(policy),
        "why": policy.why,
        "do": list(policy.do),
        "refs": [{"ref": ref, "title": references()[ref]} for ref in policy.refs],
    }


def draw_finding(page: Screen, found: dict[str, Any]) -> None:
    """Draw the page of one finding."""
    page.heading(found["title"], found["id"])
    page.line(_verdict(page, found))
    page.line()
    page.line(found["message"], style="bold")
    page.line()
    page.facts(_summary(page, found))
    rule = found["rule"]
    if found["settles"]:
        page.heading("What would settle it")
        page.table(_WANTS, found["settles"])
    if rule is not None and found["verdict"] != "met":
        page.heading("What to do")
        for count, step in enumerate(rule["do"], 1):
            page.line(f"{count}. {step}", indent=2)
        page.heading("Why it matters")
        page.line(rule["why"])
    _draw_facts(page, found)
    _draw_rule(page, found)
    page.heading("What became of it", "the first line is when it was first judged")
    page.table(_HISTORY, found["history"])


def _verdict(page: Screen, found: dict[str, Any]) -> str:
    if found["since"] is None:  # kept as one of the many policies that may apply, not since when
        return "It may apply: whether it does is unknown."
    since = day_text(_since(found), page.zone)
    if not found["evaluated"]:
        return f"Not evaluated since {since}: the policy was refused, is off or is gone. This is what was found before."
    if found["state"] == "waived":
        return f"Waived: {_waiver(found)}. It is {found['verdict']}, and asks nobody until then."
    if found["state"] == "resolved":
        return f"Resolved on {since}: the policy's condition was met, on complete evidence."
    if found["verdict"] == "violated":
        watched = ", and only watched: nobody is asked to act" if found["watched"] else ""
        return f"Violated since {since}, and open{watched}."
    before = " It was violated before, and stays open until it can be judged." if found["was_violated"] else ""
    if found["queued"]:
        return f"It applies, and cannot be judged, since {since}: something that it reads is unknown.{before}"
    return f"It may apply: whether it does has been unknown since {since}.{before}"


def accepted(connection: Connection, finding: str) -> dict[str, Any] | None:
    """Return the latest waiver of a finding that was not taken back: decision, at, by, reason (None where erased)."""
    rows = [row for row in kept.standing_about(connection, f"finding:{finding}") if row["kind"] == WAIVE]
    if not rows:
        return None
    row = rows[-1]
    reason = kept.text_of(connection, row["reason_hash"])
    return {"decision": row["id"], "at": iso(row["at"]), "by": row["by"], "reason": reason}


def _waiver(found: dict[str, Any]) -> str:
    """Return until when a finding is accepted, by whom and why, as far as that is still known."""
    waiver = found["waiver"] or {}
    until = f"until {found['waived_until']}" if found["waived_until"] else "until it is resolved"
    by = f" by {clean(waiver['by'])} (decision {waiver['decision']})" if waiver else ""
    return f"{until}{by}: {clean(waiver['reason'])}" if waiver.get("reason") else f"{until}{by}"


def _since(found: dict[str, Any]) -> str:
    """Return since when it is as it is; what could not be judged for a while was violated all the while."""
    if found["verdict"] != "violated" or not found["evaluated"]:
        return str(found["since"])
    turns = [turn["at"] for turn in found["history"] if turn["what"] in {"opened", "reopened"}]
    return str(turns[-1] if turns else found["since"])


def _summary(page: Screen, found: dict[str, Any]) -> list[tuple[str, str]]:
    status = str(found["tool_status"] or "unknown").replace("_", " ")
    people = f"; {plural(found['people'], 'person', 'people')} in the last 90 days" if found["people"] else ""
    return [
        ("Tool", f"{found['tool']}, {title(found['tool_category']).lower()}; {status}{people}"),
        ("Technology", f"{found['severity']}: what it does to systems, data and money"),
        ("Customers", f"{found['customer_severity']}: what it does to customers and their data"),
        ("Gap", found["gap"]),
        ("First seen", day_text(found["first_seen"], page.zone)),
        ("Last seen", day_text(found["last_seen"], page.zone)),
        ("Case", case_text(page, found["case"])),
    ]


def _draw_facts(page: Screen, found: dict[str, Any]) -> None:
    page.heading("What was read")
    page.table(fact_words.columns(found["currency"]), found["facts"])
    page.heading("How we know", "each command shows what a source said")
    for evidence, names in _by_evidence(found["facts"]):
        page.line(", ".join(names) + ("" if evidence else f": {_NO_EVIDENCE}"), indent=2)
        for key in evidence[:_SHOWN]:
            page.command(evidence_command(key))
        if len(evidence) > _SHOWN:
            page.line(f"and {len(evidence) - _SHOWN:,} more; --format json gives all", indent=4)
    page.line("The tool, with all that is known of it:", indent=2)
    page.command(f"ostiary tools show {shlex.quote(found['tool_id'])} --facts")


def _by_evidence(facts_: list[dict[str, Any]]) -> list[tuple[list[str], list[str]]]:
    """Return evidence with the known facts that rest on it, each once; what rests on none comes last."""
    found: dict[tuple[str, ...], list[str]] = {}
    for fact in facts_:
        if fact["value"] is not None:
            found.setdefault(tuple(fact["evidence"]), []).append(fact["fact"])
    return sorted(((list(keys), names) for keys, names in found.items()), key=lambda pair: not pair[0])


def evidence_command(key: str) -> str:
    """Return the command that shows what stands behind an evidence key; another tool has a page of its own."""
    kind, _, rest = key.partition(":")
    return f"ostiary tools show {shlex.quote(rest)}" if kind == "tool" else f"ostiary signals show {shlex.quote(key)}"


def _draw_rule(page: Screen, found: dict[str, Any]) -> None:
    rule = found["rule"]
    if rule is None:
        page.heading("The policy", found["policy"])
        page.line("It is not evaluated: the finding stays as it was until the policy is back.")
        for line in found["refused"]:
            page.line(line)
        return
    page.heading("The policy", rule["file"])
    page.facts([("applies", rule["applies"]), ("require", rule["require"])])
    page.command(f"ostiary policy show {found['policy']}", "Its worked examples:")
    if rule["refs"]:
        page.heading("See also", "the topic is dealt with there")
        page.facts([(ref["ref"], ref["title"]) for ref in rule["refs"]])
