"""The shape of commands, by itself."""

import click
import pytest
from click.testing import CliRunner

from commands.shape import Failure, Group, Program, WrongCall, check_date, command, pass_program, program_options


@click.group(cls=Group, default="list", example="things --big")
def things() -> None:
    """Show things."""


@things.command("list", example="things list")
@click.option("--big", is_flag=True, help="Only big ones.")
@pass_program
def list_things(program: Program, *, big: bool) -> None:
    """List things."""
    click.echo(f"list big={big} format={program.format} db={program.db}")


@things.command("show", example="things show x")
@click.argument("name")
@pass_program
def show_thing(program: Program, name: str) -> None:
    """Show one thing."""
    click.echo(f"show {name} format={program.format}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "list big=False format=table db=None"),
        (["--big"], "list big=True format=table db=None"),
        (["--format", "json"], "list big=False format=json db=None"),
        (["--format=json", "--big"], "list big=True format=json db=None"),
        (["--big", "--format", "json"], "list big=True format=json db=None"),
        (["list", "--big"], "list big=True format=table db=None"),
        (["--db", "list"], "list big=False format=table db=list"),
        (["show", "x"], "show x format=table"),
        (["--format", "csv", "show", "x"], "show x format=csv"),
        (["show", "--format", "csv", "x"], "show x format=csv"),
        (["show", "x", "--format", "csv"], "show x format=csv"),
        (["show", "list"], "show list format=table"),
    ],
)
def test_the_default_command_runs_where_none_is_named(words, said):
    assert CliRunner().invoke(things, words).stdout.strip() == said


@pytest.mark.parametrize("words", [["--help"], ["--format", "json", "--help"]])
def test_help_of_a_noun_is_the_nouns_own_with_the_options_of_its_default(words):
    shown = CliRunner().invoke(things, words).stdout

    assert "Show things." in shown
    assert "--big" in shown
    assert "ostiary things --big" in shown


@pytest.mark.parametrize("words", [["--nonsense"], ["list", "extra"], ["show"], ["--format", "xml"], ["--format"]])
def test_a_wrong_call_is_status_2(words):
    assert CliRunner().invoke(things, words).exit_code == 2


def test_a_group_without_a_default_shows_its_help():
    @click.group(cls=Group, example="x")
    def plain():
        """Do something plain."""

    done = CliRunner().invoke(plain, [])

    assert done.exit_code == 2
    assert "Do something plain." in done.output


def test_a_command_of_one_word_has_its_example_in_its_help():
    @command("one --format json")
    @pass_program
    def one(program):
        """Do one thing."""
        click.echo(program.format)

    assert "  ostiary one --format json\n" in CliRunner().invoke(one, ["--help"]).stdout
    assert CliRunner().invoke(one, ["--format", "json"]).stdout == "json\n"


def test_only_the_root_reads_the_environment_and_shows_the_options():
    root, below = program_options(root=True), program_options(root=False)

    assert [option.envvar for option in root] == ["OSTIARY_CONFIG", "OSTIARY_DB", None, None]
    assert {option.envvar for option in below} == {None}
    assert {option.hidden for option in below} == {True}


@pytest.mark.parametrize("text", ["2026-06-30", "2026-06-30T12:00:00Z", "2026-06-30T12:00:00+02:00", "2026-06-30T12"])
def test_a_day_and_a_moment_are_dates(text):
    assert check_date(click.Context(things), things.params[0], text) == text


@pytest.mark.parametrize("text", ["", "30.06.2026", "2026-6-30", "2026-06-31", "now"])
def test_other_words_are_none(text):
    with pytest.raises(click.BadParameter):
        check_date(click.Context(things), things.params[0], text)


def test_what_failed_and_what_was_wrong_have_a_status_of_their_own():
    assert (Failure("x").exit_code, WrongCall("x").exit_code) == (1, 2)
