"""JumpCloud over its interfaces: Directory Insights, apps, who has them, and people.

Facts: docs.jumpcloud.com, "Directory Insights API" (one POST; the next page is asked for with `search_after`, which the
header `X-Search_after` gives), "JumpCloud API" 1 (`skip` and `limit` up to 100, `totalCount`) and 2
(`/applications/{id}/users`, all people to whom an app is bound, directly or by a group).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors import jumpcloud
from connectors.formats import Format
from connectors.http import Answer, Bearer, Http, Rejected, check_new
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.slices import sliced
from connectors.source_tables import Address, Secret
from model.errors import Interrupted, Unreachable

_API, _CONSOLE = Address("https://api.jumpcloud.com"), Address("https://console.jumpcloud.com")
_SLICE = timedelta(days=7)
_EVENTS, _LISTED = 1000, 100
_FIELDS = (
    "username email firstname lastname displayname department costCenter jobTitle employeeType company state suspended"
    " created mfa totp_enabled"
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind jumpcloud."""

    api_key: Secret
    org_id: str | None = None
    api_url: Address = _API
    console_url: Address = _CONSOLE


def _format(name: str) -> Format:
    return next(f for f in jumpcloud.FORMATS if f.name == name)


SSO = Feed(
    name="sso",
    format=_format("jumpcloud-events"),
    calls=("POST /insights/directory/v1/events (sso)",),
    blinds="who signs in to which app",
    streams=(jumpcloud.SIGN_INS,),
)
DIRECTORY = Feed(
    name="directory",
    format=_format("jumpcloud-events"),
    calls=("POST /insights/directory/v1/events (directory)",),
    blinds="when apps were changed, given and taken away",
    streams=(jumpcloud.APP_EVENTS,),
)
APPS = Feed(
    name="apps",
    format=_format("jumpcloud-apps"),
    calls=("GET /api/applications",),
    blinds="which apps are set up, and how people sign in to them",
    lists=("results",),
)
ASSIGNMENTS = Feed(
    name="assignments",
    format=_format("jumpcloud-assignments"),
    calls=("GET /api/v2/applications/{id}/users",),
    blinds="who may use an app without having done so",
    may_be_empty=True,
)
USERS = Feed(
    name="users",
    format=_format("jumpcloud-users"),
    calls=("GET /api/systemusers",),
    blinds="departments, so who of an app's people is in Marketing, and who is suspended",
    lists=("results",),
)
#: What is asked for: a service of Directory Insights, and of a busy one the types of events that are understood.
_ASKED: dict[str, dict[str, Any]] = {
    SSO.name: {"service": ["sso"]},
    DIRECTORY.name: {
        "service": ["directory"],
        "search_term": {"or": [{"event_type": name} for name in jumpcloud.APP_EVENT_TYPES]},
    },
}


class _Listing(msgspec.Struct):
    results: list[msgspec.Raw]
    total: int | None = msgspec.field(default=None, name="totalCount")


class _App(msgspec.Struct):
    id: str | None = None
    own: str | None = msgspec.field(default=None, name="_id")


class JumpCloud:
    """One organisation."""

    def __init__(self, config: Config, wire: Wire) -> None:
        auth = Bearer(lambda: config.api_key.read(wire.secrets), "", "x-api-key")
        self._headers = {"x-org-id": config.org_id} if config.org_id else {}
        self._insights = Http(wire, config.api_url, auth)
        self._console = Http(wire, config.console_url, auth)

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        if feed.name in _ASKED:
            yield from sliced(window, _SLICE, lambda part: self._events(_ASKED[feed.name], part))
        elif feed is ASSIGNMENTS:
            yield from self._assignments(probe=window.probe)
        else:
            path = "/api/systemusers" if feed is USERS else "/api/applications"
            extra = {"fields": _FIELDS} if feed is USERS else {}
            for answer, _ in self._listed(path, extra, probe=window.probe):
                yield Page(body=answer.body)

    def close(self) -> None:
        """Let go of connections."""
        self._insights.close()
        self._console.close()

    def _events(self, asked: dict[str, Any], window: Window) -> Iterator[Page]:
        limit = 1 if window.probe else _EVENTS
        body = asked | {
            "start_time": _stamp(window.since),
            "end_time": _stamp(window.until),
            "limit": limit,
            "sort": "ASC",
        }
        seen: set[str] = set()
        while True:
            answer = self._insights.post("/insights/directory/v1/events", json=body, headers=self._headers)
            yield Page(body=answer.body)
            follow = answer.headers.get("x-search_after", "")
            if not follow or len(_records(answer)) < _told(answer, "x-limit", limit):
                return
            check_new(follow, seen)
            body = body | {"search_after": _decoded(follow)}

    def _listed(
        self, path: str, extra: dict[str, str], *, probe: bool = False
    ) -> Iterator[tuple[Answer, list[msgspec.Raw]]]:
        """Yield pages of version 1. A list that changed while it was read may lack somebody, so it does not count."""
        skip, total, seen = 0, None, set[str]()
        while True:
            params: dict[str, str | int] = {"limit": 1 if probe else _LISTED, "skip": skip, "sort": "_id", **extra}
            answer = self._console.get(path, params, headers=self._headers)
            found = _listing(answer)
            if total is not None and found.total != total:
                raise Interrupted("the list changed while it was read; the next run reads it anew")
            _check_new(answer, seen)
            yield answer, found.results
            skip, total = skip + len(found.results), found.total
            if not found.results or total is None or skip >= total:
                if total is not None and skip < total:
                    raise Interrupted(f"the list ends after {skip} of {total}; the next run reads it anew")
                return

    def _assignments(self, *, probe: bool) -> Iterator[Page]:
        for answer, _ in self._listed("/api/applications", {}):
            for app_id in _ids(answer):
                try:
                    yield from self._holders(app_id, probe=probe)
                except Rejected as error:
                    if error.status != 404:  # an app that was deleted since it was listed is nobody's any more
                        raise

    def _holders(self, app_id: str, *, probe: bool) -> Iterator[Page]:
        skip, seen = 0, set[str]()
        limit = 1 if probe else _LISTED
        while True:
            params = {"limit": limit, "skip": skip}
            answer = self._console.get(f"/api/v2/applications/{app_id}/users", params, headers=self._headers)
            found = _objects(answer)
            named = [{**held, "application_id": msgspec.Raw(msgspec.json.encode(app_id))} for held in found]
            _check_new(answer, seen)
            yield Page(body=msgspec.json.encode(named))
            if len(found) < limit:
                return
            skip += len(found)


def _check_new(answer: Answer, seen: set[str]) -> None:
    """Raise Unreachable where a page that is asked for by its number is the same as one before."""
    check_new(hashlib.sha256(answer.body).hexdigest(), seen)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(answer: Answer, header: str, otherwise: int) -> int:
    text = answer.headers.get(header, "").strip()
    return int(text) if text.isdecimal() else otherwise


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise _no_page() from None


def _records(answer: Answer) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(answer.body, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        raise _no_page() from None


def _objects(answer: Answer) -> list[dict[str, msgspec.Raw]]:
    try:
        return msgspec.json.decode(answer.body, type=list[dict[str, msgspec.Raw]])
    except msgspec.ValidationError:
        raise _no_page() from None


def _listing(answer: Answer) -> _Listing:
    try:
        return msgspec.json.decode(answer.body, type=_Listing)
    except msgspec.ValidationError:
        raise _no_page() from None


def _ids(answer: Answer) -> Iterator[str]:
    for found in _listing(answer).results:
        app = msgspec.json.decode(found, type=_App)
        app_id = app.id or app.own
        if app_id and app_id.isalnum():
            yield app_id


def _no_page() -> Unreachable:
    return Unreachable("an answer that is no page of this listing", "check the addresses of this source")


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return JumpCloud(config, wire)


SOURCE = Source(
    kind="jumpcloud",
    about="JumpCloud organisation: sign-ins to apps, apps, who has them, and people",
    config=Config,
    tenant=lambda config: f"{config.console_url.host}/{config.org_id or config.api_key.reference}",
    connect=connect,
    feeds=(USERS, APPS, ASSIGNMENTS, SSO, DIRECTORY),
    limits="JumpCloud names no numbers; Ostiary asks for full pages, one after the other, and rests at a 429.",
    guide="docs/how-to/connect-jumpcloud.md",
    keys={
        "api_key": "the API key of an administrator who may only read",
        "org_id": "the organisation's id; only where the key sees several (a provider's portal)",
        "api_url": "where Directory Insights answers",
        "console_url": "where apps and people are listed",
    },
    notes=(
        "A key has the rights of its administrator's role, in the console and at the interface alike.",
        "A list that changes while it is read does not count; the next scan reads it anew.",
    ),
    documents=(
        "JumpCloud Help Center, *JumpCloud APIs* and *Admin Portal Roles*",
        "JumpCloud API documentation, *Directory Insights API*, *JumpCloud API* 1 and 2",
    ),
    example="""\
[sources.jumpcloud]
kind = "jumpcloud"
# The API key of an administrator with the role Read Only.
api_key = "env:JUMPCLOUD_API_KEY"
# Only for providers who manage several organisations:
# org_id = "5f00a1b2c3d4e5f607182930"
# For organisations in the European data centre:
# api_url = "https://api.eu.jumpcloud.com"
# console_url = "https://console.eu.jumpcloud.com"
""",
)
