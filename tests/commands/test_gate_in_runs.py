"""A run works by the gate as the company sets it: who gets a case, what a rule lets in, what of it is refused."""

import re

import pytest

from tests.commands.people import REVIEWER, Staff

TEAMS = ("Brand & Content", "Performance Marketing", "CRM & Lifecycle", "Events & Partnerships", "Marketing Operations")
LOOK_ALIKE = "new-mailchimp-login-com-044baa55"
KEY = "k" * 40
CONFIG = f"""
[audit]
key = "file:key"
[gate]
rules = "gate.yaml"
[gate.hub]
{"".join(f'"{team}" = "{REVIEWER}"' + chr(10) for team in TEAMS)}
"""


@pytest.fixture
def demo(demo_made, machine, monkeypatch, run):
    """Stand in a copy of the demo, with the shipped rules as the company's own file."""
    monkeypatch.setenv("OSTIARY_DB", demo_made.copy_to(machine))
    (machine / "gate.yaml").write_text(run("review", "rules", "file").stdout, encoding="utf-8")
    (machine / "ostiary.toml").write_text(CONFIG.replace('[audit]\nkey = "file:key"\n', ""), encoding="utf-8")
    return machine


def change(folder, *pairs):
    path = folder / "gate.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def wide(folder):
    """Let the rule decide on what it would not by itself: two tools of the demo of medium risk."""
    when = re.search(r"when: >-.*?tool.provisional", (folder / "gate.yaml").read_text(encoding="utf-8"), re.DOTALL)
    change(
        folder,
        (when[0], "when: people.count <= 5 && spend.annual <= 2500 * 1000000 && !tool.provisional"),
        ("technology: [low]", "technology: [low, medium]"),
        ("customer: [low]", "customer: [low, medium]"),
    )


def of(rows, tool):
    return [row for row in rows("cases", "list", "--limit", "0") if row["tool_id"] == tool]


def test_the_file_of_the_rules_can_be_copied_and_holds_as_it_stands(demo, run):
    assert run("review", "rules", "check", "gate.yaml").exit_code == 0
    assert "The rules are those of gate.yaml." in run("review", "rules").stdout
    assert run("review", "rules", "file").stdout == (demo / "gate.yaml").read_text(encoding="utf-8")


def test_a_rule_of_the_company_decides_what_waits_and_the_run_says_so(demo, run, rows):
    wide(demo)

    done = run("rebuild")

    assert "2 tools were approved by a rule: `ostiary review decisions` shows which." in done.stderr
    made = [row for row in rows("review", "decisions") if row["by"].startswith("rule:FAST-01@")]
    assert {row["object"] for row in made} == {"tool:supermetrics", "tool:webflow"}
    assert "approved by a rule" not in run("rebuild").stderr


def test_refused_rules_let_nothing_in_and_are_told_with_their_place(demo, run, rows):
    wide(demo)
    change(demo, ("sample: 0.1", "sample: 7"))

    done = run("rebuild")

    assert done.exit_code == 0
    assert "The gate's rules are refused, so none of them approves or routes:" in done.stderr
    assert "gate.yaml:" in done.stderr
    assert not any(row["by"].startswith("rule:") for row in rows("review", "decisions"))
    assert len([row for row in rows("cases", "list") if row["state"] == "open"]) == 30


def test_a_new_case_goes_to_the_hub_member_of_the_team_that_the_configuration_names(demo, run, rows):
    staff, (case,) = Staff(), of(rows, LOOK_ALIKE)
    words = ("--reason", "It is not Mailchimp", "--sentence", "Do not sign in there.")
    decided = staff.json(REVIEWER, "review", "decide", str(case["id"]), "reject", *words)

    staff(REVIEWER, "review", "undo", str(decided["decision"]), "--reason", "Looked at once more")

    (again,) = (row for row in of(rows, LOOK_ALIKE) if row["state"] == "open")
    assert (again["assignee"], again["stage"]) == (REVIEWER, "new")


def test_the_demo_is_sealed_by_the_key_of_the_configuration_and_takes_nothing_else_of_it(
    machine, run, rows, monkeypatch
):
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/own.db")
    (machine / "ostiary.toml").write_text('[audit]\nkey = "file:key"\n[company]\nname = "Another"\n', encoding="utf-8")
    (machine / "key").write_text(KEY, encoding="utf-8")

    assert run("demo").exit_code == 3

    assert "with the audit key" in run("audit", "verify").stdout
    (machine / "key").write_text(KEY[::-1] + "x", encoding="utf-8")
    assert run("audit", "verify").exit_code == 1


def test_who_was_ruled_to_own_a_tool_is_shown_wherever_owners_are(demo, run, rows):
    staff, (case,) = Staff(), of(rows, "hotjar")
    assert case["owner_business"] == "viktor.rehn@tarnvik.example"

    own = ("review", "own", "hotjar", "amira.castell@tarnvik.example", "--reason", "Her team uses it")
    number = staff.json(REVIEWER, *own)["decision"]
    staff(REVIEWER, *own, "--side", "technical")

    (case,) = of(rows, "hotjar")
    (tool,) = (row for row in rows("tools", "--limit", "0") if row["id"] == "hotjar")
    assert case["owner_business"] == case["owner_technical"] == "amira.castell@tarnvik.example"
    assert tool["owners"] == ["amira.castell@tarnvik.example"]
    staff(REVIEWER, "review", "undo", str(number), "--reason", "It is his after all")
    assert of(rows, "hotjar")[0]["owner_business"] == "viktor.rehn@tarnvik.example"


def test_a_case_that_is_closed_says_when_and_waits_for_nobody(demo, run, rows, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    staff, (case,) = Staff(), of(rows, LOOK_ALIKE)
    words = ("--reason", "It is not Mailchimp", "--sentence", "Do not sign in there.")
    staff(REVIEWER, "review", "decide", str(case["id"]), "reject", *words)

    listed = run("cases", "list", "--state", "closed").stdout
    shown = run("cases", "show", str(case["id"])).stdout

    assert re.search(r"closed \d+ \w+ \d{4}\s+nobody", listed)
    assert "Due " not in shown
    assert re.search(r"Closed +\d", shown)
