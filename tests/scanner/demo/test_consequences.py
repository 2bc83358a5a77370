"""What the traps mean for findings, and what stands behind a finding."""

import pytest

from commands.evidence import find_evidence
from commands.finding_page import evidence_command, whole
from commands.standing import listed_findings
from storage.times import month_text
from tests.scanner.demo.expected_findings import GRANTED, STILL_OPEN, TIED, UNSEEN
from tests.scanner.demo.looking import REFUSED, facts, policies, tool_of, violated

# --- traps that have a consequence for a finding ---------------------------------------------------------------------


def test_the_grant_of_a_leaver_is_one_of_zapiers_three(demo, found):
    row = found["SEC-02"]["zapier"]
    left = facts(demo, "zapier")["grants.leaver_owned"]

    assert row["message"] == "Grants in force of people who have left: 1 of 3"
    assert (left["value"], len(left["evidence"])) == (1, 1)
    assert left["evidence"][0].startswith("signal:google:tarnvik/tokens/")


def test_a_look_alike_is_a_finding_of_its_own_and_none_of_the_genuine_tools(found, called):
    row = found["SEC-15"]["FALSE MAILCHIMP"]

    assert row["evidence"]
    assert "mailchimp" not in found["SEC-15"]
    assert called[row["tool_id"]] == "FALSE MAILCHIMP"
    assert "BASECAMP" not in found["SEC-15"]


def test_the_card_of_a_leaver_is_found_although_its_dollars_have_no_rate(demo, found):
    read = facts(demo, "jasper")

    assert (read["spend.annual"]["value"], read["spend.payer_left"]["value"]) == (None, True)
    assert found["SUP-03"]["jasper"]["verdict"] == "violated"


def test_a_holder_who_is_only_a_name_on_a_statement_has_neither_left_nor_stayed(demo, found):
    read = facts(demo, "buffer")["spend.payer_left"]

    assert (read["value"], read["reason"]) == (None, "no directory knows who paid last")
    assert found["SUP-03"]["buffer"]["verdict"] == "unknown"


def test_the_two_of_an_agency_outnumber_the_one_inside_and_the_bought_company_is_no_agency(found):
    assert list(violated(found["SUP-26"])) == ["webflow"]
    assert found["SUP-26"]["crisp"]["verdict"] == "unknown"


@pytest.mark.parametrize("fact", ["grants.active", "connections.count", "grants.mail_read", "people.count"])
def test_a_refused_stream_makes_unknown_what_hangs_on_it(demo, fact):
    """Nobody of whom a list tells uses Buffer; who of Hollerbach does is not told."""
    read = facts(demo, "buffer")[fact]

    assert read["value"] is None
    assert read["reason"].startswith(REFUSED)


def test_a_refused_stream_resolves_nothing(found):
    for policy, names in STILL_OPEN.items():
        rows = {name: found[policy][name] for name in names}
        assert {(row["state"], row["verdict"], row["was_violated"]) for row in rows.values()} == {
            ("open", "unknown", True)
        }


def test_a_refused_stream_leaves_standing_what_another_list_shows(demo, called):
    for name in sorted(GRANTED):
        assert facts(demo, tool_of(called, name))["grants.active"]["value"] > 0
    for name, systems in TIED.items():
        assert facts(demo, tool_of(called, name))["connections.systems"]["value"] == systems.split(", ")


def test_nobody_is_seen_in_a_tool_is_not_read_as_nobody_uses_it(demo, called):
    assert [
        name for name in sorted(UNSEEN) if facts(demo, tool_of(called, name))["people.count"]["value"] is not None
    ] == []


def test_a_rejected_tool_that_three_people_keep_is_a_finding_and_a_retired_one_is_another(found):
    assert found["SEC-36"]["lusha"]["message"].endswith("grants in force: 3")
    assert list(found["SEC-36"]) == ["lusha"]
    assert list(found["LIFE-04"]) == ["trello"]


def test_the_owner_who_left_in_august_is_found_and_nobody_elses(found):
    assert list(found["SUP-06"]) == ["bynder"]


def test_money_in_dollars_is_unknown_in_a_message_and_never_added(found):
    assert found["SUP-04"]["semrush"]["message"] == "No business owner; people: 5; spent in 12 months: unknown"


def test_a_sign_on_through_google_is_a_tie_although_no_list_of_its_apps_is_at_hand(demo, found):
    for tool in ("meltwater", "livestorm"):
        read = facts(demo, tool)["access.sso_registered"]
        assert read["value"] is True
        assert read["evidence"][0].startswith("usage:google:tarnvik/")
        assert tool not in found["INT-10"]


def test_a_person_with_two_addresses_is_the_one_on_whom_asanas_link_hangs(demo):
    read = facts(demo, "asana")

    assert (read["people.count"]["value"], read["grants.people"]["value"]) == (28, 1)


def test_an_approval_that_ran_out_is_a_case_and_one_that_runs_on_is_none(open_cases):
    assert open_cases["hubspot"][0]["status"] == "in_review"
    assert "canva" not in open_cases


def test_both_ortlers_are_judged_by_their_own_people(found):
    assert found["SUP-04"]["ORTLER ALARM"]["message"].startswith("No business owner; people: 5;")
    assert found["SUP-04"]["ORTLER PRESS"]["message"].startswith("No business owner; people: 2;")


# --- what stands behind a finding ------------------------------------------------------------------------------------


def keys_in_store(demo):
    signals = demo.rows(
        "SELECT s.name || '/' || st.name || '/' || r.native_id AS key FROM record r"
        " JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id WHERE r.valid_to IS NULL"
    )
    usage = demo.rows(
        "SELECT DISTINCT s.name || '/' || i.key AS key, u.month FROM usage u"
        " JOIN identity i ON i.id = u.identity_id JOIN source s ON s.id = i.source_id"
    )
    months = {f"usage:{row['key']}/{month_text(row['month'])}" for row in usage}
    decisions = {f"decision:{row['id']}" for row in demo.rows("SELECT id FROM decision")}
    tools = {f"tool:{row['id']}" for row in demo.rows("SELECT id FROM tool")}
    return {f"signal:{row['key']}" for row in signals} | months | decisions | tools


def test_all_evidence_of_all_findings_is_in_the_store(demo, found):
    known = keys_in_store(demo)
    cited = {key for rows in found.values() for row in rows.values() for key in row["evidence"]}

    assert len(cited) > 100
    assert sorted(cited - known) == []


@policies
def test_every_violated_finding_has_evidence(found, policy):
    assert [name for name, row in violated(found[policy]).items() if not row["evidence"]] == []


@pytest.mark.parametrize(
    ("finding", "fact", "value"),
    [
        ("SEC-02:zapier", "grants.leaver_owned", 1),
        ("SEC-11:zapier", "grants.sensitive_by_user", 4),
        ("SUP-26:webflow", "people.external", 2),
        ("INT-11:asana", "grants.people", 1),
        ("SUP-03:jasper", "spend.payer_left", True),
        ("SEC-05:hootsuite", "access.shared_accounts", 1),
        ("SEC-06:semrush", "access.sso_mode", "password_vault"),
        ("SEC-10:canva", "grants.files_read_all", True),
        ("SEC-13:boomerang", "grants.publisher_verified", False),
        ("COST-04:chatgpt", "spend.subscriptions", 3),
        ("OVR-01:supermetrics", "overlap.approved_in_category", 1),
        ("LIFE-04:trello", "lifecycle.live_traces", ["grant"]),
    ],
)
def test_the_page_of_a_finding_says_what_was_read_and_leads_to_what_the_sources_said(desk, finding, fact, value):
    row = next(row for row in listed_findings(desk) if row["id"] == finding)

    page = whole(desk, row)

    read = next(one for one in page["facts"] if one["fact"] == fact)
    assert read["value"] == value
    assert all(
        find_evidence(desk, key)["evidence"] == key
        and (not key.startswith("tool:") or evidence_command(key) == "ostiary tools show power-bi")
        for key in read["evidence"][:2]
    )
    assert page["rule"]["do"]
    assert page["rule"]["why"]
    assert [line["verdict"] for line in page["history"]][-1] == "violated"


def test_the_page_of_what_cannot_be_judged_says_what_would_settle_it(desk):
    row = next(row for row in listed_findings(desk) if row["id"] == "INT-10:typeform")

    page = whole(desk, row)

    assert [(want["fact"], want["reason"].startswith(REFUSED)) for want in page["settles"]] == [
        ("connections.count", True)
    ]
    assert all(want["settles"] for want in page["settles"])
    assert [line["what"] for line in page["history"]][-1] == "can no longer be judged"
