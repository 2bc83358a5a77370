"""Errors, classed by what the caller does next."""

from __future__ import annotations


class OstiaryError(Exception):
    """Base of all errors that Ostiary raises on purpose; its text says what to do."""


class ConfigError(OstiaryError):
    """Stop: the configuration or the call is wrong. The text names key and file."""


class Unavailable(OstiaryError):
    """Stop and try again later: the call is right, but the disk is full, or another run holds the store."""


class AccessDenied(OstiaryError):
    """Skip the stream and say so: the source refused. Never read as "nothing there".

    `permission` is what was missing, as the vendor names it; `remedy` is what a person does about it. `lacking` is
    false where a right is not what lacks: the credential is stale, or the source asks for rest.
    """

    def __init__(self, permission: str, remedy: str, *, lacking: bool = True) -> None:
        super().__init__(f"{permission}: {remedy}")
        self.permission, self.remedy, self.lacking = permission, remedy, lacking


class RateLimited(OstiaryError):
    """Wait and retry: the source asked for `wait` seconds of rest."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"rate limited for {wait:g} s")
        self.wait = wait


class Transient(OstiaryError):
    """Retry: the failure is expected to pass by itself."""


class Unreachable(OstiaryError):
    """Skip the stream and say so: what answers is not the source, or not as it was configured.

    A proxy's page, a certificate that does not verify, another tenant, a link to another host. `remedy` is what a
    person does about it; `everything` says that no other stream of the source will do better.
    """

    def __init__(self, reason: str, remedy: str, *, everything: bool = False) -> None:
        super().__init__(f"{reason}: {remedy}")
        self.reason, self.remedy, self.everything = reason, remedy, everything


class Malformed(OstiaryError):
    """Quarantine the one record, count it, go on. The text never quotes the record's content."""


class WrongFormat(OstiaryError):
    """The file as a whole is not of the FORMAT named; nothing of it was read."""


class Interrupted(OstiaryError):
    """The input broke off (an archive, a connection): what came before it is kept, the stream is partial."""


class SourceGap(OstiaryError):
    """The source no longer has what lies between the cursor and `since`: recorded and shown."""

    def __init__(self, since: str) -> None:
        super().__init__(f"the source keeps nothing from before {since}")
        self.since = since


class Refused(OstiaryError):
    """A decision that is not allowed, with the reason."""
