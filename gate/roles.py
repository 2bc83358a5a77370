"""Who may do what: roles, the acts that they allow, and the units to which somebody may be limited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from model.errors import Refused


class Role(StrEnum):
    """What somebody is to the gate."""

    ADMINISTRATOR = "administrator"
    REVIEWER = "reviewer"
    APPROVER_IT = "approver_it"
    APPROVER_MARKETING = "approver_marketing"
    BUSINESS_USER = "business_user"
    AUDITOR = "auditor"


class Act(StrEnum):
    """What can be done; each command and page names its own."""

    LOOK = "look"
    REQUEST = "request"
    ANSWER = "answer"
    RATE = "rate"
    CORRECT = "correct"
    WORK = "work"  # take up, assign, ask, route, remind
    WAIVE = "waive"
    SIGN_IT = "sign for IT"
    SIGN_MARKETING = "sign for Marketing"
    REVOKE = "revoke in bulk"
    ACCOUNTS = "manage accounts"
    AUDIT = "read the trail"
    NAMES = "see people by name"
    REVEAL = "have people's names shown, for a reason"
    RUN = "run scans and see the settings"


_EVERYBODY = frozenset(Role)
_DESK = frozenset({Role.REVIEWER, Role.APPROVER_IT})
_SIDES = _DESK | {Role.APPROVER_MARKETING}
#: Act -> the roles that allow it. Who administers the accounts decides nothing by that alone.
RIGHTS: Mapping[Act, frozenset[Role]] = MappingProxyType(
    {
        Act.LOOK: _EVERYBODY,
        Act.REQUEST: _EVERYBODY - {Role.AUDITOR},
        Act.ANSWER: _SIDES | {Role.BUSINESS_USER},
        Act.RATE: _SIDES | {Role.BUSINESS_USER},
        Act.CORRECT: _SIDES,
        Act.WORK: _DESK,
        Act.WAIVE: _DESK,
        Act.SIGN_IT: _DESK,
        Act.SIGN_MARKETING: frozenset({Role.APPROVER_MARKETING}),
        Act.REVOKE: frozenset({Role.APPROVER_IT}),
        Act.ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
        Act.AUDIT: frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.REVIEWER, Role.APPROVER_IT}),
        Act.NAMES: _DESK,
        Act.REVEAL: frozenset({Role.APPROVER_MARKETING, Role.AUDITOR, Role.ADMINISTRATOR}),
        Act.RUN: _DESK | {Role.ADMINISTRATOR},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who acts. `units` limit what the account may act on; none of them means all.

    An account holds from `valid_from` until `valid_to` (None: without end); `delegates` are ids of accounts for whom it
    stands in, as of the moment for which it was read.
    """

    id: int
    email: str
    roles: frozenset[Role]
    units: tuple[str, ...] = ()
    valid_from: datetime
    valid_to: datetime | None = None
    delegates: tuple[int, ...] = ()

    def holds(self, at: datetime) -> bool:
        """Return whether the account is valid at a moment."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def covers(self, unit: str | None) -> bool:
        """Return whether the account may act on what belongs to a unit (None: nobody knows to which)."""
        if not self.units:
            return True
        folded = (unit or "").strip().casefold().rstrip("/")
        return any(folded == own or folded.startswith(own + "/") for own in map(_folded, self.units))


def _folded(unit: str) -> str:
    return unit.strip().casefold().rstrip("/")


def may(account: Account, act: Act, *, at: datetime, unit: str | None = None) -> bool:
    """Return whether an account may do something at a moment, to what belongs to a unit."""
    return account.holds(at) and bool(account.roles & RIGHTS[act]) and account.covers(unit)


def require(account: Account, act: Act, *, at: datetime, unit: str | None = None) -> None:
    """Raise Refused where an account may not do something, and say what would be needed."""
    if not account.holds(at):
        ended = account.valid_to is not None and account.valid_to <= at
        raise Refused(f"the account of {account.email} {'has ended' if ended else 'does not hold yet'}")
    if not account.roles & RIGHTS[act]:
        needed = " or ".join(sorted(role.replace("_", " ") for role in RIGHTS[act]))
        held = ", ".join(sorted(role.replace("_", " ") for role in account.roles)) or "no role"
        raise Refused(f"to {act} takes the role {needed}; {account.email} has {held}")
    if not account.covers(unit):
        raise Refused(
            f"{account.email} acts for {', '.join(account.units)} only, and this is {unit or 'of no known unit'}'s"
        )
