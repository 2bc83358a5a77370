"""The rules of the gate, and of risk: read, and one that lets tools in stopped."""

from __future__ import annotations

from gate import undoing
from gate.roles import Act
from model.errors import Refused
from storage.store import Connection
from web.api.models_rules import GateRules, RiskRules, Stopped
from web.api.routing import Api, Id, Reason, Row, Sent, refused
from web.errors import not_found
from web.here import Here

api = Api("Rules")


class Stop(Sent):
    """Why a rule is stopped."""

    reason: Reason


@api.get("/rules", Act.RUN, GateRules)
def list_rules(here: Here) -> Row:
    """Return the rules of the gate in words: who signs, how long it may take, who gets a case, what is let in."""
    found = here.office.people.settings(here.connection)
    return {"items": [dict(row) for row in found.rules], "file": found.rules_file}


@api.post("/rules/{rule}/revoke", Act.REVOKE, Stopped)
def revoke_rule(here: Here, connection: Connection, rule: Id, body: Stop) -> Row:
    """Take back all approvals of a rule of the fast lane; it lets nothing in until it says something else.

    The next scan opens a case for each tool.
    """
    known = {row["name"] for row in here.office.people.settings(connection).rules if row["version"] is not None}
    try:
        tools = undoing.revoke(connection, here.gate(), rule, here.office.tools.masked(body.reason), here.account)
    except Refused as error:
        if rule not in known:
            raise not_found("There is no rule of this name.", "`GET /api/v1/rules` lists them.") from None
        raise refused(error) from None
    return {"rule": rule, "tools": tools}


@api.get("/risk-rules", Act.LOOK, RiskRules)
def list_risk_rules(here: Here) -> Row:
    """Return the rules by which findings make a band of risk, and what of the company's own file is refused."""
    rows, faults, own = here.office.policies.risk_rules()
    fields = ("side", "number", "band", "severity", "findings", "gaps", "known", "unjudged", "rule")
    return {"items": [{name: row[name] for name in fields} for row in rows], "refused": list(faults), "file": own}
