"""The demo: the same for ever, and every list works on it."""

import json
import re

import pytest

from tests.commands.conftest import call


@pytest.fixture
def demo(demo_made, machine, monkeypatch):
    """Stand in a copy of what the demo left; what it said."""
    monkeypatch.setenv("OSTIARY_DB", demo_made.copy_to(machine))
    return demo_made


def test_the_demo_shows_the_tools_and_the_refused_stream(demo):
    assert demo.exit_code == 3
    assert "google:hollerbach/tokens refused" in demo.stdout.splitlines()[0]
    assert "Mailchimp" in demo.stdout
    assert "tools show Zapier" in demo.stdout


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    """The home of somebody who ran the demo once more, and named no database, and what it said."""
    home = tmp_path_factory.mktemp("another")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home))
        for name in ("OSTIARY_DB", "OSTIARY_CONFIG", "OSTIARY_AUDIT_KEY"):
            patch.delenv(name, raising=False)
        patch.chdir(home)
        return home, call("demo", "--format", "json")


def test_the_demo_is_the_same_every_time(demo, rows, another):
    home, again = another

    first = rows("tools"), rows("spend"), rows("coverage")
    second = [rows(name, "--db", f"sqlite:///{home}/ostiary/demo.db") for name in ("tools", "spend", "coverage")]

    assert again.exit_code == 3
    assert list(first) == second
    assert max(row["last_seen"] for row in first[0]) <= "2026-10-31T22:59:59.999Z"


def test_the_demo_a_second_time_changes_nothing(demo, run, rows):
    before = rows("tools"), rows("spend"), rows("review", "decisions")

    done = run("demo")

    assert done.exit_code == 3
    assert (rows("tools"), rows("spend"), rows("review", "decisions")) == before


@pytest.mark.parametrize(
    "words",
    [["tools", "show", "Zapier"], ["tools", "--new", "--marketing"], ["spend", "--unmatched"], ["coverage"]],
)
def test_what_the_demo_says_to_look_at_can_be_looked_at(demo, run, words):
    done = run(*words)

    assert done.exit_code == 0
    assert f"{' '.join(words)}" in demo.stdout
    assert len(done.stdout.splitlines()) > 5


def test_a_correction_on_the_demo_needs_no_configuration(demo, run, rows):
    shares = {row["id"]: row["marketing_used"] for row in rows("tools")}

    run("spend", "rule", "druckerei lund", "not-a-tool", "--reason", "Prints flyers")

    assert {row["id"]: row["marketing_used"] for row in rows("tools")} == shares


def test_the_demo_does_not_mix_with_a_company(filled, run, machine, rows):
    (machine / "ostiary.toml").write_text('[company]\nname = "Another Ltd"\n', encoding="utf-8")
    run("rebuild")

    done = run("demo")

    assert done.exit_code == 1
    assert "name another with --db" in done.stderr


def test_the_demo_has_a_database_of_its_own(another):
    home, done = another

    assert (home / "ostiary/demo.db").exists()
    assert len(json.loads(done.stdout)) > 14


def test_the_demo_shows_findings_then_tools_then_where_to_go_on(demo):
    order = ["Coverage:", "Findings", "high", "findings shown; `ostiary findings` lists all", "cases opened", "Tools",
             "tools shown; `ostiary tools` lists all", "Look further", "findings show ", "cases"]  # fmt: skip
    places = []
    for word in order:
        places.append(demo.stdout.index(word, places[-1] if places else 0))

    assert places == sorted(places)


def test_the_first_finding_that_the_demo_names_has_a_page(demo, run):
    named = re.search(r"findings show (\S+)", demo.stdout)

    done = run("findings", "show", named[1])

    assert done.exit_code == 0
    assert "What to do" in done.stdout


def test_the_first_finding_that_the_demo_and_the_listing_name_is_the_worst_that_asks_somebody_to_act(demo, run, rows):
    listed = rows("findings")
    worst = next(row for row in listed if not row["watched"])

    for text in (demo.stdout, run("findings").stdout):
        assert re.search(r"findings show (\S+)", text)[1] == worst["id"]
    assert worst["severity"] == listed[0]["severity"] == "high"
    assert [row["watched"] for row in listed if row["severity"] == "high"].index(True) > 0


def test_every_piece_of_evidence_of_the_demos_findings_leads_somewhere(demo, run, rows):
    keys = sorted({key for row in rows("findings") for key in row["evidence"]})

    assert keys
    for key in keys[:: max(1, len(keys) // 25)]:
        kind, _, rest = key.partition(":")
        words = ("tools", "show", rest) if kind == "tool" else ("signals", "show", key)
        done = run(*words, "--format", "json")
        assert done.exit_code == 0, (key, done.stderr)


def test_the_demo_fails_on_a_severity_where_it_is_asked_to(demo, run):
    assert run("demo", "--fail-on", "high").exit_code == 4
