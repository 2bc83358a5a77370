"""The command line: the root group, its options, and which file holds which command."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from commands.shape import Failure, Program, WrongCall, program_options, unknown_command
from model.errors import ConfigError, OstiaryError

#: Command -> (module, what it does in one line). A module is loaded when its command is first used.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Write the configuration and make the audit key."),
    "doctor": ("doctor", "Check configuration, database and sources: what works, and what is missing."),
    "scan": ("scan", "Read the configured sources: the main job."),
    "schedule": ("schedule", "Scan on time, and see when each source was read and will be."),
    "ingest": ("ingest", "Read exported files: find tools, people and money in them."),
    "demo": ("demo", "Fill a database with an invented company, and show what is found."),
    "tools": ("tools", "The tools that are in use, and all that is known of one."),
    "findings": ("findings", "Which tools violate which policies, and why."),
    "cases": ("cases", "Which tools wait for a decision, until when, and for whom."),
    "inventory": ("inventory", "What may be used for which job, on which terms, and what to use instead."),
    "connections": ("connections", "Which tool holds what right on which system, and who gave it."),
    "spend": ("spend", "Money by tool, and money that nothing says is software."),
    "insights": ("insights", "What the tools come to: overlap, key people, cost a person, forecasts, outcomes."),
    "signals": ("signals", "The evidence: what the sources said."),
    "coverage": ("coverage", "What was really read, and what is therefore not seen."),
    "changes": ("changes", "What became different, and when."),
    "review": ("review", "Correct which tool is which; every correction can be undone."),
    "work": ("work", "Tell people what they are to be told, and see what could not be told."),
    "serve": ("serve", "Serve the web application: queue, tools, inventory, requests."),
    "request": ("request", "Ask for a tool before it is bought, and see where it stands."),
    "identify": ("identify", "Say which tool a name, domain or descriptor is; JSON lines in and out."),
    "policy": ("policy", "What must hold of every tool, and whether the policies themselves hold."),
    "catalog": ("catalog", "The catalogue of known tools."),
    "audit": ("audit", "The trail of who did what, and whether it still holds."),
    "db": ("db", "Bring the database up to date."),
    "rebuild": ("rebuild", "Derive everything anew from what was read and decided."),
}

_INTERRUPTED = "interrupted: what was read until now is kept; run the same command again to complete it"


class Root(click.Group):
    """Loads a command when it is first used, and says what went wrong in one line."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"commands.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise unknown_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into one line and a status."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _leave_quietly()
            ctx.exit(0)
        except ConfigError as error:
            raise WrongCall(str(error)) from error
        except OstiaryError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            raise Failure(_INTERRUPTED) from None
        except OSError as error:
            named = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{named}{error.strerror or error}") from error
        return result


def _leave_quietly() -> None:
    """Let nothing be written any more to a reader that has gone away, not even at the end of the process."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    try:
        found = version("ostiary")
    except PackageNotFoundError:
        found = "(not installed)"
    click.echo(f"ostiary {found}")
    from commands.settings import catalogue_in_use  # noqa: PLC0415 (only who asks for the version waits for it)

    with contextlib.suppress(ConfigError):
        click.echo(catalogue_in_use().sentence())
    ctx.exit()


_VERSION = click.Option(
    ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)


@click.group(
    cls=Root,
    params=[*program_options(root=True), _VERSION],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `ostiary demo`, or with `ostiary init` and `ostiary ingest --list`.",
)
@click.pass_context
def ostiary(ctx: click.Context) -> None:
    """Find the cloud tools that Marketing bought on its own, in evidence; nothing leaves the company.

    The options below are taken before and after every command.
    """
    ctx.ensure_object(Program)


def main() -> None:
    """Run the program: the console script."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    ostiary(prog_name="ostiary")


if __name__ == "__main__":
    main()
