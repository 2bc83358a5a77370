"""What programs read."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import machine

ROWS = [
    {"name": "Grüße", "n": 1, "money": [{"currency": "EUR", "amount_micros": 5}], "gone": None},
    {"name": "=HYPERLINK()", "n": -2, "money": [], "gone": True},
]
FIELDS = ("name", "n", "money", "gone")


def written(form, rows=ROWS, fields=FIELDS):
    out = io.StringIO()
    machine.write(form, iter(rows), fields, out)
    return out.getvalue()


def test_json_is_one_array():
    assert json.loads(written("json")) == ROWS


def test_nothing_is_an_empty_array_no_line_and_a_header():
    assert json.loads(written("json", [])) == []
    assert written("jsonl", []) == ""
    assert written("csv", []) == "name,n,money,gone\n"


def test_json_lines_are_one_object_a_line():
    assert [json.loads(line) for line in written("jsonl").splitlines()] == ROWS


def test_csv_holds_json_in_cells_and_quotes_formulas():
    cells = list(csv.DictReader(io.StringIO(written("csv"))))

    assert cells[0] == {"name": "Grüße", "n": "1", "money": '[{"currency":"EUR","amount_micros":5}]', "gone": ""}
    assert cells[1] == {"name": "'=HYPERLINK()", "n": "-2", "money": "[]", "gone": "true"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1", " =1"])
def test_a_cell_that_a_spreadsheet_would_run_starts_with_an_apostrophe(text):
    assert machine.cell(text).startswith("'")


@pytest.mark.parametrize("value", [-1, -1.5, "a=b", "mail@example.com", ""])
def test_other_cells_are_as_they_are(value):
    assert machine.cell(value) == str(value)


@given(
    st.recursive(st.text(alphabet=st.characters(codec=None)), lambda inner: st.lists(inner, max_size=3), max_leaves=5)
)
def test_json_is_safe_to_print_and_loses_nothing(value):
    text = machine.to_json(value)

    assert json.loads(text) == value
    assert not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F for c in text)
    text.encode()


def test_rows_are_written_as_they_come():
    out = io.StringIO()

    def rows():
        yield {"n": 1}
        assert '{"n": 1}' in out.getvalue()
        yield {"n": 2}

    machine.write("json", rows(), ("n",), out)

    assert json.loads(out.getvalue()) == [{"n": 1}, {"n": 2}]


def test_a_field_that_a_row_lacks_is_an_empty_cell():
    assert written("csv", [{"name": "a"}]) == "name,n,money,gone\na,,,\n"
