"""The demo company's Microsoft tenant, connected in October 2026: 30 days of sign-ins, apps, grants, people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.demo.company import LAST_SAVED, TEAM, Person, employees, guid, who
from scanner.demo.drawing import Export, moments, pages, stamp
from scanner.demo.stories import EntraApp
from scanner.demo.tools import STORIES

SOURCE = "entra:tarnvik"
_GRAPH = "https://graph.microsoft.com/v1.0/$metadata#"
_TENANT = guid("entra/tenant")
_MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
_APPS = tuple(story.entra for story in STORIES if story.entra is not None)


def exports() -> Iterator[Export]:
    """Yield the four exports of the tenant."""
    found = {
        "signins": ("auditLogs/signIns", sorted(_sign_ins(), key=lambda s: str(s["createdDateTime"]), reverse=True)),
        "service-principals": ("servicePrincipals", [_principal(app) for app in _APPS]),
        "oauth2-grants": ("oauth2PermissionGrants", list(_grants())),
        "users": ("users", [_user(person) for person in employees()]),
    }
    for what, (path, value) in found.items():
        content = pages({"@odata.context": _GRAPH + path, "value": value})
        name = f"entra-{what}.{LAST_SAVED:%Y-%m}.json"
        yield Export(name=name, format=f"entra-{what}", source=SOURCE, wave=2, saved=LAST_SAVED, content=content)


def app_id(app: EntraApp) -> str:
    """Return the app id: the vendor's own where it is known, else an invented one."""
    return app.app_id or guid(f"entra/app/{app.name}")


def _sign_ins() -> Iterator[dict[str, Any]]:
    for app in _APPS:
        for person in who(app.by):
            for number, at in enumerate(moments(f"entra/{app.name}/{person.key}", "2026-10", 3, person.start)):
                yield {
                    "id": guid(f"entra/sign-in/{app.name}/{person.key}/{number}"),
                    "createdDateTime": stamp(at),
                    "userId": person.entra_id,
                    "userDisplayName": person.name,
                    "userPrincipalName": person.address,
                    "appId": app_id(app),
                    "appDisplayName": app.name,
                    "resourceDisplayName": app.name,
                    "clientAppUsed": "Browser",
                    "isInteractive": True,
                    "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
                }


def _principal(app: EntraApp) -> dict[str, Any]:
    return {
        "id": guid(f"entra/principal/{app.name}"),
        "appId": app_id(app),
        "displayName": app.name,
        "appDisplayName": app.name,
        "appOwnerOrganizationId": _MICROSOFT if app.app_id else guid(f"entra/owner/{app.name}"),
        "accountEnabled": True,
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs",
        "homepage": f"https://www.{app.domain}",
        "replyUrls": [f"https://auth.{app.domain}/callback"],
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "preferredSingleSignOnMode": "oidc" if app.by else None,
        "verifiedPublisher": {"displayName": app.publisher} if app.publisher else {"displayName": None},
        "appRoleAssignmentRequired": not app.open_to_all,
    }


def _grants() -> Iterator[dict[str, Any]]:
    for app in _APPS:
        for person in who(app.granted_by):
            yield {
                "id": guid(f"entra/grant/{app.name}/{person.key}"),
                "clientId": guid(f"entra/principal/{app.name}"),
                "consentType": "Principal",
                "principalId": person.entra_id,
                "resourceId": guid("entra/graph"),
                "scope": app.scopes,
            }


def _user(person: Person) -> dict[str, Any]:
    team = TEAM[str(person.team)]
    return {
        "id": person.entra_id,
        "displayName": person.name,
        "userPrincipalName": person.address,
        "mail": person.address,
        "department": team.name,
        "accountEnabled": True,
        "userType": "Member",
        "employeeOrgData": {"division": team.division, "costCenter": team.cost_center},
    }
