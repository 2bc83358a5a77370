"""Okta: the shapes that its System Log, apps and users come in, and what is not taken for one of them."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats import Bad, Context, Raw
from connectors.okta import APP_EVENTS, APPS, FORMATS, SIGN_INS, USERS, app, log_event, user
from model.errors import AccessDenied, Interrupted, Malformed, WrongFormat
from model.signal import SignalKind
from model.stream import Mode

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
READ = datetime(2026, 3, 10, 8, tzinfo=UTC)
CONTEXT = Context(source="okta", read_at=READ, now=READ)
LOG, APPS_FORMAT, USERS_FORMAT = FORMATS

SIGN_IN = {
    "uuid": "5e0c1a2b-0000-4c11-9b7e-1f2d3c4b5a69",
    "published": "2026-03-02T09:14:55.120Z",
    "eventType": "user.authentication.sso",
    "displayMessage": "User single sign on to app",
    "actor": {"id": "00uana", "type": "User", "alternateId": "ana@acme.example", "displayName": "Ana Ruiz"},
    "client": {"ipAddress": "198.51.100.7", "zone": "null", "userAgent": {"rawUserAgent": "x"}},
    "outcome": {"result": "SUCCESS", "reason": None},
    "target": [
        {
            "id": "0oa1",
            "type": "AppInstance",
            "alternateId": "Quill SAML",
            "displayName": "Quill",
            "detailEntry": {"signOnModeType": "SAML_2_0"},
        },
        {"id": "0ua7", "type": "AppUser", "alternateId": "ana@acme.example", "displayName": "Ana Ruiz"},
    ],
    "authenticationContext": {"authenticationStep": 0, "externalSessionId": "trs1"},
}
INSTANCE, APP_USER = SIGN_IN["target"]


def raw(value):
    return json.dumps(value).encode()


def event(without=(), **changed):
    made = SIGN_IN | changed
    return raw({name: value for name, value in made.items() if name not in without})


def signals(*events):
    return [s for e in events for s in log_event(e, CONTEXT)]


def only(made):
    (found,) = made
    return found


def target(**changed):
    return INSTANCE | changed


def test_a_sign_in_says_who_used_which_app_when_and_how():
    found = only(signals(event()))

    assert (found.stream, found.kind, found.native_id) == ("sign_ins", SignalKind.SIGN_IN, SIGN_IN["uuid"])
    assert found.seen_at == datetime(2026, 3, 2, 9, 14, 55, 120_000, UTC)
    assert found.app.named() == {"app_id": "0oa1", "label": "Quill"}
    assert (found.actor.native_id, found.actor.address, found.actor.kind) == ("00uana", "ana@acme.example", "person")
    assert found.facts == {"method": "saml", "success": True}


def test_the_event_type_may_be_spelled_in_lower_case_as_collectors_do():
    lower = event(without=["eventType"], eventtype="user.authentication.sso")

    assert signals(lower) == signals(event())


def test_a_record_may_be_spelled_in_lower_case_as_a_whole():
    lower = event(
        without=["authenticationContext", "eventType"],
        eventtype="user.authentication.sso",
        authenticationcontext={"credentialType": "OTP"},
    )

    assert only(signals(lower)).facts["second_factor"] is True


@pytest.mark.parametrize(
    "targets",
    [None, [], ["0oa1"], [None, 5], [APP_USER], [{"type": None}], [{"id": "0oa1", "type": "Policy"}]],
)
def test_an_event_that_names_no_app_says_nothing(targets):
    assert signals(event(target=targets)) == []


def test_an_event_without_any_target_says_nothing():
    assert signals(event(without=["target"])) == []


@pytest.mark.parametrize(
    "targets",
    [[APP_USER, INSTANCE], [{"id": "u", "type": "User"}, APP_USER, INSTANCE], [INSTANCE, {"type": "AppUser"}]],
)
def test_the_app_is_found_by_its_type_wherever_it_stands(targets):
    assert only(signals(event(target=targets))).app.named() == {"app_id": "0oa1", "label": "Quill"}


def test_the_user_in_the_target_never_stands_for_the_person_who_signed_in():
    other = {"id": "0ua9", "type": "AppUser", "alternateId": "bo@acme.example"}

    assert only(signals(event(target=[other, INSTANCE]))).actor.native_id == "00uana"


@pytest.mark.parametrize(
    ("shown", "alternate", "label"),
    [
        ("AWS IAM Identity Center", "AWS Production", "AWS IAM Identity Center"),
        (None, "Architecture Website", "Architecture Website"),
        ("", "Architecture Website", "Architecture Website"),
        ("null", "Architecture Website", "Architecture Website"),
        ("  ", " Architecture Website ", "Architecture Website"),
        ("OpenID Connect Client", "Architecture Website", "Architecture Website"),
        ("OpenID Connect Client", None, "OpenID Connect Client"),
    ],
)
def test_the_label_is_the_apps_name_and_not_that_of_its_protocol(shown, alternate, label):
    found = only(signals(event(target=[target(displayName=shown, alternateId=alternate)])))

    assert found.app.label == label


def test_an_app_without_any_name_is_told_by_its_id():
    found = only(signals(event(target=[{"id": "0oa1", "type": "AppInstance"}])))

    assert found.app.named() == {"app_id": "0oa1"}


def test_an_app_that_is_named_by_nothing_is_none():
    assert signals(event(target=[{"type": "AppInstance", "id": "", "displayName": "null"}])) == []


def test_the_system_is_a_service_and_no_person():
    system = {"id": "okta.1", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System"}

    assert only(signals(event(actor=system, client=None))).actor.kind == "service"


@pytest.mark.parametrize("actor", [None, {}, {"id": None, "type": "User"}, {"id": "", "alternateId": "unknown"}])
def test_nobody_is_nobody(actor):
    assert only(signals(event(actor=actor))).actor is None


def test_an_actor_without_an_id_is_known_by_the_address():
    found = only(signals(event(actor={"type": "User", "alternateId": "bo@acme.example"})))

    assert (found.actor.native_id, found.actor.address) == ("bo@acme.example", "bo@acme.example")


def test_an_alternate_id_that_is_no_address_is_none():
    found = only(signals(event(actor={"id": "00u1", "type": "User", "alternateId": "unknown"})))

    assert (found.actor.native_id, found.actor.address) == ("00u1", None)


@pytest.mark.parametrize("result", ["FAILURE", "DENY", "CHALLENGE", "SKIPPED", "UNKNOWN", None])
def test_what_did_not_succeed_is_kept_as_a_failure(result):
    assert only(signals(event(outcome={"result": result}))).facts["success"] is False


@pytest.mark.parametrize("outcome", [None, {}, "SUCCESS", ["SUCCESS"]])
def test_an_outcome_that_is_not_stated_is_no_success(outcome):
    assert only(signals(event(outcome=outcome))).facts["success"] is False


@pytest.mark.parametrize(
    ("mode", "method"),
    [
        ("SAML_2_0", "saml"),
        ("WS_FEDERATION", "saml"),
        ("OPENID_CONNECT", "oidc"),
        ("BROWSER_PLUGIN", "password"),
        ("SECURE_PASSWORD_STORE", "password"),
        ("BOOKMARK", "unknown"),
        (None, "unknown"),
        (7, "unknown"),
    ],
)
def test_the_method_is_the_sign_on_mode_of_the_app(mode, method):
    found = only(signals(event(target=[target(detailEntry={"signOnModeType": mode})])))

    assert found.facts["method"] == method


@pytest.mark.parametrize("detail", [None, "SAML_2_0", [], {}])
def test_without_a_sign_on_mode_the_method_is_unknown(detail):
    assert only(signals(event(target=[target(detailEntry=detail)]))).facts["method"] == "unknown"


def test_an_openid_sign_on_is_one_whatever_the_app_says():
    assert only(signals(event(eventType="app.oauth2.signon"))).facts["method"] == "oidc"


@pytest.mark.parametrize(
    ("credential", "second"), [("OTP", True), ("SMS", True), ("PASSWORD", None), (None, None), (5, None)]
)
def test_a_second_factor_is_told_only_where_one_is_named(credential, second):
    found = only(signals(event(authenticationContext={"credentialType": credential})))

    assert found.facts.get("second_factor") is second


@pytest.mark.parametrize(
    "published",
    [
        "2026-03-02T09:14:55.120Z",
        "2026-03-02 09:14:55.120",
        "2026-03-02T10:14:55.120+01:00",
        "2026-03-02T09:14:55.1200000Z",
        1772442895120,
        "1772442895120",
        1772442895.12,
        {"value": 1772442895120},
        "2026-03-02T09:14:55,120Z",
        "3/2/2026 9:14:55.120 AM",
        "20260302091455.120",
    ],
)
def test_time_is_read_in_eleven_spellings(published):
    assert only(signals(event(published=published))).seen_at == datetime(2026, 3, 2, 9, 14, 55, 120_000, UTC)


@pytest.mark.parametrize(
    "published", [None, "", "redacted", "...", "yesterday", True, [], "0001-01-01T00:00:00Z", 1e300]
)
def test_a_record_without_a_readable_time_is_malformed(published):
    with pytest.raises(Malformed):
        signals(event(published=published))


@pytest.mark.parametrize(
    "broken",
    [
        event(without=["uuid"]),
        event(uuid=None),
        event(uuid=" "),
        event(uuid=7),
        event(without=["eventType"]),
        event(eventType=None),
        event(actor="ana"),
        event(target={"id": "0oa1"}),
        event(actor={"id": 5, "type": "User"}),
        b"{}",
        raw({"uuid": "x", "eventType": "user.authentication.sso"}),
        b'{"uuid": "x"',
        b"[]",
        b'"text"',
        b'{"uuid": "\xff"}',
    ],
)
def test_what_is_no_event_is_malformed_and_never_quoted(broken):
    with pytest.raises(Malformed) as error:
        signals(broken)

    assert "0oa1" not in str(error.value)


def test_what_a_record_holds_beside_what_is_needed_may_have_any_shape():
    odd = event(
        client=None, debugContext=[1], securityContext="x", request={"ipChain": []}, transaction=None, severity=4
    )

    assert signals(odd) == signals(event())


@pytest.mark.parametrize(
    ("kind", "consent", "state"),
    [
        ("app.oauth2.as.consent.grant", "user", "granted"),
        ("app.oauth2.consent.grant", "user", "granted"),
        ("app.oauth2.admin.consent.grant", "admin", "granted"),
        ("app.oauth2.admin.consent.revoke", "admin", "revoked"),
        ("app.oauth2.as.consent.revoke", "user", "revoked"),
    ],
)
def test_a_consent_is_a_grant(kind, consent, state):
    found = only(signals(event(eventType=kind)))

    assert (found.stream, found.kind) == ("app_events", SignalKind.GRANT)
    assert found.facts == {"consent": consent, "state": state}
    assert found.actor.native_id == "00uana"


def test_a_consent_that_failed_is_no_grant():
    found = only(signals(event(eventType="app.oauth2.as.consent.grant", outcome={"result": "FAILURE"})))

    assert (found.kind, found.facts["success"]) == (SignalKind.AUDIT_EVENT, False)


@pytest.mark.parametrize(("act", "state"), [("add", "added"), ("remove", "removed")])
def test_a_membership_is_an_assignment_of_the_one_whom_it_is_given_to(act, state):
    bo = {"id": "00ubo", "type": "User", "alternateId": "bo@acme.example", "displayName": "Bo"}

    found = only(signals(event(eventType=f"application.user_membership.{act}", target=[APP_USER, INSTANCE, bo])))

    assert (found.kind, found.facts) == (SignalKind.ASSIGNMENT, {"state": state})
    assert found.actor.native_id == "00ubo"


def test_a_membership_of_nobody_is_kept_without_anybody():
    found = only(signals(event(eventType="application.user_membership.add")))

    assert (found.kind, found.actor) == (SignalKind.ASSIGNMENT, None)


@pytest.mark.parametrize(
    "kind", ["application.lifecycle.create", "app.access_request.request", "app.generic.unauth_app_access_attempt"]
)
def test_other_events_about_an_app_are_kept_with_what_was_done(kind):
    found = only(signals(event(eventType=kind)))

    assert (found.kind, found.facts) == (SignalKind.AUDIT_EVENT, {"action": kind, "success": True})


@pytest.mark.parametrize(
    "kind",
    ["user.session.start", "policy.evaluate_sign_on", "app.oauth2.token.grant.access_token", "plugin.downloaded"],
)
def test_events_that_come_with_every_sign_on_are_left_out(kind):
    assert signals(event(eventType=kind)) == []


def read(fmt, content):
    """Read a file by a format; return its signals and the numbers of its bad records."""
    data = io.BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode())
    found, bad = [], []
    for item in fmt.read(data, CONTEXT):
        if isinstance(item, Bad):
            bad.append(item.number)
            continue
        assert isinstance(item, Raw)
        try:
            found.extend(fmt.translate(item.data, CONTEXT))
        except Malformed:
            bad.append(item.number)
    return found, bad


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([SIGN_IN]).encode(),
        json.dumps(SIGN_IN).encode(),
        json.dumps(SIGN_IN, indent=2).encode(),
        json.dumps({"events": [SIGN_IN]}).encode(),
        json.dumps({"data": 1, "events": [SIGN_IN]}).encode(),
        b"\xef\xbb\xbf" + json.dumps(SIGN_IN).encode() + b"\r\n",
        json.dumps(SIGN_IN).encode("utf-16"),
        json.dumps([[SIGN_IN]])[1:-1].encode(),
    ],
)
def test_a_page_a_list_and_lines_are_all_read(content):
    found, bad = read(LOG, content)

    assert ([s.native_id for s in found], bad) == ([SIGN_IN["uuid"]], [])


def test_the_same_page_twice_gives_the_same_keys():
    content = [SIGN_IN, SIGN_IN | {"uuid": "x", "eventType": "application.lifecycle.create"}]

    assert read(LOG, content) == read(LOG, content)


def test_a_saved_refusal_is_refused_and_never_empty():
    refusal = {"errorCode": "E0000006", "errorSummary": "You do not have permission", "errorCauses": []}
    for fmt in FORMATS:
        with pytest.raises(AccessDenied, match="E0000006"):
            read(fmt, refusal)


APP = {
    "id": "0oa1",
    "name": "quillsaml",
    "label": "Quill",
    "status": "ACTIVE",
    "signOnMode": "SAML_2_0",
    "created": "2025-01-02T03:04:05.000Z",
    "lastUpdated": "2025-06-07T08:09:10.000Z",
    "features": ["PUSH_NEW_USERS", "IMPORT_NEW_USERS"],
    "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": True}},
    "settings": {
        "app": {"url": "https://acme.quill.example"},
        "signOn": {"audience": "https://quill.example/saml", "ssoAcsUrl": "https://quill.example/acs"},
    },
    "_links": {"logo": []},
}


def apps(without=(), **changed):
    return list(app(raw({k: v for k, v in (APP | changed).items() if k not in without}), CONTEXT))


def test_an_app_is_a_registration_with_all_that_names_it():
    found = only(apps())

    assert (found.stream, found.kind, found.native_id, found.seen_at) == ("apps", SignalKind.REGISTRATION, "0oa1", READ)
    assert found.app.named() == {
        "app_id": "0oa1",
        "catalog_key": "quillsaml",
        "label": "Quill",
        "entity_id": "https://quill.example/saml",
        "url": "https://acme.quill.example",
    }
    assert found.facts == {
        "status": "ACTIVE",
        "sign_on": "SAML_2_0",
        "method": "saml",
        "hidden": True,
        "features": ("IMPORT_NEW_USERS", "PUSH_NEW_USERS"),
        "created_at": "2025-01-02T03:04:05Z",
        "updated_at": "2025-06-07T08:09:10Z",
    }


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"app": {"siteURL": "https://x.example"}}, "https://x.example"),
        ({"app": {"baseUrl": "https://x.example"}}, "https://x.example"),
        ({"app": {"loginURL": "https://x.example"}}, "https://x.example"),
        ({"app": {"url": "acme"}, "signOn": {"ssoAcsUrl": "https://y.example/acs"}}, "https://y.example/acs"),
        ({"signOn": {"destination": "https://y.example"}}, "https://y.example"),
        ({"oauthClient": {"client_uri": "https://z.example"}}, "https://z.example"),
        ({"app": {"url": None}, "signOn": None}, None),
        ({"app": [], "signOn": "x"}, None),
        (None, None),
        ("x", None),
    ],
)
def test_the_address_of_an_app_is_wherever_its_catalogue_key_keeps_it(settings, url):
    assert only(apps(settings=settings)).app.url == url


@pytest.mark.parametrize(
    ("uris", "redirect"),
    [
        (["https://quill.example/cb", "https://other.example"], "https://quill.example/cb"),
        ([None, "", "https://quill.example/cb"], "https://quill.example/cb"),
        ([], None),
        (None, None),
        ("https://quill.example/cb", None),
        (5, None),
    ],
)
def test_an_openid_app_names_where_it_leads_back_to(uris, redirect):
    found = only(apps(signOnMode="OPENID_CONNECT", settings={"oauthClient": {"redirect_uris": uris}}))

    assert (found.app.redirect_uri, found.facts["method"]) == (redirect, "oidc")


def test_an_app_of_which_only_the_least_is_known_is_still_one():
    found = only(apps(without=["name", "created", "lastUpdated", "features", "visibility", "settings"]))

    assert found.app.named() == {"app_id": "0oa1", "label": "Quill"}
    assert found.facts == {"status": "ACTIVE", "sign_on": "SAML_2_0", "method": "saml"}


@pytest.mark.parametrize("odd", [{"visibility": {"hide": {"web": "no"}}}, {"visibility": []}, {"created": "redacted"}])
def test_what_is_odd_about_an_app_is_left_out(odd):
    (name,) = odd
    fact = {"visibility": "hidden", "created": "created_at"}[name]

    assert fact not in only(apps(**odd)).facts


@pytest.mark.parametrize("field", ["id", "label", "status", "signOnMode"])
def test_what_lacks_a_field_that_every_app_has_is_none(field):
    with pytest.raises(Malformed):
        apps(without=[field])
    with pytest.raises(Malformed):
        apps(**{field: None})


@pytest.mark.parametrize("field", ["id", "label"])
def test_an_app_without_an_id_or_a_label_is_malformed(field):
    with pytest.raises(Malformed, match=field):
        apps(**{field: " "})


USER = {
    "id": "00uana",
    "status": "ACTIVE",
    "created": "2024-01-01T00:00:00.000Z",
    "statusChanged": "2025-05-05T05:05:05.000Z",
    "lastLogin": "2026-03-01T10:00:00.000Z",
    "profile": {
        "login": "ana.ruiz@acme.example",
        "email": "ana@acme.example",
        "secondEmail": "ana.private@mail.example",
        "mobilePhone": "+49 151 000",
        "firstName": "Ana",
        "lastName": "Ruiz",
        "department": "Marketing",
        "division": "EMEA",
        "costCenter": "CC-7",
        "organization": "Acme",
        "title": "Head of Brand",
        "userType": "employee",
    },
    "credentials": {"recovery_question": {"question": "q"}},
}


def users(without=(), profile=None, **changed):
    kept = {k: v for k, v in (USER["profile"] | (profile or {})).items() if k not in without}
    made = {k: v for k, v in (USER | {"profile": kept} | changed).items() if k not in without}
    return list(user(raw(made), CONTEXT))


def test_a_user_is_a_person_with_units():
    found = only(users())

    assert (found.stream, found.kind, found.native_id, found.app) == ("users", SignalKind.PERSON, "00uana", None)
    assert (found.actor.address, found.actor.name, found.actor.aliases) == (
        "ana@acme.example",
        "Ana Ruiz",
        ("ana.ruiz@acme.example",),
    )
    assert found.facts == {
        "department": "Marketing",
        "division": "EMEA",
        "cost_center": "CC-7",
        "unit": "Acme",
        "title": "Head of Brand",
        "person_type": "employee",
        "status": "active",
        "created_at": "2024-01-01T00:00:00Z",
        "last_sign_in_at": "2026-03-01T10:00:00Z",
    }


def test_the_private_address_and_the_telephone_are_kept_out():
    told = repr(users())

    assert "mail.example" not in told
    assert "151" not in told


def test_a_user_with_the_least_of_a_profile_is_still_one():
    found = only(list(user(raw({"id": "00u1", "status": "STAGED", "profile": {"login": "x@acme.example"}}), CONTEXT)))

    assert (found.actor.address, found.actor.name, found.actor.aliases) == ("x@acme.example", None, ())
    assert found.facts == {"status": "staged"}


@pytest.mark.parametrize("email", [None, "", "null"])
def test_without_an_address_the_login_is_it(email):
    assert only(users(profile={"email": email})).actor.address == "ana.ruiz@acme.example"


def test_a_login_that_is_no_address_is_no_alias():
    assert only(users(profile={"login": "ana.ruiz"})).actor.aliases == ()


@pytest.mark.parametrize("status", ["DEPROVISIONED", "SUSPENDED"])
def test_who_left_is_kept_with_the_day(status):
    facts = only(users(status=status)).facts

    assert (facts["status"], facts["left_at"]) == (status.lower(), "2025-05-05T05:05:05Z")


@pytest.mark.parametrize("status", ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY", "STAGED", "PROVISIONED"])
def test_who_did_not_leave_has_no_such_day(status):
    assert "left_at" not in only(users(status=status)).facts


@pytest.mark.parametrize("field", ["id", "status", "profile", "login"])
def test_what_lacks_a_field_that_every_user_has_is_none(field):
    with pytest.raises(Malformed):
        users(without=[field])


def test_absent_names_are_absent():
    blank = dict.fromkeys(("department", "division", "costCenter", "organization", "title", "userType"), "")
    missing = dict.fromkeys(("firstName", "lastName", "lastLogin"))

    found = only(users(profile=blank | missing, lastLogin=None))

    assert found.actor.name is None
    assert found.facts.keys() == {"status", "created_at"}


CONTENTS = {"okta-system-log": SIGN_IN, "okta-apps": APP, "okta-users": USER}


@pytest.mark.parametrize("given_as", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("kind", CONTENTS)
def test_records_given_as_another_format_yield_nothing(given_as, kind):
    if kind == given_as.name:
        pytest.skip("this one is right")

    try:
        found, bad = read(given_as, [CONTENTS[kind]] * 3)
    except WrongFormat:
        return

    assert (found, bad) == ([], [1, 2, 3])


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"a,b\n1,2\n", b"<html></html>", b"<?xml version='1.0'?><a/>", b"42"]
)
def test_what_is_no_json_of_records_is_another_format(fmt, content):
    with pytest.raises(WrongFormat):
        read(fmt, content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*SIGN_IN, *APP, *USER, "type", "login", "app", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*SIGN_IN, *APP, *USER, "eventtype", "x"]), JSON, max_size=8))
def test_no_object_makes_a_translator_raise_anything_but_malformed(record):
    for base in ({}, SIGN_IN, APP, USER):
        for translate in (log_event, app, user):
            try:
                made = list(translate(raw(base | record), CONTEXT))
            except Malformed:
                continue
            assert all(s.native_id and s.seen_at.tzinfo for s in made)


@given(st.text(max_size=4000))
def test_hostile_names_survive(name):
    found = signals(event(target=[target(displayName=name, alternateId=None)]))

    assert only(found).app.label in {None, name.strip()}


def test_every_stream_says_what_it_needs_and_what_it_is():
    for stream in (SIGN_INS, APP_EVENTS, APPS, USERS):
        assert stream.permissions
        assert stream.remedy
    assert {s.mode for s in (SIGN_INS, APP_EVENTS)} == {Mode.EVENTS}
    assert SIGN_INS.retention.days == 90
    assert {s.mode for s in (APPS, USERS)} == {Mode.SNAPSHOT}


@pytest.mark.parametrize(
    ("file", "fmt", "apps", "malformed"),
    [
        # One of its five apps stands in an event alone that comes with every sign-on; two lack the id or the type.
        ("sso/panther_okta_systemlog.jsonl", LOG, 4, 2),
        # Its one app is named by a session start at Okta itself, which is no sign-in to a tool.
        ("sso/okta_dev_docs_events.jsonl", LOG, 0, 0),
        ("inventory/okta_dev_docs_apps.json", APPS_FORMAT, 2, 0),
    ],
)
def test_real_records_are_read(file, fmt, apps, malformed):
    if not DATA.exists():
        pytest.skip("the shared real data is not here")

    try:
        found, bad = read(fmt, (DATA / file).read_bytes())
    except Interrupted:
        pytest.fail("the file was taken for a broken one")

    assert (len({s.app.key() for s in found}), len(bad)) == (apps, malformed)


def test_real_users_keep_no_private_address():
    if not DATA.exists():
        pytest.skip("the shared real data is not here")

    found, _ = read(USERS_FORMAT, [USER])

    assert "private" not in repr(found)
