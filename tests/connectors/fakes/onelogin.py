"""A fake of OneLogin: tokens, events by cursors of `pagination`; apps, who has them, and people by `After-Cursor`."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Response

from tests.connectors.fakes.base import Called, HttpFake

_TYPES = {400: "bad request", 401: "Unauthorized", 403: "Forbidden", 404: "not found", 429: "Too Many Requests"}


class OneLoginFake(HttpFake):
    """One account with three people, three apps and a log."""

    kind = "onelogin"
    links = False

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.size = 2
        self.people = [self._person(at, name) for at, name in enumerate(("ana", "bo", "cleo"), 90)]
        self.apps = [self._app(442 + at, name) for at, name in enumerate(("HubSpot", "Canva", "Asana"))]
        self.events: list[dict[str, Any]] = []
        self.tokens: set[str] = set()
        #: Who is given an app, by its id.
        self.given = {app["id"]: self.people[: at + 1] for at, app in enumerate(self.apps)}
        for at in range(6):
            self.event((8, 8, 85, 51, 5, 34)[at], app=at % 3, person=90 + at % 3, days=20 - at)

    @property
    def table(self) -> dict[str, Any]:
        return {"kind": "onelogin", "api_url": self.base, "client_id": "0a1b", "client_secret": "env:SECRET"}

    def event(self, kind: int, *, app: int = 0, person: int = 90, days: float = 3) -> None:
        """Let something happen so many days ago."""
        named = self.apps[app]
        self.events.append(
            {
                "id": 6000 + len(self.events),
                "created_at": _iso(self.clock.at - timedelta(days=days)),
                "event_type_id": kind,
                "app_id": None if kind == 5 else named["id"],
                "app_name": None if kind == 5 else named["name"],
                "user_id": person,
                "user_name": "Ana Ruiz",
            }
        )

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            self.apps.append(self._app(700 + at, name))
            self.people.append(self._person(700 + at, f"h{at}") | {"firstname": name, "department": name})
            self.event(8, app=len(self.apps) - 1)

    def forget_tokens(self) -> None:
        """Let every token end before its time."""
        self.tokens.clear()

    def error(self, status: int, call: Called) -> Response:
        if call.path.startswith("/api/2"):
            return self.json(
                {"statusCode": status, "name": _TYPES.get(status, "Error"), "message": self.secrets[0]}, status
            )
        said = {"error": True, "code": status, "type": _TYPES.get(status, "error"), "message": self.secrets[0]}
        return self.json({"status": said}, status)

    def route(self, call: Called) -> Response:
        if call.path == "/auth/oauth2/v2/token":
            return self._token(call)
        if call.headers.get("authorization", "").removeprefix("bearer:") not in self.tokens:
            return self.error(401, call)
        if call.path == "/api/1/events":
            return self._events(call)
        parts = call.path.strip("/").split("/")
        if parts[:3] == ["api", "2", "apps"] and parts[4:] == ["users"]:
            return self._held(call, int(parts[3]))
        found = {"/api/2/apps": self.apps, "/api/2/users": self.people}.get(call.path)
        return self.error(404, call) if found is None else self._listed(call, found)

    def _token(self, call: Called) -> Response:
        proof = base64.b64encode(f"0a1b:{self.secrets[0]}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {proof}":
            return self.error(401, call)
        if json.loads(call.body) != {"grant_type": "client_credentials"}:
            return self.error(400, call)
        token = f"{self.secrets[0]}-token-{len(self.calls)}"
        self.tokens.add(token)
        return self.json({"access_token": token, "expires_in": 36000, "token_type": "bearer", "account_id": 7})

    def _events(self, call: Called) -> Response:
        query = call.query
        kinds = {int(kind) for kind in query["event_type_id"].split(",")}
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        if not 0 < int(query["limit"]) <= 50:
            return self.error(400, call)
        found = [
            event
            for event in reversed(self.events)
            if event["event_type_id"] in kinds and since < datetime.fromisoformat(event["created_at"]) < until
        ]
        begin = int(query.get("after_cursor", 0))
        end = begin + min(int(query["limit"]), self.size)
        follow = str(begin if self.circle and begin else end) if end < len(found) or (self.circle and begin) else None
        turn = {"before_cursor": None, "after_cursor": follow, "previous_link": None, "next_link": None}
        status = {"error": False, "code": 200, "type": "success", "message": "Success"}
        return self.json({"status": status, "pagination": turn, "data": self.listing(found[begin:end])})

    def _listed(self, call: Called, found: list[dict[str, Any]]) -> Response:
        begin = int(call.query.get("cursor", 0))
        end = begin + min(int(call.query["limit"]), self.size)
        fields = call.query.get("fields", "").split(",")
        shown = [{k: v for k, v in item.items() if fields == [""] or k in fields} for item in found[begin:end]]
        answer = self.json(self.listing(shown))
        if end < len(found) or (self.circle and begin):
            answer.headers["After-Cursor"] = str(begin if self.circle and begin else end)
        return answer

    def _held(self, call: Called, app_id: int) -> Response:
        if all(app["id"] != app_id for app in self.apps):
            return self.error(404, call)
        shown = ("id", "email", "username", "firstname", "lastname")
        return self._listed(call, [{name: p[name] for name in shown} for p in self.given.get(app_id, [])])

    def _app(self, number: int, name: str) -> dict[str, Any]:
        made = {"created_at": "2025-01-02T03:04:05.000Z", "updated_at": "2025-02-02T03:04:05.000Z"}
        return {"id": number, "connector_id": 110016, "name": name, "visible": True, "auth_method": 2, **made}

    def _person(self, number: int, name: str) -> dict[str, Any]:
        return {
            "id": number,
            "email": f"{name}@acme.example",
            "username": name,
            "firstname": name.title(),
            "lastname": "Ruiz",
            "department": "Marketing",
            "title": "Manager",
            "company": "Acme",
            "status": 1,
            "created_at": "2024-05-06T07:08:09Z",
            "last_login": "2026-03-02T07:59:00Z",
            "phone": "never asked for",
        }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
