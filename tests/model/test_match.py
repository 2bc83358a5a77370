"""What identification answers is named as the contract names it."""

import dataclasses

import pytest

from model.match import Entry, Match, Matcher, Reading, StringKind

#: As `ostiary identify` takes them: scripts outside rely on these words.
KINDS = (
    "app_name domain url redirect_uri entity_id card_descriptor marketplace_product dns_spf dns_txt dns_cname"
    " script_host bundle_id client_id"
)


def test_the_kinds_of_string_are_those_of_the_contract():
    assert [str(kind) for kind in StringKind] == KINDS.split()


def test_a_persons_decision_is_stronger_than_any_id_and_a_name_is_the_weakest():
    order = [str(matcher) for matcher in Matcher]

    assert order[0] == "decision"
    assert order[1] == "exact_id"
    assert order[-1] == "name"


def test_what_says_nothing_names_nobody():
    found = Reading(match=None, why="nothing is known of it")

    assert (found.counterparty, found.merchant_of_record, found.software, found.imitates) == (None, None, False, None)


@pytest.mark.parametrize("name", ["confidence", "why"])
def test_an_answer_cannot_be_changed_afterwards(name):
    entry = Entry(id="quillfox", name="Quillfox", vendor=None, category=None, marketing=None)
    found = Match(entry=entry, matcher=Matcher.DOMAIN, matched="quillfox.example", confidence=0.9, why="its domain")

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(found, name, "else")
