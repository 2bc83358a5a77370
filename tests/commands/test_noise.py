"""Noise is hidden from the table with the rule that says so, is shown on demand, and programs get all."""

import json

import pytest

CONFIG = """
[noise.lunch]
sentence = "People order their lunch there."
tools = ["calendly"]

[noise.trial]
off = true
"""


@pytest.fixture
def lunch(filled, run):
    """A company that calls Calendly noise by a rule of its own."""
    config = filled / "ostiary.toml"
    config.write_text(config.read_text(encoding="utf-8") + CONFIG, encoding="utf-8")
    done = run("rebuild")
    assert done.exit_code == 0, done.stderr
    return filled


def test_a_rule_of_the_company_hides_its_tools_and_says_so(lunch, run, rows):
    (row,) = [row for row in rows("tools") if row["id"] == "calendly"]
    assert row["noise"] == "lunch"

    table = run("tools", "--limit", "0").stdout
    assert "Calendly" not in table
    assert "1 more hidden as noise (1 by lunch); --noise shows them." in table
    shown = run("tools", "--noise", "--limit", "0").stdout
    assert "Calendly (noise)" in " ".join(shown.split())
    assert "hidden as noise" not in shown


def test_noise_is_counted_always(lunch, rows, run):
    assert len(rows("tools")) == len(rows("tools", "--noise"))
    assert f"{len(rows('tools')) - 1} tools." in run("tools", "--limit", "0").stdout


def test_where_all_is_hidden_the_table_says_how_to_see_it(lunch, run):
    done = run("tools", "--category", "scheduling")

    said = " ".join(done.stdout.split())
    assert "None of the " in said
    assert "1 more hidden as noise (1 by lunch); --noise shows them." in said


def test_the_page_says_which_rule_and_what_to_do(lunch, run):
    page = " ".join(run("tools", "show", "calendly").stdout.split())

    assert "Noise, and hidden in lists (lunch): People order their lunch there." in page
    assert "ostiary review noise calendly --not --reason TEXT" in page


def test_a_person_who_says_that_it_is_none_beats_the_rule(lunch, run, rows):
    done = run("review", "noise", "Calendly", "--not", "--reason", "Sales needs it")

    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "calendly is no noise from now on (decision" in said
    assert "source leads" not in said
    assert [row["noise"] for row in rows("tools") if row["id"] == "calendly"] == [None]


def test_a_person_hides_a_tool_and_takes_it_back(filled, run, rows):
    before = rows("tools")
    done = run("review", "noise", "Leadlantern", "--reason", "A test of ours", "--format", "json")
    found = json.loads(done.stdout)

    (row,) = [row for row in rows("tools") if row["name"] == "Leadlantern"]
    assert row["noise"] == f"decision:{found['decision']}"
    table = run("tools", "--limit", "0").stdout
    assert "Leadlantern" not in table
    assert "(1 by a person's decision)" in " ".join(table.split())
    page = " ".join(run("tools", "show", "Leadlantern").stdout.split())
    assert f"A person ruled that it is noise (decision {found['decision']})." in page
    assert "A test of ours" in page

    run(*found["undo"].split()[1:-1], "No")
    assert rows("tools") == before


def test_a_tool_that_nobody_knows_can_be_no_noise(filled, run):
    done = run("review", "noise", "Nowhere", "--reason", "x")

    assert (done.exit_code, "there is no tool 'Nowhere'" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[noise.lunch]\ntools = ['x']\n", "noise.lunch: a rule of your own needs a sentence"),
        ("[noise.trial]\nquiet_day = 7\n", "noise.trial.quiet_day: unknown key"),
        ("[noise.trial]\nquiet_days = 0\n", "noise.trial.quiet_days"),
        ("[noise.trial]\nunpaid = 1\n", "noise.trial.unpaid"),
        ("noise = 7\n", "noise"),
    ],
)
def test_a_wrong_rule_is_told_with_file_and_key(machine, run, text, says):
    (machine / "ostiary.toml").write_text(text, encoding="utf-8")

    done = run("tools")

    assert done.exit_code == 2
    assert "ostiary.toml: " in done.stderr
    assert says in " ".join(done.stderr.split())


def test_rulings_on_money_are_shown_where_they_act(filled, run, rows):
    (first,) = [row for row in rows("spend", "--unmatched") if row["merchant"] == "acme print shop"]
    assert (first["ruling"], first["decision"]) == (None, None)

    run("spend", "rule", "acme print shop", "later", "--reason", "Ask Bo")
    (later,) = [row for row in rows("spend", "--unmatched") if row["merchant"] == "acme print shop"]
    assert later["ruling"] == "later"
    table = " ".join(run("spend", "--unmatched", "--limit", "0").stdout.split())
    assert f"later (decision {later['decision']})" in table
    assert f"ostiary review undo {later['decision']} --reason TEXT" in table

    run("spend", "rule", "acme print shop", "tool", "--tool", "Acme Web Print", "--reason", "Its web shop")
    (tool,) = [row for row in rows("spend") if row["tool"] == "Acme Web Print"]
    (decided,) = tool["rulings"]
    number = decided.partition(":")[2]
    assert f"ostiary review undo {number} --reason TEXT" in run("spend").stdout
    page = " ".join(run("tools", "show", "Acme Web Print").stdout.split())
    assert f"(decision {number}, " in page
    assert "Its web shop" in page


def test_rules_alone_leave_the_company_that_the_last_run_knew(filled, run, rows):
    before = rows("tools")
    (filled / "ostiary.toml").write_text(CONFIG, encoding="utf-8")

    done = run("rebuild")

    assert done.exit_code == 0, done.stderr
    assert [row | {"noise": None} for row in rows("tools")] == before
    assert [row["id"] for row in rows("tools") if row["noise"]] == ["calendly"]
