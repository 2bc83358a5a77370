"""What the bands rest on: findings that stand, and which facts are known."""

import pytest

from storage import risks


@pytest.fixture
def put(filling):
    def finding(policy, tool="quillfox", **more):
        row = {
            "policy": policy, "tool_id": tool, "valid_from": 1, "valid_to": None, "verdict": "violated",
            "state": "open", "violated_once": 1, "queued": 1, "watched": 0, "evaluated": 1, "gap": "security",
            "severity": "high", "customer_severity": "low", "message": "x", "reading": "[]", "missing": None,
        }  # fmt: skip
        filling.insert("finding", **row | more)

    return finding


@pytest.fixture
def fact(filling):
    def put(name, value, tool="quillfox", until=None):
        row = {"tool_id": tool, "name": name, "valid_from": 1, "valid_to": until, "value": value, "evidence": "[]"}
        filling.insert("fact", **row, reason=None if value else "not read", seen_at=None)

    return put


def standing(connection, tool=None):
    return {name: [row["policy"] for row in rows] for name, rows in risks.standing(connection, tool).items()}


def test_what_is_violated_waived_or_applies_and_cannot_be_judged_stands(connection, put):
    put("SEC-02")
    put("SEC-01", state="waived", queued=0)
    put("SEC-03", verdict="unknown", missing='["people.count"]')

    assert standing(connection) == {"quillfox": ["SEC-01", "SEC-02", "SEC-03"]}
    assert risks.standing(connection)["quillfox"][2]["missing"] == ["people.count"]


def test_what_is_resolved_watched_ended_or_may_apply_does_not(connection, put):
    put("SEC-01", state="resolved", verdict="met")
    put("SEC-02", watched=1)
    put("SEC-03", valid_to=5)
    put("SEC-04", verdict="unknown", queued=0)

    assert standing(connection) == {}


def test_one_tool_can_be_asked_for(connection, put, fact):
    put("SEC-02")
    put("SEC-02", "pike")
    fact("people.count", "3")
    fact("people.count", "4", "pike")

    assert standing(connection, "pike") == {"pike": ["SEC-02"]}
    assert risks.known(connection, ["people.count"], "pike") == {"pike": {"people.count"}}


def test_facts_are_known_where_they_have_a_value_in_force(connection, fact):
    fact("people.count", "3")
    fact("data.personal", None)
    fact("grants.active", "1", until=9)
    fact("people.count", None, "pike")

    wanted = ["people.count", "data.personal", "grants.active"]
    assert risks.known(connection, wanted) == {"quillfox": {"people.count"}, "pike": frozenset()}


def test_without_wanted_facts_judged_tools_are_there_all_the_same(connection, fact):
    fact("people.count", "3")

    assert risks.known(connection, []) == {"quillfox": frozenset()}
