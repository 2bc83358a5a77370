"""Channels through apprise, over a socket: what arrives, what a refusal means, and that no address is ever said."""

import json
import logging

import pytest

from connectors.outgoing.chat import Chat, Config
from connectors.source_tables import Secret
from model.errors import AccessDenied, ConfigError, RateLimited, Transient
from tests.connectors.outgoing.receiving import SECRET, http, logged, mail_server, message, wire


@pytest.fixture
def web():
    with http() as found:
        yield found


def chat(folder, url):
    return Chat(Config(url=Secret("env:CHAT")), wire(folder, CHAT=url))


@pytest.fixture
def channel(tmp_path, web):
    return chat(tmp_path, f"json://127.0.0.1:{web.server.port}/{SECRET}")


def test_a_message_is_told_with_title_and_text(channel, web):
    channel.send(message())

    told = json.loads(web.calls[0].get_data())
    assert told["title"] == "A new marketing tool was found: Quillfox"
    assert told["message"].startswith("Quillfox is in use.")


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, Transient), (404, Transient), (401, AccessDenied), (403, AccessDenied), (429, RateLimited)],
)
def test_a_refusal_is_told_by_its_status_alone(channel, web, caplog, capsys, status, error):
    web.faults.append((status,))

    with pytest.raises(error) as refused, caplog.at_level(logging.DEBUG):
        channel.send(message())

    told = str(refused.value) + logged(caplog) + "".join(capsys.readouterr())
    assert SECRET not in told
    assert "127.0.0.1" not in told


def test_a_channel_that_is_not_there_is_tried_again(tmp_path):
    with pytest.raises(Transient, match="did not take the message"):
        chat(tmp_path, f"json://127.0.0.1:9/{SECRET}").send(message())


def test_what_cannot_be_said_is_not_told(channel):
    with pytest.raises(Transient):
        channel.send(message(title="", text=""))


@pytest.mark.parametrize("url", ["nothing://x", SECRET, "slack://"])
def test_an_address_that_apprise_does_not_know_is_refused_without_being_said(tmp_path, url, caplog, capsys):
    with pytest.raises(ConfigError, match="env:CHAT: what stands there is no address") as refused:
        chat(tmp_path, url).check()

    assert url not in str(refused.value) + caplog.text + "".join(capsys.readouterr())


def test_a_good_address_is_known_without_a_call(channel, web):
    channel.check()
    assert web.calls == []

    channel.test(message())
    assert len(web.calls) == 1


def test_a_shared_mailbox_is_a_channel_too(tmp_path):
    with mail_server() as (box, port):
        url = f"mailto://127.0.0.1:{port}?from=ostiary@example.com&to=team@example.com&mode=insecure"
        chat(tmp_path, url).send(message())

    assert box.envelopes == [("ostiary@example.com", ["team@example.com"])]


def test_the_logs_of_others_are_as_before(channel):
    log = logging.getLogger("apprise")
    before = (log.handlers, log.level, log.propagate)

    channel.send(message())

    assert (log.handlers, log.level, log.propagate) == before
