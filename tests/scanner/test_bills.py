"""Bills from file to store: a newer assembly replaces a period whole, and half a bill never passes for a lower one."""

import csv
import io

import pytest

from tests.scanner.house import few_policies

NAMES = [
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "ServiceName",
    "SubAccountId",
    "ProviderName",
    "PublisherName",
    "InvoiceIssuerName",
]
USUAL = ("2026-01", "acct", "team", "USD")


@pytest.fixture
def pack():
    return few_policies


def bill(*rows):
    """Return a bill; a row is (service, amount) and, where they matter, month, account, sub account and currency."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(NAMES)
    for row in rows:
        filled: list[str] = [*row, *USUAL[len(row) - 2 :]]
        service, amount, month, account, sub, currency = filled
        writer.writerow(
            [amount, account, currency, f"{month}-01", service, sub, "Nimbus", "Nimbus Inc.", "Nimbus Inc."]
        )
    return out.getvalue()


def open_charges(house):
    rows = house.rows(
        "SELECT r.native_id, i.app, r.amount_micros FROM record r JOIN identity i ON i.id = r.identity_id"
        " WHERE r.kind = 'charge' AND r.valid_to IS NULL ORDER BY r.native_id"
    )
    return sorted((row["native_id"][:15], row["amount_micros"] / 1_000_000) for row in rows)


def total(house):
    return sum(amount for _, amount in open_charges(house))


def test_a_bill_is_kept_rolled_up(either_house):
    either_house.ingest_text("focus", bill(("Mail", "1.50"), ("Mail", "2.25"), ("Web", "1")))

    assert open_charges(either_house) == [("2026-01-01/acct", 1.0), ("2026-01-01/acct", 3.75)]
    assert (either_house.coverage()["bills"]["read"], either_house.coverage()["bills"]["stored"]) == (3, 2)


def test_the_same_bill_twice_changes_nothing(either_house):
    content = bill(("Mail", "1.50"), ("Web", "1"))
    either_house.ingest_text("focus", content)

    again = either_house.ingest_text("focus", content).collected

    assert (again.added, again.changed, again.closed) == (0, 0, 0)
    assert total(either_house) == 2.5


def test_a_newer_assembly_replaces_its_period_and_no_other(either_house):
    either_house.ingest_text("focus", bill(("Mail", "1"), ("Web", "2"), ("Mail", "4", "2025-12")))

    again = either_house.ingest_text("focus", bill(("Mail", "1.50"), ("Bot", "8"))).collected

    assert (again.added, again.changed, again.closed) == (1, 1, 1)
    assert sorted(amount for _, amount in open_charges(either_house)) == [1.5, 4.0, 8.0]


def test_a_newer_assembly_leaves_other_accounts_alone(either_house):
    either_house.ingest_text("focus", bill(("Mail", "1"), ("Web", "2", "2026-01", "other")))

    again = either_house.ingest_text("focus", bill(("Bot", "8"))).collected

    assert again.closed == 1
    assert open_charges(either_house) == [("2026-01-01/acct", 8.0), ("2026-01-01/othe", 2.0)]


def test_an_older_picture_of_a_bill_is_still_there(house):
    house.ingest_text("focus", bill(("Mail", "1")))
    house.ingest_text("focus", bill(("Mail", "3")))

    rows = house.rows(
        "SELECT amount_micros, valid_to IS NULL AS open FROM record WHERE kind = 'charge' ORDER BY valid_from"
    )

    assert [(row["amount_micros"], row["open"]) for row in rows] == [(1_000_000, 0), (3_000_000, 1)]


def test_a_bill_in_several_files_is_one_bill(house):
    paths = [house.write(f"{n}.csv", bill(("Mail", "0.0000005"), ("Web", str(n)))) for n in range(4)]

    house.ingest("focus", *paths)

    rows = house.rows("SELECT amount_micros FROM record WHERE kind = 'charge' ORDER BY amount_micros")
    assert [row["amount_micros"] for row in rows] == [2, 6_000_000]


@pytest.mark.parametrize("processes", [1, 2])
def test_it_does_not_matter_which_file_is_read_first(make_house, processes):
    pictures = []
    for order in (1, -1):
        house = make_house()
        paths = [house.write(f"{n}.csv", bill(("Mail", f"0.{n}"), (f"S{n}", "1"))) for n in range(1, 10)][::order]
        house.ingest("focus", *paths, processes=processes)
        pictures.append(house.picture())

    assert pictures[0] == pictures[1]


def test_rows_without_an_amount_are_counted_and_the_period_is_replaced_all_the_same(house):
    house.ingest_text("focus", bill(("Mail", "1"), ("Web", "2")))

    again = house.ingest_text("focus", bill(("Mail", "1"), ("Bot", "")))

    coverage = house.coverage()["bills"]
    assert (coverage["status"], coverage["read"], coverage["quarantined"]) == ("complete", 2, 1)
    assert (again.collected.closed, total(house)) == (1, 1.0)
    assert [row["reason"] for row in house.quarantined()] == ["no BilledCost"]


def test_half_of_a_bill_does_not_pass_for_a_lower_one(house):
    first, second = house.write("1.csv", bill(("Mail", "1"))), house.write("2.csv", bill(("Mail", "2"), ("Web", "4")))
    house.ingest("focus", first, second)
    house.write("2.csv", "<html><body>Sign in</body></html>")

    again = house.ingest("focus", first, second).collected

    assert (again.changed, again.closed, total(house)) == (0, 0, 7.0)
    assert house.coverage()["bills"]["status"] == "failed"


def test_a_bill_that_is_new_is_kept_even_where_another_file_is_broken(house):
    broken = house.write("2.csv", "<html><body>Sign in</body></html>")

    house.ingest("focus", house.write("1.csv", bill(("Mail", "1"))), broken)

    assert total(house) == 1.0


def test_a_saved_refusal_is_refused_and_closes_nothing(house):
    house.ingest_text("focus", bill(("Mail", "1")))

    house.ingest_text("focus", '{"error": {"code": 403, "message": "x", "status": "PERMISSION_DENIED"}}')

    assert (house.coverage()["bills"]["status"], total(house)) == ("refused", 1.0)


def test_a_header_alone_closes_nothing(house):
    house.ingest_text("focus", bill(("Mail", "1")))

    house.ingest_text("focus", bill())

    assert total(house) == 1.0


def test_files_that_hold_the_same_rows_are_told(house):
    paths = [house.write(f"{n}.csv", bill(("Mail", "1"))) for n in range(2)]

    notes = house.ingest("focus", *paths).collected.notes

    assert len([note for _, note in notes if "same rows" in note]) == 1
    assert total(house) == 2.0


def test_virtual_credits_are_never_added_to_money(house):
    house.ingest_text("focus", bill(("HubSpot", "1"), ("HubSpot", "5", "2026-01", "acct", "team", "Tokens")))

    (figures,) = house.figures().values()
    assert figures["spend_total"] == '{"Tokens": 5000000, "USD": 1000000}'


def test_what_a_marketplace_sells_is_listed_as_a_tool_that_nobody_has_named(house):
    content = bill(("Zorbo Campaigns", "1")).replace("Nimbus,Nimbus Inc.,", "Nimbus,Zorbo Ltd,")

    house.ingest_text("focus", content)

    assert house.tool_names() == ["Zorbo Campaigns"]


def test_rebuilding_gives_the_same(house):
    house.ingest_text("focus", bill(("HubSpot", "1"), ("Mail", "2")))
    before = house.picture()

    house.rebuild()

    assert house.picture() == before
