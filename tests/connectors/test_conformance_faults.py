"""What every live source keeps whatever goes wrong at whatever call; see `test_conformance_refusals.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.registry import SOURCES
from tests.connectors.fakes.base import LASTING, PASSING
from tests.connectors.live import statuses

KINDS = sorted(SOURCES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_403_on_any_call_loses_nothing_and_is_never_nothing_there(make_scanned, kind):
    live, fake = make_scanned(kind)
    before, calls = live.picture(), len(fake.calls)
    for number in range(1, calls + 1, max(1, calls // 8)):
        at = len(fake.calls) + number
        fake.faults[at] = "403"

        live.scan()

        assert live.picture() == before
        assert at in fake.faults or "refused" in statuses(live).values()
    fake.faults.clear()
    live.scan()
    assert set(statuses(live).values()) == {"complete"}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_goes_wrong_at_whatever_calls_a_further_run_ends_with_the_signals_of_an_undisturbed_one(
    make, make_scanned, kind, data
):
    calls, undisturbed = calm(make_scanned, kind)
    live, fake = make(kind)
    places = st.dictionaries(st.integers(1, 2 * calls), st.sampled_from((*PASSING, *LASTING)), max_size=8)
    fake.faults = data.draw(places, label="faults")
    storm = data.draw(st.none() | st.tuples(st.integers(1, calls), st.sampled_from(PASSING)), label="storm")
    if storm is not None:
        fake.always = lambda _call: storm[1] if len(fake.calls) >= storm[0] else None
    skew = data.draw(st.sampled_from((0, 0, -3 * 3600, 3 * 3600, 400 * 24 * 3600)), label="skew")
    fake.skew = timedelta(seconds=skew)

    live.scan()
    fake.faults, fake.always, fake.skew = {}, lambda _call: None, timedelta(0)
    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert {name: live.picture()[name] for name in undisturbed} == undisturbed


_CALM: dict[str, tuple[int, dict[str, object]]] = {}


def calm(make_scanned, kind):
    """Return how many calls an undisturbed run makes, and the signals that it ends with."""
    if kind not in _CALM:
        live, fake = make_scanned(kind)
        _CALM[kind] = len(fake.calls), {name: live.picture()[name] for name in ("records", "usage")}
    return _CALM[kind]
