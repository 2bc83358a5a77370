"""What OAuth scopes let their holder do: an exact table; a scope is never matched by a part of its text.

The table's column `source` names the vendor's document of each row.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).parent / "scopes.csv"
#: The vendors whose scopes a platform's grants may carry, by the system that lists the grants.
_VENDORS = {
    "google": ("Google", "OpenID"),
    "entra": ("Microsoft Graph", "OpenID"),
    "okta": ("Okta", "OpenID"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """One row: what it lets the holder do (`access`: none read write manage send full), on which class of data, how far."""

    scope: str
    access: str
    data_class: str
    reach: str
    sensitivity: str
    meaning: str

    @property
    def sensitive(self) -> bool:
        """Whether it is rated high or critical."""
        return self.sensitivity in {"high", "critical"}

    def reads(self, data_class: str) -> bool:
        """Whether it reads data of a class."""
        return self.data_class == data_class and self.access in {"read", "write", "manage", "full"}


def rate(system: str, scope: str) -> Scope | None:
    """Return what a scope of a system's grants means, or None: an unknown scope is unrated, never low."""
    return _tables().get(system, {}).get(scope)


@functools.cache
def _tables() -> Mapping[str, Mapping[str, Scope]]:
    by_vendor: dict[str, dict[str, Scope]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fields = (row[name] for name in ("scope", "access", "data_class", "reach", "sensitivity", "meaning"))
            found = Scope(*fields)
            known = by_vendor.setdefault(row["vendor"], {})
            # Graph lists a permission twice, for people and for apps: the graver rating stands.
            if found.scope not in known or found.sensitive:
                known[found.scope] = found
    merged: dict[str, dict[str, Scope]] = {}
    for system, vendors in _VENDORS.items():
        merged[system] = {scope: row for vendor in reversed(vendors) for scope, row in by_vendor[vendor].items()}
    return merged
