"""AWS CloudTrail: what is a sign-in, to what, by whom; and what is nothing to us."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.inputs import find_inputs
from model.errors import AccessDenied, WrongFormat
from model.signal import Actor, AppIdentity, SignalKind
from tests.connectors.reading import FIXTURES, lines, read

PERSON = "94482488-3041-7026-18f3-be45837cd0e4"
RECORDS = json.loads((FIXTURES / "aws/cloudtrail.json").read_text())["Records"]
FEDERATE, TO_APP, CONSOLE, HIDDEN, PORTAL, ASSIGN, OTHER = RECORDS
ARN = "arn:aws:sso::111122223333:application/ssoins-1/apl-1"


def account(number):
    return AppIdentity(app_id=number, domain="console.aws.amazon.com", label=f"AWS account {number}")


def trail(*records):
    return read("aws-cloudtrail", lines(*records))


def test_a_log_file_gives_sign_ins_and_assignments():
    found = read("aws-cloudtrail", "aws/cloudtrail.json")

    assert [(s.native_id[-1], s.stream, s.kind) for s in found.signals] == [
        ("1", "federation", SignalKind.SIGN_IN),
        ("2", "federation", SignalKind.SIGN_IN),
        ("3", "federation", SignalKind.SIGN_IN),
        ("4", "federation", SignalKind.SIGN_IN),
        ("6", "application_events", SignalKind.ASSIGNMENT),
    ]
    assert found.bad == []


def test_a_federation_into_an_account_is_a_sign_in_to_aws():
    found = trail(FEDERATE).one()

    assert found.app == account("444455556666")
    assert found.actor == Actor(native_id=PERSON)
    assert found.facts == {"method": "saml", "success": True}
    assert found.seen_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("source", ["sso.amazonaws.com", "signin.amazonaws.com"])
@pytest.mark.parametrize("field", ["relayId", "applicationArn", "app_id"])
def test_a_federation_into_an_application_names_it_under_either_source(source, field):
    found = trail(TO_APP | {"eventSource": source, "serviceEventDetails": {field: "app-1", "account_id": "1"}}).one()

    assert found.app == AppIdentity(app_id="app-1")
    assert found.actor == Actor(native_id=PERSON, address="ana@acme.example", name="ana@acme.example")
    assert found.facts == {"method": "unknown", "success": True}


def test_a_federation_into_nothing_is_put_aside():
    assert trail(FEDERATE, FEDERATE | {"serviceEventDetails": None}).bad == [
        "the federation names neither an application nor an account"
    ]


def test_a_console_sign_in_tells_second_factor_and_failure():
    success, failure = trail(CONSOLE, HIDDEN).signals

    assert success.facts == {"method": "password", "success": True, "second_factor": True}
    assert success.actor == Actor(native_id="arn:aws:iam::444455556666:user/bo", name="bo")
    assert failure.facts == {
        "method": "password",
        "success": False,
        "reason": "No username found in supplied account",
    }
    assert failure.actor is None


def test_roles_of_the_identity_center_sign_in_with_saml_as_the_session():
    who = {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:ana@acme.example",
        "arn": "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Marketing_1/ana@acme.example",
        "accountId": "444455556666",
    }
    found = trail(CONSOLE | {"userIdentity": who}).one()

    assert (found.facts["method"], found.actor.native_id, found.actor.address) == ("saml", *["ana@acme.example"] * 2)
    assert trail(CONSOLE | {"userIdentity": who | {"arn": "arn:x"}}).one().facts["method"] == "unknown"


def test_federation_of_another_identity_provider_is_saml():
    found = trail(
        {
            "eventName": "AssumeRoleWithSAML",
            "eventSource": "sts.amazonaws.com",
            "eventTime": "2026-03-02T10:00:00Z",
            "eventID": "x",
            "userIdentity": {"type": "SAMLUser", "principalId": "SAML:ana", "userName": "ana"},
            "requestParameters": {"roleArn": "arn:aws:iam::444455556666:role/Marketing"},
            "responseElements": {"subject": "ana@acme.example"},
        }
    ).one()

    assert (found.app, found.facts["method"]) == (account("444455556666"), "saml")
    assert found.actor.address == "ana@acme.example"


def test_a_refused_federation_is_a_failure_with_its_code():
    assert trail(FEDERATE | {"errorCode": "AccessDenied", "errorMessage": "no"}).one().facts == {
        "method": "saml",
        "success": False,
        "reason": "AccessDenied",
    }


@pytest.mark.parametrize("name", ["Authenticate", "UserAuthentication", "CredentialChallenge", "Logout", "CreateToken"])
def test_the_portal_itself_and_other_services_yield_nothing(name):
    found = trail(PORTAL | {"eventName": name}, OTHER, CONSOLE | {"eventSource": "iam.amazonaws.com"})

    assert (found.signals, found.bad) == ([], [])


@pytest.mark.parametrize(
    ("name", "state"), [("CreateApplicationAssignment", "added"), ("DeleteApplicationAssignment", "removed")]
)
def test_assignments_of_people_and_groups(name, state):
    to_group = ASSIGN["requestParameters"] | {"principalType": "GROUP"}
    person, group = trail(
        ASSIGN | {"eventName": name}, ASSIGN | {"eventName": name, "requestParameters": to_group}
    ).signals

    assert (person.app, person.actor, person.facts) == (
        AppIdentity(app_id=ARN),
        Actor(native_id=PERSON),
        {"state": state, "via": "user"},
    )
    assert (group.actor, group.facts["via"]) == (None, "group")


def test_a_refused_assignment_is_an_audit_event_of_who_tried():
    found = trail(ASSIGN | {"errorCode": "AccessDeniedException"}).one()

    assert (found.kind, found.facts) == (
        SignalKind.AUDIT_EVENT,
        {"action": "CreateApplicationAssignment", "success": False},
    )
    assert found.actor.address == "it@acme.example"


def test_a_new_application_is_named_by_its_arn():
    made = ASSIGN | {
        "eventName": "CreateApplication",
        "requestParameters": {"name": "Quill"},
        "responseElements": {"applicationArn": ARN},
    }

    assert trail(made).one().app == AppIdentity(app_id=ARN, label="Quill")
    assert trail(made, made | {"requestParameters": None, "responseElements": None}).bad == [
        "the event names no application"
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"eventTime": "redacted"}, "the time is in no known spelling"),
        ({"eventTime": None}, "no time"),
        ({"userIdentity": "bo"}, "userIdentity"),
        ({"userIdentity": {"type": "Root"}, "recipientAccountId": None}, "no account"),
    ],
)
def test_an_odd_record_is_put_aside_and_the_rest_goes_on(change, reason):
    found = trail(CONSOLE, CONSOLE | change)

    assert len(found.signals) == 1
    (told,) = found.bad
    assert reason in told


def lookup(record):
    return {"EventId": record["eventID"], "EventName": record["eventName"], "CloudTrailEvent": json.dumps(record)}


@pytest.mark.parametrize(
    "data",
    [
        lines(FEDERATE, CONSOLE),
        json.dumps([FEDERATE, CONSOLE]).encode(),
        json.dumps({"Records": [FEDERATE, CONSOLE]}).encode(),
        json.dumps({"Events": [lookup(FEDERATE), lookup(CONSOLE)]}, indent=2).encode(),
        lines(
            {"detail-type": "x", "source": "aws.sso", "detail": FEDERATE}, {"source": "aws.signin", "detail": CONSOLE}
        ),
        lines({"Records": [FEDERATE]}, {"Records": [CONSOLE]}),
    ],
)
def test_all_shapes_give_the_same(data):
    assert [s.native_id[-1] for s in read("aws-cloudtrail", data).signals] == ["1", "3"]


def test_a_compressed_log_file_reads_like_any_other(tmp_path):
    path = tmp_path / "111122223333_CloudTrail_eu-west-1_20260302T1005Z_x.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"Records": RECORDS}).encode()))

    (file,) = find_inputs([str(path)])
    with file.open() as data:
        unpacked = data.read()

    assert read("aws-cloudtrail", unpacked).signals == read("aws-cloudtrail", "aws/cloudtrail.json").signals


def test_an_answer_that_names_a_further_page_says_so():
    assert read("aws-cloudtrail", {"Events": [lookup(CONSOLE)], "NextToken": "x"}).pages == [True]


def test_a_saved_error_answer_is_a_refusal():
    with pytest.raises(AccessDenied) as caught:
        read("aws-cloudtrail", {"__type": "AccessDeniedException", "Message": "User arn:x is not authorized"})

    assert caught.value.permission == "AWS AccessDeniedException"


@pytest.mark.parametrize(
    "data", [[{"awsAccountId": "1", "digestStartTime": "x"}], [{"detail": {"a": 1}}], b"<html></html>", b""]
)
def test_what_is_no_trail_is_refused_whole(data):
    with pytest.raises(WrongFormat):
        read("aws-cloudtrail", data)


FIELDS = [*FEDERATE, "errorCode", "additionalEventData"]
INSIDE: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(["type", "account_id", "userId", "roleArn"]), st.text() | st.just({})
)
ODD: st.SearchStrategy[Any] = st.none() | st.booleans() | st.text() | st.integers() | st.just([]) | INSIDE


@given(st.sampled_from([FEDERATE, CONSOLE, ASSIGN]), st.dictionaries(st.sampled_from(FIELDS), ODD))
def test_no_record_whatever_it_holds_stops_the_others(record, change):
    found = trail(CONSOLE, record | change)

    assert 1 <= len(found.signals) <= 2
    assert len(found.signals) + len(found.bad) <= 2
