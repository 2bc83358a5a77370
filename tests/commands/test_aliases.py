"""`catalog alias`, the overlay and `identify`: what the company taught is known wherever a string is read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.schema import upgrade
from storage.store import Store

ROOT = Path(__file__).resolve().parent.parent.parent
OWN = """\
id: acme-portal
name: Acme Partner Portal
vendor: Acme
category: crm
domains: [portal.acme-works.com]
names: [Partnerwelt]
"""
WRONG = """\
---
id: acme-thief
name: Acme Thief
vendor: Acme
category: crm
domains: [hubspot.com]
"""


@pytest.fixture
def own(machine):
    """Give the company an overlay; the caller writes the files."""
    config = machine / "ostiary.toml"
    before = config.read_text(encoding="utf-8") if config.exists() else ""
    config.write_text(before + '\n[catalog]\noverlay = "tools"\n', encoding="utf-8")
    (machine / "tools").mkdir()

    def write(text, name="own.yaml"):
        (machine / "tools" / name).write_text(text, encoding="utf-8")

    return write


def asked(run, *strings, words=()):
    asked_for = [{"id": n, "kind": kind, "value": value} for n, (kind, value) in enumerate(strings)]
    lines = "".join(json.dumps(line) + "\n" for line in asked_for)
    done = run("identify", *words, stdin=lines.encode())
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def teach(run, value, tool, kind="app_name", *words):
    return run("catalog", "alias", value, tool, "--kind", kind, *words)


def test_an_alias_moves_the_tool_and_says_how_to_undo_it(filled, run, rows):
    done = teach(run, "Leadlantern", "hubspot", "app_name", "--reason", "Its portal")

    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "Leadlantern is hubspot from now on" in said
    assert "1 name of a source leads to another tool now." in said
    assert "ostiary review undo " in said
    assert "Leadlantern" not in {row["name"] for row in rows("tools")}
    page = " ".join(run("tools", "show", "hubspot").stdout.split())
    assert "A person ruled that the name “leadlantern” is HubSpot" in page
    (decided,) = [row for row in rows("review", "decisions") if row["kind"] == "alias"]
    shown = json.loads(run("tools", "show", "hubspot", "--format", "json").stdout)
    assert decided["id"] in [row["id"] for row in shown["decisions"]]


def test_undone_it_is_as_before(filled, run, rows):
    before = rows("tools")
    found = json.loads(teach(run, "Leadlantern", "hubspot", "app_name", "--format", "json").stdout)

    done = run(*found["undo"].split()[1:-1], "Not after all")

    assert done.exit_code == 0, done.stderr
    assert rows("tools") == before
    assert rows("catalog", "aliases") == []


def test_aliases_are_listed_with_their_decision(filled, run, rows):
    teach(run, "Leadlantern", "hubspot", "app_name", "--reason", "Its portal")
    teach(run, "https://go.lead-lantern.com/x", "HubSpot", "url")

    listed = rows("catalog", "aliases")

    assert [(row["kind"], row["value"], row["tool_id"], row["tool"], row["reason"]) for row in listed] == [
        ("domain", "go.lead-lantern.com", "hubspot", "HubSpot", "Learned as an alias; no further reason was given."),
        ("app_name", "leadlantern", "hubspot", "HubSpot", "Its portal"),
    ]
    table = run("catalog", "aliases").stdout
    assert "2 aliases." in table
    assert "ostiary review undo DECISION --reason TEXT" in table


def test_no_aliases_say_how_to_teach_one(filled, run):
    assert "ostiary catalog alias" in run("catalog", "aliases").stdout


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["hubspot.com", "canva", "--kind", "domain"], 1, "belongs to HubSpot. --force with a reason"),
        (["hubspot.com", "canva", "--kind", "domain", "--force"], 1, "say why with --reason TEXT"),
        (["x", "nowhere", "--kind", "app_name"], 1, "there is no tool 'nowhere'"),
        (["example.com", "canva", "--kind", "domain"], 1, "is a domain of the company"),
        (["x", "canva"], 2, "--kind"),
        (["x", "canva", "--kind", "colour"], 2, "colour"),
    ],
)
def test_what_is_refused_is_refused_with_the_reason(filled, run, rows, words, status, says):
    before = rows("review", "decisions")

    done = run("catalog", "alias", *words)

    assert done.exit_code == status
    assert says in " ".join(done.stderr.split())
    assert rows("review", "decisions") == before


def test_identify_knows_what_was_taught_and_forgets_what_was_undone(filled, run):
    string = ("app_name", "Leadlantern (Prod)")
    assert asked(run, string)[0]["tool_id"] is None
    found = json.loads(teach(run, "Leadlantern", "hubspot", "app_name", "--format", "json").stdout)

    (answer,) = asked(run, string)
    assert (answer["tool_id"], answer["tool"], answer["matcher"], answer["confidence"]) == (
        "hubspot", "HubSpot", "decision", 1.0,
    )  # fmt: skip
    assert f"(decision {found['decision']}, " in answer["why"]

    run("review", "undo", found["decision"], "--reason", "no")
    assert asked(run, string)[0]["tool_id"] is None


def test_identify_names_a_tool_that_only_the_company_knows(filled, run, rows):
    run("spend", "rule", "acme print shop", "tool", "--tool", "Acme Web Print", "--reason", "Its web shop")
    teach(run, "acme-print.com", "Acme Web Print", "domain")

    (answer,) = asked(run, ("script_host", "cdn.acme-print.com"))

    assert answer | {"why": ""} == {
        "id": 0, "tool": "Acme Web Print", "tool_id": "own-acme-web-print", "vendor": None, "category": None,
        "marketing": None, "matcher": "decision", "confidence": 1.0, "why": "",
    }  # fmt: skip


def test_identify_suggests_nothing_for_what_was_taught(filled, run):
    teach(run, "Leadlantern", "hubspot")

    (answer,) = asked(run, ("app_name", "Leadlantern"), words=["--suggest"])

    assert (answer["tool_id"], answer["candidates"]) == ("hubspot", [])


def test_the_overlay_is_known_to_identify_and_to_the_catalogue(own, run, rows):
    own(OWN)

    answers = asked(run, ("domain", "eu.portal.acme-works.com"), ("app_name", "Partnerwelt"), ("domain", "hubspot.com"))

    assert [answer["tool_id"] for answer in answers] == ["acme-portal", "acme-portal", "hubspot"]
    assert [row["id"] for row in rows("catalog", "search", "partnerwelt")] == ["acme-portal"]
    assert json.loads(run("catalog", "show", "acme-portal", "--format", "json").stdout)["vendor"] == "Acme"


def test_what_the_overlay_adds_to_a_known_tool_is_shown_with_it(own, run, rows):
    own("id: hubspot\nnames: [Hubs]\ndomains: [hubs.acme-works.com]\n")

    found = json.loads(run("catalog", "show", "hubspot", "--format", "json").stdout)

    assert {"hubspot.com", "hubs.acme-works.com"} <= set(found["domains"])
    assert (found["name"], "Hubs" in found["names"]) == ("HubSpot", True)


def test_a_wrong_record_is_told_with_file_and_line_and_the_rest_holds(own, run, monkeypatch):
    monkeypatch.setattr("commands.catalog.check", lambda _folder: [])
    own(OWN + WRONG)
    problem = "tools/own.yaml:8: domain hubspot.com of acme-thief belongs to hubspot"

    done = run("identify", stdin=b'{"id": 1, "kind": "domain", "value": "portal.acme-works.com"}\n')
    assert json.loads(done.stdout)["tool_id"] == "acme-portal"
    assert problem in done.stderr

    checked = run("catalog", "check")
    assert checked.exit_code == 1
    assert problem in checked.stdout
    assert "1 entry breaks the catalogue's law" in checked.stderr

    searched = run("catalog", "search", "partnerwelt")
    assert (searched.exit_code, problem in searched.stderr) == (0, True)


def test_a_good_overlay_passes_the_check(own, run, monkeypatch):
    monkeypatch.setattr("commands.catalog.check", lambda _folder: [])
    own(OWN)

    done = run("catalog", "check")

    assert (done.exit_code, "keeps the catalogue's law" in done.stderr) == (0, True)


def test_an_overlay_names_tools_in_use_at_the_next_run(filled, own, run, rows):
    own("id: lead-lantern\nname: Leadlantern\nvendor: Lead\ncategory: crm\ndomains: [lead-lantern.com]\n")

    done = run("rebuild")

    assert done.exit_code == 0, done.stderr
    (tool,) = [row for row in rows("tools") if row["name"] == "Leadlantern"]
    assert (tool["id"], tool["provisional"], tool["category"]) == ("lead-lantern", False, "crm")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[catalog]\noverlay = "nowhere"\n', "there is no folder"),
        ("[catalog]\noverlay = 7\n", "overlay"),
        ("[catalog\n", "not TOML"),
    ],
)
def test_a_wrong_setting_is_a_wrong_configuration(machine, run, text, says):
    (machine / "ostiary.toml").write_text(text, encoding="utf-8")

    for words in (["identify"], ["catalog", "search", "x"]):
        done = run(*words, stdin=b"")
        assert (done.exit_code, says in done.stderr) == (2, True), done.stderr


def test_a_database_that_cannot_be_read_is_told(machine, run):
    (machine / "x.db").write_text("words " * 1000, encoding="utf-8")

    done = run("identify", "--db", f"sqlite:///{machine}/x.db", stdin=b"")

    assert (done.exit_code, "file is not a database" in done.stderr) == (2, True)


def test_with_overlay_and_aliases_identify_loads_neither_the_orm_nor_the_web_nor_tables(own, machine):
    own(OWN)
    url = f"sqlite:///{machine}/ostiary.db"
    store = Store(url)
    upgrade(store)
    store.close()
    script = (
        "import sys, cli\ntry:\n cli.ostiary(['--db', sys.argv[1], 'identify'])\n"
        "except SystemExit: print(*sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    def loaded():
        done = subprocess.run(
            [sys.executable, "-c", script, url], input=b'{"id": 1, "kind": "app_name", "value": "Partnerwelt"}\n',
            capture_output=True, check=True, env=environment, cwd=machine,
        )  # fmt: skip
        assert json.loads(done.stdout)["tool_id"] == "acme-portal"
        return set(done.stderr.decode().split())

    unwanted = {"sqlmodel", "sqlalchemy", "alembic", "fastapi", "starlette", "rich", "pydantic", "duckdb", "psycopg"}
    assert loaded() & unwanted == set()
    assert loaded() & (unwanted | {"yaml"}) == set()
