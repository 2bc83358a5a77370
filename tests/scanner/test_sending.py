"""The worker: everything is told, nothing twice at a receiver that knows ids, wherever the machine dies."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug import Response

from connectors.outgoing.registry import receivers
from connectors.outgoing.shape import NotTaken
from gate import spreading, telling
from gate.notify import EVENTS, Notify, Reach, Recipient
from gate.roles import Role
from gate.templating import load
from gate.working_time import WorkingTime
from model.errors import AccessDenied, ConfigError, RateLimited, Transient, Unreachable
from scanner.sending import LEASE, TRIES, Desk, Worker, examine
from storage import cases as stored
from storage import outbox
from storage.store import Store
from storage.tables import metadata
from storage.times import from_ms, to_ms
from tests.connectors.outgoing.receiving import Clock, http, mail_server, message, wire
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, sign, staff, terms
from tests.gate.told import events
from tests.storage.filling import Filling

MINUTE = timedelta(minutes=1)


class Dies(BaseException):
    """The machine stops here."""


class Reader:
    """A receiver that knows what it has read by its id; `says` are errors for the next messages."""

    def __init__(self):
        self.read, self.says, self.tests = [], [], []

    def check(self):
        if self.says:
            raise self.says.pop(0)

    def send(self, told):
        if self.says and (error := self.says.pop(0)) is not None:
            raise error
        self.read.append(told)

    def test(self, told):
        self.tests.append(told)

    @property
    def known(self):
        return {told.id: told for told in self.read}


@pytest.fixture
def store():
    found = Store("sqlite://")
    metadata.create_all(found.engine)
    yield found
    found.close()


class Post:
    """A worker with receivers of the test's own, and a clock that the test sets."""

    def __init__(self, store, tables=("mail",), **more):
        self.store, self.clock = store, Clock(NOW)
        self.readers = {name: Reader() for name in tables}
        kinds = {"mail": {"kind": "mail", "url": "env:X", "sender": "o@example.com"}}
        known = receivers({name: kinds.get(name, hook()) for name in tables}, EVENTS)
        self.known = {one.name: one for one in known}
        self.notify = Notify(recipients=tuple(recipient(one) for one in known), **more)

    def worker(self):
        return Worker(
            Desk(
                store=self.store,
                clock=self.clock,
                notify=self.notify,
                receivers=self.known,
                templates=load(),
                open=lambda one: self.readers[one.name],
                rules=gate().rules,
                time=WorkingTime(),
                jitter=lambda: 1.0,
            )
        )

    def work(self, **by):
        self.clock.at += timedelta(**by)
        return self.worker().work()

    def rows(self, pattern="send:%"):
        with self.store.read() as connection:
            return outbox.since(connection, 0, pattern)


def hook():
    return {"kind": "webhook", "url": "env:X", "secret": "env:Y"}


def recipient(one):
    events_ = frozenset(one.events or EVENTS)
    return Recipient(name=one.name, reach=Reach(one.kind.reach), events=events_, units=one.units)


def found(store, tools=1, people=True):
    """Let tools be found that wait for a decision, and people be there to hear of it."""
    with store.write() as connection:
        if people:
            staff(connection)
        for number in range(tools):
            case = add_tool(connection, f"{TOOL}{number}", name=f"Quillfox {number}")
            stored.change(connection, case, {"due_at": to_ms(NOW + timedelta(days=60))})
            telling.case_opened(connection, gate(), stored.case(connection, case))
        for number in range(tools - 1):  # each tool that is added takes the place of the one before
            Filling(connection).tool(f"{TOOL}{number}", f"Quillfox {number}")


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_new_tool_is_told_once_however_often_the_worker_works(store):
    found(store)
    post = Post(store)

    done = [post.work(minutes=5) for _ in range(4)]

    (told,) = post.readers["mail"].read
    assert (told.to, told.title) == ("reviewer@example.com", "A new marketing tool was found: Quillfox 0")
    assert [one.told for one in done] == [1, 0, 0, 0]


def test_programs_get_the_document_of_their_template(store):
    found(store)
    post = Post(store, ("hook",))

    post.work()

    (told,) = post.readers["hook"].read
    assert told.to is None
    assert told.document["event"] == "case_opened"
    assert told.document["tool"] == {"id": f"{TOOL}0", "name": "Quillfox 0"}


def test_reminders_are_entered_by_the_worker(store):
    with store.write() as connection:
        staff(connection)
        number = add_tool(connection)
        stored.change(connection, number, {"due_at": to_ms(NOW), "stage_at": to_ms(NOW)})
    post = Post(store)

    post.work()

    assert post.readers["mail"].read[0].title == "Due 1 July 2026: Quillfox"


def test_where_nobody_is_configured_rows_say_so_and_that_is_no_error(store):
    found(store)
    post = Post(store, ())

    done = post.work()

    assert (done.told, done.waiting, done.given_up) == (0, 0, 0)
    with store.read() as connection:
        assert [row["failure"] for row in outbox.unsettled(connection)] == ["nobody to tell"]


def test_what_went_on_before_it_was_sent_is_dropped(store):
    found(store)
    post = Post(store)
    post.readers["mail"].says.append(Transient("busy"))
    post.work()
    with store.write() as connection:
        stored.close(connection, 1, "gone", to_ms(NOW))

    done = post.work(minutes=10)

    assert (done.dropped, post.readers["mail"].read) == (1, [])
    assert post.rows()[0]["failure"] == "overtaken"


def test_whose_address_was_erased_meanwhile_is_not_told(store):
    found(store)
    post = Post(store)
    post.readers["mail"].says.append(Transient("busy"))
    post.work()
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE actor SET address = NULL")

    assert post.work(minutes=10).given_up == 1
    assert post.rows()[0]["failure"] == "nobody to tell"


def test_an_address_that_changed_is_the_new_one(store):
    found(store)
    post = Post(store)
    post.readers["mail"].says.append(Transient("busy"))
    post.work()
    with store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE actor SET address = 'new@example.com' WHERE address = 'reviewer@example.com'"
        )
    post.work(minutes=10)

    assert post.readers["mail"].read[0].to == "new@example.com"


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_pauses_double_and_after_the_last_try_it_waits_for_a_person(store):
    found(store)
    post = Post(store)
    post.readers["mail"].says = [Transient("the mail server answered with 451")] * TRIES
    waits = []
    for _ in range(TRIES - 1):
        post.work()
        (row,) = post.rows()
        waits.append(from_ms(row["next_at"]) - post.clock.at)
        post.clock.at = from_ms(row["next_at"])

    done = post.work()

    assert waits == [MINUTE * 2**n for n in range(TRIES - 1)]
    assert done.given_up == 1
    (row,) = post.rows()
    assert (row["next_at"], row["failure"]) == (None, "the mail server answered with 451")
    assert post.work(days=9).told == 0
    with store.write() as connection:
        assert outbox.retry(connection, row["id"])
    assert post.work().told == 1


@pytest.mark.parametrize(("asked", "wait"), [(600, 600), (1, 60), (10**9, 86_400)])
def test_a_receiver_gets_the_rest_that_it_asks_for_within_a_day(store, asked, wait):
    found(store)
    post = Post(store)
    post.readers["mail"].says.append(RateLimited(asked))

    post.work()

    assert from_ms(post.rows()[0]["next_at"]) - NOW == timedelta(seconds=wait)


def test_what_is_never_taken_is_given_up_at_once_and_holds_up_nothing(store):
    found(store, tools=2)
    post = Post(store)
    post.readers["mail"].says.append(NotTaken("the mail server answered with 550"))

    done = post.work()

    assert (done.given_up, done.told) == (1, 1)
    assert done.said == ["mail: the mail server answered with 550"]


@pytest.mark.parametrize(
    "error",
    [
        Transient("x"),
        RateLimited(5),
        AccessDenied("401", "renew it"),
        Unreachable("no", "check"),
        ConfigError("env:X is not set"),
    ],
)
def test_a_receiver_that_fails_rests_until_the_next_round_and_holds_up_no_other(store, error):
    found(store, tools=3)
    post = Post(store, ("mail", "hook"))
    post.readers["mail"].says.append(error)

    done = post.work()

    assert (done.told, done.waiting) == (3, 1)
    assert len(post.readers["hook"].read) == 3
    assert post.work(minutes=2).told == 3
    assert len(post.readers["mail"].known) == 3


def test_an_error_that_is_not_ours_is_told_by_its_class_alone(store):
    found(store)
    post = Post(store)
    post.readers["mail"].says.append(RuntimeError("smtps://user:s3cr3t@host"))

    done = post.work()

    assert post.rows()[0]["failure"] == "RuntimeError: please report this"
    assert "s3cr3t" not in "".join(done.said)


def test_a_receiver_that_is_gone_from_the_configuration_is_given_up(store):
    found(store)
    post = Post(store, ("hook",))
    post.readers["hook"].says.append(Transient("x"))
    post.work()
    post.known = {}

    assert post.work(minutes=5).given_up == 1


def test_nobody_is_disturbed_by_a_second_try_in_quiet_hours_and_programs_do_not_sleep(store):
    found(store)
    post = Post(store, ("mail", "hook"), quiet=(time(20), time(7)))
    for reader in post.readers.values():
        reader.says.append(Transient("x"))
    post.work()

    post.work(hours=12)
    assert (len(post.readers["mail"].read), len(post.readers["hook"].read)) == (0, 1)
    post.work(hours=10)
    assert len(post.readers["mail"].read) == 1


# --- dying and sharing -----------------------------------------------------------------------------------------------

#: Where the machine may stop: between any two steps of the worker.
PLACES = ["remind", "spread", "gather", "claim", "before the sending", "after the sending", "note"]


def dying(post, patch, place):
    """Let the next round stop at a place: within its transaction, so that nothing of it stays, or outside of any."""

    def stops(original, *, after):
        def stopping(*given, **named):
            if after:
                original(*given, **named)
            raise Dies

        return stopping

    worker = Worker
    reader = post.readers["hook"]
    targets = {
        "remind": (worker, "_remind", True),
        "spread": (worker, "_spread", True),
        "gather": (worker, "_gather", True),
        "claim": (outbox, "claim", True),
        "before the sending": (reader, "send", False),
        "after the sending": (reader, "send", True),
        "note": (outbox, "settle", True),
    }
    owner, name, after = targets[place]
    patch.setattr(owner, name, stops(getattr(owner, name), after=after))


@settings(max_examples=30)
@given(deaths=st.lists(st.sampled_from(PLACES), max_size=5), tools=st.integers(1, 4))
def test_wherever_the_machine_dies_each_thing_is_told_exactly_once_at_a_reader_that_knows_ids(deaths, tools):
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    found(store, tools, people=False)
    post = Post(store, ("hook",))
    for place in deaths:
        with pytest.MonkeyPatch.context() as patch:
            dying(post, patch, place)
            with contextlib.suppress(Dies):
                post.work(minutes=1)
    for _ in range(tools * 2 + len(deaths)):
        post.work(minutes=10)

    reader = post.readers["hook"]
    titles = Counter(told.title for told in reader.known.values())
    assert titles == {f"A new marketing tool was found: Quillfox {n}": 1 for n in range(tools)}
    assert len(reader.read) - len(reader.known) <= len(deaths)
    with store.read() as connection:
        assert outbox.unsettled(connection) == []
    store.close()


@pytest.mark.parametrize("place", PLACES)
def test_what_a_dead_worker_held_is_sent_after_its_lease(store, place):
    found(store)
    post = Post(store, ("hook",))
    with pytest.MonkeyPatch.context() as patch:
        dying(post, patch, place)
        with pytest.raises(Dies):
            post.work()

    post.clock.at = NOW + LEASE
    post.work()

    assert len(post.readers["hook"].known) == 1


def test_two_workers_never_send_the_same_row_while_one_of_them_holds_it(store):
    found(store, tools=3)
    post = Post(store, ("hook",))
    reader, other = post.readers["hook"], post.worker()
    once = reader.send

    def meanwhile(told):
        reader.send = once
        other.work()
        once(told)

    reader.send = meanwhile
    post.work()

    assert len(reader.read) == len(reader.known) == 3


def test_a_worker_that_was_too_slow_takes_nothing_back_from_the_one_that_followed(store):
    found(store)
    post = Post(store, ("hook",))
    reader = post.readers["hook"]
    once = reader.send

    def slow(told):
        reader.send = once
        post.clock.at += LEASE * 2
        post.worker().work()
        raise Transient("too late")

    reader.send = slow
    done = post.work()

    assert done.waiting == 0
    assert post.rows()[0]["sent_at"] is not None
    assert post.work(days=1).told == 0


# --- over sockets ----------------------------------------------------------------------------------------------------


def test_a_decision_reaches_a_mailbox_and_a_program_over_real_sockets(store, tmp_path):
    with store.write() as connection:
        people, number = staff(connection), add_tool(connection)
        telling.case_opened(connection, gate(), stored.case(connection, number))
        sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="Use Mailbird instead."))
    post = Post(store, ("mail", "hook"))
    with mail_server() as (box, port), http() as web:
        web.faults += [(503, {"Retry-After": "120"})]
        given = {"mail": f"smtp+plain://127.0.0.1:{port}", "hook": web.base}
        opened = {
            name: one.opened(wire(tmp_path, post.clock, X=given[name], Y="y" * 32)) for name, one in post.known.items()
        }
        post.readers = opened

        first = post.work()
        second = post.work(minutes=3)

    assert (first.told, first.waiting, second.told) == (1, 1, 2)
    (letter,) = box.letters
    assert letter["To"] == "reviewer@example.com"
    told = [json.loads(call.get_data()) for call in web.calls[1:]]
    assert [one["event"] for one in told] == ["case_opened", "decided"]
    assert told[1]["text"].startswith("Use Mailbird instead.")
    assert web.calls[0].headers["webhook-id"] == web.calls[1].headers["webhook-id"]


def test_two_workers_at_one_jira_make_one_issue_a_case(store, tmp_path):
    issues = []

    def route(request):
        asked = json.loads(request.get_data())
        if request.path.endswith("/search/jql"):
            hits = [i for i in issues if any(f'"{label}"' in asked["jql"] for label in i["labels"])]
            return Response(json.dumps({"issues": hits[:1]}))
        issues.append(asked["fields"])
        return Response("lost", 502) if len(issues) == 1 else Response('{"key": "IT-2"}', 201)

    found(store, tools=2, people=False)
    with http() as web:
        web.route = route
        table = {"kind": "jira", "site": web.base, "email": "b@example.com", "token": "env:T", "project": "IT"}
        (one,) = receivers({"jira": table}, EVENTS)
        post = Post(store, ())
        post.known, post.readers = {"jira": one}, {"jira": one.opened(wire(tmp_path, T="t"))}
        post.notify = Notify(recipients=(recipient(one),))
        for _ in range(4):
            post.work(minutes=5)

    assert sorted(issue["summary"] for issue in issues) == [
        "A new marketing tool was found: Quillfox 0",
        "A new marketing tool was found: Quillfox 1",
    ]


# --- examining -------------------------------------------------------------------------------------------------------


def test_a_receiver_is_examined_without_a_call_unless_there_is_something_to_test_with():
    reader = Reader()

    assert examine(reader, None) is None
    assert (reader.read, reader.tests) == ([], [])
    assert examine(reader, message()) is None
    assert len(reader.tests) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [(ConfigError("env:X is not set"), "env:X is not set"), (KeyError("s3cr3t"), "KeyError: please report this")],
)
def test_what_is_wrong_with_a_receiver_is_said_without_a_secret(error, said):
    reader = Reader()
    reader.says.append(error)

    assert examine(reader, None) == said


def test_events_of_an_older_row_without_a_decision_stay_what_they_were(store):
    """Rows that were entered before there were receivers are told to those who are there when they are shared out."""
    found(store)
    with store.write() as connection:
        spreading.spread(connection, Notify(), NOW)
        assert outbox.retry(connection, events(connection)[0]["id"])

    assert Post(store).work().told == 1
