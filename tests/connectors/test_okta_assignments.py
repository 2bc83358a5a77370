"""Okta's parts of an app, as files: who is assigned, which groups, which rights."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats import Context
from connectors.okta_assignments import FORMATS, app_group, app_user, grant, refresh_token
from connectors.registry import FORMATS as KNOWN
from model.errors import Malformed
from model.signal import SignalKind
from model.stream import Mode

READ = datetime(2026, 3, 10, 8, tzinfo=UTC)
CONTEXT = Context(source="okta", read_at=READ, now=READ)
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
APP = {"app": {"href": "https://acme.okta.com/api/v1/apps/0oa1"}}
USER = {
    "id": "00uana",
    "scope": "GROUP",
    "status": "PROVISIONED",
    "created": "2025-02-03T04:05:06.000Z",
    "credentials": {"userName": "ana@acme.example"},
    "profile": {"secretQuestion": "hush"},
    "_links": APP,
}
GROUP = {"id": "00g1", "priority": 0, "_links": APP, "_embedded": {"group": {"profile": {"name": "Marketing"}}}}
GRANT = {"id": "oag1", "scopeId": "okta.users.read", "clientId": "0oa1", "source": "ADMIN", "status": "ACTIVE"}

TOKEN = {
    "id": "oar1",
    "status": "ACTIVE",
    "expiresAt": "2026-05-01T00:00:00.000Z",
    "clientId": "canva-client",
    "userId": "00uana",
    "scopes": ["openid", "offline_access", "openid"],
    "_links": {"self": {"href": "https://acme.okta.com/api/v1/apps/0oa2/tokens/oar1"}},
}


def one(translate, record, **changed):
    (found,) = translate(json.dumps(record | changed).encode(), CONTEXT)
    return found


def test_a_person_of_an_app_is_an_assignment():
    found = one(app_user, USER)

    assert (found.stream, found.kind, found.native_id) == ("app_users", SignalKind.ASSIGNMENT, "0oa1/00uana")
    assert found.app.named() == {"app_id": "0oa1"}
    assert (found.actor.native_id, found.actor.address) == ("00uana", "ana@acme.example")
    assert found.facts == {"via": "group", "status": "provisioned", "created_at": "2025-02-03T04:05:06Z"}
    assert "hush" not in repr(found)


def test_a_direct_assignment_without_more_says_no_more():
    found = one(app_user, {"id": "00u1", "scope": "USER", "_links": APP})

    assert found.facts == {"via": "user"}
    assert found.actor.address is None


def test_a_login_that_is_no_address_is_none():
    assert one(app_user, USER, credentials={"userName": "ana"}).actor.address is None


def test_a_group_of_an_app_names_nobody():
    found = one(app_group, GROUP)

    assert (found.native_id, found.actor, found.facts) == ("0oa1/00g1", None, {"via": "group Marketing"})
    assert one(app_group, GROUP, _embedded=None).facts == {"via": "group"}


def test_the_link_of_the_part_itself_names_the_app_too():
    links = {"self": {"href": "https://acme.okta.com/api/v1/apps/0oa7/groups/00g1"}}

    assert one(app_group, GROUP, _links=links).app.app_id == "0oa7"


def test_a_grant_is_one_right_that_an_app_holds():
    found = one(grant, GRANT)

    assert (found.kind, found.native_id, found.actor) == (SignalKind.GRANT, "oag1", None)
    assert found.facts == {"scopes": ("okta.users.read",), "consent": "admin", "state": "granted"}
    assert found.app.named() == {"app_id": "0oa1", "client_id": "0oa1"}


def test_a_grant_of_a_person_names_the_person():
    found = one(grant, GRANT, source="END_USER", userId="00uana", status="REVOKED")

    assert (found.actor.native_id, found.facts["consent"], found.facts["state"]) == ("00uana", "user", "revoked")


def test_a_refresh_token_is_lasting_access_of_an_app_in_a_person_s_name():
    found = one(refresh_token, TOKEN)

    assert (found.stream, found.kind, found.native_id) == ("refresh_tokens", SignalKind.GRANT, "oar1")
    assert found.app.named() == {"app_id": "0oa2", "client_id": "canva-client"}
    assert found.actor.native_id == "00uana"
    assert found.facts == {"scopes": ("offline_access", "openid"), "state": "granted"}


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"status": "REVOKED"}, "revoked"),
        ({"expiresAt": "2026-03-10T08:00:00.000Z"}, "revoked"),
        ({"expiresAt": "2026-03-10T08:00:01.000Z"}, "granted"),
        ({"expiresAt": None}, "granted"),
        ({"expiresAt": "some day"}, "granted"),
        ({"status": None}, "granted"),
    ],
)
def test_a_refresh_token_lasts_until_it_is_revoked_or_ends(changed, state):
    assert one(refresh_token, TOKEN, **changed).facts["state"] == state


def test_a_refresh_token_without_a_person_or_links_names_its_client():
    found = one(refresh_token, TOKEN, userId=None, _links=None)

    assert found.actor is None
    assert found.app.app_id == "canva-client"


@pytest.mark.parametrize(
    ("translate", "record"),
    [
        (refresh_token, GRANT),
        (refresh_token, TOKEN | {"id": ""}),
        (refresh_token, TOKEN | {"scopes": "hush"}),
        (refresh_token, TOKEN | {"clientId": None, "_links": None}),
        (app_user, USER | {"_links": None}),
        (app_user, USER | {"_links": {"app": {"href": "https://acme.okta.com/api/v1/users/1"}}}),
        (app_user, USER | {"id": " "}),
        (app_user, {"hush": 1}),
        (app_group, {"id": "00g1"}),
        (grant, GRANT | {"scopeId": ""}),
        (grant, GRANT | {"clientId": None}),
        (grant, GRANT | {"id": {"hush": 1}}),
    ],
)
def test_what_lacks_an_id_or_an_app_is_malformed_and_not_quoted(translate, record):
    with pytest.raises(Malformed) as caught:
        list(translate(json.dumps(record).encode(), CONTEXT))

    assert "hush" not in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*USER, *GROUP, *GRANT, *TOKEN]), inner)
    ),
)


_TRANSLATORS = st.sampled_from([app_user, app_group, grant, refresh_token])
_RECORDS = st.sampled_from([USER, GROUP, GRANT, TOKEN])


@given(_TRANSLATORS, _RECORDS, _JSON)
def test_no_record_breaks_a_translator(translate, record, odd):
    changed = record | odd if isinstance(odd, dict) else odd
    try:
        found = list(translate(json.dumps(changed).encode(), CONTEXT))
    except Malformed:
        return
    assert all(signal.native_id for signal in found)


@given(_TRANSLATORS, _RECORDS, _JSON)
def test_the_same_record_twice_is_the_same_signal(translate, record, odd):
    changed = json.dumps(record | odd if isinstance(odd, dict) else odd).encode()
    try:
        first = list(translate(changed, CONTEXT))
    except Malformed:
        return

    assert list(translate(changed, CONTEXT)) == first


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_a_format_is_registered_and_reads_its_file(fmt):
    with (FIXTURES / f"{fmt.name}.json").open("rb") as file:
        found = [s for item in fmt.read(io.BytesIO(file.read()), CONTEXT) for s in fmt.translate(item.data, CONTEXT)]

    assert KNOWN[fmt.name] is fmt
    assert len(found) == 2
    assert {s.stream for s in found} == {fmt.streams[0].name}
    assert fmt.streams[0].mode is Mode.SNAPSHOT
    assert fmt.streams[0].permissions
