"""What the configuration says, and what holds where there is none."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.installed import FOLDER, InUse, in_use
from catalog.load import ENTRIES
from commands.shape import Program
from model.company import Company
from model.errors import ConfigError

if TYPE_CHECKING:
    from commands.notify_table import Notified
    from connectors.source_tables import Opened
    from policies.overrides import Choice
    from web.office import WebSettings

DEFAULT_CONFIG = "ostiary.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """`[gate]`: the file with the gate's rules (None: those of the program), days on which nobody works, hub members.

    `weekend` are weekdays (0 Monday .. 6 Sunday); `hub` is the address of the hub member by unit. `asks` is the address
    of who answers for a role, `questions_a_day` how many questions one person gets; `link_key` refers to the secret
    that signs links (None: it is derived from the audit key), where `answer_links` lets people answer by one.
    """

    rules: Path | None = None
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    hub: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)
    questions_a_day: int | None = None
    answer_links: bool = False
    link_key: str | None = None

    @property
    def hubs(self) -> Mapping[str, str]:
        """The addresses of hub members by unit, as units are compared."""
        return {_unit(name): address for name, address in self.hub.items()}

    def hub_of(self, unit: str | None) -> str | None:
        """Return the address of the hub member of a unit, or of the nearest one above it; None without any."""
        folded = self.hubs
        path = _unit(unit or "")
        while path:
            if path in folded:
                return folded[path]
            path = path.rpartition("/")[0]
        return None


def _unit(name: str) -> str:
    return name.strip().casefold().rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration. `company` is None where nothing is said of it; paths are absolute, secrets are references.

    `noise` are the company's changes to the rules of noise; None where nothing is said of the company. `schedules` are
    how a source's schedule and its jitter are written, by source. `risk` is the company's file of rules of risk,
    `forecast` what it sets of the integration forecast.
    """

    folder: Path
    company: Company | None = None
    audit_key: str | None = None
    landing: Path | None = None
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    overlay: Path | None = None
    noise: Mapping[str, Mapping[str, Any]] | None = None
    sources: Mapping[str, Opened] = field(default_factory=dict)
    schedules: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    policies: Choice | None = None
    needs: Mapping[str, tuple[str, ...]] | None = None
    risk: Path | None = None
    forecast: Mapping[str, Any] | None = None
    gate: GateSettings = field(default_factory=GateSettings)
    web: Callable[[], WebSettings] | None = None
    notify: Notified | None = None


def find_config(program: Program) -> Path | None:
    """Return the configuration file, None where none is named and none is there.

    Raises ConfigError where one is named and missing.
    """
    path = Path(program.config or DEFAULT_CONFIG)
    if path.is_file():
        return path
    if program.config is not None:
        raise ConfigError(f"--config {path}: there is no such file; `ostiary init` writes one")
    return None


def overlay_of(path: Path | None) -> Path | None:
    """Return the overlay's folder that a configuration names, without checking the rest of it: `identify` is quick.

    Raises ConfigError.
    """
    if path is None:
        return None
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("catalog", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    named = table.get("overlay") if isinstance(table, dict) else None
    if named is None:
        return None
    if not isinstance(named, str) or not named:
        raise ConfigError(f"{path}: catalog.overlay: the name of a folder is a text")
    return path.absolute().parent / Path(named).expanduser()


def data_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Return the user's data directory for Ostiary (XDG base directory; Application Support on macOS)."""
    env = os.environ if environment is None else environment
    if env.get("XDG_DATA_HOME"):
        return Path(env["XDG_DATA_HOME"]) / "ostiary"
    home = Path(env["HOME"]) if env.get("HOME") else Path.home()
    return home / ("Library/Application Support/ostiary" if platform == "darwin" else ".local/share/ostiary")


def catalogue_folder() -> Path:
    """Return the folder in which releases of the catalogue are installed; it may not exist yet."""
    return data_folder() / FOLDER


def catalogue_in_use() -> InUse:
    """Return the catalogue in use. Raises ConfigError where an installed release is gone."""
    try:
        folder = catalogue_folder()
    except RuntimeError:  # no home directory is known
        return InUse(ENTRIES, None)
    return in_use(folder)


def database_url(program: Program, name: str = "ostiary.db") -> str:
    """Return the URL of the database: the one named, else a file in the user's data directory."""
    return program.db or f"sqlite:///{data_folder() / name}"
