"""The index: every matcher behind one call, over the compiled catalogue and a company's own overlay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from catalog.cache import load_tables
from catalog.categories import is_marketing
from catalog.descriptors import is_plausible, parse_descriptor
from catalog.domains import cname_target, find_host, find_spf, find_txt
from catalog.found import Found
from catalog.hosts import parse_host, scheme_of
from catalog.ids import find_bundle, find_catalog_key, find_client
from catalog.load import ENTRIES, Tool
from catalog.lookalikes import imitated
from catalog.names import find_name
from catalog.normal import compact, key, readable
from catalog.sellers import find_seller, reseller_of, says_software
from catalog.tables import Known, Tables, overlay
from model.match import Entry, Match, Matcher, Reading, StringKind
from model.signal import AppIdentity

#: Readings remembered; beyond that the memory is emptied.
_REMEMBERED = 1024
_NOTHING = "Nothing in it is known to belong to a tool."
_NO_MATCH = Reading(match=None, why=_NOTHING)
_HOST_KINDS = frozenset({StringKind.DOMAIN, StringKind.URL, StringKind.SCRIPT_HOST})
#: What anybody may call an app, whoever made it.
_WORN = frozenset({Matcher.NAME, Matcher.VENDOR})


class Index:
    """The catalogue, compiled. Reading is pure: the same string always reads the same under the same `version`."""

    def __init__(self, tables: Tables, version: str) -> None:
        self.version = version
        self._tables = tables
        self._entries: dict[str, Entry] = {}
        self._memory: dict[tuple[str, ...], Reading] = {}

    def __len__(self) -> int:
        """Return the number of tools."""
        return len(self._tables.tools)

    @property
    def tables(self) -> Tables:
        """The tables that the matchers look into, for `catalog.suggest`."""
        return self._tables

    def entry(self, tool_id: str) -> Entry | None:
        """Return the tool of this id, or None where the id is unknown."""
        found = self._entries.get(tool_id)
        known = self._tables.tools.get(tool_id) if found is None else None
        if known is not None:
            found = self._entries[tool_id] = _entry(known)
        return found

    def ended(self, tool_id: str) -> date | None:
        """Return the day on which the product was withdrawn, the year's last where only the year is known, or None."""
        known = self._tables.tools.get(tool_id)
        if known is None or known.ended is None:
            return None
        year, _, rest = known.ended.partition("-")
        return date.fromisoformat(known.ended) if rest.count("-") else date(int(year), 12, 31)

    def read(self, kind: StringKind, value: str, *, mcc: str | None = None) -> Reading:
        """Return what the string says. Never raises for any text; `mcc` is a charge's merchant category code."""
        if len(value) > 1024:
            return self._read(kind, value, mcc)
        remembered = (kind, value, mcc or "")
        reading = self._memory.get(remembered)
        if reading is None:
            reading = self._read(kind, value, mcc)
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[remembered] = reading
        return reading

    def read_app(self, app: AppIdentity, *, mcc: str | None = None) -> Reading:
        """Return what an identity says: its strongest field that names a tool decides.

        A descriptor's counterparty, and a look-alike among the hosts, are told whichever field decides. Where a host
        is a look-alike, a name proves nothing: it is what the look-alike wears.
        """
        readings = [read() for read in self._fields(app, mcc)]
        said = next((r for r in readings if r.counterparty), None)
        imitates = next((r.imitates for r in readings if r.imitates), None)
        best = next((r for r in readings if r.match and not (imitates and r.match.matcher in _WORN)), None)
        first = best or next((r for r in readings if r.imitates), None) or said or Reading(match=None, why=_NOTHING)
        return Reading(
            match=first.match,
            why=first.why,
            counterparty=said.counterparty if said else None,
            merchant_of_record=said.merchant_of_record if said else None,
            software=any(r.software for r in readings),
            imitates=imitates,
        )

    def _fields(self, app: AppIdentity, mcc: str | None) -> list[Callable[[], Reading]]:
        tables = self._tables

        def found(find: Callable[[str], Found | None], value: str | None) -> list[Callable[[], Reading]]:
            return [lambda: self._reading(find(value))] if value is not None else []

        def read(kind: StringKind, value: str | None) -> list[Callable[[], Reading]]:
            return [lambda: self.read(kind, value, mcc=mcc)] if value is not None else []

        return [
            *found(lambda value: find_client(tables, value), app.client_id),
            *found(lambda value: find_client(tables, value), app.app_id),
            *found(lambda value: find_catalog_key(tables, value), app.catalog_key),
            *found(lambda value: self._product(value, app.vendor), app.product_code),
            *read(StringKind.BUNDLE_ID, app.bundle_id),
            *read(StringKind.ENTITY_ID, app.entity_id),
            *read(StringKind.DOMAIN, app.domain),
            *read(StringKind.URL, app.url),
            *read(StringKind.REDIRECT_URI, app.redirect_uri),
            *found(lambda value: find_name(tables, value, app.vendor), app.label if app.vendor else None),
            *read(StringKind.CARD_DESCRIPTOR, app.descriptor),
            *read(StringKind.APP_NAME, app.label),
            *found(self._vendor, app.vendor),
        ]

    def _product(self, value: str, vendor: str | None) -> Found | None:
        return find_client(self._tables, value) or find_name(self._tables, value, vendor)

    def _vendor(self, value: str) -> Found | None:
        hit = self._tables.names.get(key(value)) if readable(value) else None
        if hit is None or not hit.sure:
            return None
        return Found(hit.id, Matcher.VENDOR, value, 0.7, f"The publisher “{value}” makes {{name}}.")

    def _read(self, kind: StringKind, value: str, mcc: str | None) -> Reading:
        if kind is StringKind.CARD_DESCRIPTOR:
            return self._read_descriptor(value, mcc)
        if kind in _HOST_KINDS:
            return self._read_host(value, Matcher.DOMAIN)
        if kind is StringKind.REDIRECT_URI:
            return self._read_redirect(value)
        if kind is StringKind.ENTITY_ID:
            return self._read_entity_id(value)
        if kind is StringKind.DNS_CNAME:
            host = cname_target(value)
            return self._read_host(host, Matcher.DOMAIN) if host else Reading(match=None, why=_NOTHING)
        return self._reading(_FINDERS[kind](self._tables, value))

    def _read_host(self, value: str, matcher: Matcher) -> Reading:
        host = parse_host(value)
        if host is None:
            return Reading(match=None, why="It holds no public host name.")
        found = find_host(self._tables, host, matcher)
        if found is not None:
            return self._reading(found)
        tool = imitated(self._tables, host)
        known = self._tables.tools.get(tool or "")
        if known is not None:
            return Reading(
                match=None, why=f"{host} looks like {known.name}, and is not its domain.", imitates=known.name
            )
        return Reading(match=None, why=f"No tool is known to own {host}.")

    def _read_redirect(self, value: str) -> Reading:
        scheme = scheme_of(value)
        if scheme is not None and scheme.count(".") >= 1:
            return self._reading(find_bundle(self._tables, scheme))
        return self._read_host(value, Matcher.DOMAIN)

    def _read_entity_id(self, value: str) -> Reading:
        reading = self._read_host(value, Matcher.ENTITY_ID)
        if reading.match is not None or reading.imitates is not None:
            return reading
        named = re.fullmatch(r"(?:urn:)?([A-Za-z0-9.-]{3,60})(?::[^\s]{0,400})?", value.strip())
        form = compact(named[1]) if named and not value.lower().startswith(("http", "spn:", "api:")) else ""
        hit = self._tables.names.get(self._tables.joined.get(form, ""))
        if hit is None or not hit.sure:
            return reading
        return self._reading(Found(hit.id, Matcher.ENTITY_ID, form, 0.85, f"The entity id names {{name}} ({form})."))

    def _read_descriptor(self, value: str, mcc: str | None) -> Reading:
        parsed = parse_descriptor(value)
        found = find_seller(self._tables, parsed, mcc=mcc) if is_plausible(value) else None
        if found is None and parsed.merchant_of_record and not compact(parsed.seller):
            found = self._bare_reseller(parsed.merchant_of_record)
        known = self._tables.tools[found.id] if found else None
        if known is not None and known.goods:
            why = f"{known.name} sells goods and services: a charge there says nothing of software."
            return Reading(match=None, why=why, counterparty=parsed.payee)
        match = self._match(found) if found else None
        return Reading(
            match=match,
            why=match.why if match else _NOTHING,
            counterparty=parsed.payee,
            merchant_of_record=reseller_of(parsed, known.name if known else None),
            software=known is not None or says_software(parsed, mcc=mcc),
        )

    def _bare_reseller(self, reseller: str) -> Found | None:
        """Return the reseller itself, where the line names nobody behind it."""
        hit = self._tables.names.get(key(reseller))
        why = f"{reseller} took the money, and the line does not say for what: it is listed as {{name}} itself."
        return hit and Found(hit.id, Matcher.DESCRIPTOR, reseller, 0.6, why)

    def _reading(self, found: Found | None) -> Reading:
        if found is None:
            return _NO_MATCH
        match = self._match(found)
        return Reading(match=match, why=match.why)

    def _match(self, found: Found) -> Match:
        known = self._tables.tools[found.id]
        why = found.why.replace("{name}", known.name)
        today = self._today(known) if known.now else known
        if today is not known:
            why = f"{why} {known.name} has become {today.name}."
            known = known if known.ended else today
        entry = self._entries.get(known.id)
        if entry is None:
            entry = self._entries[known.id] = _entry(known)
        return Match(entry=entry, matcher=found.matcher, matched=found.matched, confidence=found.confidence, why=why)

    def _today(self, known: Known) -> Known:
        """Return what a tool became by renaming or merging: the last of the chain, or one that was itself withdrawn."""
        seen = {known.id}
        while known.now and known.now not in seen and known.now in self._tables.tools:
            known = self._tables.tools[known.now]
            seen.add(known.id)
            if known.ended:
                break
        return known


_FINDERS: dict[StringKind, Callable[[Tables, str], Found | None]] = {
    StringKind.APP_NAME: find_name,
    StringKind.MARKETPLACE_PRODUCT: find_name,
    StringKind.DNS_SPF: find_spf,
    StringKind.DNS_TXT: find_txt,
    StringKind.BUNDLE_ID: find_bundle,
    StringKind.CLIENT_ID: find_client,
}


def _entry(known: Known) -> Entry:
    return Entry(
        id=known.id,
        name=known.name,
        vendor=known.vendor,
        category=known.category,
        marketing=is_marketing(known.category),
    )


def load_index(extra: Iterable[Tool] = (), *, folder: Path = ENTRIES, cache: Path | None = None) -> Index:
    """Return the index over the catalogue and the company's own records, which win over it.

    The tables come from a file in the user's cache (or `cache`), made at first use. Raises CatalogError.
    """
    tables, version = load_tables(folder, cache)
    own = list(extra)
    return Index(overlay(tables, own), f"{version}+{len(own)}") if own else Index(tables, version)
