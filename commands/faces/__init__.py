"""Faces: what the web application is handed, from the same functions that the commands print."""

from __future__ import annotations

from commands.faces.audit import Audit
from commands.faces.cases import Cases
from commands.faces.connections import Connections
from commands.faces.insights import Insights
from commands.faces.inventory import Inventory
from commands.faces.listed import Listed
from commands.faces.money import Money
from commands.faces.people import People
from commands.faces.policies import Policies
from commands.faces.requests import Requests
from commands.faces.sources import Sources
from commands.faces.tools import Tools
from commands.faces.webhooks import Webhooks
from commands.opening import Desk
from web.office import Gates, Office, WebSettings


def office(desk: Desk, web: WebSettings, gate: Gates) -> Office:
    """Return what the web application is handed."""
    return Office(
        store=desk.store,
        clock=desk.clock,
        company=desk.company,
        zone=desk.zone,
        web=web,
        gate=gate,
        trail=desk.trail,
        listed=Listed(desk),
        cases=Cases(desk),
        tools=Tools(desk),
        inventory=Inventory(desk),
        requests=Requests(desk),
        connections=Connections(desk),
        insights=Insights(desk),
        money=Money(desk),
        sources=Sources(desk),
        policies=Policies(desk),
        audit=Audit(desk),
        people=People(desk),
        webhooks=Webhooks(desk),
    )
