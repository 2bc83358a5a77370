"""Taking back: a decision, with the tool judged anew by it at once; all approvals of a rule; one's own word."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from gate import conditions, decisions, telling, undoing, waivers
from gate.decisions import Ruling
from gate.keys import Side
from gate.notify import Reach
from gate.roles import Act, Role
from gate.spreading import OVERTAKEN
from gate.terms import Condition
from model.errors import Refused
from storage import cases as stored
from storage import judged, kept, outbox
from storage.times import to_ms
from tests.gate.gatehouse import NOW, PLAIN, TOOL, add_tool, gate, know, sign, staff, terms
from tests.gate.test_opening import SMALL, never_drawn, settle, tool
from tests.gate.test_standing_in import delegate, request
from tests.gate.told import actor, events, letter, notify, recipient, share

DAY = timedelta(days=1)
SLACK = recipient("slack", Reach.CHANNEL)
HOOK = recipient("hook", Reach.MACHINE)


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def case(connection, people):
    return add_tool(connection)


def status(connection, name=TOOL):
    return connection.scalar(text("SELECT status FROM tool WHERE id = :tool"), {"tool": name})


def undo(connection, number, by, at=NOW + DAY, reason="Seen anew"):
    return undoing.undo(connection, gate(at), number, reason, by)


def open_findings(connection):
    rows = judged.findings(connection, [TOOL]).get(TOOL, ())
    return {row["policy"] for row in rows if row["state"] == "open" and row["verdict"] == "violated"}


def test_a_decision_that_is_taken_back_is_judged_by_at_once(connection, people, case):
    flagged = open_findings(connection)
    made = sign(connection, case, people[Role.APPROVER_IT]).decision

    undo(connection, made, people[Role.REVIEWER])

    assert status(connection) == "new"
    assert open_findings(connection) >= flagged
    assert gate().trail.verify(kept.audit_rows(connection)) is None


def test_the_decision_before_holds_again(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])
    second = add_case(connection)
    made = sign(connection, second, people[Role.APPROVER_IT], terms("retire"), at=NOW + DAY).decision
    assert status(connection) == "retired"

    undo(connection, made, people[Role.APPROVER_MARKETING], at=NOW + 2 * DAY)

    assert status(connection) == "approved"


def add_case(connection):
    row = {"kind": "found", "tool_id": TOOL, "opened_at": 1, "opened_by_run": 1, "due_at": 2, "why": "again"}
    return judged.open_case(connection, row)


def test_the_next_run_brings_the_case_back(connection, people, case):
    made = sign(connection, case, people[Role.APPROVER_IT]).decision
    undo(connection, made, people[Role.APPROVER_IT])

    back = settle(connection, NOW + 2 * DAY)

    assert back["id"] != case
    assert back["why"] == "90% of its people are in marketing"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BUSINESS_USER, Role.AUDITOR])
def test_who_may_not_decide_may_not_take_back(connection, people, case, role):
    made = sign(connection, case, people[Role.APPROVER_IT]).decision

    with pytest.raises(Refused, match="takes the role"):
        undo(connection, made, people[role])
    assert status(connection) == "approved"


def test_who_asked_for_a_tool_takes_nothing_back(connection, people, case):
    request(connection, case, people[Role.APPROVER_IT])
    made = sign(connection, case, people[Role.REVIEWER], terms("reject")).decision

    with pytest.raises(Refused, match="whoever asked"):
        undo(connection, made, people[Role.APPROVER_IT])


def test_a_stand_in_takes_back_by_the_right_of_who_is_away(connection, people, case):
    made = sign(connection, case, people[Role.APPROVER_IT]).decision
    delegate(connection, people[Role.APPROVER_IT], people[Role.BUSINESS_USER])

    undo(connection, made, people[Role.BUSINESS_USER])

    assert kept.decisions(connection)[-1]["by"] == f"account:{people[Role.BUSINESS_USER].id}"


def test_before_anybody_has_an_account_the_login_takes_back(connection):
    ruling = Ruling(kind="noise", about="tool:x", detail={"noise": True}, reason="Once")
    first = decisions.decide(connection, gate().trail, ruling, by="user:ana", at=NOW)

    undo(connection, first, "user:ana")

    assert kept.decisions(connection)[-1]["by"] == "user:ana"


def test_what_is_not_there_or_undone_is_refused(connection, people, case):
    made = sign(connection, case, people[Role.APPROVER_IT]).decision
    undo(connection, made, people[Role.APPROVER_IT])

    for number, refusal in ((999, "there is no decision 999"), (made, "undone already")):
        with pytest.raises(Refused, match=refusal):
            undo(connection, number, people[Role.APPROVER_IT])


# --- telling ---------------------------------------------------------------------------------------------------------


def own(connection, side, address, tool=TOOL):
    detail = {"side": side, "actor": actor(connection, address)}
    ruling = Ruling(kind="owner", about=f"tool:{tool}", detail=detail, reason="Asked")
    decisions.decide(connection, gate().trail, ruling, by="user:x", at=NOW)


def tell(connection, how=None):
    """Let all be told that waits; return (receiver, address, kinds of events) of each message."""
    found = share(connection, how)
    for row in outbox.due(connection, to_ms(NOW), "send:%"):
        outbox.settle(connection, row, to_ms(NOW))
    return found


def decided(connection, people, case, outcome="reject"):
    own(connection, "business", "owner@example.com")
    return sign(connection, case, people[Role.APPROVER_IT], terms(outcome, sentence="No.")).decision


def test_who_was_told_of_a_decision_is_told_that_it_was_taken_back_and_nobody_else(connection, people, case):
    made = decided(connection, people, case)
    assert tell(connection) == [("mail", "owner@example.com", ["decided"])]
    own(connection, "business", "heir@example.com")

    undo(connection, made, people[Role.REVIEWER], at=NOW)

    assert tell(connection) == [("mail", "owner@example.com", ["decided"])]
    words = letter(connection, events(connection)[-1]).words
    assert words.title == "Taken back: the decision on Quillfox"
    assert words.text == (
        "You were told that Quillfox is not approved. That was taken back: Quillfox waits for a decision again.\n"
        "On the command line: ostiary tools show quillfox"
    )


def test_channels_and_programs_that_were_told_are_told_of_the_undo_too(connection, people, case):
    made = decided(connection, people, case)
    tell(connection, notify(SLACK))

    undo(connection, made, people[Role.REVIEWER], at=NOW)

    assert tell(connection, notify(SLACK, HOOK)) == [("slack", None, ["decided"])]
    assert letter(connection, events(connection)[-1]).values["event"] == "undone"


def test_a_decision_that_nobody_was_told_of_yet_is_taken_back_in_silence(connection, people, case):
    made = decided(connection, people, case)

    undo(connection, made, people[Role.REVIEWER], at=NOW)

    assert tell(connection) == []
    assert [row["failure"] for row in events(connection)] == [OVERTAKEN, OVERTAKEN]


def test_a_message_that_was_given_up_told_nobody(connection, people, case):
    made = decided(connection, people, case)
    share(connection)
    for row in outbox.due(connection, to_ms(NOW), "send:%"):
        outbox.give_up(connection, row, "no such mailbox")

    undo(connection, made, people[Role.REVIEWER], at=NOW)
    share(connection)

    assert events(connection)[-1]["failure"] == OVERTAKEN


def test_what_was_decided_anew_meanwhile_is_told_alone(connection, people, case):
    made = decided(connection, people, case)
    tell(connection)
    undo(connection, made, people[Role.REVIEWER], at=NOW)
    sign(connection, add_case(connection), people[Role.APPROVER_IT], terms("retire", sentence="Old."))

    assert tell(connection) == [("mail", "owner@example.com", ["decided"])]
    assert events(connection)[-2]["failure"] == OVERTAKEN


def test_where_an_earlier_decision_holds_again_that_is_said(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])
    made = decided(connection, people, add_case(connection), "retire")
    tell(connection)

    undo(connection, made, people[Role.REVIEWER], at=NOW)

    words = letter(connection, events(connection)[-1]).words
    assert "You were told that Quillfox is retired. That was taken back: Quillfox is approved, as before." in words.text


def test_of_a_decision_that_another_followed_nobody_hears_when_it_is_taken_back(connection, people, case):
    made = decided(connection, people, case)
    tell(connection)
    decided(connection, people, add_case(connection), "retire")
    tell(connection)

    undo(connection, made, people[Role.REVIEWER], at=NOW)

    assert tell(connection) == []
    assert status(connection) == "retired"


def test_the_undo_of_a_status_that_no_case_gave_tells_nobody(connection, people, case):
    ruling = Ruling(kind="status", about=f"tool:{TOOL}", detail={"status": "retired"}, reason="By the list")
    made = decisions.decide(connection, gate().trail, ruling, by="user:x", at=NOW)

    undo(connection, made, people[Role.REVIEWER])

    assert events(connection) == []


def test_of_a_tool_that_is_gone_meanwhile_the_undo_is_still_told(connection, people, case):
    made = decided(connection, people, case)
    tell(connection)
    undo(connection, made, people[Role.REVIEWER], at=NOW)
    connection.execute(text("DELETE FROM tool WHERE id = :tool"), {"tool": TOOL})

    words = letter(connection, events(connection)[-1]).words

    assert words.title == "Taken back: the decision on quillfox"
    assert "quillfox waits for a decision again." in words.text


def by_rule(connection, tool):
    """Let a rule have approved a tool, and its owner be told of it."""
    number = add_tool(connection, tool)
    own(connection, "business", "owner@example.com", tool)
    detail = {"status": "approved", "case": number, "rule": "FAST-01", "version": "v1"}
    ruling = Ruling(kind="status", about=f"tool:{tool}", detail=detail, reason="Small")
    made = decisions.decide(connection, gate().trail, ruling, by="rule:FAST-01@v1", at=NOW)
    telling.decided(connection, gate(), stored.case(connection, number), made)


def test_approvals_that_are_revoked_in_bulk_are_told_one_message_a_case_within_the_cap(connection, people):
    for number in range(4):
        by_rule(connection, f"tool{number}")
    assert len(tell(connection, notify(per_day=9))) == 4

    undoing.revoke(connection, gate(), "FAST-01", "Too much", people[Role.APPROVER_IT])

    assert [kinds for _, _, kinds in tell(connection, notify(per_day=6))] == [["decided"], ["decided"] * 3]


# --- one's own word --------------------------------------------------------------------------------------------------


def test_ones_own_word_is_taken_back_while_the_case_is_open(connection, people, case):
    know(connection, PLAIN | {"data.personal": None})
    signature = sign(connection, case, people[Role.APPROVER_IT]).signature

    undo(connection, signature, people[Role.APPROVER_IT])

    assert stored.case(connection, case)["stage"] == "review"
    assert sign(connection, case, people[Role.APPROVER_MARKETING], at=NOW + 2 * DAY).decision is None


def test_the_other_sides_word_stays(connection, people, case):
    know(connection, PLAIN | {"data.personal": None})
    signature = sign(connection, case, people[Role.APPROVER_IT]).signature

    with pytest.raises(Refused, match="by whoever gave it"):
        undo(connection, signature, people[Role.APPROVER_MARKETING])


def test_a_word_stays_on_a_case_that_others_go_on_with(connection, people, case):
    know(connection, PLAIN | {"data.personal": None})
    sign(connection, case, people[Role.APPROVER_IT], terms("approve"))
    other = sign(connection, case, people[Role.APPROVER_MARKETING], terms(review_by=NOW.date() + 9 * DAY), at=NOW + DAY)

    undo(connection, other.signature, people[Role.APPROVER_MARKETING], at=NOW + 2 * DAY)

    assert stored.case(connection, case)["stage"] == "second_key"


def test_the_word_behind_a_decision_is_not_taken_back_alone(connection, people, case):
    done = sign(connection, case, people[Role.APPROVER_IT])

    with pytest.raises(Refused, match="what is undone is decision"):
        undo(connection, done.signature, people[Role.APPROVER_IT])


def test_a_word_of_an_account_that_has_ended_stays(connection, people, case):
    know(connection, PLAIN | {"data.personal": None})
    signature = sign(connection, case, people[Role.APPROVER_IT]).signature
    ended = replace(people[Role.APPROVER_IT], valid_to=NOW + timedelta(hours=1))

    with pytest.raises(Refused, match="has ended"):
        undo(connection, signature, ended)


# --- rights by kind --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "about", "may", "may_not"),
    [
        ("merge", "tool:quillfox", Role.APPROVER_MARKETING, Role.BUSINESS_USER),
        ("alias", "alias:app_name:x", Role.REVIEWER, Role.AUDITOR),
        ("answer", "tool:quillfox", Role.BUSINESS_USER, Role.AUDITOR),
        (waivers.WAIVE, "finding:SEC-01:quillfox", Role.REVIEWER, Role.APPROVER_MARKETING),
        (conditions.MET, "tool:quillfox", Role.REVIEWER, Role.APPROVER_MARKETING),
        (undoing.REVOKE, "rule:FAST-01", Role.APPROVER_IT, Role.REVIEWER),
    ],
)
def test_each_kind_is_taken_back_by_who_may_make_it(connection, people, kind, about, may, may_not):
    detail = {"versions": [], "decision": 0, "condition": ""}
    ruling = Ruling(kind=kind, about=about, detail=detail, reason="x")
    made = decisions.decide(connection, gate().trail, ruling, by="account:1", at=NOW)

    with pytest.raises(Refused, match="takes the role"):
        undo(connection, made, people[may_not])
    assert undo(connection, made, people[may]) > made


def test_the_unit_of_the_tools_case_limits_it(connection, people, case):
    stored.change(connection, case, {"unit": "Marketing/Email"})
    made = sign(connection, case, people[Role.APPROVER_IT]).decision

    with pytest.raises(Refused, match="acts for Sales only"):
        undo(connection, made, replace(people[Role.APPROVER_IT], units=("Sales",)))
    assert undo(connection, made, replace(people[Role.APPROVER_IT], units=("Marketing",))) > made


# --- a rule ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def let_in(connection, people):
    tool(connection, SMALL)
    held = gate(rules=never_drawn())
    assert settle(connection, gate_=held) is None
    assert status(connection) == "approved"
    return held


def revoke(connection, held, by, rule="FAST-01"):
    return undoing.revoke(connection, held, rule, "It lets in too much", by)


def test_all_approvals_of_a_rule_are_taken_back_at_once(connection, people, let_in):
    assert revoke(connection, let_in, people[Role.APPROVER_IT]) == [TOOL]

    assert status(connection) == "new"
    assert [row["kind"] for row in kept.decisions(connection)] == ["status", undoing.REVOKE, "undo"]
    assert gate().trail.verify(kept.audit_rows(connection)) is None


def test_a_rule_that_was_revoked_lets_nothing_in_until_it_says_something_else(connection, people, let_in):
    revoke(connection, let_in, people[Role.APPROVER_IT])

    assert settle(connection, NOW + DAY, gate_=replace(let_in, at=NOW + DAY)) is not None
    (lane,) = let_in.rules.fast_lane
    assert undoing.revoked(connection, "FAST-01") == {lane.version}


def test_it_lets_other_tools_in_again_once_that_is_undone(connection, people, let_in):
    revoke(connection, let_in, people[Role.APPROVER_IT])
    number = next(row["id"] for row in kept.decisions(connection) if row["kind"] == undoing.REVOKE)

    undo(connection, number, people[Role.APPROVER_IT])

    assert undoing.revoked(connection, "FAST-01") == frozenset()
    assert undoing.taken_back(connection, TOOL)


def test_what_a_person_took_back_no_rule_lets_in_again(connection, people, let_in):
    (row,) = kept.decisions(connection)
    undo(connection, row["id"], people[Role.REVIEWER])

    back = settle(connection, NOW + DAY, gate_=replace(let_in, at=NOW + DAY))

    assert back is not None
    assert status(connection) == "new"


def test_what_a_person_decided_since_stays(connection, people, let_in):
    sign(connection, add_case(connection), people[Role.APPROVER_IT], terms("reject"), at=NOW + DAY)

    assert revoke(connection, let_in, people[Role.APPROVER_IT]) == []
    assert status(connection) == "rejected"


def test_a_rule_may_be_revoked_before_it_has_let_anything_in(connection, people):
    assert revoke(connection, gate(), people[Role.APPROVER_IT]) == []

    with pytest.raises(Refused, match="no approval by a rule 'FAST-01'"):
        revoke(connection, gate(), people[Role.APPROVER_IT])


@pytest.mark.parametrize(
    ("role", "rule", "refusal"),
    [(Role.REVIEWER, "FAST-01", "takes the role"), (Role.APPROVER_IT, "FAST-77", "no approval by a rule 'FAST-77'")],
)
def test_what_cannot_be_revoked_is_refused(connection, people, let_in, role, rule, refusal):
    with pytest.raises(Refused, match=refusal):
        revoke(connection, let_in, people[role], rule)
    assert status(connection) == "approved"


def test_a_condition_of_an_approval_that_was_taken_back_is_met_by_nobody(connection, people, case):
    stated = (Condition(text="x", owner=1, due=NOW.date() + DAY),)
    word = terms("approve_with_conditions", conditions=stated, side=Side.IT)
    made = sign(connection, case, people[Role.APPROVER_IT], word).decision
    undo(connection, made, people[Role.APPROVER_IT])

    with pytest.raises(Refused, match="no approval in force"):
        conditions.meet(connection, gate(), (case, 1), "x", people[Role.REVIEWER])


@pytest.mark.parametrize(
    ("kind", "acts"),
    [
        ("status", {Act.SIGN_IT, Act.SIGN_MARKETING}),
        ("signature", {Act.SIGN_IT, Act.SIGN_MARKETING}),
        ("waive", {Act.WAIVE}),
        ("answer", {Act.ANSWER}),
        ("condition_met", {Act.WORK}),
        ("revoke", {Act.REVOKE}),
        ("merge", {Act.CORRECT}),
    ],
)
def test_what_takes_a_decision_back_follows_from_its_kind(kind, acts):
    assert undoing.takes({"kind": kind}) == acts
