"""The benchmark of live sources measures a scan of all that its tenant has."""

import json

import msgspec
import pytest

from benchmarks import bench_live, live_reader
from benchmarks.live_vendor import APPS, Tenant

PEOPLE, EVENTS = 90, 2_300


@pytest.fixture
def tenant():
    found = Tenant(PEOPLE, EVENTS)
    found.base = "http://vendor.example"
    return found


def test_the_tenant_assigns_everybody_once_and_numbers_its_events(tenant):
    events = [json.loads(tenant.event(number)) for number in range(EVENTS)]
    assigned = [
        json.loads(make(number))["id"]
        for app in range(APPS)
        for make, count, _ in [tenant.listing(f"/api/v1/apps/0oa{app:03}/users")]
        for number in range(count)
    ]

    assert len({e["uuid"] for e in events}) == EVENTS
    assert sorted(e["published"] for e in events) == [e["published"] for e in events]
    assert {e["actor"]["id"] for e in events} == set(assigned)
    assert len(assigned) == PEOPLE


def test_a_scan_keeps_all_of_it_and_waits_only_on_the_simulated_clock(tmp_path, monkeypatch):
    # The reader looks at its own memory; what else this process does is none of its business.
    monkeypatch.setattr(live_reader, "cpu", lambda: 0.0)
    with bench_live.tenant(PEOPLE, EVENTS) as base:
        found = live_reader.run_scan(base, str(tmp_path))
        bare = live_reader.run_bare(base)

    assert bench_live.wrong(found, PEOPLE, EVENTS) == []
    assert found["waited"] >= 30
    assert bare["counted"] == EVENTS + 2 * PEOPLE + APPS
    assert msgspec.json.encode(found)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"usage": [EVENTS - 1, PEOPLE]}, f"the roll-up holds [{EVENTS - 1}, {PEOPLE}] (sign-ins, people)"),
        ({"users": ["refused", PEOPLE]}, "users: refused"),
        ({"sign_ins": ["complete", 7]}, f"sign_ins: 7 of {EVENTS}"),
    ],
)
def test_what_is_lost_is_told(changed, told):
    streams = {"users": PEOPLE, "app_users": PEOPLE, "sign_ins": EVENTS}
    found = {"streams": {name: ["complete", count] for name, count in streams.items()}, "usage": [EVENTS, PEOPLE]}
    assert bench_live.wrong(found, PEOPLE, EVENTS) == []
    if "usage" in changed:
        found |= changed
    else:
        found["streams"] |= changed

    assert bench_live.wrong(found, PEOPLE, EVENTS) == [told]
