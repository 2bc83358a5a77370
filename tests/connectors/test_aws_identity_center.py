"""AWS IAM Identity Center: applications, who is assigned, and people."""

import json

import pytest

from model.errors import AccessDenied, WrongFormat
from model.signal import Actor, AppIdentity
from tests.connectors.reading import FIXTURES, SAVED, lines, read

NAMES = ("aws-sso-applications", "aws-sso-assignments", "aws-identitystore-users")
FILES = list(zip(NAMES, ("applications", "assignments", "users"), strict=True))
ARN = "arn:aws:sso::111122223333:application/ssoins-1/apl-"
PERSON, GROUP = "94482488-3041-7026-18f3-be45837cd0e4", "a4482488-3041-7026-18f3-be45837cd0e4"


def test_applications_say_where_they_lead_and_of_what_catalogue_they_are():
    quill, doodlet = read("aws-sso-applications", "aws/applications.json").signals

    assert quill.app == AppIdentity(
        app_id=f"{ARN}1", catalog_key="Quill", url="https://app.quill.example/login", label="Quill (Marketing)"
    )
    assert quill.facts == {
        "status": "enabled",
        "sign_on": "catalog/Quill",
        "hidden": False,
        "created_at": "2025-01-02T03:04:05Z",
    }
    assert (quill.native_id, quill.seen_at) == (f"{ARN}1", SAVED)
    assert (doodlet.app.catalog_key, doodlet.facts["method"], doodlet.facts["hidden"]) == (None, "saml", True)


def test_one_described_application_is_read_as_well():
    described = json.loads((FIXTURES / "aws/applications.json").read_text())["Applications"][0]

    assert read("aws-sso-applications", described).one().native_id == f"{ARN}1"


def test_an_application_without_a_name_is_kept_by_its_id():
    app = {"ApplicationArn": f"{ARN}9", "ApplicationProviderArn": "arn:aws:sso::aws:applicationProvider/custom"}

    assert read("aws-sso-applications", [app]).one().app == AppIdentity(app_id=f"{ARN}9")


def test_people_and_groups_are_assigned():
    person, group = read("aws-sso-assignments", "aws/assignments.json").signals

    assert (person.native_id, person.actor, person.facts) == (
        f"{ARN}1/{PERSON}",
        Actor(native_id=PERSON),
        {"via": "user"},
    )
    assert (group.native_id, group.actor, group.facts) == (f"{ARN}1/{GROUP}", None, {"via": "group"})


def test_a_groups_member_is_a_person_by_way_of_the_group():
    member = {"ApplicationArn": f"{ARN}1", "PrincipalId": PERSON, "PrincipalType": "USER", "GroupId": GROUP}

    found = read("aws-sso-assignments", [member]).one()

    assert (found.native_id, found.actor, found.facts) == (
        f"{ARN}1/{GROUP}/{PERSON}",
        Actor(native_id=PERSON),
        {"via": "group"},
    )


def test_an_assignment_of_another_kind_is_put_aside():
    good = {"ApplicationArn": f"{ARN}1", "PrincipalId": PERSON, "PrincipalType": "USER"}

    found = read("aws-sso-assignments", [good, good | {"PrincipalType": "ROLE"}, good | {"PrincipalId": None}])

    assert len(found.signals) == 1
    assert found.bad[0] == "PrincipalType is neither USER nor GROUP"
    assert "PrincipalId" in found.bad[1]


def test_people_have_their_primary_address_and_department():
    ana, bo = read("aws-identitystore-users", "aws/users.json").signals

    assert ana.actor == Actor(
        native_id=PERSON, address="ana@acme.example", name="Ana Ruiz", aliases=("ana.r@acme.example",)
    )
    assert ana.facts == {
        "department": "Marketing",
        "cost_center": "M-1",
        "division": "Brand",
        "unit": "Acme",
        "title": "Manager",
        "person_type": "Employee",
        "status": "enabled",
    }
    assert (bo.actor.address, bo.actor.name, bo.facts) == ("bo@acme.example", "bo@acme.example", {"status": "disabled"})


def test_a_person_without_an_address_is_kept_by_id():
    user = {"UserId": "u-1", "IdentityStoreId": "d-1", "UserName": "svc", "Emails": None}

    assert read("aws-identitystore-users", [user]).one().actor == Actor(native_id="u-1", name="svc")


@pytest.mark.parametrize(("name", "file"), FILES)
def test_all_shapes_give_the_same(name, file):
    page = json.loads((FIXTURES / f"aws/{file}.json").read_text())
    (items,) = page.values()

    whole = read(name, page).signals

    assert whole == read(name, lines(*items)).signals == read(name, items).signals


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_page_that_names_a_further_one_says_so(name, file):
    page = json.loads((FIXTURES / f"aws/{file}.json").read_text())

    assert (read(name, page).pages, read(name, page | {"NextToken": "x"}).pages) == ([False], [True])


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_error_answer_is_a_refusal(name):
    with pytest.raises(AccessDenied) as caught:
        read(name, {"__type": "com.amazonaws#AccessDeniedException", "Message": "User x is not authorized"})

    assert caught.value.permission == "AWS AccessDeniedException"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [[{"UserId": "1", "UserName": "x", "Arn": "y"}], b"<html></html>", b""])
def test_what_is_none_of_them_is_refused_whole(name, data):
    with pytest.raises(WrongFormat):
        read(name, data)
