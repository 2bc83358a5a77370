"""Findings, cases and facts as they are listed: since when, what became of them, and which come first."""

import json

import pytest

from model.signal import SignalKind
from model.stream import Mode
from storage import judged
from storage.listings import cases, changes, facts, findings, tools
from tests.storage.filling import at, ms

#: Three runs.
FIRST, SECOND, THIRD = ms(2026, 3, 1), ms(2026, 3, 8), ms(2026, 3, 15)
FINDING_FIELDS = {
    *("id", "policy", "gap", "severity", "customer_severity", "verdict", "tool_id", "tool", "message", "evidence"),
    *("first_seen", "last_seen", "state"),
}
CASE_FIELDS = {
    *("id", "kind", "tool_id", "tool", "state", "stage", "waiting_for", "opened_at", "due_at", "technology_risk"),
    *("customer_risk", "assignee", "owner_business", "owner_technical"),
}


def finding(policy="SEC-02", tool="quillfox", **more):
    reading = [
        {"fact": "grants.active", "value": 2, "evidence": ["signal:google/tokens/1", "signal:google/tokens/2"]},
        {"fact": "grants.leaver_owned", "value": 1, "evidence": ["signal:google/tokens/1"]},
    ]
    row = {
        "policy": policy, "tool_id": tool, "verdict": "violated", "state": "open", "violated_once": 1, "queued": 1,
        "watched": 0, "evaluated": 1, "gap": "security", "severity": "high", "customer_severity": "medium",
        "message": "1 of 2", "reading": json.dumps(reading), "missing": None,
    }  # fmt: skip
    return row | more


_TOOLS = ("quillfox", "few", "many", "merged-away", "other", "calm")
UNKNOWN = {
    "verdict": "unknown",
    "message": "cannot be judged: grants.leaver_owned unknown",
    "missing": '["grants.leaver_owned"]',
}
MET = {"verdict": "met", "state": "resolved", "queued": 0, "message": ""}


@pytest.fixture
def run(connection, filling):
    """A run at a time that judges what it is given."""
    filling.tool()

    def judge(started, *rows, outcome="complete"):
        filling.insert(
            "run", command="ingest", started_at=started, ended_at=started + 5, as_of=started, outcome=outcome
        )
        judged.write_findings(connection, _TOOLS, rows, started)

    return judge


def figure(filling, tool, people):
    money = dict.fromkeys(("spend_12m", "spend_total"), "{}")
    counts = {"people_ever": people, "sources": "[]"}
    filling.insert("figures", tool_id=tool, people=people, first_seen=None, last_seen=None, **counts, **money)


def test_the_facts_that_an_unknown_verdict_wants_are_listed_by_name(connection, run):
    run(FIRST, finding("SEC-02", **UNKNOWN), finding("INT-03"))

    found = {row["policy"]: row["missing"] for row in findings.findings(connection)}

    assert found == {"SEC-02": ["grants.leaver_owned"], "INT-03": []}


def test_what_an_earlier_version_judged_wants_nothing_by_name(connection, run):
    run(FIRST, finding("SEC-02", **UNKNOWN | {"missing": None}))

    assert [row["missing"] for row in findings.findings(connection)] == [[]]


# --- findings --------------------------------------------------------------------------------------------------------


def test_a_finding_carries_the_fields_of_the_contract(connection, run):
    run(FIRST, finding())

    (found,) = findings.findings(connection)

    assert set(found) >= FINDING_FIELDS
    expected = {
        "id": "SEC-02:quillfox",
        "tool": "Quillfox",
        "verdict": "violated",
        "state": "open",
        "message": "1 of 2",
    }
    assert {name: found[name] for name in expected} == expected
    assert found["evidence"] == ["signal:google/tokens/1", "signal:google/tokens/2"]


def test_what_stands_was_last_seen_by_the_last_run(connection, run):
    run(FIRST, finding())
    run(SECOND, finding())
    run(THIRD, finding(message="other words"))

    (found,) = findings.findings(connection)

    assert (found["first_seen"], found["last_seen"]) == ("2026-03-01T00:00:00Z", "2026-03-15T00:00:00Z")
    assert found["since"] == "2026-03-01T00:00:00Z"
    assert found["message"] == "other words"


def test_what_was_resolved_was_last_seen_when_it_ended(connection, run):
    run(FIRST, finding())
    run(SECOND, finding(**MET))
    run(THIRD, finding(**MET))

    (found,) = findings.findings(connection)

    assert (found["state"], found["first_seen"], found["last_seen"]) == (
        "resolved",
        "2026-03-01T00:00:00Z",
        "2026-03-08T00:00:00Z",
    )


def test_a_run_that_failed_has_judged_nothing(connection, run, filling):
    run(FIRST, finding())
    filling.insert("run", command="ingest", started_at=THIRD, ended_at=THIRD, as_of=THIRD, outcome="failed")
    filling.insert("run", command="ingest", started_at=THIRD + 1, ended_at=None, as_of=THIRD, outcome=None)

    assert findings.findings(connection)[0]["last_seen"] == "2026-03-01T00:00:00Z"


def test_the_worst_comes_first_then_the_worse_for_customers_then_that_of_most_people(connection, run, filling):
    for tool, people in (("few", 2), ("many", 30)):
        filling.tool(tool, tool.title())
        figure(filling, tool, people)
    run(
        FIRST,
        finding("A-1", "many", severity="low", customer_severity="critical"),
        finding("A-2", "few"),
        finding("A-3", "many"),
        finding("A-4", "few", customer_severity="high"),
        finding("A-5", "few", severity="critical", **UNKNOWN),
        finding("A-6", "few", severity="critical"),
    )

    assert [row["policy"] for row in findings.findings(connection)] == ["A-6", "A-4", "A-3", "A-2", "A-1", "A-5"]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"policy": "SEC-02"}, ["SEC-02"]),
        ({"gap": "support"}, ["SUP-04"]),
        ({"verdict": "unknown"}, ["SUP-04"]),
        ({"severity": "high", "state": "open"}, ["SEC-02"]),
        ({"tool_id": "nothing"}, []),
        ({"tool_id": "quillfox", "gap": None}, ["SEC-02", "SUP-04"]),
    ],
)
def test_findings_are_filtered_by_value(connection, run, wanted, left):
    run(FIRST, finding(), finding("SUP-04", gap="support", severity="low", **UNKNOWN))

    assert [row["policy"] for row in findings.findings(connection, **wanted)] == left


def test_findings_of_a_tool_that_is_another_one_now_are_not_listed(connection, run):
    run(FIRST, finding(tool="merged-away"))

    assert findings.findings(connection) == []
    assert findings.history(connection, "SEC-02", "merged-away")[0]["what"] == "opened"


# --- what became of them ---------------------------------------------------------------------------------------------


def test_the_history_tells_each_turn_in_words(connection, run):
    run(FIRST, finding(violated_once=0, **UNKNOWN))
    run(SECOND, finding())
    run(THIRD, finding(**UNKNOWN))
    run(THIRD + 1000, finding())
    run(THIRD + 2000, finding(severity="low"))
    run(THIRD + 3000, finding(**MET))
    run(THIRD + 4000, finding())

    told = findings.history(connection, "SEC-02", "quillfox")

    assert [row["what"] for row in told] == [
        "applies, cannot be judged", "opened", "can no longer be judged", "still violated", "changed", "resolved",
        "reopened",
    ]  # fmt: skip
    assert told[1]["at"] == "2026-03-08T00:00:00Z"


def test_what_is_not_evaluated_stays_as_it_was_and_says_so(connection, run):
    run(FIRST, finding())
    run(SECOND, finding(evaluated=0))
    run(THIRD, finding(evaluated=0))

    (found,) = findings.findings(connection)

    assert (found["verdict"], found["evaluated"], found["last_seen"]) == ("violated", False, "2026-03-08T00:00:00Z")
    run(THIRD + 1000, finding())
    told = [row["what"] for row in findings.history(connection, "SEC-02", "quillfox")]
    assert told == ["opened", "no longer evaluated", "evaluated again"]


def test_what_is_kept_no_longer_has_ended(connection, run):
    run(FIRST, finding(violated_once=0, queued=1, **UNKNOWN))
    run(SECOND)

    told = findings.history(connection, "SEC-02", "quillfox")

    assert [(row["what"], row["at"]) for row in told] == [
        ("applies, cannot be judged", "2026-03-01T00:00:00Z"),
        ("ended", "2026-03-08T00:00:00Z"),
    ]


def test_a_run_tells_what_it_moved_and_nothing_else(connection, run):
    run(FIRST, finding(), finding("SUP-04"), finding("INT-03", violated_once=0, **UNKNOWN))
    run(SECOND, finding(**MET), finding("SUP-04"), finding("INT-03"))
    numbers = [row[0] for row in connection.exec_driver_sql("SELECT id FROM run ORDER BY id")]

    moved = [{(r["policy"], r["what"]) for r in findings.moves_of_run(connection, number)} for number in numbers]

    assert moved == [{("SEC-02", "opened"), ("SUP-04", "opened")}, {("SEC-02", "resolved"), ("INT-03", "opened")}]
    assert findings.moves_of_run(connection, 99) == []


def test_changes_list_findings_and_cases(connection, run):
    run(FIRST, finding())
    judged.open_case(connection, case(opened_at=FIRST))
    run(SECOND, finding(**MET))
    judged.close_cases(connection, ["quillfox"], THIRD)

    listed = [row for row in changes.changes(connection) if row["kind"] in {"finding", "case"}]

    assert [(row["kind"], row["what"], row["before"], row["after"]) for row in listed] == [
        ("finding", "SEC-02 opened: 1 of 2", None, "violated"),
        ("case", "case 1 opened: it is Marketing's", None, "open"),
        ("finding", "SEC-02 resolved", "violated", "met"),
        ("case", "case 1 closed", "open", "closed"),
    ]
    late = [row["what"] for row in changes.changes(connection, since=SECOND) if row["kind"] in {"finding", "case"}]
    assert late == ["SEC-02 resolved", "case 1 closed"]


# --- cases -----------------------------------------------------------------------------------------------------------


def case(tool="quillfox", **more):
    row = {"kind": "found", "tool_id": tool, "opened_at": FIRST, "opened_by_run": 1, "due_at": THIRD}
    return row | {"why": "it is Marketing's"} | more


def test_a_case_carries_the_fields_of_the_contract(connection, run):
    run(FIRST, finding(), finding("SUP-04", **UNKNOWN))
    number = judged.open_case(connection, case())

    (found,) = cases.cases(connection)

    assert set(found) >= CASE_FIELDS
    expected = {
        "id": number, "kind": "found", "tool": "Quillfox", "state": "open", "stage": "new", "waiting_for": "security",
        "due_at": "2026-03-15T00:00:00Z", "technology_risk": "unknown", "customer_risk": "unknown", "assignee": None,
        "owner_business": None, "owner_technical": None, "closed_at": None, "findings_open": 1, "unit": None,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_open_cases_come_first_by_the_day_they_are_due(connection, filling):
    for tool in ("a", "b", "c"):
        filling.tool(tool, tool.upper())
    judged.open_case(connection, case("a", due_at=FIRST))
    judged.close_cases(connection, ["a"], SECOND)
    judged.open_case(connection, case("b", due_at=THIRD))
    judged.open_case(connection, case("c", due_at=SECOND))

    assert [(row["tool"], row["state"]) for row in cases.cases(connection)] == [
        ("C", "open"),
        ("B", "open"),
        ("A", "closed"),
    ]


def test_owners_are_those_that_the_latest_lists_declare(connection, filling):
    filling.tool()
    app = filling.app("list", label="Quillfox")
    filling.link(app, "quillfox")
    stream = filling.stream("list", "tools", Mode.SNAPSHOT)
    for day, (owner, facts_) in enumerate(
        (("old", {}), ("bea", {"owner_side": "business"}), ("tim", {"owner_side": "technical"})), 1
    ):
        actor = filling.actor(owner, "list", address=f"{owner}@acme.example")
        more = {"kind": SignalKind.DECLARATION, "facts": facts_}
        filling.record(stream, at(2026, 1, day), identity=app, actor=actor, **more)
    judged.open_case(connection, case())

    (found,) = cases.cases(connection)

    assert (found["owner_business"], found["owner_technical"]) == ("bea@acme.example", "tim@acme.example")


# --- facts, and the count of the list of tools -----------------------------------------------------------------------


def fact(name, tool="quillfox", **more):
    return {"tool_id": tool, "name": name, "value": None, "reason": None, "evidence": "[]", "seen_at": None} | more


def test_facts_have_a_value_with_evidence_or_the_reason_why_not(connection):
    known = fact("people.count", value="3", evidence='["usage:okta/app_id:1/2026-03"]', seen_at=SECOND)
    judged.write_facts(
        connection, _TOOLS, [known, fact("grants.active", reason="nothing was read"), fact("x.y", "other")], FIRST
    )

    grants, people = facts.facts(connection, "quillfox")

    assert (grants["fact"], grants["value"], grants["reason"]) == ("grants.active", None, "nothing was read")
    assert people == {
        "fact": "people.count", "value": 3, "reason": None, "evidence": ["usage:okta/app_id:1/2026-03"],
        "seen_at": "2026-03-08T00:00:00Z", "since": "2026-03-01T00:00:00Z",
    }  # fmt: skip


def test_tools_count_what_is_violated_and_queued_and_say_nothing_of_what_was_not_judged(connection, run, filling):
    for tool in ("calm", "unjudged"):
        filling.tool(tool, tool.title())
    judged.write_facts(
        connection, _TOOLS, [fact("people.count", value="3"), fact("people.count", "calm", value="1")], FIRST
    )
    run(FIRST, finding(), finding("SUP-04"), finding("W-1", queued=0, watched=1), finding("INT-03", **UNKNOWN))

    counted = {row["id"]: row["findings_open"] for row in tools.tools(connection, base_currency=None)}

    assert counted == {"quillfox": 2, "calm": 0, "unjudged": None}
