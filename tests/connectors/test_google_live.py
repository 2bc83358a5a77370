"""What is special about Google: delegation, newest-first logs with late events, tokens person by person."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from connectors.formats import Context
from connectors.google_delegation import Scoped
from connectors.google_live import ACTIVITY, HELD, LOGIN, PERSON, SAML, SOURCE, TOKEN, TOKENS, USERS, Config
from connectors.live import Window
from connectors.registry import FORMATS
from connectors.source_tables import configured
from scanner.doctor import examine
from tests.connectors.fakes.discovery import Discovery, discovery, masked, parsed
from tests.connectors.fakes.google import (
    ADMINISTRATOR,
    DOCUMENTS,
    MAIL,
    SCOPES,
    authorize,
    delegate,
    key_file,
    login,
    person,
    token,
)

#: The lines around a key, put together so that no file of the repository looks as if it held one.
PEM = "-----{} PRIVATE KEY-----"

REPORTS, READ_USERS, SECURITY, CHROME = SCOPES
TABLE = {"administrator": ADMINISTRATOR, "service_account_key": "env:KEY"}


@pytest.fixture
def company(make_live, make_fake):
    """Return a company with Google, and Google."""
    live = make_live()
    fake = make_fake("google", live.house.clock)
    live.add("google", fake)
    return live, fake


def scanned(company):
    live, _ = company
    live.scan()
    return {stream: row for (_, stream), row in live.coverage().items()}


def session(company):
    live, _ = company
    wire = live.wire(live.opened["google"])
    return SOURCE.connect(live.opened["google"].config, wire)


def window(company, *, days=30, **more):
    now = company[0].house.clock.now()
    return Window(since=now - timedelta(days=days), until=now - timedelta(hours=3), **more)


def called(fake, part):
    return [call for call in fake.calls if part in call.path]


def records(live, stream):
    return live.house.rows(
        "SELECT r.*, a.native_id AS actor FROM record r JOIN stream st ON st.id = r.stream_id"
        " LEFT JOIN actor a ON a.id = r.actor_id WHERE st.name = :stream AND r.valid_to IS NULL",
        stream=stream,
    )


# --- what Google itself says of its interfaces ----------------------------------------------------------------------


def test_every_call_and_every_answer_is_as_google_describes_it(company):
    _, fake = company

    scanned(company)
    scanned(company)

    assert fake.wrong == []
    assert len(called(fake, "/activity/")) > 10


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({"kind": "x", "users": [{"id": "1", "suspended": False, "emails": [{"address": "a@b.example"}]}]}, []),
        ({"users": [{"id": 1}]}, ["$.users[0].id is no string"]),
        ({"users": {"id": "1"}}, ["$.users is no list"]),
        ({"people": []}, ["$.people is not known"]),
        ({"users": [{"name": {"full_name": "Ana"}}]}, ["$.users[0].name.full_name is not known"]),
        ({"users": [{"creationTime": "yesterday"}]}, ["$.users[0].creationTime is not date-time"]),
        ([], ["$ is no object"]),
    ],
)
def test_the_helper_finds_what_google_would_never_answer(answer, wrong):
    described = discovery("admin.directory_v1")

    method = described.find("GET", "/admin/directory/v1/users")

    assert described.wrong_answer(method, answer) == wrong


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"maxResults": "1000", "startTime": "2026-01-01T00:00:00.000Z"}, []),
        ({"maxResults": "1001"}, ["maxResults: not of 1 to 1000"]),
        ({"startTime": "yesterday"}, ["startTime: not of its pattern"]),
        ({"limit": "5"}, ["limit is no parameter"]),
        ({"fields": "items(id,people/name)"}, ["fields.items: people is not known"]),
    ],
)
def test_the_helper_finds_what_google_would_never_take(query, wrong):
    described = discovery("admin.reports_v1")

    method = described.find("GET", "/admin/reports/v1/activity/users/all/applications/saml")

    assert described.wrong_call(method, query) == wrong


def test_an_unknown_application_is_no_call_of_googles():
    described = Discovery("admin.reports_v1")

    method = described.find("GET", "/admin/reports/v1/activity/users/all/applications/okta")

    (wrong,) = described.wrong_call(method, {})
    assert wrong.startswith("applicationName: none of")
    assert described.find("DELETE", "/admin/reports/v1/activity/users/all/applications/saml") is None


@pytest.mark.parametrize("feed", SOURCE.feeds, ids=lambda feed: feed.name)
def test_the_permission_of_a_stream_is_a_scope_that_google_takes_for_the_call_and_no_broader_one(feed):
    documents = [discovery(name) for name in DOCUMENTS]
    path = feed.calls[-1].removeprefix("GET ").replace("{userKey}", "1").replace("{customer}", "my_customer")

    (method,) = [found for d in documents if (found := d.find("GET", path))]

    (permission,) = feed.filled[0].permissions
    assert permission in method.scopes
    assert permission in SCOPES
    assert permission.endswith(".readonly") or not any(scope.endswith(".readonly") for scope in method.scopes)


@pytest.mark.parametrize(
    ("format_name", "mask", "field", "record"),
    [
        ("google-users", PERSON, "users", person(1, "ana", deletionTime="2026-03-01T00:00:00.000Z")),
        ("google-users", PERSON, "users", person(2, "bo", nonEditableAliases=["bo@acme.test"], isGuestUser=True)),
        ("google-tokens", HELD, "items", token("1001", "Canva", anonymous=True, nativeApp=True)),
    ],
)
def test_what_is_not_asked_for_is_not_needed(format_name, mask, field, record):
    translate = FORMATS[format_name].translate

    (kept,) = masked({field: [record]}, parsed(mask))[field]

    assert kept != record
    assert list(translate(json.dumps(kept).encode(), Context(source="x"))) == list(
        translate(json.dumps(record).encode(), Context(source="x"))
    )


def test_addresses_of_machines_and_private_mail_are_never_fetched(company):
    with_all = masked({"items": [{"ipAddress": "198.51.100.7", "id": {}}]}, parsed(ACTIVITY))

    bodies = b"".join(page.body for feed in (SAML, USERS) for page in session(company).pages(feed, window(company)))

    assert with_all == {"items": [{"id": {}}]}
    assert b"198.51.100.7" not in bodies
    assert b"home.example" not in bodies
    assert b"ana@acme.example" in bodies


# --- signing in -----------------------------------------------------------------------------------------------------


def test_a_token_has_one_scope_and_is_used_for_its_calls_only(company):
    _, fake = company

    scanned(company)

    asked = [claims(call)["scope"] for call in called(fake, "/token") if call.path == "/token"]
    assert sorted(set(asked)) == sorted(SCOPES)
    assert len(asked) == 5  # the log is read by two clients: one keeps to the limit for calls with a filter


def claims(call):
    assertion = call.body.decode().split("assertion=")[1]
    part = assertion.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_assertion_names_the_administrator_and_lives_for_less_than_an_hour(company):
    _, fake = company

    scanned(company)

    said = claims(fake.calls[0])
    assert said["sub"] == ADMINISTRATOR
    assert said["iss"] == "ostiary@acme-ostiary.iam.gserviceaccount.com"
    assert 0 < said["exp"] - said["iat"] <= 3600


@pytest.mark.parametrize(("scope", "lost"), [(REPORTS, {"saml", "token", "admin", "login"}), (SECURITY, {"tokens"})])
def test_a_scope_that_is_not_delegated_costs_its_own_streams_and_is_named_with_the_client(company, scope, lost):
    _, fake = company
    fake.delegated.remove(scope)

    found = scanned(company)

    assert {stream for stream, row in found.items() if row["status"] != "complete"} == lost
    for stream in lost:
        assert found[stream]["status"] == "refused"
        assert found[stream]["reason"] == (
            f"{scope} is not delegated to client 117700000000000000001 (unauthorized_client)"
        )
        assert "domain-wide delegation" in found[stream]["remedy"]


def test_without_the_people_there_is_nobody_to_ask_for_tokens(company):
    _, fake = company
    fake.delegated.remove(READ_USERS)

    found = scanned(company)

    assert found["tokens"]["status"] == "refused"
    assert READ_USERS in found["tokens"]["reason"]


@pytest.mark.parametrize(
    ("refusal", "reason", "remedy"),
    [
        ((400, "invalid_grant", "Invalid email or User ID"), "there is no account of that address", "`administrator`"),
        ((400, "invalid_grant", "Not a valid email."), "there is no account of that address", "`administrator`"),
        ((400, "invalid_grant", "Invalid grant: account not found"), "there is no such account", "`administrator`"),
        ((400, "invalid_grant", "Invalid JWT Signature."), "no longer, one of the service account", "new key"),
        ((400, "invalid_grant", "Invalid JWT: must be a short-lived token"), "clock is wrong", "set the clock"),
        ((400, "admin_policy_enforced", "x"), "a policy of the company", "API controls"),
        ((401, "disabled_client", "The OAuth client was disabled."), "is disabled", "enable it"),
        ((401, "deleted_client", "x"), "was deleted", "make a new one"),
        ((400, "invalid_client", "The OAuth client was not found."), "not known", "new key"),
        ((400, "brand_new_word", "x"), "brand_new_word", "service_account_key"),
        ((401, "access_denied", "Requested client not authorized."), "is not delegated to client", "delegation"),
    ],
)
def test_each_refusal_of_the_sign_in_says_what_to_do_and_quotes_nothing(company, refusal, reason, remedy):
    _, fake = company
    fake.refusal = refusal

    row = scanned(company)["users"]

    assert row["status"] == "refused"
    assert reason in row["reason"]
    assert remedy in row["remedy"]
    assert fake.secrets[0] not in row["reason"] + row["remedy"]


def test_a_sign_in_that_gives_no_token_is_told(company):
    live, fake = company
    fake.always = lambda call: "page" if call.path == "/token" else None

    found = scanned(company)

    assert {row["status"] for row in found.values()} == {"failed"}
    assert "web page" in found["users"]["reason"]
    assert len(fake.calls) == 1
    assert live.house.rows("SELECT * FROM record") == []


def test_a_clock_that_is_wrong_is_corrected_by_googles_own(company):
    _, fake = company
    fake.skew = timedelta(hours=-2)

    found = scanned(company)

    assert {row["status"] for row in found.values()} == {"complete"}
    assert [call.path for call in fake.calls[:3]] == ["/token", "/token", "/admin/directory/v1/users"]


def test_a_token_that_ends_before_its_time_is_renewed(company):
    _, fake = company
    reading = session(company).pages(USERS, window(company))
    next(reading)
    fake.forget_tokens()

    rest = list(reading)

    assert len(rest) == 2


def test_a_token_is_renewed_when_its_hour_is_over(company):
    live, fake = company
    reading = session(company).pages(USERS, window(company))
    next(reading)
    live.house.clock.at += timedelta(minutes=59)

    list(reading)

    assert [call.path for call in fake.calls].count("/token") == 2


def test_a_sign_in_that_is_down_is_waited_for_once_and_not_once_for_each_try(company):
    _, fake = company
    fake.always = lambda call: "500" if call.path == "/token" else None

    found = scanned(company)

    assert {row["status"] for row in found.values()} == {"failed"}
    assert "the sign-in at Google" in found["users"]["reason"]
    assert len(fake.calls) == 6 * len(SOURCE.feeds)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("not json", "it needs type service_account"),
        ('{"installed": {"client_id": "x"}}', "it needs type service_account"),
        (key_file(type="authorized_user"), "it needs type service_account"),
        (json.dumps({"type": "service_account", "client_email": "x"}), "private_key"),
        (key_file(private_key=PEM.format("BEGIN") + "\nnonsense\n" + PEM.format("END") + "\n"), "no private key"),
    ],
)
def test_a_key_that_is_none_is_told_by_its_reference_only(company, key, why):
    live, fake = company
    fake.key = key
    live.environment |= fake.environment

    row = scanned(company)["users"]

    assert row["status"] == "failed"
    assert "Secret('env:SECRET') is not a service account's key as JSON" in row["reason"]
    assert why in row["reason"]
    assert "nonsense" not in row["reason"]
    assert fake.calls == []


def test_nothing_that_holds_a_secret_shows_it(company):
    held = Scoped(session(company)._delegation, READ_USERS)

    held.headers("GET", "/")

    assert "ya29" not in repr(held._held)
    assert "BEGIN" not in repr(held._delegation._key())


# --- refusals of the interfaces -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "detail"), [("accessNotConfigured", None), ("accessNotConfigured", "SERVICE_DISABLED")]
)
def test_an_interface_that_is_switched_off_is_told_from_a_right_that_lacks(company, reason, detail):
    _, fake = company
    answer(fake, "/activity/", 403, reason, detail)

    row = scanned(company)["saml"]

    assert row["status"] == "refused"
    assert "the Admin SDK API is not enabled in project acme-ostiary" in row["reason"]
    assert "APIs & Services" in row["remedy"]


def test_a_scope_that_does_not_suffice_is_named(company):
    _, fake = company
    answer(fake, "/activity/", 403, "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

    row = scanned(company)["saml"]

    assert row["status"] == "refused"
    assert REPORTS in row["reason"]
    assert "privilege Reports" in row["remedy"]


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        ("rateLimitExceeded", None),
        ("userRateLimitExceeded", None),
        ("quotaExceeded", None),
        ("rateLimitExceeded", "RATE_LIMIT_EXCEEDED"),
    ],
)
def test_too_many_calls_are_waited_for_and_are_no_refusal(company, reason, detail):
    live, fake = company
    answer(fake, "/activity/", 403, reason, detail, times=3)

    found = scanned(company)

    assert {row["status"] for row in found.values()} == {"complete"}
    assert len([wait for wait in live.house.clock.waits if wait >= 4]) >= 3


def answer(fake, part, status, reason, detail, *, times=10**6):
    """Let calls whose path has a part be answered with an error, so many times."""
    route, left = fake.route, [times]

    def refused(call):
        if part in call.path and left[0]:
            left[0] -= 1
            return fake.refuse(status, reason, detail, "PERMISSION_DENIED")
        return route(call)

    fake.route = refused


# --- logs -----------------------------------------------------------------------------------------------------------


def test_an_event_that_comes_late_is_read_by_the_next_run(company):
    live, fake = company
    scanned(company)
    before = live.house.rows("SELECT sum(successes) AS n FROM usage")[0]["n"]
    fake.happen("saml", 0.8, login("Late app"))

    scanned(company)

    assert live.house.rows("SELECT sum(successes) AS n FROM usage")[0]["n"] == before + 1


def test_an_event_within_the_lag_is_left_to_the_next_run(company):
    live, fake = company
    fake.happen("token", -0.04, authorize("Fresh app"))  # the scan runs an hour later
    scanned(company)
    fresh = [row for row in records(live, "token") if "Fresh app" in row["app"]]
    live.house.clock.at += timedelta(hours=4)

    scanned(company)

    assert fresh == []
    assert len([row for row in records(live, "token") if "Fresh app" in row["app"]]) == 1


def test_a_log_that_breaks_off_in_a_later_slice_goes_on_there(company):
    live, fake = company
    day = (live.house.clock.at - timedelta(days=10)).isoformat()
    fake.always = lambda call: "500" if "/saml" in call.path and call.query["startTime"] > day else None
    first = scanned(company)
    fake.always = lambda _call: None
    begun = len(fake.calls)

    second = scanned(company)

    asked = [call.query["startTime"] for call in fake.calls[begun:] if "/saml" in call.path]
    assert first["saml"]["status"] == "partial"
    assert second["saml"]["status"] == "complete"
    assert min(asked) > (live.house.clock.at - timedelta(days=30)).isoformat()  # of 90 days, one day twice
    assert live.house.rows("SELECT sum(successes + failures) AS n FROM usage")[0]["n"] == 6


def test_a_slice_counts_only_with_its_last_page(company):
    read = list(session(company).pages(SAML, window(company)))

    ends = [page.until for page in read if page.until is not None]
    slices = {}
    for call in called(company[1], "/applications/saml"):
        slices.setdefault(call.query["endTime"], []).append(call)

    assert ends == sorted(ends)
    assert len(ends) == len(slices) == 5
    assert max(map(len, slices.values())) > 1
    assert ends[-1] == window(company).until.replace(microsecond=ends[-1].microsecond)


def test_api_calls_and_settings_are_not_even_fetched(company):
    bodies = b"".join(page.body for page in session(company).pages(TOKEN, window(company)))

    names = {call.query["eventName"] for call in called(company[1], "/applications/token")}

    assert names == {"authorize", "revoke"}
    assert b"authorize" in bodies
    assert b'"activity"' not in bodies


def test_a_window_as_long_as_google_keeps_is_not_refused_for_its_first_minutes(company):
    live, _ = company
    live.tables["google"]["backfill_days"] = 400

    found = scanned(company)

    assert {row["status"] for row in found.values()} == {"complete"}


def test_the_log_of_sign_ins_at_google_itself_names_no_app(company):
    live, _ = company

    found = scanned(company)

    assert found[LOGIN.name]["read"] == 1
    assert records(live, LOGIN.name) == []


def test_a_log_that_is_left_out_is_not_asked_for(company):
    live, fake = company
    live.tables["google"]["skip"] = ["login"]

    assert "login" not in scanned(company)
    assert called(fake, "/applications/login") == []


# --- people and their tokens ----------------------------------------------------------------------------------------


def test_people_have_units_aliases_and_what_became_of_them(company):
    live, _ = company

    scanned(company)

    facts = {row["actor"]: json.loads(row["facts"]) for row in records(live, "users")}
    assert facts["1001"]["unit"] == "/Marketing/Brand"
    assert facts["1001"]["department"] == "Marketing"
    assert facts["1004"]["status"] == "suspended"
    aliases = live.house.rows("SELECT aliases FROM actor WHERE native_id = '1001'")
    assert "ana.ruiz@acme.example" in aliases[0]["aliases"]


def test_the_people_are_listed_once_for_themselves_and_their_tokens(company):
    _, fake = company

    scanned(company)

    assert len(called(fake, "/users") and [c for c in fake.calls if c.path.endswith("/v1/users")]) == 3
    assert sorted(c.path for c in called(fake, "/tokens")) == [
        f"/admin/directory/v1/users/{n}/tokens" for n in range(1001, 1006)
    ]


def test_somebody_who_took_everything_back_holds_nothing_any_more(company):
    live, fake = company
    scanned(company)
    fake.tokens["1001"] = []

    found = scanned(company)

    assert found["tokens"]["status"] == "complete"
    assert sorted(row["actor"] for row in records(live, "tokens")) == ["1002", "1005"]


def test_of_somebody_whom_google_no_longer_answers_for_nothing_is_said(company):
    live, fake = company
    scanned(company)
    del fake.tokens["1005"]

    found = scanned(company)

    assert found["tokens"]["status"] == "complete"
    assert "1005" in {row["actor"] for row in records(live, "tokens")}


def test_an_app_without_a_registration_is_marked(company):
    live, _ = company

    scanned(company)

    (old,) = [row for row in records(live, "tokens") if row["actor"] == "1005"]
    assert json.loads(old["facts"])["unregistered"] is True


def test_a_run_that_was_cut_off_goes_on_at_the_next_person(company):
    _, fake = company
    broken = "/admin/directory/v1/users/1003/tokens"
    fake.always = lambda call: "500" if call.path == broken else None
    first = scanned(company)
    fake.always = lambda _call: None
    begun = len(fake.calls)

    second = scanned(company)

    asked = [c.path.split("/")[-2] for c in fake.calls[begun:] if c.path.endswith("/tokens")]
    assert first["tokens"]["status"] == "partial"
    assert sorted(asked) == ["1003", "1004", "1005"]
    assert second["tokens"]["status"] == "complete"


def test_after_a_run_that_was_completed_the_next_begins_with_everybody(company):
    _, fake = company
    scanned(company)
    begun = len(fake.calls)

    scanned(company)

    assert len([c for c in fake.calls[begun:] if c.path.endswith("/tokens")]) == 5


def test_one_person_who_is_refused_does_not_hide_the_others_and_is_told(company):
    live, fake = company
    answer(fake, "/1001/tokens", 403, "forbidden", None)

    found = scanned(company)

    assert found["tokens"]["status"] == "refused"
    assert SECURITY in found["tokens"]["reason"]
    assert sorted(row["actor"] for row in records(live, "tokens")) == ["1002", "1005"]


def test_after_a_refusal_the_next_run_begins_anew(company):
    _, fake = company
    refused = [True]
    route = fake.route
    fake.route = lambda call: fake.error(403, call) if refused[0] and "/1002/tokens" in call.path else route(call)
    scanned(company)
    refused[0] = False
    begun = len(fake.calls)

    found = scanned(company)

    assert found["tokens"]["status"] == "complete"
    assert len([c for c in fake.calls[begun:] if c.path.endswith("/tokens")]) == 5


def test_where_everybody_is_refused_not_everybody_is_asked(company):
    _, fake = company
    fake.people = [person(number, f"p{number}") for number in range(100)]
    fake.size = 500
    answer(fake, "/tokens", 403, "forbidden", None)

    found = scanned(company)

    assert found["tokens"]["status"] == "refused"
    assert len(called(fake, "/tokens")) < 50


def test_an_id_that_would_lead_elsewhere_is_not_asked_for(company):
    _, fake = company
    fake.people += [person(7, "mallory", id="1001/../../x"), person(8, "eve2", id="ü")]

    scanned(company)

    assert len(called(fake, "/tokens")) == 5


def test_the_doctor_asks_for_one_person_and_one_persons_tokens(company):
    live, fake = company

    list(examine(live.opened["google"], live.wire(live.opened["google"])))

    sizes = {call.query["maxResults"] for call in fake.calls if "maxResults" in call.query}
    assert sizes == {"1"}
    assert len(called(fake, "/tokens")) == 1


def test_tokens_are_read_without_the_feed_of_people(company):
    live, _ = company
    live.tables["google"]["skip"] = ["users"]

    found = scanned(company)

    assert found["tokens"]["status"] == "complete"
    assert found["tokens"]["read"] == 4


def test_a_resumed_reading_takes_only_those_after_the_cursor(company):
    pages = list(session(company).pages(TOKENS, window(company, cursor="1002")))

    assert [page.cursor for page in pages] == ["1003", "1005"]
    assert pages[0].body == b'{"1003":{"kind": "admin#directory#tokenList"}}'


# --- the table of the configuration ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"administrator": "ostiary"}, "name the administrator by the address"),
        ({"customer": "acme.example"}, "customer is an id such as C02abc123"),
        ({"service_account_key": PEM.format("BEGIN")}, "service_account_key: name the secret as"),
        ({"api_url": "http://admin.googleapis.com"}, "write the address like"),
    ],
)
def test_a_wrong_key_is_told_without_its_value(keys, said):
    with pytest.raises(ValueError, match=said) as caught:
        configured(Config, TABLE | keys)

    assert "BEGIN" not in str(caught.value)


def test_the_tenant_is_the_customer_or_the_administrators_domain():
    assert SOURCE.tenant(configured(Config, TABLE | {"administrator": "a@Acme.Example"})) == "acme.example"
    assert SOURCE.tenant(configured(Config, TABLE | {"customer": "C02abc"})) == "C02abc"


def test_a_customer_of_a_reseller_is_named_in_every_call(company):
    _, fake = company
    live, _ = company
    live.tables["google"]["customer"] = "C02acme"

    found = scanned(company)

    assert {row["status"] for row in found.values()} == {"complete"}
    assert {c.query["customerId"] for c in called(fake, "/activity/")} == {"C02acme"}
    assert {c.query["customer"] for c in fake.calls if c.path.endswith("/v1/users")} == {"C02acme"}


def test_a_customer_that_is_not_there_is_told(company):
    live, _ = company
    live.tables["google"]["customer"] = "C99nobody"

    row = scanned(company)["users"]

    assert row["status"] == "failed"
    assert "400" in row["reason"]
    assert "keys of this source" in row["remedy"]


def test_an_answer_that_is_no_page_is_never_nothing_there(company):
    live, fake = company
    scanned(company)
    before = len(records(live, "users"))
    route = fake.route
    fake.route = lambda call: fake.json([]) if call.path.endswith("/v1/users") else route(call)

    found = scanned(company)

    assert found["users"]["status"] == "failed"
    assert len(records(live, "users")) == before


# --- services seen by Chrome ----------------------------------------------------------------------------------------


def test_services_are_read_with_their_domains_and_without_who_went_there_or_how_often(company):
    _, fake = company

    scanned(company)

    found = records(company[0], "chrome_saas")
    assert {json.loads(row["app"])["domain"] for row in found} == {"canva.example", "notion.example", "hubspot.example"}
    assert {row["actor"] for row in found} <= {None, ""}
    assert called(fake, "findSaasUsage")[0].query["fields"].count("visitsCount") == 0
    assert called(fake, "findSaasUsageProfiles") == []


def test_where_chrome_has_nothing_to_report_that_is_nothing_and_what_was_there_is_closed(company):
    _, fake = company
    scanned(company)
    fake.reports.clear()

    rows = scanned(company)

    assert rows["chrome_saas"]["status"] == "complete"
    assert records(company[0], "chrome_saas") == []


def test_an_answer_that_is_no_report_of_chromes_is_not_nothing(company):
    _, fake = company
    scanned(company)
    fake._saas = lambda _call, _method: fake.json({"message": "hello"})

    rows = scanned(company)

    assert rows["chrome_saas"]["status"] == "failed"
    assert len(records(company[0], "chrome_saas")) == 3


def test_where_google_gives_no_report_that_is_a_refusal_with_what_to_do_and_the_others_are_read(company):
    _, fake = company
    fake._saas = lambda call, _method: fake.error(404, call)

    rows = scanned(company)

    assert rows["chrome_saas"]["status"] == "refused"
    assert "no report of services" in rows["chrome_saas"]["reason"]
    assert 'skip = ["chrome_saas"]' in rows["chrome_saas"]["remedy"]
    assert {row["status"] for name, row in rows.items() if name != "chrome_saas"} == {"complete"}


def test_the_interface_of_chrome_that_is_switched_off_is_named(company):
    _, fake = company
    fake._saas = lambda _call, _method: fake.refuse(403, "accessNotConfigured", "SERVICE_DISABLED", "PERMISSION_DENIED")

    rows = scanned(company)

    assert "the Chrome Management API is not enabled in project acme-ostiary" in rows["chrome_saas"]["reason"]


def test_delegations_of_the_whole_domain_are_read_from_the_log_of_administrators(company):
    _, fake = company
    fake.happen("admin", 7, delegate("104820000000000000001", MAIL))

    scanned(company)

    (row,) = [r for r in records(company[0], "admin") if r["kind"] == "grant"]
    assert json.loads(row["app"])["client_id"] == "104820000000000000001"
    facts = json.loads(row["facts"])
    assert (facts["consent"], facts["state"], facts["scopes"]) == ("admin", "granted", [MAIL])
