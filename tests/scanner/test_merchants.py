"""Rulings on unmatched money: whatever the list names can be ruled by that name, is shown where it acts, and undone."""

import pytest

from storage.listings import spend, tools
from storage.times import to_ms
from tests.scanner.house import START, charges, few_policies
from tests.scanner.test_bills import bill

AS_OF = to_ms(START)


@pytest.fixture
def pack():
    return few_policies


def unmatched(house):
    with house.store.read() as connection:
        return {row["merchant"]: row for row in spend.unmatched(connection, as_of=AS_OF, base_currency="EUR")}


def by_tool(house):
    with house.store.read() as connection:
        rows = spend.by_tool(connection, as_of=AS_OF, year_ago=0, base_currency="EUR")
        return {row["tool_id"]: row for row in rows}


def decided(house, tool):
    with house.store.read() as connection:
        return [row["id"] for row in tools.decisions(connection, tool)]


def rule(house, merchant, ruling, tool=None):
    number = house.correct().rule_merchant(merchant, ruling, tool, "r")
    house.derive_again()
    return number


@pytest.fixture
def paid(either_house):
    house = either_house
    lines = [
        ("2026-02-04", "Shell 587", "72.61"),
        ("2026-02-05", "SQ *Corner  Shop", "9"),
        ("2026-02-06", "ÜBER: Café", "3"),
    ]
    house.ingest("card-csv", house.write("card.csv", charges(*lines)))
    house.ingest("focus", house.write("bill.csv", bill(("Quillwood: Storage", "5"), ("Éclair Web", "7"))))
    return house


NAMES = {
    "shell",
    "corner shop",
    "über: café",
    "nimbus/nimbus inc./quillwood: storage",
    "nimbus/nimbus inc./éclair web",
}


def test_bills_stand_in_the_list_beside_statements(paid):
    assert set(unmatched(paid)) == NAMES


@pytest.mark.parametrize("shown", [str, str.upper], ids=["as listed", "in capitals"])
def test_every_merchant_can_be_ruled_by_the_name_it_is_listed_by(paid, shown):
    ruled = {merchant: rule(paid, shown(merchant), "not-a-tool") for merchant in NAMES}

    rows = unmatched(paid)
    assert set(rows) == NAMES
    for merchant, number in ruled.items():
        assert (rows[merchant]["ruling"], rows[merchant]["decision"]) == ("not-a-tool", number)
        assert rows[merchant]["why"].startswith(f"A person ruled that {merchant} is not a tool (decision {number}, ")


def test_a_bill_that_is_ruled_a_tool_is_its_money_and_says_so_where_it_acts(paid):
    number = rule(paid, "nimbus/nimbus inc./quillwood: storage", "tool", "Quillwood")

    row = by_tool(paid)["own-quillwood"]
    assert (row["spend_total"][0]["amount_micros"], row["rulings"]) == (5_000_000, [f"decision:{number}"])
    assert decided(paid, "own-quillwood") == [number]

    paid.ingest("focus", paid.write("bill.csv", bill(("Quillwood: Storage", "6"), ("Éclair Web", "7"))))
    assert by_tool(paid)["own-quillwood"]["spend_total"][0]["amount_micros"] == 6_000_000


def test_a_ruling_survives_rebuild_and_undone_leaves_the_former_rows(paid):
    former = unmatched(paid), by_tool(paid)
    numbers = [rule(paid, merchant, "tool", "Quillwood") for merchant in sorted(NAMES)]
    after = unmatched(paid), by_tool(paid)
    assert after[0] == {}

    paid.rebuild()
    assert (unmatched(paid), by_tool(paid)) == after

    for number in numbers:
        paid.correct().undo(number, "no")
    paid.derive_again()
    assert (unmatched(paid), by_tool(paid)) == former


def test_what_is_to_be_asked_later_says_so_and_stays_among_what_waits(paid):
    number = rule(paid, "shell", "later")
    ruled = rule(paid, "corner shop", "not-a-tool")

    rows = unmatched(paid)
    assert (rows["shell"]["ruling"], rows["shell"]["decision"]) == ("later", number)
    assert list(rows)[-1] == "corner shop"
    assert rows["corner shop"]["decision"] == ruled


def test_a_ruling_on_money_never_touches_an_app_of_the_same_name(house):
    registered = {"id": "0oa1", "label": "Quillwood", "name": "x", "status": "ACTIVE", "signOnMode": "SAML_2_0"}
    house.ingest("okta-apps", house.write("apps.json", [registered]))
    house.ingest("card-csv", house.write("card.csv", charges(("2026-02-04", "Quillwood", "7"))))

    rule(house, "quillwood", "not-a-tool")

    assert [tool["name"] for tool in house.tools().values()] == ["Quillwood"]


def test_money_by_an_alias_names_the_decision_too(paid):
    rule(paid, "shell", "tool", "Fuel App")
    number = paid.correct().alias("card_descriptor", "Corner Shop", "own-fuel-app", "r", index=paid.index)
    paid.derive_again()

    assert by_tool(paid)["own-fuel-app"]["rulings"] == ["decision:1", f"decision:{number}"]
    assert decided(paid, "own-fuel-app") == [1, number]
