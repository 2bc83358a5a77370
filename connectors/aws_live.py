"""AWS IAM Identity Center through boto3: applications, who is assigned, people, and federations in CloudTrail.

Facts: botocore's service models of sso-admin, identitystore and cloudtrail; CloudTrail's API reference, "LookupEvents"
(90 days, one attribute a call, two calls a second for an account and region, newest first); IAM Identity Center's
administration shows only the instance of the region that is asked.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connectors import aws_cloudtrail, aws_identity_center
from connectors.aws_calls import Calls, NotThere, as_json
from connectors.formats import Format
from connectors.live import Feed, Page, Session, Source, Window, Wire
from connectors.patience import Pace
from connectors.slices import sliced
from connectors.source_tables import Address, Secret
from model.errors import Unreachable

#: How much of a log is read in one go: people sign in often, applications change rarely.
_SLICES = {"federation": timedelta(days=7), "changes": timedelta(days=30)}
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")


@dataclass(frozen=True, kw_only=True)
class Config:
    """`[sources.NAME]` of kind aws: a profile, a key, or what the environment holds; and a role to take on."""

    region: str
    instance_arn: str | None = None
    profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: Secret | None = None
    role_arn: str | None = None
    endpoint_url: Address | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if not _REGION.fullmatch(self.region):
            raise ValueError("region: write it like eu-west-1, the home region of the Identity Center")
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("access_key_id and secret_access_key belong together")
        if self.profile is not None and self.access_key_id is not None:
            raise ValueError("name either a profile, or access_key_id and secret_access_key")


def _format(name: str) -> Format:
    return next(f for f in (*aws_identity_center.FORMATS, *aws_cloudtrail.FORMATS) if f.name == name)


APPLICATIONS = Feed(
    name="applications",
    format=_format("aws-sso-applications"),
    calls=("sso-admin ListInstances", "sso-admin ListApplications"),
    blinds="which applications people reach through AWS, and where they lead",
    lists=("Applications",),
    may_be_empty=True,
)
ASSIGNMENTS = Feed(
    name="assignments",
    format=_format("aws-sso-assignments"),
    calls=("sso-admin ListApplicationAssignments", "identitystore ListGroupMemberships"),
    blinds="who may use an application without having done so",
    lists=("ApplicationAssignments",),
    may_be_empty=True,
)
USERS = Feed(
    name="users",
    format=_format("aws-identitystore-users"),
    calls=("identitystore ListUsers",),
    blinds="names, addresses and departments of the people behind the ids of the other logs",
    lists=("Users",),
)
FEDERATION = Feed(
    name="federation",
    format=_format("aws-cloudtrail"),
    calls=("cloudtrail LookupEvents (Federate)",),
    blinds="who signs in to which application and account",
    streams=(aws_cloudtrail.SIGN_INS,),
    lists=("Events",),
)
CHANGES = Feed(
    name="changes",
    format=_format("aws-cloudtrail"),
    calls=("cloudtrail LookupEvents (CreateApplicationAssignment and the like)",),
    blinds="when applications were made, given and taken away",
    streams=(aws_cloudtrail.APP_EVENTS,),
    lists=("Events",),
)
_NAMES = {FEDERATION.name: ("Federate",), CHANGES.name: aws_cloudtrail.APP_EVENT_NAMES}


class IdentityCenter:
    """One organisation's Identity Center."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config = config
        self._calls = Calls(config, wire, {"lookup_events": Pace(2, 1)})
        self._found: dict[str, Any] | None = None

    def pages(self, feed: Feed, window: Window) -> Iterator[Page]:
        """Yield the pages of a feed."""
        size = 1 if window.probe else 100
        if feed.name in _NAMES:
            yield from sliced(window, _SLICES[feed.name], lambda part: self._events(_NAMES[feed.name], part))
        elif feed is APPLICATIONS:
            yield from (Page(body=as_json(answer)) for answer in self._applications(size))
        elif feed is ASSIGNMENTS:
            yield from self._assignments()
        else:
            asked = {"Extensions": [aws_identity_center.ENTERPRISE], "MaxResults": size}
            for answer in self._calls.pages(
                "identitystore", "list_users", "Users", IdentityStoreId=self._store, **asked
            ):
                yield Page(body=as_json(answer))

    def close(self) -> None:
        """Let go of connections."""
        self._calls.close()

    @property
    def _instance(self) -> dict[str, Any]:
        """The instance that is named, or the region's only one. Raises Unreachable where it is neither."""
        if self._found is None:
            answers = self._calls.pages("sso-admin", "list_instances", "Instances")
            found = [i for answer in answers for i in answer["Instances"]]
            whole = [i for i in found if i.get("InstanceArn") and i.get("IdentityStoreId")]
            wanted = [i for i in whole if self._config.instance_arn in (None, i["InstanceArn"])]
            if len(wanted) != 1:
                raise Unreachable(
                    f"{len(wanted) or 'no'} instance of the Identity Center in {self._config.region}",
                    "set region to the Identity Center's home region, and instance_arn where there are several",
                )
            self._found = wanted[0]
        return self._found

    @property
    def _store(self) -> str:
        return str(self._instance["IdentityStoreId"])

    def _applications(self, size: int) -> Iterator[dict[str, Any]]:
        arn = self._instance["InstanceArn"]
        return self._calls.pages("sso-admin", "list_applications", "Applications", InstanceArn=arn, MaxResults=size)

    def _assignments(self) -> Iterator[Page]:
        """Yield assignments, a group's members after the group: people are what the others are matched with."""
        members: dict[str, list[str]] = {}
        for listed in self._applications(100):
            for arn in (application.get("ApplicationArn") for application in listed["Applications"]):
                with contextlib.suppress(NotThere):  # deleted since it was listed
                    for answer in self._assigned(arn) if arn else ():
                        yield Page(body=as_json(self._with_members(answer, members)))

    def _assigned(self, arn: str) -> Iterator[dict[str, Any]]:
        operation = "list_application_assignments"
        return self._calls.pages("sso-admin", operation, "ApplicationAssignments", ApplicationArn=arn)

    def _with_members(self, answer: dict[str, Any], members: dict[str, list[str]]) -> dict[str, Any]:
        given = list(answer["ApplicationAssignments"])
        for assignment in answer["ApplicationAssignments"]:
            if assignment.get("PrincipalType") == "GROUP" and (group := assignment.get("PrincipalId")):
                if group not in members:
                    members[group] = list(self._members(group))
                person = assignment | {"PrincipalType": "USER", "GroupId": group}
                given.extend(person | {"PrincipalId": member} for member in members[group])
        return answer | {"ApplicationAssignments": given}

    def _members(self, group: str) -> Iterator[str]:
        asked = {"IdentityStoreId": self._store, "GroupId": group}
        with contextlib.suppress(NotThere):  # deleted since it was assigned
            for answer in self._calls.pages("identitystore", "list_group_memberships", "GroupMemberships", **asked):
                for membership in answer["GroupMemberships"]:
                    if user := membership.get("MemberId", {}).get("UserId"):
                        yield user

    def _events(self, names: tuple[str, ...], window: Window) -> Iterator[Page]:
        for name in names:
            asked = {
                "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
                "StartTime": window.since,
                "EndTime": window.until,
                "MaxResults": 1 if window.probe else 50,
            }
            for answer in self._calls.pages("cloudtrail", "lookup_events", "Events", **asked):
                yield Page(body=as_json(answer))


def connect(config: Config, wire: Wire) -> Session:
    """Return a session; nothing is called yet."""
    return IdentityCenter(config, wire)


SOURCE = Source(
    kind="aws",
    about="AWS IAM Identity Center: applications, assignments, people, and federations in CloudTrail",
    config=Config,
    tenant=lambda c: c.instance_arn or "/".join(w for w in (c.region, c.role_arn or c.profile or c.access_key_id) if w),
    connect=connect,
    feeds=(USERS, APPLICATIONS, ASSIGNMENTS, FEDERATION, CHANGES),
    limits=(
        "LookupEvents of CloudTrail: two calls a second for an account and region, 50 events each, which Ostiary keeps"
        " to; the others as AWS throttles, with growing rests."
    ),
    guide="docs/how-to/connect-aws.md",
    keys={
        "region": "the home region of the Identity Center, such as `eu-west-1`",
        "instance_arn": "which instance is meant, where the region has several",
        "profile": "a profile of `~/.aws/config`; without it and a key, what the environment holds, such as a role",
        "access_key_id": "the id of an access key",
        "secret_access_key": "the secret of that access key",
        "role_arn": "a role to take on, in the account that owns the Identity Center",
        "endpoint_url": "another address for all calls, such as a VPC endpoint's",
    },
    notes=(
        "Only the instance of the region that is asked is shown; CloudTrail is read in that region, too.",
        "Names and addresses come from the identity store; departments where the enterprise attributes are filled.",
        "SAML applications that were set up before the interface existed may be missing from its list.",
    ),
    documents=(
        "AWS service models of sso-admin, identitystore and cloudtrail (botocore)",
        "CloudTrail API Reference, *LookupEvents*",
        "IAM Identity Center User Guide, *Logging IAM Identity Center API calls with AWS CloudTrail*",
        "IAM Identity Center User Guide, *Delegated administration* and *Register a member account*",
        "Service Authorization Reference, actions of AWS IAM Identity Center, Identity Store and CloudTrail",
    ),
    example="""\
[sources.aws]
kind = "aws"
# The home region of the Identity Center.
region = "eu-west-1"
# A profile of ~/.aws/config, or a key; without either, what the environment holds (an instance's role, for example).
profile = "ostiary"
# access_key_id = "AKIA..."
# secret_access_key = "env:OSTIARY_AWS_SECRET"
# A role to take on in the account that owns the Identity Center:
# role_arn = "arn:aws:iam::111122223333:role/ostiary"
""",
)
