"""Microsoft Entra ID over Graph: sign-ins of people, services and managed identities, audits, apps, grants, people.

Facts: learn.microsoft.com/graph, "signIn resource type" (only interactive ones unless a filter asks for others, and
that filter is in /beta alone, which Microsoft does not promise to keep), "List servicePrincipals", "List
oauth2PermissionGrants", "List users" (department and more only by `$select`), "Paging Microsoft Graph data".

Delta queries are not used: they tell changes alone, and what a snapshot no longer names is closed, so all is read; that
is one call for 999 of the directory's objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors import entra, entra_assignments
from connectors.entra_login import Login
from connectors.entra_reports import Log, Reports, followed
from connectors.formats import Format
from connectors.graph_batch import MOST, batched
from connectors.http import Answer, Http
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.source_tables import Address, Secret
from model.errors import Unreachable

_LOGIN, _GRAPH = Address("https://login.microsoftonline.com"), Address("https://graph.microsoft.com")
_TENANT = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_NO_TENANTS = {"common", "organizations", "consumers"}
_CHINA = frozenset({"microsoftgraph.chinacloudapi.cn"})
#: Which Graph goes with which sign-in ("Microsoft Graph national cloud deployments").
_CLOUDS = {
    "login.microsoftonline.com": frozenset({"graph.microsoft.com"}),
    "login.microsoftonline.us": frozenset({"graph.microsoft.us", "dod-graph.microsoft.us"}),
    "login.chinacloudapi.cn": _CHINA,
    "login.partner.microsoftonline.cn": _CHINA,
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind entra: an app registration, with `client_secret` or `client_certificate`."""

    tenant_id: str
    client_id: str
    client_secret: Secret | None = None
    client_certificate: Secret | None = None
    login_url: Address = _LOGIN
    graph_url: Address = _GRAPH

    def __post_init__(self) -> None:
        """Refuse no credential or two, a tenant that is none, and addresses of two clouds."""
        if (self.client_secret is None) == (self.client_certificate is None):
            raise ValueError("name either client_secret or client_certificate")
        if not _TENANT.fullmatch(self.tenant_id) or self.tenant_id.lower() in _NO_TENANTS:
            raise ValueError("tenant_id is the tenant's ID or domain; common and the like are no tenant")
        if urlsplit(self.login_url).path or urlsplit(self.graph_url).path:
            raise ValueError("login_url and graph_url are written without a path, as https://graph.microsoft.com")
        own = _CLOUDS.get(self.login_url.host)
        if own is not None and self.graph_url.host not in own and self.graph_url.host in _GRAPHS:
            raise ValueError(f"login_url and graph_url are of two clouds: here graph_url is {' or '.join(sorted(own))}")


_GRAPHS = frozenset[str]().union(*_CLOUDS.values())


def _format(name: str) -> Format:
    return next(f for f in (*entra.FORMATS, *entra_assignments.FORMATS) if f.name == name)


def _sign_ins(name: str, version: str, kind: str, blinds: str) -> Feed:
    beta = f" (beta, signInEventTypes {kind})" if version == "beta" else ""
    return Feed(
        name=name,
        format=_format("entra-signins"),
        calls=(f"GET /{version}/auditLogs/signIns{beta}",),
        blinds=blinds,
        lists=("value",),
    )


USERS = Feed(
    name="users",
    format=_format("entra-users"),
    calls=("GET /v1.0/users",),
    blinds="departments and cost centres, so who of an app's people is in Marketing, and who has left",
    lists=("value",),
)
SERVICE_PRINCIPALS = Feed(
    name="service_principals",
    format=_format("entra-service-principals"),
    calls=("GET /v1.0/servicePrincipals",),
    blinds="which apps are known to the tenant, who publishes them, and how people sign in to them",
    lists=("value",),
)
APP_ROLES = Feed(
    name="app_roles",
    format=_format("entra-app-role-assignments"),
    calls=("GET /v1.0/servicePrincipals", "POST /v1.0/$batch of GET /servicePrincipals/{id}/appRoleAssignedTo"),
    blinds="who was given which app, and which apps read or change data as themselves, with nobody signed in",
    lists=("value",),
    may_be_empty=True,
)
OAUTH2_GRANTS = Feed(
    name="oauth2_grants",
    format=_format("entra-oauth2-grants"),
    calls=("GET /v1.0/oauth2PermissionGrants",),
    blinds="what people and administrators let apps do in people's names",
    lists=("value",),
    may_be_empty=True,
)
AUDIT = Feed(
    name="audit",
    format=_format("entra-audit"),
    calls=("GET /v1.0/auditLogs/directoryAudits",),
    blinds="when and by whom apps were consented to, given to people, added and taken out",
    lists=("value",),
)
SIGN_INS = _sign_ins("sign_ins", "v1.0", "interactiveUser", "who signs in to which app")
NON_INTERACTIVE = _sign_ins(
    "non_interactive_sign_ins", "beta", "nonInteractiveUser", "apps that people use without signing in anew each time"
)
OF_SERVICES = _sign_ins(
    "service_principal_sign_ins", "beta", "servicePrincipal", "apps and scripts that sign in as themselves"
)
OF_IDENTITIES = _sign_ins(
    "managed_identity_sign_ins", "beta", "managedIdentity", "Azure resources that sign in as themselves"
)

_BETA = ("/beta/auditLogs/signIns", "createdDateTime")
_LOGS = {
    AUDIT.name: Log("/v1.0/auditLogs/directoryAudits", "activityDateTime"),
    SIGN_INS.name: Log("/v1.0/auditLogs/signIns", "createdDateTime"),
    NON_INTERACTIVE.name: Log(*_BETA, "signInEventTypes/any(t: t eq 'nonInteractiveUser')"),
    OF_SERVICES.name: Log(*_BETA, "signInEventTypes/any(t: t eq 'servicePrincipal')"),
    OF_IDENTITIES.name: Log(*_BETA, "signInEventTypes/any(t: t eq 'managedIdentity')"),
}
#: What of the directory is read: just what the translators make something of.
_USER_FIELDS = (
    "id,displayName,userPrincipalName,mail,proxyAddresses,department,jobTitle,companyName,employeeOrgData,"
    "accountEnabled,userType,createdDateTime"
)
_APP_FIELDS = (
    "id,appId,displayName,appDisplayName,appOwnerOrganizationId,applicationTemplateId,accountEnabled,"
    "servicePrincipalType,preferredSingleSignOnMode,verifiedPublisher,info,homepage,loginUrl,replyUrls,"
    "servicePrincipalNames,tags"
)
_LISTS: Mapping[str, tuple[str, str | None]] = {
    USERS.name: (
        "/v1.0/users",
        _USER_FIELDS,
    ),
    SERVICE_PRINCIPALS.name: (
        "/v1.0/servicePrincipals",
        _APP_FIELDS,
    ),
    OAUTH2_GRANTS.name: ("/v1.0/oauth2PermissionGrants", None),
}
_WITH_ROLES = "id,appId,displayName,appRoles"
_MOST = 999
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class _Resource(msgspec.Struct, rename="camel"):
    id: str | None = None
    app_id: str | None = None
    display_name: str | None = None
    app_roles: list[dict[str, Any]] | None = None

    def holding(self, assignment: msgspec.Raw) -> dict[str, Any]:
        """Return it with one assignment and that one's role, as `$expand=appRoleAssignedTo` would give it."""
        role = _role_of(assignment)
        roles = [{"id": r["id"], "value": r.get("value")} for r in self.app_roles or () if r.get("id") == role]
        return {
            "id": self.id,
            "appId": self.app_id,
            "displayName": self.display_name,
            "appRoles": roles if role else [],
            "appRoleAssignedTo": [assignment],
        }


class _Listed(msgspec.Struct):
    value: list[msgspec.Raw]


class Entra:
    """One tenant."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._wire = wire
        self._login = Login(config, wire)
        self._http = Http(wire, config.graph_url, self._login)
        self._reports = Reports(wire, config.graph_url, self._login)

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        if feed.name in _LOGS:
            yield from self._reports.pages(_LOGS[feed.name], window)
        elif feed is APP_ROLES:
            yield from self._app_roles(probe=window.probe)
        else:
            path, select = _LISTS[feed.name]
            yield from (Page(body=body) for body in self._listed(path, select, probe=window.probe))

    def close(self) -> None:
        """Let go of connections and tokens."""
        self._http.close()
        self._reports.close()
        self._login.close()

    def _listed(self, path: str, select: str | None, *, probe: bool) -> Iterator[bytes]:
        params: dict[str, str | int] = {"$top": 1 if probe else _MOST} | ({"$select": select} if select else {})
        return followed(self._http, self._http.get(path, params))

    def _app_roles(self, *, probe: bool) -> Iterator[Page]:
        for body in self._listed("/v1.0/servicePrincipals", _WITH_ROLES, probe=probe):
            resources = [found for item in _items(body) if (found := _resource(item)) is not None]
            for at in range(0, len(resources), MOST):
                yield from self._assigned(resources[at : at + MOST])
            if probe:
                return

    def _assigned(self, resources: Sequence[_Resource]) -> Iterator[Page]:
        """Yield who and what was assigned to some resources, each assignment with its resource's name of the role."""
        urls = [f"/servicePrincipals/{found.id}/appRoleAssignedTo?$top={_MOST}" for found in resources]
        for place, first in batched(self._http, self._wire, urls):
            for body in self._continued(first):
                held = [resources[place].holding(item) for item in _items(body)]
                if held:
                    yield Page(body=msgspec.json.encode({"value": held}))

    def _continued(self, first: bytes) -> Iterator[bytes]:
        yield from followed(self._http, Answer(200, {}, first, ""))


def _items(body: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=_Listed).value
    except msgspec.DecodeError:
        raise Unreachable("an answer that is no page of this listing", "check graph_url") from None


def _resource(item: msgspec.Raw) -> _Resource | None:
    """Return a service principal; one that cannot be read is the matter of the feed that lists them."""
    try:
        found = msgspec.json.decode(item, type=_Resource)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if found.id and _ID.fullmatch(found.id) else None


def _role_of(assignment: msgspec.Raw) -> str | None:
    try:
        role = msgspec.json.decode(assignment).get("appRoleId")
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError):
        return None
    return role if isinstance(role, str) else None


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return Entra(config, wire)


SOURCE = Source(
    kind="entra",
    about="Microsoft Entra ID tenant: sign-ins, audits, apps, assignments, grants and people",
    config=Config,
    tenant=lambda config: config.tenant_id.lower(),
    connect=connect,
    feeds=(
        USERS,
        SERVICE_PRINCIPALS,
        APP_ROLES,
        OAUTH2_GRANTS,
        AUDIT,
        SIGN_INS,
        NON_INTERACTIVE,
        OF_SERVICES,
        OF_IDENTITIES,
    ),
    limits=(
        "Logs: five calls in ten seconds for an app and tenant, which Ostiary keeps to, so that a first reading of 30"
        " days takes some minutes; the directory: by the tenant's size, as Retry-After says."
    ),
    keys={
        "tenant_id": "the tenant's ID or one of its domains",
        "client_id": "the app registration's Application (client) ID",
        "client_secret": "a client secret (its Value); or else a certificate",
        "client_certificate": "a PEM with the private key and the certificate; better than a secret",
        "login_url": "where the tenant signs in; another one in a national cloud",
        "graph_url": "where Graph answers; another one in a national cloud",
    },
    documents=(
        "Microsoft Learn, *Register an application with the Microsoft identity platform*",
        "Microsoft Learn, *Microsoft Graph permissions reference* and *Known issues with Microsoft Graph*",
        "Microsoft Learn, *signIn*, *List servicePrincipals*, *List oauth2PermissionGrants*, *List users*",
        "Microsoft Learn, *Microsoft Graph service-specific throttling limits* and *national cloud deployments*",
        "Microsoft Entra documentation, *Microsoft Entra data retention*",
    ),
    example="""\
[sources.entra]
kind = "entra"
# The tenant's ID (Entra admin center, Overview) and the app registration's Application (client) ID.
tenant_id = "11111111-2222-3333-4444-555555555555"
client_id = "66666666-7777-8888-9999-000000000000"
# Either a client secret (its Value) ...
client_secret = "env:ENTRA_CLIENT_SECRET"
# ... or, better, a certificate: a PEM file with the private key and the certificate.
# client_certificate = "file:entra.pem"
# Without Entra ID P1 or P2 there are no sign-ins to read; everything else is.
# skip = ["sign_ins", "non_interactive_sign_ins", "service_principal_sign_ins", "managed_identity_sign_ins"]
# National clouds, such as the US Government's:
# login_url = "https://login.microsoftonline.us"
# graph_url = "https://graph.microsoft.us"
""",
    guide="docs/how-to/connect-entra.md",
)
