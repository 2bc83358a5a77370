"""The great lists in memory: they are what the commands list, after every act, every run, and on every day."""

import shutil
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from commands.acting import gate_of
from commands.cases import listed_cases
from commands.faces.listed import Listed
from commands.figures import listed_tools
from commands.inventory import inventory_rows
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from commands.tools import TOOLS
from gate import accounts, decisions, requests, reviewing, undoing
from gate.decisions import Ruling
from gate.hearing import Said, answer
from gate.reviewing import Review
from gate.roles import Role
from gate.terms import Condition, Terms
from gate.waivers import waive
from model.errors import Refused
from scanner.corrections import Corrector
from scanner.demo import COMPANY
from scanner.run import derive_again
from storage.store import Store
from tests.scanner.house import Quiet
from tests.web.conftest import WHO, Clock
from web.snapshot import Snapshots, Until

ANSWERS = {"ai.features": "yes", "consent.basis": "consent", "contract.auto_renews": "no", "contract.end": "2027-05-01"}


def held(desk):
    """What the snapshot needs of an office."""
    return SimpleNamespace(store=desk.store, clock=desk.clock, zone=desk.zone, listed=Listed(desk))


@contextmanager
def company_in(folder):
    """Yield the desk of a copy of the demo company."""
    with TemporaryDirectory() as place:
        home = Path(shutil.copytree(folder, Path(place) / "home"))
        store = Store(f"sqlite:///{home / 'demo.db'}")
        yield Desk(Program(format="json"), Settings(folder=home, company=COMPANY), store, empty=False, clock=Clock())
        store.close()


class Later:
    """Runs nothing at once: what was to run beside the pages runs when the test says so."""

    def __init__(self):
        self.calls = []

    def __call__(self, call):
        self.calls.append(call)

    def run(self):
        while self.calls:
            self.calls.pop(0)()


def rows_of(shot):
    return [*shot.tools], [*shot.cases], [*shot.inventory]


def listed(desk):
    tools = [{name: row[name] for name in TOOLS.fields} for row in listed_tools(desk)]
    return tools, listed_cases(desk), inventory_rows(desk)


def who(desk, connection, role):
    return accounts.the_account(connection, WHO[role], desk.clock.now())


# --- acts ------------------------------------------------------------------------------------------------------------


class Acts:
    """What people can do, each by the function of the gate that the commands call."""

    def __init__(self, desk):
        self.desk, self.gate = desk, gate_of(desk)

    def do(self, what, draw):
        """Do something; what is refused is not done."""
        try:
            with self.desk.store.write() as connection:
                getattr(self, what)(connection, draw)
        except Refused:
            return False
        return True

    def take(self, connection, draw):
        by = who(self.desk, connection, Role.REVIEWER)
        Review(connection, self.gate, draw(self._cases(connection)), by).assign(by)

    def sign(self, connection, draw):
        outcome = draw(st.sampled_from(["approve", "approve_with_conditions", "reject", "retire"]))
        day = self.gate.at.date() + timedelta(days=30)
        stated = (Condition(text="Single sign-on", owner=1, due=day),) if outcome == "approve_with_conditions" else ()
        other = draw(st.one_of(st.none(), self._tools(connection)))
        terms = Terms(outcome=outcome, reason="Read it.", sentence="So it is.", conditions=stated, instead_of=other)
        role = draw(st.sampled_from([Role.APPROVER_IT, Role.APPROVER_MARKETING]))
        Review(connection, self.gate, draw(self._cases(connection)), who(self.desk, connection, role)).sign(terms)

    def agree(self, connection, draw):
        role = draw(st.sampled_from([Role.APPROVER_IT, Role.APPROVER_MARKETING]))
        number = draw(self._cases(connection))
        Review(connection, self.gate, number, who(self.desk, connection, role)).agree("It holds.")

    def undo(self, connection, draw):
        last = connection.scalar(text("SELECT max(id) FROM decision"))
        number = draw(st.integers(max(1, last - 6), last))
        undoing.undo(connection, self.gate, number, "A slip.", who(self.desk, connection, Role.APPROVER_IT))

    def answer(self, connection, draw):
        fact = draw(st.sampled_from(sorted(ANSWERS)))
        answer(connection, self.gate, draw(self._tools(connection)), fact, Said(text=ANSWERS[fact]), by="account:2")

    def waive(self, connection, draw):
        found = connection.execute(
            text("SELECT policy, tool_id FROM finding WHERE valid_to IS NULL AND state = 'open'")
        )
        finding = draw(st.sampled_from(sorted(tuple(row) for row in found)))
        until = self.gate.at.date() + timedelta(days=20)
        waive(connection, self.gate.trail, finding, until, "Accepted.", by="account:2", at=self.gate.at)

    def own(self, connection, draw):
        detail = {"side": draw(st.sampled_from(["business", "technical", "deputy"])), "actor": draw(st.integers(1, 9))}
        ruling = Ruling(kind="owner", about=f"tool:{draw(self._tools(connection))}", detail=detail, reason="Named.")
        decisions.decide(connection, self.gate.trail, ruling, by="account:2", at=self.gate.at)

    def request(self, connection, draw):
        name = draw(st.sampled_from(["Wishwell", "Hopeform"]))
        target = requests.Target(id=f"own-{name.casefold()}", name=name, category="email_marketing", marketing=True)
        wanted = requests.Wanted(tool=target, purpose="For the newsletter.")
        requests.ask(connection, self.gate, wanted, who(self.desk, connection, Role.BUSINESS_USER))

    def _cases(self, connection):
        return st.sampled_from(sorted(connection.scalars(text("SELECT id FROM review_case"))))

    def _tools(self, connection):
        return st.sampled_from(sorted(connection.scalars(text("SELECT id FROM tool"))))


KINDS = ("take", "sign", "sign", "agree", "undo", "answer", "waive", "own", "request")


@settings(max_examples=8)
@given(data=st.data())
def test_after_any_acts_the_rows_are_those_that_are_listed_anew(demo_with_accounts, data):
    with company_in(demo_with_accounts) as desk:
        acts, kept = Acts(desk), Snapshots(held(desk))
        kept.current().tools.by("name")
        kept.current().inventory.by("people")
        for _ in range(5):
            acts.do(data.draw(st.sampled_from(KINDS)), data.draw)
            shot, anew = kept.current(), Snapshots(held(desk)).current()
            assert rows_of(shot) == rows_of(anew)
            assert shot.tools.by("name") == anew.tools.by("name")
            assert shot.inventory.by("people", descending=True) == anew.inventory.by("people", descending=True)
            assert shot.cases.grouped("stage") == anew.cases.grouped("stage")
        assert rows_of(shot) == listed(desk)
        assert shot.cases.search("marketing") == anew.cases.search("marketing")


@pytest.fixture
def snapshots(desk):
    return Snapshots(held(desk))


@pytest.fixture
def acts(desk):
    return Acts(desk)


def open_case(snapshots):
    return next(row for row in snapshots.current().cases if row["state"] == "open")


def test_they_are_what_the_commands_list(desk, snapshots):
    assert rows_of(snapshots.current()) == listed(desk)


def test_rows_have_the_fields_of_the_commands_in_their_order(desk, snapshots):
    shot = snapshots.current()

    for rows, others in zip(rows_of(shot), listed(desk), strict=True):
        assert [[*row] for row in rows] == [[*row] for row in others]


def test_what_is_looked_up_is_found_by_its_id(snapshots):
    shot = snapshots.current()
    case = open_case(snapshots)

    assert shot.case(case["id"]) is case
    assert shot.open_case(case["tool_id"]) is case
    assert shot.tool(case["tool_id"])["id"] == case["tool_id"]
    assert shot.terms("zoom")["status"] == "approved"
    assert (shot.tool("nothing"), shot.case(0), shot.open_case("nothing"), shot.terms("nothing")) == (None,) * 4


def test_an_act_shows_at_once_and_makes_only_its_own_rows_anew(desk, snapshots):
    before, case = snapshots.current(), open_case(snapshots)
    with desk.store.write() as connection:
        by = who(desk, connection, Role.REVIEWER)
        Review(connection, gate_of(desk), case["id"], by).assign(by)

    after = snapshots.current()

    assert after.case(case["id"])["assignee"] == WHO[Role.REVIEWER]
    others = [row for row in before.tools if row["id"] != case["tool_id"]]
    assert all(after.tool(row["id"]) is row for row in others)
    assert before.case(case["id"])["assignee"] is None


def test_where_nothing_moved_it_is_the_same(snapshots):
    assert snapshots.current() is snapshots.current()


def test_an_act_about_no_tool_makes_no_row_anew(desk, snapshots):
    before = snapshots.current()
    ruling = Ruling(kind="revoke", about="rule:FAST-01", detail={"versions": []}, reason="Too much.")
    with desk.store.write() as connection:
        decisions.decide(connection, desk.trail(), ruling, by="account:2", at=desk.clock.now())

    after = snapshots.current()

    assert (after.tools, after.cases, after.inventory) == (before.tools, before.cases, before.inventory)
    assert after.version != before.version


# --- runs and days ---------------------------------------------------------------------------------------------------


def merged(desk, tool="mailchimp", into="hubspot"):
    """Let a person rule that two tools are one, and a run follow from it."""
    Corrector(desk.store, desk.trail(), desk.clock, "account:2").merge(tool, into, "They are one.")
    derive_again(desk.rooms(Quiet()), "review merge")


def test_what_a_run_made_is_shown_at_once_where_that_is_quick(desk, snapshots):
    assert snapshots.current().tool("mailchimp") is not None

    merged(desk)

    shot = snapshots.current()
    assert shot.tool("mailchimp") is None
    assert rows_of(shot) == listed(desk)
    assert shot.stale_since is None


@pytest.fixture
def slow(desk):
    """Snapshots that take too long for a page to wait for, and what is to run beside the pages."""
    later = Later()
    return Snapshots(held(desk), quick=-1, beside=later), later


def end_a_run(desk):
    """Enter a run that changed the name of a tool."""
    at = 1 + int(desk.clock.now().timestamp() * 1000)
    with desk.store.write() as connection:
        connection.execute(text("UPDATE tool SET name = 'Zoom again' WHERE id = 'zoom'"))
        values = {"command": "scan", "at": at, "as_of": desk.as_of_ms()}
        columns = "command, started_at, ended_at, as_of, outcome"
        connection.execute(text(f"INSERT INTO run ({columns}) VALUES (:command, :at, :at, :as_of, 'complete')"), values)


def test_the_old_rows_are_shown_with_their_age_while_those_of_a_run_are_made(desk, slow):
    snapshots, later = slow
    before = snapshots.current()
    end_a_run(desk)

    meanwhile = snapshots.current()

    assert meanwhile.tools is before.tools
    assert meanwhile.stale_since > before.made_at
    assert snapshots.current() is meanwhile
    assert len(later.calls) == 1

    later.run()

    after = snapshots.current()
    assert (after.tool("zoom")["name"], after.stale_since) == ("Zoom again", None)
    assert rows_of(after) == listed(desk)


def test_an_act_shows_at_once_while_the_rows_of_a_run_are_made_and_afterwards(desk, slow, acts):
    snapshots, later = slow
    case = open_case(snapshots)
    end_a_run(desk)
    snapshots.current()
    with desk.store.write() as connection:
        by = who(desk, connection, Role.REVIEWER)
        Review(connection, acts.gate, case["id"], by).assign(by)

    meanwhile = snapshots.current()

    assert meanwhile.case(case["id"])["assignee"] == WHO[Role.REVIEWER]
    assert meanwhile.stale_since is not None
    later.run()
    assert rows_of(snapshots.current()) == listed(desk)


def test_what_is_done_while_all_is_made_anew_is_caught_up_with(desk, slow, acts):
    snapshots, later = slow
    case = open_case(snapshots)
    end_a_run(desk)
    snapshots.current()
    lists = snapshots._office.listed.lists

    def acting(tools=None):
        found = lists(tools)
        if tools is None:
            with desk.store.write() as connection:
                by = who(desk, connection, Role.REVIEWER)
                Review(connection, acts.gate, case["id"], by).assign(by)
        return found

    snapshots._office.listed.lists = acting
    later.run()

    assert snapshots._now.case(case["id"])["assignee"] == WHO[Role.REVIEWER]
    assert rows_of(snapshots.current()) == listed(desk)


def test_all_is_made_anew_when_the_companys_day_begins(desk, slow, clock):
    snapshots, later = slow
    before = snapshots.current()
    clock.at += timedelta(days=1)

    assert snapshots.current().stale_since == clock.at
    later.run()

    after = snapshots.current()
    assert (before.version.day, after.version.day) == (date(2026, 11, 1), date(2026, 11, 2))
    assert after.made_at == clock.at


def test_the_day_is_the_companys_and_not_that_of_utc(desk, snapshots, clock):
    clock.at = clock.at.replace(hour=22, minute=30)
    first = snapshots.current().version.day
    clock.at += timedelta(hours=1)

    assert (first, snapshots.current().version.day) == (date(2026, 10, 31), date(2026, 11, 1))


def test_where_it_fails_the_old_rows_stay_and_it_is_tried_again_after_a_while(desk, slow, clock):
    snapshots, later = slow
    before, office = snapshots.current(), snapshots._office
    lists, office.listed.lists = office.listed.lists, lambda _tools=None: 1 / 0
    end_a_run(desk)
    snapshots.current()
    with pytest.raises(ZeroDivisionError):
        later.run()

    assert snapshots.current().tools is before.tools
    assert snapshots.current().stale_since is not None
    assert later.calls == []

    office.listed.lists = lists
    clock.at += timedelta(minutes=2)
    snapshots.current()
    later.run()
    assert rows_of(snapshots.current()) == listed(desk)


def test_the_first_one_is_made_once_however_many_ask(desk):
    office, made = held(desk), []
    lists = office.listed.lists
    office.listed.lists = lambda tools=None: made.append(tools) or lists(tools)
    snapshots, found = Snapshots(office), []
    threads = [threading.Thread(target=lambda: found.append(snapshots.current())) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [None]
    assert all(shot is found[0] for shot in found)


def test_a_thread_makes_all_anew_unless_told_otherwise(desk):
    snapshots = Snapshots(held(desk), quick=-1)
    snapshots.current()
    end_a_run(desk)
    snapshots.current()

    for thread in threading.enumerate():
        if thread.name == "ostiary-snapshot":
            thread.join()

    assert snapshots.current().tool("zoom")["name"] == "Zoom again"


# --- made once -------------------------------------------------------------------------------------------------------


def test_what_pages_need_is_made_once_until_somebody_acts_or_a_run_ends(desk, snapshots, acts):
    def counted(shot, *until):
        return shot.once("count", lambda: len(made.append(1) or made), *until)

    made = []
    shot = snapshots.current()
    assert (counted(shot), counted(shot), counted(shot, Until.RUN)) == (1, 1, 2)
    with desk.store.write() as connection:
        by = who(desk, connection, Role.REVIEWER)
        Review(connection, acts.gate, open_case(snapshots)["id"], by).assign(by)
    after = snapshots.current()

    assert (counted(after), counted(after, Until.RUN)) == (3, 2)
    end_a_run(desk)
    assert counted(snapshots.current(), Until.RUN) == 4


def test_what_follows_from_tools_or_decisions_outlives_that_a_case_is_taken_up(desk, snapshots, acts, rule):
    def kept(shot):
        return {until for until in Until if shot.once("what", lambda: shot, until) is before}

    before = snapshots.current()
    assert kept(before) == {*Until}
    with desk.store.write() as connection:
        by = who(desk, connection, Role.REVIEWER)
        Review(connection, acts.gate, open_case(snapshots)["id"], by).assign(by)
    assert kept(snapshots.current()) == {Until.TOOLS, Until.DECISION, Until.RUN}

    rule(of_one_job(snapshots)[0], "approved")
    assert kept(snapshots.current()) == {Until.RUN}

    end_a_run(desk)
    assert kept(snapshots.current()) == set()


# --- what depends on other tools -------------------------------------------------------------------------------------


@pytest.fixture
def rule(desk):
    """Give a tool a status by a decision, as one that was made here would."""

    def ruled(tool, status, **detail):
        gate = gate_of(desk)
        with desk.store.write() as connection:
            ruling = Ruling(kind="status", about=f"tool:{tool}", detail={"status": status} | detail, reason="So it is.")
            number = decisions.decide(connection, gate.trail, ruling, by="account:2", at=gate.at)
            reviewing.apply(connection, gate, tool)
        return number

    return ruled


def of_one_job(snapshots, count=3):
    """Return tools on which nobody decided, of a job for which at most one is approved."""
    for category, rows in snapshots.current().tools.grouped("category").items():
        new = [row["id"] for row in rows if row["status"] == "new"]
        if category and len(new) >= count and len(rows) - len(new) <= 1:
            return new[:count]
    raise AssertionError


def test_what_to_use_instead_follows_what_is_decided_on_other_tools(desk, snapshots, rule):
    left, same, better = of_one_job(snapshots)

    def instead():
        shot = snapshots.current()
        assert rows_of(shot) == listed(desk)
        return shot.terms(left)["instead_ids"], shot.terms(left)["instead_why"]

    rule(left, "rejected")
    before = instead()[0]
    assert same not in before

    rule(same, "approved")
    assert same in instead()[0]

    number = rule(better, "approved", instead_of=left)
    assert instead() == ([better], "decided")

    with desk.store.write() as connection:
        undoing.undo(connection, gate_of(desk), number, "A slip.", "user:test")
    assert same in instead()[0]

    rule(same, "retired")
    assert instead()[0] == before


def test_a_tool_that_is_named_by_a_decision_may_not_be_one_that_is_left(desk, snapshots, rule):
    left, named = of_one_job(snapshots)[0], "hubspot"
    assert snapshots.current().tool(left)["category"] != snapshots.current().tool(named)["category"]
    rule(left, "rejected", instead_of=named)
    assert snapshots.current().terms(left)["instead_ids"] == [named]

    rule(named, "rejected")

    assert named not in snapshots.current().terms(left)["instead_ids"]
    assert rows_of(snapshots.current()) == listed(desk)


def test_a_tool_that_was_wanted_before_anybody_used_it_is_named_by_its_request(desk, snapshots, acts):
    with desk.store.write() as connection:
        target = requests.Target(id="own-wishwell", name="Wishwell", category="email_marketing", marketing=True)
        wanted = requests.Wanted(tool=target, purpose="For the newsletter.")
        made = requests.ask(connection, acts.gate, wanted, who(desk, connection, Role.BUSINESS_USER))

    shot = snapshots.current()

    assert shot.case(made.case)["tool"] == "Wishwell"
    assert rows_of(shot) == listed(desk)
