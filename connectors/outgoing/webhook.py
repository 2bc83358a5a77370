"""A signed webhook: JSON that its reader can check, told apart from what was sent before, and refuse when it is old.

The headers are those of Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks): `webhook-id`,
`webhook-timestamp` (seconds since 1970) and `webhook-signature`: `v1,` and the HMAC-SHA256, as base64, of
`id.timestamp.body`. Libraries that check these exist for most languages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.live import Wire
from connectors.outgoing.posting import Poster, encoded
from connectors.outgoing.shape import Kind, Message
from connectors.source_tables import Address, Secret
from model.errors import ConfigError, Refused

#: How far the time of a message may lie from the reader's, both ways.
TOLERANCE = timedelta(minutes=5)
_SHORTEST = 24
_PREFIX = "whsec_"


@dataclass(frozen=True, kw_only=True)
class Config:
    """`url` and `secret` are references."""

    url: Secret
    secret: Secret


class Webhook:
    """Posts each message, signed."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire, self._poster = config, wire, Poster(wire, "the webhook")

    def check(self) -> None:
        """Raise ConfigError."""
        self._url()
        self._key()

    def send(self, message: Message) -> None:
        """Post a message; its reader knows one that it has seen by `webhook-id`."""
        body = encoded({"id": message.id, "at": message.at.isoformat(), **message.document})
        self._poster.call(
            "POST", self._url(), body=body, headers=signed(self._key(), message.id, self._wire.clock.now(), body)
        )

    def test(self, message: Message) -> None:
        """Post a message like any other."""
        self.send(message)

    def _url(self) -> str:
        return url_of(self._config.url, self._wire)

    def _key(self) -> bytes:
        given = self._config.secret.read(self._wire.secrets)
        try:
            key = (
                base64.b64decode(given[len(_PREFIX) :], validate=True) if given.startswith(_PREFIX) else given.encode()
            )
        except binascii.Error:
            raise ConfigError(f"{self._config.secret.reference}: what follows {_PREFIX} is no base64") from None
        if len(key) < _SHORTEST:
            raise ConfigError(f"{self._config.secret.reference}: a webhook's secret has {_SHORTEST} bytes at least")
        return key


def url_of(reference: Secret, wire: Wire) -> str:
    """Return an address that is a secret as a whole. Raises ConfigError that does not repeat it."""
    found = reference.read(wire.secrets)
    try:
        Address(found.partition("?")[0])
    except ValueError:
        raise ConfigError(f"{reference.reference}: what stands there is no https address") from None
    return found


def signed(key: bytes, number: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a message that is sent at a moment."""
    stamp = str(int(at.timestamp()))
    return {"webhook-id": number, "webhook-timestamp": stamp, "webhook-signature": _signature(key, number, stamp, body)}


def verify(
    key: bytes, headers: Mapping[str, str], body: bytes, now: datetime, seen: Callable[[str], bool] = lambda _id: False
) -> str:
    """Return the id of a message that is genuine, fresh and not `seen` before. Raises Refused; a reader's part."""
    number, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    wanted = _signature(key, number, stamp, body)
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
        raise Refused("the signature is not that of this message")
    if not stamp.isdecimal() or abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise Refused("the message is too old, or the clocks differ")
    if seen(number):
        raise Refused("the message was read before")
    return number


def _signature(key: bytes, number: str, stamp: str, body: bytes) -> str:
    told = f"{number}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


WEBHOOK = Kind(
    kind="webhook",
    about="a program of yours, by signed webhook",
    reach="machine",
    config=Config,
    open=Webhook,
    template="webhook",
)
