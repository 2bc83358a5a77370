"""provenance.*: how well the rest is known, and what was decided."""

from types import SimpleNamespace

import pytest

from model.facts import NEVER
from tests.scanner.facts.worlds import app, charge, decision, evidence, known, reason, refused, tool, use, world


def test_the_latest_decision_counts_by_its_number():
    quillfox = tool(
        decisions=[decision(2, days=9, review_by="2026-05-01"), decision(1, days=9, review_by="2027-01-01")]
    )

    assert str(known("provenance.last_decision", quillfox)) == "2026-06-21"
    assert str(known("provenance.review_by", quillfox)) == "2026-05-01"
    assert evidence("provenance.review_by", quillfox) == ("decision:2",)


def test_the_day_that_a_list_states_is_the_day_of_the_decision():
    assert (
        str(known("provenance.last_decision", tool(decisions=[decision(1, days=9, decided_on="2025-02-03")])))
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


def test_sources_are_those_that_ever_named_the_tool():
    quillfox = tool(use(1), app(), charge(5, 500), named_by=("okta:acme/apps", "card:acme/charges", "old:one/apps"))

    assert known("provenance.sources", quillfox) == ("card:acme", "okta:acme", "old:one")
    assert len(evidence("provenance.sources", quillfox)) == 2
    assert known("provenance.sources", tool()) == ()


def test_the_newest_signal_of_any_kind_counts():
    assert str(known("provenance.newest", tool(use(1, 9), app(), charge(5, 2)))) == "2026-06-30"
    assert str(known("provenance.newest", tool(use(1, 9), charge(5, 500)))) == "2026-06-21"
    assert known("provenance.newest", tool()) == NEVER


def link(matcher, number=1, key="app_id:0oa1"):
    return SimpleNamespace(source="okta:acme", key=key, identity_id=number, matcher=matcher)


@pytest.mark.parametrize(
    ("matchers", "value"),
    [
        ([], "provisional"),
        ([None], "provisional"),
        ([None, "decision"], "person"),
        (["decision", "vendor"], "name"),
        (["name", "descriptor"], "descriptor"),
        (["descriptor", "domain"], "domain"),
        (["domain", "entity_id"], "exact"),
        (["exact_id"], "exact"),
    ],
)
def test_the_strongest_link_says_how_well_the_tool_is_matched(matchers, value):
    assert known("provenance.match", tool(links=[link(matcher) for matcher in matchers])) == value


def test_the_evidence_of_a_match_is_what_speaks_of_the_identities_that_are_linked_so():
    listed, other = app(), app() | {"identity_id": 2}
    quillfox = tool(listed, other, use(1), links=[link("domain"), link("name", 2, "label:quill")])

    assert evidence("provenance.match", quillfox) == (
        f"signal:okta:acme/apps/{listed['native_id']}",
        "usage:okta:acme/app_id:0oa1/2026-06",
    )
