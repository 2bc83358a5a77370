"""The demo's result equals the inventory that was written by hand from its stories."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scanner.demo import COMPANY
from tests.scanner.demo.expected_inventory import EXPECTED

ZONE = ZoneInfo(COMPANY.timezone)


def month(moment):
    return f"{datetime.fromisoformat(moment).astimezone(ZONE):%Y-%m}"


def money(amounts):
    return {m["currency"]: f"{m['amount_micros'] / 1_000_000:.2f}" for m in amounts}


def found(listed, expected):
    """Return the one row that is meant: by its id, or for a provisional tool by its name and sources."""
    rows = [
        row
        for row in listed
        if (
            row["id"] == expected.id
            if expected.id
            else (row["name"], tuple(row["sources"])) == (expected.name, expected.sources)
        )
    ]
    assert len(rows) == 1, [r["id"] for r in listed if r["name"] == expected.name]
    return rows[0]


def test_there_are_as_many_tools_as_stories_and_no_other(listed):
    assert len(listed) == len(EXPECTED)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: f"{e.id or 'new ' + e.name}, {e.sources[0]}")
def test_each_tool_is_listed_as_its_story_tells(listed, expected):
    row = found(listed, expected)

    assert {
        "name": row["name"],
        "category": row["category"],
        "provisional": row["provisional"],
        "people": row["people"],
        "people_marketing": row["people_marketing"],
        "spend_12m": money(row["spend_12m"]),
        "first": month(row["first_seen"]),
        "last": month(row["last_seen"]),
        "sources": tuple(row["sources"]),
        "status": row["status"],
    } == {
        "name": expected.name,
        "category": expected.category,
        "provisional": expected.provisional,
        "people": expected.people,
        "people_marketing": expected.marketing,
        "spend_12m": expected.spend,
        "first": expected.first,
        "last": expected.last,
        "sources": expected.sources,
        "status": expected.status,
    }
