"""What directories say of one person: unit, whether from outside, whether gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: States of people in directories that mean that somebody is not with the company any more.
LEFT = frozenset({"deprovisioned", "left", "deleted", "terminated", "inactive", "disabled"})
GUESTS = frozenset({"guest", "agency", "contractor", "freelancer", "external"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person: kind, unit, whether in marketing or IT (None: not known), and what the newest directory says.

    `directory` is None where none lists the person; `listed_in` is (source, stream) of the one that does, `record` the
    evidence key. `left` is None where no directory says.
    """

    number: int
    kind: str = "person"
    unit: str | None = None
    marketing: bool | None = None
    address: str | None = None
    directory: Mapping[str, Any] | None = None
    listed_in: tuple[str, str] | None = None
    record: str | None = None
    left: bool | None = None
    it: bool | None = None

    def is_outside(self, domains: Collection[str]) -> bool:
        """Whether the mail domain, where one is known, is none of the company's (case folded)."""
        address = self.address or ""
        return bool(domains) and "@" in address and address.rpartition("@")[2].casefold() not in domains

    def is_external(self, domains: Collection[str]) -> bool:
        """Whether somebody is a guest or an agency's, by the directory where it says so, else by the mail domain."""
        if self.kind == "agency":
            return True
        stated = str((self.directory or {}).get("person_type", "")).casefold()
        return stated in GUESTS if stated else self.is_outside(domains)


def has_left(directory: Mapping[str, Any] | None, as_of: datetime) -> bool | None:
    """Return whether a directory's person has left by a moment; a last day that is still to come is none yet."""
    if directory is None:
        return None
    if str(directory.get("status", "")).casefold() in LEFT:
        return True
    try:
        left_at = datetime.fromisoformat(str(directory["left_at"]))
    except (KeyError, ValueError):
        return False
    return (left_at if left_at.tzinfo else left_at.replace(tzinfo=UTC)) <= as_of
