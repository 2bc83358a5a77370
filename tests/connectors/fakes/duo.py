"""A fake of Duo's Admin API: it checks date and signature of every call, and pages logs as Duo does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from werkzeug import Response

from tests.connectors.fakes.base import Called, HttpFake

_CODES = {400: 40002, 401: 40103, 403: 40301, 404: 40401, 429: 42901}


class DuoFake(HttpFake):
    """One account with two people, two applications and three logs."""

    kind = "duo"
    links = False

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.size = 2
        self.most = 1000
        self.authentications: list[dict[str, Any]] = []
        self.actions: list[dict[str, Any]] = []
        for at in range(5):
            self.sign_in(("HubSpot", "Canva")[at % 2], days=20 - at, person=("ana", "bo")[at % 2])
        self.activities: list[dict[str, Any]] = []
        self.do("webauthncredential_create", "HubSpot", days=12)
        self.do("integration_update", None, days=11, target="Canva")
        self.do("user_update", None, days=10)
        self.act("integration_create", "HubSpot", days=30)
        self.act("admin_login", None, days=29)

    @property
    def table(self) -> dict[str, Any]:
        return {"kind": "duo", "api_url": self.base, "integration_key": "DIKEY", "secret_key": "env:SECRET"}

    def sign_in(self, app: str, *, days: float = 3, person: str = "ana", key: str | None = None) -> None:
        """Let somebody sign in so many days ago."""
        at = self.clock.at - timedelta(days=days)
        self.authentications.append(
            {
                "application": {"key": key or f"DI{app.upper()}", "name": app},
                "email": f"{person}@acme.example",
                "event_type": "authentication",
                "factor": "duo_push",
                "isotimestamp": at.isoformat(),
                "reason": "user_approved",
                "result": "success",
                "timestamp": int(at.timestamp()),
                "txid": f"tx-{len(self.authentications)}",
                "user": {"key": f"DU{person.upper()}", "name": person, "groups": []},
            }
        )

    def act(self, action: str, what: str | None, *, days: float) -> None:
        """Let an administrator do something so many days ago."""
        at = self.clock.at - timedelta(days=days)
        self.actions.append(
            {
                "action": action,
                "description": "{}",
                "isotimestamp": at.isoformat(timespec="seconds"),
                "object": what,
                "timestamp": int(at.timestamp()),
                "username": "Ida Admin",
            }
        )

    def do(self, action: str, app: str | None, *, days: float, target: str | None = None) -> None:
        """Let something be done at an application, or to one, so many days ago."""
        at = self.clock.at - timedelta(days=days)
        at_app = {"key": f"DI{app.upper()}", "name": app, "type": "websdk"} if app else None
        done_to = {"key": "WA1", "name": "WA1", "type": "webauthn_credential"}
        if target:
            done_to = {"key": f"DI{target.upper()}", "name": target, "type": "integration"}
        self.activities.append(
            {
                "access_device": {"ip": {"address": "198.51.100.7"}, "location": {"city": "Ann Arbor"}},
                "action": {"details": None, "name": action},
                "activity_id": f"720b8360-{len(self.activities)}",
                "actor": {"details": "{}", "key": "DUANA", "name": "ana", "type": "user"},
                "akey": "DA1",
                "application": at_app,
                "old_target": None,
                "outcome": {"result": "SUCCESS"},
                "target": done_to | {"details": "{}"},
                "ts": at.isoformat(),
            }
        )

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            self.sign_in(name, key=f"DIH{at}", person="ana", days=3 - at / 10)

    def error(self, status: int, call: Called) -> Response:
        del call
        said = {"code": _CODES.get(status, 50000), "message": f"no: {self.secrets[0]}", "stat": "FAIL"}
        return self.json(said, status)

    def route(self, call: Called) -> Response:
        code = self._refused(call)
        if code is not None:
            return self.json({"code": code, "message": f"no: {self.secrets[0]}", "stat": "FAIL"}, 401)
        if call.path == "/admin/v2/logs/authentication":
            return self._authenticated(call)
        if call.path == "/admin/v2/logs/activity":
            return self._activity(call)
        if call.path == "/admin/v1/logs/administrator":
            since = int(call.query["mintime"])
            found = [a for a in self.actions if a["timestamp"] >= since][: self.most]
            return self.json({"stat": "OK", "response": self.listing(found)})
        return self.error(404, call)

    def _refused(self, call: Called) -> int | None:
        """Return why a call is refused: a date that is off by more than five minutes, or a wrong signature."""
        date = call.headers.get("date", "")
        if not date or abs(parsedate_to_datetime(date) - self.now) > timedelta(minutes=5):
            return 40105
        params = "&".join(f"{name}={quote(call.query[name], '~')}" for name in sorted(call.query))
        said = "\n".join((date, call.method, urlsplit(self.base).hostname or "", call.path, params))
        proof = hmac.new(self.secrets[0].encode(), said.encode(), hashlib.sha512).hexdigest()
        right = base64.b64encode(f"DIKEY:{proof}".encode()).decode()
        return None if call.headers.get("authorization") == f"Basic {right}" else 40103

    def _authenticated(self, call: Called) -> Response:
        return self._paged(call, "authlogs", self.authentications, "isotimestamp", "tx-")

    def _activity(self, call: Called) -> Response:
        return self._paged(call, "items", self.activities, "ts", "ac-")

    def _paged(self, call: Called, name: str, held: list[dict[str, Any]], stamp: str, mark: str) -> Response:
        begin, end, limit = (int(call.query[word]) for word in ("mintime", "maxtime", "limit"))
        if begin >= end or not 0 < limit <= 1000 or call.query["sort"] != "ts:asc":
            return self.error(400, call)
        when = {id(event): datetime.fromisoformat(event[stamp]).timestamp() * 1000 for event in held}
        found = [e for e in sorted(held, key=lambda e: when[id(e)]) if begin <= when[id(e)] <= end]
        after = call.query.get("next_offset")
        at = int(after.split(",")[1].removeprefix(mark)) if after else 0
        stop = at + min(limit, self.size)
        follow: list[str] | str | None = None
        if stop < len(found) or (self.circle and after):
            last = at if self.circle and after else stop
            offset = [str(int(when[id(found[last])])), f"{mark}{last}"]
            # Duo gives the offset of the activity log as a text, that of the authentication log as a list.
            follow = offset if name == "authlogs" else ",".join(offset)
        metadata = {"next_offset": follow, "total_objects": len(found)}
        return self.json({"stat": "OK", "response": {name: self.listing(found[at:stop]), "metadata": metadata}})
