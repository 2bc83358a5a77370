"""`[gate]` of the configuration: its keys, checked, and what they mean."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool

from commands.settings import GateSettings
from commands.toml_tables import Table, reference
from gate.acting import ASKED_A_DAY
from model.facts import ASKED


def _weekday(name: str) -> str:
    if name.strip().casefold() not in WEEKDAYS:
        raise ValueError(f"a weekday is one of {', '.join(WEEKDAYS)}")
    return name.strip().casefold()


def _address(text: str) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", text.strip()):
        raise ValueError("a hub member is the mail address of an account, such as ana@example.com")
    return text.strip().casefold()


def _role(name: str) -> str:
    if name not in ASKED:
        raise ValueError(f"a role that is asked is one of {', '.join(ASKED)}")
    return name


def _addressee(text: str) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", text.strip()):
        raise ValueError("who is asked is a mail address, such as dpo@example.com")
    return text.strip().casefold()


#: The days of a week as `weekend` names them, Monday first.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class GateTable(Table):
    """`[gate]`."""

    rules: str | None = Field(default=None, min_length=1)
    holidays: tuple[date, ...] = ()
    weekend: tuple[Annotated[str, AfterValidator(_weekday)], ...] = Field(default=WEEKDAYS[5:], max_length=6)
    hub: dict[Annotated[str, Field(min_length=1)], Annotated[str, AfterValidator(_address)]] = Field(
        default_factory=dict
    )
    asks: dict[Annotated[str, AfterValidator(_role)], Annotated[str, AfterValidator(_addressee)]] = Field(
        default_factory=dict
    )
    questions_a_day: int = Field(default=ASKED_A_DAY, ge=1, le=100)
    answer_links: StrictBool = False
    link_key: Annotated[str, AfterValidator(reference)] | None = None


def gate_settings(folder: Path, found: GateTable) -> GateSettings:
    """Return the settings; a file counts from the folder of the configuration."""
    return GateSettings(
        rules=folder / Path(found.rules).expanduser() if found.rules else None,
        holidays=frozenset(found.holidays),
        weekend=frozenset(WEEKDAYS.index(name) for name in found.weekend),
        hub=found.hub,
        asks=found.asks,
        questions_a_day=found.questions_a_day,
        answer_links=found.answer_links,
        link_key=found.link_key,
    )
