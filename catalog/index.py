"""The index: every matcher behind one call, over the compiled catalogue and a company's own overlay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from catalog.cache import load_tables
from catalog.categories import is_marketing
from catalog.descriptors import RESELLERS, Descriptor, is_plausible, parse_descriptor
from catalog.domains import begins, cname_target, find_by_path, find_host, find_spf, spf_hosts
from catalog.entities import find_entity
from catalog.found import Found
from catalog.hosts import parse_host, path_of, scheme_of
from catalog.ids import find_bundle, find_catalog_key, find_client, find_scheme
from catalog.load import ENTRIES, Tool
from catalog.lookalikes import imitated
from catalog.names import find_name
from catalog.normal import key, readable
from catalog.others import hands_over, is_about, reseller_of, sells_tickets, takes_for_others
from catalog.personal import Usual, usual
from catalog.readings import match_of, reading_of
from catalog.sellers import find_seller, says_software
from catalog.shared import ENTITY_IDS, RETURN_PAGES
from catalog.tables import Known, Tables, overlay_onto
from catalog.txt import find_txt
from model.match import Entry, Match, Matcher, Reading, SaidBy, StringKind
from model.signal import AppIdentity

#: Readings remembered; beyond that the memory is emptied.
_REMEMBERED = 1024
_NOTHING = "Nothing in it is known to belong to a tool."
_NO_MATCH = Reading(match=None, why=_NOTHING)
_HOST_KINDS = frozenset({StringKind.DOMAIN, StringKind.URL, StringKind.SCRIPT_HOST})
_WEB_SCHEMES = frozenset({"http", "https"})
#: So many hosts of an SPF record are looked at for look-alikes: more look-ups the standard forbids (RFC 7208, 4.6.4).
_INCLUDES = 10
#: An enumeration's member is looked up anew each time, at seven times the price of a name.
_DOMAIN = Matcher.DOMAIN
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
            found = self._entries[tool_id] = _entry(known, told=known.id in self._tables.told)
        return found

    def today(self, tool_id: str) -> str:
        """Return the id under which signals of this tool are listed: what it has become, or its own."""
        known = self._tables.tools.get(tool_id)
        return tool_id if known is None or known.ended else self._today(known).id

    def ended(self, tool_id: str) -> date | None:
        """Return the day on which the product was withdrawn, the year's last where only the year is known, or None."""
        known = self._tables.tools.get(tool_id)
        if known is None or known.ended is None:
            return None
        year, _, rest = known.ended.partition("-")
        return date.fromisoformat(known.ended) if rest.count("-") else date(int(year), 12, 31)

    def end_notice(self, tool_id: str) -> tuple[date, str] | None:
        """Return the day of the product's end and the page that says it; None where the catalogue names not both."""
        known = self._tables.tools.get(tool_id)
        if known is None or known.ended is None or known.ended_source is None or known.ended.count("-") < 2:
            return None
        return date.fromisoformat(known.ended), known.ended_source

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

    def read_many(self, asked: Sequence[tuple[StringKind, str]]) -> list[Reading]:
        """Return what `read` returns for each pair, in order.

        One kind after the other, as the processor then finds the code of a matcher where it left it, and without
        remembering: a third faster where no string comes twice.
        """
        found: dict[int, Reading] = {}
        for number in sorted(range(len(asked)), key=lambda at: asked[at][0]):
            kind, value = asked[number]
            found[number] = self._read(kind, value, None)
        return [found[number] for number in range(len(asked))]

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
        find = _FINDERS.get(kind)
        if find is not None:
            return self._reading(find(self._tables, value))
        if kind in _HOST_KINDS:
            return self._read_host(value, _DOMAIN)
        if kind is StringKind.CARD_DESCRIPTOR:
            return self._read_descriptor(value, mcc)
        if kind is StringKind.REDIRECT_URI:
            return self._read_redirect(value)
        if kind is StringKind.ENTITY_ID:
            return self._read_entity_id(value)
        if kind is StringKind.DNS_CNAME:
            host = cname_target(value)
            return self._read_parsed(host, host, _DOMAIN, served=True) if host else _NO_MATCH
        return self._read_spf(value)

    def _read_host(self, value: str, matcher: Matcher, *, served: bool = False) -> Reading:
        host = parse_host(value)
        if host is None:
            return Reading(match=None, why="It holds no public host name.")
        return self._read_parsed(host, value, matcher, served=served)

    def _read_parsed(self, host: str, value: str, matcher: Matcher, *, served: bool = False) -> Reading:
        found = find_by_path(self._tables, host, value, matcher) if "/" in value else None
        found = found or find_host(self._tables, host, matcher, served=served)
        if found is not None:
            return self._reading(found)
        return self._imitation([host]) or reading_of(None, f"No tool is known to own {host}.")

    def _imitation(self, hosts: Iterable[str]) -> Reading | None:
        for host in hosts:
            known = self._tables.tools.get(imitated(self._tables, host) or "")
            if known is not None:
                why = f"{host} looks like {known.name}, and is not its domain."
                return Reading(match=None, why=why, imitates=known.name)
        return None

    def _read_spf(self, value: str) -> Reading:
        found = find_spf(self._tables, value)
        return self._reading(found) if found else self._imitation(spf_hosts(value)[:_INCLUDES]) or _NO_MATCH

    def _read_redirect(self, value: str) -> Reading:
        scheme = None if value.startswith("https://") else scheme_of(value)
        if scheme is not None and scheme not in _WEB_SCHEMES:
            return self._reading(find_scheme(self._tables, scheme, value))
        host = parse_host(value)
        if host is None:
            return Reading(match=None, why="It holds no public host name.")
        if host in RETURN_PAGES and any(begins(path_of(value), page) for page in RETURN_PAGES[host]):
            return Reading(match=None, why="It is a page that a sign-in platform holds ready for anybody's app.")
        return self._read_parsed(host, value, _DOMAIN)

    def _read_entity_id(self, value: str) -> Reading:
        known = ENTITY_IDS.get(value.strip().casefold().rstrip("/"))
        if known in self._tables.tools:
            why = "It is the entity id by which {name} signs in everywhere."
            return self._reading(Found(known, Matcher.ENTITY_ID, value.strip(), 0.95, why))
        reading = self._read_host(value, Matcher.ENTITY_ID)
        if reading.match is not None or reading.imitates is not None:
            return reading
        found = find_entity(self._tables, value) or find_client(self._tables, value)
        return reading if found is None else self._reading(found)

    def _read_descriptor(self, value: str, mcc: str | None) -> Reading:
        parsed = parse_descriptor(value)
        found = find_seller(self._tables, parsed, mcc=mcc) if is_plausible(value) else None
        known = self._tables.tools[found.id] if found else None
        reseller = reseller_of(parsed, known.name if known else None, known.vendor if known else None)
        other = self._others(parsed, known, found.matched) if known is not None and found is not None else None
        if other is not None:
            why, between = other
            reseller = reseller or between
            sold = known is not None and takes_for_others(known, parsed)
            sold = sold and (reseller is not None or says_software(parsed, mcc=mcc))
            return Reading(match=None, why=why, counterparty=parsed.payee, merchant_of_record=reseller, software=sold)
        match = self._match(found) if found else None
        return reading_of(
            match,
            match.why if match else _NOTHING,
            known.vendor if known and parsed.product else parsed.payee,
            reseller,
            software=known is not None or says_software(parsed, mcc=mcc),
        )

    @staticmethod
    def _others(parsed: Descriptor, known: Known, matched: str) -> tuple[str, str | None] | None:
        """Return why the money is not the tool's that the line names, and who took it for others; None: it is."""
        if takes_for_others(known, parsed):
            why = f"{known.name} took the money, and the line does not say for whom."
            return why, RESELLERS.get(known.name.casefold())
        if sells_tickets(known, parsed):
            return f"{known.name} took the money for somebody else's event.", known.name
        if hands_over(known, parsed, matched):
            return f"{known.name} hands over takings: the line is no charge.", None
        if known.goods:
            return f"{known.name} sells goods and services: a charge there says nothing of software.", None
        if is_about(known, parsed, matched):
            return f"The line is of something about {known.name}, or of what its house sells besides software.", None
        return None

    def _reading(self, found: Found | None) -> Reading:
        if found is None:
            return _NO_MATCH
        match = self._match(found)
        return reading_of(match, match.why)

    def _match(self, found: Found) -> Match:
        known = self._tables.tools[found.id]
        why = found.why.replace("{name}", known.name)
        today = self._today(known) if known.now else known
        if today is not known:
            why = f"{why} {known.name} has become {today.name}."
            known = known if known.ended else today
        entry = self._entries.get(known.id)
        if entry is None:
            entry = self._entries[known.id] = _entry(known, told=known.id in self._tables.told)
        return match_of(entry, found.matcher, found.matched, found.confidence, why)

    def personal_data(self, tool_id: str) -> Usual | None:
        """Return what data of persons such a tool usually holds; None for a tool that the catalogue does not have.

        It is no fact about the company: it says nothing of what is in the company's own account.
        """
        entry = self.entry(tool_id)
        if entry is None:
            return None
        return usual(entry.category, None if entry.personal_data_by is None else entry.personal_data)

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
    StringKind.DNS_TXT: find_txt,
    StringKind.BUNDLE_ID: find_bundle,
    StringKind.CLIENT_ID: find_client,
}


def _entry(known: Known, *, told: bool) -> Entry:
    return Entry(
        id=known.id,
        name=known.name,
        vendor=known.vendor,
        category=known.category,
        marketing=is_marketing(known.category),
        personal_data=tuple((known.personal_data or "").split()),
        personal_data_by=None if known.personal_data is None else SaidBy.COMPANY if told else SaidBy.CATALOGUE,
    )


def load_index(extra: Iterable[Tool] = (), *, folder: Path = ENTRIES, cache: Path | None = None) -> Index:
    """Return the index over the catalogue and the company's own records, which win over it.

    The tables come from a file in the user's cache (or `cache`), made at first use. Raises CatalogError.
    """
    tables, version = load_tables(folder, cache)
    own = list(extra)
    return Index(overlay_onto(tables, own), f"{version}+{len(own)}") if own else Index(tables, version)
