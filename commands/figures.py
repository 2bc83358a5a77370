"""Finding the tool that a person means, and the figures for another as-of."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from commands.opening import Desk
from commands.risks import completed, listed_risks
from commands.shape import Failure
from scanner.judging import shown_at
from storage.figures import figures
from storage.listings import tools
from storage.times import to_ms


def live_figures(desk: Desk) -> Sequence[Mapping[str, Any]] | None:
    """Return the figures as of --as-of, or None where the last run's stand."""
    if desk.as_of is None:
        return None
    with desk.store.read() as connection:
        return figures(connection, to_ms(desk.as_of))


def listed_tools(
    desk: Desk, wanted: Collection[str] | None = None, bands: Mapping[str, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Return all tools with their figures, or some (ids); with --as-of those that had been seen by then.

    `bands` are their risks as `listed_risks` gives them, where somebody has them already.
    """
    counted, currency = live_figures(desk), desk.company.base_currency
    bands = listed_risks(desk, wanted) if bands is None else bands
    with desk.store.read() as connection:
        facts = None if desk.as_of is None else shown_at(connection, desk.company, desk.index, to_ms(desk.as_of))
        rows = tools.tools(connection, base_currency=currency, figures=counted, facts=facts, risks=bands, wanted=wanted)
    return [completed(row) for row in rows if counted is None or row["first_seen"] is not None]


def known_tool(desk: Desk, wanted: str) -> str:
    """Return the id of a tool in use, or of the catalogue: what something may be ruled to be."""
    return wanted if desk.is_catalogued(wanted) else the_tool(desk, wanted)


def the_tool(desk: Desk, wanted: str) -> str:
    """Return the id of the tool that a person means by id or name. Fails where there is none, or more than one."""
    with desk.store.read() as connection:
        found = tools.find(connection, wanted.strip())
        if len(found) == 1:
            return found[0]
        if found:
            raise Failure(f"{len(found)} tools are called {wanted!r}: say which id you mean, {' or '.join(found)}")
        known = {row["name"]: row["id"] for row in tools.tools(connection, base_currency=None)}
    near = difflib.get_close_matches(wanted, [*known, *known.values()], 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else "`ostiary tools` lists them"
    raise Failure(f"there is no tool {wanted!r}: {hint}")
