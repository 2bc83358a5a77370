"""The registry of FORMATs: one line a module."""

from __future__ import annotations

from connectors import approved_tools_csv, card_csv, entra, focus, google, okta, people_csv
from connectors.formats import Format

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (
        *okta.FORMATS,
        *google.FORMATS,
        *entra.FORMATS,
        *focus.FORMATS,
        card_csv.FORMAT,
        people_csv.FORMAT,
        approved_tools_csv.FORMAT,
    )
}
