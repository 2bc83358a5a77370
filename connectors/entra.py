"""Microsoft Entra ID as files: sign-ins and audits, service principals, delegated grants and people.

Facts about the interface: learn.microsoft.com/graph, "List signIns", "List directoryAudits", "servicePrincipal resource
type", "oAuth2PermissionGrant resource type", "user resource type"; retention: "Microsoft Entra data retention".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import BinaryIO

from connectors import entra_audit, entra_directory, entra_sign_ins
from connectors.formats import Bad, Context, Format, Raw, Reader
from connectors.json_records import records
from connectors.recognised import has, recognised
from model.signal import SignalKind
from model.stream import Mode, Stream

_GRANT = "Grant the app registration the application permission"
_CONSENT = "and have an administrator consent to it"

SIGN_INS = Stream(
    name="sign_ins",
    kinds=(SignalKind.SIGN_IN,),
    mode=Mode.EVENTS,
    permissions=("AuditLog.Read.All", "Directory.Read.All"),
    remedy=f"{_GRANT}s AuditLog.Read.All and Directory.Read.All, {_CONSENT}; sign-ins need Entra ID P1 or P2.",
    lag=timedelta(hours=3),
    overlap=timedelta(hours=24),
    retention=timedelta(days=30),
    retention_source='Microsoft Entra, "Data retention": 30 days with P1 or P2, 7 without',
)
AUDIT = Stream(
    name="audit",
    kinds=(SignalKind.GRANT, SignalKind.ASSIGNMENT, SignalKind.AUDIT_EVENT),
    mode=Mode.EVENTS,
    permissions=SIGN_INS.permissions,
    remedy=f"{_GRANT}s AuditLog.Read.All and Directory.Read.All, {_CONSENT}.",
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)
SERVICE_PRINCIPALS = Stream(
    name="service_principals",
    kinds=(SignalKind.REGISTRATION,),
    mode=Mode.SNAPSHOT,
    permissions=("Application.Read.All",),
    remedy=f"{_GRANT} Application.Read.All, {_CONSENT}.",
)
OAUTH2_GRANTS = Stream(
    name="oauth2_grants",
    kinds=(SignalKind.GRANT,),
    mode=Mode.SNAPSHOT,
    permissions=("Directory.Read.All",),
    remedy=f"{_GRANT} Directory.Read.All, {_CONSENT}.",
)
USERS = Stream(
    name="users",
    kinds=(SignalKind.PERSON,),
    mode=Mode.SNAPSHOT,
    permissions=("User.Read.All",),
    remedy=f"{_GRANT} User.Read.All, {_CONSENT}; department and more come only where $select names them.",
)


def _listed(*fields: str) -> Callable[[bytes], bool]:
    """Return a test for records of the directory: sign-ins hold many of their fields too."""
    return lambda item: has(*fields)(item) and not entra_sign_ins.is_sign_in(item)


def _reader(known: Callable[[bytes], bool], what: str) -> Reader:
    """Return a reader of Graph's pages (`value`), of an event hub's (`records`), and of JSON lines."""

    def read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
        return recognised(records(data, lists=("value", "records"), page=context.page), known, what)

    return read


FORMATS: tuple[Format, ...] = (
    Format(
        name="entra-signins",
        about="Microsoft Entra sign-ins: /auditLogs/signIns of Graph, or Azure Monitor's export of the sign-in logs",
        system="entra",
        streams=(SIGN_INS,),
        read=_reader(entra_sign_ins.is_sign_in, "a sign-in"),
        translate=entra_sign_ins.sign_in,
        bulk="entra_signins",
    ),
    Format(
        name="entra-audit",
        about="Microsoft Entra audits: /auditLogs/directoryAudits of Graph, or Azure Monitor's export of the logs",
        system="entra",
        streams=(AUDIT,),
        read=_reader(entra_audit.is_audit, "an audit record"),
        translate=entra_audit.audit,
    ),
    Format(
        name="entra-service-principals",
        about="Microsoft Entra apps (service principals) as /servicePrincipals of Graph lists them",
        system="entra",
        streams=(SERVICE_PRINCIPALS,),
        read=_reader(_listed("id", "appId"), "a service principal (id and appId)"),
        translate=entra_directory.service_principal,
    ),
    Format(
        name="entra-oauth2-grants",
        about="Microsoft Entra delegated permissions as /oauth2PermissionGrants of Graph lists them",
        system="entra",
        streams=(OAUTH2_GRANTS,),
        read=_reader(has("id", "clientId", "consentType"), "a grant (id, clientId and consentType)"),
        translate=entra_directory.grant,
    ),
    Format(
        name="entra-users",
        about="Microsoft Entra people as /users of Graph lists them; name department and more in $select",
        system="entra",
        streams=(USERS,),
        read=_reader(_listed("id", "userPrincipalName"), "a user (id and userPrincipalName)"),
        translate=entra_directory.user,
    ),
)
