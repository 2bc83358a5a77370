"""Only what may be another verdict is judged again, and what is left out would have been the same."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts import Known, Unknown
from policies.engine import load
from policies.shape import Pack
from scanner import rejudging
from scanner.rejudging import Subject, rejudge
from tests.policies.test_judging import values

PACK = load()
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TIMED = {p.id for p in PACK.policies if "now" in p.reads}


def subject(**facts):
    known = {name.replace("__", "."): fact for name, fact in facts.items()}
    return Subject(attributes={"tool.name": "Quillfox"}, facts=known)


ONE = {"quillfox": subject(grants__active=Known(6, ("signal:a/b/1",)), grants__leaver_owned=Unknown("refused"))}


def test_what_was_never_judged_is_judged_whole():
    found = rejudge(PACK, ONE, {}, NOW)

    assert (set(found.whole), set(found.partly)) == ({"quillfox"}, set())
    assert found.whole["quillfox"].verdicts["SEC-02"].verdict == "unknown"


def test_where_nothing_changed_only_policies_that_look_at_the_day_are_asked():
    marks = rejudge(PACK, ONE, {}, NOW).marks

    found = rejudge(PACK, ONE, marks, NOW + timedelta(days=1))

    assert (set(found.whole), set(found.partly)) == (set(), {"quillfox"})
    assert {policy.id for policy in found.timed} == TIMED
    assert set(found.partly["quillfox"].verdicts) <= TIMED


def changed(**facts):
    return {"quillfox": Subject(attributes=ONE["quillfox"].attributes, facts={**ONE["quillfox"].facts, **facts})}


CHANGES = {
    "a value": changed(**{"grants.active": Known(7, ("signal:a/b/1",))}),
    "its evidence": changed(**{"grants.active": Known(6, ("signal:a/b/2",))}),
    "a reason": changed(**{"grants.leaver_owned": Unknown("not read")}),
    "what became known": changed(**{"grants.leaver_owned": Known(0)}),
    "an attribute": {"quillfox": Subject(attributes={"tool.name": "Fox"}, facts=ONE["quillfox"].facts)},
    "a waiver": {
        "quillfox": Subject(
            attributes=ONE["quillfox"].attributes, facts=ONE["quillfox"].facts, waived={"SEC-02": "2026-12-01"}
        )
    },
}


@pytest.mark.parametrize("tools", CHANGES.values(), ids=list(CHANGES))
def test_what_changed_is_judged_whole(tools):
    found = rejudge(PACK, tools, rejudge(PACK, ONE, {}, NOW).marks, NOW)

    assert set(found.whole) == {"quillfox"}


def test_other_policies_judge_all_tools_again():
    marks = rejudge(PACK, ONE, {}, NOW).marks

    assert rejudge(Pack(PACK.policies[1:]), ONE, marks, NOW).whole
    assert not rejudge(PACK, ONE, marks, NOW).whole


def test_another_version_of_what_is_shown_judges_all_again(monkeypatch):
    marks = rejudge(PACK, ONE, {}, NOW).marks
    monkeypatch.setattr(rejudging, "_VERSION", 2)

    assert rejudge(PACK, ONE, marks, NOW).whole


def test_a_rebuild_judges_all_again():
    assert rejudge(PACK, ONE, rejudge(PACK, ONE, {}, NOW).marks, NOW, anew=True).whole


@settings(max_examples=6, deadline=None)
@given(st.lists(values(), min_size=1, max_size=3), st.data())
def test_what_is_left_out_would_have_been_said_again(made, data):
    tools = {f"tool-{n}": Subject(attributes=a, facts=known) for n, (a, known) in enumerate(made)}
    before = rejudge(PACK, tools, {}, NOW)
    name = data.draw(st.sampled_from(sorted(tools)))
    fact = data.draw(st.sampled_from(sorted(tools[name].facts)))
    tools[name] = Subject(attributes=tools[name].attributes, facts={**tools[name].facts, fact: Unknown("lost")})

    found = rejudge(PACK, tools, before.marks, NOW + timedelta(days=40))

    whole = rejudge(PACK, tools, {}, NOW + timedelta(days=40)).whole
    for tool, partly in found.partly.items():
        kept = {policy: v for policy, v in before.whole[tool].verdicts.items() if policy not in TIMED}
        assert kept | dict(partly.verdicts) == dict(whole[tool].verdicts)
    assert {tool: dict(of.verdicts) for tool, of in found.whole.items()} == {
        tool: dict(whole[tool].verdicts) for tool in found.whole
    }
