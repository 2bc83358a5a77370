"""What a tool may do on the company's systems, in sentences for people who grant it: no scopes, no codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: System -> what stands in it.
_HOLDS: Mapping[str, str] = {
    "mail": "e-mail",
    "files": "files",
    "chat": "messages",
    "calendar": "calendar",
    "contacts": "contacts",
    "directory": "list of colleagues",
    "administration": "administrator settings",
    "crm": "customers and deals",
    "finance": "invoices and payments",
    "code": "program code",
    "ads": "advertising accounts",
    "marketing": "campaigns and audiences",
    "website": "web site",
    "analytics": "web statistics",
    "devices": "devices",
    "other": "other data",
}
_DOES: Mapping[str, str] = {
    "read": "read",
    "write": "read and change",
    "manage": "read, change and set up",
    "full": "read, change and delete",
    "send": "send",
}
_SENDS: Mapping[str, str] = {"mail": "e-mail", "chat": "messages", "calendar": "invitations"}
#: The beginning of a source's name -> the product that people know.
_WHERE: Mapping[str, str] = {
    "google": "Google Workspace",
    "entra": "Microsoft 365",
    "microsoft": "Microsoft 365",
    "okta": "Okta",
    "slack": "Slack",
    "salesforce": "Salesforce",
    "hubspot": "HubSpot",
    "github": "GitHub",
    "zoom": "Zoom",
    "atlassian": "Atlassian",
    "box": "Box",
    "dropbox": "Dropbox",
}
_LIMITS: Mapping[str, str] = {
    "metadata": ", without the content",
    "selected": ", but only what you choose",
}


def sentences(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a sentence a right of a tool (rows of `storage.connections.held_by`), each once; sign-in comes last."""
    given = list(rows)
    told = [_sentence(row) for row in given if row["system"] != "sign_in"]
    told += [f"Knows who you are when you sign in with {_where(row)}" for row in given if row["system"] == "sign_in"]
    return list(dict.fromkeys(told))


def _sentence(row: Mapping[str, Any]) -> str:
    holds, does = _HOLDS.get(row["system"]), _DOES.get(row["held"])
    if holds is None or does is None:
        return f"Can do something in {_where(row)} that nobody has described yet"
    limit = _LIMITS.get(row["held_to"] or "", "")
    if row["held"] == "send":
        return f"Can send {_SENDS.get(row['system'], holds)} in your name with {_where(row)}{limit}"
    return f"Can {does} {_whose(holds, row['reach'])} in {_where(row)}{limit}"


def _whose(holds: str, reach: str | None) -> str:
    if reach == "workspace":
        return f"the {holds} of the whole company"
    return f"the {holds} that you can open" if reach == "user" else f"your {holds}"


def _where(row: Mapping[str, Any]) -> str:
    named = [_WHERE.get(source.partition(":")[0].casefold(), source.partition(":")[0]) for source in row["sources"]]
    return " and ".join(dict.fromkeys(named)) or "one of our systems"
