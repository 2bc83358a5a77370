"""Duo: both shapes of both logs, and what is no sign-in to an application."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import AccessDenied, WrongFormat
from model.signal import Actor, AppIdentity, SignalKind
from tests.connectors.reading import lines, read

AUTH = {
    "application": {"key": "DIQUILL", "name": "Quill"},
    "email": "ana@acme.example",
    "event_type": "authentication",
    "factor": "duo_push",
    "isotimestamp": "2026-03-02T08:00:00.351346+00:00",
    "reason": "user_approved",
    "result": "success",
    "timestamp": 1772438400,
    "txid": "340a23e3",
    "user": {"key": "DUANA", "name": "ana", "groups": []},
}
OLD = {
    "timestamp": 1772438400,
    "eventtype": "authentication",
    "host": "api-x.duosecurity.com",
    "username": "ana",
    "factor": "Duo Push",
    "result": "SUCCESS",
    "reason": "User approved",
    "integration": "Quill",
    "ip": "198.51.100.7",
    "new_enrollment": False,
}
ADMIN = {
    "action": "integration_create",
    "description": '{"name": "Quill"}',
    "isotimestamp": "2026-03-01T10:00:00+00:00",
    "object": "Quill",
    "timestamp": 1772359200,
    "username": "Ida Admin",
}


def logs(*changed, of=AUTH):
    return read("duo-logs", lines(*(of | change for change in changed)))


def test_a_page_of_authentications_leaves_out_enrolments():
    found = read("duo-logs", "duo-authentication.json")

    assert [s.facts for s in found.signals] == [
        {"method": "unknown", "success": True, "second_factor": True},
        {"method": "unknown", "success": False, "reason": "user_marked_fraud"},
        {"method": "unknown", "success": True},
    ]
    assert found.bad == []


def test_an_authentication_says_who_and_where_and_when():
    found = logs({}).one()

    assert (found.stream, found.kind, found.native_id) == ("sign_ins", SignalKind.SIGN_IN, "340a23e3")
    assert found.app == AppIdentity(app_id="DIQUILL", label="Quill")
    assert found.actor == Actor(native_id="DUANA", address="ana@acme.example", name="ana")
    assert found.seen_at == datetime(2026, 3, 2, 8, 0, 0, 351346, tzinfo=UTC)


def test_the_first_version_has_other_names_and_no_ids():
    found = logs({}, of=OLD).one()

    assert found.app == AppIdentity(label="Quill")
    assert found.actor == Actor(native_id="ana", name="ana")
    assert found.facts == {"method": "unknown", "success": True, "second_factor": True}
    assert found.seen_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.native_id.startswith("~")


def test_records_without_ids_are_told_apart_and_known_again():
    first, second = logs({}, {"timestamp": 1772438401}, of=OLD).signals
    (again,) = read("duo-logs", json.dumps([dict(reversed(OLD.items()))], indent=1).encode()).signals

    assert first.native_id != second.native_id
    assert first == again


@pytest.mark.parametrize(
    "factor", ["duo_push", "verified_duo_push", "Phone Call", "webauthn_security_key", "yubikey_code"]
)
def test_a_factor_that_was_shown_is_a_second_factor(factor):
    assert logs({"factor": factor}).one().facts["second_factor"] is True


@pytest.mark.parametrize(
    "factor", ["remembered_device", "trusted_network", "bypass_code", "n/a", "not_available", None, 3]
)
def test_what_was_not_shown_is_none(factor):
    assert "second_factor" not in logs({"factor": factor}).one().facts


@pytest.mark.parametrize("result", ["denied", "fraud", "error", "FAILURE"])
def test_failures_are_told_apart_and_prove_no_factor(result):
    found = logs({"result": result}).one().facts

    assert (found["success"], "second_factor" in found, found["reason"]) == (False, False, "user_approved")


def test_a_user_name_that_is_an_address_is_one():
    assert logs({"email": "", "user": {"key": "DUBO", "name": "bo@acme.example"}}).one().actor == Actor(
        native_id="DUBO", address="bo@acme.example", name="bo@acme.example"
    )


def test_what_administrators_do_to_applications_is_an_audit_event():
    found = read("duo-logs", "duo-administrator.json").one()

    assert (found.stream, found.kind) == ("app_events", SignalKind.AUDIT_EVENT)
    assert (found.app, found.actor.name) == (AppIdentity(label="Quill"), "Ida Admin")
    assert found.facts == {"action": "integration_create", "success": True}


@pytest.mark.parametrize("change", [{"action": "admin_login"}, {"action": "user_update"}, {"object": None}])
def test_what_concerns_no_application_yields_nothing(change):
    found = logs(change, of=ADMIN)

    assert (found.signals, found.bad) == ([], [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"application": {}}, "the authentication names no application"),
        ({"application": None}, "the authentication names no application"),
        ({"result": None}, "no result"),
        ({"isotimestamp": None, "timestamp": None}, "no time"),
        ({"isotimestamp": "redacted"}, "the time is in no known spelling"),
        ({"event_type": "telephony"}, "neither an authentication nor an administrator's action"),
        ({"user": "ana"}, "user"),
    ],
)
def test_an_odd_record_is_put_aside_and_the_rest_goes_on(change, reason):
    found = logs({}, change)

    assert len(found.signals) == 1
    (told,) = found.bad
    assert reason in told


@pytest.mark.parametrize(
    "data",
    [
        lines(AUTH, ADMIN),
        json.dumps([AUTH, ADMIN]).encode(),
        json.dumps({"authlogs": [AUTH, ADMIN], "metadata": {"next_offset": ["1", "x"]}}).encode(),
        json.dumps({"response": {"authlogs": [AUTH, ADMIN]}, "stat": "OK"}).encode(),
        json.dumps({"response": [AUTH, ADMIN], "stat": "OK"}, indent=2).encode(),
        lines({"response": [AUTH], "stat": "OK"}, {"response": [ADMIN], "stat": "OK"}),
    ],
)
def test_all_shapes_give_the_same(data):
    assert [s.stream for s in read("duo-logs", data).signals] == ["sign_ins", "app_events"]


def test_an_empty_page_is_no_fault():
    assert read("duo-logs", {"stat": "OK", "response": {"authlogs": [], "metadata": {}}}).signals == []


def test_a_page_of_other_things_gives_them_up_by_number():
    assert read("duo-logs", {"stat": "OK", "response": [AUTH, 3]}).bad == ["it is not an object"]


@pytest.mark.parametrize(("code", "lacking"), [(40301, True), (40103, False), (42901, False)])
def test_a_saved_error_answer_is_a_refusal(code, lacking):
    with pytest.raises(AccessDenied) as caught:
        read("duo-logs", {"code": code, "message": "Invalid signature for ana", "stat": "FAIL"})

    assert (caught.value.permission, caught.value.lacking) == (f"Duo {code}", lacking)
    assert "ana" not in str(caught.value)


@pytest.mark.parametrize("data", [[{"action": "x", "actor": "y"}], [{"event_type": "sso_auth"}], b"<html></html>", b""])
def test_what_is_neither_log_is_refused_whole(data):
    with pytest.raises(WrongFormat):
        read("duo-logs", data)


ODD: st.SearchStrategy[Any] = st.none() | st.booleans() | st.text() | st.integers() | st.just({}) | st.just([])


@given(st.dictionaries(st.sampled_from([*AUTH, "action", "eventtype"]), ODD))
def test_no_record_whatever_it_holds_stops_the_others(change):
    found = logs({}, change)

    assert 1 <= len(found.signals) <= 2
    assert len(found.signals) + len(found.bad) <= 2


@given(st.text(min_size=1))
def test_hostile_names_survive_as_they_are(name):
    found = logs({"application": {"key": "DIX", "name": name}}).one()

    assert (found.app.app_id, found.app.label in {name.strip(), None}) == ("DIX", True)
