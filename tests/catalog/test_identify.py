from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.identify import identify_lines

KEYS = {"id", "tool", "tool_id", "vendor", "category", "marketing", "matcher", "confidence", "why"}


def line(**fields):
    return json.dumps(fields).encode() + b"\n"


def one(index, raw):
    answers = list(identify_lines([raw], index))
    assert len(answers) == 1
    return answers[0]


def test_a_known_string_is_answered_with_the_whole_entry(index):
    answer = one(index, line(id="g1", kind="domain", value="app.quillfox.com"))

    assert answer == {
        "id": "g1",
        "tool": "Quillfox",
        "tool_id": "quillfox",
        "vendor": "Quillfox",
        "category": "email_marketing",
        "marketing": True,
        "matcher": "domain",
        "confidence": 0.97,
        "why": "The domain app.quillfox.com belongs to Quillfox (quillfox.com).",
    }


def test_an_unknown_string_is_answered_with_nulls_and_why(index):
    answer = one(index, line(id="g2", kind="domain", value="acme.com"))

    assert set(answer) == KEYS
    assert answer["tool"] is None
    assert answer["marketing"] is None
    assert answer["why"] == "No tool is known to own acme.com."


def test_a_card_descriptor_has_two_keys_more(index):
    answer = one(index, line(id=3, kind="card_descriptor", value="PADDLE.NET* QUILLFOX"))

    assert set(answer) == KEYS | {"counterparty", "merchant_of_record"}
    assert (answer["id"], answer["tool"]) == (3, "Quillfox")
    assert (answer["counterparty"], answer["merchant_of_record"]) == ("Paddle", "Paddle")


@pytest.mark.parametrize(
    ("raw", "native"),
    [
        (b"not json\n", None),
        (b"[1]\n", None),
        (b'"text"\n', None),
        (b"\xff\xfe\n", None),
        (b"[" * 100_000, None),
        (line(id="a"), "a"),
        (line(id="a", kind="nonsense", value="x"), "a"),
        (line(id="a", kind=["domain"], value="x"), "a"),
        (line(id="a", kind="domain"), "a"),
        (line(id="a", kind="domain", value=None), "a"),
        (line(id="a", kind="domain", value=5), "a"),
        (line(id={"x": 1}, kind="domain", value=5), None),
    ],
)
def test_a_malformed_line_is_answered_and_does_not_stop(index, raw, native):
    answers = list(identify_lines([raw, line(id="z", kind="app_name", value="Quillfox")], index))

    assert [answer["id"] for answer in answers] == [native, "z"]
    assert answers[0]["why"].startswith("error: ")
    assert answers[0]["tool"] is None
    assert answers[1]["tool"] == "Quillfox"


def test_blank_lines_are_passed_over_and_order_is_kept(index):
    lines = [b"\n", line(id=1, kind="domain", value="a.com"), b"  \n", line(id=2, kind="domain", value="b.com")]

    assert [answer["id"] for answer in identify_lines(lines, index)] == [1, 2]


def test_answers_come_one_by_one(index):
    def endless():
        while True:
            yield line(id=1, kind="domain", value="quillfox.com")

    assert next(identify_lines(endless(), index))["tool"] == "Quillfox"


def test_a_malformed_line_is_not_quoted(index):
    answer = one(index, b'{"id": 1, "secret": "hunter2"\n')

    assert "hunter2" not in json.dumps(answer)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer_that_is_json(index, raw):
    for answer in identify_lines([raw], index):
        assert set(answer) >= KEYS
        assert json.dumps(answer)


def test_starting_needs_no_heavy_module():
    program = "import sys, catalog.identify; print(sorted({m.partition('.')[0] for m in sys.modules}))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    for heavy in ("sqlalchemy", "sqlmodel", "fastapi", "click", "duckdb", "yaml", "publicsuffixlist", "pydantic"):
        assert f"'{heavy}'" not in loaded
