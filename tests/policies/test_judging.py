"""Judging: met, violated, unknown or not at all; what is missing is named, and nothing is met by silence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts import ATTRIBUTES, NAMES, VOCABULARY, Known, Type, Unknown
from policies import engine
from policies.engine import compile_expression, evaluate, evidence_of, judge, judge_all
from policies.logic import skeleton, undecided, value
from policies.reading import Faulty
from policies.shape import Outcome
from policies.tokens import tokens
from policies.wording import Message, placeholders, say
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


# --- which unknown facts count ---------------------------------------------------------------------------------------

OPEN = [
    ("people.count > 1 && grants.active > 1", {}, ["people.count", "grants.active"]),
    ("people.count > 1 && grants.active > 1", {"people.count": 5}, ["grants.active"]),
    ("(people.count > 1 || grants.active > 1) && data.personal", {"people.count": 5}, ["data.personal"]),
    (
        "(people.count > 1 || grants.active > 1) && data.personal",
        {"people.count": 0},
        ["grants.active", "data.personal"],
    ),
    (
        "!(people.count > 1 && data.personal) || grants.offline",
        {"people.count": 5},
        ["data.personal", "grants.offline"],
    ),
    ("!(people.count > 1 && data.personal) || grants.offline", {}, ["people.count", "data.personal", "grants.offline"]),
    ("!(people.count > 1 || data.personal) || grants.offline", {"people.count": 5}, ["grants.offline"]),
    ("data.personal ? people.count > 1 : grants.active > 1", {}, ["data.personal"]),
    ("data.personal ? people.count > 1 : grants.active > 1", {"data.personal": True}, ["people.count"]),
    ("data.personal ? people.count > 1 : grants.active > 1", {"data.personal": False}, ["grants.active"]),
    (
        "data.personal ? grants.offline : grants.mail_read ? grants.chat_read : false",
        {"data.personal": False},
        ["grants.mail_read"],
    ),
    (
        '(grants.scopes.exists(s, s == "a" || data.personal) && grants.offline) || false',
        {},
        ["grants.scopes", "data.personal", "grants.offline"],
    ),
    (
        "(people.count + grants.active) * 2 > 1 || (grants.offline && data.personal)",
        {"data.personal": False},
        ["people.count", "grants.active"],
    ),
]


@pytest.mark.parametrize(("text", "known", "missing"), OPEN)
def test_the_missing_facts_are_those_that_would_settle_it_and_no_others(tmp_path, text, known, missing):
    rule = engine._Asked(compile_expression(text))
    subject = engine._Subject(engine.values_of({}, {n: Known(v) for n, v in known.items()}, NOW), rule.expression.names)

    assert rule.of(subject) is None
    assert list(rule.missing(subject)) == missing


ATOMS = ("data.personal", "grants.offline", "grants.mail_read", "grants.chat_read")
logic = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(" ".join),
        inner.map(lambda t: f"!({t})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
    ),
    max_leaves=8,
)
worlds = st.fixed_dictionaries({}, optional=dict.fromkeys(ATOMS, st.booleans()))


@given(logic, worlds)
def test_the_skeleton_says_what_the_engine_says(text, world):
    tree = skeleton(text, tokens(text))

    assert value(tree, world.get) is evaluate(
        compile_expression(text), {}, {n: Known(v) for n, v in world.items()}, NOW
    )


@given(logic, worlds)
def test_what_is_open_in_a_skeleton_is_unknown_and_is_nothing_where_it_is_settled(text, world):
    tree = skeleton(text, tokens(text))

    open_ = set(undecided(tree, world.get))

    assert (value(tree, world.get) is None) == bool(open_)
    assert not open_ & set(world)
    assert set(tree.atoms()) <= set(ATOMS)


@given(logic, worlds, st.data())
def test_learning_more_never_changes_a_verdict(text, world, data):
    before = evaluate(compile_expression(text), {}, {n: Known(v) for n, v in world.items()}, NOW)
    more = world | {name: data.draw(st.booleans()) for name in ATOMS if name not in world}

    after = evaluate(compile_expression(text), {}, {n: Known(v) for n, v in more.items()}, NOW)

    assert before in (None, after)
    assert after is not None


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


# --- messages --------------------------------------------------------------------------------------------------------

SAID = [
    ("data.personal", True, "yes"),
    ("data.personal", False, "no"),
    ("people.count", 0, "0"),
    ("people.count", 12_345, "12,345"),
    ("access.mfa_share", 0.5, "50 %"),
    ("grants.last_used", date(2026, 11, 2), "2026-11-02"),
    ("grants.last_used", date(1970, 1, 1), "never"),
    ("grants.scopes", (), "none"),
    ("grants.scopes", ("a", "b"), "a, b"),
    ("tool.status", "in_review", "in review"),
    ("tool.name", "my_tool", "my_tool"),
    ("spend.annual", 1_240_500_000, "1,240.50"),
    ("spend.annual", -5_000_000, "-5"),
    ("people.count", None, "unknown"),
    ("now", NOW, "2026-11-20"),
]


@pytest.mark.parametrize(("name", "given_", "said"), SAID)
def test_a_value_is_said_as_people_say_it(name, given_, said):
    assert say(name, {name: given_}) == said


def test_a_duration_and_a_measure_are_said_in_hours_and_digits(monkeypatch):
    assert say("people.count", {"people.count": timedelta(hours=36)}) == "36 h"
    assert say("people.count", {"people.count": 99.95}) == "99.95"


def test_money_has_its_currency_where_that_is_known():
    message = Message("{spend.annual} a year", ("spend.annual",))

    assert message.reads == ("spend.annual", "company.currency")
    assert message.said({"spend.annual": 12_000_000, "company.currency": "EUR"}) == "EUR 12 a year"
    assert message.said({"spend.annual": 12_000_000, "company.currency": ""}) == "12 a year"
    assert message.said({}) == "unknown a year"


def test_a_fact_that_a_message_names_and_nobody_knows_is_said_to_be_unknown(tmp_path):
    text = changed("{grants.leaver_owned} of {grants.active}", "{ grants.people } people; {grants.leaver_owned}")
    (policy,) = loaded(tmp_path, text).policies

    assert judge(policy, {}, facts(grants__active=6, grants__leaver_owned=1), NOW).message == "unknown people; 1"


@given(st.text(alphabet="ab {}", max_size=12))
def test_the_places_of_braces_are_those_in_the_text(text):
    try:
        places, whole = [at for at, _ in placeholders(text)], True
    except ValueError as stray:
        places, whole = [stray.args[0]], False

    assert all(text[at] in "{}" for at in places)
    assert not whole or text.count("{") == text.count("}") == len(places)


def test_the_names_of_the_vocabulary_are_all_known_to_the_engine():
    for name, fact in NAMES.items():
        with pytest.raises(Faulty):
            compile_expression(f"{name} == zzz")
        if fact.type is Type.BOOL:
            assert compile_expression(name).names == (name,)
