"""The catalogue as one company reads it: what lies on its own domains is its own, whatever word it is called by."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from model.match import Entry, Matcher, Reading
from model.signal import AppIdentity
from scanner.identifying import Index

#: Below this a name is an ordinary word, or was found inside a longer label: no proof against an address of one's own.
_SURE = 0.9


class HomeIndex:
    """An index for one company.

    An app on a domain of the company is not a vendor's because it bears a word that is also a product's name
    (`Basecamp`); a coined name (`Zendesk`) still names the tool, since vendors' tools answer on customers' domains too.
    """

    def __init__(self, index: Index, domains: tuple[str, ...]) -> None:
        self._index = index
        self._domains = tuple(domain.casefold() for domain in domains)
        self.version = index.version

    def read_app(self, app: AppIdentity, *, mcc: str | None = None) -> Reading:
        """Say which tool an identity is."""
        reading = self._index.read_app(app, mcc=mcc)
        if reading.match is None or reading.match.matcher is not Matcher.NAME or reading.match.confidence >= _SURE:
            return reading
        host = next((h for h in _hosts(app) if self._is_ours(h)), None)
        if host is None:
            return reading
        why = (
            f"It lies on {host}, a domain of the company: that it is called as {reading.match.entry.name} is no proof."
        )
        return Reading(match=None, why=why, imitates=reading.imitates)

    def entry(self, tool_id: str) -> Entry | None:
        """Return a tool of the catalogue."""
        return self._index.entry(tool_id)

    def ended(self, tool_id: str) -> date | None:
        """Return the day on which a product was withdrawn, or None."""
        return self._index.ended(tool_id)

    def end_notice(self, tool_id: str) -> tuple[date, str] | None:
        """Return the day of a product's end and the page that says it, or None."""
        return self._index.end_notice(tool_id)

    def _is_ours(self, host: str) -> bool:
        return any(host == domain or host.endswith(f".{domain}") for domain in self._domains)


def _hosts(app: AppIdentity) -> list[str]:
    return [host for given in (app.url, app.redirect_uri, app.entity_id, app.domain) if (host := _host(given))]


def _host(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return urlsplit(given if "://" in given else f"//{given}").hostname
    except ValueError:
        return None
