"""Okta over its interface: System Log by polling, apps, assignments, people, grants and refresh tokens.

Facts: Okta Developer, "System Log query" (polling requests are ordered by persistence time and always name a next
page; retention 90 days), "Core Okta API" (paging by `Link` headers), "Monitor and troubleshoot rate limits".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from connectors import okta, okta_assignments
from connectors.formats import Format
from connectors.http import Answer, Auth, Bearer, Http, Rejected, check_new
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.okta_service_app import ServiceApp
from connectors.patience import Slots
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
TOKENS = Feed(
    name="tokens",
    format=_format("okta-refresh-tokens"),
    calls=("GET /api/v1/apps/{appId}/tokens",),
    blinds="which apps keep access while the person is away, and to what",
    may_be_empty=True,
)

#: What of the log is read: just what the translator makes something of. All operators but [] work here.
FILTER = " or ".join(
    (
        *(f'eventType eq "{name}"' for name in sorted(okta.SIGN_ON_EVENTS)),
        *(f'eventType sw "{prefix}"' for prefix in okta.APP_EVENT_PREFIXES),
    )
)
#: Parts of an app that are listed apart: the word of the path, and with what to ask: the largest page Okta gives, where
#: it lets itself be asked for one (the SDK's `list_scope_consent_grants` takes no limit).
_PARTS: dict[str, tuple[str, dict[str, str | int]]] = {
    APP_USERS.name: ("users", {"limit": 500}),
    APP_GROUPS.name: ("groups", {"limit": 200, "expand": "group"}),
    GRANTS.name: ("grants", {}),
    TOKENS.name: ("tokens", {"limit": 200}),
}
#: How many calls run at once, of the whole source: Okta also limits those (rl2-monitor, "Concurrency rate limits").
_WIDTH = 4
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


class _App(msgspec.Struct):
    id: Any = None
    mode: Any = msgspec.field(default=None, name="signOnMode")

    @property
    def is_named(self) -> bool:
        """Whether its id may stand in a path."""
        return isinstance(self.id, str) and self.id.isascii() and self.id.isalnum()

    @property
    def has_tokens(self) -> bool:
        """Whether it is, or may be, a client of OAuth: no other is ever given a token."""
        return self.mode in {None, "OPENID_CONNECT"}


_decode_apps = msgspec.json.Decoder(list[_App]).decode


class Okta:
    """One organisation."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire = config, wire
        self._app = ServiceApp(config, wire) if config.client_id else None
        self._slots = Slots(_WIDTH)
        self._clients: dict[str, Http] = {}

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        if feed is LOG:
            yield from self._log(self._http(feed), window)
        elif feed.name in _PARTS:
            yield from self._parts(feed, probe=window.probe)
        else:
            path, size = f"/api/v1/{feed.name}", 1 if window.probe else 200
            yield from (Page(body=answer.body) for answer in self._http(feed).follow(path, {"limit": size}))

    def close(self) -> None:
        """Let go of connections."""
        for http in self._clients.values():
            http.close()
        if self._app is not None:
            self._app.close()

    def _http(self, feed: Feed) -> Http:
        """Return the client of a feed: a service app has one for each scope, and so a token for each."""
        scope = feed.filled[0].permissions[0] if self._app else ""
        if scope not in self._clients:
            auth = self._app.scope(scope) if self._app else self._bearer()
            self._clients[scope] = Http(self._wire, self._config.org_url, auth, width=_WIDTH, slots=self._slots)
        return self._clients[scope]

    def _bearer(self) -> Auth:
        token = self._config.token
        assert token is not None
        return Bearer(lambda: token.read(self._wire.secrets), "SSWS")

    def _log(self, http: Http, window: Window) -> Iterator[Page]:
        """Poll: the next page is always named, so what ends it is an empty page, or one of events of right now."""
        begun, seen = self._wire.now(), set[str]()
        answer = self._resumed(http, window) or self._begun(http, window)
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
            answer = http.get(link)

    def _begun(self, http: Http, window: Window) -> Answer:
        since = window.since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        limit = 1 if window.probe else 1000
        params: dict[str, str | int] = {"since": since, "sortOrder": "ASCENDING", "filter": FILTER, "limit": limit}
        return http.get("/api/v1/logs", params)

    def _resumed(self, http: Http, window: Window) -> Answer | None:
        """Go on where the last run ended; None where Okta no longer takes that, or where it was asked for less."""
        if window.cursor is None or parse_qs(urlsplit(window.cursor).query).get("filter", [FILTER]) != [FILTER]:
            return None
        try:
            return http.get(window.cursor)
        except Rejected:
            return None

    def _parts(self, feed: Feed, *, probe: bool) -> Iterator[Page]:
        """Yield a part of each app, several apps at once; the apps are listed meanwhile, so that none are kept."""
        http = self._http(feed)
        word, params = _PARTS[feed.name]

        def pages_of(app_id: str) -> Iterator[Page]:
            try:
                for answer in http.follow(f"/api/v1/apps/{app_id}/{word}", params):
                    yield Page(body=answer.body)
            except Rejected as error:
                if error.status != 404:  # an app that was deleted since it was listed has nothing any more
                    raise

        apps = self._apps(tokens=feed is TOKENS, probe=probe)
        if probe:
            yield from (page for app_id in islice(apps, 1) for page in pages_of(app_id))
        else:
            yield from (page for _, page in http.chains(apps, pages_of))

    def _apps(self, *, tokens: bool, probe: bool) -> Iterator[str]:
        size = 1 if probe and not tokens else 200
        for answer in self._http(APPS).follow("/api/v1/apps", {"limit": size}):
            for app in _decode_apps(answer.body):
                if app.is_named and (app.has_tokens or not tokens):
                    yield str(app.id)
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
    about="Okta organisation: sign-ins, apps, assignments, people, grants and refresh tokens",
    config=Config,
    tenant=lambda config: config.org_url.host,
    connect=connect,
    feeds=(USERS, APPS, APP_USERS, APP_GROUPS, GRANTS, TOKENS, LOG),
    limits=(
        "By organisation, call and minute, as the answers' X-Rate-Limit headers say; a service app has half of it."
        " Ostiary reads at most four things at once, fewer as the headers count down, and waits until the reset that"
        " Okta names."
    ),
    guide="docs/how-to/connect-okta.md",
    keys={
        "org_url": "the organisation's own address, without `-admin`",
        "token": "an API token of an administrator who may only read; or else the three keys below",
        "client_id": "the service app's Client ID",
        "private_key": "the private key (PEM or JWK) whose public half the service app has",
        "key_id": "the key's id (KID) at Okta, where the app has several",
    },
    documents=(
        "Okta Developer, *Implement OAuth for Okta with a service app* and *Configure OAuth 2.0 DPoP*",
        "Okta Developer, *System Log query*, *Core Okta API*, *Event types*",
        "Okta Developer, *Monitor and troubleshoot rate limits*",
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
