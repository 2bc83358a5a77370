"""Okta System Log in bulk, and the reading of its parties that both lanes share."""

import msgspec

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

_PROTOCOLS = frozenset({"openid connect client"})

_PARTY = '"id" VARCHAR, "type" VARCHAR, "alternateId" VARCHAR, "displayName" VARCHAR'
_COLUMNS = f"""{{
    uuid: 'VARCHAR', published: 'VARCHAR', eventType: 'VARCHAR', actor: 'JSON',
    outcome: 'STRUCT("result" VARCHAR)', authenticationContext: 'STRUCT("credentialType" VARCHAR)',
    target: 'STRUCT({_PARTY}, "detailEntry" STRUCT("signOnModeType" VARCHAR))[]'
}}"""


def _listed(values: frozenset[str]) -> str:
    return ", ".join(f"'{v}'" for v in sorted(values))


_METHOD = " ".join(f"WHEN '{mode}' THEN {ALL_METHODS.index(method)}" for mode, method in METHODS.items())
_IS_APP_EVENT = " OR ".join(f"starts_with(eventType, '{prefix}')" for prefix in APP_EVENT_PREFIXES)

#: A party of which a field may have been no text: the records about apps go to the translator as the engine wrote them.
_NO_TEXT = " OR ".join(
    f"regexp_full_match(coalesce(t.{name}, ''), '-?[0-9.]+([eE][-+]?[0-9]+)?|true|false|[{{\\[].*', 's')"
    for name in ('"id"', '"type"', '"alternateId"', '"displayName"')
)

#: `$file` is the one parameter.
SQL = f"""
WITH event AS (
    SELECT *, CASE WHEN target[1]."type" = 'AppInstance' THEN target[1]
                   ELSE list_filter(target, lambda t: t."type" = 'AppInstance')[1] END AS app_party,
           eventType IN ({_listed(SIGN_ON_EVENTS)}) AS is_sign_on,
           CASE WHEN NOT is_sign_on THEN {_IS_APP_EVENT} END AS is_app_event,
           try_cast(published AS TIMESTAMP) AS moment, try_cast(uuid AS UUID) AS own_id
    FROM read_json($file, format = 'newline_delimited', columns = {_COLUMNS}, maximum_object_size = 16777216)
)
SELECT
    CASE WHEN own_id IS NULL OR uuid NOT LIKE '________-____-____-____-____________' OR moment IS NULL
           OR length(published) NOT BETWEEN 20 AND 27 OR published NOT LIKE '__________T%Z'
           OR published LIKE '__________T24%'
           OR moment NOT BETWEEN TIMESTAMP '1990-01-01' AND TIMESTAMP '2100-01-01' THEN true
         WHEN is_sign_on THEN false
         WHEN is_app_event AND app_party IS NOT NULL AND len(list_filter(target, lambda t: {_NO_TEXT})) > 0 THEN true
         ELSE coalesce(length(eventType) <= 6 OR eventType[1] NOT BETWEEN 'a' AND 'z' OR contains(eventType, ' ')
                       OR eventType[-1] NOT BETWEEN '!' AND '~', true)
    END AS odd,
    CASE WHEN app_party IS NULL THEN NULL WHEN is_sign_on THEN 'sign_ins'
         WHEN is_app_event THEN 'app_events' END AS stream,
    CASE WHEN is_sign_on AND app_party IS NOT NULL THEN own_id END AS id,
    epoch_us(moment) // 1000 AS seen,
    CASE WHEN is_sign_on THEN to_json(struct_pack(
        id := app_party.id, displayName := app_party.displayName, alternateId := app_party.alternateId)) END AS app,
    CASE WHEN is_sign_on THEN actor END AS actor,
    CASE WHEN eventType = 'app.oauth2.signon' THEN {ALL_METHODS.index(Method.OIDC)}
         ELSE CASE app_party.detailEntry.signOnModeType {_METHOD} ELSE {ALL_METHODS.index(Method.UNKNOWN)} END
    END::UTINYINT AS method,
    coalesce(outcome."result" = 'SUCCESS', false) AS success,
    coalesce(authenticationContext.credentialType IN ({_listed(SECOND_FACTORS)}), false) AS second_factor,
    CASE WHEN app_party IS NOT NULL AND is_app_event THEN to_json(struct_pack(
        uuid := uuid, published := published, eventType := eventType, actor := actor, outcome := outcome,
        target := target)) END AS rest
FROM event
"""


def app_of(native: object, shown: object, alternate: object) -> AppIdentity | None:
    """Return the app that a target names; None where it names none."""
    named, other = text(shown), text(alternate)
    # Of an OpenID app the name shown may be that of the protocol; the app's own then stands in the other field.
    label = other or named if named is None or named.casefold() in _PROTOCOLS else named
    app = AppIdentity(app_id=text(native), label=label)
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


class _Party(msgspec.Struct):
    id: str | None = None
    type: str | None = None
    alternateId: str | None = None  # noqa: N815 (the vendor's name)
    displayName: str | None = None  # noqa: N815


_party = msgspec.json.Decoder(_Party).decode


def app(name: str) -> AppIdentity | None:
    """Turn a distinct app into the model; the engine made text of what stood there. Raises ValueError if that shows."""
    party = _party(name)
    if any(map(is_no_text, (party.id, party.displayName, party.alternateId))):
        raise ValueError("a name of the app may have been no text")
    return app_of(party.id, party.displayName, party.alternateId)


def actor(name: str) -> Actor | None:
    """Turn a distinct actor into the model; it stands as in the file. Raises ValueError where it is no party."""
    party = _party(name)
    return actor_of(party.id, party.type, party.alternateId, party.displayName)
