"""Policies that may apply: one row a tool, read as findings, and no version of anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import judged, may_apply
from storage.store import Store
from storage.tables import metadata

NOW = 1_700_000_000_000


def finding(policy="SEC-02", tool="quillfox", **changed):
    row = {
        "policy": policy,
        "tool_id": tool,
        "verdict": "unknown",
        "state": "open",
        "violated_once": 0,
        "queued": 0,
        "watched": 0,
        "evaluated": 1,
        "gap": "security",
        "severity": "high",
        "customer_severity": "medium",
        "message": "may apply: grants.active unknown",
        "reading": "[]",
        "missing": '["grants.active"]',
        "waived_until": None,
    }
    return row | changed


def stored(connection):
    return connection.exec_driver_sql("SELECT count(*) FROM finding").scalar()


def test_it_is_read_as_it_was_written_and_is_no_version(connection):
    judged.write_findings(connection, ["quillfox"], [finding(), finding("SEC-09", missing=None)], NOW)

    rows = judged.findings(connection, ["quillfox"])["quillfox"]

    assert stored(connection) == 0
    assert [(r["policy"], r["verdict"], r["missing"]) for r in rows] == [
        ("SEC-02", "unknown", ["grants.active"]),
        ("SEC-09", "unknown", []),
    ]
    assert rows[0]["message"] == "may apply: grants.active unknown"


@pytest.mark.parametrize(
    "changed",
    [
        {"queued": 1},
        {"violated_once": 1},
        {"state": "waived", "waived_until": "2027-01-01"},
        {"evaluated": 0},
        {"verdict": "violated"},
    ],
)
def test_what_somebody_waits_for_stays_a_finding_with_its_versions(connection, changed):
    judged.write_findings(connection, ["quillfox"], [finding(**changed)], NOW)

    assert stored(connection) == 1
    assert may_apply.findings(connection) == {}


def test_what_becomes_one_ends_as_the_other(connection):
    judged.write_findings(connection, ["quillfox"], [finding()], NOW)
    judged.write_findings(connection, ["quillfox"], [finding(verdict="violated", queued=1, violated_once=1)], NOW + 1)

    assert may_apply.findings(connection) == {}
    (row,) = judged.findings(connection, ["quillfox"])["quillfox"]
    assert row["verdict"] == "violated"


def test_of_some_policies_only_theirs_are_written_anew(connection):
    judged.write_findings(connection, ["quillfox"], [finding("SEC-02"), finding("SEC-09")], NOW)
    judged.write_findings(connection, ["quillfox"], [finding("INT-01")], NOW + 1, ["SEC-09", "INT-01"])

    assert [r["policy"] for r in judged.findings(connection, ["quillfox"])["quillfox"]] == ["INT-01", "SEC-02"]
    assert judged.findings(connection, ["quillfox"], ["SEC-02"])["quillfox"][0]["policy"] == "SEC-02"


def test_a_tool_that_is_gone_keeps_nothing(connection):
    judged.write_findings(connection, ["quillfox", "other"], [finding(), finding(tool="other")], NOW)
    judged.write_findings(connection, ["quillfox"], [], NOW + 1)

    assert set(may_apply.findings(connection)) == {"other"}


POLICIES = st.sampled_from(["SEC-01", "SEC-02", "INT-01", "SUP-01"])
ROWS = st.lists(
    st.builds(
        finding,
        POLICIES,
        queued=st.integers(0, 1),
        watched=st.integers(0, 1),
        severity=st.sampled_from(["critical", "high", "medium", "low"]),
        missing=st.sampled_from([None, '["people.count"]', '["a.b","c.d"]']),
    ),
    max_size=4,
    unique_by=lambda row: row["policy"],
)


@settings(max_examples=60)
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_nothing_is_lost_and_nothing_doubled_whatever_comes_after_what(rounds):
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    for number, rows in enumerate(rounds):
        with store.write() as connection:
            judged.write_findings(connection, ["quillfox"], rows, NOW + number)
            found = judged.findings(connection, ["quillfox"]).get("quillfox", [])
        fields = ("policy", "queued", "watched", "severity")
        assert sorted(tuple(r[f] for f in fields) for r in found) == sorted(tuple(r[f] for f in fields) for r in rows)
    store.close()
