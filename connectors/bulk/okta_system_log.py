"""Okta System Log in bulk, and the reading of its parties that both lanes share."""

import json

from connectors.bulk import is_no_text
from connectors.formats import text
from model.signal import METHODS as ALL_METHODS
from model.signal import Actor, AppIdentity, Method

SIGN_ON_EVENTS = frozenset({"user.authentication.sso", "app.oauth2.signon"})
APP_EVENT_PREFIXES = (
    "app.access_request.",
    "app.generic.",
    "app.oauth2.admin.consent.",
    "app.oauth2.as.consent.",
    "app.oauth2.consent.",
    "app.oauth2.client.lifecycle.",
    "app.token.",
    "application.",
    "group.privilege.",
)
METHODS = {
    "SAML_2_0": Method.SAML,
    "SAML_1_1": Method.SAML,
    "WS_FEDERATION": Method.SAML,
    "OPENID_CONNECT": Method.OIDC,
    "BROWSER_PLUGIN": Method.PASSWORD,
    "AUTO_LOGIN": Method.PASSWORD,
    "SECURE_PASSWORD_STORE": Method.PASSWORD,
    "BASIC_AUTH": Method.PASSWORD,
}
#: Values of authenticationContext.credentialType that stand for something beside the password.
SECOND_FACTORS = frozenset({"OTP", "SMS"})

_PARTY = '"id" VARCHAR, "type" VARCHAR, "alternateId" VARCHAR, "displayName" VARCHAR'
_COLUMNS = f"""{{
    uuid: 'VARCHAR', published: 'VARCHAR', eventType: 'VARCHAR', actor: 'STRUCT({_PARTY})',
    outcome: 'STRUCT("result" VARCHAR)', authenticationContext: 'STRUCT("credentialType" VARCHAR)',
    target: 'STRUCT({_PARTY}, "detailEntry" STRUCT("signOnModeType" VARCHAR))[]'
}}"""


def _listed(values: frozenset[str]) -> str:
    return ", ".join(f"'{v}'" for v in sorted(values))


_METHOD = " ".join(f"WHEN '{mode}' THEN {ALL_METHODS.index(method)}" for mode, method in METHODS.items())
_IS_APP_EVENT = " OR ".join(f"starts_with(eventType, '{prefix}')" for prefix in APP_EVENT_PREFIXES)

#: `$file` is the one parameter.
SQL = f"""
WITH event AS (
    SELECT *, list_filter(target, lambda t: t."type" = 'AppInstance')[1] AS app_party,
           eventType IN ({_listed(SIGN_ON_EVENTS)}) AS is_sign_on,
           try_cast(published AS TIMESTAMP) AS moment, try_cast(uuid AS UUID) AS own_id
    FROM read_json($file, format = 'newline_delimited', columns = {_COLUMNS}, maximum_object_size = 16777216)
)
SELECT
    coalesce(NOT (
        length(uuid) = 36 AND uuid[1] <> '{{' AND own_id IS NOT NULL
        AND length(eventType) > 6 AND eventType[1] BETWEEN 'a' AND 'z' AND NOT contains(eventType, ' ')
        AND length(published) BETWEEN 20 AND 27 AND published[11] = 'T' AND published[-1] = 'Z'
        AND moment BETWEEN TIMESTAMP '1990-01-01' AND TIMESTAMP '2100-01-01'
    ), true) AS odd,
    CASE WHEN app_party IS NULL THEN NULL WHEN is_sign_on THEN 'sign_ins'
         WHEN {_IS_APP_EVENT} THEN 'app_events' END AS stream,
    CASE WHEN is_sign_on THEN own_id END AS id,
    epoch_us(moment) // 1000 AS seen,
    CASE WHEN is_sign_on THEN to_json(struct_pack(
        id := app_party.id, displayName := app_party.displayName, alternateId := app_party.alternateId)) END AS app,
    CASE WHEN is_sign_on THEN to_json(struct_pack(
        id := actor.id, "type" := actor."type", alternateId := actor.alternateId, displayName := actor.displayName
    )) END AS actor,
    CASE WHEN eventType = 'app.oauth2.signon' THEN {ALL_METHODS.index(Method.OIDC)}
         ELSE CASE app_party.detailEntry.signOnModeType {_METHOD} ELSE {ALL_METHODS.index(Method.UNKNOWN)} END
    END::UTINYINT AS method,
    coalesce(outcome."result" = 'SUCCESS', false) AS success,
    coalesce(authenticationContext.credentialType IN ({_listed(SECOND_FACTORS)}), false) AS second_factor,
    CASE WHEN app_party IS NOT NULL AND NOT is_sign_on AND ({_IS_APP_EVENT}) THEN to_json(struct_pack(
        uuid := uuid, published := published, eventType := eventType, actor := actor, outcome := outcome, target := target
    )) END AS rest
FROM event
"""


def app_of(native: object, shown: object, alternate: object) -> AppIdentity | None:
    """Return the app that a target names; None where it names none."""
    app = AppIdentity(app_id=text(native), label=text(shown) or text(alternate))
    return app if app.named() else None


def actor_of(native: object, kind: object, alternate: object, shown: object) -> Actor | None:
    """Return the person or service that a party names; None where it names nobody."""
    address = text(alternate)
    address = address if address and "@" in address else None
    own = text(native) or address
    if own is None:
        return None
    return Actor(
        native_id=own, address=address, name=text(shown), kind="person" if kind in {None, "User"} else "service"
    )


def app(name: str) -> AppIdentity | None:
    """Turn a distinct app into the model."""
    party = json.loads(name)
    return app_of(party["id"], party["displayName"], party["alternateId"])


def actor(name: str) -> Actor | None:
    """Turn a distinct actor into the model."""
    party = json.loads(name)
    return actor_of(party["id"], party["type"], party["alternateId"], party["displayName"])


def is_odd(name: str) -> bool:
    """Whether a party may hold a value that is no text in the file."""
    return any(is_no_text(value) for value in json.loads(name).values())
