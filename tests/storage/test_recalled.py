"""A connection that only reads is asked the same once; every other one each time."""

import pytest
from sqlalchemy import text

from storage.recalled import once_a_read


@pytest.fixture
def asked():
    """What was asked, and a question that notes it."""
    noted = []

    @once_a_read
    def ask(connection, *args, **named):
        noted.append((args, named))
        return connection.scalar(text("SELECT 0"))

    return ask, noted


def begin(connection):
    connection.execute(text("SELECT 1"))


def test_who_recalls_is_asked_the_same_once(open_store, asked):
    ask, noted = asked
    with open_store().read(recalls=True) as connection:
        begin(connection)
        answers = [ask(connection, "a"), ask(connection, "a"), ask(connection, "b"), ask(connection, "a")]

    assert answers == [0, 0, 0, 0]
    assert noted == [(("a",), {}), (("b",), {})]


def test_every_argument_counts(open_store, asked):
    ask, noted = asked
    with open_store().read(recalls=True) as connection:
        begin(connection)
        for call in (lambda: ask(connection, "a"), lambda: ask(connection, ["a"]), lambda: ask(connection, name="a")):
            call(), call()

    assert len(noted) == 3


@pytest.mark.parametrize("how", [lambda store: store.read(), lambda store: store.write()])
def test_who_does_not_recall_is_asked_each_time(open_store, asked, how):
    ask, noted = asked
    with how(open_store()) as connection:
        begin(connection)
        ask(connection), ask(connection)

    assert len(noted) == 2


def test_another_reading_knows_nothing_of_the_one_before(open_store, asked):
    ask, noted = asked
    store = open_store()
    for _ in range(2):
        with store.read(recalls=True) as connection:
            begin(connection)
            ask(connection)

    assert len(noted) == 2


def test_another_state_is_asked_anew(open_store, asked):
    ask, noted = asked
    with open_store().read(recalls=True) as connection:
        begin(connection)
        ask(connection)
        connection.rollback()
        ask(connection)
        begin(connection)
        ask(connection)

    assert len(noted) == 3


def test_what_fails_is_asked_again(open_store):
    tried = []

    @once_a_read
    def ask(_connection):
        tried.append(1)
        if len(tried) == 1:
            raise ZeroDivisionError
        return "done"

    with open_store().read(recalls=True) as connection:
        begin(connection)
        with pytest.raises(ZeroDivisionError):
            ask(connection)
        assert ask(connection) == "done"
