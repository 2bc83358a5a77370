"""Rating a tool: by whom, for which side, kept with a reason, and seen by the policies at once."""

from dataclasses import replace

import pytest

from gate import evaluating, ratings, views
from gate.keys import Side
from gate.roles import Role
from model.errors import Refused
from model.facts import Known
from storage import cases, kept
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, staff


@pytest.fixture
def people(connection):
    add_tool(connection)
    return staff(connection)


def rate(connection, by, **said):
    held = {"importance": "high", "risk": "low", "reason": "All our leads come by it"}
    return ratings.rate(connection, gate(), by, TOOL, **(held | said))


def decisions(connection, kind="rating"):
    return [row for row in kept.decisions(connection) if row["kind"] == kind]


def value(connection, name):
    fact = evaluating.known(connection, TOOL).get(name)
    return fact.value if isinstance(fact, Known) else None


@pytest.mark.parametrize(
    ("role", "side"),
    [
        (Role.REVIEWER, "it"),
        (Role.APPROVER_IT, "it"),
        (Role.APPROVER_MARKETING, "marketing"),
        (Role.BUSINESS_USER, "marketing"),
    ],
)
def test_the_role_says_for_which_side(connection, people, role, side):
    number = rate(connection, people[role])

    (row,) = decisions(connection)
    assert (row["id"], row["detail"]) == (number, {"side": side, "importance": "high", "risk": "low"})
    assert row["by"] == f"account:{people[role].id}"
    assert kept.text_of(connection, row["reason_hash"]) == "All our leads come by it"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_has_no_part_in_it_rates_nothing(connection, people, role):
    with pytest.raises(Refused, match="to rate takes the role"):
        rate(connection, people[role])

    assert decisions(connection) == []


def test_who_may_speak_for_both_sides_says_for_which(connection, people):
    both = replace(people[Role.REVIEWER], roles=frozenset({Role.REVIEWER, Role.APPROVER_MARKETING}))

    with pytest.raises(Refused, match="--side it or --side marketing"):
        rate(connection, both)
    rate(connection, both, side=Side.MARKETING)

    assert decisions(connection)[0]["detail"]["side"] == "marketing"


def test_nobody_rates_for_the_other_side(connection, people):
    with pytest.raises(Refused, match="does not rate for Marketing"):
        rate(connection, people[Role.APPROVER_IT], side=Side.MARKETING)


def test_who_acts_for_other_units_does_not_rate(connection, people):
    cases.change(connection, cases.open_of(connection, TOOL)["id"], {"unit": "Marketing/EMEA"})
    sales = replace(people[Role.BUSINESS_USER], units=("Sales",))

    with pytest.raises(Refused, match="acts for Sales only"):
        rate(connection, sales)
    rate(connection, replace(sales, units=("Marketing",)))

    assert len(decisions(connection)) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"reason": "x" * 10_001}, "10,000 characters"),
        ({"importance": "grave"}, "one of low, medium, high"),
        ({"risk": "unknown"}, "one of low, medium, high"),
    ],
)
def test_what_is_no_rating_is_refused_and_nothing_is_kept(connection, people, said, why):
    with pytest.raises(Refused, match=why):
        rate(connection, people[Role.REVIEWER], **said)

    assert decisions(connection) == []


def test_a_tool_that_nobody_knows_is_not_rated(connection, people):
    with pytest.raises(Refused, match="there is no tool 'nobody'"):
        ratings.rate(
            connection, gate(), people[Role.REVIEWER], "nobody", importance="low", risk="low", reason="Nothing"
        )


def test_both_ratings_are_facts_in_the_same_transaction(connection, people):
    rate(connection, people[Role.APPROVER_MARKETING])
    assert value(connection, "ownership.importance_marketing") == "high"
    assert value(connection, "ownership.rating_gap") is None

    rate(connection, people[Role.REVIEWER], importance="low")

    assert value(connection, "ownership.importance_it") == "low"
    assert value(connection, "ownership.rating_gap") == 2


def test_a_note_of_the_meeting_is_kept_and_changes_no_rating(connection, people):
    rate(connection, people[Role.APPROVER_MARKETING])
    ratings.note(connection, gate(), people[Role.REVIEWER], TOOL, "IT looks at the backup")

    found = views.views(kept.decisions(connection), {}, NOW.date())[TOOL]
    assert len(found.ratings) == 1
    assert kept.text_of(connection, found.notes[0]["reason_hash"]) == "IT looks at the backup"


def test_the_trail_holds_neither_the_words_nor_an_address(connection, people):
    rate(connection, people[Role.REVIEWER])

    last = kept.audit_rows(connection)[-1]
    assert last["act"] == "decision.rating"
    assert "leads" not in last["detail"]
    assert "@" not in last["detail"] + last["actor"]
