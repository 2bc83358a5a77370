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
_GRAVITY = ("low", "medium", "high", "critical")
_REACH = ("self", "user", "workspace")
#: Scopes that change and show nothing of what is there (Gmail API, "Choose scopes": insert, settings).
_BLIND = frozenset(
    {
        "https://www.googleapis.com/auth/gmail.insert",
        "https://www.googleapis.com/auth/gmail.settings.basic",
        "https://www.googleapis.com/auth/gmail.settings.sharing",
    }
)
_SENDING = frozenset(
    {"https://www.googleapis.com/auth/gmail.modify"}  # rated as write, and sends (Gmail API, "Choose scopes")
)


@dataclass(frozen=True, slots=True)
class Scope:
    """One row: what it lets the holder do, on which class of data, how far. `access`: none read write manage send full.

    `limit` says that it is held to `metadata`, or to items that the person has `selected`; it is empty where it is not.
    """

    scope: str
    access: str
    data_class: str
    reach: str
    sensitivity: str
    meaning: str
    limit: str = ""

    @property
    def sensitive(self) -> bool:
        """Whether it is rated high or critical."""
        return self.sensitivity in {"high", "critical"}

    @property
    def sends(self) -> bool:
        """Whether it sends in the person's name."""
        return self.access in {"send", "full"} or self.scope in _SENDING

    def reads(self, data_class: str) -> bool:
        """Whether it reads data of a class; what may write there reads it too, but for a few that are named."""
        if self.data_class != data_class or self.scope in _BLIND:
            return False
        return self.access in {"read", "write", "manage", "full"}


def rate(system: str, scope: str) -> Scope | None:
    """Return what a scope of a system's grants means, or None: an unknown scope is unrated, never low."""
    return _tables().get(system, {}).get(scope)


def _graver(one: Scope | None, other: Scope) -> Scope:
    """Graph lists a permission twice, for people and for apps: the graver rating stands."""
    return other if one is None or _weight(other) > _weight(one) else one


def _weight(scope: Scope) -> tuple[int, int]:
    return _GRAVITY.index(scope.sensitivity), _REACH.index(scope.reach)


@functools.cache
def _tables() -> Mapping[str, Mapping[str, Scope]]:
    by_vendor: dict[str, dict[str, Scope]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = ("scope", "access", "data_class", "reach", "sensitivity", "meaning", "limit")
            known = by_vendor.setdefault(row["vendor"], {})
            known[row["scope"]] = _graver(known.get(row["scope"]), Scope(*(row[name] or "" for name in names)))
    return {
        system: {scope: row for vendor in reversed(vendors) for scope, row in by_vendor[vendor].items()}
        for system, vendors in _VENDORS.items()
    }
