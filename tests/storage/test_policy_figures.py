"""What the page of a policy reads: some facts of all tools, counts, what became lately, the size of the database."""

import pytest

from storage import replaying
from storage.listings.findings import by_policy, lately
from storage.schema import size_of


@pytest.fixture
def tools(filling):
    for name in ("quillfox", "other", "unjudged"):
        filling.tool(name, name.title())
    return filling


def fact(filling, tool, name, value, *, since=10, until=None, reason=None):
    row = {"tool_id": tool, "name": name, "valid_from": since, "valid_to": until, "value": value, "reason": reason}
    filling.insert("fact", **row, evidence='["signal:a"]', seen_at=None)


def finding(filling, policy, tool, verdict, *, since=10, until=None, once=1, state="open", evaluated=1):
    filling.insert(
        "finding",
        policy=policy,
        tool_id=tool,
        valid_from=since,
        valid_to=until,
        verdict=verdict,
        state=state,
        violated_once=once,
        queued=1,
        watched=0,
        evaluated=evaluated,
        gap="security",
        severity="high",
        customer_severity="low",
        message="m",
        reading="[]",
        missing=None,
        waived_until=None,
    )


def test_some_facts_are_those_in_force_at_a_moment(connection, tools):
    fact(tools, "quillfox", "people.count", "7", until=20)
    fact(tools, "quillfox", "people.count", "9", since=20)
    fact(tools, "quillfox", "grants.active", "1")
    fact(tools, "other", "people.count", None, reason="not read")

    assert replaying.named_facts(connection, ["people.count"], 15) == {
        "quillfox": {"people.count": (7, None, [])},
        "other": {"people.count": (None, "not read", [])},
    }
    assert replaying.named_facts(connection, ["people.count", "x.y"], 30)["quillfox"] == {"people.count": (9, None, [])}


def test_judged_are_the_tools_of_which_any_fact_is_in_force(connection, tools):
    fact(tools, "quillfox", "people.count", "7")
    fact(tools, "other", "people.count", "7", until=20)

    assert replaying.judged(connection) == {"quillfox"}


def test_counts_are_of_what_is_in_force_and_judged(connection, tools):
    finding(tools, "SEC-02", "quillfox", "violated")
    finding(tools, "SEC-02", "other", "unknown", once=0)
    finding(tools, "SEC-05", "quillfox", "violated", until=20)
    finding(tools, "SEC-05", "quillfox", "met", since=20, state="resolved")
    finding(tools, "SEC-06", "quillfox", "violated", evaluated=0)

    assert by_policy(connection) == {
        "SEC-02": {"violated": 1, "unknown": 1},
        "SEC-05": {"violated": 0, "unknown": 0},
    }


def test_lately_are_the_last_moves_of_what_was_ever_violated(connection, tools):
    finding(tools, "SEC-02", "quillfox", "violated", until=20)
    finding(tools, "SEC-02", "quillfox", "met", since=20, state="resolved")
    finding(tools, "SEC-02", "other", "violated", since=30)
    finding(tools, "SEC-02", "unjudged", "unknown", since=40, once=0)
    finding(tools, "SEC-05", "other", "violated", since=50)

    told = [(row["tool"], row["what"], row["at"]) for row in lately(connection, "SEC-02", 10)]

    assert told == [("Other", "opened", 30), ("Quillfox", "resolved", 20), ("Quillfox", "opened", 10)]
    assert len(lately(connection, "SEC-02", 1)) == 1


def test_a_database_has_a_size(connection):
    assert size_of(connection) > 10_000
