"""The demo's findings and cases equal those that were written by hand from its stories, and can be checked.

A tool that a policy speaks of is violated, stuck (it applies, and cannot be judged) or may come under it (whether the
policy applies is unknown); of all others it is met, or does not apply.
"""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from catalog.categories import CATEGORIES
from commands.evidence import find_evidence
from commands.finding_page import evidence_command, whole
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from commands.standing import listed_findings
from model.facts import VOCABULARY, Unknown
from policies.engine import judge, load
from policies.parallel import judge_tools
from policies.shape import Outcome
from scanner.demo import COMPANY, DemoClock
from scanner.demo.company import AS_OF
from scanner.facts.derive import attributes, world
from scanner.facts.derive import facts as derived
from scanner.replaying import stored
from storage import kept
from storage.listings import cases as case_listing
from storage.listings import facts as fact_listing
from storage.times import month_text, to_ms
from tests.scanner.demo.expected_findings import (
    ALL,
    CASE_UNITS,
    CASES,
    DECIDED,
    EXPECTED,
    GRANTED,
    MARKETING,
    NOT_MARKETINGS,
    OTHER,
    PROVISIONAL,
    RESOLVED,
    STILL_OPEN,
    STRICT,
    TIED,
    UNSEEN,
    Expected,
)
from tests.scanner.demo.expected_questions import (
    GONE,
    MAY_APPLY,
    NOT_TOLD,
    QUEUED,
    SETTLED,
    TO_EVERY_TOOL,
)

REFUSED = "google:hollerbach/tokens refused"
#: Microsoft's log was connected in October, for 30 days.
TOO_SHORT = "entra:tarnvik/sign_ins: what was read does not span"
PACK = load(categories=CATEGORIES)
IN_FORCE = sorted(policy.id for policy in PACK.in_force("standard"))
#: Policies that may ask for something of a tool that is rejected or retired: what was left of it.
ABOUT_RETIRING = {"LIFE-05", "LIFE-11", "SEC-32", "SEC-33"}
policies = pytest.mark.parametrize("policy", IN_FORCE)


@pytest.fixture(scope="session")
def called(listed):
    """Tool id -> how the tool is called in the expected list."""
    by_name = {(row["name"], source): row["id"] for row in listed if row["provisional"] for source in row["sources"]}
    return {row["id"]: row["id"] for row in listed} | {by_name[where]: name for name, where in PROVISIONAL.items()}


@pytest.fixture(scope="session")
def desk(demo):
    return Desk(Program(), Settings(folder=demo.folder), demo.store, empty=False, clock=DemoClock())


@pytest.fixture(scope="session")
def found(desk, called):
    """Policy -> how a tool is called -> its finding."""
    by_policy = {policy: {} for policy in IN_FORCE}
    for row in listed_findings(desk):
        by_policy[row["policy"]][called[row["tool_id"]]] = row
    return by_policy


@pytest.fixture(scope="session")
def open_cases(demo, called):
    """How a tool is called -> its open cases."""
    by_tool = {}
    with demo.store.read() as connection:
        for case in case_listing.cases(connection):
            if case["state"] == "open":
                by_tool.setdefault(called[case["tool_id"]], []).append(case)
    return by_tool


@pytest.fixture(scope="session")
def judged_by_all(demo):
    """The tools of today with their facts, as they are judged."""
    with demo.store.read() as connection:
        return stored(connection, COMPANY, to_ms(AS_OF), kept.decisions(connection))


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


# --- the list itself -------------------------------------------------------------------------------------------------


def test_the_expected_list_speaks_of_every_policy_that_is_shipped_and_of_every_tool_of_the_demo(called):
    assert PACK.refused == ()
    assert {*EXPECTED, *QUEUED, *MAY_APPLY, *TO_EVERY_TOOL, *SETTLED} <= {*IN_FORCE}
    assert {*STRICT} <= {policy.id for policy in PACK.policies} - {*IN_FORCE}
    assert sorted(called.values()) == sorted(ALL)
    assert sorted([*(name for group in CASES.values() for name in group), *DECIDED, *NOT_MARKETINGS]) == sorted(ALL)
    assert not MARKETING & OTHER


@policies
def test_a_policy_is_violated_by_the_tools_whose_stories_violate_it_and_by_no_other(found, policy):
    rows = violated(found[policy])

    assert sorted(rows) == sorted(expected(policy).violated)
    assert [name for name, said in expected(policy).violated.items() if said not in rows[name]["message"]] == []


@policies
def test_a_policy_that_applies_cannot_be_judged_only_where_a_story_leaves_a_fact_out(found, policy):
    rows = unknown(found[policy], queued=True)

    asked = QUEUED.get(policy)
    assert sorted(rows) == sorted(asked.tools if asked else expected(policy).stuck)
    lacking = {fact for row in rows.values() for fact in wanted(row)}
    assert lacking == (asked.lacking if asked else expected(policy).stuck_for)


@policies
def test_whether_a_policy_applies_is_unknown_only_where_a_story_leaves_a_fact_out(found, policy):
    rows = unknown(found[policy], queued=False)

    if policy in EXPECTED and policy not in MAY_APPLY:
        assert sorted(rows) == sorted(EXPECTED[policy].may_apply)
        assert [name for name, row in rows.items() if not wanted(row) & EXPECTED[policy].may_apply_for] == []
    elif policy in MAY_APPLY:
        assert sorted(rows) == sorted(MAY_APPLY[policy])
    else:
        assert (set(rows) == ALL) is (policy in TO_EVERY_TOOL)
    assert [name for name, row in rows.items() if not wanted(row)] == []


@policies
def test_what_keeps_a_policy_from_being_judged_is_a_question_or_something_that_no_source_of_the_demo_tells(
    found, policy
):
    """A story is silent about a contract, or a stream was refused; nothing else may be unknown."""
    rows = [row for row in found[policy].values() if row["verdict"] == "unknown"]
    strange = [
        (row["id"], want["fact"], want["reason"])
        for row in rows
        for want in row["missing"]
        if not (want["fact"] in VOCABULARY and VOCABULARY[want["fact"]].question)
        and not (want["reason"] or "").startswith((REFUSED, "google:hollerbach/token: ", TOO_SHORT))
        and want["fact"] not in NOT_TOLD
    ]

    assert strange == []
    assert bool(rows) is (policy not in SETTLED) or policy in EXPECTED


def test_each_thing_that_no_source_tells_is_unknown_of_a_tool_for_that_reason(desk):
    told = {}
    for row in listed_findings(desk):
        for want in row["missing"]:
            told.setdefault(want["fact"], set()).add(want["reason"] or "")

    assert [f for f, why in NOT_TOLD.items() if not any(said.startswith(why) for said in told.get(f, ()))] == []


def test_the_strict_profile_adds_what_its_stories_tell(judged_by_all, called):
    strict = [policy for policy in PACK.policies if policy.id in STRICT]
    told = {policy.id: {} for policy in strict}
    for tool, verdicts in judge_tools(strict, judged_by_all, AS_OF, processes=1):
        for policy, verdict in verdicts.items():
            told[policy][called[tool]] = verdict

    for policy, listed in STRICT.items():
        rows = told[policy]
        by_outcome = {
            outcome: {n for n, v in rows.items() if v.verdict is Outcome.UNKNOWN and v.queued is outcome}
            for outcome in (True, False)
        }
        says = {n: v.message for n, v in rows.items() if v.verdict is Outcome.VIOLATED}
        assert by_outcome == {True: listed.stuck, False: listed.may_apply}
        assert sorted(says) == sorted(listed.violated)
        assert [n for n, said in listed.violated.items() if said not in says[n]] == []


# --- what nothing may resolve, and nothing may pass ------------------------------------------------------------------


def test_a_tool_of_which_nothing_is_known_meets_not_one_policy(judged_by_all):
    """Only what our own records decide can be met: that no record imitates anybody is no claim of a source."""
    every = PACK.policies
    assert len(every) >= 163
    for _, attributes, facts_ in judged_by_all:
        nothing = {name: Unknown("refused") for name in facts_}
        verdicts = [judge(policy, attributes, nothing, AS_OF) for policy in every]
        assert [v.policy for v in verdicts if v is not None and v.verdict is Outcome.MET] == []


def test_no_refused_stream_turns_a_finding_into_a_met_policy_or_ends_it(demo):
    """Each stream in its turn, on all tools, by all policies: what was violated stays so, or cannot be judged."""
    with demo.store.read() as connection:
        whole = world(connection, COMPANY, to_ms(AS_OF), kept.decisions(connection), demo.rooms.index())
    before = verdicts_in(whole)
    wrong = [(n, p) for n, found in before.items() for p, v in found.items() if v.verdict is Outcome.VIOLATED]
    assert len(wrong) > 70

    ended = []
    for stream in whole.streams:
        others = [one for one in whole.streams if one is not stream]
        after = verdicts_in(replace(whole, streams=[*others, replace(stream, status="refused", reason="scope.read")]))
        ended += [
            (stream.name, name, policy)
            for name, policy in wrong
            if policy not in after[name] or after[name][policy].verdict is Outcome.MET
        ]

    assert ended == []


def verdicts_in(found):
    tools = [(name, attributes(one, COMPANY), derived(one, found)) for name, one in found.subjects.items()]
    return dict(judge_tools(PACK.policies, tools, AS_OF, processes=1))


@pytest.mark.parametrize("status", ["rejected", "retired"])
def test_of_a_tool_that_nobody_may_use_any_more_only_what_is_left_of_it_is_asked(judged_by_all, status):
    gone = [(name, attributes_ | {"tool.status": status}, known) for name, attributes_, known in judged_by_all]

    asking = {
        (policy, name)
        for name, verdicts in judge_tools(PACK.policies, gone, AS_OF, processes=1)
        for policy, verdict in verdicts.items()
        if verdict.verdict is Outcome.UNKNOWN and verdict.queued
        if any(fact in VOCABULARY and VOCABULARY[fact].question for fact in verdict.missing)
    }

    assert {policy for policy, _ in asking} <= ABOUT_RETIRING


def test_nothing_is_asked_of_the_rejected_and_the_retired_tool(found):
    queued = {(policy, name) for policy in IN_FORCE for name in GONE & unknown(found[policy], queued=True).keys()}

    assert queued == {
        ("SEC-02", "lusha"),
        ("SEC-02", "trello"),
        ("SEC-10", "lusha"),
        ("SEC-21", "lusha"),
        ("SEC-21", "trello"),
        ("SEC-44", "lusha"),
    }
    # All of these wait for Hollerbach's tokens, and for no answer.
    assert all(
        want["reason"].startswith(REFUSED) for policy, name in queued for want in found[policy][name]["missing"]
    )


@policies
def test_a_finding_is_resolved_only_where_something_was_mended_between_the_two_exports(found, policy):
    resolved = {name for name, row in found[policy].items() if row["state"] == "resolved"}

    assert sorted(resolved) == sorted(RESOLVED.get(policy, ()))


def test_every_finding_was_evaluated_and_a_met_policy_leaves_nothing_open(found):
    rows = [row for by_tool in found.values() for row in by_tool.values()]

    assert all(row["evaluated"] for row in rows)
    assert {(row["verdict"], row["state"]) for row in rows} == {
        ("violated", "open"),
        ("unknown", "open"),
        ("met", "resolved"),
    }


# --- cases -----------------------------------------------------------------------------------------------------------


def test_cases_are_open_for_the_tools_that_marketing_uses_or_bought_without_a_decision(open_cases):
    assert sorted(open_cases) == sorted(name for group in CASES.values() for name in group)


def test_no_tool_has_two_open_cases(open_cases):
    assert {name: len(rows) for name, rows in open_cases.items() if len(rows) > 1} == {}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("used", r"^\d+% of its people are in marketing$"),
        ("bought", r"^\d+% of its money comes from marketing$"),
        ("unknown", r"^it is a marketing tool, and who uses and pays it is unknown$"),
    ],
)
def test_a_case_says_what_opened_it(open_cases, reason, said):
    assert [n for n in CASES[reason] if not re.match(said, open_cases[n][0]["why"])] == []


def test_no_case_was_ever_opened_before_all_that_was_saved_on_a_day_was_read(demo):
    """A list of apps alone does not say who uses them: judged by itself it would open cases that its log closes."""
    with demo.store.read() as connection:
        rows = case_listing.cases(connection)

    assert [row["tool_id"] for row in rows if row["state"] != "open"] == []
    assert not {row["tool_id"] for row in rows} & NOT_MARKETINGS


@pytest.mark.parametrize(
    ("name", "part"),
    [("webflow", "33%"), ("chatgpt", "39%"), ("hotjar", "43%"), ("hubspot", "100%"), ("buffer", "100%")],
)
def test_a_case_says_how_much_of_the_tool_is_marketings(open_cases, name, part):
    assert open_cases[name][0]["why"].startswith(part)


def test_a_case_is_to_be_taken_up_within_two_working_days_of_the_companys(open_cases):
    """The last day of June 2026 is a Tuesday, the last of October a Saturday."""
    zone = ZoneInfo(COMPANY.timezone)
    days = {
        tuple(datetime.fromisoformat(c[name]).astimezone(zone).strftime("%a %-d %b") for name in ("opened_at", "due_at"))
        for (c,) in open_cases.values()
    }

    assert days == {("Tue 30 Jun", "Thu 2 Jul"), ("Sat 31 Oct", "Tue 3 Nov")}


def test_a_case_is_opened_in_october_where_something_new_came_or_an_approval_ran_out(open_cases):
    later = {name for name, (case,) in open_cases.items() if case["opened_at"] > "2026-10"}

    assert later == {"hubspot", "crisp", "FALSE MAILCHIMP", "ORTLER PRESS"}


def test_a_case_knows_the_team_that_most_people_are_in(demo, called, open_cases):
    units = {called[row["tool_id"]]: row["unit"] for row in demo.rows("SELECT tool_id, unit FROM review_case")}

    assert {name: units[name] for name in CASE_UNITS} == CASE_UNITS


def test_each_case_waits_for_security_from_its_opening_on_and_no_rule_has_let_anything_in(demo, open_cases):
    """What customers risk by a tool is unknown until somebody answers, so that the fast lane takes none."""
    events = demo.rows("SELECT by, kind FROM case_event")

    assert {(row["by"], row["kind"]) for row in events} == {("system", "opened")}
    assert len(events) == len(open_cases)
    assert {(c["stage"], c["waiting_for"]) for (c,) in open_cases.values()} == {("new", "security")}


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
        evidence_command(key) == "ostiary tools show power-bi"
        if key.startswith("tool:")
        else find_evidence(desk, key)["evidence"] == key
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
