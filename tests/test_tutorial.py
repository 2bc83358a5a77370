"""The tutorials, and what the README shows a newcomer, work as they stand, and print what they are shown to print."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli import COMMANDS
from commands.demo import _PEOPLE
from tests.tutorial import Command, Save, Shell, steps
from web.office import WebSettings

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests/fixtures"
TUTORIAL = ROOT / "docs/tutorial"
#: When the reader sits down: the Monday after the demo's last day.
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def page(name):
    return (TUTORIAL / name).read_text(encoding="utf-8")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A terminal in an empty folder."""
    return Shell(tmp_path, MONDAY, monkeypatch)


@pytest.fixture
def at_the_demo(shell, demo_made):
    """A terminal in a folder with the demo's database, which all commands take."""
    shell.patch.setenv("OSTIARY_DB", demo_made.copy_to(shell.folder))
    return shell


def test_a_found_tool_is_driven_to_the_inventory_as_the_tutorial_says(shell):
    for step in steps(page("from-found-to-approved.md")):
        shell.run(step)


def test_the_walk_through_the_demo_works(at_the_demo):
    for step in steps(page("demo-company.md")):
        at_the_demo.run(step)


def readme():
    """Yield the commands of the README: in `console` blocks, and in `text` blocks behind `$ `, with what they print."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind, body in re.findall(r"^```(console|text)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        first, _, rest = body.partition("\n")
        if first.startswith("$ ostiary"):
            yield Command(first[2:], shown=rest)
        elif kind == "console":
            yield from (Command(line) for line in body.splitlines() if line.startswith("ostiary"))


def test_what_the_readme_shows_of_the_demo_is_what_is_printed(at_the_demo):
    at_the_demo.patch.setenv("COLUMNS", "92")
    shown = [command for command in readme() if command.shown is not None]

    assert len(shown) >= 2
    for command in shown:
        at_the_demo.run(command)


def test_what_the_readme_says_of_ones_own_company_works(shell):
    (shell.folder / "logs").mkdir()
    shutil.copy(FIXTURES / "okta-system-log.jsonl", shell.folder / "logs")
    shutil.copy(FIXTURES / "card.csv", shell.folder / "statement.csv")
    own = [command for command in readme() if command.shown is None]

    words = [command.line.split()[1] for command in own]
    assert words == ["init", "ingest", "ingest", "findings", "review", "review", "serve"]
    for command in own:
        shell.run(with_token(command))
        if shell.secrets:
            shell.run(Command("export OSTIARY_TOKEN=<TOKEN>"))


def with_token(command):
    """What the README leaves to what is printed: the first account's token, which later commands act with."""
    return replace(command, shown="    export OSTIARY_TOKEN=<TOKEN>") if " review init " in command.line else command


def test_the_three_people_of_the_readme_are_those_to_whom_the_demo_gives_links():
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"^(\w+ \w+) \((.+)\):$", text, re.MULTILINE) == [(name, what) for name, _, what, _ in _PEOPLE]
    assert [
        name.split()[0] for name, *_ in _PEOPLE if not re.search(rf"^\| {name.split()[0]}, ", text, re.MULTILINE)
    ] == []
    assert WebSettings().public_url in text


@pytest.mark.parametrize("name", sorted(path.name for path in TUTORIAL.glob("*.md")))
def test_every_block_of_a_tutorial_is_run_or_saved_or_shown(name):
    text = page(name)
    held = list(steps(text))
    shown = [step for step in held if isinstance(step, Command) and step.shown is not None]
    saved = [step for step in held if isinstance(step, Save)]
    typed = re.findall(r"^```console$", text, re.MULTILINE)

    assert len(re.findall(r"^```\w+$", text, re.MULTILINE)) == len(typed) + len(shown) + len(saved)
    assert {step.line.split()[1] for step in held if isinstance(step, Command) and "ostiary " in step.line} <= {
        *COMMANDS
    }


# --- the reader of pages ---------------------------------------------------------------------------------------------


def console(*lines, shown=None):
    body = "```console\n" + "".join(f"{line}\n" for line in lines) + "```\n"
    return body if shown is None else f"{body}\n```text\n{shown}\n```\n"


def run(shell, text):
    for step in steps(text):
        shell.run(step)


def test_commands_files_and_what_is_shown_are_read_in_order():
    text = (
        f"Save this as `a.toml`:\n\n```toml\nx = 1\n```\n\n{console('ostiary a', 'ostiary b', shown='said')}\nText.\n"
    )

    assert list(steps(text)) == [
        Save("a.toml", "x = 1\n"),
        Command("ostiary a", at=8),
        Command("ostiary b", 0, "said\n", 9),
    ]


def test_a_command_may_go_on_in_the_next_line_and_be_meant_to_fail():
    (first, second) = steps(console("ostiary a \\", "    --b", "ostiary c   # exits with 3"))

    assert (first.line, second.line, second.status) == ("ostiary a --b", "ostiary c", 3)


def test_a_text_block_that_stands_apart_is_what_no_command_prints():
    (command,) = steps(console("ostiary a") + "\nBy the way:\n\n```text\nx\n```\n")

    assert command.shown is None


@pytest.mark.parametrize(
    "shown",
    [
        "4 files without a fault.",
        "Error: ...",
        "What ... Name\nWhat ... Name",
        "The rules are those of the program; ... own.\nWhat ... Name",
        "two keys ... sign where <NOBODY>",
    ],
)
def test_a_page_that_shows_what_is_not_printed_fails(shell, shown):
    with pytest.raises(AssertionError, match="does not print, where the page shows it"):
        run(shell, console("ostiary review rules", shown=shown))


@pytest.mark.parametrize(
    "shown", ["What Name Says ...", "...\nclock   new ... somebody takes the case up", "What ...\n8 ...\nclock ..."]
)
def test_spaces_and_what_is_left_out_do_not_count(shell, shown):
    run(shell, console("ostiary review rules", shown=shown if "8" not in shown else "What ...\n...\n9 rules."))


def test_a_command_that_ends_otherwise_than_the_page_says_fails(shell):
    with pytest.raises(AssertionError, match="ends with 2, not 0"):
        run(shell, console("ostiary nothing-like-that"))
    with pytest.raises(AssertionError, match="ends with 0, not 1"):
        run(shell, console("ostiary review rules    # exits with 1"))


def test_a_secret_that_was_printed_is_put_into_later_commands_and_has_to_stay_the_same(shell):
    first = console("export OSTIARY_DB=sqlite:///x.db") + console(
        "ostiary review init --email ana@example.com", shown="    export OSTIARY_TOKEN=<ANA>"
    )
    later = console(
        "export OSTIARY_TOKEN=<ANA>",
        "ostiary review account add bo@example.com --role auditor --as ana@example.com",
        shown="    export OSTIARY_TOKEN=<ANA>",
    )

    run(shell, first)

    assert shell.secrets["ANA"].startswith("ost_")
    with pytest.raises(AssertionError, match="does not print"):
        run(shell, later)
    assert shell.now.minute == 4


def test_output_goes_into_a_file_and_nothing_but_the_program_is_run(shell):
    run(shell, console("ostiary review rules file > gate.yaml", "ostiary review rules check gate.yaml"))

    assert (shell.folder / "gate.yaml").read_text(encoding="utf-8").startswith("# How the gate works")
    with pytest.raises(AssertionError, match="only ostiary and export are run here"):
        run(shell, console("rm -r ."))
