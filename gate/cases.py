"""Cases: the gatekeeper's review of a tool, opened when a tool that Marketing uses or bought has no decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

#: The kind of a case that a request opened, before anything was bought.
REQUESTED = "requested"
#: Marketing's part of people or of money from which on a tool is Marketing's to explain.
SHARE = 0.3
#: Days within which a case is to be decided: the gate promises an answer in days.
DUE = timedelta(days=10)
#: Statuses by which a person has decided; an approval can expire, a no does not turn into nothing.
APPROVED = frozenset({"approved", "approved_with_conditions"})
DECIDED = APPROVED | {"rejected", "retired"}
#: The reason for want of a better one: it stands only until somebody knows more.
UNKNOWN = "it is a marketing tool, and who uses and pays it is unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What decides whether a tool gets a case.

    Shares are 0..1, None where unknown. `marketing` says whether the catalogue's category is a marketing one. `expired`
    says that the day by which the decision was to be looked at again has passed.
    """

    tool_id: str
    status: str
    marketing: bool | None
    marketing_used: float | None
    marketing_bought: float | None
    noise: bool = False
    expired: bool = False


def is_decided(candidate: Candidate) -> bool:
    """Return whether a decision about the tool is in force."""
    return candidate.status in DECIDED and not (candidate.status in APPROVED and candidate.expired)


def why(candidate: Candidate) -> str | None:
    """Return the reason for which a tool gets a case, or None."""
    if candidate.noise or is_decided(candidate):
        return None
    used, bought = candidate.marketing_used, candidate.marketing_bought
    if used is not None and used >= SHARE:
        return f"{used:.0%} of its people are in marketing"
    if bought is not None and bought >= SHARE:
        return f"{bought:.0%} of its money comes from marketing"
    if used is None and bought is None and candidate.marketing:
        return UNKNOWN
    return None


def due(candidates: Iterable[Candidate], open_tools: Collection[str]) -> Mapping[str, str]:
    """Return tool id -> reason of the cases to open: at most one open case a tool."""
    reasons = {c.tool_id: why(c) for c in candidates if c.tool_id not in open_tools}
    return {tool: reason for tool, reason in reasons.items() if reason is not None}
