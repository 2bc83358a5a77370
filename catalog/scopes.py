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
#: The id of Microsoft Graph itself, the same in every tenant.
GRAPH = "00000003-0000-0000-c000-000000000000"
_GRAVITY = ("low", "medium", "high", "critical")
_REACH = ("self", "user", "workspace")
#: Scopes that change and show nothing of what is there (Gmail API, "Choose scopes": insert, settings; the others by
#: their descriptions in Google's discovery documents and in the Microsoft Graph permissions reference: add, delete).
_BLIND = frozenset(
    {
        "https://www.googleapis.com/auth/apps.groups.migration",
        "https://www.googleapis.com/auth/chat.admin.delete",
        "https://www.googleapis.com/auth/chat.delete",
        "https://www.googleapis.com/auth/gmail.insert",
        "https://www.googleapis.com/auth/gmail.settings.basic",
        "https://www.googleapis.com/auth/gmail.settings.sharing",
        "Channel.Delete.All",
        "Chat.ManageDeletion.All",
        "FileIngestion.Ingest",
        "Teamwork.Migrate.All",
    }
)
_SENDING = frozenset(
    {"https://www.googleapis.com/auth/gmail.modify"}  # rated as write, and sends (Gmail API, "Choose scopes")
)
#: Scopes on every file of one kind alone: documents, sheets, slides, forms, notes, recordings, print jobs (Google's
#: discovery documents; Microsoft Graph permissions reference).
_ONE_KIND = frozenset(
    {
        *(
            f"https://www.googleapis.com/auth/{name}{tail}"
            for name in ("documents", "presentations", "spreadsheets", "forms.body", "keep")
            for tail in ("", ".readonly")
        ),
        "https://www.googleapis.com/auth/drive.meet.readonly",
        "https://www.googleapis.com/auth/forms",
        "https://www.googleapis.com/auth/forms.responses.readonly",
        "CallRecordings.Read.All",
        "Notes.Read.All",
        "Notes.ReadWrite.All",
        "OnlineMeetingRecording.Read.All",
        "PrintJob.Read.All",
        "PrintJob.ReadWrite.All",
        "ShortNotes.Read.All",
        "ShortNotes.ReadWrite.All",
    }
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

    @property
    def reads_all_files(self) -> bool:
        """Whether it reads the files of a person or of the company, whatever kind they are of."""
        held = self.limit or self.reach == "self" or self.scope in _ONE_KIND
        return self.reads("files") and not held


def rate(system: str, scope: str, kind: str | None = None) -> Scope | None:
    """Return what a scope of a system's grants means, or None: an unknown scope is unrated, never low.

    `kind` is delegated (the app acts for a person) or application (as itself); where nobody says which, the graver of
    both stands. Of Microsoft Graph the id of an app role may stand in the place of its name.
    """
    for vendor in _VENDORS.get(system, ()):
        if (found := find(vendor, scope, kind)) is not None:
            return found
    return role(scope) if system == "entra" else None


def find(vendor: str, scope: str, kind: str | None = None) -> Scope | None:
    """Return what a scope of a vendor means; the whole text must be equal, by case, and no part of it counts."""
    kinds = _tables().get(vendor, {}).get(scope)
    if kinds is None:
        return None
    return max(kinds.values(), key=_weight) if kind is None else kinds.get(kind) or kinds.get("any")


def role(guid: str, kind: str = "application", resource: str = GRAPH) -> Scope | None:
    """Return what an id of a permission means (appRoleId, as Graph writes it) at a resource, or None.

    The id alone is not enough: some permissions have one id of both kinds, and other resources have ids of their own.
    """
    return _roles().get((resource, kind, guid))


def _weight(scope: Scope) -> tuple[int, int]:
    return _GRAVITY.index(scope.sensitivity), _REACH.index(scope.reach)


@functools.cache
def _rows() -> tuple[tuple[Mapping[str, str], Scope], ...]:
    names = ("scope", "access", "data_class", "reach", "sensitivity", "meaning", "limit")
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple((row, Scope(*(row[name] for name in names))) for row in csv.DictReader(file))


@functools.cache
def _tables() -> Mapping[str, Mapping[str, Mapping[str, Scope]]]:
    """Return vendor -> scope -> kind -> what it means."""
    found: dict[str, dict[str, dict[str, Scope]]] = {}
    for row, scope in _rows():
        found.setdefault(row["vendor"], {}).setdefault(row["scope"], {})[row["kind"]] = scope
    return found


@functools.cache
def _roles() -> Mapping[tuple[str, str, str], Scope]:
    return {(row["resource_app_id"], row["kind"], row["guid"]): scope for row, scope in _rows() if row["guid"]}
