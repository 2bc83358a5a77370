"""Opening: from the program's options and the configuration to the rooms that a command needs."""

from __future__ import annotations

import functools
import getpass
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from catalog.categories import CATEGORIES
from catalog.index import Index, load_index
from catalog.overlay import Overlay, load_overlaid
from commands.settings import Settings, catalogue_in_use, database_url, find_config
from commands.shape import Program
from connectors.objects import Folder
from connectors.secrets import References
from gate.acting import ASKED_A_DAY, Asking
from gate.acting import Settings as GateRun
from gate.audit import Trail
from gate.rules import RULES as GATE_RULES
from gate.rules import Rules as GateRules
from gate.rules import load_rules as load_gate_rules
from gate.working_time import WorkingTime
from model.company import Company
from model.errors import ConfigError
from model.ports import Clock, ObjectStore, Progress, SystemClock
from policies.risk import RULES, Rules, load_rules
from policies.shape import Pack
from scanner.run import Rooms, shipped_pack
from storage import kept, runs
from storage.schema import is_current, upgrade
from storage.store import Store
from storage.tables import metadata
from storage.times import to_ms

#: The variable that stands in for the audit key of the configuration.
AUDIT_KEY = "OSTIARY_AUDIT_KEY"


class Desk:
    """An opened store with all that the options and the configuration say of it.

    `empty` is true where there is no database yet: then the store is one in memory, with nothing in it.
    """

    def __init__(self, program: Program, settings: Settings, store: Store, *, empty: bool, clock: Clock) -> None:
        self.program, self.settings, self.store = program, settings, store
        self.empty, self.clock = empty, clock

    @functools.cached_property
    def company(self) -> Company:
        """The company of the configuration, else the one that the last run knew."""
        found = self.settings.company or self._known_company()
        own: dict[str, Any] = {name: getattr(self.settings, name) for name in ("noise", "forecast", "needs")}
        return replace(found, **{name: said for name, said in own.items() if said is not None})

    def _known_company(self) -> Company:
        with self.store.read() as connection:
            known: dict[str, Any] = kept.company(connection) or {}
        return Company(**{name: _tuple(value) for name, value in known.items()})

    @functools.cached_property
    def overlaid(self) -> tuple[Index, Overlay]:
        """The catalogue with the company's overlay; what of that is refused is said on standard error."""
        if self.settings.overlay is None:
            return catalogue(), Overlay()
        return overlaid(self.settings.overlay)

    @property
    def index(self) -> Index:
        """The catalogue with the company's overlay."""
        return self.overlaid[0]

    def is_catalogued(self, tool: str) -> bool:
        """Return whether the catalogue or the overlay has a tool of this id."""
        return self.index.entry(tool) is not None

    @functools.cached_property
    def risk_rules(self) -> Rules:
        """The rules of risk in force; faults of the company's own file are said on standard error."""
        found = load_rules(self.settings.risk or RULES)
        for refusal in found.refused:
            click.echo(f"The rules of risk are refused, so every band is unknown: {refusal}", err=True)
        return found

    @functools.cached_property
    def gate_rules(self) -> GateRules:
        """The rules of the gate in force, or what of the company's own file is refused."""
        return load_gate_rules(self.settings.gate.rules or GATE_RULES, CATEGORIES)

    @property
    def working_time(self) -> WorkingTime:
        """The days on which the company works."""
        found = self.settings.gate
        return WorkingTime(zone=self.company.timezone, holidays=found.holidays, weekend=found.weekend)

    def asking(self) -> Asking:
        """Return how questions are asked. Raises ConfigError where the secret that signs links cannot be read."""
        found = self.settings.gate
        return Asking(
            roles=found.asks,
            a_day=found.questions_a_day or ASKED_A_DAY,
            links=found.answer_links,
            link_key=link_secret(self.settings) if found.answer_links else None,
        )

    def gate_settings(self) -> GateRun:
        """Return by what a run opens, routes and approves. Refused rules approve and route nothing, and are told."""
        rules = self.gate_rules
        for refusal in rules.refused:
            click.echo(f"The gate's rules are refused, so none of them approves or routes: {refusal}", err=True)
        if rules.refused:
            rules = replace(load_gate_rules(categories=CATEGORIES), routes=(), fast_lane=())
        return GateRun(
            rules=rules,
            risk_rules=self.risk_rules,
            time=self.working_time,
            hubs=self.settings.gate.hubs,
            asking=self.asking(),
        )

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.company.timezone)

    @property
    def as_of(self) -> datetime | None:
        """What --as-of says; a day means its end, in the company's zone. None where nothing is said."""
        return None if self.program.as_of is None else day_end(self.program.as_of, self.zone)

    def as_of_ms(self) -> int:
        """Return the as-of of what is listed in milliseconds: the one given, else the last run's, else now."""
        return self.figures_ms() if self.as_of is None else to_ms(self.as_of)

    def figures_ms(self) -> int:
        """Return the as-of of the last run in milliseconds, whatever the options say; now where nothing has run."""
        with self.store.read() as connection:
            last = runs.last_as_of(connection)
        return to_ms(self.clock.now()) if last is None else last

    def objects(self) -> ObjectStore:
        """Return where landing files lie. Raises ConfigError where the database is PostgreSQL and nothing says it."""
        if self.settings.landing is not None:
            return Folder(self.settings.landing)
        if self.store.path is None:
            raise ConfigError("[landing] path: with PostgreSQL the configuration must say where landing files lie")
        return Folder(self.store.path.with_name(f"{self.store.path.name}.landing"))

    def trail(self) -> Trail:
        """Return the audit trail with the company's key, or without one where none is configured."""
        return Trail(audit_key(self.settings), who())

    def rooms(self, progress: Progress) -> Rooms:
        """Return what a run needs."""
        return Rooms(
            store=self.store,
            objects=self.objects(),
            clock=self.clock,
            index=lambda: self.index,
            company=self.company,
            trail=self.trail(),
            progress=progress,
            pack=lambda: self.pack,
            gate=self.gate_settings,
        )

    @functools.cached_property
    def pack(self) -> Pack:
        """The policies as the company has them, and what of them was refused."""
        from commands.company_policies import company_pack  # noqa: PLC0415 (the engine, for those who judge)

        return company_pack(self.settings, shipped_pack)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def catalogue() -> Index:
    """Return the index of the catalogue in use, loaded once."""
    return _loaded(catalogue_in_use().entries)


@functools.cache
def _loaded(entries: Path) -> Index:
    return load_index(folder=entries)


def overlaid(folder: Path | None) -> tuple[Index, Overlay]:
    """Return the catalogue with an overlay; what of that is refused is said on standard error."""
    index, known = load_overlaid(folder, entries=catalogue_in_use().entries)
    for problem in known.problems:
        click.echo(f"Overlay: {problem}; this entry is left out", err=True)
    return index, known


def load_settings(program: Program) -> Settings:
    """Return the settings. Raises ConfigError that names file and key."""
    path = find_config(program)
    if path is None:
        return Settings(folder=Path.cwd())
    from commands.configuration import load  # noqa: PLC0415 (pydantic is loaded only where there is a file to read)

    return load(path)


@contextmanager
def reading(program: Program, *, database: bool = True) -> Iterator[Desk]:
    """Yield the desk of a command that only reads. A database that is not there is not made: all is empty then.

    Without `database` none is looked for.
    """
    settings = load_settings(program)
    store, empty = _existing(database_url(program)) if database else (_in_memory(), True)
    try:
        yield Desk(program, settings, store, empty=empty, clock=SystemClock())
    finally:
        store.close()


@contextmanager
def writing(
    program: Program, *, new: bool = True, clock: Clock | None = None, settings: Settings | None = None
) -> Iterator[Desk]:
    """Yield the desk of a command that writes; the tables are made or brought up to date.

    `settings` stand in for those of the configuration. Raises ConfigError where there is no database and `new` does not
    allow to make one.
    """
    settings = settings or load_settings(program)
    url = database_url(program)
    if not new and _file(url) is not None and not Path(str(_file(url))).exists():
        raise ConfigError(f"there is no database at {_file(url)}; `ostiary ingest FORMAT PATH` makes it")
    store = Store(url)
    try:
        upgrade(store)
        yield Desk(program, settings, store, empty=False, clock=clock or SystemClock())
    finally:
        store.close()


def prepared(program: Program) -> tuple[str, bool]:
    """Bring the database up to date; return its name without a password, and whether there was anything to do."""
    store = Store(database_url(program))
    try:
        return str(store.path or store.url.render_as_string(hide_password=True)), upgrade(store)
    finally:
        store.close()


def _existing(url: str) -> tuple[Store, bool]:
    path = _file(url)
    if path is None or (path.exists() and path.stat().st_size):
        store = Store(url)
        if not is_current(store):
            raise ConfigError(
                "the database has the shape of another version: `ostiary db upgrade` brings it up to date"
            )
        return store, False
    return _in_memory(), True


def _in_memory() -> Store:
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    return store


def _file(url: str) -> Path | None:
    """Return the file of an SQLite URL, None for other databases."""
    found = re.match(r"sqlite:///([^?]+)", url)
    return Path(found[1]) if found and found[1] != ":memory:" else None


def day_end(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment that ISO 8601 text means, in UTC; of a day its last millisecond in the zone."""
    if len(text) > 10:
        given = datetime.fromisoformat(text)
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    after = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone)
    return after.astimezone(UTC) - timedelta(milliseconds=1)


def day_begin(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment that ISO 8601 text means, in UTC; of a day its first moment in the zone."""
    if len(text) > 10:
        return day_end(text, zone)
    return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)


def audit_key(settings: Settings) -> bytes | None:
    """Return the audit key: OSTIARY_AUDIT_KEY, else what the configuration names, else None. Raises ConfigError."""
    given = os.environ.get(AUDIT_KEY, "").strip()
    where = AUDIT_KEY
    if not given:
        if settings.audit_key is None:
            return None
        where = f"[audit] key ({settings.audit_key})"
        given = References(settings.folder).resolve(settings.audit_key)
    key = bytes.fromhex(given) if re.fullmatch("(?:[0-9a-fA-F]{2}){32,}", given) else given.encode()
    if len(key) < 32:
        raise ConfigError(f"{where}: the audit key is shorter than 32 bytes; `ostiary init` makes one")
    return key


def link_secret(settings: Settings) -> bytes | None:
    """Return the secret that signs links: the one configured, else the audit key, else None. Raises ConfigError."""
    if settings.gate.link_key is None:
        return audit_key(settings)
    key = References(settings.folder).resolve(settings.gate.link_key).encode()
    if len(key) < 32:
        raise ConfigError(f"[gate] link_key ({settings.gate.link_key}): it is shorter than 32 bytes")
    return key


def who() -> str:
    """Return who rules, as the audit trail names it: the login name."""
    try:
        return f"user:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"user:{os.getuid()}"
