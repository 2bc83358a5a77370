"""The planted traps as data: what each is called, which tools of the demo it is about, and the test that tries it."""

from __future__ import annotations

from typing import NamedTuple


class Trap(NamedTuple):
    """`tools` are ids of the catalogue, or names of provisional tools."""

    name: str
    tools: tuple[str, ...]
    test: str


TRAPS = (
    Trap("two tools of one name", ("Ortler",), "test_two_tools_of_one_name_stay_two"),
    Trap("one tool under three client ids", ("canva",), "test_one_tool_under_three_client_ids_is_one"),
    Trap(
        "a refused stream", ("crisp",), "test_a_refused_stream_is_told_with_its_permission_and_is_not_read_as_nothing"
    ),
    Trap(
        "late and duplicate events",
        ("productsup",),
        "test_duplicate_events_count_once_and_a_late_one_counts_in_its_own_month",
    ),
    Trap("a refund", ("mailchimp",), "test_a_refund_is_taken_off"),
    Trap("two equal coffees", (), "test_two_equal_coffees_are_two_and_overlapping_statements_do_not_make_them_four"),
    Trap("lines that are no charge", ("typeform", "livestorm"), "test_lines_that_are_no_final_charge_are_not_money"),
    Trap("an agency's account", ("webflow",), "test_an_agencys_people_are_people_and_not_marketings"),
    Trap("a leaver's grant", ("zapier",), "test_a_leavers_grant_still_stands"),
    Trap("a leaver's card", ("jasper",), "test_the_card_of_a_leaver_still_pays"),
    Trap(
        "a look-alike domain", ("Mailchimp",), "test_a_look_alike_is_never_the_genuine_tool_and_says_whom_it_imitates"
    ),
    Trap(
        "a merchant of record",
        ("livestorm", "supermetrics", "TRAILPOST"),
        "test_a_merchant_of_record_does_not_hide_the_vendor",
    ),
    Trap(
        "an uncatalogued tool",
        ("Peakpitch", "TRAILPOST", "SNOWLINE.IO"),
        "test_a_tool_that_no_catalogue_knows_is_a_row_like_the_others",
    ),
    Trap("a person with two addresses", ("asana", "klaviyo"), "test_a_person_with_two_addresses_is_one"),
    Trap(
        "an internal app named like a vendor's",
        ("Basecamp",),
        "test_an_internal_app_is_not_the_vendors_product_whose_name_it_has",
    ),
    Trap("a shared mailbox", ("hootsuite",), "test_a_shared_mailbox_is_no_person"),
    Trap(
        "a directory without departments",
        ("crisp",),
        "test_people_without_a_department_are_unknown_and_not_outside_of_marketing",
    ),
    Trap("a person in two units", ("livestorm",), "test_a_person_in_two_units_counts_once"),
    Trap("a unit that was renamed", ("hotjar",), "test_a_unit_that_was_renamed_is_marketings_under_both_names"),
    Trap("money in two currencies", ("semrush",), "test_money_in_two_currencies_is_never_added"),
    Trap("paid and unused, used and unpaid", ("buffer", "miro"), "test_paid_and_unused_and_used_and_unpaid_both_show"),
    Trap(
        "several departments pay", ("chatgpt",), "test_a_share_of_the_money_is_marketings_where_several_departments_pay"
    ),
    Trap(
        "an approval, and one that has run out",
        ("canva", "hubspot"),
        "test_an_approval_that_ran_out_is_kept_with_its_date",
    ),
    Trap("decided twice", ("meltwater",), "test_of_two_decisions_the_later_one_stands"),
    Trap(
        "rejected or retired and still in use",
        ("lusha", "trello"),
        "test_a_rejected_and_a_retired_tool_in_use_show_their_people",
    ),
)
