"""The outbox under a worker: each thing once, held by one, given back, given up, and tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import kept, outbox
from storage.store import Store
from tests.storage import databases

LEASE = 100


def enter(connection, key, kind="send:mail", at=1, **more):
    return kept.add_outbox(connection, at, kind, {"events": [1], "to": None}, key=key, **more)


def state(connection, number):
    row = outbox.row(connection, number)
    return {name: row[name] for name in ("sent_at", "attempts", "next_at", "failure")}


def test_a_key_is_entered_once_whoever_enters_it_again(connection):
    first = enter(connection, "case_opened:1")
    again = kept.add_outbox(connection, 9, "other", {"x": 1}, key="case_opened:1")

    assert again == first
    (row,) = outbox.unsettled(connection)
    assert (row["kind"], row["at"], row["payload"]) == ("send:mail", 1, {"events": [1], "to": None})


def test_rows_without_a_key_are_all_entered(connection):
    assert enter(connection, None) != enter(connection, None)


def test_the_oldest_row_is_claimed_and_nobody_else_gets_it_while_it_is_held(connection):
    first, second = enter(connection, "a"), enter(connection, "b")

    held = outbox.claim(connection, 10, 10 + LEASE)
    other = outbox.claim(connection, 10, 10 + LEASE)

    assert (held["id"], held["attempts"], other["id"]) == (first, 1, second)
    assert outbox.claim(connection, 10 + LEASE - 1, 999) is None


def test_what_a_dead_worker_held_is_claimed_again_after_the_lease(connection):
    number = enter(connection, "a")
    outbox.claim(connection, 10, 10 + LEASE)

    held = outbox.claim(connection, 10 + LEASE, 999)

    assert (held["id"], held["attempts"]) == (number, 2)


def test_who_lost_a_row_changes_nothing_of_it(connection):
    number = enter(connection, "a")
    late = outbox.claim(connection, 10, 20)
    held = outbox.claim(connection, 20, 30)

    assert not outbox.settle(connection, late, 21)
    assert not outbox.give_back(connection, late, "no", 40)
    assert not outbox.give_up(connection, late, "no")
    assert state(connection, number) == {"sent_at": None, "attempts": 2, "next_at": 30, "failure": None}
    assert outbox.settle(connection, held, 22)
    assert not outbox.settle(connection, held, 23)


def test_a_row_that_is_given_back_waits_for_its_moment(connection):
    number = enter(connection, "a")
    held = outbox.claim(connection, 10, 20)

    assert outbox.give_back(connection, held, "busy", 50)

    assert state(connection, number) == {"sent_at": None, "attempts": 1, "next_at": 50, "failure": "busy"}
    assert outbox.claim(connection, 49, 99) is None
    assert outbox.claim(connection, 50, 99)["attempts"] == 2


def test_a_row_that_is_given_up_waits_for_a_person(connection):
    number = enter(connection, "a")
    outbox.give_up(connection, outbox.claim(connection, 10, 20), "never")

    assert outbox.claim(connection, 10**12, 10**13) is None
    assert outbox.due(connection, 10**12, "send:%") == []
    assert outbox.retry(connection, number)
    assert state(connection, number) == {"sent_at": None, "attempts": 0, "next_at": None, "failure": None}
    assert outbox.claim(connection, 11, 20)["id"] == number


@pytest.mark.parametrize("how", ["new", "held", "given back", "sent", "unknown"])
def test_only_what_was_given_up_is_tried_again_by_hand(connection, how):
    number = enter(connection, "a")
    if how != "new":
        held = outbox.claim(connection, 10, 20)
    if how == "given back":
        outbox.give_back(connection, held, "busy", 50)
    if how == "sent":
        outbox.settle(connection, held, 11)

    assert not outbox.retry(connection, 99 if how == "unknown" else number)


def test_a_row_that_rests_is_passed_over(connection):
    enter(connection, "a", kind="send:slack")
    mail = enter(connection, "b")

    assert outbox.claim(connection, 10, 20, {"send:slack"})["id"] == mail
    assert outbox.claim(connection, 10, 20, {"send:slack"}) is None


def test_events_and_held_rows_are_not_sent(connection):
    enter(connection, "a", kind="case_opened")
    enter(connection, "b", kind="hold:mail")

    assert outbox.claim(connection, 10, 20) is None


def test_due_rows_are_found_by_name_and_by_pattern_in_their_order(connection):
    one = enter(connection, "a", kind="case_opened")
    two = enter(connection, "b", kind="hold:mail")
    three = enter(connection, "c", kind="hold:slack", next_at=30)

    assert [r["id"] for r in outbox.due(connection, 10, {"case_opened"})] == [one]
    assert [r["id"] for r in outbox.due(connection, 29, "hold:%")] == [two]
    assert [r["id"] for r in outbox.due(connection, 30, "hold:%")] == [two, three]
    assert [r["id"] for r in outbox.due(connection, 30, "hold:%", limit=1)] == [two]


def test_rows_are_put_off_together(connection):
    numbers = [enter(connection, key, kind="hold:mail") for key in "abc"]

    outbox.postpone(connection, numbers[:2], 70)

    assert [r["id"] for r in outbox.due(connection, 69, "hold:%")] == numbers[2:]


def test_rows_are_read_by_number_and_by_time(connection):
    numbers = [enter(connection, key, at=at) for key, at in (("a", 5), ("b", 9))]

    assert [r["key"] for r in outbox.rows(connection, numbers)] == ["a", "b"]
    assert [r["key"] for r in outbox.since(connection, 6, "send:%")] == ["b"]
    assert outbox.row(connection, 99) is None


def test_two_workers_at_one_store_share_the_rows_and_send_none_twice(backend, tmp_path):
    url = databases.url(backend, tmp_path)
    one, other = Store(url), Store(url)
    with one.write() as connection:
        for number in range(6):
            enter(connection, f"k{number}")

    claimed = []
    for store in (one, other) * 4:
        with store.write() as connection:
            outbox.lock(connection)
            if (held := outbox.claim(connection, 10, 20)) is not None:
                claimed.append(held["id"])

    assert claimed == sorted({*claimed})
    assert len(claimed) == 6
    one.close()
    other.close()


_STEPS = st.lists(st.sampled_from(["claim", "settle", "back", "up", "retry", "wait"]), max_size=25)


@given(steps=_STEPS)
def test_whatever_becomes_of_a_row_it_is_settled_once_and_never_lost(steps):
    store = Store("sqlite://")
    from storage.tables import metadata  # noqa: PLC0415 (the tables of one example)

    metadata.create_all(store.engine)
    with store.write() as connection:
        number, now, held, settled = enter(connection, "a"), 0, [], 0
        for step in steps:
            now += 10
            if step == "claim" and (found := outbox.claim(connection, now, now + 25)):
                held.append(found)
            elif step == "settle" and held:
                settled += outbox.settle(connection, held.pop(0), now)
            elif step == "back" and held:
                outbox.give_back(connection, held.pop(0), "busy", now + 30)
            elif step == "up" and held:
                outbox.give_up(connection, held.pop(0), "no")
            elif step == "retry":
                outbox.retry(connection, number)

        row = outbox.row(connection, number)

        assert settled <= 1
        assert (row["sent_at"] is not None) == (settled == 1)
        if not settled:
            assert outbox.claim(connection, now + 1000, now + 2000) or outbox.retry(connection, number)
    store.close()


def test_a_row_is_known_by_its_key(connection):
    number = enter(connection, "decided:3:9")

    assert (outbox.numbered(connection, "decided:3:9"), outbox.numbered(connection, "decided:4:9")) == (number, None)


def test_told_is_who_was_really_sent_an_event(connection):
    event = kept.add_outbox(connection, 5, "decided", {}, key="e")

    def message(receiver, to, events, how):
        payload = {"events": events, "to": to}
        number = kept.add_outbox(connection, 6, f"send:{receiver}", payload, key=f"{receiver}{to}{events}")
        how(connection, outbox.row(connection, number))

    def sent(connection, row):
        outbox.settle(connection, row, 7)

    message("mail", 1, [event], sent)
    message("mail", 2, [77, event], sent)
    message("slack", None, [event], sent)
    message("mail", 3, [77], sent)
    message("mail", 4, [event], lambda _connection, _row: None)
    message("mail", 5, [event], lambda connection, row: outbox.give_up(connection, row, "no mailbox"))
    message("mail", 6, [event], lambda connection, row: outbox.settle(connection, row, 7, "overtaken"))

    assert outbox.told(connection, event) == {("mail", 1), ("mail", 2), ("slack", None)}
    assert outbox.told(connection, 999) == set()
