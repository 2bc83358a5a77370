"""A fake of JumpCloud: Directory Insights by `search_after`, listings of both versions by `skip` and `limit`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Response

from tests.connectors.fakes.base import Called, HttpFake


class JumpCloudFake(HttpFake):
    """One organisation with three people, three apps, two of them given to people, and a log."""

    kind = "jumpcloud"
    links = False

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.size = 2
        self.org: str | None = None
        self.people = [self._person(f"60a{at}", name) for at, name in enumerate(("ana", "bo", "cleo"))]
        self.apps = [self._app(f"5f0{at}", name) for at, name in enumerate(("HubSpot", "Canva", "Asana"))]
        self.given = {"5f00": ["60a0", "60a1", "60a2"], "5f01": ["60a0"]}
        self.events: list[dict[str, Any]] = []
        for at in range(5):
            self.sign_in(at % 3, days=20 - at)
        self._event(
            "association_change",
            "directory",
            5,
            association={
                "op": "add",
                "connection": {
                    "from": {"type": "user", "object_id": "60a0", "name": "ana"},
                    "to": {"type": "application", "object_id": "5f00", "name": "HubSpot"},
                },
            },
            success=True,
        )
        self._event("user_login_attempt", "directory", 4, success=True)

    @property
    def table(self) -> dict[str, Any]:
        found = {"kind": "jumpcloud", "api_key": "env:SECRET", "api_url": self.base, "console_url": self.base}
        return found | ({"org_id": self.org} if self.org else {})

    def sign_in(self, app: int, *, days: float = 3) -> None:
        """Let somebody sign in so many days ago."""
        named = self.apps[app]
        told = {"id": named["id"], "name": named["name"], "display_label": named["displayLabel"], "sso_type": "saml"}
        self._event("sso_auth", "sso", days, application=told, sso_token_success=app != 2, mfa=True)

    def _event(self, kind: str, service: str, days: float, **more: Any) -> None:
        self.events.append(
            {
                "id": f"65e{len(self.events)}",
                "timestamp": _iso(self.clock.at - timedelta(days=days)),
                "event_type": kind,
                "service": service,
                "initiated_by": {"id": "60a0", "type": "user", "username": "ana"},
                **more,
            }
        )

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            self.apps.append(self._app(f"7f0{at}", name) | {"displayName": "an app"})
            self.people.append(self._person(f"70a{at}", f"h{at}") | {"displayname": name, "department": name})
            self.sign_in(len(self.apps) - 1)

    def error(self, status: int, call: Called) -> Response:
        del call
        word = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}.get(status, "UNKNOWN")
        said = {401: "Unauthorized", 403: "Forbidden"}.get(status, "no")
        return self.json({"code": status % 17, "message": f"{said}: {self.secrets[0]}", "status": word}, status)

    def route(self, call: Called) -> Response:
        if call.headers.get("x-api-key") != self.secrets[0] or call.headers.get("x-org-id") != self.org:
            return self.error(401, call)
        parts = call.path.strip("/").split("/")
        if (call.method, call.path) == ("POST", "/insights/directory/v1/events"):
            return self._insights(call)
        if call.path in {"/api/applications", "/api/systemusers"}:
            return self._listed(call, self.apps if parts[-1] == "applications" else self.people)
        if parts[:3] == ["api", "v2", "applications"] and parts[4:] == ["users"]:
            return self._holders(call, parts[3])
        return self.error(404, call)

    def _insights(self, call: Called) -> Response:
        asked = json.loads(call.body)
        since, until = (datetime.fromisoformat(asked[name]) for name in ("start_time", "end_time"))
        kinds = {term["event_type"] for term in asked.get("search_term", {}).get("or", [])}
        limit = min(asked["limit"], self.size)
        found = [
            event
            for event in sorted(self.events, key=lambda e: e["timestamp"])
            if event["service"] in asked["service"]
            and since <= datetime.fromisoformat(event["timestamp"]) < until
            and (not kinds or event["event_type"] in kinds)
        ]
        begin = asked["search_after"][0] if "search_after" in asked else 0
        page = found[begin : begin + limit]
        answer = self.json(self.listing(page))
        answer.headers["X-Result-Count"], answer.headers["X-Limit"] = str(len(page)), str(limit)
        if page:
            answer.headers["X-Search_after"] = json.dumps([0 if self.circle else begin + len(page), page[-1]["id"]])
        return answer

    def _listed(self, call: Called, found: list[dict[str, Any]]) -> Response:
        limit, skip = int(call.query["limit"]), int(call.query["skip"])
        if not 0 < limit <= 100 or call.query.get("sort") != "_id":
            return self.error(400, call)
        skip = 0 if self.circle else skip
        whole = self.listing(sorted(found, key=lambda item: item["_id"]))
        shown = call.query.get("fields")
        page = [
            {k: v for k, v in item.items() if shown is None or k in {"_id", "id", *shown.split()} or k == "broken"}
            for item in whole[skip : skip + min(limit, self.size)]
        ]
        return self.json({"totalCount": len(whole), "results": page})

    def _holders(self, call: Called, app_id: str) -> Response:
        if all(app["id"] != app_id for app in self.apps):
            return self.error(404, call)
        limit, skip = int(call.query["limit"]), int(call.query["skip"])
        found = [
            {"id": who, "type": "user", "compiledAttributes": {}, "paths": [[{"to": {"id": who, "type": "user"}}]]}
            for who in self.given.get(app_id, [])
        ]
        return self.json(self.listing(found)[skip : skip + limit])

    def _app(self, number: str, name: str) -> dict[str, Any]:
        return {
            "_id": number,
            "id": number,
            "name": name.lower(),
            "displayLabel": name,
            "active": True,
            "config": {"spEntityId": {"value": f"https://{number}.example"}},
            "sso": {"type": "saml", "hidden": False},
        }

    def _person(self, number: str, name: str) -> dict[str, Any]:
        return {
            "_id": number,
            "id": number,
            "username": name,
            "email": f"{name}@acme.example",
            "firstname": name.title(),
            "lastname": "Ruiz",
            "department": "Marketing",
            "state": "ACTIVATED",
            "suspended": False,
            "mfa": {"configured": True},
            "ssh_keys": ["never asked for"],
        }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
