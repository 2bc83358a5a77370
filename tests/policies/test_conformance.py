"""Whatever engine stands behind policies/engine.py says what tests/policies/conformance.yaml expects."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.facts import ATTRIBUTES, NAMES, VOCABULARY, Known
from policies.documents import documents
from policies.engine import compile_expression, evaluate
from policies.reading import Faulty
from policies.values import value_of

FILE = Path(__file__).parent / "conformance.yaml"
SAYS = {"true": True, "false": False, "unknown": None}


def examples():
    (document,) = documents(FILE.read_text(encoding="utf-8"))
    return [{key: node for key, (_, node) in item.fields.items()} for item in document.items]


def stated(example):
    if "facts" not in example:
        return {}
    return {name: value_of(NAMES[name], node) for name, (_, node) in example["facts"].fields.items()}


@pytest.mark.parametrize(
    "example", examples(), ids=lambda example: f"{example['say'].place.line}: {example['say'].text}"
)
def test_the_engine_says_what_the_file_expects(example):
    text, expected, values = example["say"].text, example["is"].text, stated(example)

    if expected == "refused":
        with pytest.raises(Faulty) as refused:
            compile_expression(text)
        assert all(0 <= at <= len(text) and message for at, message in refused.value.faults)
        return
    now = values.pop("now", datetime(2026, 1, 1, tzinfo=UTC))
    attributes = {name: value for name, value in values.items() if name in ATTRIBUTES}
    facts = {name: Known(value) for name, value in values.items() if name in VOCABULARY}

    assert evaluate(compile_expression(text), attributes, facts, now) is SAYS[expected]


def test_the_file_has_examples_of_every_type_and_every_answer():
    found = examples()

    types = {NAMES[name].type for example in found for name in stated(example)}
    assert {example["is"].text for example in found} == {*SAYS, "refused"}
    assert {fact.type for fact in NAMES.values()} <= types
