"""Cases from real tools can be pasted, come out as they say, and name no person."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.facts import Known, Unknown
from policies.casework import read_case
from policies.documents import documents
from policies.engine import judge, load
from policies.fixtures import SOME_TOOL, case_of
from policies.shape import EXPECTED, Case
from tests.policies.making import SOUND, changed, loaded
from tests.policies.test_judging import NOW, values

PACK = load().policies


def made(policy, attributes, facts, **options):
    return case_of(policy, attributes, facts, NOW, **({"named": True, "note": "as it was"} | options))


def read(policy, text):
    """Return the case that a policy reads, pasted under its cases."""
    (document,) = documents(f"cases:\n{text}")
    (node,) = document.fields["cases"][1].items
    return read_case(node, dict.fromkeys(policy.reads), policy.message.reads, EXPECTED)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PACK), values())
def test_what_is_written_can_be_read_again_and_comes_out_as_it_says(policy, known):
    attributes, facts = known

    case = read(policy, made(policy, attributes, facts))

    assert isinstance(case, Case), case
    found = judge(policy, case.attributes, case.facts, case.now)
    assert (str(found.verdict) if found else "not_applicable") == case.expect


@pytest.fixture
def scoped(tmp_path):
    text = changed("grants.leaver_owned == 0", "size(grants.scopes) < 3").replace(
        "grants.leaver_owned: 0", "grants.scopes: []"
    )
    text = text.replace("grants.leaver_owned: 1", "grants.scopes: [a, b, c]").replace(
        "{grants.leaver_owned}", "{tool.name}"
    )
    text = text.replace("facts: {", "facts: {tool.name: x, ")
    (policy,) = loaded(tmp_path, text).policies
    return policy


def test_addresses_of_persons_give_way_to_numbered_ones(scoped):
    facts = {
        "grants.active": Known(6),
        "grants.scopes": Known(("of ana@acme.example", "ben@acme.test", "ana@acme.example")),
    }

    text = made(scoped, {"tool.name": "The bot of ana@acme.example"}, facts)

    assert "acme" not in text
    assert '["of person-1@example.com", "person-2@example.com", "person-1@example.com"]' in text
    assert 'tool.name: "The bot of person-1@example.com"' in text


def test_the_name_of_a_tool_that_only_a_person_gave_is_left_out(scoped):
    facts = {"grants.active": Known(6), "grants.scopes": Known(("a",))}

    text = made(scoped, {"tool.name": "Ana Berger's helper"}, facts, named=False)

    assert "Ana" not in text
    assert SOME_TOOL in text


def test_what_is_unknown_is_null_and_evidence_stays_where_it_is(tmp_path):
    (policy,) = loaded(tmp_path, SOUND).policies
    facts = {"grants.active": Known(6, ("signal:google/tokens/ana",)), "grants.leaver_owned": Unknown("refused by ana")}

    text = made(policy, {}, facts)

    assert text == (
        '  - note: "as it was"\n    facts:\n'
        "      grants.active: 6\n      grants.leaver_owned: null\n    expect: unknown\n"
    )
