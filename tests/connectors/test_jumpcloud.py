"""JumpCloud: its events, apps, assignments and people, in all the shapes in which they are saved."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import AccessDenied, WrongFormat
from model.signal import Actor, AppIdentity, SignalKind
from tests.connectors.reading import SAVED, lines, read

SSO = {
    "id": "65e2",
    "timestamp": "2026-03-02T08:00:00.812449824Z",
    "event_type": "sso_auth",
    "service": "sso",
    "sso_token_success": True,
    "mfa": True,
    "error_message": "",
    "initiated_by": {"id": "60a1", "type": "user", "username": "ana"},
    "application": {
        "id": "5f01",
        "name": "quill",
        "display_label": "Quill",
        "sso_type": "saml",
        "sso_url": "https://x",
    },
}
USER = {"name": "ana@acme.example", "type": "user", "object_id": "60a1"}
GROUP = {"name": "Marketing", "type": "user_group", "object_id": "90a1"}
APP = {"name": "Doodlet", "type": "application", "object_id": "5f02"}
NAMES = ("jumpcloud-events", "jumpcloud-apps", "jumpcloud-assignments", "jumpcloud-users")


def events(*changed, of=SSO):
    return read("jumpcloud-events", lines(*(of | change for change in changed)))


def association(one, other, op="add", success=True):
    link = {"op": op, "connection": {"from": one, "to": other}}
    return SSO | {"event_type": "association_change", "association": link, "success": success}


def test_a_list_of_events_gives_sign_ins_and_assignments():
    found = read("jumpcloud-events", "jumpcloud-events.json")

    assert [(s.native_id[-1], s.stream, s.facts) for s in found.signals] == [
        ("1", "sign_ins", {"method": "saml", "success": True, "second_factor": True}),
        ("2", "sign_ins", {"method": "oidc", "success": False, "reason": "not authorized"}),
        ("4", "app_events", {"state": "added", "via": "user"}),
    ]
    assert found.bad == []


def test_a_sign_in_says_who_and_where_and_when():
    found = events({}).one()

    assert found.app == AppIdentity(app_id="5f01", catalog_key="quill", label="Quill")
    assert found.actor == Actor(native_id="60a1", name="ana")
    assert found.seen_at == datetime(2026, 3, 2, 8, 0, 0, 812449, tzinfo=UTC)


@pytest.mark.parametrize("connector", ["custom-oidc", "saml2", "bookmark", "JumpCloud", "generic"])
def test_a_connector_for_any_app_is_no_key_of_the_catalogue(connector):
    assert events({"application": SSO["application"] | {"name": connector}}).one().app.catalog_key is None


def test_an_app_without_a_label_is_called_by_its_connector():
    assert events({"application": {"id": "5f01", "name": "quill", "display_label": ""}}).one().app.label == "quill"


@pytest.mark.parametrize("kind", ["user_login_attempt", "admin_login_attempt", "radius_auth_attempt", "user_update"])
def test_signing_in_to_jumpcloud_itself_yields_nothing(kind):
    found = events({"event_type": kind})

    assert (found.signals, found.bad) == ([], [])


def test_an_older_event_says_success_by_another_name():
    event = {k: v for k, v in SSO.items() if k != "sso_token_success"}

    assert events({"success": False, "error_message": "no"}, of=event).one().facts == {
        "method": "saml",
        "success": False,
        "reason": "no",
    }


@pytest.mark.parametrize("ends", [(USER, APP), (APP, USER)])
@pytest.mark.parametrize(("op", "state"), [("add", "added"), ("remove", "removed")])
def test_a_person_is_given_an_app_or_loses_it(ends, op, state):
    found = read("jumpcloud-events", lines(association(*ends, op))).one()

    assert (found.kind, found.facts) == (SignalKind.ASSIGNMENT, {"state": state, "via": "user"})
    assert found.app == AppIdentity(app_id="5f02", label="Doodlet")
    assert found.actor == Actor(native_id="60a1", address="ana@acme.example", name="ana@acme.example")


def test_a_groups_assignment_names_no_person():
    found = read("jumpcloud-events", lines(association(GROUP, APP))).one()

    assert (found.actor, found.facts["via"]) == (None, "group")


@pytest.mark.parametrize(
    "event",
    [association(USER, {"type": "system"}), association(USER, APP, "move"), association(USER, APP, success=False)],
)
def test_other_ties_yield_nothing(event):
    found = read("jumpcloud-events", lines(event))

    assert (found.signals, found.bad) == ([], [])


def test_a_change_of_an_app_is_an_audit_event():
    change = {"event_type": "application_delete", "resource": {"id": "5f01", "type": "application", "name": "quill"}}
    found = events(change | {"application": None, "success": True}).one()

    assert (found.kind, found.facts) == (SignalKind.AUDIT_EVENT, {"action": "application_delete", "success": True})
    assert found.app == AppIdentity(app_id="5f01", label="quill")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"application": {"id": "", "name": "", "display_label": ""}}, "the sign-in names no app"),
        ({"application": None}, "the sign-in names no app"),
        ({"sso_token_success": None}, "no sso_token_success"),
        ({"id": None}, "no id"),
        ({"timestamp": None}, "no time"),
        ({"event_type": None}, "not an event"),
        ({"initiated_by": "ana"}, "initiated_by"),
    ],
)
def test_an_odd_event_is_put_aside_and_the_rest_goes_on(change, reason):
    found = events({}, change)

    assert len(found.signals) == 1
    (told,) = found.bad
    assert reason in told


@pytest.mark.parametrize(
    "data", [lines(SSO, SSO), json.dumps([SSO, SSO]).encode(), json.dumps([SSO, SSO], indent=1).encode()]
)
def test_all_shapes_give_the_same(data):
    assert [s.native_id for s in read("jumpcloud-events", data).signals] == ["65e2", "65e2"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (
            {"message": "Unauthorized: api key invalid", "code": 16, "status": "UNAUTHENTICATED"},
            "JumpCloud UNAUTHENTICATED",
        ),
        ({"message": "Forbidden"}, "JumpCloud forbidden"),
        ({"error": "Unauthorized: api key invalid", "message": "Unauthorized"}, "JumpCloud unauthorized"),
    ],
)
def test_a_saved_error_answer_is_a_refusal(name, answer, code):
    with pytest.raises(AccessDenied) as caught:
        read(name, answer)

    assert caught.value.permission == code


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [[{"id": "1", "x": "y"}], b"<html></html>", b"", b"id;name\n"])
def test_what_is_none_of_them_is_refused_whole(name, data):
    with pytest.raises(WrongFormat):
        read(name, data)


def test_apps_say_where_they_lead_and_how_one_signs_in():
    quill, doodlet = read("jumpcloud-apps", "jumpcloud-apps.json").signals

    assert quill.app == AppIdentity(
        app_id="5f01",
        catalog_key="quill",
        entity_id="https://app.quill.example",
        url="https://app.quill.example/acs",
        label="Quill for Marketing",
    )
    assert quill.facts == {
        "status": "active",
        "sign_on": "saml",
        "method": "saml",
        "hidden": False,
        "created_at": "2025-01-02T03:04:05Z",
    }
    assert (doodlet.app.catalog_key, doodlet.facts["status"], doodlet.facts["method"]) == (None, "inactive", "oidc")


def test_people_have_departments_and_no_private_address():
    ana, bo = read("jumpcloud-users", "jumpcloud-users.json").signals

    assert ana.actor == Actor(native_id="60a1", address="ana@acme.example", name="Ana Ruiz")
    assert ana.facts == {
        "department": "Marketing",
        "cost_center": "M-1",
        "title": "Manager",
        "person_type": "Contractor",
        "unit": "Acme",
        "status": "activated",
        "second_factor": True,
        "created_at": "2024-05-06T07:08:09Z",
    }
    assert (bo.actor.aliases, bo.facts) == (("bo@acme.example",), {"status": "suspended"})


def test_who_has_an_app_is_told_with_the_way():
    direct, by_group = read("jumpcloud-assignments", "jumpcloud-assignments.jsonl").signals

    assert (direct.native_id, direct.app, direct.actor) == (
        "5f01:60a1",
        AppIdentity(app_id="5f01"),
        Actor(native_id="60a1"),
    )
    assert (direct.facts, by_group.facts, direct.seen_at) == ({"via": "user"}, {"via": "group"}, SAVED)


def test_an_assignment_of_something_else_is_put_aside():
    held = {"application_id": "5f01", "id": "60a1", "type": "user"}

    found = read("jumpcloud-assignments", [held, held | {"type": "user_group"}, held | {"id": " "}])

    assert found.one().facts == {}
    assert found.bad == ["not a person's holding of an app: type is not user", "no id"]


@pytest.mark.parametrize(("total", "more"), [(2, False), (3, True)])
def test_a_listing_that_lacks_some_of_all_says_so(total, more):
    users = [{"_id": i, "username": f"u{i}", "email": f"u{i}@acme.example"} for i in "12"]

    assert read("jumpcloud-users", {"totalCount": total, "results": users}).pages == [more]


def test_pages_in_one_file_make_up_the_whole():
    pages = [
        {"totalCount": 2, "results": [{"_id": i, "username": f"u{i}", "email": f"u{i}@acme.example"}]} for i in "12"
    ]

    found = read("jumpcloud-users", lines(*pages))

    assert (len(found.signals), found.pages) == (2, [False])


ODD: st.SearchStrategy[Any] = st.none() | st.booleans() | st.text() | st.integers() | st.just({}) | st.just([])


@given(st.dictionaries(st.sampled_from([*SSO, "association", "success"]), ODD))
def test_no_event_whatever_it_holds_stops_the_others(change):
    found = events({}, change)

    assert 1 <= len(found.signals) <= 2
    assert len(found.signals) + len(found.bad) <= 2


@given(st.dictionaries(st.sampled_from(["type", "object_id", "name"]), ODD))
def test_no_tie_whatever_it_holds_stops_the_others(end):
    found = read("jumpcloud-events", lines(SSO, association(end, APP), association(USER, end)))

    assert 1 <= len(found.signals) <= 3


@given(st.text(min_size=1))
def test_hostile_names_survive_as_they_are(name):
    found = events({"application": {"id": "5f01", "display_label": name}}).one()

    assert (found.app.app_id, found.app.label in {name.strip(), None}) == ("5f01", True)
