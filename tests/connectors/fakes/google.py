"""A fake of Google: the token endpoint, Reports, Directory and Chrome, held to Google's discovery documents."""

from __future__ import annotations

import functools
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug import Response

from tests.connectors.fakes.base import Called, HttpFake
from tests.connectors.fakes.discovery import Discovery, Method, discovery, masked, parsed

_AUTH = "https://www.googleapis.com/auth/"
#: The least scopes, and no other is delegated.
SCOPES = (
    f"{_AUTH}admin.reports.audit.readonly",
    f"{_AUTH}admin.directory.user.readonly",
    f"{_AUTH}admin.directory.user.security",
    f"{_AUTH}chrome.management.reports.readonly",
)
ADMINISTRATOR = "ostiary@acme.example"
#: The interfaces that it speaks.
DOCUMENTS = ("admin.reports_v1", "admin.directory_v1", "chromemanagement.v1")
MAIL = f"{_AUTH}gmail.readonly"
#: Status: the reason in the old list, the one in the new details, and the status as a word.
_ERRORS = {
    400: ("invalid", None, "INVALID_ARGUMENT"),
    401: ("authError", None, "UNAUTHENTICATED"),
    403: ("forbidden", None, "PERMISSION_DENIED"),
    404: ("notFound", None, "NOT_FOUND"),
    429: ("rateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"),
    500: ("backendError", None, "INTERNAL"),
    503: ("backendError", None, "UNAVAILABLE"),
}


@functools.cache
def key() -> rsa.RSAPrivateKey:
    """Return the service account's key, made once a run of the tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_file(**changed: Any) -> str:
    """Return the service account's key as Google gives it."""
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    made = {
        "type": "service_account",
        "project_id": "acme-ostiary",
        "private_key_id": "k1",
        "private_key": pem,
        "client_email": "ostiary@acme-ostiary.iam.gserviceaccount.com",
        "client_id": "117700000000000000001",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(made | changed)


class GoogleFake(HttpFake):
    """One account with five people (one suspended), tokens of three of them, and four logs."""

    kind = "google"
    links = False

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.secrets = ("ya29.s3cr3t-of-the-fake", key_file().split("\\n")[3])
        self.size = 2
        self.key = key_file()
        self.administrator = ADMINISTRATOR
        self.customer: str | None = None
        #: What calls and answers had that Google's own description does not know.
        self.wrong: list[str] = []
        self.delegated = set(SCOPES)
        #: How the token endpoint refuses: status, word and sentence.
        self.refusal: tuple[int, str, str] | None = None
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self.people = [person(n, name) for n, name in enumerate(("ana", "bo", "cleo", "dan", "eve"), 1)]
        self.people[3] |= {"suspended": True, "suspensionReason": "ADMIN"}
        self.tokens = {
            "1001": [token("1001", "Canva"), token("1001", "Mailtrack", scopes=["openid", MAIL])],
            "1002": [token("1002", "Canva")],
            "1003": [],
            "1005": [token("1005", "Old desktop", anonymous=True, nativeApp=True)],
        }
        self.reports = [report(n, app) for n, app in enumerate(("Canva", "Notion", "HubSpot"))]
        self.activities: list[dict[str, Any]] = []
        for n in range(5):
            self.happen("saml", 20 - n, login(f"App {n % 2}"))
        self.happen("saml", 3, login("App 0", "login_failure", failure_type="failure_app_not_enabled_for_user"))
        self.happen("token", 19, authorize("Mailtrack"))
        self.happen("token", 4, authorize("Canva"), who=2)
        self.happen("token", 3, _event("auth", "activity", client_id=_client("Canva"), api_name="drive"))
        self.happen("token", 2, _event("auth", "revoke", client_id=_client("Mailtrack"), app_name="Mailtrack"))
        self.happen("admin", 9, install("DocuSign"))
        self.happen("admin", 8, _event("APPLICATION_SETTINGS", "CHANGE_APPLICATION_SETTING", SETTING_NAME="x"))
        self.happen("login", 5, _event("login", "login_success", login_type="google_password"))

    def happen(self, application: str, days: float, *events: dict[str, Any], who: int = 1) -> None:
        """Let something happen so many days ago."""
        number = len(self.activities) + 1
        self.activities.append(
            {
                "kind": "admin#reports#activity",
                "etag": f'"{number}"',
                "id": {
                    "time": _iso(self.clock.at - timedelta(days=days)),
                    "uniqueQualifier": str(-(10**17) - number),
                    "applicationName": application,
                    "customerId": "C02acme",
                },
                "actor": {
                    "callerType": "USER",
                    "email": self.people[who - 1]["primaryEmail"],
                    "profileId": f"100{who}",
                },
                "ipAddress": "198.51.100.7",
                "events": list(events),
            }
        )

    @property
    def table(self) -> dict[str, Any]:
        found = {
            "kind": "google",
            "administrator": self.administrator,
            "service_account_key": "env:SECRET",
            "api_url": self.base,
            "token_url": f"{self.base}/token",
            "chrome_url": self.base,
        }
        return found | ({"customer": self.customer} if self.customer else {})

    @property
    def environment(self) -> dict[str, str]:
        return {"SECRET": self.key}

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            number = 50 + at
            self.people.append(person(number, f"h{at}", name={"fullName": name}, orgUnitPath=f"/{name}"))
            self.tokens[str(1000 + number)] = [token(str(1000 + number), name, client=f"hostile{at}")]
            self.happen("saml", 3, login(name))
            self.happen("token", 3, authorize(name))

    def error(self, status: int, call: Called) -> Response:
        if call.path == "/token":
            word = {401: "unauthorized_client", 403: "access_denied", 400: "invalid_grant"}.get(
                status, "internal_failure"
            )
            return self._no_token(status, word, "No.")
        return self.refuse(status, *_ERRORS.get(status, ("backendError", None, "UNKNOWN")))

    def refuse(self, status: int, reason: str, detail: str | None, word: str) -> Response:
        """Answer with an error in the form of Google's interfaces."""
        held = {"domain": "global", "reason": reason, "message": f"no, {self.secrets[0]}"}
        found: dict[str, Any] = {"code": status, "message": held["message"], "errors": [held], "status": word}
        if detail:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            found["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
        return self.json({"error": found}, status)

    def route(self, call: Called) -> Response:
        if call.path == "/token":
            return self._token(call)
        for name in DOCUMENTS:
            described = discovery(name)
            method = described.find(call.method, call.path)
            if method is not None:
                return self._called(call, described, method)
        return self.error(404, call)

    def _called(self, call: Called, described: Discovery, method: Method) -> Response:
        scope, ends = self._tokens.get(call.headers.get("authorization", "").removeprefix("Bearer "), ("", self.now))
        if ends <= self.now:
            return self.error(401, call)
        if scope not in method.scopes:
            return self.refuse(403, "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "PERMISSION_DENIED")
        if wrong := described.wrong_call(method, call.query):
            self.wrong += wrong
            return self.error(400, call)
        answers = {
            "reports.activities.list": self._activities,
            "directory.users.list": self._users,
            "directory.tokens.list": self._tokens_of,
            "chromemanagement.customers.reports.findSaasUsage": self._saas,
        }
        found = answers[method.id](call, method)
        if isinstance(found, Response):
            return found
        self.wrong += described.wrong_answer(method, found)
        name = next((word for word in ("users", "saasReports") if word in found), "items")
        if name in found:
            found = found | {name: self.listing(found[name])}
        mask = parsed(call.query["fields"]) if "fields" in call.query and not self.spoiled else {}
        return self.json(masked(found, mask))

    def _activities(self, call: Called, method: Method) -> Any:
        since, until = (datetime.fromisoformat(call.query[name]) for name in ("startTime", "endTime"))
        if since >= until or since >= self.now or since < self.now - timedelta(days=180):
            return self.error(400, call)
        found = [
            a
            for a in self.activities
            if a["id"]["applicationName"] == method.named["applicationName"]
            and since <= datetime.fromisoformat(a["id"]["time"]) < until
            and any(call.query.get("eventName") in {None, e["name"]} for e in a["events"])
        ]
        found.sort(key=lambda a: a["id"]["time"], reverse=True)
        return self._page(call, "items", "admin#reports#activities", found)

    def _users(self, call: Called, _method: Method) -> Any:
        if call.query.get("customer") not in {"my_customer", "C02acme"}:
            return self.error(400, call)
        people = sorted(self.people, key=lambda p: str(p["primaryEmail"]))
        return self._page(call, "users", "admin#directory#users", people)

    def _tokens_of(self, call: Called, method: Method) -> Any:
        key = method.named["userKey"]
        if key not in self.tokens:
            return self.error(404, call)
        held = {"items": self.tokens[key]} if self.tokens[key] else {}
        return {"kind": "admin#directory#tokenList", "etag": '"t"', **held}

    def _saas(self, call: Called, _method: Method) -> Any:
        begin = int(call.query.get("pageToken", "S:0").removeprefix("S:"))
        end = begin + min(int(call.query.get("pageSize", 100)), self.size)
        page: dict[str, Any] = {"totalSize": str(len(self.reports))}
        if self.reports[begin:end]:
            page["saasReports"] = self.reports[begin:end]
        if end < len(self.reports):
            page["nextPageToken"] = f"S:{begin if self.circle else end}"
        return page

    def _page(self, call: Called, name: str, kind: str, found: list[Any]) -> dict[str, Any]:
        begin = int(call.query.get("pageToken", "A:0").removeprefix("A:"))
        end = begin + min(int(call.query.get("maxResults", 100)), self.size)
        page: dict[str, Any] = {"kind": kind, "etag": '"p"'}
        if found[begin:end]:
            page[name] = found[begin:end]
        if end < len(found):
            page["nextPageToken"] = f"A:{begin if self.circle else end}"
        return page

    def _token(self, call: Called) -> Response:
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        if self.refusal is not None:
            return self._no_token(*self.refusal)
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._no_token(400, "unsupported_grant_type", "Invalid grant_type.")
        try:
            claims = jwt.decode(
                form["assertion"],
                key().public_key(),
                algorithms=["RS256"],
                audience=f"{self.base}/token",
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            return self._no_token(400, "invalid_grant", "Invalid JWT Signature.")
        now = self.now.timestamp()
        if not (now - 300 <= claims["iat"] <= now + 300 and claims["iat"] < claims["exp"] <= claims["iat"] + 3600):
            sentence = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            return self._no_token(400, "invalid_grant", sentence)
        if claims["sub"] != ADMINISTRATOR:
            return self._no_token(400, "invalid_grant", "Invalid email or User ID")
        if claims["scope"] not in self.delegated:
            return self._no_token(401, "unauthorized_client", "Client is unauthorized to retrieve access tokens.")
        text = f"{self.secrets[0]}.{len(self._tokens)}"
        self._tokens[text] = (claims["scope"], self.now + timedelta(hours=1))
        return self.json({"access_token": text, "expires_in": 3599, "token_type": "Bearer"})

    def _no_token(self, status: int, word: str, sentence: str) -> Response:
        return self.json({"error": word, "error_description": f"{sentence} {self.secrets[0]}"}, status)

    def forget_tokens(self) -> None:
        """Let every token end before its time."""
        self._tokens.clear()


def person(number: int, account: str, **changed: Any) -> dict[str, Any]:
    """Return a person of the directory."""
    found = {
        "kind": "admin#directory#user",
        "etag": '"u"',
        "id": str(1000 + number),
        "primaryEmail": f"{account}@acme.example",
        "name": {"givenName": account.title(), "familyName": "Ruiz", "fullName": f"{account.title()} Ruiz"},
        "isAdmin": False,
        "isDelegatedAdmin": number == 2,
        "isEnrolledIn2Sv": True,
        "suspended": False,
        "archived": False,
        "orgUnitPath": "/Marketing/Brand" if number < 3 else "/Sales",
        "customerId": "C02acme",
        "creationTime": "2023-01-01T00:00:00.000Z",
        "lastLoginTime": "2026-02-28T07:08:09.000Z",
        "aliases": [f"{account}.ruiz@acme.example"],
        "emails": [{"address": f"{account}@acme.example", "primary": True}],
        "organizations": [
            {"primary": True, "department": "Marketing" if number < 3 else "Sales", "costCenter": "4711"}
        ],
        "recoveryEmail": f"{account}@home.example",
    }
    return found | changed


def token(owner: str, label: str, *, client: str | None = None, **changed: Any) -> dict[str, Any]:
    """Return a token of a person."""
    found = {
        "kind": "admin#directory#token",
        "etag": '"t"',
        "clientId": client or _client(label),
        "displayText": label,
        "anonymous": False,
        "nativeApp": False,
        "scopes": ["openid", f"{_AUTH}drive.file"],
        "userKey": owner,
    }
    return found | changed


def report(number: int, app: str) -> dict[str, Any]:
    """Return what Chrome tells of a service."""
    return {
        "app": app,
        "organization": f"{app} Inc.",
        "primaryDomain": f"{app.lower()}.example",
        "domains": [f"{app.lower()}.example", f"app.{app.lower()}.example"],
        "visitsCount": "12",
        "distinctUsersCount": "2",
        "distinctBrowsersCount": "3",
        "firstNavigationTime": "2026-01-05T06:07:08Z",
        "lastNavigationTime": "2026-02-27T08:09:10Z",
        "orgUnitId": f"03ph8a2z{number}",
    }


def login(app: str, name: str = "login_success", **more: Any) -> dict[str, Any]:
    """Return a SAML sign-in."""
    return _event("login", name, application_name=app, orgunit_path="/", initiated_by="sp", **more)


def authorize(app: str) -> dict[str, Any]:
    """Return a grant."""
    return _event("auth", "authorize", client_id=_client(app), app_name=app, client_type="WEB", scope=["openid", MAIL])


def install(app: str) -> dict[str, Any]:
    """Return an installation from the Marketplace."""
    return _event("DOMAIN_SETTINGS", "ADD_APPLICATION", APP_ID="4691", APPLICATION_NAME=app, APPLICATION_ENABLED="true")


def delegate(client: str, *scopes: str) -> dict[str, Any]:
    """Return a delegation of the whole domain to a client."""
    kind = "DOMAIN_SETTINGS"
    return _event(kind, "AUTHORIZE_API_CLIENT_ACCESS", API_CLIENT_NAME=client, API_SCOPES=list(scopes))


def _event(kind: str, name: str, /, **parameters: Any) -> dict[str, Any]:
    spelled = {str: "value", list: "multiValue", bool: "boolValue"}
    told = [{"name": key, spelled[type(value)]: value} for key, value in parameters.items()]
    return {"type": kind, "name": name, "parameters": told}


def _client(app: str) -> str:
    return f"9234-{app.encode().hex()[:12]}.apps.googleusercontent.com"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
