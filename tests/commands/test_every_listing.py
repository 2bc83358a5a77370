"""What holds for every listing: four formats, the same rows, limits, empty states, nothing beside data on stdout."""

import csv
import io
import json

import pytest

from commands.audit import AUDIT
from commands.cases import CASES
from commands.catalog import ENTRIES
from commands.changes import CHANGES
from commands.connections import CONNECTIONS
from commands.coverage import COVERAGE
from commands.ingest import FORMAT_LIST
from commands.inventory import INVENTORY
from commands.review import DECISIONS
from commands.signals import SIGNALS
from commands.spend import BY_TOOL, UNMATCHED
from commands.standing import FINDINGS
from commands.tool_page import CHARGES
from commands.tools import TOOLS
from tests.commands.conftest import FIXTURES

LISTINGS = {
    ("tools",): TOOLS,
    ("findings",): FINDINGS,
    ("findings", "--verdict", "all"): FINDINGS,
    ("cases",): CASES,
    ("inventory",): INVENTORY,
    ("inventory", "--all"): INVENTORY,
    ("connections",): CONNECTIONS,
    ("spend",): BY_TOOL,
    ("spend", "--unmatched"): UNMATCHED,
    ("spend", "show", "canva"): CHARGES,
    ("signals",): SIGNALS,
    ("coverage",): COVERAGE,
    ("changes",): CHANGES,
    ("review", "decisions"): DECISIONS,
    ("audit", "list"): AUDIT,
    ("catalog", "search", "survey"): ENTRIES,
    ("ingest", "--list"): FORMAT_LIST,
}
EVERY = pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
LIMITED = pytest.mark.parametrize("words", [w for w in LISTINGS if "--list" not in w], ids=" ".join)


@EVERY
def test_three_formats_for_programs_hold_the_same_rows(filled, run, words):
    array = json.loads(run(*words, "--format", "json").stdout)
    lines = [json.loads(line) for line in run(*words, "--format", "jsonl").stdout.splitlines()]
    cells = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))

    assert array
    assert lines == array
    assert len(cells) == len(array)
    for row, cell in zip(array, cells, strict=True):
        assert {name for name, value in cell.items() if value} <= {
            name for name, value in row.items() if value is not None
        }


@EVERY
def test_the_header_of_csv_names_every_field(filled, run, words):
    array = json.loads(run(*words, "--format", "json").stdout)
    header = next(csv.reader(io.StringIO(run(*words, "--format", "csv").stdout)))

    assert header == list(LISTINGS[words].fields)
    assert {name for row in array for name in row} <= set(header)


@EVERY
def test_a_table_has_a_head_a_line_a_row_and_a_count(filled, run, words):
    done = run(*words)

    assert done.exit_code == 0
    assert done.stderr == ""
    assert LISTINGS[words].columns[0].title in done.stdout
    assert "─" in done.stdout
    assert any(line.endswith((".", "all.")) and line[0].isdigit() for line in done.stdout.splitlines() if line)


@LIMITED
def test_a_limit_holds_in_every_format(filled, run, words):
    array = json.loads(run(*words, "--limit", "1", "--format", "json").stdout)
    shown = run(*words, "--limit", "1").stdout

    assert len(array) == 1
    assert "1 of " in shown or "\n1 " in shown


@EVERY
def test_the_first_column_stays_however_narrow_the_terminal(filled, run, words, monkeypatch):
    monkeypatch.setenv("COLUMNS", "36")

    shown = run(*words).stdout

    kept = [column.title for column in LISTINGS[words].columns if column.rank == 0]
    assert kept
    assert kept[0].split()[0][:4] in shown


@EVERY
def test_columns_that_go_have_an_order_of_their_own(words):
    ranks = [column.rank for column in LISTINGS[words].columns if column.rank]

    assert len(ranks) == len(set(ranks))


@pytest.mark.parametrize(
    "words", [w for w in LISTINGS if w[0] not in {"catalog", "ingest"} and "show" not in w], ids=" ".join
)
def test_without_a_database_a_list_is_empty_and_says_so(run, machine, words):
    db = ["--db", f"sqlite:///{machine}/none.db"]

    table = run(*words, *db)
    array = run(*words, *db, "--format", "json")

    assert (table.exit_code, array.exit_code) == (0, 0)
    assert "There is no database" in table.stdout
    assert json.loads(array.stdout) == []
    assert not (machine / "none.db").exists()


@pytest.mark.parametrize("words", [("spend",), ("spend", "--unmatched"), ("changes", "--kind", "grant")], ids=" ".join)
def test_a_database_without_such_rows_says_why_and_what_to_do(run, machine, words):
    run("ingest", "people-csv", FIXTURES / "people.csv", "--db", "sqlite:///x.db")

    done = run(*words, "--db", "sqlite:///x.db")

    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) >= 2
    assert "There is no database" not in done.stdout


def test_a_database_of_another_shape_is_told_what_to_do(run, machine, monkeypatch):
    run("db", "upgrade", "--db", "sqlite:///x.db")
    monkeypatch.setattr("commands.opening.is_current", lambda _store: False)

    done = run("tools", "--db", "sqlite:///x.db")

    assert done.exit_code == 2
    assert "ostiary db upgrade" in done.stderr


def test_what_needs_no_database_asks_for_none(run, machine):
    (machine / "x.db").write_bytes(b"broken" * 500)

    assert run("ingest", "--list", "--db", "sqlite:///x.db").exit_code == 0
    assert run("catalog", "search", "survey", "--db", "sqlite:///x.db").exit_code == 0
