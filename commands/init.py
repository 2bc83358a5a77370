"""`ostiary init`: the configuration, commented, and the audit key."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import click

from commands.settings import DEFAULT_CONFIG
from commands.shape import Failure, Program, command, pass_program
from model.errors import ConfigError

KEY_FILE = "ostiary.audit-key"

_TEMPLATE = """\
# Ostiary: what it must know of your company. Every key may be left out; `ostiary ingest --list` names what can be read.

[company]
# How the company is called in reports.
{name}
# Mail domains; the first stands for all, so that one person with addresses at two of them is counted once.
{domains}
# Whose midnight ends a day: days and months are counted in this zone.
timezone = {timezone}
# The currency in which the company thinks (ISO 4217). Nothing is converted.
{base_currency}
# Departments, divisions, cost centres or units that are Marketing's, as your directory writes them; upper and lower
# case are the same. Without them nobody can tell what Marketing uses or buys: it is shown as unknown.
{marketing_units}
# The same of IT's units: without them nobody can tell what was bought past IT.
# it_units = ["IT", "Information Technology"]
# The month in which the fiscal year starts, 1 to 12.
fiscal_year_start = 1

[audit]
# The key that seals the audit trail, by reference: file:PATH (from this file's folder) or env:NAME. Keep a copy
# elsewhere; OSTIARY_AUDIT_KEY in the environment goes before it.
key = "file:{key_file}"

[landing]
# Where the raw sign-in events lie. Beside an SQLite database by default; with PostgreSQL it must be said.
# path = "landing"

[catalog]
# A folder (from this file's) with tools and names of your own, in the form of the catalogue: `ostiary catalog check`.
# overlay = "catalog"

[policies]
# Which policies are judged: light, standard or strict, each with those of the looser ones (`ostiary policy list`).
profile = "standard"
# Folders (from this file's) with policies of your own, in files *.yaml: `ostiary policy check FOLDER`.
# packs = ["policies"]
# What you see otherwise than a policy does, without a copy of it: a table each.
# [policies.override.SEC-02]
# mode = "watch"
# severity = {{technology = "low"}}
# with = {{admins = 6}}

[risk]
# A file (from this file's folder) with rules of your own for the bands of risk: `ostiary policy risk show`.
# file = "risk.yaml"

[needs]
# A file (from this file's folder) that says of each category what its tools should be tied to: CRM, warehouse ...
# file = "needs.yaml"

[gate]
# A file (from this file's folder) with rules of your own for the gate: `ostiary review rules`.
# rules = "gate.yaml"
# Days on which nobody works: due days are counted past them, and past the weekend.
# holidays = [2026-12-25, 2027-01-01]
# weekend = ["saturday", "sunday"]
# So many questions go to one person a day; and whether a signed link answers one without an account.
# questions_a_day = 5
# answer_links = true
# The hub member of each team, who gets its cases first: an account's address by unit.
# [gate.hub]
# "Marketing/Email" = "ana@example.com"
# Who answers questions of a role that no tool has an owner for: privacy, crm_administrator, app_team, web_team, vendor.
# [gate.asks]
# privacy = "dpo@example.com"

# The web application: `ostiary serve`. The address by which people reach it: over https://, where others do.
# [web]
# public_url = "https://ostiary.example.com"
# behind_proxy = true
# Sign-in by your company's own accounts (OpenID Connect): docs/how-to/serve-and-sign-in.md, for Okta, Entra, Google.
# [web.sign_in]
# issuer = "https://example.okta.com"
# client_id = "0oa1example"
# client_secret = "env:OSTIARY_SIGN_IN_SECRET"
# name = "Okta"
# Roles by groups: without this table people are let in by hand, and only they.
# [web.sign_in.roles]
# "Ostiary reviewers" = ["reviewer"]
# "Marketing leads" = ["approver_marketing", "business_user"]

# The integration forecast: day rates in the base currency (the program's are examples), and what else is yours.
# [forecast]
# file = "forecast.yaml"
# overhead = 0.2
# [forecast.rates]
# it = 640
# data = 760
# privacy = 760
# crm = 880
# app_team = 880

# What is hidden as noise: switch a rule off, change its numbers, or add one (`ostiary tools --noise` shows it).
# [noise.one-off-visit]
# quiet_days = 60
# [noise.lunch]
# sentence = "People order their lunch there."
# tools = ["lieferando"]

# The systems that `ostiary scan` reads, a table each; `ostiary doctor` checks them. Take away the # in front of what
# you have. Secrets stand here by reference only: env:NAME, file:PATH (from this file's folder) or aws-sm:NAME.
# Every table may also say: backfill_days = 90 (how far back the first scan reads), skip = ["grants"] (what to leave
# out), certificates = "proxy-ca.pem" (authorities to trust beside the system's). When `ostiary schedule run` reads it:
# schedule = "cron: 0 3 * * *" (3:00 every day in the company's zone) or schedule = "every: 6h"; and jitter = "10m"
# (a delay of up to so much, so that not everything begins at once).
{sources}
# How a card statement is read, where its columns do not say it: `ostiary ingest card-csv --profile corporate`.
# [profiles.corporate]
# amount = "Betrag EUR"
# date_order = "dmy"
# decimal = ","
# default_currency = "EUR"
"""


@command('init --company "Example Ltd" --domain example.com --marketing-unit Marketing --currency GBP')
@click.option("--company", metavar="NAME", help="How the company is called.")
@click.option("--domain", "domains", multiple=True, metavar="DOMAIN", help="A mail domain; the first stands for all.")
@click.option("--timezone", default="UTC", show_default=True, metavar="ZONE", help="Such as Europe/London.")
@click.option("--currency", metavar="CODE", help="The company's currency, such as GBP.")
@click.option("--marketing-unit", "units", multiple=True, metavar="UNIT", help="A department that is Marketing's.")
@click.option("--force", is_flag=True, help="Overwrite a configuration. The audit key is never overwritten.")
@pass_program
def init(
    program: Program,
    *,
    company: str | None,
    domains: tuple[str, ...],
    timezone: str,
    currency: str | None,
    units: tuple[str, ...],
    force: bool,
) -> None:
    """Write ostiary.toml, with what every key means, and make the audit key beside it."""
    path = Path(program.config or DEFAULT_CONFIG)
    if path.exists() and not force:
        raise Failure(f"{path} is there already and was left as it is; --force overwrites it")
    key = path.absolute().with_name(KEY_FILE)
    written = _TEMPLATE.format(
        name=_key("name", company, "Example Ltd"),
        domains=_key("domains", list(domains), ["example.com"]),
        timezone=_toml(timezone),
        base_currency=_key("base_currency", currency and currency.upper(), "EUR"),
        marketing_units=_key("marketing_units", list(units), ["Marketing", "/Sales/Marketing"]),
        key_file=KEY_FILE,
        sources=_examples(),
    )
    _check_and_write(path, written)
    made = _make_key(key)
    click.echo(f"Wrote {path}.")
    click.echo(
        f"Made the audit key {key.name}: keep a copy elsewhere, and keep it out of version control."
        if made
        else f"Kept the audit key {key.name}, which was there already."
    )
    for name, given in (("marketing_units", units), ("domains", domains)):
        if not given:
            click.echo(f"Open {path} and fill in {name}.")
    click.echo("Next: fill in a [sources] table and run `ostiary doctor`; or `ostiary ingest --list` for files.")


def _examples() -> str:
    """Return a table for each kind of source, as comments."""
    from connectors.registry import SOURCES  # noqa: PLC0415 (all connectors, once in a lifetime)

    lines = [line for source in SOURCES.values() for line in (*source.example.strip().splitlines(), "")]
    return "".join(f"# {line}\n" if line else "\n" for line in lines)


def _key(name: str, given: object, example: object) -> str:
    return f"{name} = {_toml(given)}" if given else f"# {name} = {_toml(example)}"


def _toml(value: object) -> str:
    # Texts and lists of texts are the same in JSON and TOML, but for the delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _check_and_write(path: Path, written: str) -> None:
    """Write the file only where it can be read again: a wrong zone is told now, and nothing is left behind."""
    from commands.configuration import load  # noqa: PLC0415 (pydantic takes its time)

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(written, encoding="utf-8")
        load(beside)
        beside.replace(path)
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(beside), str(path))) from None
    finally:
        beside.unlink(missing_ok=True)


def _make_key(path: Path) -> bool:
    """Make the key file, readable by its owner only; return False where there is one: the trail needs the old one."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    return True
