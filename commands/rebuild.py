"""`ostiary rebuild`: everything derived anew."""

from __future__ import annotations

import sys

from commands.deciding import telling_rules
from commands.listing import tell
from commands.opening import writing
from commands.shape import Program, command, pass_program
from reports.terminal import progress
from reports.words import plural
from scanner.run import rebuild as rebuild_all


@command("rebuild")
@pass_program
def rebuild(program: Program) -> None:
    """Derive everything anew from what was read and decided; the result is the same rows."""
    with writing(program, new=False) as desk:
        with progress(sys.stderr) as told, telling_rules(desk):
            found = rebuild_all(desk.rooms(told))
        tell(
            desk, {"tools": found.tools}, f"Derived {plural(found.tools, 'tool')} anew. Nothing that was read changed."
        )
