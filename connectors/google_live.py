"""Google Workspace over its interfaces: logs of the Reports API, people and their tokens, services seen by Chrome.

Facts: the discovery documents in google-api-python-client (admin.reports_v1, admin.directory_v1, chromemanagement.v1,
of which the last one's answers leave out an empty list and name no kind of their own); "Activities: list"
(newest first, no list where there is nothing) and "Limits and quotas" of the Reports API (2,400 calls a minute, 250 of
them with a filter); support.google.com/a/answer/7061566 (kept for 180 days; events come hours late, a few later still).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from connectors import google, google_chrome
from connectors.formats import Format
from connectors.google_delegation import Delegation
from connectors.http import Answer, Http, Rejected, check_new
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.patience import Pace
from connectors.slices import sliced
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, OstiaryError, Unreachable
from model.stream import Stream

#: How much of a log is read again where a run breaks off; of what is asked for by name there is little.
_SLICE, _LONG_SLICE = timedelta(days=7), timedelta(days=30)
#: What a call may ask for is less than what is kept by this: it ages until it is answered.
_MARGIN = timedelta(minutes=10)
_OWN = "my_customer"
_API, _TOKENS = Address("https://admin.googleapis.com"), Address("https://oauth2.googleapis.com/token")
_CHROME = Address("https://chromemanagement.googleapis.com")
#: A cursor before every id of a person, and how many refusals in a row from the first on are taken for all.
_ANEW, _HOPELESS = "0", 20


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind google: the service account's key, and the administrator in whose name it reads.

    `customer` is needed only where the administrator's account reads another one (a reseller's).
    """

    administrator: str
    service_account_key: Secret
    customer: str = _OWN
    api_url: Address = _API
    token_url: Address = _TOKENS
    chrome_url: Address = _CHROME

    def __post_init__(self) -> None:
        """Refuse what is no address of an account, and no id of a customer."""
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.administrator):
            raise ValueError("name the administrator by the address of the account: ostiary@acme.example")
        if self.customer != _OWN and not re.fullmatch(r"C[0-9a-z]+", self.customer):
            raise ValueError("customer is an id such as C02abc123; leave it out for the administrator's own")


def _format(name: str) -> Format:
    return next(f for f in google.FORMATS if f.name == name)


def _log(stream: Stream, blinds: str) -> Feed:
    return Feed(
        name=stream.name,
        format=_format("google-activities"),
        streams=(stream,),
        calls=(f"GET /admin/reports/v1/activity/users/all/applications/{stream.name}",),
        blinds=blinds,
        lists=("items",),
        kind="admin#reports#activities",
    )


USERS = Feed(
    name="users",
    format=_format("google-users"),
    calls=("GET /admin/directory/v1/users",),
    blinds="departments and organisational units, so who of an app's people is in Marketing, and who is suspended",
    lists=("users",),
    kind="admin#directory#users",
)
TOKENS = Feed(
    name="tokens",
    format=_format("google-tokens"),
    calls=("GET /admin/directory/v1/users", "GET /admin/directory/v1/users/{userKey}/tokens"),
    blinds="which apps people let at their mail, files and calendars, where that was longer ago than logs are kept",
    whole=True,
    resumes=True,
)
CHROME_SAAS = Feed(
    name="chrome_saas",
    format=google_chrome.FORMATS[0],
    calls=("GET /v1/customers/{customer}/reports:findSaasUsage",),
    blinds="which online services people open in the company's managed browsers without signing in by Google",
    lists=("saasReports",),
    may_be_empty=True,
)
SAML = _log(google.SAML, "who signs in to which app by SAML")
TOKEN = _log(google.TOKEN, "when people let an app at their data or signed up with Google, and took it back")
ADMIN = _log(google.ADMIN, "what administrators install from the Marketplace, and to whom they delegate the domain")
LOGIN = _log(google.LOGIN, "sign-ins at Google itself; they name no app, so no tool depends on them")

#: The events that are asked for one by one: of these two logs nearly all is API calls, or settings.
_NAMED: Mapping[str, tuple[str, ...]] = {
    TOKEN.name: ("authorize", "revoke"),
    ADMIN.name: (
        "ADD_APPLICATION",
        "REMOVE_APPLICATION",
        "AUTHORIZE_API_CLIENT_ACCESS",
        "REMOVE_API_CLIENT_ACCESS",
    ),
}
#: What is asked for of a record (the parameter `fields`): what is not read is not fetched, such as IP addresses.
ACTIVITY = "kind,nextPageToken,items(id,actor(callerType,email,profileId,key),events(name,parameters))"
PERSON = (
    "kind,nextPageToken,users(id,primaryEmail,name/fullName,aliases,nonEditableAliases,emails,organizations,"
    "orgUnitPath,suspended,archived,deletionTime,creationTime,lastLoginTime,isAdmin,isDelegatedAdmin,isGuestUser,"
    "isEnrolledIn2Sv)"
)
HELD = "kind,items(clientId,displayText,anonymous,nativeApp,scopes,userKey)"
_KEY = "kind,nextPageToken,users(id)"
REPORT = "nextPageToken,totalSize,saasReports(app,organization,primaryDomain,lastNavigationTime,orgUnitId)"
_NO_REPORT = b'{"saasReports":[]}'

_Shape = TypeVar("_Shape")


class _Turn(msgspec.Struct, rename="camel"):
    next_page_token: str | None = None


class _Reports(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    saas_reports: list[msgspec.Raw] | None = None
    next_page_token: str | None = None
    total_size: str | int | None = None


class _Person(msgspec.Struct):
    id: Any = None


class _People(msgspec.Struct):
    users: list[_Person] = []


class Workspace:
    """One Google Workspace account."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire = config, wire
        self._delegation = Delegation(config, wire)
        self._reports = self._for(google.SAML, Pace(2400, 60))
        self._filtered = self._for(google.TOKEN, Pace(250, 60))
        self._directory = self._for(google.USERS, Pace(2400, 60))
        self._security = self._for(google.TOKENS, Pace(2400, 60))
        self._chrome = self._for(google_chrome.CHROME_SAAS, None, config.chrome_url)
        self._people: list[str] | None = None

    def _for(self, stream: Stream, pace: Pace | None, url: Address | None = None) -> Http:
        base = url or self._config.api_url
        return Http(self._wire, base, self._delegation.scope(stream.permissions[0]), pace=pace)

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        try:
            if feed is USERS:
                yield from self._users(window)
            elif feed is TOKENS:
                yield from self._tokens(window)
            elif feed is CHROME_SAAS:
                yield from self._saas(probe=window.probe)
            else:
                length = _LONG_SLICE if feed.name in _NAMED else _SLICE
                yield from sliced(self._within_reach(feed, window), length, partial(self._activities, feed))
        except AccessDenied as error:
            raise self._explained(feed, error) from None

    def close(self) -> None:
        """Let go of connections."""
        for http in (self._reports, self._filtered, self._directory, self._security, self._chrome):
            http.close()
        self._delegation.close()

    def _users(self, window: Window) -> Iterator[Page]:
        people: list[str] = []
        for answer in self._listed_people(PERSON, probe=window.probe):
            people += _keys(answer)
            yield Page(body=answer.body)
        self._people = None if window.probe else people

    def _saas(self, *, probe: bool) -> Iterator[Page]:
        path = f"/v1/customers/{self._config.customer}/reports:findSaasUsage"
        params: dict[str, str | int] = {"pageSize": 1 if probe else 200, "fields": REPORT}
        try:
            for answer in _pages(self._chrome, path, params):
                found = _read(answer, _Reports).saas_reports
                yield Page(body=_NO_REPORT if found is None else answer.body)
        except Rejected as error:
            if error.status != 404:
                raise
            why = f"Google gives this account no report of services ({error.code})"
            raise AccessDenied(why, google_chrome.CHROME_SAAS.remedy, lacking=False) from None

    def _listed_people(self, fields: str, *, probe: bool) -> Iterator[Answer]:
        size = 1 if probe else 500
        params: dict[str, str | int] = {
            "customer": self._config.customer,
            "orderBy": "email",
            "maxResults": size,
            "fields": fields,
        }
        return _pages(self._directory, "/admin/directory/v1/users", params)

    def _tokens(self, window: Window) -> Iterator[Page]:
        """Yield the tokens of each person, in the order of their ids, so that a cut-off run goes on at one.

        One person's may be refused where another's are not (an administrator of more rights): the others are read all
        the same, and the refusal is told at the end, with a cursor from which the next run begins anew.
        """
        held: Page | None = None
        refused: list[AccessDenied] = []
        try:
            for person, found in self._security.each(self._to_ask(window), self._tokens_of):
                if isinstance(found, AccessDenied):
                    refused.append(found)
                    held = held and replace(held, cursor=_ANEW)
                    if held is None and len(refused) == _HOPELESS:
                        break
                elif found is not None:
                    if held is not None:
                        yield held
                    # Of whoever holds nothing Google's answer names nobody: the key says of whom it is.
                    body = b'{"%s":%s}' % (person.encode(), found.body)
                    held = Page(body=body, cursor=_ANEW if refused else person)
        except OstiaryError:
            if held is not None:
                yield held
            raise
        if held is not None:
            yield held
        if refused:
            raise refused[0]

    def _to_ask(self, window: Window) -> list[str]:
        if window.probe:
            return _keys(next(self._listed_people(_KEY, probe=True)))
        if self._people is None:
            self._people = [key for answer in self._listed_people(_KEY, probe=False) for key in _keys(answer)]
        return sorted(key for key in set(self._people) if window.cursor is None or key > window.cursor)

    def _tokens_of(self, person: str) -> Answer | AccessDenied | None:
        """Return the answer for a person; None for one who was suspended or deleted: Google then knows no tokens."""
        try:
            return self._security.get(f"/admin/directory/v1/users/{person}/tokens", {"fields": HELD})
        except AccessDenied as error:
            if error.permission.endswith(" forbidden"):
                return error
            raise
        except Rejected as error:
            if error.status == 404:
                return None
            raise

    def _within_reach(self, feed: Feed, window: Window) -> Window:
        """Return the window without what Google is about to forget: to be asked for that, it refuses."""
        retention = feed.filled[0].retention
        assert retention is not None
        oldest = self._wire.now() - retention + _MARGIN
        return replace(window, since=min(max(window.since, oldest), window.until))

    def _activities(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a slice, each listing newest first: the slice counts when all of them were read."""
        params: dict[str, str | int] = {
            # Where a slice begins the one before ends; whether either bound is part of it is not promised.
            "startTime": _stamp(window.since - timedelta(milliseconds=1)),
            "endTime": _stamp(window.until),
            "maxResults": 1 if window.probe else 1000,
            "fields": ACTIVITY,
        }
        if self._config.customer != _OWN:
            params["customerId"] = self._config.customer
        path = f"/admin/reports/v1/activity/users/all/applications/{feed.name}"
        listings = [{"eventName": name} for name in _NAMED.get(feed.name, ())] or [{}]
        for named in listings:
            http = self._filtered if named else self._reports
            yield from (Page(body=answer.body) for answer in _pages(http, path, params | named))

    def _explained(self, feed: Feed, error: AccessDenied) -> AccessDenied:
        """Tell an interface that is switched off from a right that lacks: the remedies lie in different consoles."""
        if not error.permission.endswith(("accessNotConfigured", "SERVICE_DISABLED")):
            return error
        api = "Chrome Management API" if feed is CHROME_SAAS else "Admin SDK API"
        return AccessDenied(
            f"the {api} is not enabled in project {self._delegation.project} ({error.permission})",
            "enable it in the Google Cloud console (APIs & Services, Library), and wait some minutes",
            lacking=False,
        )


def _pages(http: Http, path: str, params: Mapping[str, str | int]) -> Iterator[Answer]:
    seen: set[str] = set()
    while True:
        answer = http.get(path, params)
        token = _read(answer, _Turn).next_page_token
        yield answer
        if not token:
            return
        check_new(token, seen)
        params = {**params, "pageToken": token}


def _keys(answer: Answer) -> list[str]:
    """Return the ids of a page of people; one that is no id would lead to another path."""
    found = (person.id for person in _read(answer, _People).users)
    return [key for key in found if isinstance(key, str) and key.isascii() and key.isalnum()]


def _read(answer: Answer, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.ValidationError:
        raise Unreachable("an answer that is no page of Google's", "check api_url of this source") from None


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _tenant(config: Config) -> str:
    return config.customer if config.customer != _OWN else config.administrator.rpartition("@")[2].lower()


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return Workspace(config, wire)


SOURCE = Source(
    kind="google",
    about="Google Workspace: SAML sign-ins, OAuth grants, Marketplace installations, people, tokens, and Chrome",
    config=Config,
    tenant=_tenant,
    connect=connect,
    feeds=(USERS, TOKENS, SAML, TOKEN, ADMIN, LOGIN, CHROME_SAAS),
    limits=(
        "2,400 calls a minute, 250 of those that ask for one event of a log; Ostiary keeps to both, and rests where"
        " Google asks for it (403 rateLimitExceeded, 429, 503). Tokens take a call for each person."
    ),
    keys={
        "administrator": "the account in whose name is read, by its address",
        "service_account_key": "the JSON key of the service account to which the domain delegates the scopes",
        "customer": "the id of the account that is read, such as `C02abc123`; only for a reseller's",
        "api_url": "where the Admin SDK answers",
        "token_url": "where tokens are fetched",
        "chrome_url": "where the Chrome Management API answers",
    },
    notes=(
        (
            "`chrome_saas` needs browsers or ChromeOS devices that the company manages and that report. Google's own"
            " description of the interface (chromemanagement v1) has it; which edition it takes is stated nowhere that"
            ' was found, so an answer of 403 or 404 is a refusal of this feed alone: `skip = ["chrome_saas"]`.'
        ),
        "Of Chrome services are read, and the day of the last visit. Who went there, and how often, is not asked for.",
        (
            "Delegations of the whole domain are events of the `admin` log (AUTHORIZE_API_CLIENT_ACCESS, REMOVE_...):"
            " they come as rights with an administrator's consent. Google has no listing of those older than the log."
        ),
        "There is no list of SAML apps; they are known from their first sign-in on.",
    ),
    documents=(
        "Google Workspace Admin Help, *Control API access with domain-wide delegation*, *Data retention and lag times*",
        "Google for Developers, *Using OAuth 2.0 for Server to Server Applications*",
        "Google for Developers, *Reports API: Activities: list*, *Limits and quotas*, *Admin Settings Events*",
        "Discovery documents admin.reports_v1, admin.directory_v1 and chromemanagement.v1 (google-api-python-client)",
        "Google for Developers, *Chrome Management Reports API*",
    ),
    example="""\
[sources.google]
kind = "google"
# The account in whose name is read: it needs the privileges Reports, Users (Read) and User Security Management.
administrator = "ostiary@acme.example"
# The JSON key of a service account that the domain delegates the scopes to.
service_account_key = "file:google-key.json"
# Sign-ins at Google itself name no app, and Chrome tells of services only where browsers are managed and report:
# skip = ["login", "chrome_saas"]
""",
    guide="docs/how-to/connect-google.md",
)
