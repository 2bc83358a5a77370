"""overlap.*, integration.needs and the cost beside the category's: the tool among others for the same job."""

import pytest

from catalog.categories import CATEGORIES
from model.company import Company
from model.facts import VOCABULARY
from tests.scanner.facts.worlds import charge, evidence, known, reason, refused, streams, tool, use, world


def other(number, *rows, **changed):
    return tool(*rows, id=f"other{number}", **changed)


def test_other_tools_of_the_category_count_while_they_live():
    others = [other(1, use(1)), other(2, charge(5)), other(3, use(1, 91)), other(4, use(1), category="cdp")]
    quillfox = tool(use(1))

    assert known("overlap.same_category", quillfox, world(quillfox, *others)) == 2
    assert evidence("overlap.same_category", quillfox, world(quillfox, *others)) == ("tool:other1", "tool:other2")


def test_approved_tools_of_the_category_count_without_the_tool_itself():
    quillfox = tool(status="approved")
    others = [other(1, status="approved_with_conditions"), other(2, status="rejected")]

    assert known("overlap.approved_in_category", quillfox, world(quillfox, *others)) == 1


def test_many_of_a_category_are_counted_and_some_of_them_named():
    quillfox = tool(use(1))
    found = world(quillfox, *(other(n, use(1)) for n in range(80)))

    assert known("overlap.same_category", quillfox, found) == 80
    assert len(evidence("overlap.same_category", quillfox, found)) == 50


def test_a_tool_of_no_category_overlaps_with_who_knows_what():
    quillfox = tool(category=None)

    assert reason("overlap.same_category", quillfox) == "nobody has said what the tool is for"
    assert known("overlap.approved_in_category", quillfox) == 0


def test_people_who_use_another_tool_of_the_category_are_a_share_of_its_own():
    quillfox = tool(use(1), use(2), use(3))
    others = [other(1, use(1), use(9)), other(2, use(1), use(2, 91)), other(3, use(3), category="cdp")]
    found = world(quillfox, *others)

    assert known("overlap.people_share", quillfox, found) == pytest.approx(1 / 3)
    assert evidence("overlap.people_share", quillfox, found) == ("usage:okta:acme/app_id:0oa1/2026-06",)


def test_a_share_of_less_than_all_needs_every_stream_of_use():
    quillfox, rival = tool(use(1), use(2)), other(1, use(1), use(2))
    one = other(1, use(1))

    assert known("overlap.people_share", quillfox, refused(world(quillfox, rival), "google:acme/tokens")) == 1.0
    assert reason("overlap.people_share", quillfox, refused(world(quillfox, one), "google:acme/tokens")).startswith(
        "google:acme/tokens refused"
    )


def test_a_share_of_nobody_is_unknown():
    registered = tool(use(1, 91))

    assert reason("overlap.people_share", registered) == "nobody uses the tool"
    assert reason("overlap.people_share", tool(use(1), category=None)) == "nobody has said what the tool is for"


def test_the_money_of_a_category_is_that_of_all_its_tools():
    quillfox = tool(charge(100), charge(7, 400))
    others = [other(1, charge(50), charge(20)), other(2, use(1)), other(3, charge(900), category="cdp")]
    found = world(quillfox, *others)

    assert known("overlap.category_spend", quillfox, found) == 170_000_000
    assert evidence("overlap.category_spend", quillfox, found) == ("tool:quillfox", "tool:other1")
    assert known("overlap.category_spend", others[1], found) == 170_000_000


def test_where_one_tools_money_is_not_known_the_sum_is_not():
    quillfox, foreign = tool(charge(100)), other(1, charge(50, currency="USD"))

    assert reason("overlap.category_spend", quillfox, world(quillfox, foreign)) == (
        "spend.annual of other1 is unknown: an amount is in USD, and there is no rate to EUR"
    )


def test_a_category_without_money_costs_nothing_only_where_all_money_was_read():
    quillfox = tool(use(1))

    assert known("overlap.category_spend", quillfox) == 0
    assert reason("overlap.category_spend", quillfox, refused(world(quillfox), "card:acme/charges")).startswith("card")
    nothing = world(quillfox, streams=streams("card:acme/charges"))
    assert reason("overlap.category_spend", quillfox, nothing) == "no source of money was read"
    assert reason("overlap.category_spend", tool(category=None)) == "nobody has said what the tool is for"


def paid(number, euros, *people, **changed):
    return other(number, charge(euros), *(use(n) for n in people), **changed)


def test_the_cost_of_a_person_stands_beside_the_median_of_the_others():
    quillfox = tool(charge(90), use(1), use(2), use(3))
    others = [
        paid(1, 10, 1),
        paid(2, 40, 1, 2),
        paid(3, 600, 1),
        paid(4, 0, 1),
        paid(5, 5),
        paid(6, 9, 1, category="cdp"),
    ]

    assert known("spend.per_active_person", quillfox) == 30_000_000
    assert known("spend.per_active_vs_category", quillfox, world(quillfox, *others)) == pytest.approx(30 / 20)
    assert known("spend.per_active_vs_category", quillfox, world(quillfox, *others[:2])) == pytest.approx(30 / 15)


def test_two_other_tools_at_the_least_make_a_median():
    quillfox = tool(charge(90), use(1))

    assert reason("spend.per_active_vs_category", quillfox, world(quillfox, paid(1, 10, 1))) == (
        "it is known of fewer than two other tools of the category"
    )
    assert reason("spend.per_active_vs_category", tool(charge(9), use(1), category=None)) == (
        "nobody has said what the tool is for"
    )


def test_a_tool_whose_use_is_hidden_hides_the_median():
    quillfox = tool(charge(90), use(1), use(2))
    hidden = other(3, charge(50), use(1, source="google:acme", stream="saml"))
    found = refused(world(quillfox, paid(1, 10, 1), paid(2, 20, 1), hidden), "google:acme/saml")

    assert reason("spend.per_active_vs_category", quillfox, found) == (
        "what other3 costs each person is unknown: google:acme/saml refused: scope.read"
    )


@pytest.mark.parametrize("rows", [[charge(9)], [use(1), charge(9, currency="USD")], [charge(9), use(1, 91)]])
def test_the_cost_of_nobody_or_of_nothing_known_is_unknown(rows):
    assert reason("spend.per_active_person", tool(*rows))


def test_every_category_says_what_its_tools_need():
    for category in CATEGORIES:
        needed = known("integration.needs", tool(category=category))
        assert {*needed} <= {*VOCABULARY["integration.needs"].values}
    assert known("integration.needs", tool(category="email_marketing")) == ("crm", "warehouse", "consent")
    assert known("integration.needs", tool(category="seo")) == ()


def test_the_companys_own_table_stands_in_the_place_of_ours():
    own = Company(needs={"crm": ["ads"], "seo": []})

    assert known("integration.needs", tool(), world(company=own)) == ("ads",)
    assert known("integration.needs", tool(category="seo"), world(company=own)) == ()
    assert reason("integration.needs", tool(category="cdp"), world(company=own)) == "the table of needs has no row cdp"
    assert reason("integration.needs", tool(category=None)) == "nobody has said what the tool is for"
