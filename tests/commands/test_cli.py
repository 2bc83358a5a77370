"""The program as a whole: options before and after, errors in one line, exit statuses, what is loaded when."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import cli
from cli import COMMANDS, ostiary
from commands.shape import Command, Group
from model.errors import ConfigError, OstiaryError, Refused
from tests.commands.conftest import FIXTURES

ROOT = Path(__file__).resolve().parents[2]


def program(*words: str, **rest) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", str(ROOT / "cli.py"), *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **rest)


def walk(group, path=()):
    """Yield (path, command) of every command and group below the root."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from walk(found, (*path, name))


ALL = dict(walk(ostiary))


def test_the_help_names_every_command_without_loading_one(run):
    done = program("--help")

    assert done.returncode == 0
    assert [name for name in COMMANDS if f"  {name} " not in done.stdout] == []


def test_the_help_loads_neither_the_store_nor_what_draws():
    script = "import sys, cli\ntry:\n cli.ostiary(['--help'])\nexcept SystemExit: print(sorted(sys.modules))"

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = done.stdout.splitlines()[-1]
    for heavy in ("sqlalchemy", "sqlmodel", "rich", "duckdb", "pydantic", "catalog.index", "commands.tools"):
        assert f"'{heavy}'" not in loaded


def test_identify_loads_neither_the_store_nor_what_draws():
    script = (
        "import sys, cli\ntry:\n cli.ostiary(['identify'])\n"
        "except SystemExit: print(sorted(sys.modules), file=sys.stderr)"
    )
    asked = '{"id": 1, "kind": "domain", "value": "mailchimp.com"}\n'

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, input=asked, capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout)["tool_id"] == "mailchimp"
    for heavy in ("sqlalchemy", "sqlmodel", "rich", "duckdb", "pydantic", "pydantic_settings"):
        assert f"'{heavy}'" not in done.stderr


@pytest.mark.parametrize("path", sorted(ALL), ids=" ".join)
def test_every_command_shows_one_example_that_can_be_run(path):
    found = ALL[path]
    assert isinstance(found, Command | Group)
    words = shlex.split(found.example.partition(" > ")[0].partition("<<<")[0])
    for file in (word for word in words if re.fullmatch(r"[\w-]+\.\w+", word)):
        Path(file).touch()

    context = ostiary.make_context("ostiary", list(words))
    command: click.Command = ostiary
    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(context, context._protected_args + context.args)
        context = command.make_context(name, rest, parent=context)

    assert tuple(words[: len(path)]) == path
    assert f"ostiary {found.example}" in found.get_help(click.Context(found, info_name=path[-1]))


@pytest.mark.parametrize("path", sorted(ALL), ids=" ".join)
def test_every_command_says_what_it_does(path):
    assert ALL[path].help
    assert all(p.help for p in ALL[path].params if isinstance(p, click.Option))


@pytest.mark.parametrize("path", sorted(p for p, c in ALL.items() if not isinstance(c, click.Group)), ids=" ".join)
def test_every_command_takes_the_options_of_the_program(path):
    names = {option for p in ALL[path].params for option in p.opts}

    assert {"--config", "--db", "--as-of", "--format"} <= names


@pytest.mark.parametrize(
    "words",
    [
        ["--format", "json", "tools"],
        ["tools", "--format", "json"],
        ["tools", "list", "--format=json"],
        ["--format", "csv", "tools", "--format", "json"],
        ["tools", "--format", "json", "list"],
    ],
)
def test_options_are_taken_before_and_after_the_command_and_the_later_one_wins(run, words):
    done = run(*words)

    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


def test_the_line_goes_before_the_environment(run, machine, monkeypatch):
    monkeypatch.setenv("OSTIARY_DB", "nonsense")

    done = run("tools", "--db", f"sqlite:///{machine}/x.db", "--format", "json")

    assert done.exit_code == 0


@pytest.mark.parametrize("given", ["yesterday", "2026-02-30", "2026-13-01", "20260-1-1"])
def test_a_date_that_is_none_is_a_wrong_call(run, given):
    done = run("tools", "--as-of", given)

    assert done.exit_code == 2
    assert "is no date" in done.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["tols"], "Did you mean 'tools'?"),
        (["tools", "shw"], "Did you mean 'show'?"),
        (["tools", "Mailchimp"], "ostiary tools show Mailchimp"),
        (["zzz"], "There are: init"),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(run, words, hint):
    done = run(*words)

    assert done.exit_code == 2
    assert hint in done.stderr


def test_a_named_configuration_that_is_missing_is_an_error_for_every_command(run):
    for words in (["tools"], ["identify"], ["ingest", "card-csv", "x"], ["coverage"]):
        done = run("--config", "nowhere.toml", *words)

        assert done.exit_code == 2
        assert "nowhere.toml: there is no such file" in done.stderr


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "ostiary.db"])
def test_a_database_that_is_none_is_told_in_one_line(run, url):
    done = run("--db", url, "tools")

    assert done.exit_code == 2
    assert done.stderr.startswith("Error: --db")
    assert len(done.stderr.splitlines()) == 1


def test_a_password_in_a_database_url_is_not_repeated(run):
    done = run("--db", "mysql://user:s3cret@host/db", "tools")

    assert done.exit_code == 2
    assert "s3cret" not in done.output


def test_a_file_that_is_no_database_is_told_in_one_line(run, machine):
    (machine / "x.db").write_bytes(b"this is no database at all" * 100)

    done = run("--db", f"sqlite:///{machine}/x.db", "tools")

    assert done.exit_code == 2
    assert "not a database" in done.stderr


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ConfigError("wrong key"), 2, "wrong key"),
        (Refused("not allowed"), 1, "not allowed"),
        (OstiaryError("it failed"), 1, "it failed"),
        (KeyboardInterrupt(), 1, "the same command again"),
        (PermissionError(13, "Permission denied", "/x/y"), 1, "/x/y: Permission denied"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_status(run, monkeypatch, error, status, said):
    def fail(_program):
        raise error

    monkeypatch.setattr("commands.coverage.reading", fail)

    done = run("coverage")

    assert done.exit_code == status
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_reader_that_goes_away_ends_the_program_quietly(filled):
    command = (
        f"{shlex.quote(sys.executable)} -W ignore {shlex.quote(str(ROOT / 'cli.py'))} signals --format jsonl | head -1"
    )

    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert json.loads(done.stdout)["source"]
    assert "Broken pipe" not in done.stderr


def test_the_version_is_shown(run, monkeypatch):
    monkeypatch.setattr(cli, "version", lambda _name: "1.2.3")

    shown = run("--version").stdout

    assert re.fullmatch(r"ostiary 1\.2\.3\ncatalogue [0-9a-f]{16} \(came with the program\)\n", shown)


def test_the_version_is_shown_even_where_the_catalogue_in_use_can_not_be_told(run, machine):
    (machine / "data/ostiary/catalogue").mkdir(parents=True)
    (machine / "data/ostiary/catalogue/in-use.json").write_text("damaged", encoding="utf-8")

    done = run("--version")

    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 1)


def test_a_version_that_nobody_installed_is_said_to_be_none(run, monkeypatch):
    def missing(_name):
        raise cli.PackageNotFoundError

    monkeypatch.setattr(cli, "version", missing)

    assert "not installed" in run("--version").stdout


def test_the_statuses_hold_for_the_program_itself(machine):
    assert program("--db", f"sqlite:///{machine}/x.db", "tools").returncode == 0
    assert program("--db", f"sqlite:///{machine}/x.db", "tools", "show", "x").returncode == 1
    assert program("tools", "--nonsense").returncode == 2
    refused = FIXTURES / "okta-users-refused.json"
    assert program("--db", f"sqlite:///{machine}/x.db", "ingest", "okta-users", refused).returncode == 1


def test_the_console_script_runs_the_program(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ostiary", "coverage", "--format", "json"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out) == []


def test_an_output_that_cannot_show_a_character_does_not_end_the_program(machine):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "cli.py"), "catalog", "search", "slack"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_quietly_leaving_works_where_standard_output_is_no_file(monkeypatch):
    def fail(_program):
        raise BrokenPipeError

    monkeypatch.setattr("commands.coverage.reading", fail)
    monkeypatch.setattr(cli.os, "dup2", lambda *_args: None)

    from click.testing import CliRunner  # noqa: PLC0415

    assert CliRunner().invoke(ostiary, ["coverage"]).exit_code == 0
