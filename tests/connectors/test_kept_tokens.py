"""Tokens shared by calls side by side: fetched once, and once more where one was refused."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kept_tokens import KeptTokens
from model.errors import Transient


class Endpoint:
    """A token endpoint that counts, and may wait until so many ask."""

    def __init__(self, error=None):
        self.numbers, self.error, self.calls = itertools.count(), error, []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, key):
        self.calls.append(key)
        self.open.wait(5)
        if self.error is not None:
            raise self.error
        return f"{key}{next(self.numbers)}"


def test_a_token_is_fetched_once_for_each_key():
    endpoint = Endpoint()
    tokens = KeptTokens(endpoint, lambda _token: True)

    assert [tokens.get("a"), tokens.get("a"), tokens.get("b")] == ["a0", "a0", "b1"]
    assert endpoint.calls == ["a", "b"]


def test_one_that_is_no_longer_good_is_fetched_anew():
    endpoint = Endpoint()
    tokens = KeptTokens(endpoint, lambda token: token != "a0")

    assert [tokens.get("a"), tokens.get("a"), tokens.get("a")] == ["a0", "a1", "a1"]


def at_once(tokens, endpoint, count):
    """Let so many threads ask while the endpoint has not yet answered; return what each was told."""
    endpoint.open.clear()
    begun = threading.Barrier(count + 1, timeout=60)

    def ask(_number):
        begun.wait()
        try:
            return tokens.get("a")
        except Transient as error:
            return str(error)

    with ThreadPoolExecutor(count) as pool:
        told = [pool.submit(ask, n) for n in range(count)]
        begun.wait()
        while not endpoint.calls:
            threading.Event().wait(0.001)
        endpoint.open.set()
        return [t.result() for t in told]


def test_all_that_ask_at_the_same_time_get_the_same():
    endpoint = Endpoint()
    tokens = KeptTokens(endpoint, lambda _token: True)

    assert at_once(tokens, endpoint, 6) == ["a0"] * 6
    assert endpoint.calls == ["a"]


def test_a_refusal_is_told_and_the_next_call_tries_anew():
    endpoint = Endpoint(Transient("no"))
    tokens = KeptTokens(endpoint, lambda _token: True)
    with pytest.raises(Transient):
        tokens.get("a")
    endpoint.error = None

    assert tokens.get("a") == "a0"
    assert not KeptTokens(endpoint, bool).forget("a")


def test_a_token_that_several_calls_find_refused_is_renewed_once():
    endpoint = Endpoint()
    tokens = KeptTokens(endpoint, lambda _token: True)
    used, renewed = threading.Barrier(4, timeout=60), threading.Barrier(4, timeout=60)

    def call(_number):
        first = tokens.get("a")
        used.wait()
        assert tokens.forget("a")
        second = tokens.get("a")
        renewed.wait()
        return first, second

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(call, range(4))) == {("a0", "a1")}
    assert endpoint.calls == ["a", "a"]


def test_nothing_is_kept_after_the_end():
    endpoint = Endpoint()
    tokens = KeptTokens(endpoint, lambda _token: True)
    tokens.get("a")

    tokens.clear()

    assert not tokens.forget("a")
    assert tokens.get("a") == "a1"


@given(st.lists(st.sampled_from(["get a", "get b", "forget a", "forget b"]), max_size=20))
def test_getting_twice_is_getting_once(acts):
    endpoint = Endpoint()
    tokens = KeptTokens(endpoint, lambda _token: True)
    for act in acts:
        verb, key = act.split()
        if verb == "forget":
            tokens.forget(key)
            continue
        first, fetched = tokens.get(key), len(endpoint.calls)
        assert tokens.get(key) == first
        assert len(endpoint.calls) == fetched
