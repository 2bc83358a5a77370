"""The company's systems as people say them: mail, files, a calendar; and which class of data a scope opens in each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Class of data in the table of scopes -> the system that holds it.
OF_CLASS: Mapping[str, str] = MappingProxyType(
    {
        "mail": "mail",
        "files": "files",
        "chat": "chat",
        "calendar": "calendar",
        "contacts": "contacts",
        "directory": "directory",
        "admin": "administration",
        "crm": "crm",
        "finance": "finance",
        "code": "code",
        "ads": "ads",
        "marketing": "marketing",
        "web": "website",
        "analytics": "analytics",
        "device": "devices",
        "other": "other",
        "identity": "sign_in",
    }
)
#: Every system, in the order in which lists show them; `unknown` is what a scope opens that is in no table.
SYSTEMS = (*OF_CLASS.values(), "unknown")
_TITLES = {"crm": "CRM", "sign_in": "sign-in", "other": "other data"}
#: What people call them, beside the names themselves.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "mail": ("mails", "email", "emails", "e-mail", "mailbox", "mailboxes", "gmail", "outlook", "exchange"),
    "files": ("file", "documents", "docs", "drive", "onedrive", "sharepoint"),
    "chat": ("chats", "messages", "teams"),
    "calendar": ("calendars", "appointments"),
    "contacts": ("contact", "address book"),
    "directory": ("people", "users", "groups"),
    "administration": ("admin",),
    "ads": ("advertising",),
    "website": ("web", "site"),
    "devices": ("device",),
    "other": ("other data",),
    "sign_in": ("sign-in", "sign in", "login", "identity"),
    "unknown": ("unrated",),
}
_NAMED = {name: system for system in SYSTEMS for name in (system, *_CALLED.get(system, ()))}
#: Who administers accounts reads the directory, whatever the class of the scope.
_WITHIN: Mapping[str, tuple[str, ...]] = {"directory": ("directory", "administration")}


def title(system: str) -> str:
    """Return a system's name as people read it."""
    return _TITLES.get(system, system)


def named(text: str) -> tuple[str, ...]:
    """Return the systems that a person means by a name, most often one; none where there is no such system."""
    system = _NAMED.get(" ".join(text.casefold().split()))
    return () if system is None else _WITHIN.get(system, (system,))


def names() -> tuple[str, ...]:
    """Return every name that `named` knows."""
    return tuple(_NAMED)
