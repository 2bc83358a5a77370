"""A gate with one tool at it: accounts of every role, an open case, and what is known of the tool."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from pathlib import Path

from catalog.categories import CATEGORIES
from gate import accounts
from gate.acting import Gate
from gate.audit import Trail
from gate.reviewing import Review
from gate.roles import Role
from gate.rules import load_rules
from gate.terms import Terms
from policies.engine import load
from policies.risk import load_rules as load_risks
from storage import derived, judged
from storage.times import to_ms

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
TOOL = "quillfox"
PLAIN = {"people.count": 4, "access.sso_registered": True, "grants.active": 0, "data.personal": False}


@functools.cache
def pack():
    found = load([Path(__file__).with_name("policies.yaml")], CATEGORIES)
    assert not found.refused
    return found


def gate(at=NOW, **changed):
    held = {
        "trail": Trail(b"k" * 32),
        "rules": load_rules(categories=CATEGORIES),
        "risk_rules": load_risks(),
        "pack": pack(),
        "as_of": at,
        "currency": "EUR",
    }
    return Gate(at=at, **(held | changed))


def add_tool(connection, tool=TOOL, facts=None, at=NOW, **changed):
    """Enter a tool as a run would have left it, with facts, and an open case; return the case's number."""
    row = {
        "id": tool,
        "name": tool.title(),
        "vendor": None,
        "category": "email_marketing",
        "marketing": 1,
        "provisional": 0,
        "noise": None,
        "status": "new",
    }
    derived.replace_tools(connection, [row | changed])
    know(connection, facts or PLAIN, tool, at)
    opened = {"kind": "found", "tool_id": tool, "opened_at": to_ms(at), "opened_by_run": 1, "due_at": to_ms(at)}
    return judged.open_case(connection, opened | {"why": "all of its people are in marketing"})


def know(connection, facts, tool=TOOL, at=NOW):
    """Let facts of a tool be known; None is unknown."""
    rows = [
        {
            "tool_id": tool,
            "name": name,
            "value": None if value is None else json.dumps(value),
            "reason": "refused" if value is None else None,
            "evidence": "[]",
            "seen_at": None,
        }
        for name, value in facts.items()
    ]
    judged.write_facts(connection, [tool], rows, to_ms(at))


def staff(connection, at=NOW):
    """Return accounts by role, and two more approvers."""
    trail = Trail(b"k" * 32)
    root = accounts.begin(connection, trail, "root@example.com", by="user:root", at=at).account
    made = {Role.ADMINISTRATOR: root}
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            made[role] = accounts.add(connection, trail, root, f"{role}@example.com", [role], at=at).account
    return made


def terms(outcome="approve", **changed):
    said = {"reason": "Looked at all of it", "sentence": "You may use it."}
    return Terms(outcome=outcome, **(said | changed))


def sign(connection, number, by, word=None, at=NOW, **changed):
    return Review(connection, gate(at, **changed), number, by).sign(word or terms())
