"""What measures are counted from comes whole, decoded, and in the order of time."""

import json

from storage import measures

CASE = {"kind": "found", "state": "open", "stage": "new", "opened_at": 5, "opened_by_run": 1, "why": "x"}


def test_cases_come_in_order(connection, filling):
    filling.insert("review_case", tool_id="b", **CASE)
    filling.insert("review_case", tool_id="a", **CASE | {"reopens": 1})

    assert [(row["id"], row["tool_id"], row["reopens"]) for row in measures.cases(connection)] == [
        (1, "b", None),
        (2, "a", 1),
    ]
    assert measures.tools_of_cases(connection) == {1: "b", 2: "a"}


def test_events_come_in_the_order_of_time_decoded(connection, filling):
    for at, kind in ((9, "decided"), (5, "opened"), (9, "closed")):
        filling.insert("case_event", case_id=1, at=at, by="system", kind=kind, detail=json.dumps({"n": at}))

    found = [(row["kind"], row["detail"]) for row in measures.events(connection)]

    assert found == [("opened", {"n": 5}), ("decided", {"n": 9}), ("closed", {"n": 9})]


def test_requests_come_in_the_order_of_time(connection, filling):
    asked = {"name": "x", "account_id": 1, "data": "[]", "needs": "[]", "purpose_hash": "x", "answered": "[]"}
    for at in (7, 3):
        filling.insert("request", case_id=at, tool_id=f"t{at}", at=at, **asked)

    assert [row["tool_id"] for row in measures.requests(connection)] == ["t3", "t7"]


def test_bands_are_those_of_the_state_that_was_decided_on(connection, filling):
    filling.insert("material_state", digest="d", body=json.dumps({"technology": "low", "customer": "high"}))

    assert measures.bands(connection) == {"d": ("low", "high")}
