"""AWS live: what is special beside what every source keeps (see test_conformance.py), and moto where it has it."""

import threading
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from connectors.aws_calls import Calls, NotThere, as_json
from connectors.aws_live import USERS, Config, connect
from connectors.live import Wire
from connectors.secrets import References
from connectors.source_tables import Secret
from model.errors import AccessDenied, ConfigError, Interrupted, RateLimited, Transient, Unreachable
from scanner.windows import plan
from tests.connectors.fakes.aws import GROUP
from tests.connectors.live import Waiting


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def vendor(live, make_fake):
    fake = make_fake("aws", live.house.clock)
    live.add("aws", fake)
    return fake


def wire(**options):
    clock = Waiting()
    secrets = References(Path(), {"SECRET": "s"})
    return Wire(secrets=secrets, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5, **options)


def keys(**more):
    return Config(region="eu-west-1", access_key_id="AKIAFAKE", secret_access_key=Secret("env:SECRET"), **more)


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def called(vendor, operation):
    return [c for c in vendor.calls if c.path.endswith(f"/{operation}")]


def test_a_groups_members_are_assigned_by_way_of_the_group(live, vendor):
    live.scan()

    rows = live.house.rows(
        "SELECT a.native_id AS who, r.facts FROM record r JOIN stream st ON st.id = r.stream_id"
        " LEFT JOIN actor a ON a.id = r.actor_id WHERE st.name = 'application_assignments'"
    )
    ways = sorted((row["who"] or "", "user" if '"user"' in row["facts"] else "group") for row in rows)
    people = [person["UserId"] for person in vendor.people]
    assert ways == [("", "group"), (people[0], "user"), (people[1], "group"), (people[2], "group")]


def test_a_group_that_is_gone_has_no_members(live, vendor):
    vendor.always = lambda call: "404" if call.path.endswith("ListGroupMemberships") else None

    live.scan()

    assert statuses(live)["application_assignments"] == "complete"


def test_a_group_is_asked_for_its_members_once_a_run(live, vendor):
    for application in vendor.applications:
        vendor.given[application["ApplicationArn"]] = [("GROUP", GROUP)]

    live.scan()

    assert len(called(vendor, "ListGroupMemberships")) == 1


def test_look_ups_keep_to_two_a_second(live, vendor):
    live.scan()

    assert live.house.clock.waits
    assert sum(live.house.clock.waits) >= len(called(vendor, "LookupEvents")) / 2 - 2


def test_departments_are_asked_for(live, vendor):
    live.scan()

    people = live.house.rows("SELECT facts FROM record WHERE kind = 'person'")
    assert len(people) == len(vendor.people)
    assert all("Marketing" in row["facts"] for row in people)


def test_a_region_without_an_instance_says_what_to_set(live, vendor):
    live.tables["aws"]["instance_arn"] = "arn:aws:sso:::instance/ssoins-other"

    live.scan()

    row = live.coverage()["aws", "users"]
    assert (row["status"], row["reason"]) == ("failed", "no instance of the Identity Center in eu-west-1")
    assert "home region" in row["remedy"]
    assert statuses(live)["federation"] == "complete"


def test_a_page_that_is_no_answer_of_aws_is_not_an_empty_list(live, vendor):
    live.scan()
    vendor.always = lambda call: "page" if call.path.endswith("ListGroupMemberships") else None

    live.scan()

    row = live.coverage()["aws", "application_assignments"]
    assert row["status"] in {"failed", "partial"}
    assert "is not AWS" in row["reason"]


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDeniedException", 400, AccessDenied),
        ("ExpiredTokenException", 400, AccessDenied),
        ("ThrottlingException", 400, RateLimited),
        ("InternalServerException", 500, Transient),
        ("ValidationException", 400, Unreachable),
        ("ResourceNotFoundException", 400, NotThere),
    ],
)
def test_errors_are_classed_by_what_is_to_be_done(code, status, kind):
    client = boto3.client("sso-admin", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
    calls = Calls(keys(), wire(), {})
    calls._clients["sso-admin"] = client
    with Stubber(client) as stub:
        for _ in range(4):
            stub.add_client_error("list_instances", code, "no: s3cr3t", status)
        with pytest.raises(kind) as caught:
            calls.one("sso-admin", "list_instances")

    assert "s3cr3t" not in str(caught.value)
    if kind is AccessDenied:
        assert caught.value.lacking is (code == "AccessDeniedException")


def test_a_run_that_is_told_to_stop_calls_nobody():
    stop = threading.Event()
    stop.set()

    with pytest.raises(Interrupted):
        Calls(keys(), wire(stop=stop), {}).one("sso-admin", "list_instances")


def test_without_credentials_it_says_which_to_name(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ConfigError, match="ProfileNotFound"):
        Calls(Config(region="eu-west-1", profile="nobody-s"), wire(), {}).one("sso-admin", "list_instances")


@pytest.mark.parametrize(
    "own",
    [
        {"region": "Europe"},
        {"region": "eu-west-1", "access_key_id": "AKIA"},
        {"region": "eu-west-1", "access_key_id": "A", "secret_access_key": Secret("env:X"), "profile": "p"},
    ],
)
def test_a_table_that_contradicts_itself_is_refused(own):
    with pytest.raises(ValueError, match=r"region|access_key_id"):
        Config(**own)


def test_answers_are_written_as_the_command_line_writes_them():
    from datetime import UTC, datetime  # noqa: PLC0415 (beside its only use)

    assert as_json({"At": datetime(2026, 3, 2, tzinfo=UTC)}) == b'{"At": "2026-03-02T00:00:00+00:00"}'


@pytest.fixture
def moto():
    """AWS as moto has it, which nobody here wrote; its server would need more than the tests install."""
    with mock_aws():
        yield connect(keys(), wire())


def test_people_of_an_identity_store_that_nobody_here_wrote_are_read_to_the_end(moto):
    store = boto3.client("identitystore", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
    for number in range(120):
        store.create_user(
            IdentityStoreId=moto._instance["IdentityStoreId"],
            UserName=f"u{number}",
            DisplayName=f"Person {number}",
            Name={"GivenName": "P", "FamilyName": str(number)},
            Emails=[{"Value": f"u{number}@acme.example", "Type": "work", "Primary": True}],
        )
    window, _ = plan(USERS, None, wire().now(), timedelta(days=90))

    pages = [page.body for page in moto.pages(USERS, window)]

    assert len(pages) == 2
    assert sum(page.count(b'"UserId"') for page in pages) == 120


def test_a_role_is_taken_on_before_anything_is_asked(moto):
    session = connect(keys(role_arn="arn:aws:iam::123456789012:role/ostiary"), wire())

    assert session._instance["InstanceArn"] == moto._instance["InstanceArn"]


def test_a_role_whose_time_is_over_is_taken_on_again(moto, monkeypatch):
    calls = Calls(keys(role_arn="arn:aws:iam::123456789012:role/ostiary"), wire(), {})
    calls.one("sso-admin", "list_instances")
    sent, fresh = calls._sent, []

    def over(*given):
        if not fresh:
            fresh.append(calls._session)
            raise AccessDenied("ExpiredTokenException", "renew", lacking=False)
        return sent(*given)

    monkeypatch.setattr(calls, "_sent", over)

    assert calls.one("sso-admin", "list_instances")["Instances"]
    assert calls._session is not fresh[0]
