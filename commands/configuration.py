"""The configuration file: TOML, every key checked, errors that name key and file."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StrictBool, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from commands.gate_table import GateTable, gate_settings
from commands.settings import Settings
from commands.toml_tables import Table, reference
from connectors.secrets import References
from model.company import Company
from model.errors import ConfigError
from scanner.noise import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from commands.notify_table import Notified
    from connectors.source_tables import Opened
    from policies.overrides import Choice
    from web.office import WebSettings


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no time zone of that name; write one like Europe/Berlin") from None
    return name


def _currency(code: str) -> str:
    if not re.fullmatch("[A-Z]{3}", code.upper()):
        raise ValueError("a currency is three letters, such as EUR (ISO 4217)")
    return code.upper()


def _domain(name: str) -> str:
    if not re.fullmatch(r"[^\s@/:]+\.[^\s@/:.]+", name.strip()):
        raise ValueError("a mail domain is written like example.com, without @ and without https://")
    return name.strip().casefold()


class CompanyTable(Table):
    """`[company]`."""

    name: str | None = None
    domains: tuple[Annotated[str, AfterValidator(_domain)], ...] = ()
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    base_currency: Annotated[str, AfterValidator(_currency)] | None = None
    marketing_units: tuple[str, ...] = ()
    it_units: tuple[str, ...] = ()
    fiscal_year_start: int = Field(default=1, ge=1, le=12)


class AuditTable(Table):
    """`[audit]`."""

    key: Annotated[str, AfterValidator(reference)] | None = None


class LandingTable(Table):
    """`[landing]`."""

    path: str | None = Field(default=None, min_length=1)


class CatalogTable(Table):
    """`[catalog]`."""

    overlay: str | None = Field(default=None, min_length=1)


class RiskTable(Table):
    """`[risk]`."""

    file: str | None = Field(default=None, min_length=1)


_Rate = Annotated[float, Field(gt=0, le=100_000)]


class RatesTable(Table):
    """`[forecast.rates]`: day rates in the base currency."""

    it: _Rate | None = None
    data: _Rate | None = None
    privacy: _Rate | None = None
    crm: _Rate | None = None
    app_team: _Rate | None = None


class ForecastTable(Table):
    """`[forecast]`: what the company sets of the integration forecast; the bounds are `policies.forecast.SETTINGS`."""

    file: str | None = Field(default=None, min_length=1)
    rates: RatesTable = RatesTable()
    hours_a_day: float | None = Field(default=None, ge=1, le=24)
    overhead: float | None = Field(default=None, ge=0, le=5)
    correlation: float | None = Field(default=None, ge=0, le=1)
    range: float | None = Field(default=None, ge=0.1, le=0.99)
    run_low: float | None = Field(default=None, ge=0, le=1)
    run_high: float | None = Field(default=None, ge=1, le=10)
    widening: float | None = Field(default=None, ge=1, le=3)
    stop: float | None = Field(default=None, ge=1, le=10)


class NoiseTable(Table):
    """`[noise.RULE]`: what the company changes of a rule, or a rule of its own."""

    off: StrictBool = False
    title: str | None = Field(default=None, min_length=1)
    sentence: str | None = Field(default=None, min_length=1)
    people: int | None = Field(default=None, ge=1)
    active_days: int | None = Field(default=None, ge=1)
    span_days: int | None = Field(default=None, ge=1)
    quiet_days: int | None = Field(default=None, ge=1)
    unpaid: StrictBool | None = None
    holds_nothing: StrictBool | None = None
    personal: StrictBool | None = None
    tools: list[str] | None = Field(default=None, min_length=1)


_Severity = Literal["critical", "high", "medium", "low"]


class SeverityTable(Table):
    """`severity` of `[policies.override.ID]`: either side, or both."""

    technology: _Severity | None = None
    customer: _Severity | None = None


class OverrideTable(Table):
    """`[policies.override.ID]`: what the company says of one policy."""

    mode: Literal["on", "watch", "off"] | None = None
    severity: SeverityTable = SeverityTable()
    thresholds: dict[str, Any] = Field(default={}, alias="with")


class NeedsTable(Table):
    """`[needs]`."""

    file: str | None = Field(default=None, min_length=1)


class PoliciesTable(Table):
    """`[policies]`."""

    profile: Literal["light", "standard", "strict"] = "standard"
    packs: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    override: dict[str, OverrideTable] = Field(default_factory=dict)


class Configuration(BaseSettings):
    """The whole file."""

    model_config = SettingsConfigDict(extra="forbid", hide_input_in_errors=True)

    company: CompanyTable | None = None
    audit: AuditTable = AuditTable()
    landing: LandingTable = LandingTable()
    catalog: CatalogTable = CatalogTable()
    risk: RiskTable = RiskTable()
    forecast: ForecastTable | None = None
    noise: dict[str, NoiseTable] = {}
    policies: PoliciesTable | None = None
    needs: NeedsTable = NeedsTable()
    gate: GateTable = GateTable()
    notify: dict[str, Any] | None = None
    web: dict[str, Any] | None = None
    profiles: dict[str, dict[str, str]] = {}
    sources: dict[str, dict[str, Any]] = {}

    @field_validator("profiles", mode="before")
    @classmethod
    def _one_level(cls, given: Any) -> Any:
        """Take `column.amount = "Total"`, which TOML reads as a table, for the one key it is meant as."""
        if not isinstance(given, dict):
            return given
        return {name: _flat(keys) if isinstance(keys, dict) else keys for name, keys in given.items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is handed in, and nothing else: the environment names the file, not its keys."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def _flat(keys: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in keys.items():
        inner = _flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
        found |= inner
    return found


def load(path: Path) -> Settings:
    """Return the settings of a file. Raises ConfigError that names the file and each wrong key."""
    try:
        path.open("rb").close()  # a folder would be passed over in silence
        found = Configuration(**TomlConfigSettingsSource(Configuration, path)())
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ConfigError("; ".join(_faults(path, error.errors()))) from None
    folder = path.absolute().parent
    schedules = _schedules(path, found)  # takes its keys away before each kind checks its own
    return Settings(
        folder=folder,
        company=None if found.company is None else Company(**found.company.model_dump()),
        noise=_noise(path, found),
        audit_key=found.audit.key,
        landing=folder / Path(found.landing.path).expanduser() if found.landing.path else None,
        profiles=found.profiles,
        overlay=folder / Path(found.catalog.overlay).expanduser() if found.catalog.overlay else None,
        schedules=schedules,
        risk=folder / Path(found.risk.file).expanduser() if found.risk.file else None,
        forecast=_forecast(folder, found.forecast),
        sources=_sources(path, found),
        policies=_policies(path, found),
        needs=_needs(folder / Path(found.needs.file).expanduser()) if found.needs.file else None,
        gate=gate_settings(folder, found.gate),
        notify=None if found.notify is None else _notify(path, found.notify),
        web=None if found.web is None else _web(path, found.web),
    )


def _notify(path: Path, found: dict[str, Any]) -> Notified:
    from commands.notify_table import notified  # noqa: PLC0415 (the receivers, for those who tell somebody)

    try:
        return notified(path.absolute().parent, found)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _web(path: Path, found: dict[str, Any]) -> Callable[[], WebSettings]:
    """Return what gives the settings of the web: its keys are checked now, its secrets read when they are wanted."""
    from commands.web_table import WebTable, web_settings  # noqa: PLC0415 (the pages, for those who serve them)

    try:
        table = WebTable.model_validate(found)
    except ValidationError as error:
        said = (one | {"loc": ("web", *one["loc"])} for one in error.errors())
        raise ConfigError("; ".join(_faults(path, list(said)))) from None
    return functools.partial(_web_of, path, web_settings, table, References(path.absolute().parent))


def _web_of(path: Path, settings: Callable[..., WebSettings], table: Any, secrets: References) -> WebSettings:
    try:
        return settings(table, secrets, path.absolute().parent)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _needs(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the company's own table of needs. Raises ConfigError with every fault and its place."""
    from catalog.categories import CATEGORIES  # noqa: PLC0415 (for those who have a table)
    from policies.needs import load_needs  # noqa: PLC0415 (the same)

    found = load_needs(frozenset(CATEGORIES), path)
    if found.refused:
        raise ConfigError("; ".join(map(str, found.refused)))
    return dict(found.rows)  # goes to other processes, too


def _forecast(folder: Path, found: ForecastTable | None) -> dict[str, Any] | None:
    """Return what the company sets of the forecast, its file as an absolute path; None where it sets nothing."""
    if found is None:
        return None
    given = found.model_dump(exclude_none=True)
    return given | ({"file": str(folder / Path(found.file).expanduser())} if found.file else {})


def _schedules(path: Path, found: Configuration) -> dict[str, tuple[str, str | None]]:
    """Take the schedules out of the tables of sources: when one is read is not the connector's to know."""
    taken = {name: (table.pop("schedule", None), table.pop("jitter", None)) for name, table in found.sources.items()}
    if not any(part is not None for pair in taken.values() for part in pair):
        return {}
    from scanner.schedule import Timetable  # noqa: PLC0415 (the scheduler, for those who have a schedule)

    wrong = []
    for name, (spec, jitter) in taken.items():
        try:
            if spec is not None:
                Timetable.parsed(name, spec, jitter)
            elif jitter is not None:
                raise ValueError(".jitter: there is no schedule to delay")  # noqa: TRY301 (one list of what is wrong)
        except ValueError as error:
            wrong.append(f"sources.{name}{error}")
    if wrong:
        raise ConfigError(f"{path}: {'; '.join(wrong)}")
    return {name: pair for name, pair in taken.items() if pair[0] is not None}


def _sources(path: Path, found: Configuration) -> dict[str, Opened]:
    """Return the live sources; each kind checks its own keys."""
    if not found.sources:
        return {}
    from connectors.registry import SOURCES  # noqa: PLC0415 (all connectors, for those who have one)
    from connectors.source_tables import opened  # noqa: PLC0415 (the same)

    try:
        return opened(found.sources, SOURCES)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _policies(path: Path, found: Configuration) -> Choice | None:
    if found.policies is None:
        return None
    from commands.company_policies import choice_of  # noqa: PLC0415 (the policies, for those who change them)

    return choice_of(path, found.policies.model_dump())


def _noise(path: Path, found: Configuration) -> dict[str, Any] | None:
    """Return what the company changes of the rules of noise; None where the file says nothing of the company at all."""
    changed = {name: table.model_dump(exclude_none=True) for name, table in found.noise.items()}
    try:
        rules(changed)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return None if found.company is None and not changed else changed


def _faults(path: Path, errors: list[Any]) -> Iterator[str]:
    """Yield what is wrong: of policies, which are refused by their place elsewhere too, with line and column."""
    named = str(path)
    for error in errors:
        if error["loc"][:1] == ("policies",):
            from commands.company_policies import place_of  # noqa: PLC0415 (the same)

            line, column = place_of(path, tuple(map(str, error["loc"])))
            yield f"{path}:{line}:{column}: {_said(error)}"
        else:
            yield f"{named}: {_said(error)}" if named else _said(error)
            named = ""  # it is said once


def _said(error: Any) -> str:
    key = ".".join(map(str, error["loc"])) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    return f"{key}: {error['msg'].removeprefix('Value error, ')}"
