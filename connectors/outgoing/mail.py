"""Mail to each person: plain text over SMTP, with a `Message-ID` that is the same however often it is sent.

apprise sends mail too, but makes a new Message-ID each time (apprise 2.2, `plugins/email/base.py`), by which no mail
system could tell that it has a message already; hence the standard library here.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from connectors.http import trusted
from connectors.live import Wire
from connectors.outgoing.shape import Kind, Message, NotTaken
from connectors.source_tables import Secret
from model.errors import AccessDenied, ConfigError, Transient, Unreachable

_SECONDS = 30.0
#: Scheme -> the port where none is named. `smtp` asks for STARTTLS and goes on with nothing less.
_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
_WRITTEN = "write smtps://USER:PASSWORD@HOST, smtp://... (STARTTLS) or smtp+plain://HOST (a relay next to it)"


@dataclass(frozen=True, kw_only=True)
class Config:
    """`url` is a reference; `sender` the address from which mail comes."""

    url: Secret
    sender: str


class Mail:
    """Sends one mail a message."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire = config, wire

    def check(self) -> None:
        """Raise ConfigError."""
        self._server()

    def send(self, message: Message) -> None:
        """Hand a mail to the server; it has it once this returns."""
        if message.to is None:
            raise NotTaken("there is no address to write to")
        try:
            letter = self.letter(message)
        except ValueError:
            raise NotTaken("the address is none that mail can be sent to") from None
        try:
            self._hand_over(self._server(), letter)
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise _answered(min(code for code, _ in error.recipients.values())) from None
        except ssl.SSLError:
            raise Unreachable("the certificate of the mail server does not verify", "check host and scheme") from None
        except (smtplib.SMTPServerDisconnected, TimeoutError):
            raise Transient("the mail server broke off, or does not answer in time") from None
        except smtplib.SMTPNotSupportedError:
            raise Unreachable(
                "the mail server does not offer what is needed: STARTTLS, signing in, or addresses beyond ASCII",
                "smtps:// and smtp+plain:// do without STARTTLS",
            ) from None
        except OSError:
            raise Unreachable("the mail server cannot be reached", "check host and port") from None

    def test(self, message: Message) -> None:
        """Send a mail like any other."""
        self.send(message)

    def letter(self, message: Message) -> EmailMessage:
        """Return the mail. Raises ValueError where an address is none."""
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"] = self._config.sender, message.to, message.title
        made["Date"] = format_datetime(message.at)
        made["Message-ID"] = f"<{message.id}@{self._config.sender.rpartition('@')[2].strip('<> ')}>"
        made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence note answers it
        made.set_content(message.text + "\n")
        return made

    def _server(self) -> SplitResult:
        reference = self._config.url.reference
        found = urlsplit(self._config.url.read(self._wire.secrets))
        try:
            port_is_one = found.port is None or found.port > 0
        except ValueError:
            port_is_one = False
        if found.scheme not in _PORTS or not found.hostname or not port_is_one:
            raise ConfigError(f"{reference}: what stands there is no mail server; {_WRITTEN}")
        if "@" not in self._config.sender:
            raise ConfigError("sender: an address, such as ostiary@example.com")
        return found

    def _hand_over(self, server: SplitResult, letter: EmailMessage) -> None:
        host, port, trust = str(server.hostname), server.port or _PORTS[server.scheme], trusted(self._wire.certificates)
        client: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=trust)
            if server.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=_SECONDS)
        )
        with client:
            if server.scheme == "smtp":
                client.starttls(context=trust)
            if server.username:
                client.login(unquote(server.username), unquote(server.password or ""))
            client.send_message(letter)


def _answered(code: int) -> Transient | AccessDenied | NotTaken:
    """Return what an answer of RFC 5321 means: 4xx passes, 53x is about signing in, other 5xx stay."""
    if code < 500:
        return Transient(f"the mail server answered with {code}")
    if 530 <= code < 540:
        return AccessDenied(f"the mail server answered with {code}", "renew the password in the reference")
    return NotTaken(f"the mail server answered with {code}")


MAIL = Kind(kind="mail", about="mail to each person", reach="person", config=Config, open=Mail)
