"""All exported files of the demo company: the real FORMATs, byte for byte the same on every run."""

from __future__ import annotations

from pathlib import Path

from connectors.registry import FORMATS
from scanner.demo import entra_files, google_files, list_files, money_files, okta_files
from scanner.demo.drawing import Export

#: The order within a wave: first who there is, then what is known of tools, then what happened, then money.
_ORDER = (
    "people-csv",
    "okta-users",
    "google-users",
    "entra-users",
    "approved-tools-csv",
    "okta-apps",
    "entra-service-principals",
    "okta-system-log",
    "google-activities",
    "entra-signins",
    "google-tokens",
    "entra-oauth2-grants",
    "card-csv",
    "focus",
)


def exports() -> list[Export]:
    """Return the exports of all FORMATs that are registered, in the order in which they are read."""
    rooms = (list_files, okta_files, google_files, entra_files, money_files)
    found = [export for room in rooms for export in room.exports() if export.format in FORMATS]
    return sorted(found, key=lambda e: (e.wave, _ORDER.index(e.format), e.source, e.name))


def write(folder: Path) -> list[Export]:
    """Write the exports into a folder, which is made; return them in the order in which they are read."""
    folder.mkdir(parents=True, exist_ok=True)
    found = exports()
    for export in found:
        (folder / export.name).write_bytes(export.content)
    return found
