"""All kinds of receivers, and the tables of the configuration that name them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from connectors.live import Wire
from connectors.outgoing.chat import CHAT
from connectors.outgoing.jira import JIRA
from connectors.outgoing.mail import MAIL
from connectors.outgoing.servicenow import SERVICENOW
from connectors.outgoing.shape import Kind, Receiver
from connectors.outgoing.webhook import WEBHOOK
from connectors.source_tables import configured
from model.errors import ConfigError

KINDS: Mapping[str, Kind] = MappingProxyType({one.kind: one for one in (MAIL, CHAT, JIRA, SERVICENOW, WEBHOOK)})
_COMMON = ("kind", "events", "units", "certificates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """One `[notify.receivers.NAME]`, checked. `events` are those that it is told; empty: all."""

    name: str
    kind: Kind
    config: Any
    events: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    certificates: str | None = None

    def opened(self, wire: Wire) -> Receiver:
        """Return the receiver; no secret is read yet."""
        return self.kind.open(self.config, wire)


def receivers(tables: Mapping[str, Mapping[str, Any]], events: Mapping[str, str]) -> tuple[Configured, ...]:
    """Return the configured receivers. Raises ConfigError that names every wrong key, and never a value of one."""
    found, wrong = [], []
    for name, table in tables.items():
        try:
            found.append(_one(name, table, events))
        except ValueError as error:
            wrong.append(f"notify.receivers.{name}{error}")
    if wrong:
        raise ConfigError("; ".join(wrong))
    return tuple(found)


def _one(name: str, table: Mapping[str, Any], events: Mapping[str, str]) -> Configured:
    if not name.strip() or not name.isprintable() or set(name) & {">", "%", "_"}:
        raise ValueError(": a receiver's name is of letters, digits and hyphens, such as mail")
    kind = KINDS.get(str(table.get("kind")))
    if kind is None:
        raise ValueError(f".kind: there are: {', '.join(KINDS)}")
    certificates = table.get("certificates")
    if certificates is not None and not isinstance(certificates, str):
        raise ValueError(".certificates: the name of a file")
    own = {key: value for key, value in table.items() if key not in _COMMON}
    return Configured(
        name=name,
        kind=kind,
        config=configured(kind.config, own),
        events=_events(table, events) or kind.events,
        units=_texts(table, "units"),
        certificates=certificates,
    )


def _events(table: Mapping[str, Any], known: Mapping[str, str]) -> tuple[str, ...]:
    named = _texts(table, "events")
    for event in named:
        if event not in known:
            near = difflib.get_close_matches(event, known, 1, 0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise ValueError(f".events: there is no such event; {hint}")
    return named


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = table.get(key, ())
    if not isinstance(found, (list, tuple)) or not all(isinstance(text, str) and text.strip() for text in found):
        raise ValueError(f".{key}: a list of texts")
    return tuple(found)
