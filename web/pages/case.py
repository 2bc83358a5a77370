"""One case: what is asked of whom, what is known and how, and what was said; decided on the same page."""

from __future__ import annotations

from typing import Any

from gate.roles import Act
from web.access import Pages
from web.casework import show
from web.here import Here

pages = Pages("/cases")


@pages.get("/{number:int}", Act.LOOK)
def case(here: Here, number: int) -> Any:
    """Show a case."""
    return show(here, number)


@pages.get("/tools", Act.LOOK)
def tools(here: Here, instead: str = "") -> Any:
    """Return names of tools that begin like what is typed, for the field that names another one."""
    found = here.snapshot.tools.search(instead[:100])[:12] if instead.strip() else []
    return here.render("tool_names.html", tools=found)
