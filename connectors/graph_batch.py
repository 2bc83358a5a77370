"""Microsoft Graph's `$batch`: up to twenty gets in one call, each with a status of its own.

Facts: learn.microsoft.com/graph, "Combine multiple HTTP requests using JSON batching" (twenty, answers in any order,
each throttled by itself with a `Retry-After` of its own) and "Microsoft Graph throttling guidance".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from connectors.http import Http
from connectors.live import Wire
from connectors.patience import asked_rest, backoff
from connectors.refusals import is_busy, refusal
from model.errors import AccessDenied, RateLimited, Transient, Unreachable

#: How many gets a batch takes.
MOST = 20
#: How often parts that failed, and parts that were asked to rest, are asked for again; the longest rest in seconds.
_TRIES, _RESTS, _LONGEST = 5, 20, 900.0


class _Part(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, Any] | None = None
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Answer(msgspec.Struct):
    responses: list[_Part]


def batched(http: Http, wire: Wire, urls: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Yield the place and the body of every address (below /v1.0) that answers; one that is gone (404) is left out.

    Raises AccessDenied, Unreachable, RateLimited and Transient as for a single call: no part is ever just missing.
    """
    waiting = dict(enumerate(urls))
    tries = rests = 0
    while waiting:
        asked = [{"id": str(n), "method": "GET", "url": url} for n, url in waiting.items()]
        answer = http.post("/v1.0/$batch", json={"requests": asked})
        rest: float | None = None
        for part in _parts(answer.body):
            place = int(part.id) if part.id.isdecimal() else -1
            if place not in waiting:
                continue
            if (wait := _rest(part, wire)) is not None:
                rest = max(rest or 0.0, wait)
                continue
            if _has_failed(part):
                continue
            _check(part)
            del waiting[place]
            if part.status != 404:
                yield place, bytes(part.body)
        if waiting:
            tries, rests = (tries, rests + 1) if rest is not None else (tries + 1, rests)
            wire.sleep(_patience(rest, tries, rests, wire))


def _parts(body: bytes) -> list[_Part]:
    try:
        return msgspec.json.decode(body, type=_Answer).responses
    except msgspec.DecodeError:
        raise Unreachable("an answer that is no batch", "check graph_url") from None


def _patience(rest: float | None, tries: int, rests: int, wire: Wire) -> float:
    if rest is None:
        if tries > _TRIES:
            raise Transient("a part of POST /v1.0/$batch keeps failing")
        return backoff(tries, wire.jitter())
    if rests > _RESTS or rest > _LONGEST:
        raise RateLimited(rest)
    return rest


def _has_failed(part: _Part) -> bool:
    return part.status >= 500 or part.status in {408, 424}


def _rest(part: _Part, wire: Wire) -> float | None:
    """Return how long a part asks to rest, None where it does not."""
    throttled = part.status == 429 or (part.status == 403 and is_busy(_code(part)))
    if not throttled and not _has_failed(part):
        return None
    asked = asked_rest({name.lower(): str(value) for name, value in (part.headers or {}).items()}, wire.now())
    return backoff(4, wire.jitter()) if asked is None and throttled else asked


def _check(part: _Part) -> None:
    """Raise what a part's refusal is; one that is gone is none."""
    if part.status == 401:
        raise AccessDenied(_code(part), "renew the credential that the configuration names", lacking=False)
    if part.status == 403:
        raise AccessDenied(_code(part), "grant the credential what it lacks")
    if part.status != 404 and not 200 <= part.status < 300:
        reason = f"a part of a batch was answered with {part.status} {_code(part)}"
        raise Unreachable(reason, "check the keys of this source in the configuration")


def _code(part: _Part) -> str:
    try:
        found = refusal(msgspec.json.decode(part.body, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    return found.permission if found is not None else str(part.status)
