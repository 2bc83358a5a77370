"""The contract of a receiver: what it is handed, what it raises, and what it declares as data.

`send` returns once the receiver has taken the message, and raises otherwise: RateLimited, Transient, Unreachable and
AccessDenied are tried again later, NotTaken never by itself. Handing a message over twice tells it once wherever the
receiver lets itself be asked; `Message.id` is the same both times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from connectors.live import Wire
from model.errors import OstiaryError


class NotTaken(OstiaryError):
    """Give up and say so: the receiver will never take this message as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told. `key` is the outbox's; `to` an address where people are reached one by one, else None.

    `document` is what the template of the receiver's kind made for programs; empty where it has none.
    """

    key: str
    title: str
    text: str
    at: datetime
    to: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same for the same thing told, whoever tells it and however often: 32 hexadecimal digits."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


class Receiver(Protocol):
    """One configured receiver. Its secrets are read when they are first needed, and never said."""

    def check(self) -> None:
        """Raise ConfigError where the configuration or its secrets are not as they must be; call nobody."""
        ...

    def send(self, message: Message) -> None:
        """Hand a message over."""
        ...

    def test(self, message: Message) -> None:
        """Find out whether the receiver takes messages: hand this one over, or, where that opens a ticket, look."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of receiver, as data.

    `reach` is `person` (each by address), `channel` (everybody in it) or `machine`. `config` is a frozen dataclass
    whose fields are the keys of `[notify.receivers.NAME]`; `template` names the document that it is given. `events` are
    those that it is told where nothing is said; empty: all.
    """

    kind: str
    about: str
    reach: Literal["person", "channel", "machine"]
    config: type[Any]
    open: Callable[[Any, Wire], Receiver]
    template: str | None = None
    events: tuple[str, ...] = ()
