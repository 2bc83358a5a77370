"""The engine's own edge: compiling, types, places of faults, and what the library's errors become."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import ATTRIBUTES, NAMES, VOCABULARY, Known, Type
from policies import engine
from policies.engine import compile_expression, evaluate, values_of
from policies.expressions import LONGEST
from policies.reading import Faulty

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def faults(text, **given_):
    with pytest.raises(Faulty) as refused:
        compile_expression(text, **given_)
    return refused.value.faults


def say(text, **known):
    return evaluate(compile_expression(text), {}, {n.replace("__", "."): Known(v) for n, v in known.items()}, NOW)


def test_an_expression_keeps_its_text_and_the_facts_that_it_reads():
    found = compile_expression("people.count >= 3 && tool.status == 'new'")

    assert found.text == "people.count >= 3 && tool.status == 'new'"
    assert found.names == ("people.count", "tool.status")


def test_equal_expressions_are_equal():
    assert compile_expression("people.count > 3") == compile_expression("people.count > 3")
    assert compile_expression("people.count > 3") != compile_expression("people.count > 4")


FLAT = ["a", "a && b", "a || b", "a && b && c"]
MIXED = ["!a", "a && !b", "a && (b || c)", "a ? b : c"]


@pytest.mark.parametrize("text", FLAT + MIXED)
def test_only_where_logic_is_mixed_its_parts_are_kept(text):
    words = {"a": "data.personal", "b": "grants.offline", "c": "grants.mail_read"}

    found = compile_expression("".join(words.get(character, character) for character in text))

    assert bool(found.atoms) == (text in MIXED)


def test_a_fault_of_the_library_stands_at_its_line_and_column():
    assert faults("true &&\n  people.count > 'x'")[0][0] == 23
    assert faults("true &&\n\n  1 2")[0][0] == 13


def test_a_fault_behind_letters_of_other_scripts_stands_at_its_character():
    assert faults("tool.name == 'é😀' && people.count > 'x'")[0][0] == 34


def test_all_faults_of_one_expression_come_in_order():
    assert [at for at, _ in faults("has(now) && people.cuont > 3")] == [0, 12]


def test_the_longest_expression_is_taken_and_one_more_character_is_not():
    text = "people.count > 0 && " * 49 + "true"
    longest = text + " " * (LONGEST - len(text))

    assert len(longest) == LONGEST
    assert compile_expression(longest).names == ("people.count",)
    assert faults(longest + " ") == [(LONGEST, "longer than 1000 characters: make it two policies")]


@pytest.mark.parametrize("text", ["(" * 60 + "true" + ")" * 60, "[" * 60 + "]" * 60 + " == []"])
def test_what_is_nested_too_deeply_is_refused_and_does_not_crash(text):
    assert "nested too deeply" in faults(text)[0][1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("people.count", "int"),
        ("tool.name", "string"),
        ("grants.scopes", "list<string>"),
        ("access.mfa_share", "double"),
        ("now", "timestamp"),
        ("now - now", "duration"),
    ],
)
def test_what_is_not_true_or_false_is_refused_with_its_type(text, kind):
    ((at, said),) = faults(text)

    assert at == 0
    assert f"of type {kind}, not true or false" in said


def test_a_message_of_a_refusal_holds_all_its_faults():
    with pytest.raises(Faulty, match=r"has\(\) is not allowed.*there is no fact"):
        compile_expression("has(now) && people.cuont > 3")


LITERAL = {
    Type.BOOL: (True, "NAME == true"),
    Type.INT: (7, "NAME == 7"),
    Type.FLOAT: (0.25, "NAME == 0.25"),
    Type.MONEY: (2_500_000, "NAME == 2500000"),
    Type.DATE: (date(2026, 6, 30), 'NAME == timestamp("2026-06-30T00:00:00Z")'),
    Type.STRING: ("crm", 'NAME == "crm"'),
    Type.DURATION: (timedelta(hours=8), 'NAME == duration("8h")'),
    Type.LIST: (("a", "b"), 'NAME == ["a", "b"]'),
}


@pytest.mark.parametrize("fact", [fact for fact in VOCABULARY.values() if not fact.values], ids=lambda fact: fact.name)
def test_every_fact_reaches_the_engine_as_what_it_is_declared(fact):
    given_, text = LITERAL[fact.type]

    found = compile_expression(text.replace("NAME", fact.name))

    assert evaluate(found, {}, {fact.name: Known(given_)}, NOW) is True
    assert evaluate(found, {}, {}, NOW) is None


@pytest.mark.parametrize("fact", [fact for fact in NAMES.values() if fact.values], ids=lambda fact: fact.name)
def test_every_closed_value_can_be_compared_with(fact):
    for value in fact.values:
        text = f'"{value}" in {fact.name}' if fact.type is Type.LIST else f'{fact.name} == "{value}"'
        attributes = {fact.name: value} if fact.name in ATTRIBUTES else {}
        facts = {} if attributes else {fact.name: Known((value,) if fact.type is Type.LIST else value)}

        assert evaluate(compile_expression(text), attributes, facts, NOW) is True


def test_the_moment_of_judgement_is_now():
    assert say('now == timestamp("2026-11-20T00:00:00Z")') is True


def test_days_are_midnight_in_utc():
    assert say("grants.last_used == now", grants__last_used=date(2026, 11, 20)) is True
    assert say('now - grants.last_used == duration("24h")', grants__last_used=date(2026, 11, 19)) is True


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_out_of_all_bounds_is_unknown_and_no_crash(day):
    assert say('now - grants.last_used < duration("720h")', grants__last_used=day) in (None, False)


@pytest.mark.parametrize("count", [2**63, -(2**63) - 1])
def test_a_count_out_of_all_bounds_is_unknown_and_no_crash(count):
    assert say("people.count > 3", people__count=count) is None


@given(st.text(max_size=20))
def test_a_text_of_a_source_is_data_and_never_an_expression(text):
    found = compile_expression('tool.name == "x" || tool.name != "x"')

    assert evaluate(found, {"tool.name": text.encode(errors="replace").decode()}, {}, NOW) is True


def test_values_hold_every_word_and_none_for_what_is_unknown():
    found = values_of({"tool.name": "Mailchimp"}, {"people.count": Known(3)}, NOW)

    assert set(found) == set(NAMES)
    assert {name: value for name, value in found.items() if value is not None} == {
        "tool.name": "Mailchimp",
        "people.count": 3,
        "now": NOW,
    }


def test_the_library_knows_the_words_of_the_vocabulary_and_no_others():
    assert set(engine._TO_CEL) == set(NAMES)
    assert set(engine._TYPES) == set(Type)
