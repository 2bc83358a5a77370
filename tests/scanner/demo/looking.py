"""What the tests of the demo's findings look at: the policies in force, and rows of findings by what they say."""

import pytest

from catalog.categories import CATEGORIES
from policies.engine import load
from storage.listings import facts as fact_listing
from tests.scanner.demo.expected_findings import EXPECTED, Expected

REFUSED = "google:hollerbach/tokens refused"
#: Microsoft's log was connected in October, for 30 days.
TOO_SHORT = "entra:tarnvik/sign_ins: what was read does not span"
PACK = load(categories=CATEGORIES)
IN_FORCE = sorted(policy.id for policy in PACK.in_force("standard"))
policies = pytest.mark.parametrize("policy", IN_FORCE)


def expected(policy):
    return EXPECTED.get(policy, Expected())


def tool_of(called, name):
    return next(tool for tool, said in called.items() if said == name)


def facts(demo, tool):
    with demo.store.read() as connection:
        return {row["fact"]: row for row in fact_listing.facts(connection, tool)}


def violated(rows):
    return {name: row for name, row in rows.items() if row["verdict"] == "violated" and row["state"] == "open"}


def unknown(rows, *, queued):
    """Return the open findings that cannot be judged; `queued` where the policy does apply, or once was violated."""
    return {
        name: row
        for name, row in rows.items()
        if row["verdict"] == "unknown" and row["state"] == "open" and row["queued"] is queued
    }


def wanted(row):
    return {want["fact"] for want in row["missing"]}
