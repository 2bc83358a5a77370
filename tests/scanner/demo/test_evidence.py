"""How do we know? Every key of evidence that the demo company's store holds opens."""

import json
from collections import Counter

from sqlalchemy import text

from commands.evidence import find_evidence
from commands.shape import Failure


def held(connection):
    """Every key of evidence, of facts and of findings, of today and of before, each once."""
    kept = [json.loads(row.evidence) for row in connection.execute(text("SELECT evidence FROM fact"))]
    readings = connection.execute(text("SELECT reading FROM finding WHERE reading IS NOT NULL"))
    kept += [fact.get("evidence", []) for row in readings for fact in json.loads(row.reading)]
    return list(dict.fromkeys(key for keys in kept for key in keys))


def opens(desk, key):
    try:
        return find_evidence(desk, key)["evidence"] == key
    except Failure:
        return False


def test_every_evidence_key_of_the_store_opens(demo, desk):
    with demo.store.read() as connection:
        keys = held(connection)

    kinds = Counter(key.partition(":")[0] for key in keys)
    assert set(kinds) == {"signal", "usage", "decision", "tool"}
    assert min(kinds.values()) > 10
    assert [key for key in keys if not opens(desk, key)] == []


def test_a_record_that_is_gone_opens_and_says_since_when(demo, desk):
    with demo.store.read() as connection:
        found = [find_evidence(desk, key) for key in held(connection) if key.startswith("signal:")]

    gone = [row for row in found if "gone_since" in row]
    assert gone
    assert all(row["gone_since"] > row["seen_at"] for row in gone)
