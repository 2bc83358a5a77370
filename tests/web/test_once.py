"""Forms that are sent twice are done once."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from starlette.datastructures import FormData

from storage import once as stored
from web import once
from web.forms import Form


class Asker:
    """As much of a request as `once` reads."""

    def __init__(self, clock, account=1, path="/requests", **fields):
        self.form = Form(FormData(fields))
        self.session = None if account is None else SimpleNamespace(account=SimpleNamespace(id=account))
        self.request = SimpleNamespace(url=SimpleNamespace(path=path))
        self.at = clock.now()


def do(desk, asker, path):
    with desk.store.write() as connection:
        before = once.earlier(asker, connection)
        if before is None:
            once.answered(asker, connection, path)
        return before


def test_a_form_that_was_sent_before_leads_to_where_it_led(desk, clock):
    assert do(desk, Asker(clock, once="abc", name="Quillfox"), "/requests/1") is None
    assert do(desk, Asker(clock, once="abc", name="Quillfox"), "/requests/2") == "/requests/1"


def test_what_was_changed_since_is_another_form(desk, clock):
    do(desk, Asker(clock, once="abc", name="Quillfox"), "/requests/1")
    assert do(desk, Asker(clock, once="abc", name="Otherfox"), "/requests/2") is None


def test_the_key_of_somebody_else_or_of_another_page_tells_nothing(desk, clock):
    do(desk, Asker(clock, once="abc", name="Quillfox"), "/requests/1")
    assert do(desk, Asker(clock, account=2, once="abc", name="Quillfox"), "/requests/2") is None
    assert do(desk, Asker(clock, account=None, once="abc", name="Quillfox"), "/requests/3") is None
    assert do(desk, Asker(clock, path="/cases/1", once="abc", name="Quillfox"), "/cases/1") is None


def test_the_secret_of_the_session_is_no_part_of_what_was_sent(desk, clock):
    do(desk, Asker(clock, once="abc", csrf="one", name="Quillfox"), "/requests/1")
    assert do(desk, Asker(clock, once="abc", csrf="two", name="Quillfox"), "/requests/2") == "/requests/1"


def test_without_a_key_or_with_an_endless_one_nothing_was_sent_before(desk, clock):
    for key in ("", "x" * 4_000):
        assert do(desk, Asker(clock, once=key), "/requests/1") is None
        assert do(desk, Asker(clock, once=key), "/requests/2") is None


def test_an_act_that_failed_leaves_the_key_free(desk, clock):
    def fail():
        with desk.store.write() as connection:
            assert once.earlier(Asker(clock, once="abc"), connection) is None
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert do(desk, Asker(clock, once="abc"), "/requests/1") is None


def test_of_two_at_the_same_moment_one_is_done(desk, clock):
    begun, found = threading.Barrier(2), []

    def send(number):
        begun.wait(timeout=10)
        found.append(do(desk, Asker(clock, once="abc", name="Quillfox"), f"/requests/{number}"))

    threads = [threading.Thread(target=send, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert found.count(None) == 1
    assert {one for one in found if one} <= {"/requests/1", "/requests/2"}


def test_keys_are_kept_as_digests_alone(desk, clock):
    do(desk, Asker(clock, once="abc", purpose="a secret purpose"), "/requests/1")
    with desk.store.read() as connection:
        assert stored.done(connection, "abc") is None
        rows = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM done_once")]
    assert len(rows) == 1
    assert "secret" not in str(rows)


def test_tokens_are_never_the_same():
    assert len({once.token() for _ in range(100)}) == 100
