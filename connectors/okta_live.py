"""Okta over its interface: System Log by polling, apps, assignments, people and grants.

Facts: Okta Developer, "System Log query" (polling requests are ordered by persistence time and always name a next
page; retention 90 days), "Core Okta API" (paging by `Link` headers), "Monitor and troubleshoot rate limits".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors import okta, okta_assignments
from connectors.formats import Format
from connectors.http import Answer, Auth, Bearer, Http, Rejected, check_new
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.okta_service_app import ServiceApp
from connectors.source_tables import Address, Secret
from connectors.times import parse_time
from model.errors import Interrupted, Malformed


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind okta: either `token`, or `client_id` with `private_key` (and `key_id`)."""

    org_url: Address
    token: Secret | None = None
    client_id: str | None = None
    private_key: Secret | None = None
    key_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse a table that names no credential, or two."""
        if (self.token is None) == (self.client_id is None or self.private_key is None):
            raise ValueError("name either token, or client_id and private_key")


def _format(name: str) -> Format:
    return next(f for f in (*okta.FORMATS, *okta_assignments.FORMATS) if f.name == name)


LOG = Feed(
    name="log",
    format=_format("okta-system-log"),
    calls=("GET /api/v1/logs",),
    blinds="who signs in to which app, what people consented to, and when apps and assignments changed",
)
APPS = Feed(
    name="apps",
    format=_format("okta-apps"),
    calls=("GET /api/v1/apps",),
    blinds="which apps are set up, and how people sign in to them",
)
APP_USERS = Feed(
    name="app_users",
    format=_format("okta-app-users"),
    calls=("GET /api/v1/apps/{appId}/users",),
    blinds="who may use an app without having done so",
    may_be_empty=True,
)
APP_GROUPS = Feed(
    name="app_groups",
    format=_format("okta-app-groups"),
    calls=("GET /api/v1/apps/{appId}/groups",),
    blinds="which groups are given an app",
    may_be_empty=True,
)
USERS = Feed(
    name="users",
    format=_format("okta-users"),
    calls=("GET /api/v1/users",),
    blinds="departments, so who of an app's people is in Marketing, and who has left",
)
GRANTS = Feed(
    name="grants",
    format=_format("okta-grants"),
    calls=("GET /api/v1/apps/{appId}/grants",),
    blinds="which apps may read or change what is in Okta itself",
    may_be_empty=True,
)

#: What of the log is read: just what the translator makes something of. All operators but [] work here.
FILTER = " or ".join(
    (
        *(f'eventType eq "{name}"' for name in sorted(okta.SIGN_ON_EVENTS)),
        *(f'eventType sw "{prefix}"' for prefix in okta.APP_EVENT_PREFIXES),
    )
)
#: Parts of an app that are listed apart: the word of the path, and with what to ask (the largest page Okta gives).
_PARTS: dict[str, tuple[str, dict[str, str | int]]] = {
    APP_USERS.name: ("users", {"limit": 500}),
    APP_GROUPS.name: ("groups", {"limit": 200, "expand": "group"}),
    GRANTS.name: ("grants", {"limit": 200}),
}
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Okta:
    """One organisation."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._wire = wire
        self._app = ServiceApp.of(config, wire) if config.client_id else None
        token = config.token
        auth: Auth | None = self._app or (Bearer(lambda: token.read(wire.secrets), "SSWS") if token else None)
        self._http = Http(wire, config.org_url, auth)
        self._apps: list[str] = []

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        if feed.name in _PARTS and not self._apps:
            self._ask_for(APPS)
            self._apps = list(self._app_ids(probe=window.probe))
        self._ask_for(feed)
        if feed is LOG:
            yield from self._log(window)
        elif feed.name in _PARTS:
            yield from self._parts(*_PARTS[feed.name], probe=window.probe)
        else:
            path, size = f"/api/v1/{feed.name}", 1 if window.probe else 200
            yield from (Page(body=answer.body) for answer in self._http.follow(path, {"limit": size}))

    def _ask_for(self, feed: Feed) -> None:
        if self._app is not None:
            self._app.scope = feed.filled[0].permissions[0]

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()
        if self._app is not None:
            self._app.close()

    def _log(self, window: Window) -> Iterator[Page]:
        """Poll: the next page is always named, so what ends it is an empty page, or one of events of right now."""
        begun, seen = self._wire.now(), set[str]()
        answer = self._resumed(window) or self._begun(window)
        while True:
            events, link = _decode_list(answer.body), answer.link()
            if link is None:
                raise Interrupted(
                    "the log names no next page, although it always does: a proxy may cut off its headers"
                )
            last = _published(events[-1]) if events else None
            yield Page(body=answer.body, cursor=link, until=last)
            if not events or (last is not None and last >= begun):
                return
            check_new(link, seen)
            answer = self._http.get(link)

    def _begun(self, window: Window) -> Answer:
        since = window.since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        limit = 1 if window.probe else 1000
        params: dict[str, str | int] = {"since": since, "sortOrder": "ASCENDING", "filter": FILTER, "limit": limit}
        return self._http.get("/api/v1/logs", params)

    def _resumed(self, window: Window) -> Answer | None:
        """Go on where the last run ended; None where Okta no longer takes that, or where it was asked for less."""
        if window.cursor is None or parse_qs(urlsplit(window.cursor).query).get("filter", [FILTER]) != [FILTER]:
            return None
        try:
            return self._http.get(window.cursor)
        except Rejected:
            return None

    def _parts(self, word: str, params: dict[str, str | int], *, probe: bool) -> Iterator[Page]:
        for app_id in self._apps:
            try:
                for answer in self._http.follow(f"/api/v1/apps/{app_id}/{word}", params):
                    yield Page(body=answer.body)
            except Rejected as error:
                if error.status != 404:  # an app that was deleted since it was listed has nothing any more
                    raise
            if probe:
                return

    def _app_ids(self, *, probe: bool) -> Iterator[str]:
        for answer in self._http.follow("/api/v1/apps", {"limit": 1 if probe else 200}):
            for found in msgspec.json.decode(answer.body, type=list[dict[str, Any]]):
                if isinstance(found.get("id"), str) and found["id"].isalnum():
                    yield found["id"]
            if probe:
                return


def _published(event: msgspec.Raw) -> datetime | None:
    try:
        return parse_time(msgspec.json.decode(event)["published"])
    except (msgspec.DecodeError, KeyError, TypeError, Malformed):
        return None


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return Okta(config, wire)


SOURCE = Source(
    kind="okta",
    about="Okta organisation: sign-ins, apps, assignments, people and grants",
    config=Config,
    tenant=lambda config: config.org_url.host,
    connect=connect,
    feeds=(USERS, APPS, APP_USERS, APP_GROUPS, GRANTS, LOG),
    limits=(
        "By organisation, call and minute, as the answers' X-Rate-Limit headers say; a service app has half of it."
        " Ostiary waits until the reset that Okta names."
    ),
    example="""\
[sources.okta]
kind = "okta"
# The organisation's address, without -admin.
org_url = "https://acme.okta.com"
# Either an API token of an administrator who may only read ...
token = "env:OKTA_TOKEN"
# ... or a service app (better: its rights are scopes), with the private key (PEM or JWK) whose public half Okta has.
# client_id = "0oa1b2c3d4e5f6g7h8i9"
# private_key = "file:okta-key.pem"
# key_id = "kid-of-the-key"
""",
)
