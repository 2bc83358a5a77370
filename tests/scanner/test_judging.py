"""Judging end to end, on small files: from what sources say to facts, findings and cases."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as listen_to

from gate import decisions
from gate.audit import Trail
from gate.decisions import Ruling
from policies.engine import load
from policies.shape import Refusal
from scanner import judging, run
from storage.listings import tools
from tests.scanner.house import START, app, event, numbered, user

REFUSED = {
    "errorCode": "E0000006",
    "errorSummary": "You do not have permission",
    "errorLink": "E0000006",
    "errorId": "x",
}
OWNED = "Tool,Status,Owner,Reason\nHubSpot,approved,ana@acme.example,It is ours\n"


def log(*people, days=range(0, 100, 3), first=1):
    """Sign-ins of some people over the last hundred days."""
    numbers = numbered(first)
    days = [START - timedelta(days=back) for back in days]
    return [
        event(next(numbers), person=person, published=f"{day:%Y-%m-%dT%H:%M:%S}.000Z")
        for day in days
        for person in people
    ]


def facts(house, tool="hubspot"):
    rows = house.rows("SELECT * FROM fact WHERE tool_id = :tool AND valid_to IS NULL", tool=tool)
    return {row["name"]: row["reason"] if row["value"] is None else json.loads(row["value"]) for row in rows}


def finding(house, policy, tool="hubspot"):
    rows = house.rows(
        "SELECT * FROM finding WHERE policy = :policy AND tool_id = :tool AND valid_to IS NULL",
        policy=policy,
        tool=tool,
    )
    return rows[0] if rows else None


def stands(house, policy):
    found = finding(house, policy)
    return found and (found["verdict"], found["state"], found["queued"])


def cases(house):
    return [(r["tool_id"], r["state"], r["stage"]) for r in house.rows("SELECT * FROM review_case ORDER BY id")]


def small(house):
    """Two people of Marketing use one tool, and nobody owns it."""
    house.ingest("okta-users", house.write("users", [user("ana"), user("bob")], saved=START))
    house.ingest("okta-apps", house.write("apps", [app("hubspot", "HubSpot")], saved=START))
    house.ingest("okta-system-log", house.write("log", log("ana", "bob"), saved=START))


def refuse(house):
    return house.ingest("okta-system-log", house.write("refused.json", json.dumps(REFUSED)))


def test_people_money_and_records_become_facts_findings_and_a_case(house):
    small(house)

    found = facts(house)

    assert (found["people.count"], found["people.marketing_share"], found["access.sso_mode"]) == (2, 1.0, "saml")
    assert found["spend.annual"] == "no source of money was read"
    assert stands(house, "SUP-04") == ("violated", "open", 1)
    assert cases(house) == [("hubspot", "open", "new")]


def test_a_refused_log_leaves_the_finding_open_and_its_facts_unknown(house):
    small(house)
    before = finding(house, "SUP-04")

    refuse(house)

    assert facts(house)["people.count"] == "okta/sign_ins refused: okta.logs.read (Okta E0000006)"
    assert facts(house)["people.marketing_share"] == "okta/sign_ins refused: okta.logs.read (Okta E0000006)"
    assert stands(house, "SUP-04") == ("unknown", "open", 1)
    assert finding(house, "SUP-04")["violated_once"] == before["violated_once"] == 1
    assert cases(house) == [("hubspot", "open", "new")]


def test_a_good_log_again_brings_the_finding_back_and_history_is_kept(house):
    small(house)
    refuse(house)

    house.ingest("okta-system-log", house.write("log", log("ana", "bob", first=500)))

    assert stands(house, "SUP-04") == ("violated", "open", 1)
    versions = house.rows("SELECT verdict, state FROM finding WHERE policy = 'SUP-04' ORDER BY valid_from")
    # Before the log was read at all it might have applied, which is not kept as a version.
    assert [v["verdict"] for v in versions] == ["violated", "unknown", "violated"]
    assert {v["state"] for v in versions} == {"open"}


def test_an_owner_resolves_the_finding_and_a_decision_closes_the_case(house):
    small(house)

    house.ingest("approved-tools-csv", house.write("approved.csv", OWNED))

    assert stands(house, "SUP-04") == ("met", "resolved", 0)
    assert cases(house) == [("hubspot", "closed", "decided")]


def test_an_approval_whose_review_is_overdue_opens_another_case(house):
    small(house)
    listed = "Tool,Status,Owner,Reason,Review by\nHubSpot,approved,ana@acme.example,It is ours,2026-03-20\n"
    house.ingest("approved-tools-csv", house.write("approved.csv", listed))
    assert cases(house) == [("hubspot", "closed", "decided")]

    house.ingest(
        "okta-users", house.write("users", [user("ana"), user("bob")]), as_of=datetime(2026, 3, 20, tzinfo=UTC)
    )
    assert cases(house) == [("hubspot", "closed", "decided")]
    house.ingest(
        "okta-users", house.write("users", [user("ana"), user("bob")]), as_of=datetime(2026, 3, 21, tzinfo=UTC)
    )

    assert cases(house) == [("hubspot", "closed", "decided"), ("hubspot", "open", "new")]


def test_the_same_again_changes_nothing(house):
    small(house)
    before = house.tables("fact", "finding", "review_case")

    house.derive_again()

    assert house.tables("fact", "finding", "review_case") == before


def judge(house, pack, *, now):
    with house.store.writer() as writer:
        return judging.judge(
            writer,
            company=house.company,
            index=house.index,
            pack=pack,
            settings=run.shipped_gate(),
            trail=Trail(None),
            run_id=9,
            now=now,
            as_of=int(START.timestamp() * 1000),
        )


LATER = 2_000_000_000_000


def test_findings_of_a_refused_policy_stay_and_are_marked_as_not_evaluated(house):
    small(house)
    pack = load()
    kept = tuple(p for p in pack.policies if p.id != "SUP-04")

    found = judge(
        house, replace(pack, policies=kept, refused=(Refusal("x.yaml", 1, 1, "a typo", "SUP-04"),)), now=LATER
    )

    assert (found.refused, stands(house, "SUP-04")) == (1, ("violated", "open", 1))
    assert finding(house, "SUP-04")["evaluated"] == 0
    judge(house, pack, now=LATER + 1)
    assert finding(house, "SUP-04")["evaluated"] == 1


def test_a_watched_policy_queues_nothing_and_an_off_one_is_not_judged(house):
    small(house)
    watched = tuple(replace(p, mode="watch" if p.id == "SUP-04" else "off") for p in load().policies)

    judge(house, replace(load(), policies=watched), now=LATER)

    assert stands(house, "SUP-04") == ("violated", "open", 0)
    assert {
        r["evaluated"]
        for r in house.rows("SELECT evaluated FROM finding WHERE valid_to IS NULL AND policy <> 'SUP-04'")
    } <= {0}


def test_what_a_tool_said_ends_with_the_tool(house):
    small(house)
    house.ingest("okta-system-log", house.write("log", [*log("ana", first=900), event(2000, "Zoom")]))

    house.correct().merge("hubspot", "zoom", "one contract")
    house.derive_again()

    assert facts(house) == {}
    assert finding(house, "SUP-04") is None
    assert house.rows("SELECT DISTINCT state, stage FROM review_case WHERE tool_id = 'hubspot'") == [
        {"state": "closed", "stage": "gone"}
    ]
    assert house.one("SELECT count(*) FROM finding WHERE tool_id = 'hubspot' AND valid_to IS NOT NULL") > 0


def test_the_list_of_tools_says_the_same_as_the_facts(house):
    small(house)
    house.ingest("okta-users", house.write("users", [user("ana"), user("bob", profile={"department": None})]))

    with house.store.read() as connection:
        (row,) = tools.tools(connection, base_currency="EUR")

    assert facts(house)["people.marketing_share"] == "the unit of 1 of 2 people is not known"
    assert (row["people"], row["people_marketing"], row["marketing_used"], row["marketing_bought"]) == (
        2,
        None,
        None,
        None,
    )


def test_another_as_of_is_shown_what_was_so_then(house):
    small(house)
    moment = int((START - timedelta(days=5)).timestamp() * 1000)

    with house.store.read() as connection:
        found = judging.shown_at(connection, house.company, house.index, moment)

    assert found["hubspot"]["people.marketing_share"] == 1.0
    assert found["hubspot"]["spend.marketing_share"] is None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE fact SET value = '7', reason = NULL",
        "UPDATE fact SET evidence = '[]', seen_at = 1",
        "INSERT INTO fact VALUES ('hubspot', 'people.ghost', 1, NULL, '1', NULL, '[]', NULL)",
        "SELECT 1",
    ],
)
def test_rebuild_derives_the_facts_in_force_anew_and_keeps_findings(house, damage):
    small(house)
    refuse(house)
    ended = "SELECT * FROM fact WHERE valid_to IS NOT NULL"
    before = house.tables("fact", "finding", "review_case")
    history = house.rows(ended)
    house.execute(
        damage if "WHERE" in damage or not damage.startswith("UPDATE") else f"{damage} WHERE valid_to IS NULL"
    )

    house.rebuild()

    assert house.tables("fact", "finding", "review_case") == before
    assert house.rows(ended) == history


def test_rebuild_finds_the_facts_again_that_were_lost(either_house):
    house = either_house
    small(house)
    said = facts(house)
    house.execute("DELETE FROM fact")

    house.rebuild()

    assert facts(house) == said


def test_no_transaction_writes_more_than_some_tools(house, monkeypatch):
    monkeypatch.setattr(judging, "_BATCH", 2)
    house.ingest(
        "okta-apps",
        house.write(
            "apps", [app(str(n), name) for n, name in enumerate(["HubSpot", "Zoom", "Canva", "Figma", "Miro"])]
        ),
    )
    held = []
    house.execute("DELETE FROM fact")

    @listen_to.listens_for(house.store.engine, "commit")
    def committed(connection):
        held.append(connection)

    house.derive_again()
    listen_to.remove(house.store.engine, "commit", committed)

    assert len(facts(house, "miro")) == len(facts(house, "zoom")) > 40
    assert len(held) >= 3


def guessed(house):
    """A marketing tool of the app list, of which nobody can yet say who uses it."""
    house.ingest("okta-apps", house.write("apps", [app("hubspot", "HubSpot")], saved=START))
    assert [r["why"] for r in house.rows("SELECT why FROM review_case")] == [
        "it is a marketing tool, and who uses and pays it is unknown"
    ]


def test_a_case_gets_its_true_reason_once_it_is_known(house):
    guessed(house)

    small(house)

    assert [r["why"] for r in house.rows("SELECT why FROM review_case")] == ["100% of its people are in marketing"]


def test_a_case_of_a_tool_that_is_not_marketings_after_all_is_closed(house):
    guessed(house)
    people = [user("ana", profile={"department": "Sales"}), user("bob", profile={"department": "Sales"}), user("cy")]

    house.ingest("okta-users", house.write("users", people, saved=START))
    house.ingest("okta-system-log", house.write("log", log("ana", "bob"), saved=START))

    assert cases(house) == [("hubspot", "closed", "not_marketing")]


# --- only what may be another verdict --------------------------------------------------------------------------------


def findings_of(house):
    return house.rows("SELECT * FROM finding ORDER BY policy, tool_id, valid_from")


def test_a_second_look_at_the_same_asks_only_policies_that_look_at_the_day_and_writes_nothing(house, monkeypatch):
    small(house)
    before, asked = findings_of(house), []
    judged_ = judging.rejudge
    monkeypatch.setattr(judging, "rejudge", lambda *a, **k: asked.append(judged_(*a, **k)) or asked[-1])

    house.derive_again()

    assert findings_of(house) == before
    (found,) = asked
    assert (set(found.whole), bool(found.partly)) == (set(), True)


def test_a_waiver_that_was_recorded_reaches_the_finding_with_the_next_run_and_ends_on_its_day(house):
    small(house)
    row = next(r for r in findings_of(house) if r["verdict"] == "violated" and r["valid_to"] is None)
    ruling = Ruling(
        kind="waive",
        about=f"finding:{row['policy']}:{row['tool_id']}",
        detail={"until": f"{START + timedelta(days=3):%Y-%m-%d}"},
        reason="because",
    )
    with house.store.write() as connection:
        decisions.decide(connection, house.trail, ruling, by="user:ana", at=START)

    house.derive_again()
    assert finding(house, row["policy"], row["tool_id"])["state"] == "waived"
    house.rebuild()
    assert finding(house, row["policy"], row["tool_id"])["state"] == "waived"
    house.ingest("okta-apps", house.write("more.jsonl", [app("2", "Slack")]), as_of=START + timedelta(days=3))
    assert finding(house, row["policy"], row["tool_id"])["state"] == "open"
