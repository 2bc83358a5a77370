"""The queue: open cases in the order in which they are to be looked at, and what to do next."""

from __future__ import annotations

from typing import Any

from gate.roles import Act
from web.access import Pages
from web.here import Here
from web.lists import exported, page_of
from web.queueing import SORTS, STAGES, WAITS, WHOM, Queue, Wanted

pages = Pages("/cases")
#: The columns of an export: those of `ostiary cases --format csv`.
FIELDS = (
    *("id", "kind", "tool_id", "tool", "state", "stage", "waiting_for", "opened_at", "due_at", "technology_risk"),
    *("customer_risk", "assignee", "owner_business", "owner_technical", "closed_at", "why", "findings_open"),
    *("overdue", "technology_findings", "customer_findings", "risk_unknown", "rank", "rank_why", "unit"),
)


@pages.get("", Act.LOOK)
def queue(here: Here) -> Any:
    """List the cases that wait, ranked, as the address filters them."""
    found, wanted = Queue(here), Wanted.of(here.request.query_params)
    rows = found.rows(wanted)
    file = exported(here, rows, FIELDS, "cases")
    if file is not None:
        return file
    waiting = found.waiting()
    page = page_of(here, rows, noun="case" if len(rows) == 1 else "cases", known=found.known, sorts=SORTS)
    return here.render(
        "cases.html",
        page=page,
        wanted=wanted,
        waiting=waiting,
        first=waiting[0] if waiting else None,
        late=found.late(),
        choices=found.choices(wanted.state),
        titles=here.office.tools.categories,
        waits=WAITS,
        whom=WHOM,
        stages=STAGES,
        opened=len(found.in_state("open")),
    )
