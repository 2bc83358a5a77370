"""An app with two ids in one source is one tool, in whatever order its files are read."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.signal import AppIdentity
from scanner.identifying import Evidence
from scanner.joining import joined
from tests.scanner.house import few_policies

OBJECT, APP = "59e617e5-0000-4adc-8b88-00af644d7c92", "65415bb1-9267-4313-bbf5-ae259732ee12"
SIGN_IN = {
    "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100",
    "createdDateTime": "2026-03-02T08:15:41Z",
    "userId": "u-ana",
    "userPrincipalName": "ana@acme.example",
    "appId": APP,
    "appDisplayName": "Zorbo",
    "status": {"errorCode": 0},
}
PRINCIPAL = {"id": OBJECT, "appId": APP, "displayName": "Zorbo", "tags": []}
GRANT = {"id": "g", "clientId": OBJECT, "consentType": "Principal", "principalId": "u-ben", "scope": "User.Read"}
CONSENT = {
    "id": "Directory_1",
    "activityDisplayName": "Consent to application",
    "activityDateTime": "2026-03-02T10:00:00Z",
    "result": "success",
    "initiatedBy": {"user": {"id": "u-ben", "userPrincipalName": "ben@acme.example"}},
    "targetResources": [{"id": OBJECT, "displayName": "Zorbo", "type": "ServicePrincipal"}],
    "additionalDetails": [{"key": "AppId", "value": APP}],
}
FILES = {
    "entra-signins": SIGN_IN,
    "entra-service-principals": PRINCIPAL,
    "entra-oauth2-grants": GRANT,
    "entra-audit": CONSENT,
}


@pytest.fixture
def pack():
    return few_policies


def ingest(house, *names):
    for name in names:
        house.ingest(name, house.write(f"{name}.json", json.dumps({"value": [FILES[name]]})))
    return house


def seen(house):
    return [
        (tool["name"], tool["provisional"], house.figures()[name]["people"]) for name, tool in house.tools().items()
    ]


@pytest.mark.parametrize(
    "names", list(itertools.permutations(["entra-signins", "entra-service-principals", "entra-oauth2-grants"]))
)
def test_a_grant_and_a_sign_in_are_one_tool_once_a_service_principal_tells_both_ids(house, names):
    assert seen(ingest(house, *names)) == [("Zorbo", 1, 2)]


def test_a_consent_tells_both_ids_too(house):
    assert seen(ingest(house, "entra-oauth2-grants", "entra-signins", "entra-audit")) == [("Zorbo", 1, 2)]


def test_without_both_ids_told_nothing_is_guessed(house):
    ingest(house, "entra-oauth2-grants", "entra-signins")

    assert house.tool_names() == sorted([OBJECT, "Zorbo"])


def test_the_same_ids_of_another_source_are_another_matter(house):
    ingest(house, "entra-signins", "entra-oauth2-grants")
    path = house.write("sp.json", json.dumps({"value": [PRINCIPAL]}))

    house.ingest("entra-service-principals", path, source="entra:daughter")

    assert OBJECT in house.tool_names()


def test_the_order_of_files_leaves_no_trace(make_house):
    pictures = []
    for names in (sorted(FILES), sorted(FILES, reverse=True)):
        house = ingest(make_house(), *names)
        house.rebuild()
        pictures.append((sorted(house.tools()), house.figures()))

    assert pictures[0] == pictures[1]


def test_what_was_ruled_of_a_grant_s_tool_holds_when_it_turns_out_to_be_a_known_app(house):
    ingest(house, "entra-oauth2-grants")
    (tool,) = house.tools()
    ingest(house, "entra-signins")
    other = next(name for name in house.tools() if name != tool)
    house.correct().merge(tool, other, "the same thing")
    house.derive_again()

    ingest(house, "entra-service-principals")

    assert list(house.tools()) == [other]


def test_a_split_of_one_of_the_identities_parts_that_one(house):
    ingest(house, "entra-signins", "entra-oauth2-grants", "entra-service-principals")

    house.correct().split(f"entra/app_id:{OBJECT}", None, "Another thing", "a different contract")
    house.derive_again()

    assert house.tool_names() == ["Another thing", "Zorbo"]


def evidence(number, app, *, registered=False, source="entra", software=True):
    return Evidence(number=number, source=source, key=app.key(), app=app, software=software, registered=registered)


def test_what_a_registration_says_stands_above_the_rest():
    found = joined(
        [
            evidence(1, AppIdentity(client_id="c", label="old name")),
            evidence(2, AppIdentity(app_id="o", client_id="c", label="new name"), registered=True),
        ]
    )

    assert {one.app for one in found} == {AppIdentity(app_id="o", client_id="c", label="new name")}
    assert [(one.key, one.own_key) for one in found] == [("client_id:c", "client_id:c"), ("client_id:c", "app_id:o")]


def test_money_alone_gains_from_what_shows_software():
    found = joined(
        [
            evidence(1, AppIdentity(client_id="c"), software=True),
            evidence(2, AppIdentity(app_id="o", client_id="c"), software=False),
        ]
    )

    assert [one.software for one in found] == [True, True]


@given(
    st.lists(
        st.builds(
            lambda app, client, source: (AppIdentity(app_id=app, client_id=client, label="x"), source),
            st.sampled_from([None, "a", "b"]),
            st.sampled_from([None, "c", "d"]),
            st.sampled_from(["s", "t"]),
        ),
        max_size=8,
    )
)
def test_joining_keeps_every_identity_once_and_touches_no_other(found):
    given_ = [evidence(n, app, source=source) for n, (app, source) in enumerate(found)]

    after = joined(given_)

    assert [one.number for one in after] == [one.number for one in given_]
    assert joined(list(reversed(given_))) == list(reversed(after))
    for before, now in zip(given_, after, strict=True):
        alone = sum(o.source == before.source and o.app.client_id == before.app.client_id for o in given_) == 1
        if before.app.client_id is None or alone:
            assert now == before
