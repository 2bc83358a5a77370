"""Bounds: whatever the text of an expression says, its work has an end, for tools of which very much is known."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts import Known
from policies.bounds import LONGEST_PATTERN
from policies.engine import compile_expression, evaluate
from policies.reading import Faulty

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MANY = {
    "grants.scopes": Known(tuple(f"https://example.com/auth/scope.number.{n}" for n in range(9_000))),
    "people.count": Known(3),
}
NAME = {"tool.name": "a" * 4_000}

REFUSED = [
    ("grants.scopes.all(s, s in grants.scopes)", 26, "a list within a list"),
    ("grants.scopes.all(s, grants.scopes == grants.scopes)", 21, "a list within a list"),
    ("size(grants.scopes.map(s, grants.scopes)) > 0", 26, "a list within a list"),
    ("size(grants.scopes.map(s, s + tool.name)) > 0", 28, "nothing is added up within .map()"),
    ("grants.scopes.exists(s, tool.name.matches('a'))", 34, "that one's variable alone"),
    ("tool.name.matches(tool.name)", 10, "takes one text in quotes"),
    ("tool.name.matches('a' + 'b')", 10, "takes one text in quotes"),
    ("tool.name.matches('(a{1000}){1000}')", 18, "repeated more than 100 times"),
    ("tool.name.matches('a{1,1000}b')", 18, "repeated more than 100 times"),
    ("tool.name.matches(r'((a{20}){20}){20}')", 18, "repeated more than 100 times"),
    (f"tool.name.matches('{'a' * (LONGEST_PATTERN + 1)}')", 18, "200 characters at most"),
]


@pytest.mark.parametrize(("text", "at", "said"), REFUSED, ids=[one[0][:50] for one in REFUSED])
def test_what_could_take_too_long_is_refused_with_its_place(text, at, said):
    with pytest.raises(Faulty) as refused:
        compile_expression(text)

    assert any(place == at and said in message for place, message in refused.value.faults)


TAKEN = [
    'grants.scopes.exists(s, s.matches("^https://.*[.]readonly$"))',
    'grants.scopes.exists(s, s.matches("(a*)*b"))',
    "grants.scopes.exists(s, s.contains(tool.name))",
    "grants.scopes.exists(s, s in ['a', 'b'])",
    'tool.name.matches("(a*)*(a*)*(a*)*b")',
    "tool.name.matches(r'^(a|aa){1,50}b$')",
    "size(connections.systems.filter(s, s in connections.systems)) > 3",
    "grants.scopes.all(s, s != 'x') && " * 20 + "true",
    "(" * 23 + "true" + ")" * 23,
    f"[{', '.join(['1'] * 300)}].all(x, x == 1)",
]


@pytest.mark.parametrize("text", TAKEN, ids=[text[:50] for text in TAKEN])
def test_what_is_taken_has_an_end_soon(text):
    expression = compile_expression(text)
    started = time.process_time()

    evaluate(expression, NAME, MANY, NOW)

    assert time.process_time() - started < 1


PARTS = [
    "grants.scopes",
    "tool.name",
    "s",
    ".all(s, ",
    ".exists(s, ",
    ".map(s, ",
    ".matches('a{9}')",
    " in ",
    " == ",
    ")",
    " + ",
    "'x'",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=14))
def test_any_words_are_refused_or_evaluated_soon(words):
    try:
        expression = compile_expression("".join(words))
    except Faulty:
        return
    started = time.process_time()

    evaluate(expression, NAME, MANY, NOW)

    assert time.process_time() - started < 1
