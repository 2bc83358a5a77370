"""OneLogin over its interface: events, apps, who is given them, and people.

Facts: developers.onelogin.com, "Generate Tokens" (client credentials, ten hours), "Get Events" (50 a page, cursors in
`pagination`, `since` and `until` exclusive), "Using Query Parameters" of version 2 (`After-Cursor`), "Rate Limits"
(5,000 calls an hour; `X-RateLimit-Reset` in seconds).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from connectors import onelogin, onelogin_assignments
from connectors.formats import Format
from connectors.http import Answer, Http, Rejected, check_new
from connectors.kept_tokens import KeptTokens
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.slices import sliced
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, Unreachable

_SLICE = timedelta(days=7)
_FIELDS = "id,email,username,firstname,lastname,department,title,company,status,created_at,last_login"


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind onelogin."""

    api_url: Address
    client_id: str
    client_secret: Secret


def _format(name: str) -> Format:
    return next(f for f in (*onelogin.FORMATS, *onelogin_assignments.FORMATS) if f.name == name)


EVENTS = Feed(
    name="events",
    format=_format("onelogin-events"),
    calls=("GET /api/1/events",),
    blinds="who signs in to which app, and who is given an account in one",
    lists=("data",),
)
APPS = Feed(
    name="apps",
    format=_format("onelogin-apps"),
    calls=("GET /api/2/apps",),
    blinds="which apps are set up, and how people sign in to them",
)
ASSIGNMENTS = Feed(
    name="assignments",
    format=_format("onelogin-app-users"),
    calls=("GET /api/2/apps", "GET /api/2/apps/{app_id}/users"),
    blinds="who may use an app without having done so",
    may_be_empty=True,
)
USERS = Feed(
    name="users",
    format=_format("onelogin-users"),
    calls=("GET /api/2/users",),
    blinds="departments, so who of an app's people is in Marketing, and who is suspended",
)


class _App(msgspec.Struct):
    id: int | str | None = None


class _Pagination(msgspec.Struct):
    after_cursor: str | None = None


class _EventPage(msgspec.Struct):
    pagination: _Pagination | None = None


class _Token(msgspec.Struct):
    access_token: str


class _Auth:
    """A token for ten hours, fetched with the first call and once more where it is refused."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire = config, wire
        self._http = Http(wire, config.api_url)
        self._tokens = KeptTokens(self._fetch, lambda _token: True)

    def headers(self, _method: str, _url: str) -> Mapping[str, str]:
        """Return the token's header. Raises AccessDenied."""
        return {"Authorization": f"bearer:{self._tokens.get()}"}

    def renew(self, _answer: Answer) -> bool:
        """Forget the token."""
        return self._tokens.forget()

    def close(self) -> None:
        """Let go of the token and of connections."""
        self._tokens.clear()
        self._http.close()

    def _fetch(self, _key: str) -> str:
        pair = f"{self._config.client_id}:{self._config.client_secret.read(self._wire.secrets)}"
        proof = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        asked = {"grant_type": "client_credentials"}
        answer = self._http.post("/auth/oauth2/v2/token", json=asked, headers=proof, signed=False)
        try:
            return msgspec.json.decode(answer.body, type=_Token).access_token
        except msgspec.ValidationError:
            raise AccessDenied("no token", "check client_id and client_secret", lacking=False) from None


class OneLogin:
    """One account."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._auth = _Auth(config, wire)
        self._http = Http(wire, config.api_url, self._auth)

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        if feed is EVENTS:
            yield from sliced(window, _SLICE, self._events)
        elif feed is ASSIGNMENTS:
            yield from self._assignments(probe=window.probe)
        else:
            params: dict[str, str | int] = {"limit": 1 if window.probe else 100}
            if feed is USERS:
                params["fields"] = _FIELDS
            yield from self._listed(f"/api/2/{feed.name}", params)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()
        self._auth.close()

    def _events(self, window: Window) -> Iterator[Page]:
        """Yield a slice's pages; in what order they come is not promised, so nothing hangs on it."""
        params: dict[str, str | int] = {
            "event_type_id": ",".join(map(str, sorted(onelogin.EVENT_TYPES))),
            "since": _stamp(window.since - timedelta(milliseconds=1)),
            "until": _stamp(window.until),
            "limit": 1 if window.probe else 50,
        }
        seen: set[str] = set()
        while True:
            answer = self._http.get("/api/1/events", params)
            turn = _page(answer).pagination
            yield Page(body=answer.body)
            if turn is None or not turn.after_cursor:
                return
            check_new(turn.after_cursor, seen)
            params = params | {"after_cursor": turn.after_cursor}

    def _assignments(self, *, probe: bool) -> Iterator[Page]:
        """Yield who is given each app; the answers do not name it, so it is written to each record."""
        size = 1 if probe else 100
        for apps in self._listed("/api/2/apps", {"limit": size}):
            for app_id in _app_ids(apps.body):
                try:
                    for page in self._listed(f"/api/2/apps/{app_id}/users", {"limit": size}):
                        yield Page(body=_of_app(app_id, page.body))
                        if probe:
                            return
                except Rejected as error:
                    if error.status != 404:  # an app that was deleted since it was listed is nobody's any more
                        raise

    def _listed(self, path: str, params: Mapping[str, str | int]) -> Iterator[Page]:
        seen: set[str] = set()
        while True:
            answer = self._http.get(path, params)
            yield Page(body=answer.body)
            cursor = answer.headers.get("after-cursor", "").strip()
            if not cursor:
                return
            check_new(cursor, seen)
            params = {**params, "cursor": cursor}


def _page(answer: Answer) -> _EventPage:
    try:
        return msgspec.json.decode(answer.body, type=_EventPage)
    except msgspec.ValidationError:
        raise Unreachable("an answer that is no page of events", "check api_url of this source") from None


def _app_ids(body: bytes) -> Iterator[str]:
    """Yield the ids of a page of apps; one that is no number would lead to another path."""
    try:
        found = msgspec.json.decode(body, type=list[_App])
    except msgspec.ValidationError:
        raise Unreachable("an answer that is no page of apps", "check api_url of this source") from None
    yield from (text for app in found if (text := str(app.id)).isascii() and text.isdecimal())


def _of_app(app_id: str, body: bytes) -> bytes:
    try:
        held = msgspec.json.decode(body, type=list[dict[str, msgspec.Raw]])
    except msgspec.ValidationError:
        raise Unreachable("an answer that is no page of people", "check api_url of this source") from None
    return msgspec.json.encode([{**person, "app_id": msgspec.Raw(app_id.encode())} for person in held])


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return OneLogin(config, wire)


SOURCE = Source(
    kind="onelogin",
    about="OneLogin account: sign-ins to apps, apps, who is given them, and people",
    config=Config,
    tenant=lambda config: config.api_url.host,
    connect=connect,
    feeds=(USERS, APPS, ASSIGNMENTS, EVENTS),
    limits=(
        "5,000 calls an hour for the whole account, as the answers' X-RateLimit headers say; Ostiary reads only the"
        " event types that it understands, 50 a page, and waits for the reset that OneLogin names. Assignments take a"
        " call for each app."
    ),
    guide="docs/how-to/connect-onelogin.md",
    keys={
        "api_url": "the account's own address, such as `https://acme.onelogin.com`",
        "client_id": "the API credential's Client ID",
        "client_secret": "the API credential's Client Secret",
    },
    notes=(
        "OneLogin has no narrower scope that reads apps and events: Read Users reaches people and roles only.",
        "An assignment does not say whether a role or a person gave it.",
        "How long OneLogin keeps events is stated nowhere that was found.",
    ),
    documents=(
        "OneLogin Developers, *Working with API Credentials* and *Generate Tokens*",
        "OneLogin Developers, *Get Events*, *Event Resource and Types*, *List Apps*, *List App Users*, *List Users*",
        "OneLogin Developers, *Rate Limits* and *Using Query Parameters*",
    ),
    example="""\
[sources.onelogin]
kind = "onelogin"
# The account's own address.
api_url = "https://acme.onelogin.com"
# An API credential with the scope Read All (Developers, API Credentials).
client_id = "0a1b2c3d"
client_secret = "env:ONELOGIN_CLIENT_SECRET"
""",
)
