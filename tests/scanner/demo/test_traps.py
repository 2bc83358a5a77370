"""One test a trap of the demo company; docs/explanation/demo-company.md tells each in words."""

import re
from pathlib import Path

import pytest

from scanner.demo import AS_OF
from scanner.demo.company import who
from scanner.demo.okta_files import LATE
from storage.listings import coverage, spend, tools
from storage.times import to_ms
from tests.scanner.demo.traps import TRAPS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/explanation/demo-company.md"


def tool(listed, wanted):
    """Return a tool by its id, or the only one of a name."""
    rows = [row for row in listed if wanted in (row["id"], row["name"])]
    rows = [row for row in rows if row["id"] == wanted] or rows
    assert len(rows) == 1
    return rows[0]


def identities(demo, wanted):
    with demo.store.read() as connection:
        return tools.identities(connection, wanted)


def people(demo, wanted):
    with demo.store.read() as connection:
        return {row["address"]: row for row in tools.people(connection, wanted)}


def charges(demo, wanted):
    with demo.store.read() as connection:
        return tools_charges(connection, wanted)


def tools_charges(connection, wanted):
    return spend.charges(connection, wanted, as_of=to_ms(AS_OF))


def unmatched(demo):
    with demo.store.read() as connection:
        rows = spend.unmatched(connection, as_of=to_ms(AS_OF), base_currency="EUR")
    return {row["merchant"]: row for row in rows}


def micros(amounts, currency="EUR"):
    return next(m["amount_micros"] for m in amounts if m["currency"] == currency)


def person_of(demo, address):
    """Return the person of an address: id, unit, marketing, kind, and how many actors it has."""
    rows = demo.rows(
        "SELECT DISTINCT p.person_id, p.unit, p.marketing, p.kind FROM actor_person p JOIN actor a ON a.id = p.actor_id"
        " WHERE p.valid_to IS NULL AND lower(a.address) = :address",
        address=address,
    )
    assert len(rows) == 1
    return rows[0]


def test_two_tools_of_one_name_stay_two(listed):
    ortlers = [row for row in listed if row["name"] == "Ortler"]

    assert sorted((row["sources"], row["people"]) for row in ortlers) == [
        (["google:tarnvik"], 2),
        (["okta:tarnvik"], 5),
    ]


def test_one_tool_under_three_client_ids_is_one(demo, listed):
    clients = {row["app"].get("client_id") for row in identities(demo, "canva")} - {None}

    assert len(clients) == 3
    assert tool(listed, "canva")["people"] == 12


def test_a_refused_stream_is_told_with_its_permission_and_is_not_read_as_nothing(demo):
    with demo.store.read() as connection:
        row = next(
            r for r in coverage.coverage(connection) if (r["source"], r["stream"]) == ("google:hollerbach", "tokens")
        )

    assert (row["status"], row["stored"]) == ("refused", 0)
    assert "403" in row["reason"]
    assert row["remedy"]
    others = [o.collected.status.value for o in demo.outcomes]
    assert others.count("refused") == 1
    assert set(others) == {"complete", "refused"}


def test_duplicate_events_count_once_and_a_late_one_counts_in_its_own_month(demo):
    """Two people with three sign-ins a month each, and one of 24 September that only October's export has."""
    with demo.store.read() as connection:
        by_month = {row["month"]: row["successes"] for row in tools.months(connection, "productsup")}

    assert by_month == {f"2026-{m:02}": 7 if m == LATE[0].month else 6 for m in range(1, 11)}


def test_a_refund_is_taken_off(demo, listed):
    totals = {row["month"]: micros(row["total"]) for row in charges(demo, "mailchimp")}

    assert totals["2026-04"] == 0
    assert micros(tool(listed, "mailchimp")["spend_12m"]) == 1_092_000_000


def test_two_equal_coffees_are_two_and_overlapping_statements_do_not_make_them_four(demo):
    coffee = unmatched(demo)["kaffee franz"]

    assert (coffee["charges"], micros(coffee["total"])) == (2, 7_600_000)


def test_lines_that_are_no_final_charge_are_not_money(demo, listed):
    """A declined and a reserved line of 30 October, and thirteen payments of the card's own bill."""
    assert micros(tool(listed, "typeform")["spend_total"]) == 590_000_000
    assert micros(tool(listed, "livestorm")["spend_total"]) == 594_000_000
    assert not [name for name in unmatched(demo) if "payment" in name]


def test_an_agencys_people_are_people_and_not_marketings(demo, listed):
    used = people(demo, "webflow")

    assert {a: (r["kind"], r["marketing"]) for a, r in used.items() if a.endswith("@nordlicht-studio.example")} == {
        "nora@nordlicht-studio.example": ("agency", 0),
        "timo@nordlicht-studio.example": ("agency", 0),
    }
    assert tool(listed, "webflow")["marketing_used"] == 0.3333


def test_a_leavers_grant_still_stands(demo):
    grants = demo.rows(
        "SELECT r.valid_to FROM record r JOIN stream s ON s.id = r.stream_id JOIN actor a ON a.id = r.actor_id"
        " JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
        " WHERE s.name = 'tokens' AND l.tool_id = 'zapier' AND a.native_id = :jonas",
        jonas=who("jonas")[0].google_id,
    )
    statuses = demo.rows(
        "SELECT r.facts FROM record r JOIN actor a ON a.id = r.actor_id WHERE r.kind = 'person' AND r.valid_to IS NULL"
        " AND a.address = 'jonas.wieland@tarnvik.example'"
    )

    assert grants == [{"valid_to": None}]
    assert all(re.search('"status": "(left|deprovisioned|suspended)"', row["facts"]) for row in statuses)
    assert len(statuses) == 3


def test_a_look_alike_is_never_the_genuine_tool_and_says_whom_it_imitates(demo, listed):
    false = next(row for row in listed if row["name"] == "Mailchimp" and row["provisional"])

    assert false["id"] != "mailchimp"
    assert [row["imitates"] for row in identities(demo, false["id"])] == ["Mailchimp"]
    assert "okta:tarnvik" not in tool(listed, "mailchimp")["sources"]


@pytest.mark.parametrize(
    ("wanted", "seller", "merchant_of_record"),
    [
        ("livestorm", "LIVESTORM", "Paddle"),
        ("supermetrics", "SUPERMETRICS", "FastSpring"),
        ("TRAILPOST", "TRAILPOST", "Paddle"),
        ("buzzsumo", "BUZZSUMO", None),
    ],
)
def test_a_merchant_of_record_does_not_hide_the_vendor(demo, listed, wanted, seller, merchant_of_record):
    paid = [row for row in identities(demo, tool(listed, wanted)["id"]) if row["counterparty"]]

    assert [(row["counterparty"], row["merchant_of_record"]) for row in paid] == [(seller, merchant_of_record)]


@pytest.mark.parametrize("name", ["Peakpitch", "TRAILPOST", "SNOWLINE.IO", "Gear Library", "Returns Desk"])
def test_a_tool_that_no_catalogue_knows_is_a_row_like_the_others(listed, name):
    row = tool(listed, name)

    assert (row["provisional"], row["category"], row["marketing"]) == (True, None, None)


def test_a_person_with_two_addresses_is_one(demo, listed):
    """Okta and HR know Sofie Lindqvist, Google and the expense cards (at the company's other domain) Sofie Brandt."""
    one, other = (person_of(demo, f"sofie.{name}@tarnvik.example") for name in ("lindqvist", "brandt"))
    card = person_of(demo, "sofie.brandt@tarnvik-outdoor.example")

    assert one["person_id"] == other["person_id"] == card["person_id"]
    assert tool(listed, "asana")["people"] == 28


def test_an_internal_app_is_not_the_vendors_product_whose_name_it_has(listed):
    row = tool(listed, "Basecamp")

    assert (row["id"] == "basecamp", row["provisional"], row["people"]) == (False, True, 140)


def test_a_shared_mailbox_is_no_person(demo, listed):
    row = tool(listed, "hootsuite")

    assert (row["people"], row["people_ever"]) == (0, 0)
    assert person_of(demo, "social@tarnvik.example")["kind"] == "service"


def test_people_without_a_department_are_unknown_and_not_outside_of_marketing(demo, listed):
    row = tool(listed, "crisp")

    assert (row["people"], row["people_marketing"], row["marketing_used"]) == (4, None, None)
    assert person_of(demo, "agnes.hollerbach@hollerbach.example")["marketing"] is None


def test_a_person_in_two_units_counts_once(demo, listed):
    """Ines Aukland has two contracts, one in Marketing and one in Retail: one person, and Marketing's."""
    rows = demo.rows(
        "SELECT count(*) AS contracts FROM record r JOIN actor a ON a.id = r.actor_id"
        " JOIN stream s ON s.id = r.stream_id"
        " WHERE s.name = 'people' AND r.valid_to IS NULL AND a.address = 'ines.aukland@tarnvik.example'"
    )

    assert rows == [{"contracts": 2}]
    assert person_of(demo, "ines.aukland@tarnvik.example")["marketing"] == 1
    assert (tool(listed, "livestorm")["people"], tool(listed, "livestorm")["people_marketing"]) == (3, 3)


def test_a_unit_that_was_renamed_is_marketings_under_both_names(demo, listed):
    """Growth became Performance Marketing in July: the money of before and after is Marketing's."""
    budgets = demo.rows(
        "SELECT DISTINCT r.budget FROM record r JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
        " WHERE l.tool_id = 'hotjar' AND r.kind = 'charge' ORDER BY r.budget"
    )

    assert [row["budget"] for row in budgets] == ["Growth", "Performance Marketing"]
    assert tool(listed, "hotjar")["marketing_bought"] == 1.0
    assert person_of(demo, "malte.kronberg@tarnvik.example")["unit"] == "Performance Marketing"


def test_money_in_two_currencies_is_never_added(listed):
    row = tool(listed, "semrush")

    assert [(m["currency"], m["amount_micros"]) for m in row["spend_12m"]] == [
        ("EUR", 1_673_000_000),
        ("USD", 1_249_750_000),
    ]
    assert row["spend_12m_base"] is None
    assert row["marketing_bought"] is None


def test_paid_and_unused_and_used_and_unpaid_both_show(listed):
    paid, used = tool(listed, "buffer"), tool(listed, "miro")

    assert (paid["people"], micros(paid["spend_12m"]), paid["marketing_bought"]) == (0, 432_000_000, 1.0)
    assert (used["people"], used["spend_12m"]) == (14, [])


def test_a_share_of_the_money_is_marketings_where_several_departments_pay(listed):
    assert tool(listed, "chatgpt")["marketing_bought"] == 0.6667


def test_an_approval_that_ran_out_is_kept_with_its_date(demo, listed):
    decided = demo.rows("SELECT detail FROM decision WHERE object = 'tool:hubspot'")

    assert tool(listed, "hubspot")["status"] == "in_review"
    assert [re.search('"review_by": ?"2026-06-30"', row["detail"]) is not None for row in decided] == [True]
    assert tool(listed, "canva")["status"] == "approved"


def test_of_two_decisions_the_later_one_stands(demo, listed):
    decided = demo.rows("SELECT detail FROM decision WHERE object = 'tool:meltwater' ORDER BY id")

    assert len(decided) == 2
    assert tool(listed, "meltwater")["status"] == "approved_with_conditions"


def test_a_rejected_and_a_retired_tool_in_use_show_their_people(listed):
    assert [(tool(listed, t)["status"], tool(listed, t)["people"]) for t in ("lusha", "trello")] == [
        ("rejected", 3),
        ("retired", 1),
    ]


def test_the_card_of_a_leaver_still_pays(demo):
    last = charges(demo, "jasper")[0]
    payers = demo.rows(
        "SELECT DISTINCT a.address FROM record r JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
        " JOIN actor a ON a.id = r.actor_id WHERE l.tool_id = 'jasper' AND r.kind = 'charge'"
    )

    assert last["month"] == "2026-10"
    assert payers == [{"address": "jonas.wieland@tarnvik.example"}]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_each_trap_is_told_in_the_document_and_tried_by_a_test(trap):
    assert f"| {trap.name} |" in DOCUMENT.read_text(encoding="utf-8")
    assert trap.test in globals()
