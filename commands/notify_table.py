"""`[notify]` of the configuration: who is told what, and when nobody is disturbed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from connectors.outgoing.registry import Configured, receivers
from connectors.source_tables import configured
from gate.notify import EVENTS, FOUND_BY, Notify, Reach, Recipient
from gate.roles import Role
from gate.rules import HUB
from model.errors import ConfigError

_HOURS = re.compile(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)")
_BASE = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """`[notify]`, checked; `templates` is the company's own folder of them."""

    notify: Notify
    receivers: tuple[Configured, ...] = ()
    templates: Path | None = None


@dataclass(frozen=True, kw_only=True)
class _Keys:
    """The keys of `[notify]`; each kind of receiver has keys of its own."""

    base_url: str | None = None
    templates: str | None = None
    per_day: Annotated[int, Meta(ge=1, le=100)] = 5
    quiet_hours: str | None = None
    digest_at: str = "08:00"
    new_tools: tuple[str, ...] = (Role.REVIEWER.value, HUB)
    receivers: dict[str, dict[str, Any]] = field(default_factory=dict)


def notified(folder: Path, table: Mapping[str, Any]) -> Notified:
    """Return what `[notify]` says. Raises ConfigError that names every wrong key, and no value."""
    try:
        keys = configured(_Keys, table)
    except ValueError as error:
        raise ConfigError(f"notify{error}") from None
    found = receivers(keys.receivers, EVENTS)
    notify = Notify(
        recipients=tuple(_recipient(one) for one in found),
        per_day=keys.per_day,
        quiet=_quiet(keys.quiet_hours),
        digest_at=_clock("digest_at", keys.digest_at),
        new_tools=_new_tools(keys.new_tools),
        base_url=_base(keys.base_url),
    )
    templates = folder / Path(keys.templates).expanduser() if keys.templates else None
    return Notified(notify=notify, receivers=found, templates=templates)


def _recipient(one: Configured) -> Recipient:
    events = frozenset(one.events or EVENTS)
    return Recipient(name=one.name, reach=Reach(one.kind.reach), events=events, units=one.units)


def _quiet(text: str | None) -> tuple[time, time] | None:
    if text is None:
        return None
    found = _HOURS.fullmatch(text.strip())
    if not found:
        raise ConfigError('notify.quiet_hours: write them like "19:00-07:30"')
    begin, end = (_clock("quiet_hours", part) for part in found.groups())
    if begin == end:
        raise ConfigError("notify.quiet_hours: they end at another time than they begin")
    return begin, end


def _clock(key: str, text: str) -> time:
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f'notify.{key}: write a time like "08:00"') from None


def _new_tools(given: tuple[str, ...]) -> tuple[str, ...]:
    if strange := [word for word in given if word not in {*FOUND_BY}]:
        raise ConfigError(f"notify.new_tools: {strange[0]!r} is no role; there are: {', '.join(FOUND_BY)}")
    return given


def _base(text: str | None) -> str | None:
    if text is not None and not _BASE.fullmatch(text.strip()):
        raise ConfigError("notify.base_url: write the address like https://ostiary.example.com")
    return None if text is None else text.strip().rstrip("/")
