"""Names that mean harm: what a source calls an app or a person reaches neither terminal nor spreadsheet as an order."""

import csv
import io
import json

import pytest
from rich.cells import cell_len

NAMES = {
    "escape": "Quiet\x1b[2J\x1b]0;owned\x07Tool",
    "eight-bit": "Eight\x9b31mBit",
    "direction": "Turn\u202eloot",
    "markup": "[bold red]Markup[/] :bomb: [link=https://x.example]go",
    "formula": '=HYPERLINK("https://x.example","pay")',
    "plus": "+1234 Tool",
    "at": "@SUM(A1:A9)",
    "emoji": "Party 🎉🎉 Tool 你好",
    "long": "Long" * 1024,
    "lines": "One\nTwo\r\nThree",
    "quotes": "A \"quoted\", 'name'; $(reboot)",
}


@pytest.fixture
def hostile(run, machine, monkeypatch):
    apps = [
        {"id": f"0oa{key}", "name": "bookmark", "label": label, "status": "ACTIVE", "signOnMode": "BOOKMARK"}
        for key, label in NAMES.items()
    ]
    (machine / "apps.json").write_text(json.dumps(apps), encoding="utf-8")
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/x.db")
    done = run("ingest", "okta-apps", "apps.json")
    assert done.exit_code == 0, done.stderr
    return machine


@pytest.mark.parametrize("words", [["tools", "--limit", "0"], ["signals", "--limit", "0"], ["changes", "--limit", "0"]])
@pytest.mark.parametrize("width", ["60", "140"])
def test_a_table_obeys_no_name(hostile, run, monkeypatch, words, width):
    monkeypatch.setenv("COLUMNS", width)

    shown = run(*words).stdout

    assert not any(ord(c) < 32 and c != "\n" for c in shown)
    assert not any(0x7F <= ord(c) <= 0x9F or 0x202A <= ord(c) <= 0x202E for c in shown)
    assert all(cell_len(line) <= int(width) for line in shown.split("\n") if not line.startswith("    ostiary "))


def test_markup_in_a_name_is_shown_and_not_obeyed(hostile, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")

    assert NAMES["markup"] in run("tools", "--limit", "0").stdout


def test_json_keeps_every_name_as_the_source_wrote_it_and_is_safe_to_print(hostile, run):
    done = run("signals", "--kind", "registration", "--format", "json")

    labels = {row["native_id"]: row["label"] for row in json.loads(done.stdout)}
    assert labels == {f"0oa{key}": label for key, label in NAMES.items()}
    assert not any(ord(c) < 32 and c != "\n" for c in done.stdout)
    assert "\x9b" not in done.stdout


def test_no_cell_of_csv_is_a_formula(hostile, run):
    read = list(csv.reader(io.StringIO(run("tools", "--format", "csv").stdout)))

    assert len(read) == len(NAMES) + 1
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in read for cell in row)


def test_the_page_of_a_tool_obeys_no_name_and_its_commands_are_quoted_for_the_shell(hostile, run):
    ids = [row["id"] for row in json.loads(run("tools", "--format", "json").stdout)]

    for tool in ids:
        shown = run("tools", "show", tool)
        assert shown.exit_code == 0
        assert "\x1b" not in shown.stdout
        assert "\x9b" not in shown.stdout


def test_a_file_of_a_hostile_name_is_told_safely(hostile, run, machine):
    (machine / "x\x1b[2J.csv").write_text("Date,Amount\n", encoding="utf-8")

    done = run("ingest", "card-csv", str(machine / "x\x1b[2J.csv"))

    assert done.exit_code == 1
    assert "\x1b" not in done.output
