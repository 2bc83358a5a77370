"""The settings of the program, by the functions of `init`, `work`, `review rules` and `doctor`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from commands.notifying import notify_of
from commands.opening import Desk
from commands.review_rules import rule_rows
from commands.settings import catalogue_in_use, find_config
from commands.work import message_row
from connectors.secrets import REFERENCE, References
from gate.notify import EVENTS
from model.errors import ConfigError
from storage import outbox
from storage.listings.coverage import coverage
from storage.schema import HEAD, size_of
from storage.store import Connection
from web.office import WebSettings
from web.ports.listed import Row
from web.ports.people import Secret, Set, Setting, Worry

#: Read without asking another system.
_NEAR = ("env:", "file:")


class People:
    """What of the program is configured, where, and what of it needs attention."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

    def settings(self, connection: Connection) -> Set:
        """Return all that is set; no other system is asked, and no secret is in it."""
        desk = self._desk
        file, rules = self._file(), desk.gate_rules
        secrets = list(_secrets(file))
        return Set(
            file=None if file is None else file.name,
            version=_version(),
            catalogue=_catalogue(),
            database="SQLite" if desk.store.is_sqlite else "PostgreSQL",
            size=size_of(connection),
            schema=HEAD,
            company=list(self._company()),
            web=list(self._web()),
            secrets=secrets,
            receivers=list(self._receivers()),
            rules=[] if rules.refused else rule_rows(desk, rules),
            rules_file=None if desk.settings.gate.rules is None else desk.settings.gate.rules.name,
            worries=list(self._worries(connection, file, secrets)),
        )

    def messages(self, connection: Connection) -> Sequence[Row]:
        """Return what was not told yet, as `ostiary work list` has it."""
        open_ = outbox.unsettled(connection)
        numbers = {n for row in open_ for n in row["payload"].get("events", ())}
        events = {row["id"]: row for row in outbox.rows(connection, numbers)}
        return [message_row(row, events) for row in open_]

    def _file(self) -> Path | None:
        try:
            return find_config(self._desk.program)
        except ConfigError:
            return None

    # --- what is set -------------------------------------------------------------------------------------------------

    def _company(self) -> Iterator[Setting]:
        company, settings = self._desk.company, self._desk.settings
        yield _set("Name", company.name, "company.name")
        yield _set("Mail domains", ", ".join(company.domains), "company.domains")
        yield _set("Time zone", company.timezone, "company.timezone")
        yield _set("Currency", company.base_currency, "company.base_currency")
        yield _set("Marketing's units", ", ".join(company.marketing_units), "company.marketing_units")
        yield _set("IT's units", ", ".join(company.it_units), "company.it_units")
        yield _set("Fiscal year begins in month", str(company.fiscal_year_start), "company.fiscal_year_start")
        for name, found, key in (
            ("Own catalogue entries", settings.overlay, "catalog.overlay"),
            ("Own rules of risk", settings.risk, "risk.file"),
            ("Own rules of the gate", settings.gate.rules, "gate.rules"),
        ):
            yield _set(name, None if found is None else found.name, key)
        choice = settings.policies
        yield _set("Profile of policies", None if choice is None else choice.profile, "policies.profile", "standard")
        packs = "" if choice is None else ", ".join(Path(pack).name for pack in choice.packs)
        yield _set("Own policies", packs, "policies.packs")
        days = ", ".join(f"{day:%Y-%m-%d}" for day in sorted(settings.gate.holidays))
        yield _set("Days on which nobody works", days, "gate.holidays", "weekends")
        yield _set("Questions answered by link", _yes(settings.gate.answer_links), "gate.answer_links")

    def _web(self) -> Iterator[Setting]:
        with suppress(ConfigError):
            found = WebSettings() if self._desk.settings.web is None else self._desk.settings.web()
            provider = found.provider
            yield _set("Address", found.public_url, "web.public_url")
            yield _set("Behind a proxy", _yes(found.behind_proxy), "web.behind_proxy")
            yield _set("A session ends unused after", f"{found.idle.seconds // 60} minutes", "web.idle_minutes")
            hours = int(found.longest.total_seconds()) // 3600
            yield _set("and in any case after", f"{hours} hours", "web.longest_hours")
            yield _set("Sign-in", None if provider is None else provider.issuer, "web.sign_in.issuer", "one-time links")
            if provider is not None:
                mapped = "; ".join(f"{group}: {', '.join(sorted(roles))}" for group, roles in provider.roles.items())
                yield _set("Roles by groups", mapped, "web.sign_in.roles", "given by hand")

    def _receivers(self) -> Iterator[dict[str, Any]]:
        found = notify_of(self._desk)
        reach = {one.name: one for one in found.notify.recipients}
        for one in found.receivers:
            known = reach.get(one.name)
            events = [EVENTS[event] for event in EVENTS if known is None or event in known.events]
            yield {
                "name": one.name,
                "kind": one.kind.kind,
                "reach": None if known is None else str(known.reach),
                "events": "everything" if len(events) == len(EVENTS) else "; ".join(events),
                "units": ", ".join(one.units) or "all",
            }

    # --- what needs attention ----------------------------------------------------------------------------------------

    def _worries(self, connection: Connection, file: Path | None, secrets: Sequence[Secret]) -> Iterator[Worry]:
        desk = self._desk
        if file is None:
            yield Worry(what="There is no configuration.", do="Run ostiary init, which writes one.")
        for one in secrets:
            if one.is_set is False:
                yield Worry(what=f"{one.key}: {one.reference} is not there.", do="Set it where Ostiary runs.")
        for refusal in desk.gate_rules.refused:
            yield Worry(what=f"The gate's rules are refused, so nothing can be decided: {refusal}", do="Mend the file.")
        for refusal in desk.risk_rules.refused:
            yield Worry(what=f"The rules of risk are refused, so every band is unknown: {refusal}", do="Mend the file.")
        if refused := len(desk.pack.refused):
            yield Worry(what=f"Policies are refused ({refused}), and not judged.", do="See which.", path="/policies")
        with suppress(ConfigError):
            if not desk.trail().keyed:
                yield Worry(
                    what="The audit trail has no key: it can be forged.", do="Run ostiary init, which makes one."
                )
        if lacking := [row for row in coverage(connection) if row["status"] != "complete"]:
            yield Worry(what=f"Lists not read in full: {len(lacking)}.", do="See why.", path="/coverage")
        if failed := [row for row in self.messages(connection) if row["state"] == "failed"]:
            yield Worry(what=f"Messages given up: {len(failed)}.", do="See why, and try again.", path="#messages")


def _set(name: str, value: str | None, key: str, usual: str = "not said") -> Setting:
    return Setting(name=name, value=value or usual, key=key, usual=not value)


def _yes(found: bool) -> str:
    return "yes" if found else "no"


def _version() -> str:
    try:
        return version("ostiary")
    except PackageNotFoundError:
        return "from its sources"


def _catalogue() -> str:
    try:
        return catalogue_in_use().sentence()
    except ConfigError as error:
        return str(error)


def _secrets(file: Path | None) -> Iterator[Secret]:
    """Yield all references of the configuration, whichever table they stand in."""
    if file is None:
        return
    known = References(file.absolute().parent)
    with suppress(OSError, ValueError):
        for key, text in _texts(tomllib.loads(file.read_text(encoding="utf-8")), ""):
            if re.fullmatch(REFERENCE, text):
                yield Secret(key=key, reference=text, is_set=_is_set(known, text))


def _texts(table: Any, before: str) -> Iterator[tuple[str, str]]:
    if isinstance(table, dict):
        for name, value in table.items():
            yield from _texts(value, f"{before}.{name}" if before else str(name))
    elif isinstance(table, list):
        for value in table:
            yield from _texts(value, before)
    elif isinstance(table, str):
        yield before, table


def _is_set(known: References, reference: str) -> bool | None:
    if not reference.startswith(_NEAR):
        return None
    try:
        return bool(known.resolve(reference))
    except ConfigError:
        return False
