"""Entra live: what is special beside what every source keeps (see test_conformance.py)."""

import datetime as dt
import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from connectors.entra_live import _LOGS, SOURCE
from connectors.source_tables import configured
from tests.connectors.fakes.entra import MAIL_READ, TENANT, consent, principal, role_of, sign_in

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "sso"
BROKEN = "".join(f"-----BEGIN {w}-----\nAAAA\n-----END {w}-----\n" for w in ("PRIVATE KEY", "CERTIFICATE"))
SIGN_INS = ("interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity")
KEYS = {"tenant_id": "acme.example", "client_id": "x", "client_secret": "env:X"}


@pytest.fixture
def live(make_live):
    return make_live()


@pytest.fixture
def entra(live, make_fake):
    fake = make_fake("entra", live.house.clock)
    live.add("entra", fake)
    return fake


def statuses(live):
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def row(live, stream):
    return live.coverage()["entra", stream]


def reports(entra, begun=0):
    return [c for c in entra.calls[begun:] if "/auditLogs/" in c.path]


def facts(live, stream):
    rows = live.house.rows(
        "SELECT r.native_id, r.app, r.facts, a.native_id AS actor FROM record r JOIN stream st ON st.id = r.stream_id"
        " LEFT JOIN actor a ON a.id = r.actor_id WHERE r.valid_to IS NULL AND st.name = '" + stream + "'"
    )
    return {r["native_id"]: r for r in rows}


def held(value):
    return json.loads(value) if isinstance(value, str) else value


# --- the logs ------------------------------------------------------------------------------------------------------


def test_all_four_kinds_of_sign_ins_are_read_and_only_interactive_ones_from_v1(live, entra):
    live.scan()

    filters = {(c.path, c.query["$filter"].partition("signInEventTypes")[2]) for c in reports(entra)}
    assert {path for path, kind in filters if not kind} == {
        "/v1.0/auditLogs/signIns",
        "/v1.0/auditLogs/directoryAudits",
    }
    assert {kind for path, kind in filters if path == "/beta/auditLogs/signIns"} == {
        f"/any(t: t eq '{kind}')" for kind in SIGN_INS[1:]
    }
    assert live.house.one("SELECT sum(successes) FROM usage") == 20


def test_logs_are_read_oldest_slice_first_back_to_what_entra_keeps(live, entra):
    live.scan()

    asked = [c.query["$filter"] for c in reports(entra) if c.path.endswith("Audits") and "$skiptoken" not in c.query]
    assert asked[0].startswith("activityDateTime ge 2026-02-13T13:00:00Z and activityDateTime le 2026-02-14T13:00:0")
    assert asked == sorted(asked)
    assert " le 2026-03-15T10:00:0" in asked[-1]  # three hours behind


def test_at_most_five_calls_of_reports_are_made_in_ten_seconds(live, entra):
    moments, clock = [], live.house.clock
    entra.always = lambda call: moments.append(clock.at) if "/auditLogs/" in call.path else None

    live.scan()

    assert len(moments) > 20
    gaps = [later - first for first, later in zip(moments, moments[5:], strict=False)]
    assert min(gaps) > timedelta(seconds=9.99)


def test_a_later_scan_reads_from_a_day_before_where_the_last_one_ended(live, entra):
    live.scan()
    begun = len(entra.calls)
    entra.let_sign_in("servicePrincipal", days=0.3)

    live.scan()

    asked = [c.query["$filter"] for c in reports(entra, begun) if "servicePrincipal'" in c.query["$filter"]]
    assert asked[0].startswith("createdDateTime ge 2026-03-14T10:0")
    assert live.house.one("SELECT sum(successes) FROM usage") == 21


def test_a_slice_that_graph_does_not_get_through_is_read_in_narrower_ones(live, entra):
    def too_wide(call):
        asked = call.query.get("$filter", "").split()
        if call.path != "/v1.0/auditLogs/signIns":
            return None
        return (
            "500"
            if dt.datetime.fromisoformat(asked[6]) - dt.datetime.fromisoformat(asked[2]) > timedelta(hours=3)
            else None
        )

    entra.always = too_wide

    live.scan()

    assert statuses(live)["sign_ins"] == "complete"
    assert live.house.one("SELECT sum(successes) FROM usage") == 20


def test_a_cut_off_log_goes_on_where_its_last_slice_ended(live, entra):
    entra.let_sign_in(days=2)
    entra.always = lambda call: "500" if "le 2026-03-1" in call.query.get("$filter", "") else None
    live.scan()
    entra.always = lambda _call: None
    begun = len(entra.calls)

    live.scan()

    first = next(c.query["$filter"] for c in reports(entra, begun) if c.path == "/v1.0/auditLogs/signIns")
    assert not first.startswith("createdDateTime ge 2026-02-1")
    assert set(statuses(live).values()) == {"complete"}
    assert live.house.one("SELECT sum(successes) FROM usage") == 21


def test_a_consent_is_read_from_quoted_values_that_are_no_json(live, entra):
    live.scan()

    found = facts(live, "audit")["Directory_1"]
    assert held(found["facts"]) == {"scopes": ["User.Read", "openid"], "consent": "user", "state": "granted"}
    assert found["actor"] == "u-ana"


# --- the licence ---------------------------------------------------------------------------------------------------


def test_a_tenant_without_p1_is_told_plainly_and_keeps_all_the_rest(live, entra):
    entra.licensed = False

    live.scan()

    assert statuses(live).pop("sign_ins") == "refused"
    assert {s for name, s in statuses(live).items() if name != "sign_ins"} == {"complete"}
    assert "no Entra ID P1 or P2" in row(live, "sign_ins")["reason"]
    assert 'skip = ["sign_ins", ' in row(live, "sign_ins")["remedy"]
    assert "AuditLog" not in row(live, "sign_ins")["reason"]


def test_a_tenant_without_p1_is_asked_a_few_times_and_not_again_for_each_kind(live, entra):
    entra.licensed = False

    live.scan()

    assert len([c for c in entra.calls if c.path.endswith("signIns")]) == 4 + 3


def test_a_licensed_tenant_that_is_told_by_mistake_to_have_no_licence_is_read(live, entra):
    entra.mistaken = 3

    live.scan()

    assert set(statuses(live).values()) == {"complete"}


# --- the directory -------------------------------------------------------------------------------------------------


def test_people_come_with_department_and_cost_centre_because_they_are_selected(live, entra):
    live.scan()

    found = held(facts(live, "users")["u-ana"]["facts"])
    assert (found["department"], found["cost_center"], found["division"]) == ("Marketing", "4711", "Growth")


def test_people_groups_and_apps_that_hold_an_app_role_are_told_apart(live, entra):
    live.scan()

    given, held_by_apps = facts(live, "app_assignments"), facts(live, "app_permissions")
    assert {r["actor"] for r in given.values()} == {"u-ana", "u-bo", "u-dan", None}
    assert held(given["assigned-6"]["facts"])["via"] == "group Design"
    assert list(held_by_apps) == ["assigned-1"]
    assert held(held_by_apps["assigned-1"]["facts"]) == {"scopes": ["Mail.Read"], "consent": "application"}
    assert held(held_by_apps["assigned-1"]["app"])["app_id"] == entra.apps[1]["id"]


def test_assignments_are_asked_for_by_twenty_in_one_call(live, entra):
    entra.size = 999
    entra.apps += [principal(n, f"App {n}") for n in range(10, 50)]
    entra.assigned[entra.apps[-1]["id"]] = [role_of(90, entra.apps[-1], ("User", "u-ana", "Ana"))]

    live.scan()

    batches = [json.loads(c.body)["requests"] for c in entra.calls if c.path == "/v1.0/$batch"]
    assert [len(b) for b in batches] == [20, 20, 4]
    assert "assigned-90" in facts(live, "app_assignments")


def test_a_further_page_of_a_part_is_fetched_beside_the_batch(live, entra):
    live.scan()

    further = [c for c in entra.calls if c.method == "GET" and c.path.endswith("/appRoleAssignedTo")]
    assert [c.query["$skiptoken"] for c in further] == ["2"]
    assert "assigned-4" in facts(live, "app_assignments")


@pytest.mark.parametrize("first", [[429], [503], [429, 500, 429]])
def test_parts_of_a_batch_that_ask_for_rest_or_fail_are_asked_for_again(live, entra, first):
    entra.parts = {entra.apps[1]["id"]: list(first)}

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert len(facts(live, "app_assignments")) == 4
    assert (11.0 in live.house.clock.waits) == (429 in first)


def test_a_part_of_a_batch_that_is_refused_closes_nothing(live, entra):
    live.scan()
    entra.parts = {entra.apps[1]["id"]: [403]}

    live.scan()

    assert row(live, "app_assignments")["status"] == "refused"
    assert "Application.Read.All" in row(live, "app_assignments")["reason"]
    assert len(facts(live, "app_assignments")) == 4


def test_a_part_that_keeps_failing_is_never_nothing_there(live, entra):
    live.scan()
    entra.parts = {entra.apps[1]["id"]: [500] * 99}

    live.scan()

    assert row(live, "app_permissions")["status"] in {"partial", "failed"}
    assert len(facts(live, "app_assignments")) == 4


def test_an_app_that_is_deleted_while_it_is_read_has_no_assignments(live, entra):
    live.scan()
    entra.parts = {entra.apps[1]["id"]: [404]}

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert set(facts(live, "app_assignments")) == {"assigned-6"}


def test_delegated_grants_of_everybody_and_of_a_person_are_read(live, entra):
    live.scan()

    found = facts(live, "oauth2_grants")
    assert held(found["grant-1"]["facts"])["consent"] == "admin"
    assert found["grant-2"]["actor"] == "u-ana"


# --- signing in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "reason", "remedy"),
    [
        (7000222, "the client secret has expired (AADSTS7000222)", "create a new one"),
        (7000215, "the client secret is wrong (AADSTS7000215)", "not its Secret ID"),
        (700016, "the tenant has no app with this client_id (AADSTS700016)", "check client_id"),
        (700027, "does not have this certificate (AADSTS700027)", "upload it"),
        (700024, "clock is wrong", "set the clock"),
        (500011, "not of the same cloud", "set login_url and graph_url"),
        (50196, "refused the app's sign-in (AADSTS50196)", "error?code=50196"),
    ],
)
def test_what_is_wrong_with_the_app_is_one_clear_line_everywhere_and_asked_once(live, entra, number, reason, remedy):
    entra.refusal = number

    live.scan()

    for found in live.coverage().values():
        assert reason in found["reason"]
        assert remedy in found["remedy"]
        assert found["status"] in {"refused", "failed"}
    assert len([c for c in entra.calls if c.path.endswith("/token")]) == 1


def test_a_tenant_that_is_not_there_is_told_once(live, entra):
    live.tables["entra"]["tenant_id"] = "nobody.example"

    live.scan()

    assert {r["reason"] for r in live.coverage().values()} == {"no such tenant in this cloud (AADSTS90002)"}
    assert all("check tenant_id" in r["remedy"] for r in live.coverage().values())
    assert len(entra.calls) == 1


def test_a_token_that_ended_before_its_time_is_renewed(live, entra):
    ended = []

    def end(call):
        if call.path == "/v1.0/oauth2PermissionGrants" and not ended:
            ended.append(entra.forget_tokens())

    entra.always = end

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert entra.tokens == 2


def pem(key, *, days=365, at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), form=serialization.PrivateFormat.PKCS8):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ostiary")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, at - timedelta(days=400), at + timedelta(days=days))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    return (key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()) + signed).decode()


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def with_certificate(live, entra, key, text):
    entra.key = key.public_key()
    live.environment["SECRET"] = text
    live.tables["entra"] = entra.table


@pytest.mark.parametrize("form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def test_an_app_with_a_certificate_proves_itself_by_its_key(live, entra, rsa_key, form):
    with_certificate(live, entra, rsa_key, pem(rsa_key, form=form))

    live.scan()

    assert set(statuses(live).values()) == {"complete"}
    assert not [c for c in entra.calls if b"client_secret" in c.body]


def test_a_certificate_that_has_ended_is_told_with_its_day_and_calls_nobody(live, entra, rsa_key):
    with_certificate(live, entra, rsa_key, pem(rsa_key, days=2))

    live.scan()

    assert "the certificate of the app ended on 2026-03-03" in row(live, "users")["reason"]
    assert not entra.calls


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no PEM at all", "must hold both the private key and the certificate"),
        (BROKEN, "no key without a password"),
        ("an EC key", "no RSA key"),
    ],
)
def test_what_is_no_key_with_its_certificate_is_told_by_reference(live, entra, text, said):
    key = ec.generate_private_key(ec.SECP256R1())
    with_certificate(live, entra, key, pem(key) if text == "an EC key" else text)

    live.scan()

    assert said in row(live, "users")["reason"]
    assert "env:SECRET" in row(live, "users")["reason"]
    assert "AAAA" not in row(live, "users")["reason"]
    assert not entra.calls


# --- the table of the configuration --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_certificate": "env:Y"}, "either client_secret or client_certificate"),
        ({"client_secret": None}, "either client_secret or client_certificate"),
        ({"tenant_id": "common"}, "no tenant"),
        ({"tenant_id": "acme/../x"}, "tenant_id is"),
        ({"graph_url": "https://graph.microsoft.com/v1.0"}, "without a path"),
        ({"graph_url": "https://graph.microsoft.us"}, "two clouds"),
        ({"login_url": "https://login.microsoftonline.us"}, "dod-graph.microsoft.us or graph.microsoft.us"),
    ],
)
def test_a_table_that_cannot_work_is_refused_before_any_call(changed, said):
    with pytest.raises(ValueError, match=said):
        configured(SOURCE.config, {k: v for k, v in (KEYS | changed).items() if v is not None})


@pytest.mark.parametrize(
    ("login", "graph"),
    [
        ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        ("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_national_clouds_are_two_addresses(login, graph):
    found = configured(SOURCE.config, KEYS | {"login_url": login, "graph_url": graph})

    assert (found.login_url, found.graph_url) == (login, graph)


def test_a_tenant_is_the_same_however_its_id_is_written():
    small, large = (configured(SOURCE.config, KEYS | {"tenant_id": text}) for text in (TENANT, TENANT.upper()))

    assert SOURCE.tenant(small) == SOURCE.tenant(large)


# --- that the fake answers as Microsoft does -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "made"),
    [
        ("graph_signIns_list.json", lambda at: sign_in(1, principal(1, "x"), at)),
        ("graph_directoryAudits_list.json", lambda at: consent(1, principal(1, "x"), at)),
    ],
)
def test_the_fake_logs_what_microsoft_publishes_as_an_example(file, made):
    if not (SHARED / file).exists():
        pytest.skip("the published examples are not here")
    example = json.loads((SHARED / file).read_text())["value"][0]

    found = made(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))

    beta = {
        "signInEventTypes",
        "servicePrincipalId",
        "servicePrincipalName",
        "authenticationProtocol",
        "authenticationRequirement",
    }
    assert found.keys() - beta <= example.keys()
    for name in found.keys() - beta:
        if found[name] is not None and example[name] is not None:
            assert type(found[name]) is type(example[name])


def test_the_fake_names_a_permission_with_the_id_that_microsoft_gives_it():
    # Mail.Read as an application permission ("Microsoft Graph permissions reference").
    assert MAIL_READ == "810c84a8-4a9e-49e6-bf7d-12d183f40d01"


def test_every_feed_of_events_has_its_log():
    assert {feed.name for feed in SOURCE.feeds if feed.is_events} == set(_LOGS)
