"""A fake of Entra's token service and of Graph, from what Microsoft documents: `$filter`, `$select`, `$batch`."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from werkzeug import Response

from tests.connectors.fakes.base import HOST_OF_NOBODY, Called, HttpFake

TENANT = "5b2cbd11-0000-4000-8000-00000000000a"
CLIENT = "7c3dce22-0000-4000-8000-00000000000b"
GRAPH = "00000003-0000-0000-c000-000000000000"
UNLICENSED = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
MAIL_READ = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"
EDITOR = "a5e7d6c4-0000-4000-8000-00000000000c"
NOBODY = "00000000-0000-0000-0000-000000000000"
_CODES = {
    400: "Request_BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Authorization_RequestDenied",
    404: "Request_ResourceNotFound",
    429: "TooManyRequests",
    500: "generalException",
    503: "serviceNotAvailable",
}
_FILTER = re.compile(
    r"(?P<field>createdDateTime|activityDateTime) ge (?P<since>\S+Z) and (?P=field) le (?P<until>\S+Z)"
    r"(?: and signInEventTypes/any\(t: t eq '(?P<kind>\w+)'\))?"
)
#: What v1.0 of the sign-ins does not have ("signIn resource type", beta).
_BETA_FIELDS = (
    "signInEventTypes",
    "servicePrincipalId",
    "servicePrincipalName",
    "authenticationProtocol",
    "authenticationRequirement",
)
#: What Graph gives of people and service principals only where `$select` names it.
_SELECTED = {"department", "employeeOrgData", "accountEnabled", "userType", "companyName", "proxyAddresses"}


def principal(number: int, name: str, **changed: Any) -> dict[str, Any]:
    """Return a service principal as /servicePrincipals lists it."""
    made: dict[str, Any] = {
        "id": f"0b1ec700-0000-4000-8000-{number:012d}",
        "appId": f"a9910000-0000-4000-8000-{number:012d}",
        "displayName": name,
        "appDisplayName": name,
        "appOwnerOrganizationId": "1bc1c026-2f7b-48a5-98da-afa2fd8bc7bc",
        "applicationTemplateId": None,
        "accountEnabled": True,
        "servicePrincipalType": "Application",
        "preferredSingleSignOnMode": "saml",
        "verifiedPublisher": {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None},
        "info": {"marketingUrl": None, "supportUrl": None},
        "homepage": None,
        "loginUrl": None,
        "replyUrls": [],
        "servicePrincipalNames": [],
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "appRoles": [],
    }
    return made | changed


def person(name: str, **changed: Any) -> dict[str, Any]:
    """Return a person as /users lists it."""
    made: dict[str, Any] = {
        "id": f"u-{name}",
        "displayName": name.title(),
        "userPrincipalName": f"{name}@acme.example",
        "mail": f"{name}@acme.example",
        "proxyAddresses": [],
        "department": "Marketing",
        "jobTitle": None,
        "companyName": None,
        "employeeOrgData": {"division": "Growth", "costCenter": "4711"},
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": "2024-01-01T00:00:00Z",
    }
    return made | changed


def sign_in(number: int, app: dict[str, Any], moment: datetime, kind: str = "interactiveUser") -> dict[str, Any]:
    """Return a sign-in as /beta/auditLogs/signIns lists it."""
    service = kind in {"servicePrincipal", "managedIdentity"}
    return {
        "id": f"5169{number:04d}-0000-4000-8000-{kind[:12]}",
        "createdDateTime": iso(moment),
        "userDisplayName": None if service else "Ana",
        "userPrincipalName": "" if service else "ana@acme.example",
        "userId": None if service else "u-ana",
        "appId": app["appId"],
        "appDisplayName": app["displayName"],
        "ipAddress": "198.51.100.7",
        "clientAppUsed": "" if service else "Browser",
        "correlationId": f"c-{number}",
        "conditionalAccessStatus": "notApplied",
        "isInteractive": kind == "interactiveUser",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": GRAPH,
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "signInEventTypes": [kind],
        "servicePrincipalId": app["id"] if service else "",
        "servicePrincipalName": app["displayName"] if service else None,
        "authenticationProtocol": "none",
        "authenticationRequirement": "singleFactorAuthentication",
    }


def consent(number: int, app: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """Return a consent as /auditLogs/directoryAudits lists it: quoted values, and permissions that are no JSON."""
    given = f"[] => [[Id: x, ClientId: {NOBODY}, PrincipalId: u-ana, ResourceId: r, ConsentType: Principal, Scope:  "
    return {
        "id": f"Directory_{number}",
        "category": "ApplicationManagement",
        "correlationId": f"k-{number}",
        "result": "success",
        "resultReason": "",
        "activityDisplayName": "Consent to application",
        "activityDateTime": iso(moment),
        "loggedByService": "Core Directory",
        "initiatedBy": {
            "user": {"id": "u-ana", "displayName": None, "userPrincipalName": "ana@acme.example", "ipAddress": ""},
            "app": None,
        },
        "targetResources": [
            {
                "id": app["id"],
                "displayName": app["displayName"],
                "type": "ServicePrincipal",
                "modifiedProperties": [
                    _property("ConsentContext.IsAdminConsent", "False"),
                    _property("ConsentAction.Permissions", f"{given}openid User.Read, CreatedDateTime: , ]]; "),
                ],
            }
        ],
        "additionalDetails": [{"key": "AppId", "value": app["appId"]}],
    }


def _property(name: str, value: str) -> dict[str, Any]:
    return {"displayName": name, "oldValue": None, "newValue": json.dumps(value)}


def grant(number: int, app: dict[str, Any], who: str | None = None) -> dict[str, Any]:
    """Return a delegated grant as /oauth2PermissionGrants lists it."""
    return {
        "id": f"grant-{number}",
        "clientId": app["id"],
        "consentType": "Principal" if who else "AllPrincipals",
        "principalId": who,
        "resourceId": "0b1ec700-0000-4000-8000-000000000001",
        "scope": " openid User.Read",
    }


def role_of(number: int, resource: dict[str, Any], who: tuple[str, str, str], role: str = NOBODY) -> dict[str, Any]:
    """Return an app role assignment as /servicePrincipals/{id}/appRoleAssignedTo lists it."""
    kind, native, name = who
    return {
        "id": f"assigned-{number}",
        "deletedDateTime": None,
        "appRoleId": role,
        "createdDateTime": "2025-02-02T04:22:45.9480566Z",
        "principalDisplayName": name,
        "principalId": native,
        "principalType": kind,
        "resourceDisplayName": resource["displayName"],
        "resourceId": resource["id"],
    }


def iso(moment: datetime) -> str:
    """Return a time as Graph writes it."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


class EntraFake(HttpFake):
    """One tenant with four people, three apps of others, Graph itself, and logs."""

    kind = "entra"
    secrets = ("s3cr3t-of-the-fake", "t0k3n-of-the-fake")

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.size = 2
        #: Whether the tenant may read its sign-ins; how often it is told by mistake that it may not.
        self.licensed, self.mistaken = True, 0
        #: What the token service says in place of a token: a number of AADSTS.
        self.refusal: int | None = None
        #: A certificate's public key, where the app proves itself by one.
        self.key: Any = None
        #: Statuses that parts of a batch are answered with first, by the id of the service principal.
        self.parts: dict[str, list[int]] = {}
        self.tokens = 0
        self.stale: set[str] = set()
        role = {
            "id": MAIL_READ,
            "value": "Mail.Read",
            "displayName": "Read mail",
            "allowedMemberTypes": ["Application"],
        }
        graph = principal(1, "Microsoft Graph", appId=GRAPH, appRoles=[role])
        editor = {"id": EDITOR, "value": "editor", "displayName": "Editor", "allowedMemberTypes": ["User"]}
        hub, canva = principal(2, "HubSpot"), principal(3, "Canva", appRoles=[editor])
        self.apps = [graph, hub, canva, principal(4, "Asana")]
        self.people = [person(name) for name in ("ana", "bo", "cleo", "dan")]
        self.grants = [grant(1, hub), grant(2, canva, "u-ana"), grant(3, canva, "u-bo")]
        self.assigned = {
            graph["id"]: [role_of(1, graph, ("ServicePrincipal", hub["id"], "HubSpot"), MAIL_READ)],
            hub["id"]: [
                role_of(2 + n, hub, ("User", f"u-{who}", who.title())) for n, who in enumerate(("ana", "bo", "dan"))
            ],
            canva["id"]: [
                role_of(6, canva, ("Group", "g-design", "Design"), EDITOR),
                role_of(7, canva, ("ServicePrincipal", hub["id"], "HubSpot")),
            ],
        }
        self.sign_ins: list[dict[str, Any]] = []
        self.audits = [consent(n, app, clock.at - timedelta(days=9 - n)) for n, app in enumerate((hub, canva, hub))]
        for kind in ("interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity"):
            for at in range(5):
                self.let_sign_in(kind, days=20 - at / 10)

    def let_sign_in(self, kind: str = "interactiveUser", *, days: float = 20, app: int = 1) -> None:
        """Log a sign-in of so many days ago."""
        number = len(self.sign_ins) + 1
        self.sign_ins.append(sign_in(number, self.apps[app], self.clock.at - timedelta(days=days), kind))

    @property
    def table(self) -> dict[str, Any]:
        made = {
            "kind": "entra",
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "login_url": self.base,
            "graph_url": self.base,
        }
        return made | {"client_secret" if self.key is None else "client_certificate": "env:SECRET"}

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            app = principal(100 + at, name)
            self.apps.append(app)
            self.people.append(person(f"h{at}", displayName=name, department=name))
            self.grants.append(grant(100 + at, app))
            self.audits.append(consent(100 + at, app, self.clock.at - timedelta(days=3)))
            self.assigned[app["id"]] = [role_of(100 + at, app, ("Group", f"g-{at}", name))]
            self.let_sign_in(days=3, app=len(self.apps) - 1)
            self.let_sign_in("servicePrincipal", days=3, app=len(self.apps) - 1)

    def error(self, status: int, call: Called) -> Response:
        if not call.path.startswith(("/v1.0", "/beta")):
            words = {401: ("invalid_client", 7000215), 400: ("invalid_request", 90002)}
            return self.refused(*words.get(status, ("temporarily_unavailable", 90033)), status)
        return self.json(self._problem(_CODES.get(status, "UnknownError")), status)

    def _problem(self, code: str) -> dict[str, Any]:
        inner = {"date": "2026-03-02T08:00:00", "request-id": "r", "client-request-id": "r"}
        return {"error": {"code": code, "message": f"no, {self.secrets[0]}", "innerError": inner}}

    def refused(self, word: str, number: int, status: int) -> Response:
        """Answer as the token service does."""
        said = f"AADSTS{number}: no, {self.secrets[0]}. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-03-02 08:00:00Z"
        return self.json({"error": word, "error_description": said, "error_codes": [number], "trace_id": "1"}, status)

    def route(self, call: Called) -> Response:
        version, _, path = call.path.strip("/").partition("/")
        if version not in {"v1.0", "beta"}:
            return self._login(call)
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if token in self.stale or not token.startswith(self.secrets[1]):
            return self.error(401, call)
        if call.method == "POST":
            return self._batch(call) if (version, path) == ("v1.0", "$batch") else self.error(404, call)
        return self._graph(call, version, path, call.query)

    def _graph(self, call: Called, version: str, path: str, query: dict[str, str]) -> Response:
        if path.startswith("auditLogs/"):
            return self._log(call, version, path, query)
        parts = path.split("/")
        if parts[0] == "servicePrincipals" and len(parts) == 3 and parts[2] == "appRoleAssignedTo":
            if all(app["id"] != parts[1] for app in self.apps):
                return self.error(404, call)
            return self._page(call, path, query, self.assigned.get(parts[1], []), 999)
        held = {"users": self.people, "servicePrincipals": self.apps, "oauth2PermissionGrants": self.grants}
        if path not in held:
            return self.error(404, call)
        return self._page(call, path, query, held[path], 999)

    def _page(self, call: Called, path: str, query: dict[str, str], found: list[Any], most: int) -> Response:
        top, begin = int(query.get("$top", 100)), int(query.get("$skiptoken", 0))
        if not 0 < top <= most or query.keys() - {"$top", "$select", "$skiptoken", "$filter"}:
            return self.error(400, call)
        end = begin + min(top, self.size)
        page = {"@odata.context": f"{self.base}/v1.0/$metadata#{path}", "value": self.listing(found[begin:end])}
        if "$select" in query:
            wanted = {*query["$select"].split(","), "broken"}
            page["value"] = [{k: v for k, v in each.items() if k in wanted} for each in page["value"]]
        else:
            page["value"] = [{k: v for k, v in each.items() if k not in _SELECTED} for each in page["value"]]
        if end < len(found):
            base = HOST_OF_NOBODY if self.elsewhere else self.base
            version = "beta" if call.path.startswith("/beta") else "v1.0"
            after = query | {"$skiptoken": str(begin if self.circle else end)}
            page["@odata.nextLink"] = f"{base}/{version}/{path}?{urlencode(after)}"
        return self.json(page)

    def _log(self, call: Called, version: str, path: str, query: dict[str, str]) -> Response:
        asked = _FILTER.fullmatch(query.get("$filter", ""))
        is_audit = path == "auditLogs/directoryAudits"
        if asked is None or (asked["kind"] and version != "beta") or is_audit != (asked["field"] == "activityDateTime"):
            return self.error(400, call)
        if not is_audit and (not self.licensed or self.mistaken):
            self.mistaken -= self.licensed
            return self.json(self._problem(UNLICENSED), 403)
        kind, found = asked["kind"] or "interactiveUser", self.audits if is_audit else self.sign_ins
        since, until = datetime.fromisoformat(asked["since"]), datetime.fromisoformat(asked["until"])
        kept = [
            each
            for each in sorted(found, key=lambda e: e[asked["field"]], reverse=True)
            if since <= datetime.fromisoformat(each[asked["field"]]) <= until
            and (is_audit or kind in each["signInEventTypes"])
        ]
        if version == "v1.0":
            kept = [{k: v for k, v in each.items() if k not in _BETA_FIELDS} for each in kept]
        return self._page(call, path, query, kept, 1000)

    def _batch(self, call: Called) -> Response:
        asked = json.loads(call.body)["requests"]
        if not 0 < len(asked) <= 20 or len({each["id"] for each in asked}) != len(asked):
            return self.error(400, call)
        return self.json({"responses": [self._part(call, each) for each in reversed(asked)]})

    def _part(self, call: Called, asked: dict[str, str]) -> dict[str, Any]:
        parts = urlsplit(asked["url"])
        waiting = self.parts.get(parts.path.split("/")[2], [])
        if waiting:
            status = waiting.pop(0)
            headers = {"Retry-After": "11"} if status == 429 else {}
            body = self._problem(_CODES.get(status, "UnknownError"))
            return {"id": asked["id"], "status": status, "headers": headers, "body": body}
        answer = self._graph(call, "v1.0", parts.path.strip("/"), dict(parse_qsl(parts.query)))
        return {"id": asked["id"], "status": answer.status_code, "headers": {}, "body": json.loads(answer.get_data())}

    # Signing in.

    def _login(self, call: Called) -> Response:
        if not call.path.startswith(f"/{TENANT}/"):
            return self.refused("invalid_tenant", 90002, 400)
        own = f"https://{urlsplit(self.base).netloc}/{TENANT}"
        if call.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            ends = {
                "token_endpoint": f"{own}/oauth2/v2.0/token",
                "authorization_endpoint": f"{own}/oauth2/v2.0/authorize",
            }
            return self.json(ends | {"issuer": f"{own}/v2.0"})
        if (call.method, call.path) != ("POST", f"/{TENANT}/oauth2/v2.0/token"):
            return self.error(404, call)
        return self._token({name: values[0] for name, values in parse_qs(call.body.decode()).items()})

    def _token(self, form: dict[str, str]) -> Response:
        if self.refusal is not None:
            return self.refused("invalid_client", self.refusal, 401 if self.refusal > 7_000_000 else 400)
        if form.get("grant_type") != "client_credentials" or form.get("scope") != f"{self.base}/.default":
            return self.refused("invalid_scope", 1002012, 400)
        if form.get("client_id") != CLIENT or not self._proven(form):
            return self.refused("invalid_client", 7000215, 401)
        self.tokens += 1
        token = f"{self.secrets[1]}-{self.tokens}"
        return self.json({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})

    def _proven(self, form: dict[str, str]) -> bool:
        if self.key is None:
            return form.get("client_secret") == self.secrets[0]
        audience = f"https://{urlsplit(self.base).netloc}/{TENANT}/oauth2/v2.0/token"
        claims = jwt.decode(form["client_assertion"], self.key, algorithms=["PS256"], audience=audience)
        return claims["iss"] == claims["sub"] == CLIENT

    def forget_tokens(self) -> None:
        """Let every token end before its time."""
        self.stale |= {f"{self.secrets[1]}-{n}" for n in range(1, self.tokens + 1)}
