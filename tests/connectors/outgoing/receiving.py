"""Receivers on loopback: an HTTP server that records and fails on demand, and a real mail server."""

from __future__ import annotations

import email
import re
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connectors.live import Wire
from connectors.outgoing.shape import Message
from connectors.secrets import References

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
#: A server for many tests, where a session keeps one: stopping takes half a second.
SHARED: list[HTTPServer] = []
SECRET = "s3cr3t-of-the-receiver"


class Clock:
    def __init__(self, at=NOW):
        self.at = at

    def now(self):
        return self.at


def wire(folder, clock=None, **environment):
    return Wire(secrets=References(folder, environment), clock=clock or Clock())


def message(key="case_opened:1:2>x>", **more):
    said = {"title": "A new marketing tool was found: Quillfox", "text": "Quillfox is in use.\n\nCase 1\nMore"}
    return Message(key=key, at=NOW, **(said | more))


class Http:
    """Answers each call by `route`, unless a fault is due: (status, headers)."""

    def __init__(self, server):
        self.server, self.calls, self.faults = server, [], []
        self.base = server.url_for("").rstrip("/")
        self.route = lambda _request: Response("{}", 200)
        server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    def _answer(self, request):
        request.get_data()
        self.calls.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if callable(fault):
            return fault(request)
        return Response("no", *fault) if fault else self.route(request)


@contextmanager
def http():
    server = SHARED[0] if SHARED else started()
    try:
        yield Http(server)
    finally:
        server.clear()
        if not SHARED:
            server.stop()


def started():
    server = HTTPServer(host="127.0.0.1", threaded=True)
    server.start()
    return server


class Mailbox:
    """What a mail server took; `answers` are what it says to the next mails instead."""

    def __init__(self):
        self.letters, self.envelopes, self.answers = [], [], []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 (aiosmtpd's name)
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 (the same)
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def logged(caplog):
    """Return what was logged by everybody but the server of the test."""
    return "".join(record.getMessage() for record in caplog.records if record.name != "werkzeug")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def mail_server(**options):
    """Run a real SMTP server; yields its mailbox and port."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def password_is(wanted):
    """Return an authenticator that takes one password."""

    def check(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=data.password == wanted.encode(), handled=False)

    return check
