"""OneLogin: the shapes that its events, apps and people come in, and what is not taken for one of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.onelogin import ACCOUNTS, ACTIONS, EVENT_TYPES, SIGN_IN_TYPES
from model.errors import AccessDenied, Interrupted, WrongFormat
from model.signal import Actor, AppIdentity, SignalKind
from tests.connectors.reading import FIXTURES, SAVED, lines, read

EVENT = {
    "id": 6573,
    "created_at": "2026-03-02T08:00:00.000Z",
    "event_type_id": 8,
    "app_id": 442,
    "app_name": "Quill",
    "user_id": 91,
    "user_name": "Ana Ruiz",
}


def events(*changed):
    return read("onelogin-events", lines(*(EVENT | change for change in changed)))


def test_a_page_of_events_gives_sign_ins_accounts_and_requests():
    found = read("onelogin-events", "onelogin-events.json")

    assert [(s.native_id, s.stream, s.kind) for s in found.signals] == [
        ("6573", "sign_ins", SignalKind.SIGN_IN),
        ("6574", "sign_ins", SignalKind.SIGN_IN),
        ("6576", "app_events", SignalKind.ASSIGNMENT),
        ("6577", "app_events", SignalKind.AUDIT_EVENT),
    ]
    assert (found.bad, found.pages) == ([], [False])


def test_a_sign_in_says_who_and_where_and_when():
    found = events({}).one()

    assert found.app == AppIdentity(app_id="442", label="Quill")
    assert found.actor == Actor(native_id="91", name="Ana Ruiz")
    assert found.seen_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.facts == {"method": "unknown", "success": True}


@pytest.mark.parametrize(("kind", "success"), SIGN_IN_TYPES.items())
def test_failures_are_told_from_successes_with_their_reason(kind, success):
    found = events({"event_type_id": kind, "error_description": "Wrong password"}).one()

    assert found.kind is SignalKind.SIGN_IN
    assert found.facts["success"] is success
    assert found.facts.get("reason") == (None if success else "Wrong password")


@pytest.mark.parametrize("kind", [5, 6, 7, 13, 29, 72, 240, 179, 999999])
def test_signing_in_to_onelogin_itself_and_what_concerns_no_app_yield_nothing(kind):
    assert (events({"event_type_id": kind}).signals, events({"event_type_id": kind}).bad) == ([], [])


@pytest.mark.parametrize(("kind", "state"), ACCOUNTS.items())
def test_accounts_in_apps_are_assignments(kind, state):
    found = events({"event_type_id": kind}).one()

    assert (found.kind, found.facts) == (SignalKind.ASSIGNMENT, {"state": state})


@pytest.mark.parametrize(("kind", "said"), ACTIONS.items())
def test_what_else_happens_to_an_app_is_an_audit_event(kind, said):
    found = events({"event_type_id": kind}).one()

    assert (found.kind, found.facts) == (SignalKind.AUDIT_EVENT, {"action": said[0], "success": said[1]})


def test_numbers_and_texts_are_the_same_ids():
    number, text = (
        events({}).one(),
        events({"id": "6573", "event_type_id": "8", "app_id": "442", "user_id": "91"}).one(),
    )

    assert number == text


def test_a_webhook_writes_uuid_and_another_time():
    event = {k: v for k, v in EVENT.items() if k not in {"id", "created_at"}}

    found = read("onelogin-events", lines(event | {"uuid": "u-1", "event_timestamp": "2026-03-02 08:00:00 UTC"})).one()

    assert (found.native_id, found.seen_at) == ("u-1", datetime(2026, 3, 2, 8, tzinfo=UTC))


def test_an_event_without_an_id_has_one_of_its_content():
    event = {k: v for k, v in EVENT.items() if k != "id"}
    turned = dict(reversed(list(event.items()))) | {"ipaddr": "198.51.100.7"}

    first, again, other = (read("onelogin-events", lines(e)).one() for e in (event, turned, event | {"user_id": 92}))

    assert first.native_id == again.native_id != other.native_id
    assert first.native_id.startswith("~")


def test_an_address_in_place_of_a_name_is_an_address():
    assert events({"user_name": "ana@acme.example"}).one().actor == Actor(native_id="91", address="ana@acme.example")


def test_a_name_alone_is_nobody():
    assert events({"user_id": None}).one().actor is None


def test_who_assumed_a_person_is_the_one_who_signed_in():
    assert events({"assuming_acting_user_id": 7}).one().actor == Actor(native_id="7")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"app_id": None, "app_name": " "}, "the event names no app"),
        ({"created_at": None}, "no time"),
        ({"created_at": "soon"}, "the time is in no known spelling"),
        ({"event_type_id": None}, "no event_type_id: not an event"),
        ({"event_type_id": "eight"}, "no event_type_id: not an event"),
        ({"event_type_id": True}, "event_type_id"),
        ({"app_id": {}}, "app_id"),
    ],
)
def test_an_odd_event_is_put_aside_and_the_rest_goes_on(change, reason):
    found = events({}, change)

    assert len(found.signals) == 1
    (told,) = found.bad
    assert reason in told


@pytest.mark.parametrize("shape", ["page", "list", "lines", "page of text"])
def test_all_shapes_give_the_same(shape):
    made = [EVENT, EVENT | {"id": 6574}]
    page = {"status": {"error": False}, "pagination": {}, "data": made}
    data = {"page": json.dumps(page), "list": json.dumps(made), "lines": lines(*made).decode()}
    data["page of text"] = json.dumps(page, indent=2)

    assert [s.native_id for s in read("onelogin-events", data[shape].encode()).signals] == ["6573", "6574"]


def test_a_page_that_names_a_further_one_says_so():
    page = {"status": {"error": False}, "pagination": {"after_cursor": "bGlt", "next_link": None}, "data": [EVENT]}

    assert read("onelogin-events", page).pages == [True]


def test_what_is_cut_off_in_the_middle_is_interrupted():
    whole = json.dumps([EVENT, EVENT]).encode()

    with pytest.raises(Interrupted):
        read("onelogin-events", whole[:-30])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"statusCode": 401, "name": "UnauthorizedError", "message": "Unauthorized"}, "OneLogin 401 UnauthorizedError"),
        (
            {"status": {"error": True, "code": 403, "type": "Forbidden", "message": {"description": "x"}}},
            "OneLogin 403 Forbidden",
        ),
    ],
)
@pytest.mark.parametrize("name", ["onelogin-events", "onelogin-apps", "onelogin-users"])
def test_a_saved_error_answer_is_a_refusal(name, answer, code):
    with pytest.raises(AccessDenied) as caught:
        read(name, answer)

    assert caught.value.permission == code
    assert caught.value.lacking is ("403" in code)


@pytest.mark.parametrize("name", ["onelogin-events", "onelogin-apps", "onelogin-users"])
@pytest.mark.parametrize("data", [[{"id": 1, "name": "x"}], b"a,b\n1,2\n", b"<html></html>", b""])
def test_what_is_none_of_them_is_refused_whole(name, data):
    with pytest.raises(WrongFormat):
        read(name, data)


def test_apps_say_how_one_signs_in_and_whether_they_are_shown():
    quill, doodlet = read("onelogin-apps", "onelogin-apps.json").signals

    assert (quill.native_id, quill.app, quill.seen_at) == ("442", AppIdentity(app_id="442", label="Quill"), SAVED)
    assert quill.facts == {
        "sign_on": "saml",
        "method": "saml",
        "hidden": False,
        "created_at": "2025-01-02T03:04:05Z",
        "updated_at": "2025-02-02T03:04:05Z",
    }
    assert (doodlet.facts["method"], doodlet.facts["hidden"]) == ("oidc", True)


@pytest.mark.parametrize(
    ("how", "method"), [(0, "password"), (6, "password"), (7, "saml"), (1, "oidc"), (3, "api"), (4, "unknown")]
)
def test_methods_of_apps(how, method):
    assert read("onelogin-apps", [{"id": 1, "name": "A", "auth_method": how}]).one().facts["method"] == method


def test_an_app_that_does_not_say_how_one_signs_in_has_no_method():
    assert read("onelogin-apps", [{"id": 1, "connector_id": 2, "name": "A"}]).one().facts == {}


def test_people_have_department_status_and_all_their_addresses():
    ana, bo = read("onelogin-users", "onelogin-users.json").signals

    assert ana.actor == Actor(native_id="91", address="ana@acme.example", name="Ana Ruiz")
    assert ana.facts == {
        "department": "Marketing",
        "title": "Manager",
        "unit": "Acme",
        "status": "active",
        "created_at": "2024-05-06T07:08:09Z",
        "last_sign_in_at": "2026-03-02T07:59:00Z",
    }
    assert (bo.actor.address, bo.actor.aliases) == ("bo.lind@acme.example", ("bo@acme.example",))
    assert bo.facts["status"] == "suspended"


def test_a_person_without_any_address_is_put_aside():
    user = json.loads((FIXTURES / "onelogin-users.json").read_text())[0]

    found = read("onelogin-users", [user, user | {"email": "", "username": None}])

    assert (len(found.signals), found.bad) == (1, ["no email and no username"])


def test_pages_of_version_one_are_read_and_name_their_next():
    app = {"id": 1, "connector_id": 2, "name": "A"}
    page = {"status": {"error": False, "code": 200}, "pagination": {"next_link": "https://x"}, "data": [app]}

    found = read("onelogin-apps", page)

    assert (len(found.signals), found.pages) == (1, [True])


ODD: st.SearchStrategy[Any] = st.none() | st.booleans() | st.text() | st.integers() | st.just({}) | st.just([])


@given(st.text(min_size=1), st.sampled_from(EVENT_TYPES))
def test_hostile_names_survive_as_they_are(name, kind):
    found = read("onelogin-events", lines(EVENT | {"app_name": name, "event_type_id": kind})).one()

    assert found.app.app_id == "442"
    assert found.app.label in {name.strip(), None}


@given(st.dictionaries(st.sampled_from([*EVENT, "assuming_acting_user_id"]), ODD))
def test_no_event_whatever_it_holds_stops_the_others(change):
    found = events({}, change)

    assert 1 <= len(found.signals) <= 2
    assert len(found.signals) + len(found.bad) <= 2
