"""Any acts, by anybody, in any order: nothing is let in without its keys, its reason and its day."""

import contextlib
import json
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import insert

from gate import accounts, decisions, undoing
from gate.decisions import Ruling
from gate.keys import LETS_IN, OUTCOMES, SIGNS, Side, needed
from gate.reviewing import Review, apply
from gate.roles import RIGHTS, Role
from gate.terms import Condition
from model.errors import Refused
from storage import cases as stored
from storage import judged, kept
from storage.store import Store
from storage.tables import metadata
from storage.times import from_ms, to_ms
from tests.gate.gatehouse import NOW, PLAIN, TOOL, add_tool, gate, know, sign, staff, terms

DAY = timedelta(days=1)
ROLES = st.sampled_from(Role)
SIDES = (Role.APPROVER_IT, Role.APPROVER_MARKETING, Role.REVIEWER)
SIGNERS = st.sampled_from(SIDES)
REASONS = st.sampled_from(["It is fine", "", "   "])


class GateMachine(RuleBasedStateMachine):
    """A tool, a case about it, six people, and time."""

    store = both = None

    @initialize(requested=st.booleans(), requester=SIGNERS, personal=st.sampled_from([None, None, False]))
    def open(self, requested, requester, personal):
        self.store, self.at = Store("sqlite://"), NOW
        metadata.create_all(self.store.engine)
        with self.store.write() as connection:
            self.people = staff(connection)
            root = self.people[Role.ADMINISTRATOR]
            roles = [Role.APPROVER_IT, Role.APPROVER_MARKETING]
            self.both = accounts.add(connection, gate().trail, root, "both@example.com", roles, at=NOW).account
            self.delegations = []
            self.case = add_tool(connection, facts=PLAIN | {"data.personal": personal}, at=NOW)
            self.requester = self.people[requester].id if requested else None
            if requested:
                self._request(connection)

    def _request(self, connection):
        row = {
            "case_id": self.case,
            "tool_id": TOOL,
            "name": TOOL,
            "account_id": self.requester,
            "at": to_ms(NOW),
            "data": "[]",
            "needs": "[]",
            "purpose_hash": "",
            "answered": "{}",
        }
        connection.execute(insert(metadata.tables["request"]).values(row))

    @rule(
        role=ROLES,
        outcome=st.sampled_from([*OUTCOMES, "allow"]),
        reason=REASONS,
        side=st.none() | st.sampled_from(Side),
        review_in=st.none() | st.integers(-2, 2000),
        conditions=st.integers(0, 1),
    )
    def say_anything(self, role, outcome, reason, side, review_in, conditions):
        self._say(
            role,
            terms(
                outcome,
                reason=reason,
                side=side,
                review_by=None if review_in is None else self.at.date() + review_in * DAY,
                conditions=self._conditions(conditions),
            ),
        )

    @rule(role=SIGNERS, outcome=st.sampled_from([*OUTCOMES, *sorted(LETS_IN)]))
    def say_what_is_allowed(self, role, outcome):
        self._say(role, terms(outcome, conditions=self._conditions(outcome == "approve_with_conditions")))

    def _conditions(self, number):
        return (Condition(text="Sign it", owner=1, due=NOW.date() + 5000 * DAY),) * number

    def _say(self, role, word):
        with contextlib.suppress(Refused), self.store.write() as connection:
            sign(connection, self.case, self.people[role], word, at=self.at)
            self.at += timedelta(minutes=1)

    @precondition(lambda self: self.both is not None)
    @rule(side=st.sampled_from(Side))
    def say_for_either_side(self, side):
        with contextlib.suppress(Refused), self.store.write() as connection:
            sign(connection, self.case, self.both, terms(side=side), at=self.at)
            self.at += timedelta(minutes=1)

    @rule(away=st.sampled_from([*SIDES, "both"]), to=ROLES | st.just("both"), days=st.integers(1, 60))
    def let_somebody_stand_in(self, away, to, days):
        one, other = (self.both if role == "both" else self.people[role] for role in (away, to))
        until = self.at + days * DAY
        with contextlib.suppress(Refused), self.store.write() as connection:
            trail = gate().trail
            accounts.delegate(connection, trail, one, other.email, since=self.at, until=until, at=self.at)
            self.delegations.append((one.id, other.id, self.at, until))

    @precondition(lambda self: self.store is not None and self.delegations)
    @rule(data=st.data(), side=st.none() | st.sampled_from(Side))
    def a_stand_in_signs(self, data, side):
        number = data.draw(st.sampled_from([to for _, to, _, _ in self.delegations]))
        by = next(one for one in (*self.people.values(), self.both) if one.id == number)
        with contextlib.suppress(Refused), self.store.write() as connection:
            sign(connection, self.case, by, terms(side=side), at=self.at)
            self.at += timedelta(minutes=1)

    @rule(to=ROLES, side=st.sampled_from(Side))
    def turn_one_right_twice(self, to, side):
        self.let_somebody_stand_in("both", to, 1)
        self.say_for_either_side(side)
        for other in Side:
            with contextlib.suppress(Refused), self.store.write() as connection:
                sign(connection, self.case, self.people[to], terms(side=other), at=self.at)
                self.at += timedelta(minutes=1)

    @precondition(lambda self: self.store is not None)
    @rule(role=SIGNERS)
    def agree(self, role):
        with contextlib.suppress(Refused), self.store.write() as connection:
            Review(connection, gate(self.at), self.case, self.people[role]).agree("Seen too")
            self.at += timedelta(minutes=1)

    @precondition(lambda self: self.store is not None and self._decided())
    @rule(data=st.data(), role=ROLES)
    def undo_by_an_account(self, data, role):
        with self.store.write() as connection:
            number = data.draw(st.sampled_from([row["id"] for row in kept.decisions(connection)]))
            with contextlib.suppress(Refused):
                undoing.undo(connection, gate(self.at), number, "Seen anew", self.people[role])

    @rule(personal=st.sampled_from([True, False, None]))
    def learn(self, personal):
        with self.store.write() as connection:
            held = {row["name"]: row["value"] for row in self._facts(connection)}
            know(connection, held | PLAIN | {"data.personal": personal}, at=self.at)

    def _facts(self, connection):
        rows = judged._in_force(connection, metadata.tables["fact"], [TOOL])
        return [{"name": name, "value": None if v[0] is None else json.loads(v[0])} for (_, name), v in rows.items()]

    @rule(days=st.integers(1, 400))
    def wait(self, days):
        self.at += days * DAY

    @precondition(lambda self: self.store is not None and self._decided())
    @rule(data=st.data())
    def take_back(self, data):
        with self.store.write() as connection:
            number = data.draw(st.sampled_from([row["id"] for row in kept.decisions(connection)]))
            ruling = Ruling(kind="undo", about=f"decision:{number}", detail={}, reason="Seen anew")
            with contextlib.suppress(Refused):
                decisions.decide(connection, gate().trail, ruling, by="account:1", at=self.at)
                apply(connection, gate(self.at), TOOL)

    def _decided(self):
        with self.store.read() as connection:
            return bool(kept.decisions(connection))

    @invariant()
    def nothing_is_let_in_without_its_keys(self):
        if self.store is None:
            return
        with self.store.read() as connection:
            rows = kept.decisions(connection)
        for row in rows:
            if row["kind"] == "status" and row["detail"]["status"].startswith("approved"):
                self._check_approval(row, rows)

    def _check_approval(self, row, rows):
        words = [
            one
            for one in decisions.in_force(one for one in rows if one["id"] < row["id"])
            if one["kind"] == "signature" and one["detail"]["state"] == row["detail"]["state"]
        ]
        last = words[-1]["detail"]
        agreeing = [one["detail"] for one in words if one["detail"]["outcome"] in LETS_IN]
        wanted = needed(last["outcome"], row["detail"]["customer_risk"])
        turned = {Side(one["side"]): {one["account"], one.get("for", one["account"])} for one in agreeing}
        assert wanted <= {*turned}
        if len(wanted) > 1:
            assert not turned[Side.IT] & turned[Side.MARKETING]
        assert self.requester not in {number for hands in turned.values() for number in hands}
        self._check_rights(words)
        assert row["reason_hash"]
        decided = from_ms(row["at"]).date()
        assert decided < date.fromisoformat(row["detail"]["review_by"]) <= decided + 1098 * DAY

    def _delegated(self):
        return [((away, to), since, until) for away, to, since, until in self.delegations]

    def _check_rights(self, words):
        """Check that each word was said by right, or in the stead of somebody with it and in its days."""
        by_number = {one.id: one for one in (*self.people.values(), self.both)}
        for row in words:
            one, at = row["detail"], from_ms(row["at"])
            right = one.get("for", one["account"])
            assert by_number[right].roles & RIGHTS[SIGNS[Side(one["side"])]]
            if right != one["account"]:
                pair = (right, one["account"])
                assert any(pair == found and since <= at < until for found, since, until in self._delegated())

    @invariant()
    def no_approval_outlives_its_day(self):
        if self.store is None:
            return
        with self.store.read() as connection:
            known = decisions.statuses(kept.decisions(connection), self.at.date())
            rows = [row for row in decisions.in_force(kept.decisions(connection)) if row["kind"] == "status"]
        if rows and (until := rows[-1]["detail"].get("review_by")) and date.fromisoformat(until) < self.at.date():
            assert not known[TOOL].startswith("approved")

    @invariant()
    def the_trail_holds_and_every_decision_is_in_it(self):
        if self.store is None:
            return
        with self.store.read() as connection:
            rows = kept.audit_rows(connection)
            assert gate().trail.verify(rows) is None
            told = [row for row in rows if row["act"].startswith("decision.")]
            assert len(told) == len(kept.decisions(connection))
            case = stored.case(connection, self.case)
            decided = [row for row in kept.decisions(connection) if row["kind"] == "status"]
            assert len(decided) <= 1
            assert (case["state"] == "closed") == bool(decided)

    def teardown(self):
        if self.store is not None:
            self.store.close()


GateMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
test_any_acts_in_any_order = GateMachine.TestCase
