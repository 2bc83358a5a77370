"""The worked example of the forecast, and small tables to change."""

from datetime import UTC, datetime

from gate.forecast import forecast
from gate.points import GIVEN, MICROS, Subject, settings
from model.facts import Known
from policies.forecast import load_table

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TABLE = load_table()
ATTRIBUTES = {
    "tool.name": "Quillfox",
    "tool.category": "marketing_automation",
    "tool.marketing": True,
    "tool.status": "new",
    "tool.provisional": False,
    "company.currency": "EUR",
}
#: A team of nine, 45,000 contacts, a quote of 12,000 on the plan with single sign-on; the CRM is to be fed both ways.
FACTS = {
    "people.count": 9,
    "access.sso_registered": False,
    "access.sso_enforced": False,
    "overlap.instances": 1,
    "integration.sso_available": "yes",
    "integration.scim_available": "no",
    "integration.provisioning_on": False,
    "integration.deprovisioning_on": False,
    "integration.needs": ("crm", "warehouse", "consent"),
    "connections.crm": False,
    "connections.crm_person_tokens": 0,
    "connections.warehouse": False,
    "connections.cdp": False,
    "integration.sync_direction": "both",
    "integration.tag_hard_coded": False,
    "integration.tag_live": True,
    "data.personal": True,
    "data.children": False,
    "data.special_categories": False,
    "data.records": 45_000,
    "consent.suppression_shared": True,
    "integration.spf_lookups": 4,
    "mobile.sdk_in_app": False,
}
ANSWERS = {
    "provisioning": False,
    "sites": 1,
    "channels": 1,
    "new_subdomain": False,
    "forms": 8,
    "form_code": False,
    "replaces": True,
    "list_sources": 1,
}


def known(**changes):
    """Return the facts of the example; `people__count=None` makes one unknown."""
    facts = FACTS | {name.replace("__", "."): value for name, value in changes.items()}
    return {name: Known(value, (GIVEN,)) for name, value in facts.items() if value is not None}


def subject(facts=None, **changes):
    given = {"answers": ANSWERS, "struck": frozenset({"way_out"}), "quote": 12_000 * MICROS} | changes
    attributes = given.pop("attributes", ATTRIBUTES)
    return Subject(name="Quillfox", attributes=attributes, facts=known() if facts is None else facts, now=NOW, **given)


def made(facts=None, *, table=TABLE, given=None, currency="EUR", **changes):
    return forecast(table, settings(table, given or {}, currency), subject(facts, **changes))


def line(found, point):
    return next(one for one in found.lines if one.point.id == point)
