import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.formats import Bad, Context, Raw
from connectors.google import FORMATS
from connectors.inputs import find_inputs
from model.errors import AccessDenied, Interrupted, Malformed, OstiaryError, WrongFormat
from model.signal import Actor, AppIdentity, SignalKind
from model.stream import Mode

NAMED = {found.name: found for found in FORMATS}
CONTEXT = Context(source="google:acme", read_at=datetime(2026, 3, 5, 12, tzinfo=UTC))
THIRD_PARTY = Path(__file__).parents[2].parent / "shared" / "data"
CLIENT = "923474-abc.apps.googleusercontent.com"
DRIVE = "https://www.googleapis.com/auth/drive.file"
TIME = "2026-03-02T06:24:42.442Z"
KEY = f"{TIME}/-6709442587437772138/"


def activity(application, *events, **changed):
    """Return an activity as the Reports API gives it."""
    return {
        "kind": "admin#reports#activity",
        "id": {
            "time": TIME,
            "uniqueQualifier": "-6709442587437772138",
            "applicationName": application,
            "customerId": "C02abc",
        },
        "actor": {"callerType": "USER", "email": "ana.ruiz@example.com", "profileId": "1159"},
        "ipAddress": "198.51.100.7",
        "events": list(events),
        **changed,
    }


def event(name, /, **parameters):
    """Return an event with its parameters as the API spells their types."""
    spelled = {str: "value", list: "multiValue", bool: "boolValue"}
    return {
        "type": "x",
        "name": name,
        "parameters": [{"name": key, spelled[type(value)]: value} for key, value in parameters.items()],
    }


def flat(found):
    """Return an event as collectors save it: the parameters a plain object."""
    values = {p["name"]: p.get("value", p.get("multiValue")) for p in found["parameters"]}
    return {"type": found["type"], "name": found["name"], "parameters": values}


AUTHORIZE = event(
    "authorize", client_id=CLIENT, app_name="Mailtrack", client_type="WEB", scope=["openid", DRIVE, "openid"]
)
REVOKE = event("revoke", client_id=CLIENT, app_name="Mailtrack")
LOGIN = event("login_success", application_name="Canva", orgunit_path="/", initiated_by="sp")
FAILURE = event("login_failure", application_name="Canva", failure_type="failure_app_not_enabled_for_user")
ADD = event("ADD_APPLICATION", APP_ID="469176070494", APPLICATION_NAME="DocuSign", APPLICATION_ENABLED="true")
REMOVE = event("REMOVE_APPLICATION", APP_ID="469176070494", APPLICATION_NAME="DocuSign")
DELEGATE = event("AUTHORIZE_API_CLIENT_ACCESS", API_CLIENT_NAME="10482", API_SCOPES=f"openid, {DRIVE},openid")
SETTING = event("CHANGE_APPLICATION_SETTING", APPLICATION_NAME="Drive and Docs", SETTING_NAME="x")

TOKEN = {
    "kind": "admin#directory#token",
    "etag": "x",
    "clientId": CLIENT,
    "displayText": "Canva",
    "anonymous": False,
    "nativeApp": False,
    "scopes": ["openid", DRIVE],
    "userKey": "1159",
}
USER = {
    "kind": "admin#directory#user",
    "id": "1159",
    "primaryEmail": "ana.ruiz@example.com",
    "name": {"givenName": "Ana", "familyName": "Ruiz", "fullName": "Ana Ruiz"},
    "isAdmin": False,
    "isDelegatedAdmin": True,
    "isEnrolledIn2Sv": True,
    "suspended": False,
    "archived": False,
    "orgUnitPath": "/Marketing/Brand",
    "creationTime": "2023-01-01T00:00:00.000Z",
    "lastLoginTime": "2026-02-28T07:08:09.000Z",
    "aliases": ["ana@example.com", "ANA.RUIZ@example.com"],
    "nonEditableAliases": ["ana.ruiz@example.com.test-google-a.com"],
    "emails": [
        {"address": "ana.ruiz@example.com", "primary": True},
        {"address": "ana@example.com"},
        {"address": "a.ruiz@example.org"},
        {"address": "ana@home.example", "type": "home"},
        {"address": "other@example.com", "type": "custom", "customType": "boss"},
    ],
    "recoveryEmail": "ana.private@mail.example",
    "organizations": [
        {"department": "Old", "title": "Trainee"},
        {"primary": True, "department": "Marketing", "costCenter": "4711", "title": "Brand manager"},
    ],
}


def translate(name, record):
    return list(NAMED[name].translate(json.dumps(record).encode(), CONTEXT))


def one(name, record):
    (signal,) = translate(name, record)
    return signal


def read(name, content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(NAMED[name].read(io.BytesIO(content), CONTEXT))


def ingest(name, content):
    """Return the signals of a file, and the reasons for which records of it were left out."""
    signals, reasons = [], []
    for found in read(name, content):
        if isinstance(found, Bad):
            reasons.append(found.reason)
            continue
        try:
            signals.extend(NAMED[name].translate(found.data, CONTEXT))
        except Malformed as error:
            reasons.append(str(error))
    return signals, reasons


def test_the_formats_are_those_of_the_contract():
    assert list(NAMED) == ["google-activities", "google-tokens", "google-users"]
    assert {found.system for found in FORMATS} == {"google"}
    assert all(found.about for found in FORMATS)


@pytest.mark.parametrize("stream", [s for found in FORMATS for s in found.streams], ids=lambda s: s.name)
def test_every_stream_says_what_it_needs_and_what_to_do(stream):
    assert all(scope.startswith("https://www.googleapis.com/auth/admin.") for scope in stream.permissions)
    assert stream.permissions
    assert stream.remedy.endswith(".")


def test_the_logs_are_late_and_kept_for_half_a_year_and_the_directory_is_a_snapshot():
    logs = NAMED["google-activities"].streams
    snapshots = [stream for name in ("google-tokens", "google-users") for stream in NAMED[name].streams]

    assert [stream.name for stream in logs] == ["saml", "token", "admin", "login"]
    assert {(s.mode, s.lag, s.overlap, s.retention) for s in logs} == {
        (Mode.EVENTS, timedelta(hours=3), timedelta(hours=24), timedelta(days=180))
    }
    assert {(s.name, s.mode, s.kinds) for s in snapshots} == {
        ("tokens", Mode.SNAPSHOT, (SignalKind.GRANT,)),
        ("users", Mode.SNAPSHOT, (SignalKind.PERSON,)),
    }


def test_an_authorized_app_is_a_grant_of_the_person():
    signal = one("google-activities", activity("token", AUTHORIZE))

    assert (signal.stream, signal.kind) == ("token", SignalKind.GRANT)
    assert signal.native_id == f"{KEY}token/C02abc/0"
    assert signal.seen_at == datetime(2026, 3, 2, 6, 24, 42, 442000, tzinfo=UTC)
    assert signal.app == AppIdentity(client_id=CLIENT, label="Mailtrack")
    assert signal.actor == Actor(native_id="1159", address="ana.ruiz@example.com")
    assert signal.facts == {"scopes": (DRIVE, "openid"), "consent": "user", "state": "granted", "client_type": "WEB"}


@pytest.mark.parametrize(
    ("application", "found", "kind", "app", "facts"),
    [
        (
            "token",
            REVOKE,
            "grant",
            {"client_id": CLIENT, "label": "Mailtrack"},
            {"consent": "user", "state": "revoked"},
        ),
        ("saml", LOGIN, "sign_in", {"label": "Canva"}, {"method": "saml", "success": True}),
        (
            "saml",
            FAILURE,
            "sign_in",
            {"label": "Canva"},
            {"method": "saml", "success": False, "reason": "failure_app_not_enabled_for_user"},
        ),
        (
            "admin",
            ADD,
            "installation",
            {"product_code": "469176070494", "label": "DocuSign"},
            {"state": "added", "enabled": True},
        ),
        ("admin", REMOVE, "installation", {"product_code": "469176070494", "label": "DocuSign"}, {"state": "removed"}),
        (
            "admin",
            DELEGATE,
            "grant",
            {"client_id": "10482"},
            {"consent": "admin", "state": "granted", "scopes": (DRIVE, "openid")},
        ),
        (
            "admin",
            event("AUTHORIZE_API_CLIENT_ACCESS", API_CLIENT_NAME="10482", API_SCOPES=[DRIVE, "openid"]),
            "grant",
            {"client_id": "10482"},
            {"consent": "admin", "state": "granted", "scopes": (DRIVE, "openid")},
        ),
        (
            "admin",
            event("REMOVE_API_CLIENT_ACCESS", API_CLIENT_NAME="10482"),
            "grant",
            {"client_id": "10482"},
            {"consent": "admin", "state": "revoked"},
        ),
    ],
)
def test_each_event_says_what_it_says_split_or_not(application, found, kind, app, facts):
    whole = activity(application, found)
    split = activity(application, events=flat(found))
    top = {**activity(application), **flat(found)}
    del top["events"]

    for record in (whole, split, top):
        signal = one("google-activities", record)
        assert (signal.stream, signal.kind) == (application, kind)
        assert signal.app == AppIdentity(**app)
        assert signal.facts == facts


@pytest.mark.parametrize(
    ("application", "name"),
    [
        ("token", "activity"),
        ("token", "request"),
        ("saml", "logout"),
        ("admin", "CHANGE_APPLICATION_SETTING"),
        ("admin", "TOGGLE_SERVICE_ENABLED"),
        ("admin", "ALLOW_SERVICE_FOR_OAUTH2_ACCESS"),
        ("login", "login_success"),
        ("drive", "authorize"),
        ("gemini_in_workspace_apps", "login_success"),
    ],
)
def test_other_events_say_nothing(application, name):
    found = event(name, APPLICATION_NAME="Drive", application_name="Drive", client_id=CLIENT, app_name="x")

    assert translate("google-activities", activity(application, found)) == []


def test_an_activity_with_several_events_gives_each_its_own_key():
    signals = translate("google-activities", activity("admin", SETTING, ADD, DELEGATE, ADD))

    assert [signal.native_id for signal in signals] == [f"{KEY}admin/C02abc/{index}" for index in (1, 2, 3)]


def test_two_split_events_of_one_activity_stay_two_and_one_read_twice_stays_one():
    other = event("ADD_APPLICATION", APP_ID="469176070494", APPLICATION_NAME="Microsoft Apps")
    records = [activity("admin", events=flat(found)) for found in (ADD, other, ADD)]

    keys = [one("google-activities", record).native_id for record in records]

    assert keys[0] == keys[2] != keys[1]


def test_an_event_name_may_have_blanks_at_its_end():
    assert len(translate("google-activities", activity("token", {**AUTHORIZE, "name": "authorize "}))) == 1


@pytest.mark.parametrize(
    "spelling",
    ["2026-03-02 06:24:42.442000000", {"value": 1772432682442}, 1772432682442, "2026-03-02T07:24:42.442+01:00"],
)
@pytest.mark.parametrize("qualifier", [-6709442587437772138, "-6709442587437772138", " -6709442587437772138 "])
def test_however_collectors_spell_an_id_it_is_the_same_observation(spelling, qualifier):
    record = activity("token", AUTHORIZE)
    record["id"] |= {"time": spelling, "uniqueQualifier": qualifier}

    assert one("google-activities", record) == one("google-activities", activity("token", AUTHORIZE))


@pytest.mark.parametrize("qualifier", [1, "1", 0])
def test_a_small_qualifier_is_one_too(qualifier):
    record = activity("token", AUTHORIZE)
    record["id"] |= {"uniqueQualifier": qualifier, "customerId": None}

    assert one("google-activities", record).native_id == f"{TIME}/{qualifier}/token//0"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"time": None}, "no id"),
        ({"uniqueQualifier": None}, "no id"),
        ({"uniqueQualifier": ""}, "no id"),
        ({"time": "redacted"}, "time"),
        ({"time": [1]}, "`$.id.time`"),
        ({"applicationName": 7}, "`$.id.applicationName`"),
    ],
)
def test_an_activity_without_a_whole_id_is_quarantined(changed, says):
    record = activity("token", AUTHORIZE)
    record["id"] |= changed

    with pytest.raises(Malformed) as told:
        translate("google-activities", record)

    assert says in str(told.value)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"events": [event("authorize", scope=["openid"])]}, "names no app"),
        ({"events": [event("authorize", app_name="Unknown App", client_id="")]}, "names no app"),
        ({"events": 7}, "a list of events"),
        ({"events": [{"parameters": []}]}, "`name`"),
        ({"events": None}, "an event"),
        ({"actor": "secret"}, "an actor"),
        ({"id": "secret"}, "an activity"),
    ],
)
def test_a_broken_activity_is_quarantined_without_its_content(changed, says):
    with pytest.raises(Malformed) as told:
        translate("google-activities", activity("token", AUTHORIZE, **changed))

    assert says in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("record", [b"", b"{", b'"secret"', b"[" * 99_999, b'{"id": {"time": "\xff"}}', b"null"])
@pytest.mark.parametrize("name", NAMED)
def test_bytes_that_are_no_record_are_quarantined(name, record):
    with pytest.raises(Malformed) as told:
        list(NAMED[name].translate(record, CONTEXT))

    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (
            {"email": "a@x.org", "profileId": 115900000000000000001},
            Actor(native_id="115900000000000000001", address="a@x.org"),
        ),
        ({"email": "a@x.org"}, Actor(native_id="a@x.org", address="a@x.org")),
        ({"email": "a@x.org", "profileId": "105250506097979753968"}, Actor(native_id="a@x.org", address="a@x.org")),
        ({"profileId": "1159"}, Actor(native_id="1159")),
        ({"email": "redacted", "profileId": "1159"}, Actor(native_id="1159")),
        ({"callerType": "KEY", "key": "SYSTEM"}, Actor(native_id="SYSTEM", kind="service")),
        (
            {"callerType": "KEY", "key": "k", "email": "a@x.org"},
            Actor(native_id="k", address="a@x.org", kind="service"),
        ),
        ({"key": "SYSTEM", "profileId": "105250506097979753968"}, Actor(native_id="SYSTEM", kind="service")),
        (
            {"email": "bot@p.iam.gserviceaccount.com", "profileId": "2"},
            Actor(native_id="2", address="bot@p.iam.gserviceaccount.com", kind="service"),
        ),
        ({"callerType": "KEY"}, None),
        ({"email": "", "profileId": ""}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_actor_is_a_person_a_service_or_nobody(actor, expected):
    assert one("google-activities", activity("token", AUTHORIZE, actor=actor)).actor == expected


@pytest.mark.parametrize(
    "data",
    [
        {
            "multiMessageValue": [
                {"parameter": [{"name": "scope_name", "value": s}, {"name": "product_bucket"}]} for s in ("b", "a")
            ]
        },
        {
            "messageValue": {
                "parameter": [{"name": "scope_name", "multiValue": []}, {"name": "scope_name", "value": "a b"}]
            }
        },
        {"value": [{"scope_name": "b"}, {"scope_name": "a"}, "junk", 7]},
        {"value": {"scope_name": ["a", "b"]}},
    ],
)
def test_scopes_are_taken_from_the_scope_data_where_the_list_is_left_out(data):
    found = event("authorize", client_id=CLIENT)
    found["parameters"].append({"name": "scope_data", **data})

    assert one("google-activities", activity("token", found)).facts["scopes"] == ("a", "b")


@pytest.mark.parametrize("scope", ["openid email", "email,openid", ["openid", "email", None, 7], ["email openid"]])
def test_scopes_are_a_sorted_set_however_they_are_spelled(scope):
    found = {"name": "authorize", "parameters": {"client_id": CLIENT, "scope": scope}}

    assert one("google-activities", activity("token", events=found)).facts["scopes"] == ("email", "openid")


def test_no_scopes_are_no_fact():
    assert "scopes" not in one("google-activities", activity("token", REVOKE)).facts


@pytest.mark.parametrize("value", [{"intValue": "10482"}, {"value": 10482}, {"value": " 10482 "}])
def test_a_number_in_place_of_a_text_is_taken_as_one(value):
    found = {"name": "AUTHORIZE_API_CLIENT_ACCESS", "parameters": [{"name": "API_CLIENT_NAME", **value}]}

    assert one("google-activities", activity("admin", found)).app == AppIdentity(client_id="10482")


def test_a_token_is_a_grant_as_of_the_time_the_file_was_saved():
    signal = one("google-tokens", TOKEN)

    assert (signal.stream, signal.kind, signal.native_id) == ("tokens", SignalKind.GRANT, f"1159:{CLIENT}")
    assert signal.seen_at == CONTEXT.read_at
    assert signal.app == AppIdentity(client_id=CLIENT, label="Canva")
    assert signal.actor == Actor(native_id="1159")
    assert signal.facts == {"scopes": (DRIVE, "openid"), "consent": "user", "state": "granted", "native": False}


def test_an_app_that_is_not_registered_is_marked():
    assert one("google-tokens", TOKEN | {"anonymous": True}).facts["unregistered"] is True


def test_a_label_that_only_repeats_the_client_is_none():
    assert one("google-tokens", TOKEN | {"displayText": CLIENT}).app == AppIdentity(client_id=CLIENT)


def test_a_person_named_by_address_is_known_by_it():
    assert one("google-tokens", TOKEN | {"userKey": "a@x.org"}).actor == Actor(native_id="a@x.org", address="a@x.org")


@pytest.mark.parametrize(
    "changed", [{"userKey": None}, {"userKey": ""}, {"clientId": ""}, {"clientId": None}, {"scopes": "x"}]
)
def test_a_token_without_person_or_app_is_quarantined(changed):
    with pytest.raises(Malformed):
        translate("google-tokens", TOKEN | changed)


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "admin#directory#tokenList", "items": [TOKEN, TOKEN]},
        [TOKEN, TOKEN],
        {"1159": [TOKEN, TOKEN]},
        {
            "1159": {"kind": "admin#directory#tokenList", "items": [TOKEN, TOKEN]},
            "1160": {"kind": "admin#directory#tokenList"},
        },
        [
            {"kind": "admin#directory#tokenList", "items": [TOKEN]},
            {"kind": "admin#directory#tokenList", "items": [TOKEN]},
        ],
        f"{json.dumps(TOKEN)}\n{json.dumps(TOKEN)}\n".encode(),
        {"1159": [{k: v for k, v in TOKEN.items() if k != "userKey"}] * 2, "1160": []},
    ],
)
def test_however_tokens_are_saved_they_are_the_same_grants(content):
    signals, reasons = ingest("google-tokens", content)

    assert signals == [one("google-tokens", TOKEN)] * 2
    assert reasons == []
    assert [found.number for found in read("google-tokens", content)] == [1, 2]


def test_tokens_saved_under_an_address_keep_both_names_of_the_person():
    signals, _ = ingest("google-tokens", {"ana.ruiz@example.com": [TOKEN], "bo@example.com": [{"clientId": "7"}]})

    assert [signal.actor for signal in signals] == [
        Actor(native_id="1159", address="ana.ruiz@example.com"),
        Actor(native_id="bo@example.com", address="bo@example.com"),
    ]


def test_people_who_are_named_without_a_token_are_told():
    told = []
    content = {"1159": [TOKEN], "1160": [], "1161": {"kind": "admin#directory#tokenList"}}

    context = Context(source="g", nothing_of=told.append)
    list(NAMED["google-tokens"].read(io.BytesIO(json.dumps(content).encode()), context))

    assert told == ["1160", "1161"]


def test_a_broken_token_within_an_object_costs_only_itself():
    signals, reasons = ingest("google-tokens", {"1159": [TOKEN, {"clientId": 7}, TOKEN]})

    assert (len(signals), len(reasons)) == (2, 1)


def test_a_broken_owner_among_others_costs_only_its_line():
    content = f'{json.dumps({"1159": [TOKEN]})}\n{{"1160": "secret"}}\n{{}}\n{json.dumps(TOKEN)}\n7\n'.encode()

    signals, reasons = ingest("google-tokens", content)

    assert (len(signals), len(reasons)) == (2, 3)
    assert "secret" not in str(reasons)


def test_a_user_is_a_person_with_what_the_directory_knows():
    signal = one("google-users", USER)

    assert (signal.stream, signal.kind, signal.native_id) == ("users", SignalKind.PERSON, "1159")
    assert (signal.seen_at, signal.app) == (CONTEXT.read_at, None)
    assert signal.actor == Actor(
        native_id="1159",
        address="ana.ruiz@example.com",
        name="Ana Ruiz",
        aliases=("ana@example.com", "ana.ruiz@example.com.test-google-a.com", "a.ruiz@example.org"),
    )
    assert signal.facts == {
        "department": "Marketing",
        "cost_center": "4711",
        "title": "Brand manager",
        "unit": "/Marketing/Brand",
        "status": "active",
        "admin": True,
        "second_factor": True,
        "created_at": "2023-01-01T00:00:00Z",
        "last_sign_in_at": "2026-02-28T07:08:09Z",
    }


def test_what_the_directory_does_not_say_is_absent():
    signal = one("google-users", {"id": 1159, "primaryEmail": "a@x.org"})

    assert signal.actor == Actor(native_id="1159", address="a@x.org")
    assert signal.facts == {}


@pytest.mark.parametrize(
    ("changed", "fact", "expected"),
    [
        ({"suspended": True}, "status", "suspended"),
        ({"suspended": True, "archived": True}, "status", "archived"),
        ({"deletionTime": "2026-01-02T00:00:00.000Z", "suspended": True}, "status", "deleted"),
        ({"deletionTime": "2026-01-02T00:00:00.000Z"}, "left_at", "2026-01-02T00:00:00Z"),
        ({"suspended": None, "archived": None}, "status", None),
        ({"isAdmin": False, "isDelegatedAdmin": False}, "admin", False),
        ({"isAdmin": True, "isDelegatedAdmin": None}, "admin", True),
        ({"isAdmin": None, "isDelegatedAdmin": None}, "admin", None),
        ({"isEnrolledIn2Sv": False}, "second_factor", False),
        ({"isEnrolledIn2Sv": None}, "second_factor", None),
        ({"lastLoginTime": "1970-01-01T00:00:00.000Z"}, "last_sign_in_at", None),
        ({"creationTime": "redacted"}, "created_at", None),
        ({"isGuestUser": True}, "person_type", "guest"),
        ({"isGuestUser": False}, "person_type", None),
        ({"organizations": [{"department": "Sales"}]}, "department", "Sales"),
        ({"organizations": [{"department": "Sales"}, {"department": "Legal"}]}, "department", None),
        ({"organizations": [{"department": " "}]}, "department", None),
        ({"organizations": []}, "department", None),
    ],
)
def test_each_fact_of_a_person_follows_the_directory(changed, fact, expected):
    assert one("google-users", USER | changed).facts.get(fact) == expected


@pytest.mark.parametrize(
    "changed", [{"primaryEmail": None}, {"primaryEmail": ""}, {"id": ""}, {"id": None}, {"emails": "x"}]
)
def test_a_user_without_id_or_address_is_quarantined(changed):
    with pytest.raises(Malformed):
        translate("google-users", USER | changed)


SAMPLES = {
    "google-activities": (
        {"kind": "admin#reports#activities", "items": [activity("token", AUTHORIZE)]},
        activity("token", AUTHORIZE),
    ),
    "google-tokens": ({"kind": "admin#directory#tokenList", "items": [TOKEN]}, TOKEN),
    "google-users": ({"kind": "admin#directory#users", "users": [USER]}, USER),
}


@pytest.mark.parametrize("name", NAMED)
def test_pages_lists_and_lines_give_the_same_signals(name):
    page, record = SAMPLES[name]
    expected = translate(name, record)
    line = json.dumps(record)

    for content in (page, [page], [record], record, f"{line}\n".encode(), f"\ufeff{line}\r\n".encode("utf-16")):
        assert ingest(name, content) == (expected, [])


@pytest.mark.parametrize(("name", "other"), list(itertools.permutations(NAMED, 2)))
def test_a_file_of_another_format_is_refused_and_its_records_never_translate(name, other):
    page, record = SAMPLES[other]
    empty = {"kind": page["kind"]}

    for content in (page, [page], [record], record, empty):
        with pytest.raises(WrongFormat):
            read(name, content)
    with pytest.raises(Malformed):
        translate(name, record)


@pytest.mark.parametrize("name", NAMED)
def test_a_page_without_items_is_no_records(name):
    page, _ = SAMPLES[name]

    assert read(name, {"kind": page["kind"], "etag": "x"}) == []


@pytest.mark.parametrize("name", NAMED)
def test_a_saved_refusal_is_a_refusal_and_what_stands_beside_it_is_kept(name):
    _, record = SAMPLES[name]
    refused = {"error": {"code": 403, "message": "secret", "errors": [{"reason": "forbidden"}]}}

    with pytest.raises(AccessDenied, match="Google 403 forbidden"):
        read(name, refused)

    found = []
    with pytest.raises(AccessDenied):
        found.extend(NAMED[name].read(io.BytesIO(f"{json.dumps(refused)}\n{json.dumps(record)}".encode()), CONTEXT))
    assert len(found) == 1


@pytest.mark.parametrize("name", NAMED)
def test_what_stands_before_a_break_is_kept(name):
    _, record = SAMPLES[name]
    found = []

    with pytest.raises(Interrupted):
        found.extend(NAMED[name].read(io.BytesIO(f'{json.dumps(record)}\n{{"a": '.encode()), CONTEXT))

    assert [type(item) for item in found] == [Raw]


@pytest.mark.parametrize("content", [{}, {"a": 1}, [{"a": 1}] * 2000, {"A": [{"users": [USER]}], "B": {"x": [TOKEN]}}])
@pytest.mark.parametrize("name", NAMED)
def test_objects_of_another_kind_are_refused(name, content):
    with pytest.raises(WrongFormat):
        read(name, content)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(list(NAMED)),
    label=st.text(min_size=1) | st.sampled_from(["\u202etxt.exe", "\N{PILE OF POO}" * 1000, "x" * 4096, "\x00"]),
)
def test_hostile_names_survive(name, label):
    found = event("authorize", client_id=CLIENT, app_name=label)
    record = {
        "google-activities": activity("token", found),
        "google-tokens": TOKEN | {"displayText": label},
        "google-users": USER | {"name": {"fullName": label}, "orgUnitPath": label},
    }[name]

    signal = one(name, record)

    named = signal.actor.name if signal.app is None else signal.app.label
    assert named in (label.strip(), None)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(list(NAMED)), value=any_json)
def test_a_field_of_any_type_gives_signals_or_a_typed_error(data, name, value):
    record = json.loads(json.dumps(SAMPLES[name][1]))
    place = record
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = value

    try:
        signals = translate(name, record)
    except Malformed:
        return
    assert len({signal.native_id for signal in signals}) == len(signals)


def discovery(document):
    name = f"admin.{document}.json"
    return json.loads(
        resources.files("googleapiclient.discovery_cache").joinpath("documents", name).read_text("utf-8")
    )["schemas"]


def conforming(schema, schemas, depth=0):
    """Return a strategy of values that a discovery document's schema allows, each property present."""
    if "$ref" in schema:
        return conforming(schemas[schema["$ref"]], schemas, depth + 1)
    if schema.get("type") == "object":
        kept = schema.get("properties", {}) if depth < 6 else {}
        return st.fixed_dictionaries({name: conforming(inner, schemas, depth + 1) for name, inner in kept.items()})
    if schema.get("type") == "array":
        return st.lists(conforming(schema["items"], schemas, depth + 1), min_size=1, max_size=2)
    return {
        "date-time": st.just("2026-03-02T06:24:42.442Z"),
        "int64": st.integers(-(2**63), 2**63 - 1).map(str),
    }.get(
        schema.get("format"),
        {"boolean": st.booleans(), "integer": st.integers(0, 9)}.get(schema.get("type"), st.text("abc@", min_size=1)),
    )


@pytest.mark.parametrize(
    ("struct", "document", "path"),
    [
        ("google_reports.ActivityId", "reports_v1", ("Activity", "id")),
        ("google_reports.Caller", "reports_v1", ("Activity", "actor")),
        ("google_reports.Event", "reports_v1", ("Activity", "events")),
        ("google_reports.Parameter", "reports_v1", ("Activity", "events", "parameters")),
        ("google_reports.Activity", "reports_v1", ("Activity",)),
        ("google_directory.Token", "directory_v1", ("Token",)),
        ("google_directory.User", "directory_v1", ("User",)),
        ("google_directory.Name", "directory_v1", ("UserName",)),
        ("google_directory.Organization", "directory_v1", ("UserOrganization",)),
        ("google_directory.Email", "directory_v1", ("UserEmail",)),
    ],
)
def test_every_field_that_is_read_is_one_that_google_documents(struct, document, path):
    module, _, name = struct.partition(".")
    kind = getattr(__import__(f"connectors.{module}", fromlist=[name]), name)
    schema = discovery(document)[path[0]]
    for step in path[1:]:
        schema = schema["properties"][step]
        schema = schema.get("items", schema)

    read_fields = {field.encode_name for field in msgspec.structs.fields(kind)} - {"owner"}

    assert read_fields <= set(schema["properties"])


def test_the_kinds_of_pages_are_those_that_google_documents():
    reports, directory = discovery("reports_v1"), discovery("directory_v1")

    assert reports["Activities"]["properties"]["kind"]["default"] == "admin#reports#activities"
    assert "admin#directory#tokenList" in directory["Tokens"]["properties"]["kind"]["description"]
    assert {"items"} <= set(reports["Activities"]["properties"]) & set(directory["Tokens"]["properties"])
    assert "users" in directory["Users"]["properties"]


@settings(max_examples=25, deadline=None)
@given(data=st.data(), application=st.sampled_from(["token", "saml", "admin"]))
def test_activities_that_conform_to_googles_schema_translate(data, application):
    schemas = discovery("reports_v1")
    record = data.draw(conforming(schemas["Activity"], schemas))
    record["id"]["applicationName"] = application
    known = {"token": AUTHORIZE, "saml": LOGIN, "admin": ADD}[application]
    record["events"][0] |= {"name": known["name"], "parameters": known["parameters"]}

    signals = translate("google-activities", record)

    assert signals[0].app == one("google-activities", activity(application, known)).app


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_tokens_and_users_that_conform_to_googles_schema_translate(data):
    schemas = discovery("directory_v1")
    token = data.draw(conforming(schemas["Token"], schemas))
    user = data.draw(conforming(schemas["User"], schemas))
    user["organizations"] = [data.draw(conforming(schemas["UserOrganization"], schemas))]
    user["emails"] = [data.draw(conforming(schemas["UserEmail"], schemas))]

    assert one("google-tokens", token).app.client_id == token["clientId"]
    assert one("google-users", user).native_id == user["id"]


def third_party(pattern):
    found = sorted(THIRD_PARTY.glob(pattern))
    if not found:
        pytest.skip("the third-party records of ../shared/data are not here")
    return find_inputs([str(path) for path in found])


def ingest_input(name, found):
    with found.open() as data:
        return ingest(name, data.read())


def test_third_party_activities_of_a_collector_ingest():
    (found,) = third_party("sso/panther_gsuite_activityevent.jsonl")

    signals, reasons = ingest_input("google-activities", found)

    assert sorted(signal.app.label for signal in signals) == [
        "DocuSign eSignature for Google",
        "Microsoft Applications for Google",
    ]
    assert len({signal.native_id for signal in signals}) == 2
    assert all(reason == "no id" or "field `id`" in reason for reason in reasons)


def test_third_party_activities_of_settings_say_nothing_of_apps():
    for found in third_party("sso/scubagoggles_google_reports_*.json"):
        assert ingest_input("google-activities", found) == ([], [])


@pytest.mark.parametrize("name", NAMED)
def test_a_third_party_file_of_several_constants_is_refused(name):
    (found,) = third_party("inventory/cartography_googleworkspace_api.json")

    with pytest.raises(WrongFormat, match="none of the file's first 1 records is"):
        ingest_input(name, found)


def test_third_party_users_and_tokens_ingest_once_they_are_taken_out_of_their_constants():
    (found,) = third_party("inventory/cartography_googleworkspace_api.json")
    constants = json.loads(found.path.read_bytes())

    users, _ = ingest("google-users", constants["MOCK_GOOGLEWORKSPACE_USERS_RESPONSE"])
    tokens, _ = ingest("google-tokens", constants["MOCK_GOOGLEWORKSPACE_OAUTH_TOKENS_BY_USER"])

    assert [user.native_id for user in users] == ["user-1", "user-2"]
    assert {token.app.client_id for token in tokens} >= {"123456789.apps.googleusercontent.com"}


@pytest.mark.parametrize("name", NAMED)
def test_no_other_third_party_file_gives_a_signal(name):
    for found in third_party("sso/*.json*"):
        if "gsuite" in found.name or "google" in found.name:
            continue
        try:
            signals, _ = ingest_input(name, found)
        except OstiaryError:
            continue
        assert signals == []
