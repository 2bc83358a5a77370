"""Judging: met, violated, unknown or not at all; what is missing is named, and nothing is met by silence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts import ATTRIBUTES, NAMES, VOCABULARY, Known, Type, Unknown
from policies import engine
from policies.engine import compile_expression, evaluate, evidence_of, judge, judge_all
from policies.reading import Faulty
from policies.shape import Outcome
from tests.policies.making import SOUND, changed, loaded

NOW = datetime(2026, 11, 20, tzinfo=UTC)
REFUSED = Unknown("google:acme/tokens refused")


@pytest.fixture
def leavers(tmp_path):
    return loaded(tmp_path, SOUND).policies[0]


def facts(**values):
    return {name.replace("__", "."): Known(value) for name, value in values.items()}


def test_a_policy_that_holds_is_met_and_has_nothing_to_say(leavers):
    found = judge(leavers, {}, facts(grants__active=6, grants__leaver_owned=0), NOW)

    assert (found.verdict, found.message, found.missing, found.queued) == (Outcome.MET, "", (), False)


def test_a_policy_that_does_not_hold_is_violated_and_queued(leavers):
    found = judge(leavers, {}, facts(grants__active=6, grants__leaver_owned=1), NOW)

    assert (found.policy, found.verdict, found.message, found.queued) == ("TST-01", Outcome.VIOLATED, "1 of 6", True)
    assert found.facts_read == ("grants.active", "grants.leaver_owned")


def test_a_policy_that_does_not_apply_gives_no_row(leavers):
    assert judge(leavers, {}, facts(grants__active=0), NOW) is None


@pytest.mark.parametrize("absent", [{}, {"grants.leaver_owned": REFUSED}])
def test_an_unknown_requirement_is_unknown_and_queued(leavers, absent):
    found = judge(leavers, {}, facts(grants__active=6) | absent, NOW)

    assert (found.verdict, found.missing, found.queued) == (Outcome.UNKNOWN, ("grants.leaver_owned",), True)
    assert found.message == "cannot be judged: grants.leaver_owned unknown"


def test_an_unknown_condition_is_unknown_and_not_queued(leavers):
    found = judge(leavers, {}, {"grants.active": REFUSED}, NOW)

    assert (found.verdict, found.missing, found.queued) == (Outcome.UNKNOWN, ("grants.active",), False)
    assert found.message == "may apply: grants.active unknown"


def test_an_attribute_that_the_record_does_not_say_is_unknown(tmp_path):
    text = changed("applies: grants.active > 0", "applies: tool.marketing").replace(
        "grants.active: 6", "tool.marketing: true"
    )
    (policy,) = loaded(tmp_path, text.replace("{tool.marketing: true}", "{tool.marketing: null}")).policies

    assert judge(policy, {"tool.marketing": None}, {}, NOW).message == "may apply: tool.marketing unknown"


def test_an_expression_that_fails_is_unknown_although_nothing_is_missing(tmp_path):
    text = changed("grants.leaver_owned == 0", "grants.active / grants.leaver_owned > 1")
    (policy,) = loaded(tmp_path, text.replace("leaver_owned: 1}", "leaver_owned: 6}")).policies

    found = judge(policy, {}, facts(grants__active=6, grants__leaver_owned=0), NOW)

    assert (found.verdict, found.missing, found.queued) == (Outcome.UNKNOWN, (), True)
    assert found.message == "cannot be judged: the expression fails on these values"


def test_work_without_an_end_is_stopped_and_is_unknown():
    endless = compile_expression('grants.scopes.all(s, s != "x")')

    assert evaluate(endless, {}, facts(grants__scopes=("a",) * 9_000), NOW) is True
    assert evaluate(endless, {}, facts(grants__scopes=("a",) * 100_000), NOW) is None


def test_the_evidence_of_a_verdict_is_that_of_the_facts_it_reads(leavers):
    known = {
        "grants.active": Known(6, ("signal:google:acme/tokens/1", "signal:google:acme/tokens/2")),
        "grants.leaver_owned": Known(1, ("signal:google:acme/tokens/2", "signal:google:acme/users/9")),
        "grants.people": Known(5, ("signal:google:acme/tokens/3",)),
    }

    found = evidence_of(judge(leavers, {}, known, NOW), known)

    assert found == ("signal:google:acme/tokens/1", "signal:google:acme/tokens/2", "signal:google:acme/users/9")
    assert evidence_of(judge(leavers, {}, {"grants.active": REFUSED}, NOW), {"grants.active": REFUSED}) == ()


@pytest.mark.parametrize(
    ("attributes", "known", "now", "said"),
    [
        ({}, {"grants.actve": Known(1)}, NOW, "grants.actve"),
        ({"tool.nmae": "x"}, {}, NOW, "tool.nmae"),
        ({}, {}, datetime(2026, 1, 1), "no time zone"),  # noqa: DTZ001 (a naive one is what is refused)
        ({}, {"grants.active": Known("s3cret")}, NOW, "grants.active is of type int and cannot be a str"),
        ({}, {"grants.active": Known(True)}, NOW, "cannot be a bool"),
        ({}, {"grants.active": Known(1.5)}, NOW, "cannot be a float"),
    ],
)
def test_a_slip_of_who_derived_the_facts_is_loud_and_quotes_nothing(leavers, attributes, known, now, said):
    with pytest.raises(ValueError, match=said) as refused:
        judge(leavers, attributes, known, now)

    assert "s3cret" not in str(refused.value)


@given(st.text(alphabet=" \nabz.()[]!&|?:<>=+-*/%\"'\\,0159_rbu", max_size=40))
def test_any_text_is_an_expression_or_is_refused(text):
    try:
        places = {len(compile_expression(text).text)}
    except Faulty as refused:
        places = {at for at, _ in refused.faults}

    assert places
    assert all(0 <= at <= len(text) for at in places)


# --- many at once ----------------------------------------------------------------------------------------------------


def values():
    """Return a strategy of facts and attributes, each known with a fitting value or unknown."""
    drawn = {
        Type.BOOL: st.booleans(),
        Type.INT: st.integers(0, 12),
        Type.FLOAT: st.floats(0, 1),
        Type.MONEY: st.integers(-(10**9), 10**10),
        Type.DATE: st.dates(date(1970, 1, 1), date(2030, 1, 1)),
        Type.DURATION: st.timedeltas(timedelta(0), timedelta(days=90)),
        Type.STRING: st.text(max_size=5),
        Type.LIST: st.just(("openid",)),
    }

    def one(fact):
        if fact.values:
            closed = st.sampled_from(fact.values)
            return st.lists(closed, unique=True).map(tuple) if fact.type is Type.LIST else closed
        return drawn[fact.type]

    known = {name: one(fact).map(Known) | st.just(REFUSED) for name, fact in VOCABULARY.items()}
    says = {name: one(fact) for name, fact in ATTRIBUTES.items() if fact.type is not Type.MOMENT}
    return st.tuples(st.fixed_dictionaries(says), st.fixed_dictionaries(known))


@settings(max_examples=20)
@given(st.lists(values(), min_size=2, max_size=4))
def test_many_tools_at_once_get_the_verdicts_that_each_gets_alone(made):
    policies = engine.load().policies
    tools = [(f"tool-{n}", attributes, known) for n, (attributes, known) in enumerate(made)]

    together = list(judge_all(policies, tools, NOW))

    alone = [(tool, judge(policy, a, known, NOW)) for tool, a, known in tools for policy in policies]
    assert together == [(tool, verdict) for tool, verdict in alone if verdict is not None]


def test_a_policy_that_is_off_is_not_judged(tmp_path):
    policies = loaded(tmp_path, SOUND + "mode: off\n").policies

    assert list(judge_all(policies, [("t", {}, facts(grants__active=6))], NOW)) == []


def test_equal_expressions_are_evaluated_once_for_equal_values(tmp_path, monkeypatch):
    policies = loaded(tmp_path, f"{SOUND}---\n{changed('TST-01', 'TST-02')}").policies
    made = []
    monkeypatch.setattr(
        engine._Subject, "activation", property(lambda self: made.append(self) or ENVIRONMENT.Activation({}))
    )
    tools = [(f"tool-{n}", {}, facts(grants__active=6)) for n in range(3)]

    found = list(judge_all(policies, tools, NOW))

    assert len(found) == 6
    assert len(made) == 1


ENVIRONMENT = engine._ENVIRONMENT


def test_only_so_many_answers_are_kept(leavers, monkeypatch):
    monkeypatch.setattr(engine, "_KEPT", 1)
    tools = [(f"tool-{n}", {}, facts(grants__active=n % 3, grants__leaver_owned=0)) for n in range(9)]

    assert [tool for tool, _ in judge_all([leavers], tools, NOW)] == [f"tool-{n}" for n in range(9) if n % 3]


def test_the_names_of_the_vocabulary_are_all_known_to_the_engine():
    for name, fact in NAMES.items():
        with pytest.raises(Faulty):
            compile_expression(f"{name} == zzz")
        if fact.type is Type.BOOL:
            assert compile_expression(name).names == (name,)


def test_a_fact_that_a_message_names_and_nobody_knows_is_said_to_be_unknown(tmp_path):
    text = changed("{grants.leaver_owned} of {grants.active}", "{ grants.people } people; {grants.leaver_owned}")
    (policy,) = loaded(tmp_path, text).policies

    assert judge(policy, {}, facts(grants__active=6, grants__leaver_owned=1), NOW).message == "unknown people; 1"
