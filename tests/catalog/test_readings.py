from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from catalog.readings import match_of, reading_of
from model.match import Entry, Match, Matcher, Reading

ENTRY = Entry(id="quillfox", name="Quillfox", vendor="Quillfox", category="crm", marketing=True)
MATCH = Match(entry=ENTRY, matcher=Matcher.NAME, matched="Quillfox", confidence=0.9, why="It is.")


def test_a_match_is_what_its_constructor_makes():
    made = match_of(ENTRY, Matcher.NAME, "Quillfox", 0.9, "It is.")

    assert made == MATCH
    assert type(made) is Match
    assert hash(made) == hash(MATCH)


def test_a_reading_is_what_its_constructor_makes():
    made = reading_of(MATCH, "It is.", "QUILLFOX", "Paddle", software=True)

    assert made == Reading(
        match=MATCH, why="It is.", counterparty="QUILLFOX", merchant_of_record="Paddle", software=True
    )
    assert type(made) is Reading


def test_a_reading_of_nothing_has_the_fields_that_the_constructor_gives_it():
    assert reading_of(None, "Nothing.") == Reading(match=None, why="Nothing.")


def test_every_field_is_filled():
    for made in (match_of(ENTRY, Matcher.NAME, "Quillfox", 0.9, "It is."), reading_of(None, "Nothing.")):
        assert all(hasattr(made, field.name) for field in fields(made))


@pytest.mark.parametrize("made", [match_of(ENTRY, Matcher.NAME, "q", 0.9, "It is."), reading_of(None, "Nothing.")])
def test_what_was_made_cannot_be_changed_and_can_be_copied(made):
    with pytest.raises(FrozenInstanceError):
        made.why = "Another."
    assert pickle.loads(pickle.dumps(made)) == made
    assert replace(made, why="Another.").why == "Another."
