"""The gate's rules that let tools in by themselves: one is stopped, and all that it let in is looked at again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from gate import decisions, undoing
from gate.roles import Act
from model.errors import Refused
from reports.words import plural
from storage import kept
from web import once
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal

pages = Pages("/rules")
#: So many tools that a rule let in are named.
_SHOWN = 50


@pages.get("/{rule}", Act.RUN)
def rule(here: Here, rule: str) -> Any:
    """Show a rule that lets tools in, with those that are in by it, and ask why it is to be stopped."""
    return _one(here, rule)


@pages.post("/{rule}/revoke", Act.REVOKE)
def revoke(here: Here, rule: str) -> Any:
    """Take back all approvals of a rule, which lets nothing in any more as it is."""
    reason = here.form.need("reason", "Say why the rule is stopped: it is kept")
    if here.form.errors:
        return _one(here, rule, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = here.office.tools.masked(reason)
    try:
        with here.office.store.write() as connection:
            if (led := once.earlier(here, connection)) is not None:
                return here.see(led)
            tools = undoing.revoke(connection, here.gate(), rule, said, here.account)
            once.answered(here, connection, f"/rules/{rule}")
    except Refused as error:
        return _one(here, rule, HTTPStatus.CONFLICT, refusal(error))
    lost = f"{plural(len(tools), 'approval')} of it {'is' if len(tools) == 1 else 'are'} taken back"
    return here.see(f"/rules/{rule}", f"{rule} is stopped. {lost}; the next scan opens their cases.")


def _one(here: Here, rule: str, status: HTTPStatus = HTTPStatus.OK, problem: str | None = None) -> Any:
    lanes = (row for row in here.office.people.settings(here.connection).rules if row["version"] is not None)
    found = next((row for row in lanes if row["name"] == rule), None)
    rows = undoing.by_rule(decisions.in_force(kept.decisions(here.connection)), rule)
    if found is None and not rows:
        raise not_found("There is no rule of that name that lets tools in.", "The settings list those that there are.")
    tools = sorted({row["object"].removeprefix("tool:") for row in rows})
    named = [(tool, here.snapshot.tool(tool)) for tool in tools[:_SHOWN]]
    return here.render(
        "rule.html",
        status,
        called=rule,
        rule=found,
        tools=[(tool, tool if row is None else row["name"]) for tool, row in named],
        count=len(tools),
        once=once.token(),
        problem=problem,
    )
