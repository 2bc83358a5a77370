"""Real files as every FORMAT: each is read, or refused with a reason; and six real months of card statements."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.registry import FORMATS
from model.signal import fold
from model.stream import Status
from scanner import run
from tests.scanner.house import House, Ticking

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared real data is not here")

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: Where records of each FORMAT lie among the real files; everything else must be refused, or give no tool.
RIGHT = {
    "okta-system-log": r"sso/(panther_okta_systemlog|okta_dev_docs_events)",
    "okta-apps": r"inventory/(okta_|cartography_okta)",
    "okta-users": r"inventory/okta_api_cassettes",
    "google-activities": r"sso/(panther_gsuite_activityevent|scubagoggles_)",
    "google-tokens": r"inventory/cartography_googleworkspace",
    "google-users": r"inventory/cartography_googleworkspace",
    "aws-cloudtrail": r"sso/panther_aws_cloudtrail",
    "onelogin-events": r"sso/panther_onelogin_events",
    "duo-logs": r"sso/panther_duo_",
    "card-csv": r"cards/",
    "people-csv": r"inventory/|sso/",
    **dict.fromkeys(
        (
            "aws-identitystore-users",
            "aws-sso-applications",
            "aws-sso-assignments",
            "jumpcloud-apps",
            "jumpcloud-assignments",
            "jumpcloud-events",
            "jumpcloud-users",
            "onelogin-apps",
            "onelogin-users",
            "approved-tools-csv",
        ),
        r"$.",
    ),
    "focus": r"billing/focus",
}


def files():
    return sorted(p for p in DATA.rglob("*") if p.is_file())


def source_of(path):
    """Each file is a source of its own, so that each has a coverage of its own; the many alike of a zone share one."""
    return "zones" if path.parent.name == "moj" else path.relative_to(DATA).as_posix()


@pytest.mark.parametrize("fmt", sorted(FORMATS))
def test_every_real_file_is_read_or_refused_with_a_reason_whatever_format_is_named(make_house, fmt):
    house = make_house(clock=Ticking(NOW))
    tasks = [task for path in files() for task in house.tasks(fmt, path, source=source_of(path))]

    outcome = run.ingest(house.rooms, tasks, None)

    assert {source for source, _ in outcome.collected.coverage} == {source_of(path) for path in files()}
    for (source, _), found in outcome.collected.coverage.items():
        assert found.status is Status.COMPLETE or (found.reason and found.remedy), source
        assert "please report this" not in (found.remedy or ""), (source, found.reason)
        if found.status in {Status.FAILED, Status.REFUSED}:
            assert found.stored == 0, source
    wrong = house.rows(
        "SELECT DISTINCT s.name AS source, l.tool_id FROM link l JOIN identity i ON i.id = l.identity_id"
        " JOIN source s ON s.id = i.source_id WHERE l.tool_id IS NOT NULL"
    )
    names = {row["source"] for row in wrong}
    assert [name for name in sorted(names) if not re.match(RIGHT.get(fmt, "."), name)] == []


CARDS = "cards/birmingham_cc_purchase_cards_2017*.csv"
#: Merchants of these months that sell petrol, beds, food, journeys, parcels and stamps.
NO_SOFTWARE = (
    "shell", "tesco", "asda", "sainsburys", "bp ", "esso", "texaco", "premier inn", "travelodge", "hilton", "ibis",
    "holiday inn", "aldi", "lidl", "morrison", "co-op", "iceland", "royal mail", "post office", "dhl", "parcelforce",
    "taxi", "national express", "trainline", "virgin trains", "ncp ", "argos", "ikea", "boots", "wilko", "screwfix",
    "b&q", "b & q", "mcdonald", "costa", "greggs", "poundland", "halfords", "superdrug", "uber",
)  # fmt: skip


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("cards"), clock=Ticking(NOW))
    house.outcome = house.ingest("card-csv", *sorted(DATA.glob(CARDS)))
    yield house
    house.store.close()


def expected():
    """Return what an independent script counted: vendor -> rows, net pence."""
    known = json.loads((DATA / "expected.json").read_text())
    rows, net = Counter(), Counter()
    for name, file in known.items():
        if name.startswith("cards/birmingham"):
            for found in file["apps"]:
                rows[found["name"]] += found["rows"]
                net[found["name"]] += round(found["net_total"] * 100)
    return rows, net


def test_no_row_of_the_real_statements_is_lost(cards):
    known = json.loads((DATA / "expected.json").read_text())
    rows = sum(file["records"] for name, file in known.items() if name.startswith("cards/birmingham"))

    found = cards.coverage()["charges"]

    assert found["status"] == "complete"
    # One row of the files is empty, and 36 are payments of the card's own bill, which the run says.
    assert (found["read"], found["quarantined"], found["stored"]) == (rows - 1, 0, rows - 1 - 36)
    assert any("36 payments of the card's bill" in note for _, note in cards.outcome.collected.notes)
    # Two statements overlap by one row.
    assert cards.one("SELECT count(*) AS n FROM record") == found["stored"] - 1


def test_money_of_tools_and_unmatched_money_are_all_the_money(cards):
    total = cards.one("SELECT sum(amount_micros) AS n FROM record WHERE kind = 'charge' AND valid_to IS NULL")
    of_tools = sum(json.loads(row["spend_total"]).get("GBP", 0) for row in cards.figures().values())
    unmatched = cards.one(
        "SELECT sum(r.amount_micros) AS n FROM record r JOIN link l ON l.identity_id = r.identity_id"
        " AND l.valid_to IS NULL WHERE l.tool_id IS NULL"
    )

    assert of_tools + unmatched == total


def test_merchants_that_sell_no_software_are_no_tools(cards):
    tools = cards.rows(
        "SELECT i.key, l.tool_id, l.why FROM link l JOIN identity i ON i.id = l.identity_id"
        " WHERE l.valid_to IS NULL AND l.tool_id IS NOT NULL"
    )

    wrong = [row for row in tools if row["key"].removeprefix("descriptor:").startswith(NO_SOFTWARE)]

    assert wrong == []


def test_net_money_of_every_vendor_is_what_an_independent_script_counted(cards):
    known = json.loads((DATA / "expected.json").read_text())
    texts = {}
    for name, file in known.items():
        for found in file["apps"] if name.startswith("cards/birmingham") else ():
            texts.setdefault(found["name"], set()).update(map(fold, found["descriptors"]))
    charges = cards.rows(
        "SELECT i.key, l.tool_id, count(*) AS n, sum(r.amount_micros) AS total FROM record r JOIN identity i"
        " ON i.id = r.identity_id JOIN link l ON l.identity_id = i.id AND l.valid_to IS NULL GROUP BY i.key, l.tool_id"
    )
    tool_of = {row["key"].removeprefix("descriptor:"): row["tool_id"] for row in charges}
    rows, net = expected()
    unlike = {}
    for vendor, named in texts.items():
        tools = {tool_of.get(text) for text in named} - {None}
        mine = [row for row in charges if row["tool_id"] in tools]
        if (sum(row["n"] for row in mine), sum(row["total"] for row in mine)) != (rows[vendor], net[vendor] * 10_000):
            unlike[vendor] = {text for text in named if tool_of.get(text) is None}

    assert unlike == {}
