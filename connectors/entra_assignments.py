"""Microsoft Entra's app role assignments: who was given an app, and which rights of their own apps hold.

Facts: learn.microsoft.com/graph, "appRoleAssignment resource type", "List appRoleAssignments granted for a service
principal" (of a resource it names people and groups that were given the app, and apps that hold its application
permissions; groups are not expanded), "appRole resource type"; an id of zeros stands for default access, which is no
role.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from connectors.entra_wire import NOBODY
from connectors.formats import Bad, Context, Format, Raw, present, require, text
from connectors.json_records import records
from connectors.recognised import has, recognised
from connectors.wire import decode, stamped
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Signal, SignalKind
from model.stream import Mode, Stream

_REMEDY = (
    "Grant the app registration the application permission Application.Read.All, and have an administrator consent"
    " to it."
)
APP_ASSIGNMENTS = Stream(
    name="app_assignments",
    kinds=(SignalKind.ASSIGNMENT,),
    mode=Mode.SNAPSHOT,
    permissions=("Application.Read.All",),
    remedy=_REMEDY,
)
APP_PERMISSIONS = Stream(
    name="app_permissions",
    kinds=(SignalKind.GRANT,),
    mode=Mode.SNAPSHOT,
    permissions=("Application.Read.All",),
    remedy=_REMEDY,
)
_WHAT = "an app role assignment"
_DEFAULT_ACCESS = NOBODY


class _Role(msgspec.Struct):
    id: str
    value: str | None = None


class _Assignment(msgspec.Struct, rename="camel"):
    id: str
    principal_id: str
    principal_type: str
    resource_id: str
    app_role_id: str | None = None
    principal_display_name: str | None = None
    resource_display_name: str | None = None
    created_date_time: Any = None


class _Resource(msgspec.Struct, rename="camel"):
    """A service principal with its assignments, as `$expand=appRoleAssignedTo` gives it; the roles say their names."""

    app_role_assigned_to: list[_Assignment]
    app_id: str | None = None
    app_roles: list[_Role] | None = None


def assignment(raw: Any, context: Context) -> Iterator[Signal]:
    """Translate one assignment, or all of a service principal that holds them in `appRoleAssignedTo`.

    A person's or a group's is an assignment of the resource; a group names nobody. An app's is a grant to that app
    with the role's name as scope, or its id where the name is not told; default access gives an app no right and
    yields nothing. Raises Malformed.
    """
    if b'"appRoleAssignedTo"' in bytes(raw):
        resource = decode(raw, _Resource, _WHAT)
        found = resource.app_role_assigned_to
    else:
        found, resource = [decode(raw, _Assignment, _WHAT)], _Resource(app_role_assigned_to=[])
    roles = {role.id: role.value for role in resource.app_roles or ()}
    signals = [_signal(each, text(resource.app_id), roles, context) for each in found]
    yield from (signal for signal in signals if signal is not None)


def _signal(found: _Assignment, client: str | None, roles: dict[str, str | None], context: Context) -> Signal | None:
    if found.principal_type == "ServicePrincipal":
        return _permission(found, roles, context)
    if found.principal_type not in {"User", "Group"}:
        raise Malformed("principalType is none of User, Group and ServicePrincipal")
    person = Actor(native_id=require(found.principal_id, "principalId"), name=text(found.principal_display_name))
    group = text(found.principal_display_name)
    is_group = found.principal_type == "Group"
    return Signal(
        stream=APP_ASSIGNMENTS.name,
        kind=SignalKind.ASSIGNMENT,
        native_id=require(found.id, "id"),
        seen_at=context.read_at,
        app=AppIdentity(
            app_id=require(found.resource_id, "resourceId"), client_id=client, label=text(found.resource_display_name)
        ),
        actor=None if is_group else person,
        facts=present(
            via=("user" if not is_group else "group" if group is None else f"group {group}"),
            created_at=stamped(found.created_date_time),
        ),
    )


def _permission(found: _Assignment, roles: dict[str, str | None], context: Context) -> Signal | None:
    role = text(found.app_role_id)
    if role is None or role == _DEFAULT_ACCESS:
        return None
    return Signal(
        stream=APP_PERMISSIONS.name,
        kind=SignalKind.GRANT,
        native_id=require(found.id, "id"),
        seen_at=context.read_at,
        app=AppIdentity(app_id=require(found.principal_id, "principalId"), label=text(found.principal_display_name)),
        facts=present(scopes=(text(roles.get(role)) or role,), consent="application"),
    )


def _is_known(item: bytes) -> bool:
    return has("appRoleAssignedTo")(item) or has("principalId", "principalType", "resourceId")(item)


def _read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    found = records(data, lists=("value", "records"), page=context.page)
    return recognised(found, _is_known, "an app role assignment (principalId, principalType and resourceId)")


FORMATS = (
    Format(
        name="entra-app-role-assignments",
        about=(
            "Microsoft Entra app roles of people, groups and apps, as /servicePrincipals/{id}/appRoleAssignedTo of"
            " Graph lists them; a service principal that holds them and its appRoles names the roles, too"
        ),
        system="entra",
        streams=(APP_ASSIGNMENTS, APP_PERMISSIONS),
        read=_read,
        translate=assignment,
    ),
)
