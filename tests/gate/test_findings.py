"""Findings: what becomes of verdicts from run to run."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.findings import EVIDENCE, Judged, State, settle
from model.fact import encode
from model.facts import NEVER, Known, Unknown
from policies.engine import load
from policies.shape import Outcome, Verdict
from policies.wording import Message

PACK = load()
BY_ID = {policy.id: policy for policy in PACK.policies}
LEAVERS = BY_ID["SEC-02"]
ID = LEAVERS.id
FACTS = {
    "grants.active": Known(6, ("signal:a/b/1",)),
    "grants.leaver_owned": Known(1, tuple(f"signal:a/b/{n}" for n in range(40))),
}


def verdict(outcome, *, queued=True, policy=ID):
    message = {"violated": "One grant.", "unknown": "cannot be judged"}.get(outcome, "")
    return Verdict(policy, Outcome(outcome), LEAVERS.reads, (), message, queued)


def judged(*verdicts, facts=FACTS, **attributes):
    given_ = {"tool.name": "Quillfox", "company.currency": "EUR"} | attributes
    return Judged(tool_id="quillfox", attributes=given_, facts=facts, verdicts={v.policy: v for v in verdicts})


STEPS = {
    "met": (verdict("met", queued=False),),
    "violated": (verdict("violated"),),
    "unknown": (verdict("unknown"),),
    "may apply": (verdict("unknown", queued=False),),
    "does not apply": (),
}


def after(*steps, policy=LEAVERS, before=None):
    found = before or {}
    for step in steps:
        found = settle([policy], judged(*STEPS[step]), found)
    return found.get(policy.id)


def standing(finding):
    return finding and (finding.verdict, finding.state, finding.queued, finding.violated_once)


@pytest.mark.parametrize(
    ("steps", "stands"),
    [
        (["violated"], ("violated", "open", True, True)),
        (["unknown"], ("unknown", "open", True, False)),
        (["may apply"], ("unknown", "open", False, False)),
        (["met"], None),
        (["does not apply"], None),
        (["unknown", "met"], None),
        (["unknown", "does not apply"], None),
        (["violated", "met"], ("met", "resolved", False, True)),
        (["violated", "does not apply"], ("met", "resolved", False, True)),
        (["violated", "unknown"], ("unknown", "open", True, True)),
        (["violated", "may apply"], ("unknown", "open", True, True)),
        (["violated", "unknown", "met"], ("met", "resolved", False, True)),
        (["violated", "met", "violated"], ("violated", "open", True, True)),
        (["violated", "met", "unknown"], ("unknown", "open", True, True)),
        (["violated", "met", "may apply"], ("met", "resolved", False, True)),
        (["violated", "met", "met"], ("met", "resolved", False, True)),
    ],
)
def test_a_finding_goes_from_verdict_to_verdict(steps, stands):
    assert standing(after(*steps)) == stands


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_only_a_met_verdict_or_the_end_of_the_policys_reach_resolves(steps):
    found, was = None, None
    for step in steps:
        found, was = after(step, before={ID: found} if found else {}), found
        if found is None:
            assert step in {"met", "does not apply"}
            assert was is None or not was.violated_once
        elif found.state == State.RESOLVED and (was is None or was.state != State.RESOLVED):
            assert step in {"met", "does not apply"}
            assert found.violated_once
        if step == "violated":
            assert standing(found) == ("violated", "open", True, True)
        if was is not None and was.violated_once:
            assert found is not None
            assert found.violated_once


def test_the_words_say_what_became_of_it():
    assert after("violated").message == "One grant."
    assert after("violated", "met").message == ""
    assert after("violated", "does not apply").message == "the policy no longer applies to the tool"


@pytest.mark.parametrize("step", ["violated", "unknown"])
def test_a_watched_policy_shows_findings_and_queues_nothing(step):
    found = after(step, policy=replace(LEAVERS, mode="watch"))

    assert (found.state, found.queued, found.watched) == ("open", False, True)


@pytest.mark.parametrize("policies", [[], [replace(LEAVERS, mode="off")], [BY_ID["SEC-36"]]])
@pytest.mark.parametrize("steps", [["violated"], ["unknown"], ["violated", "met"]])
def test_findings_of_a_policy_that_is_refused_off_or_gone_stay_as_not_evaluated(policies, steps):
    before = after(*steps)

    found = settle(policies, judged(), {ID: before})

    assert found == {ID: replace(before, evaluated=False)}


@pytest.mark.parametrize("step", ["violated", "unknown", "may apply", "met"])
def test_a_policy_that_is_mended_is_evaluated_again(step):
    stale = replace(after("violated", "met"), evaluated=False)

    assert after(step, before={ID: stale}).evaluated


@pytest.mark.parametrize("step", ["violated", "unknown", "may apply"])
def test_a_waiver_stands_while_the_finding_does_and_asks_nobody(step):
    waived = replace(after("violated"), state="waived", queued=False)

    found = after(step, before={ID: waived})

    assert (found.state, found.queued) == ("waived", False)


def test_a_waived_finding_is_resolved_like_any_other():
    assert after("met", before={ID: replace(after("violated"), state="waived")}).state == "resolved"


def test_findings_of_several_policies_do_not_mix():
    other = BY_ID["SEC-36"]

    found = settle([LEAVERS, other], judged(verdict("violated"), verdict("unknown", policy=other.id)))

    assert {name: one.verdict for name, one in found.items()} == {"SEC-02": "violated", "SEC-36": "unknown"}
    assert {(one.tool_id, one.gap, one.severity, one.customer_severity) for one in found.values()} == {
        ("quillfox", "security", "high", "high"),
        ("quillfox", "security", "medium", "medium"),
    }


# --- what was read ---------------------------------------------------------------------------------------------------


def read(policy, facts, **attributes):
    found = settle([policy], judged(verdict("violated", policy=policy.id), facts=facts, **attributes))
    return {one["fact"]: one for one in found[policy.id].reading}


def test_the_evidence_is_capped_and_its_first_keys_lead():
    keys = read(LEAVERS, FACTS)["grants.leaver_owned"]["evidence"]

    assert keys == [f"signal:a/b/{n}" for n in range(EVIDENCE)]


def test_what_was_unknown_is_read_with_its_reason():
    facts = {"grants.active": Unknown("google/tokens refused: x")}

    found = read(LEAVERS, facts)

    unknown = {"fact": "grants.active", "value": None, "said": "unknown", "evidence": []}
    assert found["grants.active"] == unknown | {"reason": "google/tokens refused: x"}
    assert found["grants.leaver_owned"]["reason"] == "nobody has answered yet"


def test_money_days_and_lists_are_read_as_people_say_them():
    facts = {
        "spend.last_90d": Known(297_500_000),
        "spend.last_charge": Known(date(2026, 6, 3)),
        "connections.systems": Known(("mail", "files")),
        "connections.count": Known(2),
        "grants.last_used": Known(NEVER),
    }

    said = Message("{spend.last_90d}, last on {spend.last_charge}", ("spend.last_90d", "spend.last_charge"))
    money, silent = read(replace(LEAVERS, message=said), facts), read(BY_ID["INT-12"], facts)

    assert (money["spend.last_90d"]["value"], money["spend.last_90d"]["said"]) == (297_500_000, "EUR 297.50")
    assert (money["spend.last_charge"]["value"], money["spend.last_charge"]["said"]) == ("2026-06-03", "2026-06-03")
    assert (silent["grants.last_used"]["value"], silent["grants.last_used"]["said"]) == ("never", "never")
    assert (silent["connections.systems"]["value"], silent["connections.systems"]["said"]) == (
        ["mail", "files"],
        "mail, files",
    )


def test_what_the_record_says_is_read_beside_the_facts_and_the_day_is_not():
    found = read(BY_ID["SEC-36"], {}, **{"tool.status": "approved_with_conditions"})

    assert found["tool.status"] == {
        "fact": "tool.status",
        "value": "approved_with_conditions",
        "said": "approved with conditions",
        "evidence": [],
    }
    assert "now" not in read(BY_ID["INT-12"], {})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, True),
        (3, 3),
        (0.25, 0.25),
        ("crm", "crm"),
        (("b", "a"), ["b", "a"]),
        (timedelta(hours=2), 7200.0),
        (date(2026, 1, 2), "2026-01-02"),
        (NEVER, "never"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
    ],
)
def test_values_are_written_as_json_has_them(value, written):
    assert encode(value) == written


def test_an_unknown_finding_carries_the_names_that_would_settle_it():
    said = replace(verdict("unknown"), missing=("grants.leaver_owned",))

    found = settle([LEAVERS], judged(said))[ID]

    assert found.missing == ("grants.leaver_owned",)


@pytest.mark.parametrize("step", ["violated", "met"])
def test_once_it_is_judged_nothing_is_missing(step):
    before = settle([LEAVERS], judged(replace(verdict("unknown"), missing=("grants.active",))), {})
    found = settle([LEAVERS], judged(*STEPS["violated"]), before)

    assert settle([LEAVERS], judged(*STEPS[step]), found)[ID].missing == ()
