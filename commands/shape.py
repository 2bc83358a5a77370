"""The shape of every command: the program's options before and after it, an example in its help, errors in a line."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

FORMATS = ("table", "json", "jsonl", "csv")


@dataclass(slots=True)
class Program:
    """What the program's options say, wherever on the line they stand; the later one wins.

    `acting_as` is the address of the account that acts, as the commands take it that change something.
    """

    config: str | None = None
    db: str | None = None
    as_of: str | None = None
    format: str = "table"
    acting_as: str | None = None


pass_program = click.make_pass_decorator(Program, ensure=True)


class Failure(click.ClickException):
    """Ends the program with one line on stderr, and status 1."""


class WrongCall(Failure):
    """Ends the program with one line on stderr, and status 2: the call or the configuration is wrong."""

    exit_code = 2


def check_date(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return a day or a moment of ISO 8601 as its text: what a day is depends on the company's zone."""
    if value is None:
        return None
    try:
        if len(value) == 10:
            date.fromisoformat(value)
        else:
            datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date: write 2026-06-30 or 2026-06-30T12:00:00Z") from None
    return value


def program_options(*, root: bool) -> list[click.Option]:
    """Return the options of the program. Only the root reads the environment, so that it never outdoes the line."""

    def option(names: list[str], text: str, env: str | None = None, **rest: Any) -> click.Option:
        return click.Option(
            names,
            help=text,
            hidden=not root,
            expose_value=False,
            callback=_take,
            envvar=env if root else None,
            show_envvar=True,
            **rest,
        )

    return [
        option(["--config"], "The configuration; ostiary.toml where none is named.", "OSTIARY_CONFIG", metavar="FILE"),
        option(["--db"], "The database: sqlite:///PATH or postgresql://USER@HOST/NAME.", "OSTIARY_DB", metavar="URL"),
        option(["--as-of"], "Count back from this day instead of from the last run's.", metavar="DATE"),
        option(["--format"], "How lists are written; table where none is named.", type=click.Choice(FORMATS)),
    ]


def _take(context: click.Context, option: click.Parameter, value: Any) -> Any:
    if option.name == "as_of":
        check_date(context, option, value)
    if value is not None:
        setattr(context.find_root().ensure_object(Program), str(option.name), value)
    return value


class _Exemplary:
    """Writes one real example into the help; `example` is what stands after `ostiary `."""

    example: str

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text("Example:")
        formatter.indent()
        # One line, however long: it is there to be copied.
        formatter.write(f"{'':>{formatter.current_indent}}ostiary {self.example}\n")
        formatter.dedent()
        formatter.write_paragraph()
        formatter.write_text("--config, --db, --as-of and --format are taken here too: see `ostiary --help`.")


class Command(_Exemplary, click.Command):
    """A command that takes the program's options too."""

    def __init__(self, *args: Any, example: str, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.example = example
        self.params.extend(program_options(root=False))


class Group(_Exemplary, click.Group):
    """A noun: a group of commands, of which `default` runs where none is named."""

    def __init__(self, *args: Any, example: str, default: str | None = None, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.example, self.default = example, default
        self.params.extend(program_options(root=False))

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default's name before the first word that is neither the program's option nor a command's name."""
        at = _past_program_options(args)
        first = args[at] if at < len(args) else None
        if self.default and (first is None or (first.startswith("-") and first not in {"--help", "-h"})):
            args = [*args[:at], self.default, *args[at:]]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise unknown_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the default command's options too: they are taken without its name."""
        super().format_options(ctx, formatter)
        default = self.commands.get(self.default or "")
        rows = [record for p in default.params if (record := p.get_help_record(ctx))] if default else []
        if rows:
            with formatter.section(f"Options of `{self.default}`, which may be left out"):
                formatter.write_dl(rows)


def _past_program_options(args: list[str]) -> int:
    at = 0
    names = ("--config", "--db", "--as-of", "--format")
    while at < len(args) and args[at].partition("=")[0] in names:
        at += 1 if "=" in args[at] else 2
    return min(at, len(args))


def unknown_command(context: click.Context, given: str, known: list[str]) -> click.UsageError:
    """Return the error for a command that does not exist, with the nearest one, or with what to do with a name."""
    near = difflib.get_close_matches(given, known, 1, 0.6)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}."
    if not near and "show" in known:
        hint = f"To see one, write: {context.command_path} show {given}"
    return click.UsageError(f"No such command {given!r}. {hint}", context)


def command(example: str, **rest: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return a decorator that makes a command of a function."""
    return click.command(cls=Command, example=example, **rest)
