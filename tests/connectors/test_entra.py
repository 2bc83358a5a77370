import contextlib
import copy
import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.bulk.entra_signins import LEGACY_CLIENTS
from connectors.entra import FORMATS
from connectors.formats import Bad, Context, Raw
from connectors.registry import FORMATS as REGISTRY
from model.errors import AccessDenied, Malformed, OstiaryError, WrongFormat
from model.signal import Actor, AppIdentity, SignalKind
from model.stream import Mode

NAMED = {found.name: found for found in FORMATS}
CONTEXT = Context(source="entra", read_at=datetime(2026, 3, 5, 12, tzinfo=UTC))
THIRD_PARTY = Path(__file__).parents[2].parent / "shared" / "data"
AUDITS = Path(__file__).parents[1] / "fixtures" / "entra" / "audit.json"
APP = "65415bb1-9267-4313-bbf5-ae259732ee12"
OBJECT = "59e617e5-0000-4adc-8b88-00af644d7c92"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

SIGN_IN = {
    "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100",
    "createdDateTime": "2026-03-02T08:15:41.6195833Z",
    "userId": "u-ana",
    "userDisplayName": "Ana Ruiz",
    "userPrincipalName": "ana.ruiz@example.com",
    "appId": APP,
    "appDisplayName": "Doodlet",
    "resourceId": "00000003-0000-0000-c000-000000000000",
    "resourceDisplayName": "Microsoft Graph",
    "clientAppUsed": "Browser",
    "isInteractive": True,
    "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
    "location": {"city": "Berlin"},
}
SERVICE = {
    "userId": None,
    "userDisplayName": None,
    "userPrincipalName": "",
    "servicePrincipalId": OBJECT,
    "servicePrincipalName": "nightly-sync",
}
PRINCIPAL = {
    "id": OBJECT,
    "appId": APP,
    "displayName": "Doodlet (Marketing)",
    "appDisplayName": "Doodlet",
    "appOwnerOrganizationId": "1bc1c026-2f7b-48a5-98da-afa2fd8bc7bc",
    "applicationTemplateId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
    "accountEnabled": True,
    "servicePrincipalType": "Application",
    "preferredSingleSignOnMode": "saml",
    "publisherName": "Doodlet tenant",
    "verifiedPublisher": {"displayName": "Doodlet Inc.", "verifiedPublisherId": "1"},
    "homepage": "https://app.doodlet.example",
    "replyUrls": ["http://localhost", "https://login.doodlet.example/acs"],
    "servicePrincipalNames": [APP, "https://saml.doodlet.example"],
    "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    "createdDateTime": "2025-04-05T06:07:08Z",
    "info": {"marketingUrl": None},
}
GRANT = {
    "id": "g-1",
    "clientId": OBJECT,
    "consentType": "Principal",
    "principalId": "u-ana",
    "resourceId": "r-1",
    "scope": " openid User.Read  openid",
}
USER = {
    "id": "u-ana",
    "displayName": "Ana Ruiz",
    "userPrincipalName": "ana@example.onmicrosoft.com",
    "mail": "Ana.Ruiz@example.com",
    "department": "Marketing",
    "companyName": "Example GmbH",
    "jobTitle": "Brand manager",
    "employeeOrgData": {"division": "Sales", "costCenter": "4711"},
    "accountEnabled": True,
    "userType": "Member",
    "employeeLeaveDateTime": None,
    "proxyAddresses": ["SMTP:ana.ruiz@example.com", "smtp:ana@example.org", "X500:/o=x", "sip:ana@example.net"],
    "otherMails": ["ana@home.example"],
    "createdDateTime": "2024-01-02T03:04:05Z",
}
AUDIT = json.loads(AUDITS.read_text())["value"][0]


def exported(record, category="SignInLogs", **changed):
    """Return a record as Azure Monitor exports it."""
    return {
        "time": "2026-03-02T08:17:00.0000000Z",
        "resourceId": "/tenants/x/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "category": category,
        "resultType": "0",
        "durationMs": 0,
        "Level": 4,
        "location": "DE",
        "properties": record,
        **changed,
    }


def prop(name, value):
    return {"displayName": name, "oldValue": None, "newValue": value}


def audited(activity, *targets, **changed):
    return AUDIT | {"activityDisplayName": activity, "targetResources": list(targets)} | changed


def target(kind, *properties, **changed):
    made = {"id": OBJECT, "displayName": "Doodlet", "type": kind, "modifiedProperties": list(properties)}
    return made | changed


def translate(name, record, context=CONTEXT):
    return list(NAMED[name].translate(json.dumps(record).encode(), context))


def one(name, record, context=CONTEXT):
    (signal,) = translate(name, record, context)
    return signal


def read(name, content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(NAMED[name].read(io.BytesIO(content), CONTEXT))


def sign_in(**changed):
    return one("entra-signins", SIGN_IN | changed)


class TestSignIns:
    def test_a_sign_in_names_app_person_and_success(self):
        signal = sign_in()

        assert (signal.stream, signal.kind, signal.native_id) == ("sign_ins", SignalKind.SIGN_IN, SIGN_IN["id"])
        assert signal.seen_at == datetime(2026, 3, 2, 8, 15, 41, 619583, tzinfo=UTC)
        assert signal.app == AppIdentity(client_id=APP, label="Doodlet")
        assert signal.actor == Actor(native_id="u-ana", address="ana.ruiz@example.com", name="Ana Ruiz")
        assert signal.facts == {"method": "unknown", "success": True}

    def test_the_resource_is_not_the_app(self):
        assert "Microsoft Graph" not in repr(sign_in())

    def test_both_shapes_give_equal_signals(self):
        assert translate("entra-signins", exported(SIGN_IN)) == [sign_in()]

    def test_a_record_that_a_collector_keeps_as_text_is_read_too(self):
        assert translate("entra-signins", exported(json.dumps(SIGN_IN))) == [sign_in()]

    @pytest.mark.parametrize(
        ("protocol", "method"),
        [
            ("saml20", "saml"),
            ("wsFederation", "saml"),
            ("oAuth2", "oauth"),
            ("deviceCode", "oauth"),
            ("ropc", "password"),
            ("none", "unknown"),
            (None, "unknown"),
            ("unknownFutureValue", "unknown"),
        ],
    )
    def test_the_method_is_what_the_protocol_says(self, protocol, method):
        assert sign_in(authenticationProtocol=protocol).facts["method"] == method

    @pytest.mark.parametrize("client", sorted(LEGACY_CLIENTS))
    def test_legacy_clients_know_passwords_only(self, client):
        assert sign_in(clientAppUsed=client).facts["method"] == "password"

    @pytest.mark.parametrize("client", ["Browser", "Mobile Apps and Desktop clients", None])
    def test_of_modern_clients_the_method_is_not_known(self, client):
        assert sign_in(clientAppUsed=client).facts["method"] == "unknown"

    def test_a_service_signs_in_by_api(self):
        signal = sign_in(**SERVICE)

        assert signal.actor == Actor(native_id=OBJECT, name="nightly-sync", kind="service")
        assert signal.facts["method"] == "api"

    def test_an_app_without_a_name_has_that_of_its_service_principal(self):
        assert sign_in(**SERVICE, appDisplayName=None).app == AppIdentity(client_id=APP, label="nightly-sync")

    def test_the_user_of_zeros_is_nobody(self):
        found = sign_in(userId="00000000-0000-0000-0000-000000000000", userPrincipalName="")

        assert found.actor is None

    def test_somebody_without_an_id_is_known_by_the_address(self):
        assert sign_in(userId="").actor.native_id == "ana.ruiz@example.com"

    @pytest.mark.parametrize("status", [{"errorCode": 50126}, {"errorCode": "50053"}, {"errorCode": 7000215}])
    def test_failures_are_kept_apart(self, status):
        signal = sign_in(status=status, authenticationRequirement="multiFactorAuthentication")

        assert signal.facts == {"method": "unknown", "success": False}

    @pytest.mark.parametrize("code", [50125, 50140, "50140"])
    def test_an_interrupted_sign_in_goes_on_elsewhere(self, code):
        assert translate("entra-signins", SIGN_IN | {"status": {"errorCode": code}}) == []

    @pytest.mark.parametrize(
        ("result", "success"), [("0", True), (0, True), ("Success", True), ("Failure", False), (50126, False)]
    )
    @pytest.mark.parametrize("key", ["resultType", "resulttype"])
    def test_the_export_tells_the_result_where_the_record_does_not(self, key, result, success):
        line = exported(SIGN_IN | {"status": None})
        del line["resultType"]

        assert one("entra-signins", line | {key: result}).facts["success"] is success

    def test_the_record_s_own_status_stands_above_the_export_s(self):
        assert one("entra-signins", exported(SIGN_IN, resultType="50126")).facts["success"] is True

    @pytest.mark.parametrize("status", [None, {}, {"errorCode": None}, {"errorCode": True}, {"errorCode": -1}, "fine"])
    def test_without_a_status_success_is_not_guessed(self, status):
        with pytest.raises(Malformed, match="no status"):
            translate("entra-signins", SIGN_IN | {"status": status})

    @pytest.mark.parametrize(
        "told",
        [
            {"authenticationRequirement": "multiFactorAuthentication"},
            {"status": {"errorCode": 0, "additionalDetails": "MFA requirement satisfied by claim in the token"}},
            {"status": {"errorCode": 0, "additionalDetails": "MFA completed in Azure AD"}},
            {"authenticationDetails": [{"authenticationStepResultDetail": "MFA requirement satisfied by claim"}]},
            {"authenticationDetails": '[{"authenticationStepResultDetail":"MFA completed in Azure AD"}]'},
        ],
    )
    def test_a_second_factor_is_told_where_it_was_satisfied(self, told):
        assert sign_in(**told).facts["second_factor"] is True

    @pytest.mark.parametrize(
        "told",
        [
            {"authenticationRequirement": "singleFactorAuthentication"},
            {"status": {"errorCode": 0, "additionalDetails": "MFA required"}},
            {},
        ],
    )
    def test_a_second_factor_that_is_not_told_is_not_denied(self, told):
        assert "second_factor" not in sign_in(**told).facts

    def test_a_sign_in_to_nothing_is_malformed(self):
        with pytest.raises(Malformed, match="names no app"):
            translate("entra-signins", SIGN_IN | {"appId": "", "appDisplayName": None})

    def test_a_record_without_an_id_has_one_of_its_own(self):
        bare = {key: value for key, value in SIGN_IN.items() if key != "id"}

        first = one("entra-signins", bare | {"correlationId": "c"})

        assert first.native_id == one("entra-signins", bare | {"correlationId": "c"}).native_id
        assert first.native_id != one("entra-signins", bare | {"correlationId": "d"}).native_id

    def test_audits_of_the_same_export_yield_nothing(self):
        assert translate("entra-signins", exported(AUDIT, "AuditLogs")) == []

    def test_what_has_no_time_of_its_own_was_seen_when_the_export_says(self):
        found = one("entra-signins", exported(SIGN_IN | {"createdDateTime": None}))

        assert found.seen_at == datetime(2026, 3, 2, 8, 17, tzinfo=UTC)


class TestAudits:
    def test_a_consent_is_a_grant_that_names_both_ids_of_the_app(self):
        signal = one("entra-audit", AUDIT)

        assert (signal.kind, signal.native_id, signal.stream) == (SignalKind.GRANT, "Directory_consent_1", "audit")
        assert signal.app == AppIdentity(app_id=OBJECT, client_id=APP, label="Doodlet")
        assert signal.actor == Actor(native_id="u-ana", address="ana.ruiz@example.com", name="Ana Ruiz")
        assert signal.facts == {"scopes": ("User.Read", "openid", "profile"), "consent": "user", "state": "granted"}

    def test_both_shapes_give_equal_signals(self):
        assert translate("entra-audit", exported(AUDIT, "AuditLogs")) == translate("entra-audit", AUDIT)

    @pytest.mark.parametrize(
        ("admin", "everybody", "consent"),
        [
            ("True", "True", "admin"),
            ("True", "False", "user"),
            ("True", None, "admin"),
            ("False", None, "user"),
            (None, None, "user"),
        ],
    )
    def test_a_consent_for_everybody_is_an_administrator_s(self, admin, everybody, consent):
        told = [("ConsentContext.IsAdminConsent", admin), ("ConsentContext.OnBehalfOfAll", everybody)]
        properties = [prop(name, json.dumps(value)) for name, value in told if value is not None]

        assert one(
            "entra-audit", audited("Consent to application.", target("ServicePrincipal", *properties))
        ).facts == {
            "consent": consent,
            "state": "granted",
        }

    def test_the_app_id_is_taken_from_the_details_too(self):
        record = audited("Consent to application", target("ServicePrincipal")) | {
            "additionalDetails": [{"key": "AppId", "value": APP}]
        }

        assert one("entra-audit", record).app.client_id == APP

    @pytest.mark.parametrize(
        ("activity", "state"),
        [("Add delegated permission grant", "granted"), ("Remove delegated permission grant", "revoked")],
    )
    def test_a_permission_grant_is_the_client_s_not_the_resource_s(self, activity, state):
        properties = [
            prop("DelegatedPermissionGrant.Scope", '" User.Read openid"'),
            prop("DelegatedPermissionGrant.ConsentType", '"AllPrincipals"'),
            prop("ServicePrincipal.ObjectID", f'"{OBJECT}"'),
            prop("ServicePrincipal.AppId", None),
            prop(
                "TargetId.ServicePrincipalNames", '"00000003-0000-0000-c000-000000000000;https://graph.microsoft.com"'
            ),
        ]
        graph = target("ServicePrincipal", *properties, id="graph", displayName="Microsoft Graph")

        signal = one("entra-audit", audited(activity, graph))

        assert signal.app == AppIdentity(app_id=OBJECT)
        assert signal.facts == {"scopes": ("User.Read", "openid"), "consent": "admin", "state": state}

    def test_an_application_permission_is_a_grant_too(self):
        properties = [prop("AppRole.Value", '"Mail.Read"'), prop("ServicePrincipal.ObjectID", f'"{OBJECT}"')]

        signal = one(
            "entra-audit",
            audited("Add app role assignment to service principal", target("ServicePrincipal", *properties)),
        )

        assert (signal.kind, signal.facts["scopes"], signal.facts["consent"]) == (
            SignalKind.GRANT,
            ("Mail.Read",),
            "admin",
        )

    @pytest.mark.parametrize(
        ("activity", "state", "via"),
        [
            ("Add app role assignment grant to user", "added", "user"),
            ("Remove app role assignment from user", "removed", "user"),
            ("Add app role assignment to group", "added", "group"),
        ],
    )
    def test_an_assignment_names_who_was_given_the_app(self, activity, state, via):
        properties = [prop("User.ObjectID", '"u-ben"'), prop("User.UPN", '"ben@example.com"')] if via == "user" else []

        signal = one("entra-audit", audited(activity, target("ServicePrincipal", *properties)))

        assert (signal.kind, signal.facts) == (SignalKind.ASSIGNMENT, {"via": via, "state": state})
        assert signal.actor == (Actor(native_id="u-ben", address="ben@example.com") if via == "user" else None)

    def test_who_was_given_the_app_may_stand_as_a_target(self):
        user = target("User", id="u-ben", displayName="Ben", userPrincipalName="ben_home.example#EXT#@example.com")

        signal = one("entra-audit", audited("Add app role assignment grant to user", target("ServicePrincipal"), user))

        assert signal.actor == Actor(native_id="u-ben", name="Ben")

    @pytest.mark.parametrize(
        ("activity", "state"),
        [
            ("Add service principal", "added"),
            ("Remove service principal", "removed"),
            ("Hard delete application", "removed"),
            ("Add service principal credentials", None),
            ("Update application", None),
        ],
    )
    def test_what_befalls_an_app_is_an_event(self, activity, state):
        signal = one("entra-audit", audited(activity, target("ServicePrincipal")))

        expected = {"action": activity, "success": True} | ({"state": state} if state else {})
        assert (signal.kind, signal.facts) == (SignalKind.AUDIT_EVENT, expected)

    def test_a_new_service_principal_tells_its_app_id(self):
        added = target("ServicePrincipal", prop("AppPrincipalId", f'["{APP}"]'))

        assert one("entra-audit", audited("Add service principal", added)).app.client_id == APP

    def test_an_application_object_is_not_the_service_principal(self):
        found = one("entra-audit", audited("Add application", target("Application", prop("AppId", f'["{APP}"]'))))

        assert found.app == AppIdentity(client_id=APP, label="Doodlet")

    def test_a_failed_consent_grants_nothing(self):
        signal = one("entra-audit", AUDIT | {"result": "failure"})

        assert (signal.kind, signal.facts) == (
            SignalKind.AUDIT_EVENT,
            {"action": "Consent to application", "success": False},
        )

    def test_what_an_app_did_is_a_service_s(self):
        record = audited("Add service principal", target("ServicePrincipal"))
        record["initiatedBy"] = {"app": {"displayName": "Sync", "servicePrincipalId": "sp-2"}, "user": None}

        assert one("entra-audit", record).actor == Actor(native_id="sp-2", name="Sync", kind="service")

    def test_the_type_may_be_spelled_with_a_capital(self):
        changed = target("ServicePrincipal")
        changed["Type"] = changed.pop("type")

        assert one("entra-audit", audited("Add service principal", changed)).app.app_id == OBJECT

    def test_what_is_not_about_an_app_yields_nothing(self):
        records = [item.data for item in read("entra-audit", AUDITS.read_bytes())]

        assert [len(list(NAMED["entra-audit"].translate(raw, CONTEXT))) for raw in records] == [1, 0]

    def test_sign_ins_of_the_same_export_yield_nothing(self):
        assert translate("entra-audit", exported(SIGN_IN)) == []

    @given(st.text(max_size=60))
    def test_any_text_in_a_property_is_survived(self, said):
        names = ["ConsentAction.Permissions", "ConsentContext.IsAdminConsent", "TargetId.ServicePrincipalNames"]
        record = audited("Consent to application", target("ServicePrincipal", *(prop(name, said) for name in names)))

        assert one("entra-audit", record).kind is SignalKind.GRANT


class TestServicePrincipals:
    def test_a_service_principal_registers_its_app_under_both_ids(self):
        signal = one("entra-service-principals", PRINCIPAL)

        assert (signal.kind, signal.native_id, signal.seen_at) == (
            SignalKind.REGISTRATION,
            OBJECT,
            CONTEXT.read_at,
        )
        assert signal.app == AppIdentity(
            app_id=OBJECT,
            client_id=APP,
            catalog_key="8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
            entity_id="https://saml.doodlet.example",
            url="https://app.doodlet.example",
            redirect_uri="https://login.doodlet.example/acs",
            label="Doodlet (Marketing)",
            vendor="Doodlet Inc.",
        )
        assert signal.facts == {
            "status": "enabled",
            "sign_on": "saml",
            "method": "saml",
            "hidden": False,
            "features": ("WindowsAzureActiveDirectoryIntegratedApp",),
            "publisher": "Doodlet Inc.",
            "publisher_verified": True,
            "created_at": "2025-04-05T06:07:08Z",
        }

    @pytest.mark.parametrize("owner", [MICROSOFT, MICROSOFT.upper()])
    def test_microsoft_s_own_apps_are_marked(self, owner):
        signal = one("entra-service-principals", PRINCIPAL | {"appOwnerOrganizationId": owner})

        assert (signal.facts["publisher"], signal.app.vendor) == ("Microsoft", None)
        assert signal.facts["publisher_verified"] is True

    @pytest.mark.parametrize(
        ("stated", "facts"),
        [
            ({"displayName": "Doodlet Inc.", "verifiedPublisherId": "1"}, {"publisher_verified": True}),
            ({"displayName": None, "verifiedPublisherId": None}, {"publisher_verified": False}),
            (None, {}),
        ],
    )
    def test_a_publisher_is_verified_where_microsoft_names_one_and_unsaid_where_the_field_is_missing(
        self, stated, facts
    ):
        signal = one("entra-service-principals", PRINCIPAL | {"verifiedPublisher": stated})

        assert {k: v for k, v in signal.facts.items() if k == "publisher_verified"} == facts

    def test_what_is_left_out_is_left_out(self):
        signal = one("entra-service-principals", {"id": OBJECT, "appId": APP, "displayName": "foo"})

        assert (signal.app, signal.facts) == (AppIdentity(app_id=OBJECT, client_id=APP, label="foo"), {})

    def test_one_that_is_hidden_says_so(self):
        assert one("entra-service-principals", PRINCIPAL | {"tags": ["HideApp"]}).facts["hidden"] is True

    @pytest.mark.parametrize("name", ["entra-service-principals", "entra-users"])
    def test_what_a_delta_page_reports_as_removed_yields_nothing(self, name):
        record = {"id": OBJECT, "@removed": {"reason": "deleted"}}

        assert translate(name, record) == []

    @pytest.mark.parametrize("field", ["id", "appId"])
    def test_without_an_id_it_is_malformed(self, field):
        with pytest.raises(Malformed):
            translate("entra-service-principals", PRINCIPAL | {field: ""})


class TestGrants:
    def test_a_grant_names_the_service_principal_by_its_object_id(self):
        signal = one("entra-oauth2-grants", GRANT)

        assert (signal.native_id, signal.app) == ("g-1", AppIdentity(app_id=OBJECT))
        assert signal.actor == Actor(native_id="u-ana")
        assert signal.facts == {"scopes": ("User.Read", "openid"), "consent": "user"}

    def test_a_grant_for_everybody_names_nobody(self):
        signal = one("entra-oauth2-grants", GRANT | {"consentType": "AllPrincipals", "principalId": None})

        assert (signal.actor, signal.facts["consent"]) == (None, "admin")

    def test_a_grant_without_scopes_says_none(self):
        assert one("entra-oauth2-grants", GRANT | {"scope": None}).facts == {"consent": "user"}

    def test_another_sort_of_consent_is_malformed(self):
        with pytest.raises(Malformed, match="consentType"):
            translate("entra-oauth2-grants", GRANT | {"consentType": "Everyone"})

    def test_a_grant_and_its_service_principal_are_one_identity(self):
        assert one("entra-oauth2-grants", GRANT).app.key() == one("entra-service-principals", PRINCIPAL).app.key()


class TestUsers:
    def test_a_person_is_told_with_place_and_addresses(self):
        signal = one("entra-users", USER)

        assert signal.actor == Actor(
            native_id="u-ana",
            address="Ana.Ruiz@example.com",
            name="Ana Ruiz",
            aliases=("ana@example.onmicrosoft.com", "ana@example.org"),
        )
        assert signal.facts == {
            "department": "Marketing",
            "division": "Sales",
            "cost_center": "4711",
            "unit": "Example GmbH",
            "title": "Brand manager",
            "person_type": "Member",
            "status": "active",
            "created_at": "2024-01-02T03:04:05Z",
        }

    def test_addresses_that_anybody_typed_in_are_left_out(self):
        assert "home.example" not in repr(one("entra-users", USER))

    def test_a_guest_is_known_by_the_home_address(self):
        guest = USER | {
            "userPrincipalName": "ben_home.example#EXT#@example.onmicrosoft.com",
            "mail": "ben@home.example",
            "userType": "Guest",
            "proxyAddresses": ["SMTP:ben@home.example"],
        }

        signal = one("entra-users", guest)

        assert (signal.actor.address, signal.actor.aliases) == ("ben@home.example", ())
        assert signal.facts["person_type"] == "Guest"

    @pytest.mark.parametrize(("days", "left"), [(-1, True), (1, False)])
    def test_who_will_leave_has_not_left(self, days, left):
        when = (CONTEXT.read_at + timedelta(days=days)).isoformat()

        assert ("left_at" in one("entra-users", USER | {"employeeLeaveDateTime": when}).facts) is left

    def test_a_disabled_account_says_so(self):
        assert one("entra-users", USER | {"accountEnabled": False}).facts["status"] == "disabled"

    def test_without_a_selection_most_is_unknown(self):
        bare = {"id": "u", "userPrincipalName": "u@example.com", "displayName": "U", "mail": None}

        assert one("entra-users", bare).facts == {}

    def test_the_last_successful_sign_in_is_told(self):
        seen = {"lastSignInDateTime": "2026-03-01T00:00:00Z", "lastSuccessfulSignInDateTime": "2026-02-01T00:00:00Z"}

        assert one("entra-users", USER | {"signInActivity": seen}).facts["last_sign_in_at"] == "2026-02-01T00:00:00Z"


RECORDS = {
    "entra-signins": SIGN_IN,
    "entra-audit": AUDIT,
    "entra-service-principals": PRINCIPAL,
    "entra-oauth2-grants": GRANT,
    "entra-users": USER,
}


class TestFiles:
    @pytest.mark.parametrize("name", sorted(RECORDS))
    def test_pages_lists_and_lines_give_equal_records(self, name):
        record = RECORDS[name]
        page = read(name, {"@odata.context": "x", "value": [record, record]})
        lines = read(name, (json.dumps(record) + "\n").encode() * 2)

        assert [json.loads(item.data) for item in page] == [json.loads(item.data) for item in lines] == [record] * 2
        assert [json.loads(item.data) for item in read(name, [record])] == [record]

    def test_messages_of_an_event_hub_are_read(self):
        found = read("entra-signins", {"records": [exported(SIGN_IN), exported(AUDIT, "AuditLogs")]})

        assert len(found) == 2

    @pytest.mark.parametrize("name", sorted(RECORDS))
    def test_a_page_tells_whether_another_one_follows(self, name):
        pages = []
        content = json.dumps({"value": [RECORDS[name]], "@odata.nextLink": "https://graph.microsoft.com/x"}).encode()

        list(NAMED[name].read(io.BytesIO(content), Context(source="entra", page=pages.append)))

        assert pages == [True]

    @pytest.mark.parametrize(("name", "other"), list(itertools.permutations(sorted(RECORDS), 2)))
    def test_records_of_another_format_are_refused(self, name, other):
        with pytest.raises(WrongFormat):
            read(name, {"value": [RECORDS[other]] * 3})

    @pytest.mark.parametrize("name", sorted(RECORDS))
    @pytest.mark.parametrize("record", [{"uuid": "x", "eventType": "y"}, {"id": "1"}, {"kind": "x"}])
    def test_records_of_other_systems_are_refused(self, name, record):
        with pytest.raises(WrongFormat):
            read(name, [record])

    @pytest.mark.parametrize("name", sorted(RECORDS))
    @pytest.mark.parametrize(
        "code", ["Authorization_RequestDenied", "Authentication_RequestFromNonPremiumTenantOrB2CTenant"]
    )
    def test_a_saved_error_answer_is_a_refusal(self, name, code):
        answer = {"error": {"code": code, "message": "secret words", "innerError": {"request-id": "1"}}}

        with pytest.raises(AccessDenied) as refused:
            read(name, answer)

        assert code in refused.value.permission
        assert "secret" not in str(refused.value)

    @pytest.mark.parametrize("name", sorted(RECORDS))
    def test_an_empty_page_holds_nothing_and_is_no_error(self, name):
        assert read(name, {"@odata.context": "x", "value": []}) == []

    @pytest.mark.parametrize("found", FORMATS, ids=lambda found: found.name)
    def test_each_stream_says_what_it_needs(self, found):
        (stream,) = found.streams

        assert REGISTRY[found.name] is found
        assert stream.permissions
        assert all(permission in stream.remedy for permission in stream.permissions)
        if stream.mode is Mode.EVENTS:
            assert (stream.lag, stream.overlap, stream.retention) == (
                timedelta(hours=3),
                timedelta(hours=24),
                timedelta(days=30),
            )

    @given(
        name=st.sampled_from(sorted(RECORDS)),
        path=st.lists(st.integers(0, 40), min_size=1, max_size=3),
        value=st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just([]), st.just({})),
    )
    @settings(max_examples=300)
    def test_a_field_of_any_type_gives_signals_or_a_malformed_record(self, name, path, value):
        record = copy.deepcopy(RECORDS[name])
        place = record
        for step in path[:-1]:
            inner = list(place.values())[step % len(place)] if isinstance(place, dict) and place else None
            place = inner if isinstance(inner, dict) and inner else place
        place[list(place)[path[-1] % len(place)]] = value

        with contextlib.suppress(Malformed):
            assert translate(name, record) == translate(name, record)

    @given(st.binary(max_size=200), st.sampled_from(sorted(RECORDS)))
    def test_other_bytes_hold_no_record(self, content, name):
        with contextlib.suppress(OstiaryError):
            assert read(name, content) == []  # such as an empty list


needs_data = pytest.mark.skipif(not THIRD_PARTY.is_dir(), reason="the third-party records are not there")


@needs_data
class TestThirdParty:
    def ingest(self, name, path):
        signals, bad = [], []
        for item in read(name, (THIRD_PARTY / path).read_bytes()):
            assert isinstance(item, Raw | Bad)
            try:
                signals.extend(NAMED[name].translate(item.data, CONTEXT))
            except Malformed as error:
                bad.append(str(error))
        return signals, bad

    def test_sign_ins_of_a_mixed_export_are_found(self):
        signals, bad = self.ingest("entra-signins", "sso/panther_azure_audit.jsonl")
        expected = json.loads((THIRD_PARTY / "expected.json").read_text())["sso/panther_azure_audit.jsonl"]["apps"]
        clients = {(a["name"], a["id"]): a["events"] for a in expected if a["role"] == "client"}

        counted = {}
        for signal in signals:
            key = (signal.app.label, signal.app.client_id)
            counted[key] = counted.get(key, 0) + 1

        assert counted == clients
        assert set(bad) == {"the sign-in names no app"}

    def test_audits_of_a_mixed_export_are_found(self):
        signals, bad = self.ingest("entra-audit", "sso/panther_azure_audit.jsonl")

        assert {s.app.label for s in signals} == {"New Automation Service", "Production API Service"}
        assert bad == []

    @pytest.mark.parametrize(
        ("name", "path", "labels"),
        [
            ("entra-signins", "sso/graph_signIns_list.json", ["Graph explorer"]),
            ("entra-audit", "sso/graph_directoryAudits_list.json", []),
            ("entra-service-principals", "inventory/graph_servicePrincipals_list.json", ["foo"]),
            ("entra-oauth2-grants", "inventory/graph_oauth2PermissionGrants_list.json", [None, None]),
        ],
    )
    def test_documented_pages_are_read(self, name, path, labels):
        signals, bad = self.ingest(name, path)

        assert ([s.app.label for s in signals], bad) == (labels, [])
