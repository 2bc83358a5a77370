"""Okta live: the parts of apps, which are read several at once, and come as if they were read one after the other."""

import contextlib
import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.live import Window
from connectors.okta_live import APP_GROUPS, APP_USERS, GRANTS, TOKENS
from scanner.doctor import examine
from tests.scanner.house import app


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def okta(live, make_fake):
    fake = make_fake("okta", live.house.clock)
    live.add("okta", fake)
    return fake


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def test_people_and_groups_of_apps_and_rights_are_read(live, okta):
    live.scan()

    rows = live.house.rows(
        "SELECT st.name AS stream, r.native_id FROM record r JOIN stream st ON st.id = r.stream_id"
        " WHERE st.name IN ('app_users', 'app_groups', 'grants') ORDER BY 1, 2"
    )
    assert [r["native_id"] for r in rows if r["stream"] == "app_users"] == [
        *("0oa1/00uana", "0oa1/00ubo", "0oa1/00ucleo", "0oa2/00uana")
    ]
    assert [r["native_id"] for r in rows if r["stream"] == "grants"] == ["oag1", "oag2"]
    assert sum(r["stream"] == "app_groups" for r in rows) == 4
    first = [c for c in okta.calls if c.path.endswith("/groups") and "after" not in c.query]
    assert {c.query.get("expand") for c in first} == {"group"}


def test_the_last_assignment_of_all_may_end(live, okta):
    live.scan()
    okta.assigned.clear()

    live.scan()

    assert statuses(live)["app_users"] == "complete"
    rows = "SELECT count(*) FROM record r JOIN stream st ON st.id = r.stream_id WHERE st.name = 'app_users'"
    assert live.house.one(rows + " AND r.valid_to IS NULL") == 0


def test_an_organisation_that_suddenly_lists_nobody_closes_nobody(live, okta):
    live.scan()
    okta.people.clear()

    live.scan()

    rows = "SELECT count(*) FROM record r JOIN stream st ON st.id = r.stream_id WHERE st.name = 'users'"
    assert live.house.one(rows + " AND r.valid_to IS NULL") == 4


def test_an_app_that_is_deleted_while_its_parts_are_read_has_none(live, okta):
    okta.always = lambda call: "404" if call.path.startswith("/api/v1/apps/0oa1/") else None

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert live.house.one("SELECT count(*) FROM record WHERE native_id LIKE '0oa1/%'") == 0


def test_a_deleted_app_that_comes_back_is_the_same_and_two_of_one_name_are_two(live, okta):
    okta.apps.append(app(9, "HubSpot"))
    live.scan()
    gone = okta.apps.pop()
    live.scan()
    okta.apps.append(gone | {"label": "HubSpot (new)"})

    live.scan()

    rows = live.house.rows(
        "SELECT r.app, r.valid_to IS NULL AS open FROM record r JOIN stream st ON st.id = r.stream_id"
        " WHERE st.name = 'apps' AND r.native_id = '0oa9' ORDER BY r.valid_from"
    )
    assert [bool(r["open"]) for r in rows] == [False, True]
    assert "HubSpot (new)" in rows[1]["app"]
    assert live.house.one("SELECT count(*) FROM identity WHERE key = 'app_id:0oa9'") == 1


def test_refresh_tokens_of_clients_of_oauth_are_read_and_no_other_app_is_asked(live, okta):
    live.scan()

    rows = live.house.rows(
        "SELECT r.native_id, r.facts, r.app, a.native_id AS actor FROM record r JOIN stream st ON st.id = r.stream_id"
        " JOIN actor a ON a.id = r.actor_id WHERE st.name = 'refresh_tokens' ORDER BY 1"
    )
    assert [(r["native_id"], r["actor"]) for r in rows] == [("oar1", "00uana"), ("oar2", "00uana"), ("oar3", "00ubo")]
    assert all("offline_access" in r["facts"] and '"0oa2"' in r["app"] for r in rows)
    assert {c.path for c in okta.calls if c.path.endswith("/tokens")} == {"/api/v1/apps/0oa2/tokens"}


def test_a_refresh_token_that_is_taken_back_is_closed_by_the_next_scan(live, okta):
    live.scan()
    okta.tokens["0oa2"].pop()
    live.scan()
    okta.tokens.clear()

    live.scan()

    rows = live.house.rows("SELECT native_id FROM record WHERE native_id LIKE 'oar%' AND valid_to IS NULL")
    assert rows == []
    assert statuses(live)["refresh_tokens"] == "complete"


def test_the_doctor_asks_a_client_of_oauth_for_its_tokens_although_another_app_comes_first(live, okta):
    opened = live.opened["okta"]

    found = {e.feed.name: e for e in examine(opened, live.wire(opened))}

    assert [c.status.value for c in found["tokens"].coverage] == ["complete"]
    assert [c.path for c in okta.calls if c.path.endswith("/tokens")] == ["/api/v1/apps/0oa2/tokens"]


def test_the_parts_of_apps_are_read_four_at_once_and_no_more(live, okta):
    okta.apps += [app(n, f"Tool {n}") for n in range(10, 30)]
    lock, busy, most, gate = threading.Lock(), [0], [0], threading.Barrier(4, timeout=60)
    original = okta.route

    def watched(call):
        part = call.path.endswith("/users") and call.path.count("/") == 5
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
            first = part and sum(c.path.endswith("/users") and c.path.count("/") == 5 for c in okta.calls) <= 4
        if first and not gate.broken:
            with contextlib.suppress(threading.BrokenBarrierError):
                gate.wait()
        answer = original(call)
        with lock:
            busy[0] -= 1
        return answer

    okta.route = watched

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert most[0] == 4


def pages_of(live, feed):
    opened = live.opened["okta"]
    session = opened.source.connect(opened.config, live.wire(opened))
    now = live.house.clock.now()
    try:
        return [page.body for page in session.pages(feed, Window(since=now, until=now))]
    finally:
        session.close()


@pytest.mark.parametrize("feed", [APP_USERS, APP_GROUPS, GRANTS, TOKENS], ids=lambda feed: feed.name)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sizes=st.lists(st.integers(0, 7), min_size=1, max_size=9), slow=st.randoms(use_true_random=False))
def test_pages_come_in_the_order_of_the_apps_whichever_answers_first_and_twice_is_once(live, okta, feed, sizes, slow):
    okta.apps = [app(n, f"Tool {n}", signOnMode="OPENID_CONNECT") for n in range(len(sizes))]
    okta.assigned = {f"0oa{n}": [f"p{n}x{at}" for at in range(size)] for n, size in enumerate(sizes)}
    okta.groups = okta.assigned
    okta.grants = {f"0oa{n}": [okta._grant(n * 100 + at, "x") for at in range(size)] for n, size in enumerate(sizes)}
    okta.tokens = {
        f"0oa{n}": [okta._refresh_token(n * 100 + at, "p") for at in range(size)] for n, size in enumerate(sizes)
    }
    okta.calls.clear()

    first = pages_of(live, feed)

    assert pages_of(live, feed) == first
    expected = [max(1, -(-size // okta.size)) for size in sizes]
    assert len(first) == sum(expected)
    ids = [item["id"] for body in first for item in json.loads(body)]
    word = {"app_users": "assigned", "app_groups": "groups"}.get(feed.name, feed.name)
    prefix = {"app_users": "00u", "app_groups": "00g"}.get(feed.name, "")
    listed = [item for n in range(len(sizes)) for item in getattr(okta, word).get(f"0oa{n}", [])]
    assert ids == [item["id"] if isinstance(item, dict) else prefix + item for item in listed]


def test_one_app_that_is_refused_ends_the_stream_after_what_lies_before_it(live, okta):
    okta.apps += [app(n, f"Tool {n}") for n in range(10, 20)]
    okta.assigned |= {f"0oa{n}": ["bo"] for n in range(10, 20)}
    okta.always = lambda call: "403" if call.path == "/api/v1/apps/0oa12/users" else None

    live.scan()

    row = live.coverage()["okta", "app_users"]
    assert row["status"] == "refused"
    assert row["read"] == 4 + 2
    assert live.house.one("SELECT count(*) FROM record WHERE native_id = '0oa13/00ubo'") == 0


@pytest.mark.parametrize("apps", [40, 400])
def test_what_is_read_ahead_does_not_grow_with_the_organisation(live, okta, apps):
    okta.size = 200
    okta.apps = [app(n, f"Tool {n}") for n in range(apps)]
    opened = live.opened["okta"]
    session = opened.source.connect(opened.config, live.wire(opened))
    now, ahead = live.house.clock.now(), 0

    for handed, _ in enumerate(session.pages(APP_USERS, Window(since=now, until=now))):
        ahead = max(ahead, sum(call.path.count("/") == 5 for call in list(okta.calls)) - handed)
    session.close()

    assert handed == apps - 1
    assert ahead <= 2 * 4 + 2
