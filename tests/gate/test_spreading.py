"""To whom each event goes: one message a case, a cap a person and day, the rest as a digest, and quiet hours."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate import spreading
from gate.notify import Reach
from gate.roles import Role
from gate.spreading import NOBODY, OVERTAKEN
from storage import cases as stored
from storage import outbox
from storage.store import Store
from storage.tables import metadata
from storage.times import to_ms
from tests.gate.gatehouse import NOW, add_tool, sign, staff, terms
from tests.gate.told import actor, enter, messages, notify, recipient, share

DAY = timedelta(days=1)
QUIET = {"quiet": (time(20), time(7))}
NIGHT = NOW.replace(hour=22)
SLACK = recipient("slack", Reach.CHANNEL)


@pytest.fixture
def people(connection):
    return staff(connection)


def refusals(connection, count, start=0, at=NOW):
    """Enter events that hold for ever: decisions that are owed to one person, each on a tool of its own."""
    return [due(connection, number, at) for number in range(start, start + count)]


def due(connection, number, at=NOW):
    about = f"case:{number}"
    kept = spreading.kept.add_outbox(connection, to_ms(at), "case_assigned", {"case": number, "account": 0}, key=about)
    return outbox.row(connection, kept)


@pytest.fixture
def endless(monkeypatch):
    """Let every event concern the one person."""
    to = {}

    def people(self, _row):
        return [to.setdefault("ana", actor(self._connection, "ana@example.com"))]

    monkeypatch.setattr(spreading.Audience, "people", people)
    monkeypatch.setattr(spreading.Audience, "overtaken", lambda _self, _row: False)


def test_each_person_and_each_channel_gets_a_message_and_programs_get_each_event(connection, people):
    add_tool(connection)
    enter(connection, "case_opened", case=1, tool="quillfox", unit=None)
    enter(connection, "reminder", case=1, tool="quillfox", unit=None, stage_at=to_ms(NOW), number=0)
    hook = recipient("hook", Reach.MACHINE)

    found = share(connection, notify(recipient(), SLACK, hook))

    both = ["case_opened", "reminder"]
    assert sorted(found, key=str) == sorted(
        [
            ("hook", None, ["case_opened"]),
            ("hook", None, ["reminder"]),
            ("mail", "reviewer@example.com", both),
            ("slack", None, both),
        ],
        key=str,
    )


def test_sharing_out_again_adds_nothing(connection, people):
    add_tool(connection)
    enter(connection, "case_opened", case=1, tool="quillfox", unit=None)

    first = share(connection)

    assert len(first) == 1
    assert share(connection, at=NOW + DAY) == first


def test_where_nobody_is_configured_or_concerned_the_row_says_so_and_can_be_tried_again(connection, people):
    add_tool(connection)
    row = enter(connection, "case_opened", case=1, tool="quillfox", unit="Sales")
    elsewhere = recipient("slack", Reach.CHANNEL, units=("Marketing",))

    assert share(connection, notify(elsewhere)) == []
    assert outbox.row(connection, row["id"])["failure"] == NOBODY
    assert share(connection, notify(recipient(), new_tools=())) == []

    assert outbox.retry(connection, row["id"])
    assert share(connection) == [("mail", "reviewer@example.com", ["case_opened"])]


def test_what_is_overtaken_is_settled_and_told_to_nobody(connection, people):
    number = add_tool(connection)
    row = enter(connection, "case_opened", case=number, tool="quillfox", unit=None)
    stored.close(connection, number, "gone", to_ms(NOW))

    assert share(connection) == []
    found = outbox.row(connection, row["id"])
    assert (found["sent_at"], found["failure"]) == (to_ms(NOW), OVERTAKEN)


def test_the_last_message_of_a_day_is_a_digest_of_the_rest(connection, endless):
    refusals(connection, 12)

    sizes = [len(kinds) for _, _, kinds in share(connection, notify(per_day=5))]

    assert sizes == [1, 1, 1, 1, 8]


def test_as_many_as_the_cap_are_told_one_by_one(connection, endless):
    refusals(connection, 5)

    assert [len(kinds) for _, _, kinds in share(connection, notify(per_day=5))] == [1] * 5


def test_what_comes_after_the_cap_waits_for_the_next_day(connection, endless):
    how = notify(per_day=2)
    refusals(connection, 3)
    share(connection, how)
    refusals(connection, 4, start=10)

    assert len(share(connection, how, NOW + timedelta(hours=3))) == 2
    assert len(share(connection, how, NOW.replace(hour=7) + DAY)) == 2
    tomorrow = share(connection, how, NOW.replace(hour=8) + DAY)
    assert [len(kinds) for _, _, kinds in tomorrow[2:]] == [1, 3]


def test_a_channel_has_the_same_cap_and_does_not_use_up_a_persons(connection, endless):
    refusals(connection, 9)

    found = Counter(name for name, _, _ in share(connection, notify(recipient(), SLACK, per_day=3)))

    assert found == {"mail": 3, "slack": 3}


def test_two_receivers_of_one_person_share_the_cap(connection, endless):
    refusals(connection, 9)

    found = share(connection, notify(recipient(), recipient("sms"), per_day=3))

    assert len(found) == 3


def test_programs_have_no_cap_and_no_quiet_hours(connection, endless):
    refusals(connection, 9, at=NIGHT)

    assert len(share(connection, notify(recipient("jira", Reach.MACHINE), per_day=1, **QUIET), NIGHT)) == 9


def test_nobody_is_disturbed_in_quiet_hours_and_what_came_in_them_is_told_together(connection, endless):
    how = notify(per_day=3, **QUIET)
    for hour in range(8):
        due(connection, hour, NIGHT + timedelta(hours=hour))
        assert share(connection, how, NIGHT + timedelta(hours=hour)) == []

    morning = share(connection, how, NOW.replace(hour=7) + DAY)

    assert [len(kinds) for _, _, kinds in morning] == [1, 1, 6]


def test_what_was_held_for_a_receiver_that_is_gone_waits_for_a_person(connection, endless):
    refusals(connection, 1, at=NIGHT)
    share(connection, notify(**QUIET), NIGHT)

    assert share(connection, notify(SLACK, **QUIET), NIGHT + DAY) == []
    (row,) = [r for r in outbox.unsettled(connection) if r["kind"] == "hold:mail"]
    assert row["failure"] == "the configuration has no receiver of this name any more"


@settings(max_examples=25)
@given(
    arrivals=st.lists(st.tuples(st.integers(0, 72), st.integers(0, 6)), max_size=40),
    cap=st.integers(1, 4),
    quiet=st.booleans(),
)
def test_everything_is_told_once_and_nobody_gets_more_a_day_than_the_cap(arrivals, cap, quiet):
    how = notify(SLACK, per_day=cap, **(QUIET if quiet else {}))
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    patch = pytest.MonkeyPatch()
    patch.setattr(spreading.Audience, "overtaken", lambda _self, _row: False)
    begun = NOW.replace(hour=0)
    with store.write() as connection:
        for hour in range(24 * 6):
            at = begun + timedelta(hours=hour)
            for number, (when, case) in enumerate(arrivals):
                if when == hour:
                    payload = {"case": case + 1, "account": 0}
                    spreading.kept.add_outbox(connection, to_ms(at), "case_assigned", payload, key=f"e{number}")
            spreading.spread(connection, how, at)
            spreading.gather(connection, how, at)
        sent = outbox.since(connection, 0, "send:%")
        told = [number for row in sent for number in row["payload"]["events"]]
        held = [r for r in outbox.unsettled(connection) if r["kind"].startswith("hold:")]
    patch.undo()
    store.close()

    assert len(told) == len({*told}) == len(arrivals)
    assert held == []
    days = Counter(datetime.fromtimestamp(r["at"] / 1000, NOW.tzinfo).date() for r in sent)
    assert max(days.values(), default=0) <= cap
    if quiet:
        hours = {datetime.fromtimestamp(r["at"] / 1000, NOW.tzinfo).hour for r in sent}
        assert hours <= {*range(7, 20)}


def test_a_decision_reaches_the_business_owner_and_the_channel(connection, people):
    number = add_tool(connection)
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="No."))

    assert share(connection, notify(recipient(), SLACK)) == [("slack", None, ["decided"])]
    assert messages(connection) == [("slack", None, ["decided"])]
