"""What a snapshot still lists was seen when it was last read to its end."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.scanner.house import SAVED, few_policies

LATER = SAVED + timedelta(days=3)


@pytest.fixture
def pack():
    return few_policies


def tokens(*clients):
    items = [{"clientId": f"{c}.apps.googleusercontent.com", "userKey": "1001", "displayText": c} for c in clients]
    return [{"kind": "admin#directory#tokenList", "items": items}]


def last_seen(house, name):
    (tool,) = (row["id"] for row in house.tools().values() if row["name"] == name)
    return datetime.fromtimestamp(house.figures()[tool]["last_seen"] / 1000, UTC)


def read(house, name, content, saved):
    return house.ingest("google-tokens", house.write(name, content, saved=saved))


def test_a_grant_that_is_listed_again_was_seen_again(house):
    read(house, "one.json", tokens("Canva", "Miro"), SAVED)

    read(house, "two.json", tokens("Canva"), LATER)

    assert last_seen(house, "Canva") == LATER
    assert last_seen(house, "Miro") == SAVED


def test_a_refused_reading_saw_nothing(house):
    read(house, "one.json", tokens("Canva"), SAVED)

    read(house, "two.json", [{"error": {"code": 403, "message": "no", "errors": [{"reason": "forbidden"}]}}], LATER)

    assert last_seen(house, "Canva") == SAVED
