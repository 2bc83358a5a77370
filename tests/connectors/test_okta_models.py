"""Okta's fake against the models of Okta's own SDK: what it answers, Okta may answer; what we ask, the SDK may ask."""

import json
from datetime import timedelta

import pytest

from connectors.live import Window
from connectors.okta_live import SOURCE
from scanner.doctor import examine
from tests.connectors.fakes.okta_models import CALLS, wrong_answer, wrong_call, wrong_error
from tests.scanner.house import app, event, user


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def okta(live, make_fake):
    """Make the fake, which keeps what it answers."""
    fake = make_fake("okta", live.house.clock)
    live.add("okta", fake)
    fake.answered = []
    original = fake.route

    def kept(call):
        answer = original(call)
        fake.answered.append((call, answer.status_code, json.loads(answer.get_data())))
        return answer

    fake.route = kept
    return fake


def called(okta):
    """Return the words that tell the listings apart that were called."""
    return {call.path.rpartition("/")[2] for call, _, _ in okta.answered}


def test_all_that_a_scan_asks_the_sdk_would_ask(live, okta):
    live.scan()
    live.scan()

    assert called(okta) == {pattern.rpartition("/")[2] for pattern in CALLS}
    assert [why for call, _, _ in okta.answered for why in wrong_call(call.path, call.query)] == []


def test_all_that_the_fake_answers_to_a_scan_fits_the_models(live, okta):
    live.scan()

    assert [why for call, _, found in okta.answered for why in wrong_answer(call.path, found)] == []
    assert all(status == 200 for _, status, _ in okta.answered)


def test_all_that_is_asked_for_in_a_probe_fits_the_sdk(live, okta):
    list(examine(live.opened["okta"], live.wire(live.opened["okta"])))

    assert called(okta) == {pattern.rpartition("/")[2] for pattern in CALLS}
    assert [why for call, _, _ in okta.answered for why in wrong_call(call.path, call.query)] == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_errors_of_the_fake_are_okta_s(okta, status):
    answer = okta.error(status, okta.calls[0] if okta.calls else type("Call", (), {"path": "/api/v1/users"}))

    assert wrong_error(json.loads(answer.get_data())) == []


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("/api/v1/users", user("ana")),
        ("/api/v1/apps", app(1, "HubSpot")),
        ("/api/v1/logs", event(1)),
    ],
)
def test_the_records_that_other_tests_use_are_okta_s(path, record):
    assert wrong_answer(path, [record]) == []


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("/api/v1/users", user("ana", status="GONE")),
        ("/api/v1/users", user("ana") | {"nickname": "Ana"}),
        ("/api/v1/apps", app(1, "HubSpot", status="WORKING")),
        ("/api/v1/apps/0oa1/tokens", {"id": "oar1", "scopes": "openid"}),
        ("/api/v1/apps/0oa1/tokens", {"id": "oar1", "status": "ENDED"}),
        ("/api/v1/apps/0oa1/tokens", {"id": "oar1", "_links": {"app": {"address": "x"}}}),
        ("/api/v1/apps/0oa1/grants", {"id": "oag1"}),
        ("/api/v1/apps", app(1, "HubSpot", signOnMode="OPENID_CONNECT")),
    ],
)
def test_the_models_would_tell_a_record_that_is_not_okta_s(path, record):
    assert wrong_answer(path, [record])


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/apps/0oa1/tokens", {"limit": "201"}),
        ("/api/v1/apps/0oa1/tokens", {"size": "20"}),
        ("/api/v1/apps/0oa1/users", {"limit": "501"}),
        ("/api/v1/apps/0oa1/grants", {"limit": "200"}),
    ],
)
def test_the_sdk_would_tell_a_call_that_is_not_okta_s(path, query):
    assert wrong_call(path, query)


def test_every_listing_of_the_source_is_one_of_the_sdk(live, okta):
    opened, now = live.opened["okta"], live.house.clock.now()
    session = SOURCE.connect(opened.config, live.wire(opened))
    for feed in SOURCE.feeds:
        assert list(session.pages(feed, Window(since=now - timedelta(days=30), until=now)))
    session.close()

    assert called(okta) == {pattern.rpartition("/")[2] for pattern in CALLS}
