"""Pages of findings: whatever is asked for and however it is cut, the parts are the whole list, on both databases."""

import itertools
import random

import pytest

from storage import judged
from storage.listings import finding_pages
from storage.listings.findings import SEVERITIES
from tests.storage.filling import ms
from tests.storage.test_judged_listings import finding

AT = ms(2026, 3, 1)
TOOLS = [f"tool-{n}" for n in range(12)]
WANTED = [
    *({}, {"state": "open"}, {"state": "resolved"}, {"state": "waived"}, {"verdict": "unknown"}),
    *(
        {"state": "open", "verdict": "violated"},
        {"state": "open", "gap": "support"},
        {"state": "open", "policy": "B-1"},
    ),
    *({"state": "open", "severity": "high"}, {"state": "resolved", "tool_id": "tool-3"}),
]


@pytest.fixture
def rows(connection, filling):
    """Findings of every verdict and state, in no order."""
    chance = random.Random(5)
    for tool in TOOLS:
        filling.tool(tool)
    filling.insert("run", command="ingest", started_at=AT, ended_at=AT + 5, as_of=AT, outcome="complete")
    made = [
        finding(
            policy,
            tool,
            verdict=chance.choice(("violated", "unknown", "met")),
            state=chance.choice(("open", "open", "waived", "resolved")),
            severity=chance.choice(SEVERITIES),
            customer_severity=chance.choice(SEVERITIES),
            watched=int(chance.random() < 0.2),
            gap=chance.choice(("security", "support")),
        )
        for tool, policy in itertools.product(TOOLS, [f"{letter}-{n}" for letter in "AB" for n in range(4)])
    ]
    chance.shuffle(made)
    judged.write_findings(connection, tuple(TOOLS), made, AT)
    return made


def in_order(rows, wanted):
    """The ids of the findings that are like that, the worst first, sorted without a database."""
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def rank(row):
        places = [SEVERITIES.index(row["severity"]), SEVERITIES.index(row["customer_severity"])]
        return row["watched"], *sorted(places), places[0], row["tool_id"], row["policy"]

    return [f"{row['policy']}:{row['tool_id']}" for row in sorted(found, key=rank)]


@pytest.mark.parametrize("wanted", WANTED, ids=str)
@pytest.mark.parametrize("size", [1, 5, 200])
def test_the_pages_of_a_list_are_the_list(connection, rows, wanted, size):
    expected, found = in_order(rows, wanted), []
    for offset in range(0, len(rows) + size, size):
        part, total = finding_pages.page(connection, wanted, limit=size, offset=offset)
        assert total == len(expected)
        found += [row["id"] for row in part]

    assert found == expected


@pytest.mark.parametrize("wanted", WANTED, ids=str)
@pytest.mark.parametrize("size", [1, 7])
def test_going_on_behind_a_finding_misses_and_repeats_nothing(connection, rows, wanted, size):
    found, begin = [], None
    while True:
        part, _ = finding_pages.after(connection, wanted, begin, limit=size)
        if not part:
            break
        found += [row["id"] for row in part]
        begin = finding_pages.place(part[-1])

    assert found == in_order(rows, wanted)


def test_of_one_state_no_more_is_read_than_is_shown(store, connection, rows):
    if not store.is_sqlite:
        pytest.skip("the plan is SQLite's")
    statement = finding_pages._statement({"state": "open"}, "")
    bound = {"state": "open", "one": "high", "two": "high", "watched": 0, "limit": 5, "offset": 0, "end": 5}

    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", bound)]

    searched = [step for step in plan if step.startswith("SEARCH f")]
    assert len(searched) == 3
    assert all("watched=?" in step for step in searched)
