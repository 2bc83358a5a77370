"""A fake of Okta, from what its documentation promises: `Link` headers, polling logs that always name a next page."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
from werkzeug import Response

from tests.connectors.fakes.base import HOST_OF_NOBODY, Called, HttpFake
from tests.scanner.house import app, event, user

_CODES = {
    400: "E0000053",
    401: "E0000011",
    403: "E0000006",
    404: "E0000007",
    429: "E0000047",
    500: "E0000009",
    503: "E0000010",
}
_SCOPES = {
    "logs": "okta.logs.read",
    "users": "okta.users.read",
    "apps": "okta.apps.read",
    "grants": "okta.appGrants.read",
}


class OktaFake(HttpFake):
    """One organisation with four people, three apps, and a log."""

    kind = "okta"

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.size = 2
        self.people = [user(name) for name in ("ana", "bo", "cleo", "dan")]
        self.apps = [app(1, "HubSpot"), app(2, "Canva"), app(3, "Asana")]
        self.events: list[dict[str, Any]] = []
        self.grants = {"0oa1": [self._grant(1, "okta.users.read"), self._grant(2, "okta.groups.read")]}
        #: Canva is a client of OAuth, with tokens of two people; one of them has two.
        self.apps[1] |= {
            "name": "oidc_client",
            "signOnMode": "OPENID_CONNECT",
            "credentials": {
                "oauthClient": {"client_id": "canva-client", "token_endpoint_auth_method": "client_secret_basic"}
            },
            "settings": {"oauthClient": {"grant_types": ["authorization_code", "refresh_token"]}},
        }
        self.tokens = {"0oa2": [self._refresh_token(at, who) for at, who in enumerate(("ana", "ana", "bo"), 1)]}
        self.assigned = {"0oa1": ["ana", "bo", "cleo"], "0oa2": ["ana"]}
        self.groups = {"0oa1": ["everyone"], "0oa3": ["marketing", "sales", "design"]}
        #: A service app's public key and client id, where it signs in by key; what it was granted.
        self.key: Any = None
        self.granted = set(_SCOPES.values())
        self.dpop = False
        self._tokens: dict[str, str] = {}
        self._numbers = itertools.count()
        self.sign_in(7)

    def sign_in(self, count: int, *, days: float = 20, person: str = "ana") -> None:
        """Let people sign in, every day one, from so many days ago on."""
        for at in range(count):
            number = len(self.events) + 1
            moment = self.clock.at - timedelta(days=days) + timedelta(days=at * min(0.1, days / (count + 1)))
            label = self.apps[number % len(self.apps)]["label"]
            self.events.append(
                event(number, label, app_id=f"0oa{number % len(self.apps) + 1}", person=person, published=_iso(moment))
            )

    @property
    def table(self) -> dict[str, Any]:
        if self.key is None:
            return {"kind": "okta", "org_url": self.base, "token": "env:SECRET"}
        return {
            "kind": "okta",
            "org_url": self.base,
            "client_id": "0oaservice",
            "private_key": "env:SECRET",
            "key_id": "k1",
        }

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            self.apps.append(app(100 + at, name))
            self.people.append(user(f"h{at}", profile={"displayName": name, "department": name}))
            self.events.append(
                event(1000 + at, name, app_id=f"0oa{100 + at}", published=_iso(self.clock.at - timedelta(days=3)))
            )

    def error(self, status: int, call: Called) -> Response:
        if call.path.startswith("/oauth2"):
            word = {401: "invalid_client", 403: "access_denied"}.get(status, "server_error")
            return self.json({"error": word, "error_description": f"no: {self.secrets[0]}"}, status)
        code = _CODES.get(status, "E0000001")
        return self.json({"errorCode": code, "errorSummary": f"no, {self.secrets[0]}", "errorCauses": []}, status)

    def route(self, call: Called) -> Response:
        if call.path == "/oauth2/v1/token":
            return self._token(call)
        if (denied := self._denied(call)) is not None:
            return denied
        parts = call.path.strip("/").split("/")
        if call.path == "/api/v1/logs":
            return self._log(call)
        if call.path == "/api/v1/users":
            return self._page(call, self.people, 200)
        if call.path == "/api/v1/apps":
            return self._page(call, self.apps, 200)
        if len(parts) == 5 and parts[:3] == ["api", "v1", "apps"]:
            return self._part(call, parts[3], parts[4])
        return self.error(404, call)

    def _part(self, call: Called, app_id: str, name: str) -> Response:
        if all(found["id"] != app_id for found in self.apps):
            return self.error(404, call)
        made = {
            "users": (lambda: [self._app_user(app_id, who) for who in self.assigned.get(app_id, [])], 500),
            "groups": (lambda: [self._app_group(app_id, which) for which in self.groups.get(app_id, [])], 200),
            "grants": (lambda: self.grants.get(app_id, []), 200),
            "tokens": (lambda: self.tokens.get(app_id, []), 200),
        }
        if name not in made:
            return self.error(404, call)
        mode = next(found["signOnMode"] for found in self.apps if found["id"] == app_id)
        if name == "tokens" and mode != "OPENID_CONNECT":
            return self.error(400, call)
        return self._page(call, made[name][0](), made[name][1])

    def _app_user(self, app_id: str, who: str) -> dict[str, Any]:
        return {
            "id": f"00u{who}",
            "scope": "USER" if who == "ana" else "GROUP",
            "status": "ACTIVE",
            "created": "2025-02-03T04:05:06.000Z",
            "credentials": {"userName": f"{who}@acme.example"},
            "_links": {"app": {"href": f"{self.base}/api/v1/apps/{app_id}"}},
        }

    def _app_group(self, app_id: str, which: str) -> dict[str, Any]:
        links = {"self": {"href": f"{self.base}/api/v1/apps/{app_id}/groups/00g{which}"}}
        return {"id": f"00g{which}", "priority": 0, "_links": links}

    def _grant(self, number: int, scope: str) -> dict[str, Any]:
        return {
            "id": f"oag{number}",
            "status": "ACTIVE",
            "created": "2025-02-03T04:05:06.000Z",
            "issuer": self.base,
            "clientId": "0oa1",
            "scopeId": scope,
            "source": "ADMIN",
            "_links": {"app": {"href": f"{self.base}/api/v1/apps/0oa1"}},
        }

    def _refresh_token(self, number: int, who: str) -> dict[str, Any]:
        app = f"{self.base}/api/v1/apps/0oa2"
        return {
            "id": f"oar{number}",
            "status": "ACTIVE",
            "created": "2025-02-03T04:05:06.000Z",
            "lastUpdated": "2025-03-04T05:06:07.000Z",
            "expiresAt": "2027-02-03T04:05:06.000Z",
            "issuer": f"{self.base}/oauth2/default",
            "clientId": "canva-client",
            "userId": f"00u{who}",
            "scopes": ["offline_access", "openid"],
            "_links": {"app": {"href": app, "title": "Canva"}, "self": {"href": f"{app}/tokens/oar{number}"}},
        }

    def _page(self, call: Called, found: list[Any], most: int) -> Response:
        limit = int(call.query.get("limit", 20))
        if not 0 < limit <= most:
            return self.error(400, call)
        begin = int(call.query.get("after", 0))
        end = begin + min(limit, self.size)
        answer = self.json(self.listing(found[begin:end]))
        answer.headers.add("Link", f'<{self.base}{call.path}?limit={limit}>; rel="self"')
        if end < len(found):
            answer.headers.add("Link", self._next(call, {"limit": limit, "after": end}))
        return answer

    def _log(self, call: Called) -> Response:
        query = call.query
        if "since" in query and "after" in query:
            return self.error(400, call)
        if query.get("sortOrder") != "ASCENDING" or "until" in query or not 0 < int(query["limit"]) <= 1000:
            return self.error(400, call)
        if "after" in query:
            begin = int(query["after"])
        else:
            since = _moment(query["since"])
            if since < self.now - timedelta(days=180):
                return self.error(400, call)
            begin = next((i for i, e in enumerate(self.events) if _moment(e["published"]) >= since), len(self.events))
        found = self.events[begin : begin + min(int(query["limit"]), self.size)]
        answer = self.json(self.listing(found))
        after = {k: v for k, v in query.items() if k != "since"} | {"after": begin + len(found)}
        answer.headers.add("Link", f'<{self.base}{call.path}>; rel="self"')
        answer.headers.add("Link", self._next(call, after))
        return answer

    def _next(self, call: Called, query: dict[str, Any]) -> str:
        base = HOST_OF_NOBODY if self.elsewhere else self.base
        if self.circle:
            query = query | {"after": call.query.get("after", 0)}
        return f'<{base}{call.path}?{urlencode(query)}>; rel="next"'

    # Signing in.

    def _denied(self, call: Called) -> Response | None:
        given = call.headers.get("authorization", "")
        if self.key is None:
            return None if given == f"SSWS {self.secrets[0]}" else self.error(401, call)
        scheme, _, token = given.partition(" ")
        scope = self._tokens.get(token)
        if scope is None or scheme != ("DPoP" if self.dpop else "Bearer"):
            return self.error(401, call)
        if self.dpop and not self._proven(call, token):
            return self.error(401, call)
        parts = call.path.strip("/").split("/")
        wanted = _SCOPES["grants" if parts[-1] == "grants" else parts[2]]
        return None if scope == wanted else self.error(403, call)

    def _proven(self, call: Called, token: str | None) -> bool:
        proof = call.headers.get("dpop")
        if proof is None:
            return False
        header = jwt.get_unverified_header(proof)
        public = jwt.PyJWK(header["jwk"] | {"alg": "ES256"}).key
        claims = jwt.decode(proof, public, algorithms=["ES256"], options={"verify_iat": False})
        digest = base64.urlsafe_b64encode(hashlib.sha256((token or "").encode()).digest()).rstrip(b"=").decode()
        right = claims["htm"] == call.method and claims["htu"] == f"{self.base}{call.path}"
        return right and header["typ"] == "dpop+jwt" and (token is None or claims["ath"] == digest)

    def _token(self, call: Called) -> Response:
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        claims = jwt.decode(
            form["client_assertion"],
            self.key.public_key(),
            algorithms=["RS256", "ES256"],
            audience=f"{self.base}/oauth2/v1/token",
            options={"verify_exp": False, "verify_iat": False},
        )
        ahead = claims["exp"] - self.now.timestamp()
        if claims["iss"] != "0oaservice" or not 0 < ahead <= 3600:
            return self.json({"error": "invalid_client", "error_description": "The assertion is not valid"}, 401)
        if self.dpop and "dpop" not in call.headers:
            return self.json({"error": "invalid_dpop_proof", "error_description": "The header is missing"}, 400)
        if self.dpop and json.loads(_body_of(call.headers["dpop"])).get("nonce") != "n-1":
            said = {"error": "use_dpop_nonce", "error_description": "requires nonce"}
            return self.json(said, 400, {"dpop-nonce": "n-1"})
        if not set(form["scope"].split()) <= self.granted:
            return self.json({"error": "consent_required", "error_description": "not granted"}, 400)
        token = f"{self.secrets[0]}-{next(self._numbers)}"
        self._tokens[token] = form["scope"]
        kind = "DPoP" if self.dpop else "Bearer"
        return self.json({"token_type": kind, "expires_in": 3600, "access_token": token, "scope": form["scope"]})

    def forget_tokens(self) -> None:
        """Let every token end before its time."""
        self._tokens.clear()


def _body_of(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
