"""Real files as every FORMAT: each either is read or is refused with a reason; and six real months of card statements."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.registry import FORMATS
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
    "card-csv": r"cards/",
    "people-csv": r"inventory/|sso/",
    "approved-tools-csv": r"$.",
    "focus": r"billing/focus",
}


def files():
    return sorted(p for p in DATA.rglob("*") if p.is_file())


def told(house, source):
    rows = house.rows(
        "SELECT c.* FROM coverage c JOIN stream t ON t.id = c.stream_id JOIN source s ON s.id = t.source_id"
        " WHERE s.name = :source AND c.run_id = (SELECT max(run_id) FROM coverage)",
        source=source,
    )
    return rows


@pytest.mark.parametrize("fmt", sorted(FORMATS))
def test_every_real_file_is_read_or_refused_with_a_reason_whatever_format_is_named(make_house, fmt):
    house = make_house(clock=Ticking(NOW))
    inputs = files()
    tasks = [task for n, path in enumerate(inputs) for task in house.tasks(fmt, path, source=f"s{n}")]

    # One run over all of them, each file a source of its own, so that each has a coverage of its own.
    from scanner import run  # noqa: PLC0415

    run.ingest(house.rooms, tasks, None)

    for n, path in enumerate(inputs):
        rows = told(house, f"s{n}")
        name = path.relative_to(DATA).as_posix()
        assert rows, name
        for row in rows:
            assert row["status"] == "complete" or (row["reason"] and row["remedy"]), name
            assert "please report this" not in (row["remedy"] or ""), (name, row["reason"])
            if row["status"] in {"failed", "refused"}:
                assert row["stored"] == 0, name
    wrong = house.rows(
        "SELECT DISTINCT s.name AS source, l.tool_id FROM link l JOIN identity i ON i.id = l.identity_id"
        " JOIN source s ON s.id = i.source_id WHERE l.tool_id IS NOT NULL"
    )
    names = {inputs[int(row["source"][1:])].relative_to(DATA).as_posix() for row in wrong}
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
    assert found["read"] == rows
    assert found["quarantined"] < 20
    assert found["stored"] + found["quarantined"] == rows


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
