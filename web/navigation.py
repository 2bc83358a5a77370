"""Which pages stand in the menu for whom."""

from __future__ import annotations

from gate.roles import Act, Role
from web.here import Here

Entry = tuple[str, str]


def navigation(here: Here, *, further: bool = False) -> list[Entry]:
    """Return the entries of the menu for who is signed in; `further` are those that are needed more rarely."""
    if here.session is None:
        return []
    desk = bool(here.account.roles & {Role.REVIEWER, Role.APPROVER_IT})
    looks = desk or bool(here.account.roles & {Role.ADMINISTRATOR, Role.AUDITOR})
    marketing = Role.APPROVER_MARKETING in here.account.roles
    if further:
        entries = _of(desk or looks, *_DESK_FURTHER) + _of(not looks and marketing, *_MARKETING_FURTHER)
        entries += _of(here.may(Act.AUDIT), ("/audit", "Audit trail"))
        entries += _of(here.may(Act.AUDIT), ("/people", "People and roles"))
        return entries + _of(here.may(Act.RUN), ("/settings", "Settings"))
    first: list[Entry] = [("/", "Home")]
    first += _of(looks or marketing, ("/cases", "Queue"))
    first += _of(looks, ("/tools", "Tools"))
    first += [("/inventory", "Inventory")]
    first += _of(here.may(Act.REQUEST), ("/requests/new", "Request a tool"))
    return first + _of(looks or marketing, ("/insights", "Insights")) + _of(looks, ("/coverage", "Sources"))


_DESK_FURTHER = (
    ("/connections", "Connections"),
    ("/money", "Money without a tool"),
    ("/questions", "Questions"),
    ("/policies", "Policies"),
)
_MARKETING_FURTHER = (("/questions", "Questions"), ("/connections", "Connections"))


def _of(shown: bool, *entries: Entry) -> list[Entry]:
    return list(entries) if shown else []
