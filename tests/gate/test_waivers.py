"""Waivers: accepted with a reason until a day, open again on it, taken back by a decision, never erased."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import decisions, waivers
from gate.decisions import Ruling
from gate.findings import Finding, State, of_row, reopened, row_of, settle
from gate.waivers import LONGEST, until_days
from model.errors import Refused
from storage import judged, kept
from storage.schema import upgrade
from tests.gate.test_findings import ID, LEAVERS, STEPS, after
from tests.gate.test_findings import judged as subject

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNTIL = date(2026, 6, 30)
WHO = {"by": "user:ana", "at": NOW}
KEY = ("SEC-02", "quillfox")
FOUND = after("violated")


@pytest.fixture
def connection(store):
    upgrade(store)
    with store.write() as connection:
        rows = [row_of(FOUND), row_of(replace(FOUND, policy="SEC-36")), row_of(replace(FOUND, tool_id="zapier"))]
        judged.write_findings(connection, ["quillfox", "zapier"], rows, 1)
        yield connection


def findings(connection):
    rows = judged.findings(connection, ["quillfox", "zapier"])
    return {(row["policy"], row["tool_id"]): of_row(row) for of in rows.values() for row in of}


def test_a_finding_is_waived_at_once_until_its_day_and_the_others_are_not(connection, trail):
    number = waivers.waive(connection, trail, KEY, UNTIL, "the feed moves", **WHO)

    found = findings(connection)
    assert (found[KEY].state, found[KEY].queued, found[KEY].waived_until) == ("waived", False, "2026-06-30")
    assert {one.state for key, one in found.items() if key != KEY} == {"open"}
    (row,) = kept.decisions(connection)
    assert (row["id"], row["kind"], row["object"]) == (number, "waive", "finding:SEC-02:quillfox")
    assert row["detail"] == {"until": "2026-06-30"}
    assert kept.text_of(connection, row["reason_hash"]) == "the feed moves"
    assert [told["act"] for told in kept.audit_rows(connection)] == ["decision.waive"]
    assert trail.verify(kept.audit_rows(connection)) is None


def test_a_waiver_that_is_taken_back_leaves_the_finding_as_it_was(connection, trail):
    waivers.waive(connection, trail, KEY, UNTIL, "the feed moves", **WHO)

    waivers.unwaive(connection, trail, KEY, "it moved", by="user:ben", at=NOW + timedelta(days=1))

    assert findings(connection)[KEY] == FOUND
    rows = kept.decisions(connection)
    assert [row["kind"] for row in rows] == ["waive", "unwaive"]
    assert waivers.waivers(rows, NOW.date()) == {}


@pytest.mark.parametrize(
    "until", [NOW.date(), NOW.date() - timedelta(days=1), NOW.date() + LONGEST + timedelta(days=1)]
)
def test_a_waiver_ends_on_a_day_to_come_and_within_a_year(connection, trail, until):
    with pytest.raises(Refused, match="ends on a day to come"):
        waivers.waive(connection, trail, KEY, until, "because", **WHO)

    assert kept.decisions(connection) == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_waiver_needs_a_reason(connection, trail, reason):
    with pytest.raises(Refused, match="--reason"):
        waivers.waive(connection, trail, KEY, UNTIL, reason, **WHO)

    assert findings(connection)[KEY] == FOUND


@pytest.mark.parametrize("key", [("SEC-02", "nowhere"), ("SEC-99", "quillfox"), ("SUP-04", "quillfox")])
def test_what_does_not_stand_cannot_be_waived(connection, trail, key):
    resolved = replace(after("violated", "met"), policy="SUP-04")
    judged.write_findings(connection, ["quillfox"], [row_of(FOUND), row_of(resolved)], 2)

    with pytest.raises(Refused, match="does not stand"):
        waivers.waive(connection, trail, key, UNTIL, "because", **WHO)


def test_what_is_not_waived_cannot_be_unwaived(connection, trail):
    with pytest.raises(Refused, match="is not waived"):
        waivers.unwaive(connection, trail, KEY, "because", **WHO)


def test_a_waiver_of_an_unknown_finding_asks_again_only_what_it_asked_before():
    stuck = replace(
        FOUND, verdict="unknown", violated_once=False, missing=("grants.active",), state="waived", queued=False
    )

    assert (reopened(stuck).state, reopened(stuck).queued) == ("open", True)
    assert reopened(replace(stuck, watched=True)).queued is False


# --- which hold ------------------------------------------------------------------------------------------------------


def decided(connection, trail, kind, about="finding:SEC-02:quillfox", **detail):
    ruling = Ruling(kind=kind, about=about, detail=detail, reason="because")
    return decisions.decide(connection, trail, ruling, **WHO)


def holding(connection, day, **options):
    found = waivers.waivers(kept.decisions(connection), day, **options)
    return {tool: until_days(of) for tool, of in found.items()}


def test_it_holds_up_to_the_day_before_and_no_longer(connection, trail):
    decided(connection, trail, "waive", until="2026-06-30")

    assert holding(connection, date(2026, 6, 29)) == {"quillfox": {"SEC-02": "2026-06-30"}}
    assert holding(connection, date(2026, 6, 30)) == {}


def test_the_latest_word_holds_and_an_undone_one_does_not(connection, trail):
    decided(connection, trail, "waive", until="2026-06-30")
    shorter = decided(connection, trail, "waive", until="2026-04-01")
    assert holding(connection, date(2026, 3, 2)) == {"quillfox": {"SEC-02": "2026-04-01"}}

    decided(connection, trail, "undo", about=f"decision:{shorter}")
    assert holding(connection, date(2026, 3, 2)) == {"quillfox": {"SEC-02": "2026-06-30"}}

    decided(connection, trail, "unwaive")
    assert holding(connection, date(2026, 3, 2)) == {}


def test_a_waiver_follows_its_tool_to_its_new_id(connection, trail):
    decided(connection, trail, "waive", about="finding:SEC-02:new-old-1", until="2026-06-30")

    assert holding(connection, date(2026, 3, 2), today={"new-old-1": "quillfox"}.get) == {
        "quillfox": {"SEC-02": "2026-06-30"}
    }


# --- from run to run -------------------------------------------------------------------------------------------------

HELD = {ID: "2026-06-30"}


def step(name, before, waived):
    return settle([LEAVERS], subject(*STEPS[name]), {ID: before} if before else {}, waived).get(ID)


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()), max_size=12))
def test_a_finding_is_waived_exactly_where_it_stands_and_a_waiver_holds(steps):
    found: Finding | None = None
    plain: Finding | None = None
    for name, held in steps:
        found, plain = step(name, found, HELD if held else {}), step(name, plain, {})
        assert (found is None) == (plain is None)
        if found is None:
            continue
        assert (found.state == State.WAIVED) == (held and plain.state == State.OPEN)
        assert found.waived_until == (HELD[ID] if found.state == State.WAIVED else None)
        assert not (found.state == State.WAIVED and found.queued)
        if found.state != State.WAIVED:
            assert found == plain


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()), max_size=8), st.booleans())
def test_what_stands_follows_from_the_last_step_and_no_memory_of_waivers(steps, held):
    found: Finding | None = None
    plain: Finding | None = None
    for name, was_held in steps:
        found, plain = step(name, found, HELD if was_held else {}), step(name, plain, {})

    for name in STEPS:
        assert step(name, found, HELD if held else {}) == step(name, plain, HELD if held else {})


@pytest.mark.parametrize("policies", [[], [replace(LEAVERS, mode="off")]])
def test_a_waiver_begins_and_ends_also_where_the_policy_is_not_evaluated(policies):
    waived = settle(policies, subject(), {ID: FOUND}, HELD)[ID]
    again = settle(policies, subject(), {ID: waived}, {})[ID]

    assert (waived.state, waived.queued, waived.waived_until) == ("waived", False, "2026-06-30")
    assert again == replace(FOUND, evaluated=False)


@pytest.mark.parametrize(
    "finding", [FOUND, after("unknown"), replace(FOUND, state="waived", waived_until="2026-06-30")]
)
def test_a_finding_is_kept_as_it_is(connection, finding):
    judged.write_findings(connection, ["quillfox"], [row_of(finding)], 5)

    assert findings(connection)[finding.policy, "quillfox"] == finding
