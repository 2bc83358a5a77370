"""Mail, against a real SMTP server on loopback: what arrives, what a refusal means, and what is never said."""

import ssl

import pytest

from connectors.outgoing.mail import Config, Mail
from connectors.outgoing.shape import NotTaken
from connectors.source_tables import Secret
from model.errors import AccessDenied, ConfigError, Transient, Unreachable
from tests.connectors.outgoing.receiving import SECRET, mail_server, message, password_is, wire

SENDER = "ostiary@example.com"


def mail(folder, url, sender=SENDER):
    return Mail(Config(url=Secret("env:SMTP"), sender=sender), wire(folder, SMTP=url))


@pytest.fixture
def server():
    with mail_server() as found:
        yield found


@pytest.fixture
def sent(tmp_path, server):
    box, port = server
    return box, mail(tmp_path, f"smtp+plain://127.0.0.1:{port}")


def test_a_message_arrives_as_plain_text_of_the_sender_at_the_address(sent):
    box, receiver = sent

    receiver.send(message(to="ana@example.com"))

    (letter,) = box.letters
    assert box.envelopes == [(SENDER, ["ana@example.com"])]
    assert (letter["From"], letter["To"]) == (SENDER, "ana@example.com")
    assert letter["Subject"] == "A new marketing tool was found: Quillfox"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().splitlines() == ["Quillfox is in use.", "", "Case 1", "More"]


def test_the_same_thing_told_twice_has_the_same_message_id_and_others_have_others(sent):
    box, receiver = sent

    for key in ("a", "a", "b"):
        receiver.send(message(key, to="ana@example.com"))

    first, again, other = (letter["Message-ID"] for letter in box.letters)
    assert first == again == f"<{message('a').id}@example.com>"
    assert other != first


def test_names_beyond_ascii_arrive_and_none_makes_a_header_of_its_own(sent):
    box, receiver = sent
    receiver.send(message(to="ana@example.com", title="Füchslein 🦊", text="Grüße"))

    with pytest.raises(NotTaken):
        receiver.send(message(to="ana@example.com", title="x\r\nBcc: all@example.com"))

    assert (box.letters[0]["Subject"], box.letters[0].get_content()) == ("Füchslein 🦊", "Grüße\r\n")
    assert len(box.letters) == 1


@pytest.mark.parametrize("to", [None, "ana@example.com\r\nBcc: x@example.com"])
def test_without_an_address_that_is_one_nothing_is_sent(sent, to):
    box, receiver = sent

    with pytest.raises(NotTaken):
        receiver.send(message(to=to))
    assert box.letters == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 later", Transient), ("552 too much", NotTaken), ("535 no", AccessDenied), ("421 closing", Transient)],
)
def test_what_the_server_answers_decides_whether_it_is_tried_again(sent, answer, error):
    box, receiver = sent
    box.answers.append(answer)

    with pytest.raises(error, match=answer[:3]):
        receiver.send(message(to="ana@example.com"))

    receiver.send(message(to="ana@example.com"))
    assert len(box.letters) == 1


def test_a_mailbox_that_is_not_there_is_not_tried_again(sent):
    with pytest.raises(NotTaken, match="550"):
        sent[1].send(message(to="nobody@example.com"))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_password_of_the_address_signs_in(tmp_path):
    options = {"authenticator": password_is("p@ss/1"), "auth_required": True, "auth_require_tls": False}
    with mail_server(**options) as (box, port):
        mail(tmp_path, f"smtp+plain://ostiary:p%40ss%2F1@127.0.0.1:{port}").send(message(to="ana@example.com"))
        with pytest.raises(AccessDenied, match="535") as refused:
            mail(tmp_path, f"smtp+plain://ostiary:{SECRET}@127.0.0.1:{port}").send(message(to="ana@example.com"))

    assert len(box.letters) == 1
    assert SECRET not in str(refused.value)


def test_smtp_goes_on_with_nothing_less_than_starttls(tmp_path, server):
    box, port = server

    with pytest.raises(Unreachable, match="STARTTLS"):
        mail(tmp_path, f"smtp://ostiary:{SECRET}@127.0.0.1:{port}").send(message(to="ana@example.com"))
    assert box.letters == []


def test_a_server_that_speaks_no_tls_is_not_trusted(tmp_path, server):
    with pytest.raises(Unreachable, match="certificate"):
        mail(tmp_path, f"smtps://127.0.0.1:{server[1]}").send(message(to="ana@example.com"))


def test_a_server_that_is_not_there_says_so_without_its_address(tmp_path):
    with pytest.raises(Unreachable) as refused:
        mail(tmp_path, f"smtp+plain://me:{SECRET}@127.0.0.1:9").send(message(to="ana@example.com"))

    assert SECRET not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


def test_a_server_that_breaks_off_is_tried_again(tmp_path, server, monkeypatch):
    def breaks(*_given, **_named):
        raise TimeoutError

    monkeypatch.setattr("smtplib.SMTP.send_message", breaks)

    with pytest.raises(Transient, match="broke off"):
        mail(tmp_path, f"smtp+plain://127.0.0.1:{server[1]}").send(message(to="ana@example.com"))


@pytest.mark.parametrize("url", ["http://x", "smtp://", f"smtps://u:{SECRET}@h:99999", SECRET])
def test_an_address_that_is_none_is_refused_without_being_said(tmp_path, url):
    with pytest.raises(ConfigError, match="env:SMTP: what stands there is no mail server") as refused:
        mail(tmp_path, url).check()

    assert SECRET not in str(refused.value)


def test_a_sender_is_an_address_and_a_good_configuration_calls_nobody(tmp_path):
    with pytest.raises(ConfigError, match="sender"):
        mail(tmp_path, "smtps://h", sender="Ostiary").check()

    mail(tmp_path, "smtps://nowhere.invalid").check()


def test_a_test_is_a_mail_like_any_other(sent):
    box, receiver = sent

    receiver.test(message(to="ana@example.com"))

    assert len(box.letters) == 1
    assert issubclass(ssl.SSLError, OSError)  # what the order of refusals rests on
