"""ownership.*: who answers for the tool, by decisions and by the approved list."""

import pytest

from tests.scanner.facts.worlds import (
    decision,
    declared,
    evidence,
    known,
    person,
    reason,
    refused,
    streams,
    tool,
    use,
    world,
)


def owner(number, side, who, **changed):
    return decision(number, "owner", side=side, actor=who, person=who, **changed)


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


def test_the_latest_decision_of_a_side_stands_before_the_list():
    quillfox = tool(declared(1), owners=[owner(8, "business", 3), owner(7, "business", 2)])
    found = world(quillfox, people=(person(1, directory={"status": "left"}), person(2), person(3)))

    assert known("ownership.business_owner", quillfox, found) is True
    assert evidence("ownership.business_owner", quillfox, found) == ("decision:8",)
    assert known("ownership.owner_left", quillfox, found) is False


def test_who_was_taken_away_is_no_owner_any_more():
    quillfox = tool(declared(1), owners=[owner(7, "business", 2), owner(8, "business", None)])

    assert known("ownership.business_owner", quillfox) is False
    assert known("ownership.owner_left", quillfox) is False


def test_a_decision_on_one_side_leaves_the_other_to_the_list():
    quillfox = tool(declared(1), owners=[owner(7, "technical", 2)])

    assert known("ownership.business_owner", quillfox) is True
    assert known("ownership.technical_owner", quillfox) is True


def test_an_owner_is_the_person_that_the_actor_is_by_now():
    quillfox = tool(owners=[owner(7, "business", 12)])
    found = world(quillfox, people=(person(4, directory={"status": "left"}),), persons_of={12: 4})

    assert known("ownership.owner_left", quillfox, found) is True


@pytest.mark.parametrize(
    ("owners", "value"), [([], False), ([owner(1, "business", 2)], False), ([owner(1, "deputy", 2)], True)]
)
def test_a_backup_is_a_deputy_that_was_named(owners, value):
    assert known("ownership.backup", tool(owners=owners)) is value


@pytest.mark.parametrize(
    ("business", "technical", "same"), [(1, 1, True), (1, 2, False)], ids=["one person", "two persons"]
)
def test_owners_are_the_same_where_one_person_is_both(business, technical, same):
    quillfox = tool(owners=[owner(1, "business", business), owner(2, "technical", technical)])

    assert known("ownership.owners_same", quillfox) is same
    assert evidence("ownership.owners_same", quillfox) == ("decision:1", "decision:2")


def test_owners_that_are_not_both_recorded_do_not_compare():
    assert reason("ownership.owners_same", tool()) == "no business and no technical owner is recorded"
    assert reason("ownership.owners_same", tool(declared(1))) == "no technical owner is recorded"
    nobody = tool(declared(1), owners=[decision(3, "owner", side="technical", actor=9, person=None)])
    assert reason("ownership.owners_same", nobody) == "no source knows who one of the owners is"
