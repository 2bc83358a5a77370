"""`[notify.receivers.NAME]`: every wrong key is named, and no value ever is."""

import pytest

from connectors.outgoing.registry import KINDS, receivers
from connectors.outgoing.shape import Message
from connectors.source_tables import Secret
from model.errors import ConfigError
from tests.connectors.outgoing.receiving import NOW, SECRET, wire

EVENTS = {"case_opened": "a tool was found", "decided": "a decision was made"}
MAIL = {"kind": "mail", "url": "env:SMTP", "sender": "ostiary@example.com"}
JIRA = {"kind": "jira", "site": "https://a.atlassian.net", "email": "a@b.de", "token": "env:T", "project": "IT"}


def test_tables_become_receivers_with_what_they_are_told():
    mail, jira = receivers(
        {"mail": MAIL | {"events": ["decided"], "units": ["Marketing"], "certificates": "ca.pem"}, "jira": JIRA}, EVENTS
    )

    assert (mail.name, mail.events, mail.units, mail.certificates) == ("mail", ("decided",), ("Marketing",), "ca.pem")
    assert mail.config.url == Secret("env:SMTP")
    assert jira.events == ("case_opened",)


def test_a_receiver_is_opened_without_a_secret_being_read(tmp_path):
    for table in ({"mail": MAIL}, {"jira": JIRA}, {"chat": {"kind": "chat", "url": "env:NONE"}}):
        (one,) = receivers(table, EVENTS)
        assert one.opened(wire(tmp_path))


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({}, r"notify\.receivers\.x\.kind: there are: mail, chat, jira, servicenow, webhook"),
        ({"kind": "pager"}, r"\.kind: there are"),
        (MAIL | {"url": f"smtps://u:{SECRET}@h"}, r"\.url: name the secret as env:NAME"),
        (MAIL | {"sendr": "x"}, r"\.sendr: unknown key; did you mean 'sender'"),
        ({"kind": "mail", "url": "env:X"}, "missing required field `sender`"),
        (MAIL | {"events": ["decidet"]}, r"\.events: there is no such event; did you mean 'decided'"),
        (MAIL | {"events": ["zzz"]}, r"\.events: there is no such event; there are: case_opened, decided"),
        (MAIL | {"events": "decided"}, r"\.events: a list of texts"),
        (MAIL | {"units": [" "]}, r"\.units: a list of texts"),
        (MAIL | {"certificates": 3}, r"\.certificates: the name of a file"),
        (JIRA | {"site": "http://a.example.com"}, r"\.site: write the address"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(table, why):
    with pytest.raises(ConfigError, match=why) as refused:
        receivers({"x": table}, EVENTS)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("name", [" ", "a>b", "a_b", "a%", "a\n"])
def test_a_name_is_one_that_rows_can_bear(name):
    with pytest.raises(ConfigError, match="a receiver's name"):
        receivers({name: MAIL}, EVENTS)


def test_everything_wrong_is_said_at_once():
    with pytest.raises(ConfigError, match=r"receivers\.a.*receivers\.b"):
        receivers({"a": {}, "b": {}}, EVENTS)


def test_kinds_are_called_by_their_own_names():
    assert all(name == kind.kind and kind.about for name, kind in KINDS.items())


def test_a_message_has_one_id_for_one_key():
    one, again, other = (Message(key=key, title="", text="", at=NOW) for key in ("a", "a", "b"))

    assert one.id == again.id != other.id
    assert len(one.id) == 32
