"""The interface for programs: everything that the pages do, below /api/v1."""

from fastapi import FastAPI

from web.api import (
    accounts,
    case_acts,
    cases,
    corrections,
    document,
    figures,
    findings,
    inventory,
    own,
    questions,
    reference,
    requests,
    rules,
    settings,
    tools,
    trail,
    webhooks,
)

#: All groups of routes, in the order of the reference.
ALL = (
    tools.api,
    corrections.api,
    cases.api,
    case_acts.api,
    findings.api,
    questions.api,
    inventory.api,
    requests.api,
    figures.api,
    settings.api,
    rules.api,
    trail.api,
    accounts.api,
    own.api,
    webhooks.api,
    reference.api,
)
document.GROUPS.extend(ALL)


def add(app: FastAPI) -> None:
    """Add the routes of the interface to the application."""
    for group in (*ALL, reference.pages):
        app.router.routes.extend(group.router.routes)
