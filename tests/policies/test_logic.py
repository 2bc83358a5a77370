"""The logical skeleton: it says what the engine says, and names the facts that keep an expression unknown."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import Known
from policies import engine
from policies.engine import compile_expression, evaluate
from policies.logic import Kind, skeleton, undecided, value
from policies.tokens import tokens

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def drawn(text):
    """Return the skeleton as text: atoms as they are, each joint with its parts in brackets."""

    def draw(node):
        return node.text if node.kind is Kind.ATOM else f"{node.kind.value}({', '.join(map(draw, node.parts))})"

    return draw(skeleton(text, tokens(text)))


SHAPES = [
    ("a", "a"),
    ("a.b > 3", "a.b > 3"),
    ("a && b && c", "&&(a, b, c)"),
    ("a || b && c", "||(a, &&(b, c))"),
    ("a && b || c", "||(&&(a, b), c)"),
    ("(a || b) && c", "&&(||(a, b), c)"),
    ("((a))", "a"),
    ("(a) && (b)", "&&(a, b)"),
    ("(a) == (b)", "(a) == (b)"),
    ("!a", "!(a)"),
    ("!(a && b)", "!(&&(a, b))"),
    ("!a && b", "&&(!(a), b)"),
    ("!a == b", "!a == b"),
    ("!(a || b) in c || d", "||(!(a || b) in c, d)"),
    ("!a.b(c > d)", "!(a.b(c > d))"),
    ("a ? b : c", "?(a, b, c)"),
    ("a || b ? c && d : e", "?(||(a, b), &&(c, d), e)"),
    ("a ? b : c ? d : e", "?(a, b, ?(c, d, e))"),
    ("a ? (b ? c : d) : e", "?(a, ?(b, c, d), e)"),
    ("a.all(x, x && y)", "a.all(x, x && y)"),
    ("a in [b, c] && d", "&&(a in [b, c], d)"),
    ("f(a || b) || c", "||(f(a || b), c)"),
    ("a[0] && b", "&&(a[0], b)"),
    ("a // or\n&& b", "&&(a, b)"),
    ("'a || b' == c", "'a || b' == c"),
]


@pytest.mark.parametrize(("text", "shape"), SHAPES)
def test_an_expression_falls_apart_where_its_logic_joins_it(text, shape):
    assert drawn(text) == shape


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
