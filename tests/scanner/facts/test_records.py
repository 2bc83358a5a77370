"""ownership.*, provenance.*, overlap.* and lifecycle.*: what our own records say."""

from types import SimpleNamespace

import pytest

from model.facts import NEVER
from tests.scanner.facts.worlds import (
    ago,
    app,
    charge,
    consent,
    declared,
    evidence,
    known,
    person,
    reason,
    refused,
    streams,
    token,
    tool,
    use,
    world,
)


@pytest.mark.parametrize(
    ("rows", "business", "technical"),
    [
        ([], False, False),
        ([declared(None)], False, False),
        ([declared(1)], True, False),
        ([declared(1, owner_side="technical")], False, True),
        ([declared(1), declared(2, owner_side="technical")], True, True),
    ],
)
def test_owners_are_those_that_a_list_names(rows, business, technical):
    quillfox = tool(*rows)

    assert known("ownership.business_owner", quillfox) is business
    assert known("ownership.technical_owner", quillfox) is technical


@pytest.mark.parametrize(("status", "left"), [("active", False), ("left", True)])
def test_an_owner_has_left_by_the_directory(status, left):
    quillfox = tool(declared(1))

    assert (
        known("ownership.owner_left", quillfox, world(quillfox, people=(person(1, directory={"status": status}),)))
        is left
    )


def test_a_tool_without_owners_has_lost_none_whatever_was_refused():
    quillfox = tool(use(1))

    assert known("ownership.owner_left", quillfox, refused(world(quillfox))) is False


def test_an_owner_whom_no_directory_lists_may_have_left():
    quillfox = tool(declared(1))

    assert reason("ownership.owner_left", quillfox) == "no directory knows the recorded owner"
    nothing = world(quillfox, streams=streams("okta:acme/users", "google:acme/users"))
    assert reason("ownership.owner_left", quillfox, nothing) == "no directory was read"


@pytest.mark.parametrize("stream", ["okta:acme/users", "google:acme/users"])
def test_any_refused_directory_may_know_that_an_owner_left(stream):
    quillfox = tool(declared(1))

    assert reason("ownership.owner_left", quillfox, refused(world(quillfox, people=(person(1),)), stream)).startswith(
        stream
    )


def decision(number, days, **detail):
    return {"id": number, "at": ago(days), "kind": "status", "detail": {"status": "approved"} | detail}


def test_the_latest_decision_counts_by_its_number():
    quillfox = tool(decisions=[decision(2, 9, review_by="2026-05-01"), decision(1, 9, review_by="2027-01-01")])

    assert str(known("provenance.last_decision", quillfox)) == "2026-06-21"
    assert str(known("provenance.review_by", quillfox)) == "2026-05-01"
    assert evidence("provenance.review_by", quillfox) == ("decision:2",)


def test_the_day_that_a_list_states_is_the_day_of_the_decision():
    assert (
        str(known("provenance.last_decision", tool(decisions=[decision(1, 9, decided_on="2025-02-03")])))
        == "2025-02-03"
    )


def test_where_nobody_decided_never_is_the_day():
    assert known("provenance.last_decision", tool()) == NEVER
    assert reason("provenance.review_by", tool()) == "there is no decision, or it names no day"


def test_a_look_alike_is_shown_by_what_lists_it_and_by_who_was_there():
    listing, other = app("BOOKMARK"), app() | {"identity_id": 2}
    false = SimpleNamespace(source="okta:acme", identity_id=1, key="app_id:0oa1")
    quillfox = tool(listing, other, use(1), imitates=[false])

    assert known("provenance.look_alike", quillfox) is True
    assert evidence("provenance.look_alike", quillfox) == (
        f"signal:okta:acme/apps/{listing['native_id']}",
        "usage:okta:acme/app_id:0oa1/2026-06",
    )


def test_refused_streams_are_listed():
    found = refused(world(), "google:acme/tokens", "okta:acme/users")

    assert known("provenance.refused_streams", tool(), found) == ("google:acme/tokens", "okta:acme/users")


def other(number, *rows, **changed):
    return tool(*rows, id=f"other{number}", **changed)


def test_other_tools_of_the_category_count_while_they_live():
    others = [other(1, use(1)), other(2, charge(5)), other(3, use(1, 91)), other(4, use(1), category="cdp")]
    quillfox = tool(use(1))

    assert known("overlap.same_category", quillfox, world(quillfox, *others)) == 2
    assert evidence("overlap.same_category", quillfox, world(quillfox, *others)) == ("tool:other1", "tool:other2")


def test_approved_tools_of_the_category_count_without_the_tool_itself():
    quillfox = tool(status="approved")
    others = [other(1, status="approved_with_conditions"), other(2, status="rejected")]

    assert known("overlap.approved_in_category", quillfox, world(quillfox, *others)) == 1


def test_many_of_a_category_are_counted_and_some_of_them_named():
    quillfox = tool(use(1))
    found = world(quillfox, *(other(n, use(1)) for n in range(80)))

    assert known("overlap.same_category", quillfox, found) == 80
    assert len(evidence("overlap.same_category", quillfox, found)) == 50


def test_a_tool_of_no_category_overlaps_with_who_knows_what():
    quillfox = tool(category=None)

    assert reason("overlap.same_category", quillfox) == "nobody has said what the tool is for"
    assert known("overlap.approved_in_category", quillfox) == 0


@pytest.mark.parametrize(
    ("rows", "first", "last"),
    [
        ([use(1, 10), charge(5, 40)], "2026-05-21", "2026-06-20"),
        ([declared(1), consent(1, days=20)], "2026-03-22", "2026-06-10"),
        ([token(1, days=3), use(1, 5)], "2026-06-25", "2026-06-27"),
    ],
)
def test_first_and_last_sign_of_life(rows, first, last):
    quillfox = tool(*rows)

    assert (str(known("lifecycle.first_seen", quillfox)), str(known("lifecycle.last_seen", quillfox))) == (first, last)


def test_what_was_seen_before_the_last_year_is_not_forgotten():
    assert str(known("lifecycle.first_seen", tool(charge(1), first_seen=ago(900)))) == "2024-01-12"


def test_a_mere_trace_is_no_sign_of_life():
    assert reason("lifecycle.last_seen", tool(declared(1))) == "no use, money or consent was ever seen"


@pytest.mark.parametrize(("ended", "value"), [({"quillfox"}, True), (set(), False)])
def test_the_catalogue_says_whether_a_product_ended(ended, value):
    found = world(catalogued=frozenset({"quillfox"}), ended=frozenset(ended))

    assert known("lifecycle.ended", tool(), found) is value
    assert reason("lifecycle.ended", tool()) == "the tool is in no catalogue"
