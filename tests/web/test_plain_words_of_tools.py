"""May I use it, what can it read: the words in which everybody is answered."""

from __future__ import annotations

import pytest

from web.may_use import may_use
from web.plain_rights import sentences


def row(status, **more):
    known = {"status": status, "review_by": None, "move_by": None, "case": None, "condition_details": []}
    return known | {"instead_ids": [], "instead_of": [], "instead_why": None} | more


@pytest.mark.parametrize(
    ("known", "kind", "word"),
    [
        (None, "undecided", "Not decided yet"),
        (row("approved"), "yes", "Yes"),
        (row("approved_with_conditions"), "conditions", "On conditions"),
        (row("rejected"), "no", "No"),
        (row("retired", move_by="2027-01-31"), "no", "No"),
        (row("in_review", review_by="2026-06-30"), "again", "Not now"),
        (row("in_review"), "undecided", "Not decided yet"),
        (row("something_new"), "undecided", "Not decided yet"),
    ],
)
def test_every_status_has_an_answer(known, kind, word):
    found = may_use(known)
    assert (found.kind, found.word) == (kind, word)


def test_conditions_that_are_met_are_no_longer_asked_for():
    stated = [{"text": t, "owner": None, "due": None, "state": s} for t, s in (("a", "met"), ("b", "overdue"))]
    found = may_use(row("approved_with_conditions", condition_details=stated))
    assert [one["text"] for one in found.conditions] == ["b"]


def test_what_to_use_instead_is_named_with_its_page():
    found = may_use(row("rejected", instead_ids=["x", "y"], instead_of=["X", "Y"], instead_why="decided"))
    assert found.instead == [("x", "X"), ("y", "Y")]
    assert found.decided


def test_an_open_case_is_told_of_what_may_be_used():
    assert may_use(row("approved", case=3)).reviewed
    assert not may_use(row("rejected", case=3)).reviewed


def right(system, held, reach="self", held_to=None, sources=("google:acme",)):
    return {"system": system, "held": held, "reach": reach, "held_to": held_to, "sources": list(sources)}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (right("contacts", "read", sources=["salesforce:acme"]), "Can read your contacts in Salesforce"),
        (right("mail", "send"), "Can send e-mail in your name with Google Workspace"),
        (
            right("files", "full", "user", sources=["entra:acme"]),
            "Can read, change and delete the files that you can open in Microsoft 365",
        ),
        (
            right("directory", "read", "workspace"),
            "Can read the list of colleagues of the whole company in Google Workspace",
        ),
        (
            right("mail", "read", held_to="metadata"),
            "Can read your e-mail in Google Workspace, without the content",
        ),
        (right("unknown", "unknown"), "Can do something in Google Workspace that nobody has described yet"),
        (right("sign_in", "read"), "Knows who you are when you sign in with Google Workspace"),
        (right("crm", "read", sources=["my-own:name"]), "Can read your customers and deals in my-own"),
        (right("crm", "read", sources=[]), "Can read your customers and deals in one of our systems"),
    ],
)
def test_a_right_is_said_in_a_sentence(given, said):
    assert sentences([given]) == [said]


def test_signing_in_comes_last_and_nothing_is_said_twice():
    found = sentences([right("sign_in", "read"), right("mail", "read"), right("mail", "read")])
    assert found == [
        "Can read your e-mail in Google Workspace",
        "Knows who you are when you sign in with Google Workspace",
    ]
