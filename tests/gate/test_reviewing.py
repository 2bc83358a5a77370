"""One case: signed by those who must, on the state they read, with a reason; decided and judged in one transaction."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from gate import states
from gate.keys import Side
from gate.material import material
from gate.reviewing import Review
from gate.roles import Role
from gate.terms import Condition
from model.errors import Refused
from storage import cases as stored
from storage import judged, kept
from tests.gate.gatehouse import NOW, PLAIN, TOOL, add_tool, gate, know, sign, staff, terms

DAY = timedelta(days=1)


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def case(connection, people):
    return add_tool(connection)


def status(connection, tool=TOOL):
    return connection.scalar(text("SELECT status FROM tool WHERE id = :tool"), {"tool": tool})


def kinds(connection):
    return [row["kind"] for row in kept.decisions(connection)]


def test_a_small_risk_takes_the_key_of_it_alone(connection, people, case):
    found = sign(connection, case, people[Role.APPROVER_IT])

    assert found.decision is not None
    assert status(connection) == "approved"
    assert stored.case(connection, case)["state"] == "closed"
    assert kinds(connection) == ["signature", "status"]


@pytest.mark.parametrize(
    "order", [(Role.APPROVER_IT, Role.APPROVER_MARKETING), (Role.APPROVER_MARKETING, Role.REVIEWER)]
)
def test_an_unknown_customer_risk_takes_both_keys_in_either_order(connection, people, case, order):
    know(connection, PLAIN | {"data.personal": None})
    first = sign(connection, case, people[order[0]])

    between = stored.case(connection, case)
    assert first.decision is None
    assert (between["stage"], status(connection)) == ("second_key", "new")
    assert between["waiting_for"] == ("marketing" if order[0] is Role.APPROVER_IT else "it")

    assert sign(connection, case, people[order[1]], at=NOW + DAY).decision is not None
    assert status(connection) == "approved"


def test_keys_that_turn_on_other_terms_open_nothing(connection, people, case):
    know(connection, PLAIN | {"data.personal": None})
    agreed = terms(review_by=date(2027, 1, 31))
    sign(connection, case, people[Role.APPROVER_IT], agreed)

    assert sign(connection, case, people[Role.APPROVER_MARKETING], at=NOW + DAY).decision is None
    assert sign(connection, case, people[Role.APPROVER_MARKETING], agreed, at=NOW + 2 * DAY).decision is not None


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BUSINESS_USER, Role.AUDITOR])
def test_who_has_no_right_to_sign_leaves_nothing_behind(connection, people, case, role):
    with pytest.raises(Refused, match="takes the role"):
        sign(connection, case, people[role])

    assert kinds(connection) == []
    assert status(connection) == "new"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (terms(reason="  "), "needs a reason"),
        (terms(reason="x" * 100_000), "10,000 characters at most"),
        (terms(sentence=""), "one plain sentence"),
        (terms(sentence="a\nb"), "one line"),
        (terms("allow"), "ends by one of"),
        (terms(review_by=NOW.date()), "a day to come"),
        (terms(review_by=date(2036, 1, 1)), "within three years"),
        (terms("approve_with_conditions"), "a condition at least"),
        (terms(conditions=(Condition(text="Sign it", owner=1, due=date(2026, 9, 1)),)), "no conditions"),
        (
            terms("approve_with_conditions", conditions=(Condition(text="Sign", owner=1, due=date(2026, 6, 30)),)),
            "a day to come",
        ),
        (
            terms("approve_with_conditions", conditions=(Condition(text=" ", owner=1, due=date(2026, 9, 1)),)),
            "says in 300 characters",
        ),
        (terms(side=Side.MARKETING), "approver marketing"),
    ],
)
def test_what_is_no_word_is_refused_and_leaves_nothing_behind(connection, people, case, word, said):
    with pytest.raises(Refused, match=said):
        sign(connection, case, people[Role.APPROVER_IT], word)

    assert kinds(connection) == []
    assert stored.case(connection, case)["state"] == "open"


def test_a_state_that_changed_while_it_was_read_is_refused_with_the_difference(connection, people, case):
    seen = states.state(connection, TOOL, gate())
    stored.keep_state(connection, seen.digest, seen.plain())
    know(connection, PLAIN | {"lifecycle.end_of_life": "2027-06-30"})

    with pytest.raises(Refused, match=r"another state than the one you read.*Its end is announced for 2027-06-30"):
        sign(connection, case, people[Role.APPROVER_IT], terms(seen=seen.digest))

    assert kinds(connection) == []


def test_the_state_that_was_read_may_be_named_by_how_it_begins(connection, people, case):
    digest = states.state(connection, TOOL, gate()).digest

    with pytest.raises(Refused, match="another state"):
        sign(connection, case, people[Role.APPROVER_IT], terms(seen=digest[:7]))
    assert sign(connection, case, people[Role.APPROVER_IT], terms(seen=digest[:8])).decision is not None


def test_a_case_is_decided_once(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])

    with pytest.raises(Refused, match=rf"case {case} is closed \(decided\) since 01 July 2026"):
        sign(connection, case, people[Role.REVIEWER], terms("reject"))
    with pytest.raises(Refused, match="there is no case 99"):
        sign(connection, 99, people[Role.REVIEWER])


def test_conditions_and_the_day_of_review_stand_in_the_decision_their_words_apart(connection, people, case):
    condition = Condition(text="Sign the agreement", owner=7, due=date(2026, 9, 1))
    word = terms("approve_with_conditions", conditions=(condition,), review_by=date(2027, 1, 31))

    sign(connection, case, people[Role.APPROVER_IT], word)

    detail = kept.decisions(connection)[-1]["detail"]
    assert detail["review_by"] == "2027-01-31"
    assert detail["conditions"] == [{"text": "condition_1", "owner": 7, "due": "2026-09-01"}]
    assert kept.text_of(connection, detail["words"]["condition_1"]) == "Sign the agreement"
    assert "agreement" not in str([row["detail"] for row in kept.audit_rows(connection)])
    assert status(connection) == "approved_with_conditions"


def test_an_approval_without_a_day_is_looked_at_again_within_a_year(connection, people, case):
    sign(connection, case, people[Role.APPROVER_IT])

    facts = {
        row["name"]: row
        for row in connection.execute(text("SELECT name, value FROM fact WHERE valid_to IS NULL")).mappings()
    }
    assert facts["provenance.review_by"]["value"] == '"2027-07-01"'
    assert facts["provenance.last_decision"]["value"] == '"2026-07-01"'


def test_the_policies_see_the_decision_at_once(connection, people, case):
    know(connection, PLAIN | {"grants.mail_read": True, "grants.active": 1, "grants.chat_read": False})
    sign(connection, case, people[Role.REVIEWER], terms("reject"))
    found = {row["policy"]: row["verdict"] for row in judged.findings(connection, [TOOL]).get(TOOL, ())}
    assert found == {"TST-01": "violated", "TST-03": "unknown", "TST-04": "unknown"}


def test_a_no_takes_one_side_and_keeps_the_others_word(connection, people, case):
    know(connection, PLAIN | {"data.personal": None})
    sign(connection, case, people[Role.APPROVER_MARKETING])
    found = sign(connection, case, people[Role.APPROVER_IT], terms("reject", sentence="Not this one."), at=NOW + DAY)

    assert (status(connection), kept.decisions(connection)[-1]["detail"]["dissent"]) == ("rejected", ["marketing"])
    assert found.decision == kept.decisions(connection)[-1]["id"]


def test_a_case_is_given_to_somebody_who_may_work_on_it(connection, people, case):
    with pytest.raises(Refused, match="takes the role"):
        Review(connection, gate(), case, people[Role.REVIEWER]).assign(people[Role.BUSINESS_USER])

    Review(connection, gate(NOW + DAY), case, people[Role.APPROVER_IT]).assign(people[Role.REVIEWER])

    found = stored.case(connection, case)
    assert (found["stage"], found["assignee"]) == ("review", f"account:{people[Role.REVIEWER].id}")
    assert [event["kind"] for event in stored.events(connection, case)] == ["stage", "assigned"]


def test_two_who_decide_at_the_same_moment_leave_one_decision_and_one_refusal(store):
    with store.write() as connection:
        people, number = staff(connection), None
        number = add_tool(connection)
    outcomes = []
    barrier = threading.Barrier(2)

    def decide(role, outcome):
        barrier.wait()
        try:
            with store.write() as own:
                outcomes.append(sign(own, number, people[role], terms(outcome)).decision)
        except Refused as refusal:
            outcomes.append(str(refusal))

    threads = [
        threading.Thread(target=decide, args=given)
        for given in ((Role.APPROVER_IT, "approve"), (Role.REVIEWER, "reject"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as connection:
        decided = [row for row in kept.decisions(connection) if row["kind"] == "status"]
    assert len(decided) == 1
    assert sorted(isinstance(outcome, str) for outcome in outcomes) == [False, True]
    assert any("is closed (decided)" in str(outcome) for outcome in outcomes)


@pytest.mark.parametrize("at", range(1, 7))
def test_a_crash_at_any_point_leaves_all_or_nothing(store, monkeypatch, at):
    with store.write() as connection:
        people = staff(connection)
        number = add_tool(connection)
        before = (kinds(connection), status(connection), len(kept.audit_rows(connection)))
    steps = iter(range(1, 100))

    class Crashed(BaseException):
        """What nobody catches."""

    def crashing(function):
        def called(*args, **named):
            if next(steps) == at:
                raise Crashed
            return function(*args, **named)

        return called

    for room, name in (
        (kept, "add_decision"),
        (kept, "add_audit"),
        (stored, "change"),
        (stored, "set_status"),
        (judged, "write_facts"),
        (judged, "write_findings"),
    ):
        monkeypatch.setattr(room, name, crashing(getattr(room, name)))
    with pytest.raises(Crashed), store.write() as connection:
        sign(connection, number, people[Role.APPROVER_IT])
    monkeypatch.undo()

    with store.read() as connection:
        assert (kinds(connection), status(connection), len(kept.audit_rows(connection))) == before
        assert stored.case(connection, number)["state"] == "open"


def test_owners_that_were_decided_stand_before_declared_ones(connection, people, case):
    assert states.owners(connection, TOOL) == []
    assert material({}, [], [], states.owners(connection, TOOL), {"technology": "low", "customer": "low"}).owners == ()
