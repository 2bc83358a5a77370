"""The two keys: which sides must sign a decision, and what follows from the signatures at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from gate.roles import RIGHTS, Account, Act


class Side(StrEnum):
    """Who answers for what: IT for how a tool runs, Marketing for the customer and the business case."""

    IT = "it"
    MARKETING = "marketing"


#: Side -> the act by which an account signs for it.
SIGNS: Mapping[Side, Act] = MappingProxyType({Side.IT: Act.SIGN_IT, Side.MARKETING: Act.SIGN_MARKETING})
#: Outcome of a decision -> the status that the tool has by it.
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "approve": "approved",
        "approve_with_conditions": "approved_with_conditions",
        "reject": "rejected",
        "retire": "retired",
    }
)
#: Outcomes that let people use the tool: those take both keys where customers may be harmed.
LETS_IN = frozenset({"approve", "approve_with_conditions"})
#: Bands of customer risk that take both keys. Unknown is not low: nobody has looked, so both have to.
TWO_KEYS = frozenset({"high", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One side's word: whose, for which side, on which outcome, with which terms, on the state with which digest.

    `terms` is the digest of the conditions and of the day of review: keys that turn on other terms open nothing.
    `beside` are accounts whose key this turns as well: the one in whose stead it was given, and others of one person.
    """

    account: int
    side: Side
    outcome: str
    terms: str
    state: str
    at: datetime
    beside: frozenset[int] = frozenset()

    @property
    def hands(self) -> frozenset[int]:
        """All accounts that turn no other key any more by this one."""
        return self.beside | {self.account}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What follows from the signatures: `outcome` once all keys are turned, the sides that are `missing`, and dissent.

    `stale` are sides whose word was given on another state, and no longer counts.
    """

    outcome: str | None
    missing: frozenset[Side]
    dissent: tuple[Signature, ...] = ()
    stale: frozenset[Side] = frozenset()


def needed(outcome: str, customer_risk: str, two_keys: Collection[str] = TWO_KEYS) -> frozenset[Side]:
    """Return the sides that must sign. A no needs one side only, whichever speaks; letting in needs IT's at least."""
    if outcome not in LETS_IN:
        return frozenset()
    return frozenset(Side) if customer_risk in two_keys else frozenset({Side.IT})


def sides(account: Account) -> frozenset[Side]:
    """Return the sides for which an account may sign by its roles."""
    return frozenset(side for side, act in SIGNS.items() if account.roles & RIGHTS[act])


def standing(
    signatures: Iterable[Signature], customer_risk: str, state: str, two_keys: Collection[str] = TWO_KEYS
) -> Standing:
    """Return what follows from the signatures of one case, in the order in which they were given.

    The latest word of a side counts, if it was given on the present state. One person turns one key: the word of an
    account for a second side does not count. The outcome is that of the latest word, once every side that it needs has
    said the same on the same terms. A stand-in turns the key of the one in whose stead it signs, and its own.
    """
    latest: dict[Side, Signature] = {}
    for one in signatures:
        latest[one.side] = one
    stale = frozenset(side for side, one in latest.items() if one.state != state)
    counted = sorted((one for one in latest.values() if one.state == state), key=lambda one: one.at)
    if not counted:
        return Standing(outcome=None, missing=frozenset(), stale=stale)
    last = counted[-1]
    agreed = {
        one.side for one in counted if (one.outcome, one.terms) == (last.outcome, last.terms) and _own(one, counted)
    }
    missing = needed(last.outcome, customer_risk, two_keys) - agreed
    against = tuple(one for one in counted if one.outcome != last.outcome)
    return Standing(outcome=None if missing else last.outcome, missing=missing, dissent=against, stale=stale)


def _own(one: Signature, counted: Collection[Signature]) -> bool:
    """Return whether a key was turned by somebody who turned no other one before."""
    return not any(other.hands & one.hands for other in counted if other is not one and other.at <= one.at)
