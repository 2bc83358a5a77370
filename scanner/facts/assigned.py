"""Who may use a tool, by the lists of assignments and of the tool's own accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model.facts import Unknown
from model.signal import SignalKind
from scanner.facts.streams import StreamState
from scanner.facts.world import Subject, World

_Row = dict[str, Any]
_LISTED = (SignalKind.ASSIGNMENT, SignalKind.ACCOUNT_ACCESS)
#: Okta's list of groups: the people in them stand in the list of app users (Core API, "Application Users").
_GROUPS, _USERS = "app_groups", "app_users"
#: States of an account that lets nobody in: Okta's of app users (Core API, AppUserStatus), and other tools' words.
_OFF = frozenset(
    {"deprovisioned", "inactive", "revoked", "suspended", "unassigned", "disabled", "deactivated", "deleted", "removed"}
)
_IN_FORCE = frozenset({"active", "enabled"})


@dataclass(frozen=True, slots=True)
class Assigned:
    """The rows of whole lists that let somebody in, newest first; `people` are theirs, services left out.

    `registrations` are what the lists belong to. `hidden`: a list names a group, and none who is in it.
    """

    rows: tuple[_Row, ...]
    people: Mapping[int, tuple[_Row, ...]]
    registrations: tuple[_Row, ...] = ()
    hidden: Unknown | None = field(default=None)

    @property
    def shown(self) -> tuple[_Row, ...]:
        """What shows who is assigned; where nobody is, what nobody is assigned to."""
        return self.rows or self.registrations


def lists(world: World) -> list[StreamState]:
    """Return the streams that list who may use a tool."""
    return world.once("assignments", lambda: [s for s in world.of_kinds(*_LISTED) if s.lists])


def unread(world: World) -> Unknown | None:
    """Return why one of these lists cannot be relied on, or None; there may be none at all."""
    return next((Unknown(reason) for s in lists(world) if (reason := s.blinded()) is not None), None)


def assigned(subject: Subject, world: World) -> Assigned | Unknown:
    """Return who is assigned, or why that is not known: each provider that names the tool must have been read."""
    return subject.once("assigned", lambda: _assigned(subject, world))


def _assigned(subject: Subject, world: World) -> Assigned | Unknown:
    registrations = [r for r in subject.of_kind(SignalKind.REGISTRATION) if _signs_in(r)]
    named = {s.source for s in lists(world) if (s.source, s.stream) in subject.named_by}
    sources = sorted(named | {r["source"] for r in registrations})
    if not sources:
        return Unknown("no list of assignments names the tool")
    for source in sources:
        of_source = [s for s in lists(world) if s.source == source]
        if not of_source:
            return Unknown(f"no list of assignments of {source} was read")
        if (reason := next((r for s in of_source if (r := s.blinded()) is not None), None)) is not None:
            return Unknown(reason)
    rows = tuple(r for kind in _LISTED for r in subject.of_kind(kind) if r["mode"] == "snapshot" and _lets_in(r))
    return Assigned(rows, _people(rows, world), tuple(registrations), _hidden(rows, world))


def _signs_in(registration: _Row) -> bool:
    return str(registration["facts"].get("status", "active")).casefold() in _IN_FORCE


def _lets_in(row: _Row) -> bool:
    return str(row["facts"].get("status", "")).casefold() not in _OFF


def _people(rows: tuple[_Row, ...], world: World) -> dict[int, tuple[_Row, ...]]:
    found: dict[int, tuple[_Row, ...]] = {}
    for row in rows:
        person = world.people.get(row["person_id"]) if row["person_id"] else None
        if row["person_id"] and (person is None or person.kind != "service"):
            found[row["person_id"]] = (*found.get(row["person_id"], ()), row)
    return found


def _hidden(rows: tuple[_Row, ...], world: World) -> Unknown | None:
    listing = {(s.source, s.stream) for s in lists(world)}
    for row in rows:
        expanded = row["stream"] == _GROUPS and (row["source"], _USERS) in listing
        if not row["person_id"] and not expanded:
            return Unknown(f"{row['source']}/{row['stream']} names a group that is assigned, and not who is in it")
    return None
