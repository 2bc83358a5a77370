"""A fake of AWS: sso-admin, identitystore and CloudTrail over one socket, each answer checked against botocore's model.

moto has no ListApplications, no ListApplicationAssignments and no LookupEvents.
"""

from __future__ import annotations

import functools
import json
from datetime import datetime, timedelta
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from werkzeug import Request, Response

from tests.connectors.fakes.base import Called, HttpFake

INSTANCE, STORE = "arn:aws:sso:::instance/ssoins-1234567890abcdef", "d-1234567890"
GROUP = "a4482488-3041-7026-18f3-be45837cd0e4"
_CODES = {
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}
_SERVICES = {
    "SWBExternalService": "sso-admin",
    "AWSIdentityStore": "identitystore",
    "CloudTrail_20131101": "cloudtrail",
}


@functools.cache
def _model(service: str) -> Any:
    session = botocore.session.Session()
    data = session.get_component("data_loader").load_service_model(service, "service-2")
    return botocore.model.ServiceModel(data, service)


class AwsFake(HttpFake):
    """One Identity Center with three people, one of them in a group, three applications, and a trail."""

    kind = "aws"
    links = False

    def __init__(self, server: Any, clock: Any) -> None:
        super().__init__(server, clock)
        self.size = 2
        self.people = [self._person(at, name) for at, name in enumerate(("ana", "bo", "cleo"))]
        self.applications = [self._application(at, name) for at, name in enumerate(("HubSpot", "Canva", "Asana"))]
        self.members = {GROUP: [self.people[1]["UserId"], self.people[2]["UserId"]]}
        first = self.applications[0]["ApplicationArn"]
        self.given: dict[str, list[tuple[str, str]]] = {first: [("USER", self.people[0]["UserId"]), ("GROUP", GROUP)]}
        self.trail: list[dict[str, Any]] = []
        for at in range(5):
            self.federate(at % 3, days=20 - at)
        self.assign(0, days=9)

    @property
    def table(self) -> dict[str, Any]:
        return {
            "kind": "aws",
            "region": "eu-west-1",
            "access_key_id": "AKIAFAKE",
            "secret_access_key": "env:SECRET",
            "endpoint_url": self.base,
        }

    def federate(self, app: int, *, days: float = 3, **details: str) -> None:
        """Let somebody sign in so many days ago."""
        arn = self.applications[app]["ApplicationArn"]
        self._happen("Federate", days, serviceEventDetails=details or {"applicationArn": arn})

    def assign(self, app: int, *, days: float) -> None:
        """Let an application be given to somebody so many days ago."""
        asked = {
            "applicationArn": self.applications[app]["ApplicationArn"],
            "principalId": self.people[0]["UserId"],
            "principalType": "USER",
        }
        self._happen("CreateApplicationAssignment", days, requestParameters=asked)

    def _happen(self, name: str, days: float, **more: Any) -> None:
        self.trail.append(
            {
                "eventName": name,
                "eventSource": "sso.amazonaws.com",
                "eventTime": (self.clock.at - timedelta(days=days))
                .isoformat(timespec="seconds")
                .replace("+00:00", "Z"),
                "eventID": f"11111111-0000-4000-8000-{len(self.trail):012}",
                "userIdentity": {
                    "type": "IdentityCenterUser",
                    "onBehalfOf": {"userId": self.people[len(self.trail) % 3]["UserId"]},
                },
                **more,
            }
        )

    def rename(self, names: list[str]) -> None:
        for at, name in enumerate(names):
            self.applications.append(self._application(100 + at, name))
            self.people.append(self._person(100 + at, f"h{at}") | {"DisplayName": name})
            self.federate(len(self.applications) - 1)

    def error(self, status: int, call: Called) -> Response:
        del call
        said = {"__type": _CODES.get(status, "ValidationException"), "message": f"no: {self.secrets[0]}"}
        return Response(json.dumps(said), status, content_type="application/x-amz-json-1.1")

    def route(self, call: Called) -> Response:
        prefix, operation = call.path.strip("/").split("/")
        model = _model(_SERVICES[prefix]).operation_model(operation)
        asked = json.loads(call.body)
        answer = getattr(self, f"_{operation}")(asked)
        report = ParamValidator().validate(_parsed(answer), model.output_shape)
        assert not report.has_errors(), report.generate_report()
        listed = next(name for name in answer if name != "NextToken")
        answer[listed] = self.listing(answer[listed])
        return Response(json.dumps(answer), content_type="application/x-amz-json-1.1")

    def _answer(self, request: Request) -> Response:
        prefix, _, operation = request.headers["X-Amz-Target"].rpartition(".")
        request.path = f"/{prefix.rpartition('.')[2]}/{operation}"  # every call of AWS has the same path
        return super()._answer(request)

    def _page(self, asked: dict[str, Any], name: str, found: list[Any], most: int = 100) -> dict[str, Any]:
        limit = min(asked.get("MaxResults", most), self.size)
        begin = int(asked.get("NextToken", 0))
        answer: dict[str, Any] = {name: found[begin : begin + limit]}
        if begin + limit < len(found) or (self.circle and begin):
            answer["NextToken"] = str(begin if self.circle and begin else begin + limit)
        return answer

    def _ListInstances(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 (AWS's name)
        instance = {
            "InstanceArn": INSTANCE,
            "IdentityStoreId": STORE,
            "OwnerAccountId": "111122223333",
            "Status": "ACTIVE",
        }
        return self._page(asked, "Instances", [instance])

    def _ListApplications(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert asked["InstanceArn"] == INSTANCE
        return self._page(asked, "Applications", self.applications)

    def _ListApplicationAssignments(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        arn = asked["ApplicationArn"]
        found = [
            {"ApplicationArn": arn, "PrincipalType": kind, "PrincipalId": who} for kind, who in self.given.get(arn, ())
        ]
        return self._page(asked, "ApplicationAssignments", found)

    def _ListGroupMemberships(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        group = asked["GroupId"]
        found = [
            {
                "IdentityStoreId": STORE,
                "MembershipId": f"m-{who}",
                "MembershipArn": f"arn:aws:identitystore:::membership/m-{who}",
                "GroupId": group,
                "MemberId": {"UserId": who},
            }
            for who in self.members.get(group, ())
        ]
        return self._page(asked, "GroupMemberships", found)

    def _ListUsers(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        wanted = asked["Extensions"] == ["aws:identitystore:enterprise"]
        assert asked["IdentityStoreId"] == STORE
        found = [p if wanted else {k: v for k, v in p.items() if k != "Extensions"} for p in self.people]
        return self._page(asked, "Users", found)

    def _LookupEvents(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        (attribute,) = asked["LookupAttributes"]
        assert attribute["AttributeKey"] == "EventName"
        found = [
            {
                "EventId": record["eventID"],
                "EventName": record["eventName"],
                "EventTime": datetime.fromisoformat(record["eventTime"]).timestamp(),
                "EventSource": record["eventSource"],
                "CloudTrailEvent": json.dumps(record),
            }
            for record in reversed(self.trail)
            if record["eventName"] == attribute["AttributeValue"]
            and asked["StartTime"] <= datetime.fromisoformat(record["eventTime"]).timestamp() <= asked["EndTime"]
        ]
        return self._page(asked, "Events", found, 50)

    def _application(self, number: int, name: str) -> dict[str, Any]:
        return {
            "ApplicationArn": f"arn:aws:sso::111122223333:application/ssoins-1234567890abcdef/apl-{number:016x}",
            "ApplicationProviderArn": "arn:aws:sso::aws:applicationProvider/custom-saml",
            "Name": name,
            "ApplicationAccount": "111122223333",
            "InstanceArn": INSTANCE,
            "Status": "ENABLED",
            "CreatedDate": 1735787045.0,
        }

    def _person(self, number: int, name: str) -> dict[str, Any]:
        return {
            "IdentityStoreId": STORE,
            "UserId": f"94482488-3041-7026-18f3-{number:012x}",
            "UserArn": f"arn:aws:identitystore:::user/94482488-3041-7026-18f3-{number:012x}",
            "Revision": "1",
            "UserName": name,
            "DisplayName": name.title(),
            "Emails": [{"Value": f"{name}@acme.example", "Type": "work", "Primary": True}],
            "UserStatus": "ENABLED",
            "Extensions": {"aws:identitystore:enterprise": {"Department": "Marketing"}},
        }


def _parsed(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with its times as botocore's validator takes them."""
    return {
        name: [
            {k: datetime.fromtimestamp(v) if k in {"CreatedDate", "EventTime"} else v for k, v in item.items()}  # noqa: DTZ006
            for item in value
        ]
        if isinstance(value, list)
        else value
        for name, value in answer.items()
    }
