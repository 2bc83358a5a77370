"""What the demo's tools may do in the company's systems, as its stories tell it, written before the program listed it.

A tool is called as in `expected_findings`. All is that of 31 October 2026. Nothing tells when Google's tokens were
used; Microsoft's log of sign-ins was read for 30 days, so that use is seen in it, but not that there was none for 90.
"""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Expected:
    """A right on a system: the class of its scopes, how many people gave it, and since which month."""

    tool: str
    system: str
    right: str
    scope_class: str
    people: int
    since: str
    over_broad: bool = False
    orphaned: bool = False
    stale: bool | None = None


#: Jonas, who set Zapier up, has left. Whole drives are more than a tool needs.
CONNECTIONS = (
    Expected("canva", "files", "full", "critical", 1, "2026-03", over_broad=True),
    Expected("PEAKPITCH", "files", "full", "critical", 6, "2026-05", over_broad=True),
    Expected("zapier", "files", "full", "critical", 1, "2025-10", over_broad=True, orphaned=True),
    Expected("asana", "calendar", "manage", "high", 1, "2026-01"),
    Expected("boomerang", "mail", "write", "high", 2, "2026-10"),
    Expected("boomerang", "mail", "send", "high", 2, "2026-10"),
    Expected("calendly", "calendar", "manage", "high", 8, "2026-02"),
    Expected("monday-com", "files", "read", "high", 2, "2026-10", stale=False),
    Expected("ORTLER PRESS", "calendar", "manage", "high", 2, "2026-07"),
    Expected("PEAKPITCH", "mail", "read", "high", 6, "2026-05"),
    Expected("supermetrics", "files", "write", "high", 2, "2025-10"),
    Expected("zapier", "files", "write", "high", 2, "2026-04"),
    Expected("zapier", "mail", "read", "high", 1, "2025-10", orphaned=True),
    Expected("zapier", "mail", "send", "high", 1, "2025-10", orphaned=True),
    Expected("lusha", "contacts", "read", "medium", 3, "2026-01"),
    Expected("supermetrics", "analytics", "read", "medium", 2, "2025-10"),
)
#: Tools that learn who somebody is; Boomerang is let in with `openid` alone, which tells nothing of the person.
SIGN_IN = _words(
    "asana notion calendly lusha trello monday-com canva mailchimp miro zapier hotjar typeform grammarly chatgpt"
    " supermetrics airtable descript hootsuite crisp PEAKPITCH"
) | {"ORTLER PRESS"}
#: Who answers for a tool by the company's list, where anybody does: an administrator of IT, or Marketing's.
OWNED = {"asana": "it:1", "lusha": "it:2", "canva": "mops:1"}
