"""Channels that everybody in them reads: Slack, Teams, and a hundred more, each by one address of apprise.

github.com/caronc/apprise/wiki lists the addresses. A channel cannot be asked what it was told: where this machine dies
between the sending and the note of it, a message stands there twice.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

from connectors.live import Wire
from connectors.outgoing.hush import hushed
from connectors.outgoing.shape import Kind, Message
from connectors.source_tables import Secret
from model.errors import AccessDenied, ConfigError, RateLimited, Transient

_STATUS = re.compile(r"error[=: ]+(\d{3})\b")


@dataclass(frozen=True, kw_only=True)
class Config:
    """`url` is a reference to an address of apprise, such as slack://..., msteams://... or mailtos://..."""

    url: Secret


class Chat:
    """Tells one channel."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire = config, wire

    def check(self) -> None:
        """Raise ConfigError where apprise does not know the address."""
        self._service()

    def send(self, message: Message) -> None:
        """Tell the channel. apprise says only that it did not work; the status, where one is told, says the rest."""
        service = self._service()
        with hushed("apprise") as said:
            worked = service.notify(title=message.title, body=message.text)
        if not worked:
            raise _failure(said)

    def test(self, message: Message) -> None:
        """Tell the channel, as always."""
        self.send(message)

    def _service(self) -> Any:
        address = self._config.url.read(self._wire.secrets)
        with hushed("apprise"), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # it looks for a module that Python gives up
            import apprise  # noqa: PLC0415 (a fifth of a second, for those who tell somebody)

            asset = apprise.AppriseAsset(app_id="ostiary", app_desc="ostiary", async_mode=False, storage_mode="memory")
            found = apprise.Apprise.instantiate(address, asset=asset)
        if found is None:
            raise ConfigError(f"{self._config.url.reference}: what stands there is no address that apprise knows")
        return found


def _failure(said: list[str]) -> Transient | AccessDenied | RateLimited:
    codes = [int(found[1]) for line in said if (found := _STATUS.search(line))]
    if not codes:
        return Transient("the channel did not take the message")
    if codes[0] == 429:
        return RateLimited(0.0)
    if codes[0] in {401, 403}:
        return AccessDenied(f"the channel answered with {codes[0]}", "renew the address in the reference")
    return Transient(f"the channel answered with {codes[0]}")


CHAT = Kind(
    kind="chat",
    about="a channel of Slack, Teams and others, through apprise",
    reach="channel",
    config=Config,
    open=Chat,
)
