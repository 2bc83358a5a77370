"""Google Workspace activities in bulk: SAML sign-ins are landed, grants and installations are left to the translator.

A SAML activity holds one event; where one holds several, or an event that a collector has split off, the file is
refused. The activity's JSON is kept as text, so that what is left to the translator is the record as it stands there.
"""

from __future__ import annotations

import json

import msgspec

from connectors.formats import text
from connectors.google_reports import actor_of
from model.errors import Malformed
from model.signal import METHODS, Actor, AppIdentity, Method

#: Events of other applications that are worth a record each; the rest (API calls above all) is by far the most.
_TOLD = (
    "authorize",
    "revoke",
    "ADD_APPLICATION",
    "REMOVE_APPLICATION",
    "AUTHORIZE_API_CLIENT_ACCESS",
    "REMOVE_API_CLIENT_ACCESS",
)
_NAMED = " OR ".join(f"contains(body, '\"{name}')" for name in _TOLD)
_LABEL = "list_filter(events[1].parameters, lambda p: p.name = 'application_name')"
_SHAPE = """{"events": [{"name": "VARCHAR", "parameters": [{"name": "VARCHAR", "value": "JSON"}]}]}"""

#: `$file` is the one parameter.
SQL = f"""
WITH line AS (
    SELECT json, json::VARCHAR AS body, json_extract_string(json, '$.id.applicationName') AS application,
           json_extract_string(json, '$.id.time') AS said,
           json_extract_string(json, '$.id.uniqueQualifier') AS qualifier,
           coalesce(json_extract_string(json, '$.id.customerId'), '') AS customer
    FROM read_ndjson_objects($file, maximum_object_size = 16777216)
), activity AS (
    SELECT *, try_cast(rtrim(said, 'Z') AS TIMESTAMP) AS moment, application = 'saml' AS is_saml,
           CASE WHEN application = 'saml' AND json_type(json, '$.events') = 'ARRAY'
                THEN json_transform(json, '{_SHAPE}').events END AS events
    FROM line
), event AS (
    SELECT *, trim(events[1].name) AS named, {_LABEL} AS labels FROM activity
), sign_in AS (
    SELECT *, coalesce(is_saml AND named IN ('login_success', 'login_failure'), false) AS is_sign_in,
           labels[1].value ->> '$' AS label
    FROM event
)
SELECT
    coalesce(
        application IS NULL OR json_type(json, '$.id.applicationName') <> 'VARCHAR'
        OR moment IS NULL OR NOT regexp_full_match(said,
               '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T([01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}[.][0-9]{{3}}Z')
        OR moment NOT BETWEEN TIMESTAMP '1990-01-01' AND TIMESTAMP '2100-01-01'
        OR NOT regexp_full_match(qualifier, '-?[0-9]{{1,20}}')
        OR coalesce(json_type(json, '$.id.customerId') NOT IN ('VARCHAR', 'NULL'), false)
        OR coalesce(json_type(json, '$.actor') NOT IN ('OBJECT', 'NULL'), false)
        OR (application IN ('saml', 'token', 'admin') AND (json_type(json, '$.events') <> 'ARRAY'
            OR json_array_length(json, '$.events') <> len(list_filter(json_extract(json, '$.events[*].name'),
                lambda name: json_type(name) = 'VARCHAR'))))
        OR (is_saml AND (coalesce(len(events), 0) <> 1 OR coalesce(named, '') = ''))
        OR (is_sign_in AND (len(labels) <> 1 OR json_type(labels[1].value) <> 'VARCHAR'
            OR lower(trim(label)) IN ('', 'null', 'none', 'n/a', 'unknown app'))),
        true) AS odd,
    CASE WHEN is_sign_in THEN 'saml' END AS stream,
    CASE WHEN is_sign_in
        THEN md5(said || '/' || qualifier || '/saml/' || customer || '/0')::UUID END AS id,
    epoch_us(moment) // 1000 AS seen,
    CASE WHEN is_sign_in THEN to_json(label) END AS app,
    CASE WHEN is_sign_in THEN json_extract(json, '$.actor') END AS actor,
    {METHODS.index(Method.SAML)}::UTINYINT AS method,
    coalesce(named = 'login_success', false) AS success,
    false AS second_factor,
    CASE WHEN application IN ('token', 'admin') AND ({_NAMED}) THEN json END AS rest
FROM sign_in
"""


def app(name: str) -> AppIdentity | None:
    """Turn a distinct app of the lane into the model."""
    return AppIdentity(label=text(json.loads(name)))


def actor(name: str) -> Actor | None:
    """Turn a distinct actor of the lane into the model; it stands there as in the file. Raises ValueError."""
    try:
        return actor_of(msgspec.Raw(name.encode()))
    except Malformed as error:
        raise ValueError from error
