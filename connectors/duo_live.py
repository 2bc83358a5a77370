"""Duo over its Admin API: authentications, what administrators do, and activities.

Facts: duo.com/docs/adminapi, "Authentication Logs" (version 2: `mintime` and `maxtime` in milliseconds, 1,000 a page,
`next_offset` is a time and a transaction; two minutes late, 180 days back), "Activity Logs" (version 2, paged alike),
"Administrator Logs" (version 1: the 1,000 earliest since `mintime` in seconds), "Authentication" (each call is signed:
date, method, host, path, parameters).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from connectors import duo, duo_activity
from connectors.http import Answer, Http, check_new
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.slices import sliced
from connectors.source_tables import Address, Secret
from model.errors import Interrupted, Unreachable

_SLICE = timedelta(days=7)
_MOST = 1000
#: Duo's word for a call whose date is too far from its own.
_WRONG_DATE = {40104, 40105}


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind duo."""

    api_url: Address
    integration_key: str
    secret_key: Secret


AUTHENTICATIONS = Feed(
    name="authentications",
    format=duo.FORMATS[0],
    calls=("GET /admin/v2/logs/authentication",),
    blinds="who signs in to which protected application, and with what second factor",
    streams=(duo.SIGN_INS,),
    lists=("authlogs",),
)
ADMINISTRATORS = Feed(
    name="administrators",
    format=duo.FORMATS[0],
    calls=("GET /admin/v1/logs/administrator",),
    blinds="which applications administrators protect, change and take out",
    streams=(duo.APP_EVENTS,),
    lists=("response",),
)
ACTIVITY = Feed(
    name="activity",
    format=duo_activity.FORMATS[0],
    calls=("GET /admin/v2/logs/activity",),
    blinds="what people do at an application beside signing in, such as enrolling a device, and what is done to it",
    lists=("items",),
)
#: The logs of version 2, which are paged alike.
_PAGED = {AUTHENTICATIONS.name: "/admin/v2/logs/authentication", ACTIVITY.name: "/admin/v2/logs/activity"}


class _Signed:
    """Signs each call (version 2 of Duo's signatures, HMAC-SHA512), by the time of Duo's own clock."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire = config, wire

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """Return date and signature; the parameters stand in the address, sorted and encoded as Duo wants them."""
        date = format_datetime(self._wire.now())
        parts = urlsplit(url)
        said = "\n".join((date, method.upper(), (parts.hostname or "").lower(), parts.path, parts.query))
        secret = self._config.secret_key.read(self._wire.secrets)
        proof = hmac.new(secret.encode(), said.encode(), hashlib.sha512).hexdigest()
        pair = base64.b64encode(f"{self._config.integration_key}:{proof}".encode()).decode()
        return {"Date": date, "Authorization": f"Basic {pair}"}

    def renew(self, answer: Answer) -> bool:
        """Tell whether the date was what Duo refused: its own clock was heard with the answer."""
        try:
            return msgspec.json.decode(answer.body).get("code") in _WRONG_DATE
        except (msgspec.DecodeError, AttributeError):
            return False


class _Metadata(msgspec.Struct):
    next_offset: list[str | int] | str | int | None = None


class _Log(msgspec.Struct):
    metadata: _Metadata | None = None


class _Answer(msgspec.Struct):
    response: msgspec.Raw


class _Action(msgspec.Struct):
    timestamp: Any = None


class Duo:
    """One account."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._http = Http(wire, config.api_url, _Signed(config, wire))

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        if feed.name in _PAGED:
            yield from sliced(window, _SLICE, lambda part: self._paged(_PAGED[feed.name], part))
        else:
            yield from self._administrators(window)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def _get(self, path: str, params: Mapping[str, object]) -> Answer:
        """Get with the parameters in the address, since they are signed with it."""
        pairs = sorted((name, quote(str(value), "~")) for name, value in params.items())
        return self._http.get(f"{path}?{'&'.join(f'{name}={value}' for name, value in pairs)}")

    def _paged(self, path: str, window: Window) -> Iterator[Page]:
        params: dict[str, object] = {
            "mintime": _milliseconds(window.since),
            "maxtime": max(_milliseconds(window.until), _milliseconds(window.since) + 1),
            "limit": 1 if window.probe else _MOST,
            "sort": "ts:asc",
        }
        seen: set[str] = set()
        while True:
            body = _response(self._get(path, params))
            turn = _decoded(body, _Log).metadata
            yield Page(body=body)
            follow = turn.next_offset if turn else None
            if not follow:
                return
            offset = ",".join(map(str, follow)) if isinstance(follow, list) else str(follow)
            check_new(offset, seen)
            params = params | {"next_offset": offset}

    def _administrators(self, window: Window) -> Iterator[Page]:
        """Yield the earliest since a second, then those since the last second of these: repeats are known again."""
        since = int(window.since.timestamp())
        while True:
            answer = self._get("/admin/v1/logs/administrator", {"mintime": since})
            found = _decoded(_response(answer), list[_Action])
            times = [action.timestamp for action in found if isinstance(action.timestamp, int)]
            latest = max(times, default=since)
            yield Page(body=answer.body)
            if len(found) < _MOST or latest >= window.until.timestamp():
                return
            if latest <= since:
                raise Interrupted(f"more than {_MOST} actions of administrators within one second")
            since = latest


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


def _response(answer: Answer) -> bytes:
    return bytes(_decoded(answer.body, _Answer).response)


def _decoded(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError:
        raise Unreachable("an answer that is no page of a log", "check api_url of this source") from None


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return Duo(config, wire)


SOURCE = Source(
    kind="duo",
    about="Duo account: authentications to protected applications, what administrators do to these, and activity",
    config=Config,
    tenant=lambda config: config.api_url.host,
    connect=connect,
    feeds=(AUTHENTICATIONS, ADMINISTRATORS, ACTIVITY),
    limits="Duo asks for logs to be read no more than once a minute; Ostiary reads each once a run, a thousand a page.",
    guide="docs/how-to/connect-duo.md",
    keys={
        "api_url": "the API hostname of the Admin API application, with `https://`",
        "integration_key": "its integration key (Client ID)",
        "secret_key": "its secret key (Client secret)",
    },
    notes=(
        "Duo sees the second step of a sign-in only: how somebody signed in before it stays unknown.",
        "Of the activity log what happens at an application, or to one, is kept; devices and places are not.",
        "Administrators are known by their names in the administrators' log, and by keys in the activity log.",
    ),
    documents=(
        "Duo documentation, *Duo Admin API*: *First Steps*, *Authentication*",
        "Duo documentation, *Duo Admin API*: *Authentication Logs*, *Administrator Logs*, *Activity Logs*",
        "Duo's Python client, `get_activity_logs`, for the fields of an activity",
    ),
    example="""\
[sources.duo]
kind = "duo"
# The API hostname of an Admin API application that may only Grant read log.
api_url = "https://api-01234567.duosecurity.com"
integration_key = "DIXXXXXXXXXXXXXXXXXX"
secret_key = "env:DUO_SECRET_KEY"
""",
)
