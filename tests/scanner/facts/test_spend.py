"""spend.*: what the tool costs, who pays, and what is not known of that."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage.times import to_ms
from tests.scanner.facts.worlds import (
    ACME,
    ago,
    charge,
    evidence,
    known,
    person,
    reason,
    refused,
    state,
    streams,
    tool,
    use,
    world,
)

M = 1_000_000


@pytest.mark.parametrize(
    ("charges", "annual", "quarter"),
    [
        ([charge(10), charge(20, 200)], 30, 10),
        ([charge(10, 89.9), charge(20, 90)], 30, 10),
        ([charge(50), charge(-20)], 30, 30),
        ([charge(12), charge(12)], 24, 24),
        ([charge(10), charge(-10)], 0, 0),
    ],
)
def test_money_is_counted_back_from_as_of_refunds_taken_off(charges, annual, quarter):
    quillfox = tool(*charges)

    assert known("spend.annual", quillfox) == annual * M
    assert known("spend.last_90d", quillfox) == quarter * M


def test_two_currencies_are_never_added():
    quillfox = tool(charge(10), charge(10, currency="USD"))

    assert reason("spend.annual", quillfox) == "an amount is in USD, and there is no rate to EUR"
    assert reason("spend.marketing_share", quillfox) == "the money is in EUR and USD, which are not added"


def test_a_foreign_currency_of_last_autumn_leaves_the_last_ninety_days_known():
    quillfox = tool(charge(10), charge(10, 200, currency="USD"))

    assert known("spend.last_90d", quillfox) == 10 * M


def test_without_a_base_currency_no_amount_is_known():
    quillfox = tool(charge(10))
    found = world(quillfox, company=replace(ACME, base_currency=None))

    assert reason("spend.annual", quillfox, found) == "no base currency is configured: [company] base_currency"


@pytest.mark.parametrize(
    ("first", "last", "is_known"), [(365, 0, True), (330, 35, True), (329, 0, False), (400, 36, False)]
)
def test_statements_must_span_the_year_but_for_a_month(first, last, is_known):
    quillfox = tool(charge(10, 60))
    found = world(quillfox, streams=[state("card:acme", "charges", first_at=ago(first), last_at=ago(last))])

    if is_known:
        assert known("spend.annual", quillfox, found) == 10 * M
    else:
        assert reason("spend.annual", quillfox, found) == (
            "card:acme/charges: what was read does not span the last 365 days"
        )


def test_a_bill_speaks_of_its_own_months_although_it_is_replaced_whole():
    quillfox = tool(charge(10))
    states = [state("card:acme", "charges"), state("focus:acme", "bills", "snapshot", first_at=ago(30))]

    assert known("spend.annual", quillfox, world(quillfox, streams=states)) == 10 * M
    assert reason("spend.annual", tool(use(1)), world(streams=states[1:]))


def test_no_money_is_known_only_where_all_sources_of_money_were_read():
    quillfox = tool(use(1))
    found = world(quillfox)

    assert known("spend.annual", quillfox, found) == 0
    assert reason("spend.annual", quillfox, refused(found, "card:acme/charges")).startswith("card:acme/charges refused")


def test_without_a_source_of_money_nothing_is_known():
    quillfox = tool(use(1))

    assert reason("spend.last_charge", quillfox, world(quillfox, streams=[])) == "no source of money was read"


# --- marketing -------------------------------------------------------------------------------------------------------


def test_the_budget_on_the_charge_decides_else_the_payers_unit():
    quillfox = tool(
        charge(60, budget="Marketing", number=2), charge(30, number=1), charge(10, budget="Sales", number=1)
    )
    found = world(quillfox, people=(person(1), person(2, marketing=False)))

    assert known("spend.marketing_share", quillfox, found) == 0.9


def test_a_budget_that_says_nothing_leaves_it_to_the_payer():
    quillfox = tool(charge(60, budget="P-77", number=1))

    assert known("spend.marketing_share", quillfox, world(quillfox, people=(person(1),), budgets={"P-77": None})) == 1.0


@pytest.mark.parametrize(("unplaced", "is_known"), [(20, True), (21, False)])
def test_up_to_a_fifth_of_the_money_may_be_without_a_unit(unplaced, is_known):
    quillfox = tool(charge(80 if is_known else 79, budget="Marketing"), charge(unplaced))

    if is_known:
        assert known("spend.marketing_share", quillfox) == 1.0
    else:
        assert reason("spend.marketing_share", quillfox) == "the unit that paid is known for 79% of the money only"


def test_a_payer_of_a_refused_directory_makes_the_share_unknown_however_small_the_charge():
    quillfox = tool(charge(90, number=1), charge(10, number=2))
    found = world(quillfox, people=(person(1, marketing=False, listed_in="google:acme/users"), person(2)))

    assert known("spend.marketing_share", quillfox, found) == 0.1
    said = reason("spend.marketing_share", quillfox, refused(found, "okta:acme/users"))
    assert said == "okta:acme/users refused: scope.read"


def test_what_a_budget_says_holds_while_the_payers_directory_is_refused():
    quillfox = tool(charge(90, number=1, budget="Marketing"), charge(10, number=2, budget="Sales"))
    found = world(quillfox, people=(person(1), person(2)))

    assert known("spend.marketing_share", quillfox, refused(found, "okta:acme/users")) == 0.9


def test_a_refund_of_one_unit_does_not_hide_what_another_paid():
    quillfox = tool(charge(100, budget="Marketing"), charge(100), charge(-99))

    assert "known for 33% of the money" in reason("spend.marketing_share", quillfox)


def test_the_share_is_known_in_one_foreign_currency_and_without_a_whole_year():
    quillfox = tool(charge(10, currency="USD", budget="Marketing"))
    found = world(quillfox, streams=[state("card:acme", "charges", first_at=ago(60))])

    assert known("spend.marketing_share", quillfox, found) == 1.0


@pytest.mark.parametrize(
    ("rows", "company", "said"),
    [
        ([charge(10), charge(-10)], ACME, "no money went to the tool in the last 12 months"),
        ([charge(10)], replace(ACME, marketing_units=()), "no marketing units are configured"),
    ],
)
def test_a_share_of_nothing_or_of_no_unit_is_unknown(rows, company, said):
    quillfox = tool(*rows)

    assert said in reason("spend.marketing_share", quillfox, world(quillfox, company=company))


def test_a_budget_that_was_renamed_is_told():
    quillfox = tool(charge(10, budget="Sales"))

    said = reason("spend.marketing_share", quillfox, world(quillfox, budgets={"Sales": False}))

    assert said == "no budget and no payer of any charge is Marketing: was the unit renamed?"


def test_nothing_is_marketings_where_its_budget_is_known_and_paid_none_of_it():
    quillfox = tool(charge(10, budget="Sales"))

    assert known("spend.marketing_share", quillfox) == 0.0


# --- payers ----------------------------------------------------------------------------------------------------------


def test_payers_are_counted_once_each():
    quillfox = tool(charge(1, number=1), charge(1, number=1), charge(1, number=2), charge(1))

    assert known("spend.payers", quillfox) == 2


def test_a_statement_without_holders_says_nothing_of_payers():
    quillfox = tool(charge(1))

    assert reason("spend.payers", quillfox) == "no source of money states the holder"
    assert reason("spend.payer_left", quillfox) == "no source of money states the holder"


GONE = {"status": "deprovisioned"}


@pytest.mark.parametrize(("newer", "left"), [(1, True), (2, False)])
def test_the_holder_who_paid_last_has_left_or_not(newer, left):
    older = 3 - newer
    quillfox = tool(charge(1, 40, number=older), charge(1, 10, number=newer))
    found = world(quillfox, people=(person(1, directory=GONE), person(2)))

    assert known("spend.payer_left", quillfox, found) is left


def test_a_holder_whom_no_directory_knows_may_have_left():
    quillfox = tool(charge(1, number=1))

    assert reason("spend.payer_left", quillfox) == "no directory knows who paid last"


def test_without_any_directory_nobody_is_known_to_have_left_or_stayed():
    quillfox = tool(charge(1, number=1))
    found = world(quillfox, streams=streams("okta:acme/users", "google:acme/users"))

    assert reason("spend.payer_left", quillfox, found) == "no directory was read"
    assert known("spend.payers", quillfox, found) == 1


def test_a_refused_directory_is_the_reason():
    quillfox = tool(charge(1, number=1))
    found = refused(world(quillfox, people=(person(1, directory=GONE),)), "okta:acme/users", why="okta.users.read")

    assert reason("spend.payer_left", quillfox, found) == "okta:acme/users refused: okta.users.read"


def test_the_last_charge_leads_to_its_record():
    last = charge(1, 10)
    quillfox = tool(charge(1, 40), last)

    assert str(known("spend.last_charge", quillfox)) == "2026-06-20"
    assert evidence("spend.last_charge", quillfox) == (f"signal:card:acme/charges/{last.native_id}",)


def test_a_tool_that_nothing_was_paid_for_has_no_last_charge():
    assert reason("spend.last_charge", tool(use(1))) == "no source of money names the tool in the last 12 months"


def test_the_day_of_a_charge_is_the_companys_although_its_midnight_is_the_evening_before_in_utc():
    paid = charge(10)
    paid.seen_at = to_ms(datetime(2026, 6, 17, 22, tzinfo=UTC))
    quillfox = tool(paid)
    found = world(quillfox, company=replace(ACME, timezone="Europe/Copenhagen"))

    assert str(known("spend.last_charge", quillfox, found)) == "2026-06-18"


# --- whether it is paid, by whom, and through whom -------------------------------------------------------------------


@pytest.mark.parametrize("rows", [[charge(5)], [charge(5, currency="USD")], [charge(9, 364), charge(-4)]])
def test_money_that_is_seen_shows_that_the_tool_is_paid(rows):
    assert known("spend.paid", tool(*rows)) is True
    assert known("spend.free_plan", tool(*rows)) is False
    assert known("spend.none_seen", tool(*rows)) is False
    assert evidence("spend.none_seen", tool(*rows))


@pytest.mark.parametrize("rows", [[], [charge(5, 366)], [charge(5), charge(-5)]])
def test_that_no_money_is_seen_says_nothing_of_who_else_pays(rows):
    said = "no money is seen to go to the tool, and nobody has answered"

    assert (reason("spend.paid", tool(*rows)), reason("spend.free_plan", tool(*rows))) == (said, said)


def test_no_charge_is_seen_only_where_every_source_of_money_was_read_for_the_year():
    bills = state("aws:acme", "bills", "snapshot", first_at=ago(90))

    assert known("spend.none_seen", tool()) is True
    assert reason("spend.none_seen", tool(), world(streams=[*streams(), bills])) == (
        "aws:acme/bills: what was read does not span the last 365 days"
    )
    assert reason("spend.none_seen", tool(), refused(world(), "card:acme/charges")).startswith("card:acme/charges")
    assert reason("spend.none_seen", tool(), world(streams=streams("card:acme/charges"))) == (
        "no source of money was read"
    )


def test_who_takes_the_money_may_be_another_than_the_maker():
    sold = charge(5, reseller="Paddle")

    assert known("spend.reseller", tool(charge(5), sold)) is True
    assert evidence("spend.reseller", tool(charge(5), sold)) == (f"signal:card:acme/charges/{sold.native_id}",)
    assert known("spend.reseller", tool(charge(5))) is False
    assert reason("spend.reseller", tool()) == "no charge was seen"


WITH_IT = replace(ACME, it_units=("IT",))


def it(number, *, is_it):
    return person(number, marketing=False, unit="IT" if is_it else "Sales", it=is_it)


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ([charge(10, number=1), charge(30, number=2)], 0.75),
        ([charge(10, number=1), charge(30, number=1, budget="Sales")], 0.75),
        ([charge(10, number=1)], 0.0),
        ([charge(10, number=2)], 1.0),
        ([charge(10, budget="IT"), charge(10, number=1)], 0.0),
    ],
)
def test_money_that_others_than_it_paid_is_a_share(rows, share):
    people = (it(1, is_it=True), it(2, is_it=False))
    found = world(people=people, company=WITH_IT, budgets_it={"Sales": False, "IT": True})

    assert known("spend.outside_it_share", tool(*rows), found) == pytest.approx(share)


@pytest.mark.parametrize(
    ("rows", "changed", "said"),
    [
        ([charge(10, number=1)], {"company": ACME}, "no units of IT are configured: [company] it_units"),
        ([], {}, "no money went to the tool in the last 12 months"),
        ([charge(10, number=1), charge(9, currency="USD")], {}, "the money is in EUR and USD, which are not added"),
        ([charge(10, number=1), charge(10)], {}, "the unit that paid is known for 50% of the money only"),
        ([charge(10, number=2)], {"people": (it(2, is_it=False),)}, "no budget and nobody in any directory is IT"),
    ],
)
def test_without_its_units_or_money_the_share_is_unknown(rows, changed, said):
    made = {"people": (it(1, is_it=True), it(2, is_it=False)), "company": WITH_IT} | changed

    assert reason("spend.outside_it_share", tool(*rows), world(**made)).startswith(said)


@pytest.mark.parametrize("name", ["spend.paid", "spend.none_seen", "spend.reseller", "spend.outside_it_share"])
def test_a_refused_source_of_money_says_nothing_of_what_it_holds(name):
    quillfox = tool(charge(5, number=1))

    assert reason(name, quillfox, refused(world(quillfox), "card:acme/charges")).startswith("card:acme/charges refused")
