"""Puts findings, facts and cases of one's own beside what was really judged."""

import contextlib
import json

from storage import judged
from storage.store import Store

READING = [
    {"fact": "grants.active", "value": 6, "evidence": ["signal:google/tokens/1", "signal:google/tokens/2"]},
    {"fact": "grants.leaver_owned", "value": 1, "evidence": ["signal:google/tokens/1"]},
]
BLIND = [READING[0], {"fact": "grants.leaver_owned", "value": None, "reason": "okta/users refused: okta.users.read"}]
UNKNOWN = {
    "verdict": "unknown",
    "message": "cannot be judged: grants.leaver_owned unknown",
    "reading": json.dumps(BLIND),
    "missing": '["grants.leaver_owned"]',
}
MAY = UNKNOWN | {"queued": 0, "message": "may apply: grants.active unknown", "missing": '["grants.active"]'}
MET = {"verdict": "met", "state": "resolved", "queued": 0, "message": ""}


def finding(policy="SEC-02", tool="zapier", **more):
    row = {
        "policy": policy, "tool_id": tool, "verdict": "violated", "state": "open", "violated_once": 1, "queued": 1,
        "watched": 0, "evaluated": 1, "gap": "security", "severity": "high", "customer_severity": "medium",
        "message": "Grants in force of people who have left: 1 of 6", "reading": json.dumps(READING), "missing": None,
    }  # fmt: skip
    return row | more


@contextlib.contextmanager
def opened(folder):
    store = Store(f"sqlite:///{folder}/ostiary.db")
    try:
        with store.write() as connection:
            yield connection
    finally:
        store.close()


def put(folder, *rows, at=None):
    """Make these the findings in force, and no others, from a moment on: that of the last run where none is named."""
    with opened(folder) as connection:
        last = connection.exec_driver_sql("SELECT max(started_at) FROM run").scalar()
        known = judged.judged_tools(connection) | {row["tool_id"] for row in rows}
        judged.write_findings(connection, known, rows, last if at is None else last + at)
