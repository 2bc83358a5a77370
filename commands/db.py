"""`ostiary db`: the store itself."""

from __future__ import annotations

import click

from commands.opening import prepared
from commands.shape import Group, Program, pass_program


@click.group(cls=Group, example="db upgrade")
def db() -> None:
    """Look after the database."""


@db.command("upgrade", example="db upgrade --db sqlite:///ostiary.db")
@pass_program
def upgrade(program: Program) -> None:
    """Bring the database to the shape of this version; one that is not there is made."""
    url, done = prepared(program)
    click.echo(f"{url} is brought up to date." if done else f"{url} is up to date already.")
