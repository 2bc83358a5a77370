"""Google Workspace as files: activities of the Reports API, and the Directory API's people and OAuth tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import BinaryIO

from connectors import google_directory, google_reports
from connectors.formats import Bad, Context, Format, Raw, Reader
from connectors.json_records import records
from connectors.recognised import has, recognised
from model.errors import Malformed
from model.signal import SignalKind
from model.stream import Mode, Stream

_AUTH = "https://www.googleapis.com/auth/"
_GRANT = "Grant the service account the scope (admin console, Security, API controls, domain-wide delegation)"


def _log(name: str, *kinds: SignalKind) -> Stream:
    """Return a Reports application's stream: hours late, kept for 180 days (support.google.com/a/answer/7061566)."""
    return Stream(
        name=name,
        kinds=kinds,
        mode=Mode.EVENTS,
        permissions=(f"{_AUTH}admin.reports.audit.readonly",),
        remedy=f"{_GRANT}, and its administrator the privilege Reports.",
        lag=timedelta(hours=3),
        overlap=timedelta(hours=24),
        retention=timedelta(days=180),
        retention_source='Google Workspace Admin Help, "Data retention and lag times"',
    )


SAML = _log("saml", SignalKind.SIGN_IN)
TOKEN = _log("token", SignalKind.GRANT)
ADMIN = _log("admin", SignalKind.INSTALLATION, SignalKind.GRANT)
LOGIN = _log("login")
TOKENS = Stream(
    name="tokens",
    kinds=(SignalKind.GRANT,),
    mode=Mode.SNAPSHOT,
    permissions=(f"{_AUTH}admin.directory.user.security",),
    remedy=f"{_GRANT}, and its administrator the privilege User Security Management.",
    closes="actor",  # tokens.list answers for one person: a file holds the tokens of some people, not of all
)
USERS = Stream(
    name="users",
    kinds=(SignalKind.PERSON,),
    mode=Mode.SNAPSHOT,
    permissions=(f"{_AUTH}admin.directory.user.readonly",),
    remedy=f"{_GRANT}, and its administrator the privilege Users, Read.",
)


def _reader(lists: tuple[str, ...], kind: str, known: Callable[[bytes], bool], what: str) -> Reader:
    def read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
        return recognised(records(data, lists=lists, kind=kind, page=context.page), known, what)

    return read


def _read_tokens(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    pages = records(data, lists=("items",), kind="admin#directory#tokenList")
    found = _numbered(pages, context.nothing_of)
    return recognised(found, has("clientId", "userKey"), "a token (clientId and userKey)")


def _numbered(pages: Iterator[Raw | Bad], nothing_of: Callable[[str], None]) -> Iterator[Raw | Bad]:
    number = 0
    for page in pages:
        for number, token in enumerate(_tokens_of(page, nothing_of), number + 1):  # noqa: B020 (goes on counting)
            yield Raw(number, token) if isinstance(token, bytes) else Bad(number, token)


def _tokens_of(found: Raw | Bad, nothing_of: Callable[[str], None]) -> Sequence[bytes | str]:
    if isinstance(found, Bad):
        return [found.reason]
    try:
        return google_directory.tokens_by_owner(found.data, nothing_of)
    except Malformed as error:
        return [str(error)]


FORMATS: tuple[Format, ...] = (
    Format(
        name="google-activities",
        about="Google Workspace: activities of the Reports API (activities.list), of saml, token, admin and login",
        system="google",
        streams=(SAML, TOKEN, ADMIN, LOGIN),
        read=_reader(("items",), "admin#reports#activities", google_reports.is_activity, "an activity"),
        translate=google_reports.activities,
        bulk="google_activities",
    ),
    Format(
        name="google-tokens",
        about="Google Workspace: people's third-party OAuth tokens of the Directory API (tokens.list)",
        system="google",
        streams=(TOKENS,),
        read=_read_tokens,
        translate=google_directory.tokens,
    ),
    Format(
        name="google-users",
        about="Google Workspace: people of the Directory API (users.list)",
        system="google",
        streams=(USERS,),
        read=_reader(("users",), "admin#directory#users", has("id", "primaryEmail"), "a user (id and primaryEmail)"),
        translate=google_directory.users,
    ),
)
