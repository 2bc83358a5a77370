"""What takes long is made by the first who asks."""

import threading

import pytest

from web.made_once import MadeLately, MadeOnce


def test_a_value_is_made_once_for_each_key():
    held, made = MadeOnce(), []

    found = [held.get(key, lambda key=key: made.append(key) or key.upper()) for key in ("a", "b", "a")]

    assert (found, made) == (["A", "B", "A"], ["a", "b"])


def test_nothing_is_a_value_too():
    held, made = MadeOnce(), []

    assert [held.get("a", lambda: made.append(1)) for _ in range(2)] == [None, None]
    assert made == [1]


def test_what_fails_is_tried_again_by_the_next_who_asks():
    held = MadeOnce()

    with pytest.raises(ZeroDivisionError):
        held.get("a", lambda: 1 / 0)
    assert held.get("a", lambda: 2) == 2


def test_others_wait_for_the_one_who_makes_it_and_not_for_another_key():
    held, made = MadeOnce(), []
    begun, ready = threading.Event(), threading.Event()

    def slowly():
        made.append(1)
        begun.set()
        ready.wait(5)
        return "slow"

    found = []
    threads = [threading.Thread(target=lambda: found.append(held.get("a", slowly))) for _ in range(3)]
    for thread in threads:
        thread.start()
    begun.wait(5)
    assert held.get("b", lambda: "quick") == "quick"
    ready.set()
    for thread in threads:
        thread.join()

    assert (found, made) == (["slow"] * 3, [1])


# --- lately ----------------------------------------------------------------------------------------------------------


def test_what_was_asked_for_lately_is_kept_and_the_rest_is_made_again():
    held, made = MadeLately(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        held.get(key, lambda key=key: made.append(key))

    assert made == ["a", "b", "c", "b"]


def test_no_more_is_kept_than_was_said():
    held = MadeLately(3)
    for key in range(100):
        held.get(key, lambda: None)

    assert len(held._made) == 3


def test_what_fails_lately_is_not_kept():
    held = MadeLately(2)

    with pytest.raises(ZeroDivisionError):
        held.get("a", lambda: 1 / 0)
    assert held.get("a", lambda: 2) == 2
