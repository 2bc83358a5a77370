"""The signed webhook: what its reader checks, and every way in which a message is refused."""

import base64
import hashlib
import hmac
import json
import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.outgoing.shape import NotTaken
from connectors.outgoing.webhook import TOLERANCE, Config, Webhook, signed, verify
from connectors.source_tables import Secret
from model.errors import ConfigError, Refused
from tests.connectors.outgoing.receiving import NOW, SECRET, Clock, http, logged, message, wire

KEY = "k" * 32
SECOND = timedelta(seconds=1)


@pytest.fixture
def web():
    with http() as found:
        yield found


def hook(folder, url, secret=KEY, clock=None):
    config = Config(url=Secret("env:URL"), secret=Secret("env:KEY"))
    return Webhook(config, wire(folder, clock, URL=url, KEY=secret))


def headers(request):
    return {name.lower(): value for name, value in request.headers.items()}


def test_what_arrives_can_be_checked_and_says_what_happened(tmp_path, web):
    hook(tmp_path, f"{web.base}/in?token={SECRET}").send(message(document={"event": "case_opened", "case": "1"}))

    (call,) = web.calls
    body = json.loads(call.get_data())
    assert verify(KEY.encode(), headers(call), call.get_data(), NOW) == message().id == body["id"]
    assert body == {"id": message().id, "at": NOW.isoformat(), "event": "case_opened", "case": "1"}
    assert call.args["token"] == SECRET


def test_a_message_that_is_sent_again_has_the_same_id_and_a_new_time(tmp_path, web):
    clock = Clock()
    receiver = hook(tmp_path, web.base, clock=clock)
    receiver.send(message())
    clock.at += timedelta(hours=1)
    receiver.send(message())

    first, again = (headers(call) for call in web.calls)
    assert first["webhook-id"] == again["webhook-id"]
    assert int(again["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 3600
    assert verify(KEY.encode(), again, web.calls[1].get_data(), clock.at)


def test_the_signature_is_that_of_standard_webhooks():
    told = signed(b"secret", "msg_1", NOW, b'{"a":1}')

    stamp = str(int(NOW.timestamp()))
    wanted = hmac.new(b"secret", f'msg_1.{stamp}.{{"a":1}}'.encode(), hashlib.sha256).digest()
    assert told == {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(wanted).decode()}",
    }


def test_a_secret_may_be_written_as_standard_webhooks_do(tmp_path, web):
    raw = bytes(range(32))
    hook(tmp_path, web.base, "whsec_" + base64.b64encode(raw).decode()).send(message())

    assert verify(raw, headers(web.calls[0]), web.calls[0].get_data(), NOW)


GOOD = signed(KEY.encode(), "m1", NOW, b"body")


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "m2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-signature": GOOD["webhook-signature"].replace("v1,", "v2,")},
    ],
)
def test_a_message_that_was_changed_is_refused(changed):
    with pytest.raises(Refused, match="signature"):
        verify(KEY.encode(), GOOD | changed, b"body", NOW)


def test_another_body_another_key_or_no_headers_are_refused():
    for key, told, body in ((KEY, GOOD, b"other"), ("x" * 32, GOOD, b"body"), (KEY, {}, b"body")):
        with pytest.raises(Refused, match="signature"):
            verify(key.encode(), told, body, NOW)


@pytest.mark.parametrize(("late", "held"), [(TOLERANCE, True), (-TOLERANCE, True), (TOLERANCE + SECOND, False)])
def test_a_message_is_taken_within_the_tolerance_alone(late, held):
    if held:
        assert verify(KEY.encode(), GOOD, b"body", NOW + late) == "m1"
        return
    for at in (NOW + late, NOW - late):
        with pytest.raises(Refused, match="too old"):
            verify(KEY.encode(), GOOD, b"body", at)


def test_a_time_that_is_none_is_refused_although_it_is_signed():
    told = b"m1.soon.body"
    good = "v1," + base64.b64encode(hmac.new(KEY.encode(), told, hashlib.sha256).digest()).decode()

    with pytest.raises(Refused, match="too old"):
        verify(KEY.encode(), {"webhook-id": "m1", "webhook-timestamp": "soon", "webhook-signature": good}, b"body", NOW)


def test_a_message_that_is_replayed_is_refused():
    known = set()

    def seen(number):
        return number in known or known.add(number) is not None

    assert verify(KEY.encode(), GOOD, b"body", NOW, seen) == "m1"
    with pytest.raises(Refused, match="before"):
        verify(KEY.encode(), GOOD, b"body", NOW, seen)


def test_a_reader_takes_any_of_several_signatures_while_a_secret_is_changed():
    both = GOOD | {"webhook-signature": f"v1,AAAA {GOOD['webhook-signature']}"}

    assert verify(KEY.encode(), both, b"body", NOW) == "m1"


@given(body=st.binary(), number=st.text("abcdef0123456789", min_size=1), at=st.integers(0, 86_400))
def test_every_message_that_is_signed_is_taken(body, number, at):
    moment = NOW + timedelta(seconds=at)

    assert verify(KEY.encode(), signed(KEY.encode(), number, moment, body), body, moment) == number


@pytest.mark.parametrize(
    ("url", "secret", "why"),
    [
        ("http://example.com/x", KEY, "env:URL: what stands there is no https address"),
        (f"https://{SECRET}@example.com/", KEY, "env:URL: what stands there is no https address"),
        ("https://example.com/", "short", "env:KEY: a webhook's secret has 24 bytes"),
        ("https://example.com/", "whsec_&&&", "env:KEY: what follows whsec_ is no base64"),
        ("https://example.com/", "", "env:KEY is not set"),
    ],
)
def test_what_cannot_work_is_refused_by_its_reference(tmp_path, url, secret, why):
    with pytest.raises(ConfigError, match=why) as refused:
        hook(tmp_path, url, secret).check()
    assert SECRET not in str(refused.value)


def test_a_good_configuration_calls_nobody_and_a_test_posts(tmp_path, web):
    receiver = hook(tmp_path, web.base)
    receiver.check()
    assert web.calls == []

    receiver.test(message())
    assert len(web.calls) == 1


def test_the_address_is_in_no_log(tmp_path, web, caplog):
    with caplog.at_level(logging.DEBUG):
        hook(tmp_path, f"{web.base}/{SECRET}").send(message())

    assert web.calls
    assert SECRET not in logged(caplog)


def test_a_reader_that_refuses_gets_it_no_more(tmp_path, web):
    web.faults.append((410,))

    with pytest.raises(NotTaken, match="the webhook answered with 410"):
        hook(tmp_path, web.base).send(message())
