"""Microsoft Entra sign-ins in bulk, and what both lanes know of them.

Facts: learn.microsoft.com, "signIn resource type" (v1.0 and beta), the reference of the Azure Monitor tables
SigninLogs, AADNonInteractiveUserSignInLogs and AADServicePrincipalSignInLogs, and "Sign-in log activity details".
"""

from __future__ import annotations

import json

from connectors.bulk import is_no_text
from connectors.formats import text
from model.signal import METHODS, Actor, AppIdentity, Method

NOBODY = "00000000-0000-0000-0000-000000000000"
#: `authenticationProtocol`: the protocol or grant type of the app. What is none of these it gives as `none`.
PROTOCOLS = {
    "saml20": Method.SAML,
    "wsFederation": Method.SAML,
    "oAuth2": Method.OAUTH,
    "deviceCode": Method.OAUTH,
    "ropc": Method.PASSWORD,  # resource owner password credentials: the app itself takes the password
}
#: `clientAppUsed`: the legacy clients, which know nothing but a password.
LEGACY_CLIENTS = frozenset(
    {
        "Authenticated SMTP",
        "Autodiscover",
        "Exchange ActiveSync",
        "Exchange Online PowerShell",
        "Exchange Web Services",
        "IMAP4",
        "MAPI Over HTTP",
        "Offline Address Book",
        "Other clients",
        "Outlook Anywhere (RPC over HTTP)",
        "POP3",
        "Reporting Web Services",
    }
)
#: Codes that interrupt a sign-in which goes on as an event of its own: "stay signed in?", and registering for resets.
INTERRUPTS = frozenset({50125, 50140})
MULTI_FACTOR = "multiFactorAuthentication"
#: `status.additionalDetails` and `authenticationDetails` say it in these words, also where a token vouched for it.
FACTOR_WORDS = "mfa (requirement satisfied|completed)"
CATEGORY_END = "SignInLogs"

_FIELDS = (
    "id",
    "createdDateTime",
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "appId",
    "appDisplayName",
    "servicePrincipalId",
    "servicePrincipalName",
    "clientAppUsed",
    "authenticationProtocol",
    "authenticationRequirement",
)
_STATUS = 'STRUCT("errorCode" VARCHAR, "additionalDetails" VARCHAR)'
_RECORD = ", ".join(f'"{name}" VARCHAR' for name in _FIELDS) + f', "status" {_STATUS}, "authenticationDetails" JSON'
_COLUMNS = (
    "{"
    + ", ".join(f"{name}: 'VARCHAR'" for name in (*_FIELDS, "category", "resultType"))
    + f", status: '{_STATUS}', authenticationDetails: 'JSON', properties: 'STRUCT({_RECORD})'}}"
)
_OWN = ", ".join(f'"{name}" := "{name}"' for name in (*_FIELDS, "status", "authenticationDetails"))
_ABSENT = "('', 'null', 'none', 'n/a', 'unknown app')"


def _given(field: str) -> str:
    """Return the condition that a field holds something, as `connectors.formats.text` reads it."""
    return f"coalesce(lower(trim({field})) NOT IN {_ABSENT}, false)"


_METHOD = " ".join(f"WHEN '{name}' THEN {METHODS.index(method)}" for name, method in PROTOCOLS.items())
_LEGACY = ", ".join(f"'{name}'" for name in sorted(LEGACY_CLIENTS))
_PERSON = (
    f"({_given('s.userId')} AND trim(s.userId) <> '{NOBODY}'"
    f" OR {_given('s.userPrincipalName')} AND contains(s.userPrincipalName, '@'))"
)
_SERVICE = f"({_given('s.servicePrincipalId')} OR {_given('s.servicePrincipalName')})"

#: `$file` is the one parameter.
SQL = f"""
WITH line AS (
    SELECT category, resultType, properties IS NOT NULL AS exported,
           CASE WHEN properties IS NULL THEN struct_pack({_OWN}) ELSE properties END AS s
    FROM read_json($file, format = 'newline_delimited', columns = {_COLUMNS}, maximum_object_size = 16777216)
), sign_in AS (
    SELECT *, try_cast(s.id AS UUID) AS own_id, try_cast(rtrim(s.createdDateTime, 'Z')[1:26] AS TIMESTAMP) AS moment,
           coalesce(s.status.errorCode, CASE WHEN exported THEN resultType END) AS code
    FROM line
)
SELECT
    coalesce(
        own_id IS NULL OR length(s.id) <> 36 OR s.id[1] = '{{' OR moment IS NULL
        OR NOT regexp_full_match(s.createdDateTime,
               '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T([01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}([.][0-9]{{1,9}})?Z')
        OR moment NOT BETWEEN TIMESTAMP '1990-01-01' AND TIMESTAMP '2100-01-01'
        OR NOT regexp_full_match(code, '[0-9]{{1,9}}') OR (exported AND category NOT LIKE '%{CATEGORY_END}')
        OR NOT ({_given("s.appId")} OR {_given("s.appDisplayName")} OR {_given("s.servicePrincipalName")}),
        true) AS odd,
    CASE WHEN code::INTEGER NOT IN ({", ".join(map(str, sorted(INTERRUPTS)))}) THEN 'sign_ins' END AS stream,
    CASE WHEN code::INTEGER NOT IN ({", ".join(map(str, sorted(INTERRUPTS)))}) THEN own_id END AS id,
    epoch_us(moment) // 1000 AS seen,
    to_json(struct_pack(appId := s.appId, appDisplayName := s.appDisplayName,
        servicePrincipalName := s.servicePrincipalName)) AS app,
    to_json(struct_pack(userId := s.userId, userPrincipalName := s.userPrincipalName,
        userDisplayName := s.userDisplayName, servicePrincipalId := s.servicePrincipalId,
        servicePrincipalName := s.servicePrincipalName)) AS actor,
    CASE s.authenticationProtocol {_METHOD} ELSE
        CASE WHEN s.clientAppUsed IN ({_LEGACY}) THEN {METHODS.index(Method.PASSWORD)}
             WHEN NOT {_PERSON} AND {_SERVICE} THEN {METHODS.index(Method.API)}
             ELSE {METHODS.index(Method.UNKNOWN)} END
    END::UTINYINT AS method,
    coalesce(code::INTEGER = 0, false) AS success,
    coalesce(code::INTEGER = 0, false) AND (coalesce(s.authenticationRequirement = '{MULTI_FACTOR}', false)
        OR coalesce(regexp_matches(s.status.additionalDetails, '{FACTOR_WORDS}', 'i'), false)
        OR coalesce(regexp_matches(s.authenticationDetails::VARCHAR, '{FACTOR_WORDS}', 'i'), false)) AS second_factor,
    NULL AS rest
FROM sign_in
"""


def app_of(app_id: object, shown: object, service: object) -> AppIdentity | None:
    """Return the app that a sign-in names; None where it names none."""
    found = AppIdentity(client_id=text(app_id), label=text(shown) or text(service))
    return found if found.named() else None


def actor_of(user: object, address: object, shown: object, service: object, service_name: object) -> Actor | None:
    """Return the person who signed in, else the service; None where the record names nobody."""
    own, mail = text(user), text(address)
    own = None if own == NOBODY else own
    mail = mail if mail and "@" in mail else None
    if own or mail:
        return Actor(native_id=own or str(mail), address=mail, name=text(shown))
    named = text(service_name)
    native = text(service) or named
    return None if native is None else Actor(native_id=native, name=named, kind="service")


def _texts(name: str) -> dict[str, str | None]:
    """Return a name's fields. Raises ValueError where one may be no text in the file."""
    found: dict[str, str | None] = json.loads(name)
    if any(is_no_text(value) for value in found.values()):
        raise ValueError
    return found


def app(name: str) -> AppIdentity | None:
    """Turn a distinct app of the lane into the model."""
    found = _texts(name)
    return app_of(found["appId"], found["appDisplayName"], found["servicePrincipalName"])


def actor(name: str) -> Actor | None:
    """Turn a distinct actor of the lane into the model."""
    found = _texts(name)
    return actor_of(
        found["userId"],
        found["userPrincipalName"],
        found["userDisplayName"],
        found["servicePrincipalId"],
        found["servicePrincipalName"],
    )
