"""Signed links by which one question can be answered once, without an account, until a day.

A link's token holds the question's number and its end, and a secret: HMAC-SHA256 of both, of what was asked and when,
by a key derived from the audit key, or from a secret of its own. Of the secret the store keeps the hash alone; who has
the key can make the same token again, so that a reminder holds the same link and no message has to be kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gate.audit import canonical
from model.errors import Refused
from storage.times import from_ms, to_ms

#: So long a link lasts; a question that is due later is answered with an account.
LASTS = timedelta(days=14)
_LABEL = b"ostiary answer links 1"
_SHORTEST_KEY = 32
_TOKEN = re.compile(r"ask-([1-9][0-9]{0,9})-([1-9][0-9]{0,11})-([A-Za-z0-9_-]{43})", re.ASCII)
_BROKEN = (
    "this link does not hold: it was cut or changed on its way. Open it as it came, or ask its sender for a new one"
)
_NO_KEY = "links need a secret that signs them: `ostiary init` makes the audit key; [gate] link_key names another"


class LinkOver(Refused):
    """A link that opens nothing: `why` is broken, off, answered, withdrawn, closed, replaced or ended."""

    def __init__(self, why: str, said: str) -> None:
        super().__init__(said)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says of itself: nothing of it is true before `check`."""

    number: int
    until: int
    secret: str


def derived_key(secret: bytes | None) -> bytes:
    """Return the key that signs links. Raises Refused where there is no secret, or it is too short."""
    if secret is None or len(secret) < _SHORTEST_KEY:
        raise Refused(_NO_KEY)
    return hmac.new(secret, _LABEL, hashlib.sha256).digest()


def until(at: datetime) -> int:
    """Return the end of a link that is made now, in milliseconds; whole seconds, as the token has them."""
    return to_ms((at + LASTS).replace(microsecond=0))


def token(key: bytes, question: Mapping[str, Any]) -> str:
    """Return the token of a question's link: of its row the number, asked_at, fact and link_until."""
    seconds = int(question["link_until"]) // 1000
    return f"ask-{question['id']}-{seconds}-{_secret(key, question, seconds)}"


def _secret(key: bytes, question: Mapping[str, Any], seconds: int) -> str:
    told = canonical([question["id"], seconds, question["asked_at"], question["fact"]]).encode()
    return base64.urlsafe_b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode().rstrip("=")


def kept(given: str) -> str:
    """Return what is kept of a token: the SHA-256 of its secret. Raises Refused where it is none."""
    return hashlib.sha256(read(given).secret.encode()).hexdigest()


def read(given: str) -> Claim:
    """Return what a token says. Raises Refused where it has not the form of one."""
    found = _TOKEN.fullmatch(given.strip())
    if found is None:
        raise LinkOver("broken", _BROKEN)
    return Claim(int(found[1]), int(found[2]), found[3])


def check(key: bytes, claim: Claim, question: Mapping[str, Any] | None, at: datetime) -> None:
    """Raise LinkOver where a link does not hold, with what to do; a wrong secret tells nothing of the question."""
    known = {"asked_at": 0, "fact": "", "link_hash": None, **(question or {}), "id": claim.number}
    wanted = _secret(key, known, claim.until)
    # Both are always compared: how long it takes tells nothing.
    signed = hmac.compare_digest(wanted, claim.secret)
    same = hmac.compare_digest(known["link_hash"] or "", hashlib.sha256(claim.secret.encode()).hexdigest())
    if question is None or not signed:
        raise LinkOver("broken", _BROKEN)
    if question["state"] != "open":
        raise _over(question)
    if not same:
        raise LinkOver("replaced", "a newer link was sent for this question: open that one")
    if at >= from_ms(claim.until * 1000):
        day = from_ms(claim.until * 1000)
        raise LinkOver("ended", f"this link ended on {day:%d %B %Y}: ask whoever sent it for a new one")


def _over(question: Mapping[str, Any]) -> LinkOver:
    when = f" on {from_ms(question['closed_at']):%d %B %Y}" if question["closed_at"] else ""
    number, state = question["id"], question["state"]
    if state == "answered":
        said = f"question {number} was answered{when}: a link opens once; tell whoever sent it what has changed"
        return LinkOver("answered", said)
    if state == "withdrawn":
        return LinkOver("withdrawn", f"question {number} was withdrawn{when}: nothing is to be answered any more")
    return LinkOver("closed", f"question {number} ended{when} with its case: nothing is to be answered any more")
